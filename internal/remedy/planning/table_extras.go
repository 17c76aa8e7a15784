package planning

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
)

// tableResource names a table as what an action changes.
func tableResource(t *target) remedy.Resource {
	return remedy.Resource{Type: "table", Name: t.name, ARN: t.arn}
}

// planDeletionProtection switches deletion protection on.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
func planDeletionProtection(d *draft) error {
	for _, t := range d.wanting(DeletionProtection) {
		table := d.table(t)
		id := table.TableID.Or("")
		on, known := table.DeletionProtection.Get()
		switch {
		case !known:
			d.refuse(DeletionProtection, t.arn, "whether deletion protection is on is not known", readMore)
			continue
		case on || d.declaredElsewhere(DeletionProtection, t):
			continue
		}
		d.add(remedy.Action{
			Remedy: DeletionProtection, Resource: tableResource(t),
			Summary: "protect " + t.name + " from deletion",
			Call:    "dynamodb:UpdateTable",
			Change:  remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: t.name, On: true}},
			Before:  remedy.ProtectionState(id, false), After: remedy.ProtectionState(id, true),
			Risk: "whoever deletes the table on purpose, a stack or a pipeline too, must switch it off first",
			Inverse: remedy.Inverse{
				Change: &remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: t.name}},
				Drop:   remedy.DropProtection, Loses: "one call can delete " + t.name + " again",
			},
		}, t)
	}
	return nil
}

// planPITRWindow lengthens the window of point-in-time recovery to what the objective keeps, 35 days at most. The price is the same.
func planPITRWindow(d *draft) error {
	for _, t := range d.wanting(WidenPITR) {
		table := d.table(t)
		status, known := table.PITRStatus.Get()
		period, counted := table.PITRPeriodDays.Get()
		goal := min(max(wholeDays(t.needs.Objective.Retention), 1), DefaultPITRPeriod)
		switch {
		case !known || status == "ENABLED" && !counted:
			d.refuse(WidenPITR, t.arn, "the window of point-in-time recovery is not known", readMore)
			continue
		case status != "ENABLED":
			d.refuse(WidenPITR, t.arn, "point-in-time recovery is off", "--only "+EnablePITR)
			continue
		case period >= goal || d.declaredElsewhere(WidenPITR, t):
			continue
		}
		id := table.TableID.Or("")
		d.add(remedy.Action{
			Remedy: WidenPITR, Resource: tableResource(t),
			Summary: fmt.Sprintf("lengthen point-in-time recovery of %s from %d to %d days", t.name, period, goal),
			Call:    "dynamodb:UpdateContinuousBackups",
			Change:  remedy.Change{PITR: &remedy.PITR{Table: t.name, Enabled: true, PeriodDays: goal}},
			Before:  remedy.PITRState(id, status, period), After: remedy.PITRState(id, status, goal),
			Risk: fmt.Sprintf("the window fills day by day: what is gone already does not come back, and it reaches %d days once as many have passed", goal),
			Inverse: remedy.Inverse{
				Change: &remedy.Change{PITR: &remedy.PITR{Table: t.name, Enabled: true, PeriodDays: period}},
				Drop:   remedy.DropPITR, Loses: fmt.Sprintf("what lies further back than %d days is forgotten for good", period),
			},
		}, t)
	}
	return nil
}

// planTableTags sets the tags that tables must have. Values come from people alone.
func planTableTags(d *draft) error {
	for _, t := range d.choice(TagTables, func(o objective.Objective) bool { return len(o.Tags) > 0 }) {
		if len(d.Options.tags)+len(t.needs.Objective.Tags) == 0 {
			d.refuse(TagTables, t.arn, "which tags it is to have was not said", "--require-tag KEY=VALUE, or an objective with tags")
			continue
		}
		d.tagTable(t)
	}
	return nil
}

