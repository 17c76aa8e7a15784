package planning

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// selectsUnder says whether a plan selects a table if DynamoDB is opted in, or is not; unsure: a fact is missing.
func selectsUnder(u *estate.Unit, p *estate.Plan, t *estate.Table, optedIn bool) (yes, unsure bool) {
	unsure = !p.Selections.IsWhole()
	for i := range p.Selections.Items {
		took, reason := protection.NewSelector(&p.Selections.Items[i]).Decide(u, t, optedIn)
		yes, unsure = yes || took, unsure || reason == protection.Undecided
	}
	return yes, unsure && !yes
}

// taken are the tables of a unit that a plan selects if DynamoDB is opted in, or is not.
func (d *draft) taken(p *estate.Plan, optedIn bool) (tables []*target, unsure bool) {
	for i := range d.targets {
		t := &d.targets[i]
		yes, maybe := selectsUnder(d.unit, p, d.table(t), optedIn)
		if yes {
			tables = append(tables, t)
		}
		unsure = unsure || maybe
	}
	return tables, unsure
}

// roles are the roles of a plan's selections that take in one of the tables.
func (d *draft) rolesOf(p *estate.Plan, tables []*target, optedIn bool) []estate.Fact[string] {
	var out []estate.Fact[string]
	for i := range p.Selections.Items {
		s := &p.Selections.Items[i]
		selector := protection.NewSelector(s)
		for _, t := range tables {
			if yes, _ := selector.Decide(d.unit, d.table(t), optedIn); yes {
				out = append(out, s.RoleARN)
				break
			}
		}
	}
	return out
}
