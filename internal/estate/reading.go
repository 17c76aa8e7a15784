package estate

// Reading is one fact that a decision looked at: what evidence is made of.
type Reading struct {
	Fact     string // for example "table.pitr_status", "plan[daily].selection[all].resources"
	Resource string // id of the resource that the fact belongs to
	Value    any    // nil unless known
	Ref      Ref    // state and source, within the unit
}

// Read makes a Reading of a fact.
func Read[T any](name, resource string, f Fact[T]) Reading {
	return Reading{Fact: name, Resource: resource, Value: (&f).Any(), Ref: f.ref}
}

// Elsewhere is the reading as another unit may cite it: without its source, which is a position in its own unit's provenance table.
func (r Reading) Elsewhere() Reading {
	r.Ref = newRef(r.Ref.State(), 0)
	return r
}
