package control

import "github.com/restorable/restorable/internal/estate"

// Keeps reports whether a control can still pass and fail when facts are taken away or set: of its own examples one that passes still does,
// and one that fails. A control without an example of a verdict is taken to be able to give it.
func (c *Catalogue) Keeps(k *Control, change func(*estate.Unit)) bool {
	return c.keeps(k, Pass, change) && c.keeps(k, Fail, change)
}

func (c *Catalogue) keeps(k *Control, v Verdict, change func(*estate.Unit)) bool {
	examples, err := k.Examples()
	if err != nil {
		return true // what cannot be read shows nothing: the control is asked
	}
	some := false
	for _, e := range examples {
		if e.Verdict != v {
			continue
		}
		some = true
		u, err := estate.DecodeUnit(e.Unit)
		if err != nil {
			continue // the tests of the catalogue refuse such an example
		}
		change(u)
		if f, ok := c.asExample(k, e, u); ok && f.Verdict == v {
			return true
		}
	}
	return !some
}

// asExample asks a control about the resource of an example, in a unit made of the example's.
func (c *Catalogue) asExample(k *Control, e Example, u *estate.Unit) (Finding, bool) {
	run := c.Evaluate(u, Options{Controls: []*Control{k}, Parameters: e.Parameters, Objective: func(*estate.Unit, *estate.Table) Objective {
		return Objective{Parameters: e.Parameters}
	}})
	for f := range run.Findings() {
		if f.Resource.ID == e.Resource || f.Resource.Name == e.Resource {
			return f, true
		}
	}
	return Finding{}, false
}
