package protection

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// PlanReview is what a plan comes to in its own account and Region, whichever table one looks at. Every answer is three-valued, and the
// reason of a no names every rule or selection that is at fault.
type PlanReview struct {
	ForTables Answer[bool] `json:"for_tables"` // no: every selection names other types of resources only
	Selects   Answer[bool] `json:"selects"`    // some selection selects a table of the unit
	Schedules Answer[bool] `json:"schedules"`  // every rule has a valid schedule that starts as often as it reads
	Vaults    Answer[bool] `json:"vaults"`     // every vault exists to which a rule sends backups or copies
	// Lifecycles: AWS's bounds, the locks of the vaults, and cold storage and copies only where advanced features make them real.
	Lifecycles Answer[bool] `json:"lifecycles"`

	Rules      []RuleReview      `json:"rules"`
	Selections []SelectionReview `json:"selections"`
}

// RuleReview is a rule of a plan.
type RuleReview struct {
	ID        string       `json:"id"`
	Rule      string       `json:"rule"`
	Schedule  Answer[bool] `json:"schedule"`
	Vaults    Answer[bool] `json:"vaults"`
	Lifecycle Answer[bool] `json:"lifecycle"`
}

// SelectionReview is a selection of a plan.
type SelectionReview struct {
	ID        string       `json:"id"`
	Selection string       `json:"selection"`
	Selects   Answer[bool] `json:"selects"` // it selects a table of the unit
	Dead      Answer[bool] `json:"dead"`    // it can select nothing, whatever tables there will be
}

// ReviewPlan looks at a plan of the index's unit as a whole.
func (x *Index) ReviewPlan(p *estate.Plan) *PlanReview {
	out := &PlanReview{}
	for _, s := range x.sels {
		if s.plan.plan == p {
			out.Selections = append(out.Selections, x.reviewSelection(s))
		}
	}
	out.ForTables = x.forTables(p)
	out.Selects = x.planSelects(p, out.Selections)
	for _, pi := range x.plans {
		if pi.plan == p {
			x.reviewRules(pi, out)
		}
	}
	if triOf(out.ForTables) == maybe {
		out.Vaults, out.Lifecycles = hangsOn(out.ForTables, out.Vaults), hangsOn(out.ForTables, out.Lifecycles)
	}
	return out
}

// hangsOn says first why an answer may not matter; that all is well then says nothing.
func hangsOn(first, a Answer[bool]) Answer[bool] {
	if triOf(a) == yes {
		a.Why = first.Why
	} else {
		a.Why = first.Why + "; " + a.Why
	}
	return a
}

func (x *Index) reviewRules(p *planIndex, out *PlanReview) {
	for _, r := range p.rules {
		out.Rules = append(out.Rules, RuleReview{
			ID: r.rule.ID, Rule: r.cover.Rule, Schedule: r.startsAsItReads(), Vaults: x.ruleVaults(r), Lifecycle: x.ruleLifecycle(r),
		})
	}
	all := func(of func(*RuleReview) Answer[bool], fine string) Answer[bool] {
		parts := make([]Answer[bool], 0, len(out.Rules)+1)
		for i := range out.Rules {
			a := of(&out.Rules[i])
			a.Why = "rule " + quote(out.Rules[i].Rule) + ": " + a.Why
			parts = append(parts, a)
		}
		if p.whole == maybe {
			parts = append(parts, answered(maybe, "the rules of plan "+quote(p.name)+" are not all known", estate.Read("plan.rules", p.plan.ID, p.plan.Rules.Whole)))
		} else if len(parts) == 0 {
			return answered(no, "plan "+quote(p.name)+" has no rules", estate.Read("plan.rules", p.plan.ID, p.plan.Rules.Whole))
		}
		return every(parts, fine)
	}
	out.Schedules = all(func(r *RuleReview) Answer[bool] { return r.Schedule }, "")
	out.Vaults = all(func(r *RuleReview) Answer[bool] { return r.Vaults }, "every vault that plan "+quote(p.name)+" names exists")
	out.Lifecycles = all(func(r *RuleReview) Answer[bool] { return r.Lifecycle }, "")
}

// every is yes when all parts are. The reasons of the parts that decide it are joined; fine, when not empty, is what a yes says instead.
func every(parts []Answer[bool], fine string) Answer[bool] {
	t := yes
	for i := range parts {
		t = t.and(triOf(parts[i]))
	}
	var whys []string
	var basis []estate.Reading
	for i := range parts {
		if triOf(parts[i]) != t {
			continue
		}
		basis = append(basis, parts[i].Basis...)
		if parts[i].Why != "" {
			whys = append(whys, parts[i].Why)
		}
	}
	if t == yes && fine != "" {
		return answered(t, fine, basis...)
	}
	return answered(t, strings.Join(whys, "; "), basis...)
}

// forTables is no when every selection names other types of resources only: then the plan is none of DynamoDB's.
func (x *Index) forTables(p *estate.Plan) Answer[bool] {
	basis := []estate.Reading{estate.Read("plan.selections", p.ID, p.Selections.Whole)}
	t := whole(p.Selections.IsWhole()).not() // maybe, or no
	if p.Selections.IsWhole() && len(p.Selections.Items) == 0 {
		t = yes // a plan that selects nothing says nothing of what it is for
	}
	for _, s := range x.sels {
		if s.plan.plan != p {
			continue
		}
		t = t.or(s.mayTakeTables())
		basis = append(basis, estate.Read("selection.resources", s.sel.ID, s.sel.Resources))
	}
	switch t {
	case no:
		return answered(t, "plan "+quote(p.Name.Or(p.ID))+" names other types of resources only", basis...)
	case yes:
		return answered(t, "plan "+quote(p.Name.Or(p.ID))+" may select tables", basis...)
	}
	return answered(t, "what plan "+quote(p.Name.Or(p.ID))+" selects is not known", missing(basis)...)
}

// mayTakeTables is no when Resources names other types only and there is no ListOfTags.
func (s *selectionIndex) mayTakeTables() tri {
	t := s.tagged.choose(truth(len(s.tags) > 0 || s.empty()), maybe)
	if s.include.known == maybe {
		return t.or(maybe)
	}
	for _, pattern := range s.include.all {
		t = t.or(truth(scopeOf(pattern) != otherType))
	}
	return t
}
