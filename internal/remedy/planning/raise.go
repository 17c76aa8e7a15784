package planning

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// planFrequency has tables backed up as often as they need.
func planFrequency(d *draft) error { d.raise(RaiseFrequency); return nil }

// planRetention has the backups of tables kept as long as they need.
func planRetention(d *draft) error { d.raise(RaiseRetention); return nil }

// raise mends tables that plans back up too seldom, or keep too short. By default a plan that does what is asked takes them in beside
// the one that does not; with --replace the rules of a plan that nobody else owns are changed.
func (d *draft) raise(id string) {
	tables := d.short(id)
	if d.Options.Replace {
		tables = d.raiseRules(id, tables)
	}
	if len(tables) == 0 {
		return
	}
	d.allowing([]string{CreateRole, CreateVault, CreatePlan}, func() {
		for _, g := range d.groups(tables) {
			if !d.canKeep(g) {
				continue
			}
			rest := d.reuse(g, g.tables)
			for n := 0; len(rest) > 0 && n < maxPlans; n++ {
				left := d.newPlan(g, rest)
				if len(left) == len(rest) {
					break // refused
				}
				rest = left
			}
		}
	})
}

// short lists the tables whose findings ask for the remedy and that the draft does not serve well enough yet.
func (d *draft) short(id string) []*target {
	return slices.DeleteFunc(d.wanting(id), func(t *target) bool {
		switch {
		case d.suffices(d.cover(t), t.needs.Objective):
			return true
		case !t.needs.Known:
			d.refuse(id, t.arn, "which tier the table belongs to is not known", "restorable objectives")
			return true
		}
		return restoreTest(d.table(t))
	})
}

// groups puts tables together that need the same.
func (d *draft) groups(tables []*target) []group {
	var out []group
	for _, t := range tables {
		i := slices.IndexFunc(out, func(g group) bool { return g.tier == t.needs.Tier })
		if i < 0 {
			out = append(out, group{tier: t.needs.Tier, objective: t.needs.Objective})
			i = len(out) - 1
		}
		out[i].tables = append(out[i].tables, t)
	}
	slices.SortFunc(out, func(a, b group) int { return strings.Compare(a.tier, b.tier) })
	for i := range out {
		slices.SortFunc(out[i].tables, func(a, b *target) int { return cmp.Compare(a.arn, b.arn) })
	}
	return out
}

// allowing lets a remedy use others that it cannot do without, unless --skip leaves them out.
func (p *planner) allowing(ids []string, do func()) {
	var lent []string
	for _, id := range ids {
		if !p.goal.allowed[id] && !p.goal.skipped[id] {
			p.goal.allowed[id] = true
			lent = append(lent, id)
		}
	}
	do()
	for _, id := range lent {
		delete(p.goal.allowed, id)
	}
}

// raiseRules changes rules of the plans that select the tables, one action a plan, and returns the tables that this does not help.
func (d *draft) raiseRules(id string, tables []*target) []*target {
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		var helped []*target
		for _, t := range tables {
			if takes(d.unit, p, d.table(t)) {
				helped = append(helped, t)
			}
		}
		if len(helped) == 0 {
			continue
		}
		if d.raiseRule(id, p, helped) {
			tables = slices.DeleteFunc(slices.Clone(tables), func(t *target) bool { return d.suffices(d.cover(t), t.needs.Objective) })
		}
	}
	return tables
}

// raiseRule changes the rule of a plan that keeps longest; it answers whether it did. It is tried in memory first.
func (d *draft) raiseRule(id string, p *estate.Plan, tables []*target) bool {
	planID, known := p.PlanID.Get()
	if reason, next := d.notChangeable(p); reason != "" || !known {
		d.refuse(id, p.ARN.Or(p.ID), cmp.Or(reason, "the plan's id is not known"), next)
		return false
	}
	old := longestRule(p)
	before, ok := asDrafted(old)
	if !ok {
		d.refuse(id, p.ARN.Or(p.ID), "the rules of plan "+planLabel(p)+" are not wholly known", readMore)
		return false
	}
	after := d.raised(before, tables)
	action := remedy.Action{
		Remedy: id, Resource: remedy.Resource{Type: "plan", Name: planLabel(p), ARN: p.ARN.Or("")},
		Summary: fmt.Sprintf("change rule %s of plan %s: %s, kept %d days", after.Name, planLabel(p), after.Schedule, after.DeleteAfterDays),
		Call:    "backup:UpdateBackupPlan", Needs: unique(d.makersOfPlan(remedy.Ref(planID))),
		Change: remedy.Change{PlanRules: &remedy.PlanRules{Plan: remedy.Ref(planID), Name: planLabel(p), Set: []remedy.Rule{after}}},
		Before: remedy.PlanRulesState([]remedy.Rule{before}, []string{before.Name}), After: remedy.PlanRulesState([]remedy.Rule{after}, []string{after.Name}),
		Risk: "it changes the backups of everything that the plan selects, of other services too; points that are there keep their life",
		Inverse: remedy.Inverse{
			Change: &remedy.Change{PlanRules: &remedy.PlanRules{Plan: remedy.Ref(planID), Name: planLabel(p), Set: []remedy.Rule{before}}},
			Loses:  "backups are made, and kept, as before: points that were made meanwhile keep their longer life",
		},
	}
	scratch := declared(clone(d.unit))
	newPreviewer(scratch).apply(&action)
	index := protection.NewIndex(scratch)
	good := slices.DeleteFunc(slices.Clone(tables), func(t *target) bool {
		return !d.suffices(protection.Cover(scratch, &scratch.Tables.Items[t.index], index), t.needs.Objective)
	})
	if len(good) == 0 {
		d.refuse(id, p.ARN.Or(p.ID), "changing rule "+before.Name+" of plan "+planLabel(p)+" would not be enough: its vault, role or windows stand against it", "without --replace")
		return false
	}
	d.add(action, good...)
	all := len(d.chosenOf(p))
	d.check(remedy.Check{About: "rules", Resource: planLabel(p), Verdict: "ok", Actions: []string{d.last()},
		Detail: fmt.Sprintf("plan %s selects %s of those chosen, %d of which need the change", planLabel(p), terminal.Count(all, "table"), len(good))})
	return true
}

