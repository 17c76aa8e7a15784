package iac

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// join adds to a unit of templates what is deployed beside it, in the same account and Region: plans, vaults, keys, roles and settings.
// What templates declare wins over what is there under the same name, for it will be so. Tables, backups and jobs are not taken over: the
// templates' tables are judged, by what will be in force. The live unit is used up.
func join(u, live *estate.Unit) {
	u.Adopt(live)
	u.Account, u.Region, u.Partition, u.Settings = live.Account, live.Region, live.Partition, live.Settings
	joinPlans(u, live)
	u.Vaults = merged(u, u.Vaults, live.Vaults, func(v *estate.Vault) string { return v.Name.Or(v.ID) })
	u.Keys = merged(u, u.Keys, live.Keys, func(k *estate.Key) string { return k.ARN.Or(k.ID) })
	u.Roles = merged(u, u.Roles, live.Roles, func(r *estate.Role) string { return r.ARN.Or(r.ID) })
	u.RestoreTestingPlans = merged(u, u.RestoreTestingPlans, live.RestoreTestingPlans, func(p *estate.RestoreTestingPlan) string { return p.Name.Or(p.ID) })
	u.Trails = merged(u, u.Trails, live.Trails, func(t *estate.Trail) string { return t.ID })
	u.EventRules = merged(u, u.EventRules, live.EventRules, func(r *estate.EventRule) string { return r.ID })
	u.VPCEndpoints = merged(u, u.VPCEndpoints, live.VPCEndpoints, func(e *estate.VPCEndpoint) string { return e.ID })
	u.VPCs, u.ReportPlans, u.EffectivePlans = live.VPCs, live.ReportPlans, live.EffectivePlans
}

// merged is what is declared, and what is there under other names.
func merged[T any](u *estate.Unit, declared, live estate.List[T], key func(*T) string) estate.List[T] {
	out := estate.List[T]{Items: declared.Items, Whole: closed(u, declared.Whole, live.Whole)}
	seen := map[string]bool{}
	for i := range declared.Items {
		seen[key(&declared.Items[i])] = true
	}
	for i := range live.Items {
		if !seen[key(&live.Items[i])] {
			out.Items = append(out.Items, live.Items[i])
		}
	}
	return out
}

// closed is whether a list is whole. What templates declare and could not be read, as a module that is not installed, leaves it open, whatever
// closes it otherwise.
func closed(u *estate.Unit, declared, otherwise estate.Fact[bool]) estate.Fact[bool] {
	if u.Of(declared.Source()).Code == build.NotResolved {
		return declared
	}
	return otherwise
}

// joinPlans: a declared plan keeps the selections that others added to the deployed one of its name; a plan that is not deployed yet has
// none but its own. A selection for a plan that the templates do not declare comes to the deployed one that it names.
func joinPlans(u, live *estate.Unit) {
	byName, byID := map[string]*estate.Plan{}, map[string]*estate.Plan{}
	for i := range live.Plans.Items {
		p := &live.Plans.Items[i]
		byName[p.Name.Or(p.ID)], byID[p.PlanID.Or(p.ID)] = p, p
	}
	taken := map[*estate.Plan]bool{}
	declared := u.Plans.Items[:0:0]
	for _, p := range u.Plans.Items {
		there := byName[p.Name.Or("")]
		if elsewhere(u, &p) {
			if there = byID[p.PlanID.Or("")]; there != nil {
				there.Selections = mergedSelections(u, p.Selections, there.Selections)
				continue
			}
		}
		switch {
		case there != nil:
			taken[there] = true
			p.Selections = mergedSelections(u, p.Selections, there.Selections)
		case !elsewhere(u, &p):
			p.Selections.Whole = live.Plans.Whole
		}
		declared = append(declared, p)
	}
	for i := range live.Plans.Items {
		if p := &live.Plans.Items[i]; !taken[p] {
			declared = append(declared, *p)
		}
	}
	u.Plans = estate.List[estate.Plan]{Items: declared, Whole: closed(u, u.Plans.Whole, live.Plans.Whole)}
}

func mergedSelections(u *estate.Unit, declared, live estate.List[estate.Selection]) estate.List[estate.Selection] {
	return merged(u, declared, live, func(s *estate.Selection) string { return s.Name.Or(s.ID) })
}

// elsewhere reports whether a plan only stands for one that the templates do not declare.
func elsewhere(u *estate.Unit, p *estate.Plan) bool {
	return p.Name.IsUnknown() && u.Of(p.Name.Source()).Code == build.NotInTemplate
}

// Judged reports which resources of a unit are judged: in one of templates, those that they declare. Others are there, or are assumed to be,
// for what they do to these.
func Judged(u *estate.Unit) func(id string) bool {
	if !Declared(u) {
		return func(string) bool { return true }
	}
	declared := make(map[string]bool, len(u.Declared))
	for i := range u.Declared {
		declared[u.Declared[i].ID] = true
	}
	return func(id string) bool { return declared[id] }
}
