package planning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

const day = 24 * time.Hour

// wholeDays rounds up to whole days.
func wholeDays(t time.Duration) int64 { return int64((t + day - 1) / day) }

// canKeep refuses a group whose interval no plan can keep.
func (d *draft) canKeep(g group) bool {
	if g.objective.Interval == 0 || g.objective.Interval >= time.Hour {
		return true
	}
	for _, t := range g.tables {
		d.refuse(AssignToPlan, t.arn, fmt.Sprintf("AWS Backup starts at most hourly, and every %s is asked for", g.objective.Interval), "rpo by point-in-time recovery, and an interval of 1h")
	}
	return false
}

// schedule is a cron expression in UTC whose starts are as far apart as an interval allows, in whole parts of a day. AWS Backup reads
// step values within one day only, so that hours are listed
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html).
func schedule(interval time.Duration) string {
	const first = 5 // the hour of AWS's default
	switch {
	case interval == 0 || interval >= day && interval < 7*day:
		return DefaultSchedule
	case interval >= 7*day:
		return fmt.Sprintf("cron(0 %d ? * SUN *)", first)
	}
	for _, every := range []int{12, 8, 6, 4, 3, 2} {
		if time.Duration(every)*time.Hour <= interval {
			var hours string
			for h := first % every; h < 24; h += every {
				hours += fmt.Sprintf(",%d", h)
			}
			return "cron(0 " + hours[1:] + " ? * * *)"
		}
	}
	return "cron(0 * ? * * *)"
}

// rule is what a plan of its own does for a group.
func (d *draft) rule(g group) remedy.Rule {
	o := d.Options
	r := remedy.Rule{Name: "restorable", Vault: o.Vault, Schedule: o.Schedule, StartWindow: o.StartWindow, CompletionWindow: o.CompletionWindow, DeleteAfterDays: o.Retain}
	if r.Schedule == "" {
		r.Schedule = schedule(g.objective.Interval)
	}
	if r.DeleteAfterDays == 0 {
		r.DeleteAfterDays = max(1, wholeDays(g.objective.Retention))
		if g.tier == "" {
			r.DeleteAfterDays = DefaultRetain
		}
	}
	return r
}

// suffices reports whether what covers a table starts often enough and keeps long enough. A day may have 25 hours once a year.
func (d *draft) suffices(c *protection.Coverage, o objective.Objective) bool {
	return keepsUp(c.LongestInterval, c.RetentionDays, o)
}

// keepsUp reports whether an interval and a retention are what an objective asks for.
func keepsUp(interval, retention protection.Answer[int64], o objective.Objective) bool {
	seconds, ok := interval.Get()
	kept, ok2 := retention.Get()
	allowed := o.Interval
	if allowed >= day {
		allowed += time.Hour
	}
	return ok && ok2 && (allowed == 0 || time.Duration(seconds)*time.Second <= allowed) && kept >= wholeDays(o.Retention)
}

// newPlan makes a plan for the tables, with what it needs, and returns those for which there was no room. All that are returned
// unchanged were refused.
func (d *draft) newPlan(g group, tables []*target) (rest []*target) {
	refuseAll := func(id, reason, next string) []*target {
		for _, t := range tables {
			d.refuse(id, t.arn, reason, next)
		}
		return tables
	}
	name, why, next := d.planName(g)
	rule, role := d.rule(g), d.defaultRole()
	switch {
	case why != "":
		return refuseAll(CreatePlan, why, next)
	case !d.asked(CreatePlan):
		reason, next := d.whyNot(CreatePlan)
		return refuseAll(AssignToPlan, "no plan that could be used fits, and "+reason, next)
	}
	if reason, next := d.roleObstacle(role); reason != "" {
		return refuseAll(AssignToPlan, "its role "+arnName(role)+" cannot be used: "+reason, next)
	}
	if reason, next := d.vaultObstacle(rule.Vault); reason != "" {
		return refuseAll(AssignToPlan, "its vault "+rule.Vault+" cannot be used: "+reason, next)
	}
	good, bad := d.rehearse(g, rule, role, tables)
	for t, reason := range bad {
		d.refuse(AssignToPlan, t.arn, reason, "")
	}
	if len(good) == 0 {
		return tables
	}
	d.ensureRole(role, good...)
	d.ensureVault(rule.Vault, good...)
	plan := d.createPlan(name, rule, good)
	rest = d.assign(g, plan, role, good)
	return rest
}

