package planning

import (
	"fmt"

	"github.com/restorable/restorable/internal/remedy"
)

// planPITR switches point-in-time recovery on.
func planPITR(d *draft) error {
	for _, t := range d.wanting(EnablePITR, MakeRecoverable) {
		table := d.table(t)
		status, ok := table.PITRStatus.Get()
		switch {
		case !ok:
			d.refuse(EnablePITR, t.arn, "whether point-in-time recovery is on could not be read", readMore)
		case status == "DISABLED":
			d.enablePITR(t)
		}
	}
	for i := range d.targets {
		if t := &d.targets[i]; t.chosen && t.unknown[EnablePITR] {
			d.refuse(EnablePITR, t.arn, "whether point-in-time recovery is on could not be read", readMore)
		}
	}
	return nil
}

func (d *draft) enablePITR(t *target) {
	table, days := d.table(t), d.Options.PITRPeriod
	id := table.TableID.Or("")
	d.add(remedy.Action{
		Remedy: EnablePITR, Resource: remedy.Resource{Type: "table", Name: t.name, ARN: t.arn},
		Summary: fmt.Sprintf("enable point-in-time recovery of %s, %d days", t.name, days),
		Call:    "dynamodb:UpdateContinuousBackups",
		Change:  remedy.Change{PITR: &remedy.PITR{Table: t.name, Enabled: true, PeriodDays: days}},
		Before:  remedy.PITRState(id, "DISABLED", 0), After: remedy.PITRState(id, "ENABLED", days),
		Inverse: remedy.Inverse{Change: &remedy.Change{PITR: &remedy.PITR{Table: t.name}}, Drop: remedy.DropPITR,
			Loses: "the history of the table since it was switched on, for good"},
	}, t)
}
