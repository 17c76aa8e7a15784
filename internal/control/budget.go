package control

import (
	"errors"

	"cel.dev/cel-go/cel"
)

// What one control may take in all of a unit: so many steps, and so many more for each resource that it was asked of. An expression
// that stays just below its own limit would otherwise take hours on a hundred thousand recovery points. The dearest built-in control takes some hundred steps a resource.
const (
	runBudget      = 5 * runtimeLimit
	resourceBudget = 5_000
)

// errBudget says that a control is not asked any more.
var errBudget = errors.New("cost limit exceeded: the control has taken too many steps in this account and Region, and is not asked of the rest")

// budget counts what each control has taken in a run.
type budget map[string]taken

type taken struct{ steps, evaluations uint64 }

func (b budget) spent(id string) bool {
	t := b[id]
	return t.steps > runBudget+resourceBudget*t.evaluations
}

// add counts the steps of one evaluation; one that failed took as many as it may.
func (b *budget) add(id string, details *cel.EvalDetails, err error) {
	if *b == nil {
		*b = budget{}
	}
	t := (*b)[id]
	t.evaluations++
	switch {
	case details != nil && details.ActualCost() != nil:
		t.steps += *details.ActualCost()
	case err != nil:
		t.steps += runtimeLimit
	}
	(*b)[id] = t
}
