package rehearse

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
)

// assumptions are the readings of AWS that what happened rests on, besides those of single tables' selections: where AWS documents
// nothing, the simulated AWS chose one (docs/simulator.md). Only what this rehearsal had to do with is named.
func (w *watch) assumptions(r *Report) []string {
	out := []string{"every table keeps its size, nobody writes, and each recovery point is as large as its table"}
	if n := r.Totals; n.Made+n.Unexpected > 0 {
		out = append(out, "a scheduled job starts at a random moment of its start window and takes a minute or two, and a second more for each 100 MiB",
			"the age of a recovery point counts from the start of its job")
	}
	if r.Totals.Expired > 0 {
		out = append(out, "a recovery point is deleted at a random moment of the eight hours after its retention")
	}
	if r.Totals.Copied > 0 {
		out = append(out, "a copy starts when its recovery point is complete")
	}
	if w.anyPlan(func(p *estate.Plan) bool { return len(p.Selections.Items) > 1 }) {
		out = append(out, "a table that several selections of one plan match gets one job a rule, under the role of the first")
	}
	if w.anyPlan(func(p *estate.Plan) bool { return len(p.Rules.Items) > 1 }) {
		out = append(out, "of rules of one plan with equal retention the first runs where their start windows overlap")
	}
	return append(out, w.assumed...)
}

func (w *watch) anyPlan(holds func(*estate.Plan) bool) bool {
	for _, f := range w.tables {
		for i := range f.unit.Plans.Items {
			if holds(&f.unit.Plans.Items[i]) {
				return true
			}
		}
	}
	return false
}

// newlyAssumed adds what is not there yet.
func (w *watch) newlyAssumed(text string) {
	if !slices.Contains(w.assumed, text) {
		w.assumed = append(w.assumed, text)
	}
}
