package protection

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// attainRTO goes by the last restore of the table that was measured. Nothing promises how long the next will take.
func (c *Coverage) attainRTO(o objective.Objective) Attainment {
	limit := seconds(o.RTO)
	a := Attainment{Aim: AimRTO, Asked: objective.Span(o.RTO), Limit: limit, Declared: absent[int64]("nothing promises how long a restore takes")}
	took := c.Restores(0).Took
	if !took.IsKnown() {
		a.Observed = unknown[int64](c.unmeasured(), estate.Read("unit.restore_jobs", "", c.unit.RestoreJobs.Whole))
		a.Met = answered(maybe, a.Observed.Why, a.Observed.Basis...)
		return a
	}
	a.Observed, a.Met = took, answered(truth(took.Or(0) <= limit), took.Why, took.Basis...)
	return a
}

// unmeasured says why there is no measure.
func (c *Coverage) unmeasured() string {
	last := estate.Instant(0)
	for _, p := range c.points() {
		last = max(last, p.LastRestoreAt.Or(0))
	}
	switch {
	case last != 0:
		return "not measured: restored on " + date(last.Time()) + ", and no job of the last 30 days says how long that took"
	case !c.unit.RestoreJobs.IsWhole():
		return "not measured: the restore jobs could not be read"
	case len(c.unit.RestoreJobs.Items) > 0:
		return "not measured: no restore job of this table that could be read ended well in the 30 days that AWS keeps"
	}
	return "not measured: no restore of this table in the 30 days of jobs that AWS keeps"
}

func (c *Coverage) points() []point {
	arn, ok := c.Table.ARN.Get()
	if !ok {
		return nil
	}
	return c.index.points.of(arn)
}
