package control

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// plansOf are the plans by which a resource is protected, or which use it; all plans of the unit where none does.
func (r *Run) plansOf(s *subject) (plans []*estate.Plan, whole bool) {
	u := r.unit
	var mine func(*estate.Plan) bool
	switch of := s.pointers[string(s.Type)].(type) {
	case *estate.Plan:
		return []*estate.Plan{of}, true
	case *estate.Table:
		ids := map[string]bool{}
		for _, p := range r.covers.of(of).Plans.Items {
			ids[p.ID] = true
		}
		mine = func(p *estate.Plan) bool { return ids[p.ID] }
	case *estate.Vault:
		mine = func(p *estate.Plan) bool { return slices.Contains(vaultsOfPlan(p), of.Name.Or("")) }
	default:
		mine = func(*estate.Plan) bool { return true }
	}
	var all []*estate.Plan
	for i := range u.Plans.Items {
		p := &u.Plans.Items[i]
		if all = append(all, p); mine(p) {
			plans = append(plans, p)
		}
	}
	if len(plans) == 0 {
		plans = all
	}
	return plans, u.Plans.IsWhole()
}

// vaultsOfPlan are the names of the vaults in which backups of a plan land.
func vaultsOfPlan(p *estate.Plan) []string {
	var out []string
	for i := range p.Rules.Items {
		if name, ok := p.Rules.Items[i].Vault.Get(); ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// vaultNames are the vaults that a resource goes by: where a plan's backups land, or a table's, or in which a recovery point stands.
func (r *Run) vaultNames(s *subject) related {
	var rows [][]string
	for _, name := range r.vaultsOf(s) {
		rows = append(rows, row("vault.name", name))
	}
	return related{rows, r.unit.Vaults.IsWhole()}
}

func (r *Run) vaultsOf(s *subject) []string {
	if v, ok := s.pointers["vault"].(*estate.Vault); ok {
		return []string{v.Name.Or("")}
	}
	var asked, out []string
	if s.Type == TypeTable || s.Type == TypePlan {
		plans, _ := r.plansOf(s)
		for _, p := range plans {
			asked = append(asked, vaultsOfPlan(p)...)
		}
	}
	for i := range r.unit.Vaults.Items { // what was listed is there to be asked about
		if name := r.unit.Vaults.Items[i].Name.Or(""); name != "" && (len(asked) == 0 || slices.Contains(asked, name)) {
			out = append(out, name)
		}
	}
	return out
}

// keyARNs are the KMS keys that a resource is under.
func (r *Run) keyARNs(s *subject) related {
	var rows [][]string
	whole := true
	add := func(f estate.Fact[string]) {
		if arn, ok := f.Get(); ok {
			rows = append(rows, row("key.arn", arn))
		}
		whole = whole && !f.IsUnknown()
	}
	switch of := s.pointers[string(s.Type)].(type) {
	case *estate.Table:
		add(of.KeyARN)
	case *estate.Vault:
		add(of.KeyARN)
	}
	if p, ok := s.pointers["point"].(*estate.RecoveryPoint); ok {
		add(p.KeyARN)
	}
	return related{rows, whole}
}

// replicas are the other replicas of a table, each as a table of its own.
func (r *Run) replicas(s *subject) related {
	out := related{whole: s.table == nil || !s.table.Replicas.IsUnknown()}
	if s.table == nil {
		return out
	}
	list, _ := s.table.Replicas.Get()
	parts := strings.SplitN(s.table.ARN.Or(""), ":", 5)
	for _, replica := range list {
		if replica.Region == r.unit.Region.Or("") {
			continue
		}
		one := row("replica.region", replica.Region)
		if len(parts) == 5 {
			one = append(one, row("replica.arn", strings.Join([]string{parts[0], parts[1], parts[2], replica.Region, parts[4]}, ":"))...)
		}
		out.rows = append(out.rows, one)
	}
	return out
}

// copyRegions are the other Regions to which the plans of a resource copy.
func (r *Run) copyRegions(s *subject) related {
	plans, whole := r.plansOf(s)
	out, seen := related{whole: whole}, map[string]bool{"": true, r.unit.Region.Or(""): true}
	for _, p := range plans {
		for i := range p.Rules.Items {
			for _, c := range p.Rules.Items[i].Copies.Items {
				if parts := strings.SplitN(c.VaultARN.Or(""), ":", 5); len(parts) == 5 && !seen[parts[3]] {
					seen[parts[3]] = true
					out.rows = append(out.rows, row("copy.region", parts[3]))
				}
			}
		}
	}
	return out
}

// trails are the trails that record in the unit's Region.
func (r *Run) trails(*subject) related {
	out := related{whole: r.unit.Trails.IsWhole()}
	for i := range r.unit.Trails.Items {
		out.rows = append(out.rows, row("trail.arn", r.unit.Trails.Items[i].ARN.Or("")))
	}
	return out
}

// testingPlans are the restore testing plans with their selections, a row each.
func (r *Run) testingPlans(*subject) related {
	out := related{whole: r.unit.RestoreTestingPlans.IsWhole()}
	for i := range r.unit.RestoreTestingPlans.Items {
		p := &r.unit.RestoreTestingPlans.Items[i]
		plan := row("testing-plan.name", p.Name.Or(""))
		if len(p.Selections.Items) == 0 {
			out.rows = append(out.rows, plan)
		}
		for k := range p.Selections.Items {
			out.rows = append(out.rows, slices.Concat(plan, row("testing-selection.name", p.Selections.Items[k].Name.Or(""))))
		}
	}
	return out
}