// notChangeable says why the rules of a plan are not ours to change; empty: nothing says so.
func (d *draft) notChangeable(p *estate.Plan) (reason, next string) {
	switch owner, sure := d.ownerOf(p); {
	case owner != "":
		return "plan " + planLabel(p) + " belongs to " + owner + ", where it must be changed", "restorable render, or without --replace"
	case !sure && !d.Options.AcceptUnknown:
		return "who owns plan " + planLabel(p) + " is not known", readMore + ", or --accept-unknown"
	case !p.Rules.IsWhole() || len(p.Rules.Items) == 0:
		return "the rules of plan " + planLabel(p) + " are not wholly known", readMore
	}
	return "", ""
}

// longestRule is the rule that keeps longest.
func longestRule(p *estate.Plan) *estate.Rule {
	best := &p.Rules.Items[0]
	for i := range p.Rules.Items {
		r := &p.Rules.Items[i]
		if b, ok := best.DeleteAfterDays.Get(); ok && b > 0 {
			if n, ok := r.DeleteAfterDays.Get(); !ok || n == 0 || n > b {
				best = r
			}
		}
	}
	return best
}

// raised is a rule made to serve the neediest of the tables. What is more than is needed stays.
func (d *draft) raised(r remedy.Rule, tables []*target) remedy.Rule {
	interval, keep := time.Duration(0), int64(0)
	for _, t := range tables {
		o := t.needs.Objective
		keep = max(keep, wholeDays(o.Retention))
		if interval == 0 || o.Interval > 0 && o.Interval < interval {
			interval = o.Interval
		}
	}
	keep = cmp.Or(d.Options.Retain, keep)
	if r.DeleteAfterDays != 0 && r.DeleteAfterDays < keep {
		r.DeleteAfterDays = keep
	}
	if d.Options.Schedule != "" {
		r.Schedule = d.Options.Schedule
	} else if d.tooSeldom(tables) {
		r.Schedule, r.Timezone = schedule(interval), ""
	}
	if r.Schedule == "" {
		r.Schedule = DefaultSchedule
	}
	if d.tooSeldom(tables) {
		r.StartWindow, r.CompletionWindow = min(cmp.Or(r.StartWindow, d.Options.StartWindow), d.Options.StartWindow), min(cmp.Or(r.CompletionWindow, d.Options.CompletionWindow), d.Options.CompletionWindow)
	}
	return r
}

// tooSeldom reports whether some of the tables is backed up less often than it needs.
func (d *draft) tooSeldom(tables []*target) bool {
	return slices.ContainsFunc(tables, func(t *target) bool {
		seconds, ok := d.cover(t).LongestInterval.Get()
		allowed := t.needs.Objective.Interval
		if allowed >= day {
			allowed += time.Hour // one day a year has 25 hours
		}
		return ok && allowed > 0 && time.Duration(seconds)*time.Second > allowed
	})
}

// asDrafted is a rule of the estate as a change writes it; ok is false when something of it is not known.
func asDrafted(r *estate.Rule) (out remedy.Rule, ok bool) {
	name, named := r.Name.Get()
	vault, placed := r.Vault.Get()
	ok = named && placed && r.Copies.IsWhole() && !r.Schedule.IsUnknown() && !r.Timezone.IsUnknown() && !r.StartWindow.IsUnknown() &&
		!r.CompletionWindow.IsUnknown() && !r.ColdAfterDays.IsUnknown() && !r.DeleteAfterDays.IsUnknown() && !r.AirGappedVault.IsUnknown() &&
		!r.Continuous.IsUnknown() && !r.RecoveryPointTags.IsUnknown()
	out = remedy.Rule{
		Name: name, Vault: vault, Schedule: r.Schedule.Or(""), Timezone: r.Timezone.Or(""), StartWindow: r.StartWindow.Or(0),
		CompletionWindow: r.CompletionWindow.Or(0), ColdAfterDays: r.ColdAfterDays.Or(0), DeleteAfterDays: r.DeleteAfterDays.Or(0),
		AirGappedVault: r.AirGappedVault.Or(""), Continuous: r.Continuous.Or(false), Tags: r.RecoveryPointTags.Or(nil),
	}
	for i := range r.Copies.Items {
		c := &r.Copies.Items[i]
		arn, known := c.VaultARN.Get()
		ok = ok && known && !c.ColdAfterDays.IsUnknown() && !c.DeleteAfterDays.IsUnknown()
		out.Copies = append(out.Copies, remedy.Copy{VaultARN: arn, ColdAfterDays: c.ColdAfterDays.Or(0), DeleteAfterDays: c.DeleteAfterDays.Or(0)})
	}
	return out, ok
}
