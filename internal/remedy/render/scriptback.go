package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// backoutScript undoes, the last action first, what can be undone without loss, and says what stays.
func backoutScript(o order, apply string) string {
	var b strings.Builder
	undone, stays := undoable(o.plan)
	top := o.top("Undoes what " + oneLine(apply) + " did.")
	top = append(top, "", "Only what is still as the plan made it is undone, and never what recovery depends on.")
	for _, a := range stays {
		top = append(top, "- stays: "+oneLine(a.Summary)+" ("+oneLine(undoText(a))+")")
	}
	writeHead(&b, top, preludeBackout)
	writeAccount(&b, o.plan)
	located := map[string]bool{}
	for _, a := range undone {
		for _, id := range planRefs(*a.Inverse.Change) {
			if made := action(o.plan, id); !located[id] && made != nil && made.Change.Plan != nil {
				located[id] = true
				writeLocate(&b, made, regionOf(o.plan, made))
			}
		}
	}
	for _, a := range undone {
		b.WriteString("\n" + commented([]string{a.ID + "  undo: " + oneLine(a.Summary)}))
		s, err := stepFor(a, *a.Inverse.Change, &a.Change)
		if err != nil {
			continue // checked by scriptable
		}
		for _, id := range planRefs(*a.Inverse.Change) {
			if a.Inverse.Change.Plan == nil {
				s.before = append(s.before, fmt.Sprintf(`needs "$%s"`, planVariable(id)))
			}
		}
		s.write(&b, a.ID, regionOf(o.plan, a), "undo: "+a.Summary)
	}
	b.WriteString("\nid=end\n")
	for _, a := range stays {
		b.WriteString("say " + shellWord("stays: "+oneLine(a.Summary)) + "\n")
	}
	b.WriteString("[ \"$left\" -eq 0 ] || say \"$left left alone: see above\"\nsay " + shellWord("Backed out.") + "\n")
	return b.String()
}

// undoable splits the actions into those that are undone without asking, the last first, and those that stay.
func undoable(p *remedy.Plan) (undone, stays []*remedy.Action) {
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Inverse.Change != nil && a.Inverse.Drop == "" {
			undone = append(undone, a)
		} else {
			stays = append(stays, a)
		}
	}
	slices.Reverse(undone)
	return undone, stays
}

// planRefs are the ids of the actions whose backup plans a change names.
func planRefs(c remedy.Change) []string {
	var refs []remedy.Ref
	switch {
	case c.Plan != nil:
		refs = append(refs, c.Plan.ID)
	case c.PlanRules != nil:
		refs = append(refs, c.PlanRules.Plan)
	case c.Selection != nil:
		refs = append(refs, c.Selection.Plan)
	}
	var out []string
	for _, r := range refs {
		if id, ok := r.Action(); ok {
			out = append(out, id)
		}
	}
	return out
}

func writeLocate(b *strings.Builder, made *remedy.Action, region string) {
	find := findPlan("", made.Change.Plan.Name)
	fmt.Fprintf(b, "\nid=%s region=%s\n", made.ID, region)
	command(b, "ask", find[1:]...)
	fmt.Fprintf(b, "%s=''\n[ \"$answer\" = null ] || %s=${answer//\\\"/}\n", planVariable(made.ID), planVariable(made.ID))
}
