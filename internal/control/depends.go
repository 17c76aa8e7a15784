package control

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// DependsOn reports whether a control loses its answer without the given facts, named as the declared calls name them
// ("table.pitr_status", "unit.vaults"). It is found out by taking them away from the control's own examples.
func (c *Catalogue) DependsOn(control *Control, facts []string) (bool, error) {
	examples, err := control.Examples()
	if err != nil {
		return false, err
	}
	for _, e := range examples {
		if e.Verdict != Pass && e.Verdict != Fail {
			continue
		}
		if f, ok := c.without(control, e, facts); ok && f.Verdict == Unknown {
			return true, nil
		}
	}
	return false, nil
}

// without evaluates an example with facts taken away.
func (c *Catalogue) without(control *Control, e Example, facts []string) (Finding, bool) {
	u, err := estate.DecodeUnit(e.Unit)
	if err != nil {
		return Finding{}, false
	}
	estate.EachFact(u, func(path string, f estate.AnyFact) {
		if slices.Contains(facts, FactName(path)) {
			f.Forget()
		}
	})
	return c.asExample(control, e, u)
}

// FactName turns a path within a unit into the name of the fact: "vaults[0].recovery_points[2].status" is "recovery_point.status",
// "plans[1].selections.whole" is "plan.selections", "now" is "unit.now".
func FactName(path string) string {
	segments := strings.Split(path, ".")
	if last := len(segments) - 1; segments[last] == "whole" {
		segments = segments[:last]
	}
	name := segments[len(segments)-1]
	if len(segments) == 1 {
		return "unit." + name
	}
	owner, _, inList := strings.Cut(segments[len(segments)-2], "[")
	if inList {
		owner = strings.TrimSuffix(owner, "s")
		if stem, ok := strings.CutSuffix(owner, "ie"); ok { // copies, policies
			owner = stem + "y"
		}
		if owner == "policy" {
			owner = "role_policy"
		}
	}
	return owner + "." + name
}
