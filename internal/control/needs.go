package control

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// needs is what a resource needs: a table by its tier, a recovery point by the tier of its table. Other resources have no objective.
func (r *Run) needs(s *subject) Objective {
	if r.options.Objective == nil {
		return Objective{}
	}
	if s.table != nil {
		return r.options.Objective(r.unit, s.table)
	}
	if p, ok := s.pointers["point"].(*estate.RecoveryPoint); ok {
		return r.needsOf(p)
	}
	return Objective{}
}

// needsOf is the objective of a recovery point's table, each table asked about once. A table that is no longer there is known by its name
// alone; a point whose table is not known may need what any table needs.
func (r *Run) needsOf(p *estate.RecoveryPoint) Objective {
	if r.pointNeeds == nil {
		r.pointNeeds = make(map[string]Objective, len(r.unit.Tables.Items))
		for i := range r.unit.Tables.Items {
			t := &r.unit.Tables.Items[i]
			if arn, ok := t.ARN.Get(); ok {
				r.pointNeeds[arn] = r.options.Objective(r.unit, t)
			}
		}
	}
	arn, ok := p.ResourceARN.Get()
	if !ok {
		return r.anyNeeds(p)
	}
	o, seen := r.pointNeeds[arn]
	if !seen {
		o = r.options.Objective(r.unit, gone(r.unit, arn, p.ResourceARN.Source()))
		r.pointNeeds[arn] = o
	}
	return o
}

// gone stands for a table of which only a recovery point tells. Its tags went with it, unless the list of tables is short.
func gone(u *estate.Unit, arn string, src estate.Source) *estate.Table {
	t := &estate.Table{ID: arn, ARN: estate.KnownFact(arn, src), Name: estate.KnownFact(arn[strings.LastIndexByte(arn, '/')+1:], src)}
	if u.Tables.IsWhole() {
		t.Tags = estate.AbsentFact[map[string]string](u.Tables.Whole.Source())
	}
	return t
}

// anyNeeds is an objective in doubt between those of all tables.
func (r *Run) anyNeeds(p *estate.RecoveryPoint) Objective {
	out := Objective{Doubt: []estate.Reading{estate.Read("recovery_point.resource_arn", p.ID, p.ResourceARN)}}
	seen := map[string]bool{"": true}
	for _, o := range r.pointNeeds {
		for _, one := range append([]Objective{o}, o.Others...) {
			if !seen[one.Name] {
				seen[one.Name], one.Others, one.Doubt = true, nil, nil
				out.Others = append(out.Others, one)
			}
		}
	}
	return out
}
