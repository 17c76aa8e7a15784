package planning

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

// trial is a unit with one plan that selects every table: what that plan could do for each.
type trial struct {
	unit  *estate.Unit
	index *protection.Index
	role  string
	seen  map[string]verdict // by what of a table decides
}

type verdict struct {
	fits bool
	why  string
}

// newTrial makes a trial of a plan under a role. The unit is a copy of the caller's own without history.
func newTrial(u *estate.Unit, plan *estate.Plan, role, all string) *trial {
	c, p := *u, *plan
	p.Selections = estate.List[estate.Selection]{Whole: estate.KnownFact(true, 0), Items: []estate.Selection{{
		ID: "trial", Name: estate.KnownFact("trial", 0), RoleARN: estate.KnownFact(role, 0), Resources: estate.KnownFact([]string{all}, 0),
		NotResources: estate.AbsentFact[[]string](0), ListOfTags: estate.AbsentFact[[]estate.TagMatch](0), StringEquals: estate.AbsentFact[[]estate.TagMatch](0),
		StringNotEquals: estate.AbsentFact[[]estate.TagMatch](0), StringLike: estate.AbsentFact[[]estate.TagMatch](0), StringNotLike: estate.AbsentFact[[]estate.TagMatch](0),
	}}}
	c.Plans = estate.List[estate.Plan]{Items: []estate.Plan{p}, Whole: estate.KnownFact(true, 0)}
	return &trial{unit: &c, index: protection.NewIndex(&c), role: role, seen: map[string]verdict{}}
}

// try sorts tables into those that the trial's plan would cover as the group asks, and the others with the reason. Besides what is
// the same for all, a table's own key decides, so that each key is asked about once.
func (d *draft) try(g group, x *trial, tables []*target) (good []*target, bad map[*target]string) {
	bad = map[*target]string{}
	role := d.worker(x.role)
	for _, t := range tables {
		table := d.table(t)
		class := fmt.Sprint(table.KeyARN, table.KeyInaccessibleAt.State(), table.Status)
		v, ok := x.seen[class]
		if !ok {
			v = d.verdict(g, protection.Cover(x.unit, table, x.index))
			x.seen[class] = v
		}
		if v.fits {
			v.why = role.lacks(t.arn)
		}
		if v.why == "" {
			good = append(good, t)
		} else {
			bad[t] = v.why
		}
	}
	return good, bad
}

func (d *draft) verdict(g group, c *protection.Coverage) verdict {
	works, ok := c.Effective.Get()
	switch {
	case !ok:
		return verdict{why: "whether a plan could back it up is not known: " + c.Effective.Why}
	case !works:
		return verdict{why: "no plan could back it up: " + c.Effective.Why}
	case !d.suffices(c, g.objective):
		return verdict{why: "the plan would not do what is asked: it starts too seldom, or keeps too short"}
	}
	return verdict{fits: true}
}

// candidate is an existing plan that may be used, with the role under which it works.
type candidate struct {
	plan *estate.Plan
	role string
}

// reuse takes tables into plans that exist and do what is asked, and returns the tables for which there is none.
func (d *draft) reuse(g group, tables []*target) (rest []*target) {
	rest = tables
	scratches := map[string]*estate.Unit{} // by role
	for _, c := range d.candidates(g) {
		if len(rest) == 0 {
			return nil
		}
		owner, sure := d.ownerOf(c.plan)
		unit, known := scratches[c.role]
		if !known {
			unit, _ = d.scratch(c.role)
			scratches[c.role] = unit
		}
		good, _ := d.try(g, newTrial(unit, c.plan, c.role, d.allTables()), rest)
		if len(good) == 0 {
			continue
		}
		if !sure {
			d.refuse(AssignToPlan, planLabel(c.plan), "the plan would fit, but whose it is could not be read (its tags); it is left alone", readMore)
			continue
		}
		if owner != "" {
			d.refuse(AssignToPlan, planLabel(c.plan), "the plan would fit, but "+owner+" owns it, where it must be changed; another plan is used", "restorable render --as cloudformation or terraform")
			continue
		}
		if !d.ensureRole(c.role, good...) {
			continue
		}
		left := d.assign(g, c.plan, c.role, good)
		rest = slices.DeleteFunc(slices.Clone(rest), func(t *target) bool { return slices.Contains(good, t) && !slices.Contains(left, t) })
	}
	return rest
}

