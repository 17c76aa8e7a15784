package control

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// ExampleResult is what came of one example of a control.
type ExampleResult struct {
	Example Example
	Finding Finding // zero when Err is set
	Err     error   // the unit does not decode, the resource is not in it, or the answer is another one
}

// Test runs the examples of a control.
func (c *Catalogue) Test(control *Control) []ExampleResult {
	examples, err := control.Examples()
	if err != nil {
		return []ExampleResult{{Err: err}}
	}
	var out []ExampleResult
	for _, e := range examples {
		result := ExampleResult{Example: e}
		result.Finding, result.Err = c.testExample(control, e)
		out = append(out, result)
	}
	return out
}

func (c *Catalogue) testExample(control *Control, e Example) (Finding, error) {
	u, err := estate.DecodeUnit(e.Unit)
	if err != nil {
		return Finding{}, fmt.Errorf("%s: example %q: read unit: %w", e.Place(control), e.Name, err)
	}
	run := c.Evaluate(u, Options{Controls: []*Control{control}, Parameters: e.Parameters, Objective: func(*estate.Unit, *estate.Table) Objective {
		return Objective{Name: "example", Parameters: e.Parameters}
	}})
	for f := range run.Findings() {
		if f.Resource.ID == e.Resource || f.Resource.Name == e.Resource {
			return f, e.judge(control, f)
		}
	}
	return Finding{}, fmt.Errorf("%s: example %q: there is no %s %q in its unit", e.Place(control), e.Name, control.Resource, e.Resource)
}

// Place says where an example stands: "file:line".
func (e Example) Place(c *Control) string { return fmt.Sprintf("%s:%d", c.File, e.place.Line) }

func (e Example) judge(c *Control, f Finding) error {
	if f.Verdict != e.Verdict {
		return fmt.Errorf("%s: example %q: want %s, got %s: %s", e.Place(c), e.Name, e.Verdict, f.Verdict, f.Reason)
	}
	if !strings.Contains(f.Reason, e.Reason) {
		return fmt.Errorf("%s: example %q: want a reason with %q, got %q", e.Place(c), e.Name, e.Reason, f.Reason)
	}
	return nil
}
