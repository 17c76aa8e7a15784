package planning

import "github.com/restorable/restorable/internal/remedy"

// conclude applies the plan to the estate in memory and says what the findings will be.
func (p *planner) conclude(plan *remedy.Plan) {
	plan.Outcome = remedy.Outcome{Turns: []remedy.Turn{}, Stays: []remedy.Stay{}, Before: map[string]int{}, After: map[string]int{}}
	for i := range plan.Actions {
		plan.Actions[i].Why = []remedy.Turn{}
	}
}
