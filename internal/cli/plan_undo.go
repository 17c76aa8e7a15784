package cli

import (
	"slices"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// backout says what undoing the plan would mean before anybody does it.
func (v planView) backout(p *remedy.Plan) {
	if len(p.Actions) == 0 {
		return
	}
	v.section("Undoing it (restorable backout RUN)")
	free, groups := 0, []*undoing{}
	for _, a := range p.Actions {
		u := undoingOf(a)
		if u == nil {
			free++
			continue
		}
		at := slices.IndexFunc(groups, func(g *undoing) bool { return g.how == u.how && g.kind == u.kind })
		if at < 0 {
			groups = append(groups, u)
			continue
		}
		groups[at].n++
		groups[at].differ = groups[at].differ || groups[at].loses != u.loses
	}
	if free > 0 {
		v.text("  ", "undone without asking: "+terminal.Count(free, "change"))
	}
	for _, last := range []bool{false, true} {
		for _, g := range groups {
			if (g.how == neverUndone) == last {
				v.text("  ", g.text())
			}
		}
	}
}

// undoing is a group of changes that are undone in one way, and what that loses.
type undoing struct {
	how, kind string
	lead      string // before the loss
	loses     string // of the first
	n         int
	differ    bool // the others lose something else
}

const neverUndone = "never undone"

// undoingOf is nil for what is undone without asking.
func undoingOf(a remedy.Action) *undoing {
	switch i := a.Inverse; {
	case i.Change == nil || i.Drop == remedy.DropPoint:
		return &undoing{how: neverUndone, kind: a.Remedy, loses: i.Loses, n: 1}
	case i.Drop != "":
		return &undoing{how: "only with --drop " + string(i.Drop), lead: ", since this would be lost", loses: i.Loses, n: 1}
	}
	return nil
}

func (u undoing) text() string {
	text := u.how + ": " + terminal.Count(u.n, "change") + u.lead
	if u.loses == "" {
		return text
	}
	if u.differ {
		text += ", for example"
	}
	return text + ": " + u.loses
}