func (d *draft) tagTable(t *target) {
	table := d.table(t)
	tags, known := table.Tags.Get()
	if table.Tags.IsAbsent() {
		known = true
	}
	if !known {
		d.refuse(TagTables, t.arn, "the table's tags are not known", readMore)
		return
	}
	wanted := map[string]string{}
	for k, v := range d.Options.tags {
		if have, ok := tags[k]; !ok || have != v {
			wanted[k] = v
		}
	}
	var missing []string
	for _, k := range t.needs.Objective.Tags {
		if _, has := tags[k]; !has && d.Options.tags[k] == "" {
			missing = append(missing, k)
		}
	}
	if len(missing) > 0 {
		d.refuse(TagTables, t.arn, "no value was given for "+strings.Join(missing, ", ")+": values are never made up", "--require-tag "+missing[0]+"=VALUE")
	}
	if len(wanted) == 0 || d.declaredElsewhere(TagTables, t) {
		return
	}
	keys := sortedKeys(wanted)
	if over := differs(tags, wanted); over != "" && !d.Options.Replace {
		d.refuse(TagTables, t.arn, "the table has another value: "+over, "--replace")
		return
	}
	id := table.TableID.Or("")
	d.add(remedy.Action{
		Remedy: TagTables, Resource: tableResource(t),
		Summary: "tag " + t.name + ": " + tagText(wanted),
		Call:    "dynamodb:TagResource",
		Change:  remedy.Change{TableTags: &remedy.TableTags{Table: t.name, ARN: t.arn, Set: wanted}},
		Before:  remedy.TableTagsState(id, tags, keys), After: remedy.TableTagsState(id, wanted, keys),
		Risk:    "what goes by tags may find the table anew: backup plans of other hands, IAM policies, cost reports",
		Inverse: untag(t, tags, wanted),
	}, t)
	d.tagEffects(t)
}

// untag takes tags away again, or gives back the values that were there. One call can do one of the two: overwritten values come first.
func untag(t *target, before, set map[string]string) remedy.Inverse {
	back := map[string]string{}
	var remove []string
	for _, k := range sortedKeys(set) {
		if v, had := before[k]; had {
			back[k] = v
		} else {
			remove = append(remove, k)
		}
	}
	if len(back) > 0 {
		loses := ""
		if len(remove) > 0 {
			loses = "the tags " + strings.Join(remove, ", ") + " stay: one call sets or removes"
		}
		return remedy.Inverse{Change: &remedy.Change{TableTags: &remedy.TableTags{Table: t.name, ARN: t.arn, Set: back}}, Loses: loses}
	}
	return remedy.Inverse{Change: &remedy.Change{TableTags: &remedy.TableTags{Table: t.name, ARN: t.arn, Remove: remove}}}
}

// tagEffects points out the plans that begin to back the table up by its new tags.
func (d *draft) tagEffects(t *target) {
	before, after := d.found.Tables.Items[t.index], d.table(t)
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		was := takes(d.unit, p, &before)
		optIn, known := d.unit.Settings.OptIn.Get()
		is, unsure := selectsUnder(d.unit, p, after, optIn[dynamoDB] || !known)
		unsure = unsure || is && !known && !takes(d.unit, p, after)
		c := remedy.Check{About: "tags", Resource: planLabel(p), Verdict: "ok", Actions: []string{d.last()},
			Detail: "plan " + planLabel(p) + " selects " + t.name + " by its new tags, which makes backups and their cost"}
		if unsure {
			c.Verdict, c.Detail = "unknown", "whether plan "+planLabel(p)+" selects "+t.name+" by its new tags is not known"
		}
		if is && !was || unsure {
			d.check(c)
		}
	}
}

func differs(have, want map[string]string) string {
	for _, k := range sortedKeys(want) {
		if v, ok := have[k]; ok && v != want[k] {
			return k + "=" + v
		}
	}
	return ""
}

func tagText(tags map[string]string) string {
	var parts []string
	for _, k := range sortedKeys(tags) {
		parts = append(parts, k+"="+tags[k])
	}
	return strings.Join(parts, ", ")
}

// takes says whether a plan is known to select a table under the unit's opt-in.
func takes(u *estate.Unit, p *estate.Plan, t *estate.Table) bool {
	optIn, _ := u.Settings.OptIn.Get()
	yes, _ := selectsUnder(u, p, t, optIn[dynamoDB])
	return yes
}
