package planning

import (
	"runtime"
	"slices"
	"sync"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// finding is what a plan keeps of a finding.
type finding struct {
	control  *control.Control
	resource string // as key names it
	table    int    // index into the unit's tables; -1: another type of resource
	verdict  control.Verdict
	reason   string // of FAIL and UNKNOWN
	name     string // of a plan
	mended   bool   // a FAIL that the plan is to turn
	muted    bool   // somebody looks away from it
}

// look asks the controls of the estate as it was found and notes what they ask for.
func (p *planner) look() {
	units := make([]*estate.Unit, len(p.drafts))
	for i, d := range p.drafts {
		units[i] = d.found
	}
	for i, list := range p.judge(units) {
		d := p.drafts[i]
		d.before = list
		for k := range list {
			d.note(&list[k])
		}
	}
}

// note files what a finding asks for under its resource.
func (d *draft) note(f *finding) {
	w := &d.own
	if f.muted {
		return
	}
	if f.table >= 0 {
		t := &d.targets[f.table]
		if !d.asksFor(t, f.control.Remedy) {
			return
		}
		w = &t.wants
	}
	switch {
	case f.verdict == control.Fail && f.mended:
		mark(&w.fail, f.control.Remedy)
	case f.verdict == control.Unknown:
		mark(&w.unknown, f.control.Remedy)
	}
}

func mark(set *map[string]bool, id string) {
	if id == "" {
		return
	}
	if *set == nil {
		*set = map[string]bool{}
	}
	(*set)[id] = true
}

// judge asks the controls of the drafts' units, found or as they will be. The tables are shared out among the processors.
func (p *planner) judge(units []*estate.Unit) [][]finding {
	indexes := protection.NewIndexes(&estate.Estate{Units: units})
	shares := runtime.GOMAXPROCS(0)
	out := make([][]finding, len(units))
	for i, u := range units {
		parts := make([][]finding, shares)
		var wait sync.WaitGroup
		for share := range shares {
			wait.Go(func() { parts[share] = p.drafts[i].judgeShare(u, indexes[u], share, shares) })
		}
		wait.Wait()
		out[i] = slices.Concat(parts...)
	}
	return out
}

// judgeShare asks about one stretch of a unit's tables; the first share has everything else too, unless tables were chosen one by one:
// then what concerns the whole Region is not asked.
func (d *draft) judgeShare(u *estate.Unit, x *protection.Index, share, shares int) []finding {
	first, last := len(u.Tables.Items)*share/shares, len(u.Tables.Items)*(share+1)/shares
	at := make(map[*estate.Table]int, last-first)
	for i := first; i < last; i++ {
		at[&u.Tables.Items[i]] = i
	}
	current := -1
	run := d.Catalogue.Evaluate(u, control.Options{
		Controls: d.Controls, Frameworks: []string{}, Objective: d.Objective, Parameters: d.Parameters, Sets: d.Sets, Index: x,
		Skip: func(_ *estate.Unit, r control.Resource, t *estate.Table) bool {
			if t == nil {
				current = -1
				// No change turns what a recovery point is, and there may be hundreds of thousands.
				return share > 0 || d.Wants != nil || r.Type == control.TypeRecoveryPoint
			}
			i, mine := at[t]
			current = i
			return !mine || !d.targets[i].chosen
		},
	})
	muted := func(control.Finding) bool { return false }
	if d.Muted != nil {
		muted = d.Muted(u)
	}
	var out []finding
	for f := range run.Findings() {
		c, _ := d.Catalogue.Control(f.Control)
		g := finding{control: c, resource: key(f.Resource), table: current, verdict: f.Verdict}
		if f.Verdict == control.Fail || f.Verdict == control.Unknown {
			g.reason = f.Reason
			g.muted = muted(f)
			g.mended = f.Verdict == control.Fail && !g.muted && (d.Failed == nil || d.Failed(f))
		}
		if f.Resource.Type == control.TypePlan {
			g.name = f.Resource.Name
		}
		out = append(out, g)
	}
	return out
}
