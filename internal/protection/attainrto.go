package protection

import (
	"maps"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// attainRTO goes by the last restore that AWS Backup made of the table. Nothing promises how long the next will take.
func (c *Coverage) attainRTO(o objective.Objective) Attainment {
	limit := seconds(o.RTO)
	a := Attainment{Aim: AimRTO, Asked: objective.Span(o.RTO), Limit: limit, Declared: absent[int64]("nothing promises how long a restore takes")}
	job := c.index.lastRestore(c.Table)
	if job == nil {
		a.Observed = unknown[int64](c.unmeasured(), estate.Read("unit.restore_jobs", "", c.unit.RestoreJobs.Whole))
		a.Met = answered(maybe, a.Observed.Why, a.Observed.Basis...)
		return a
	}
	basis := []estate.Reading{estate.Read("restore_job.created_at", job.ID, job.CreatedAt), estate.Read("restore_job.completed_at", job.ID, job.CompletedAt)}
	took := seconds(job.CompletedAt.Or(0).Sub(job.CreatedAt.Or(0)))
	why := "the restore of " + date(job.CreatedAt.Or(0).Time()) + " took " + span(took)
	a.Observed, a.Met = known(took, why, basis...), answered(truth(took <= limit), why, basis...)
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

// lastRestore is the newest restore of the table that ended well; nil: none, or some restore of it could not be read.
func (x *Index) lastRestore(t *estate.Table) *estate.RestoreJob {
	x.restoresOnce.Do(func() {
		x.restores = map[string]*estate.RestoreJob{}
		unread := map[string]bool{}
		for i := range x.unit.RestoreJobs.Items {
			j := &x.unit.RestoreJobs.Items[i]
			arn := j.ResourceARN.Or("")
			if status, ok := j.Status.Get(); ok && status != "COMPLETED" {
				continue
			}
			unread[arn] = unread[arn] || !j.Status.IsKnown() || !j.CreatedAt.IsKnown() || !j.CompletedAt.IsKnown()
			if was := x.restores[arn]; was == nil || j.CreatedAt.Or(0) > was.CreatedAt.Or(0) {
				x.restores[arn] = j
			}
		}
		maps.DeleteFunc(x.restores, func(arn string, _ *estate.RestoreJob) bool { return unread[arn] })
	})
	return x.restores[t.ARN.Or("")]
}
