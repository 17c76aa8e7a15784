package planning

import (
	"fmt"

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
