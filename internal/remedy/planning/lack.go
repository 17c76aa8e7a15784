package planning

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// lack is what one rule under one selection wants for before it covers a table.
type lack struct{ role, vault string }

// lacked is a role or a vault that does not exist, and the tables that it would help.
type lacked struct {
	what  string
	helps []*target
}

// lacking collects what is missing under selections that select tables which need cover: only what, once it is there, leaves nothing
// else in the way.
func (d *draft) lacking(of func(lack) string) []lacked {
	found := map[string]*lacked{}
	for _, t := range d.needingCover() {
		c := d.cover(t)
		if works, ok := c.Effective.Get(); ok && works {
			continue
		}
		for _, l := range d.lacks(t, c) {
			what := of(l)
			if what == "" {
				continue
			}
			if found[what] == nil {
				found[what] = &lacked{what: what}
			}
			if list := &found[what].helps; len(*list) == 0 || (*list)[len(*list)-1] != t {
				*list = append(*list, t)
			}
		}
	}
	var out []lacked
	for _, l := range found {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b lacked) int { return strings.Compare(a.what, b.what) })
	return out
}

// lacks looks at every rule that would cover a table if its role and its vault were there.
func (d *draft) lacks(t *target, c *protection.Coverage) []lack {
	var out []lack
	for i := range c.Plans.Items {
		for _, r := range c.Plans.Items[i].Rules {
			if !is(r.Selects, true) || !is(r.ScheduleRuns, true) || !is(r.WindowsValid, true) || !is(r.LifecycleValid, true) ||
				is(r.RetentionFitsLock, false) || is(r.KeyUsable, false) || is(r.RoleTrusted, false) ||
				t.needs.Tier != "" && !keepsUp(r.Interval, r.RetentionDays, t.needs.Objective) {
				continue
			}
			role, vault := d.namedBy(&c.Plans.Items[i], &r)
			l := lack{}
			if is(r.RoleExists, false) {
				l.role = role
			}
			if is(r.VaultExists, false) && !is(r.AirGapped, true) {
				l.vault = vault
			}
			if unsure := r.RoleExists.IsUnknown() || r.VaultExists.IsUnknown(); !unsure && l != (lack{}) {
				out = append(out, l)
			}
		}
	}
	return out
}

// namedBy finds the role and the vault that a rule under a selection names.
func (d *draft) namedBy(p *protection.PlanCover, r *protection.RuleCover) (role, vault string) {
	for i := range d.unit.Plans.Items {
		plan := &d.unit.Plans.Items[i]
		if plan.ID != p.ID {
			continue
		}
		for k := range plan.Selections.Items {
			if s := &plan.Selections.Items[k]; s.Name.Or(s.ID) == r.Selection {
				role = s.RoleARN.Or("")
			}
		}
		if rule := find(plan.Rules.Items, func(x *estate.Rule) estate.Fact[string] { return x.Name }, r.Rule); rule != nil {
			vault = rule.Vault.Or("")
		}
	}
	return role, vault
}

// is reports whether an answer is known and is the given one.
func is(a protection.Answer[bool], want bool) bool {
	v, ok := a.Get()
	return ok && v == want
}
