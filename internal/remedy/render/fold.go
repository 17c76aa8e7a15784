package render

import (
	"slices"

	"github.com/restorable/restorable/internal/remedy"
)

// folded is the plan with every change of rules put into the making of its plan, where the plan of changes makes that itself: a file
// says what is to be, and a plan that is looked at again must be what the file says of it. The plan that came in stays as it is.
func folded(p *remedy.Plan) *remedy.Plan {
	out := *p
	out.Actions = nil
	gone := map[string]bool{}
	for _, a := range p.Actions {
		if r := a.Change.PlanRules; r != nil && foldInto(out.Actions, r) {
			gone[a.ID] = true
			continue
		}
		if slices.ContainsFunc(a.Needs, func(id string) bool { return gone[id] }) {
			a.Needs = slices.DeleteFunc(slices.Clone(a.Needs), func(id string) bool { return gone[id] })
		}
		out.Actions = append(out.Actions, a)
	}
	return &out
}

// foldInto puts a change of rules into the action that makes the plan; false when the plan stands already.
func foldInto(actions []remedy.Action, r *remedy.PlanRules) bool {
	id, ok := r.Plan.Action()
	i := slices.IndexFunc(actions, func(a remedy.Action) bool { return a.ID == id && a.Change.Plan != nil })
	if !ok || i < 0 {
		return false
	}
	made := *actions[i].Change.Plan
	made.Rules = slices.DeleteFunc(slices.Clone(made.Rules), func(old remedy.Rule) bool { return slices.Contains(r.Remove, old.Name) })
	for _, set := range r.Set {
		if at := slices.IndexFunc(made.Rules, func(old remedy.Rule) bool { return old.Name == set.Name }); at >= 0 {
			made.Rules[at] = set
		} else {
			made.Rules = append(made.Rules, set)
		}
	}
	actions[i].Change.Plan = &made
	return true
}