// planName chooses the name of a plan that has to be made; why says that none can be.
func (d *draft) planName(g group) (name, why, next string) {
	if !d.unit.Plans.IsWhole() {
		return "", "which plans there are is not known: the list could not be read whole", readMore
	}
	if n := len(d.unit.Plans.Items); n >= maxPlans {
		return "", fmt.Sprintf("the Region has %d plans already, which is AWS's limit", n), ""
	}
	base := d.baseName(g)
	name = base
	taken := func(name string) bool {
		return find(d.unit.Plans.Items, func(p *estate.Plan) estate.Fact[string] { return p.Name }, name) != nil
	}
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", clip(base, 46), n)
	}
	return name, "", ""
}

// baseName is the name of the plan that serves a group.
func (d *draft) baseName(g group) string {
	switch {
	case d.Options.PlanName != "" && g.tier != "" && len(d.tiers()) > 1:
		return clip(d.Options.PlanName+"-"+safeName(g.tier), 47)
	case d.Options.PlanName != "":
		return d.Options.PlanName
	case g.tier != "":
		return "restorable-" + clip(safeName(g.tier), 36)
	}
	return DefaultPlan
}

func (d *draft) tiers() []string {
	var out []string
	for i := range d.targets {
		if tier := d.targets[i].needs.Tier; !slices.Contains(out, tier) {
			out = append(out, tier)
		}
	}
	return out
}

func clip(s string, most int) string { return s[:min(most, len(s))] }

// safeName makes a text one that AWS accepts as part of a name.
func safeName(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	out := []byte(s)
	for i, c := range out {
		if strings.IndexByte(plain, c) < 0 {
			out[i] = '-'
		}
	}
	return string(out)
}

func (d *draft) createPlan(name string, rule remedy.Rule, helps []*target) *estate.Plan {
	rule.Tags = map[string]string{"restorable:tool": "restorable"}
	plan := remedy.BackupPlan{Step: remedy.Create, Name: name, Rules: []remedy.Rule{rule}, Tags: ownTags()}
	id := d.next()
	undo := remedy.BackupPlan{Step: remedy.Delete, ID: remedy.From(id), Name: name}
	d.add(remedy.Action{
		Remedy: CreatePlan, Resource: remedy.Resource{Type: "plan", Name: name},
		Summary: fmt.Sprintf("create backup plan %s: %s, kept %d days in vault %s", name, rule.Schedule, rule.DeleteAfterDays, rule.Vault),
		Call:    "backup:CreateBackupPlan", Needs: unique(d.makerOf(d.vaultARN(rule.Vault))),
		Change: remedy.Change{Plan: &plan}, Before: remedy.PlanNameState(false), After: remedy.PlanNameState(true),
		Inverse: remedy.Inverse{Change: &remedy.Change{Plan: &undo}, Loses: "the plan makes no more backups; recovery points stay until they expire"},
	}, helps...)
	return d.planByID(planID(id))
}

// scratch is a copy of the unit to try things on, in which a role exists if it can be made.
func (d *draft) scratch(role string) (*estate.Unit, *previewer) {
	u := declared(clone(d.unit))
	v := newPreviewer(u)
	if _, missing, _ := d.roleState(u, role); missing && d.asked(CreateRole) {
		v.apply(&remedy.Action{Change: remedy.Change{Role: &remedy.Role{Step: remedy.Create, ARN: role, Trust: trustPolicy}}})
	}
	return u, v
}

// rehearse asks which of the tables a new plan would really cover: the vault's lock, keys and the role decide.
func (d *draft) rehearse(g group, rule remedy.Rule, role string, tables []*target) (good []*target, bad map[*target]string) {
	scratch, v := d.scratch(role)
	if v.vaultNamed(rule.Vault) == nil {
		v.apply(&remedy.Action{Change: remedy.Change{Vault: &remedy.Vault{Step: remedy.Create, Name: rule.Vault, ARN: d.vaultARN(rule.Vault), KeyARN: d.Options.VaultKey}}})
	}
	scratch.Plans.Items = nil
	v.apply(&remedy.Action{ID: "new", Change: remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Create, Name: "new", Rules: []remedy.Rule{rule}}}})
	return d.try(g, newTrial(scratch, &scratch.Plans.Items[0], role, d.allTables()), tables)
}