// candidates lists the plans that may be used, the best first: the one that was named, those that restorable made, then those that keep
// no longer and start no more often than needed. Somebody who says what the plan should be like means a plan of that name alone.
func (d *draft) candidates(g group) []candidate {
	o := d.Options
	particular := o.PlanName != "" || o.Schedule != "" || o.Retain != 0 || o.Vault != DefaultVault
	wanted := d.baseName(g)
	var out []candidate
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		name := p.Name.Or("")
		if particular && name != wanted || !p.PlanID.IsKnown() || !p.Rules.IsWhole() || !p.Selections.IsWhole() {
			continue
		}
		if particular && !d.like(p, d.rule(g)) {
			continue
		}
		role := d.roleOf(p)
		out = append(out, candidate{p, role})
		if other := d.defaultRole(); role != other && len(g.tables) > 0 && d.worker(role).lacks(g.tables[0].arn) != "" {
			out = append(out, candidate{p, other}) // the plan is good, and its role is not ours to change
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(d.rank(g, a.plan), d.rank(g, b.plan)), cmp.Compare(copies(a.plan), copies(b.plan)),
			cmp.Compare(longest(a.plan), longest(b.plan)), cmp.Compare(a.plan.Name.Or(""), b.plan.Name.Or("")), cmp.Compare(a.plan.ID, b.plan.ID))
	})
	return out
}

// like reports whether some rule of a plan is what was asked for.
func (d *draft) like(p *estate.Plan, r remedy.Rule) bool {
	o := d.Options
	return slices.ContainsFunc(p.Rules.Items, func(x estate.Rule) bool {
		return (o.Schedule == "" || x.Schedule.Or(DefaultSchedule) == r.Schedule) && (o.Retain == 0 || x.DeleteAfterDays.Or(0) == r.DeleteAfterDays) &&
			(o.Vault == DefaultVault || x.Vault.Or("") == r.Vault)
	})
}

func (d *draft) rank(g group, p *estate.Plan) int {
	switch name := p.Name.Or(""); {
	case name == d.baseName(g):
		return 0
	case strings.HasPrefix(name, "restorable-"):
		return 1
	case !forOne(p):
		return 2
	}
	return 3
}

// forOne reports whether a plan selects no more than one thing, by its ARN: then it was made for that.
func forOne(p *estate.Plan) bool {
	n := 0
	for i := range p.Selections.Items {
		s := &p.Selections.Items[i]
		for _, arn := range s.Resources.Or(nil) {
			n++
			if strings.Contains(arn, "*") {
				return false
			}
		}
		if len(s.ListOfTags.Or(nil)) > 0 {
			return false
		}
	}
	return n < 2
}

func copies(p *estate.Plan) int {
	n := 0
	for i := range p.Rules.Items {
		n += len(p.Rules.Items[i].Copies.Items)
	}
	return n
}

// longest is the greatest retention of a plan's rules; for ever counts as the longest.
func longest(p *estate.Plan) int64 {
	most := int64(0)
	for i := range p.Rules.Items {
		keeps, ok := p.Rules.Items[i].DeleteAfterDays.Get()
		if !ok || keeps <= 0 {
			return protection.Forever
		}
		most = max(most, keeps)
	}
	return most
}

// roleOf is the role under which a plan works already, or else the one for new selections.
func (d *draft) roleOf(p *estate.Plan) string {
	for i := range p.Selections.Items {
		arn := p.Selections.Items[i].RoleARN.Or("")
		if usable, _, _ := d.roleState(d.unit, arn); usable {
			return arn
		}
	}
	return d.defaultRole()
}
