package protection

import (
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// jobsReach is how far back AWS Backup's lists of jobs go
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListBackupJobs.html; assumed of restore jobs too).
const jobsReach = 30 * 24 * time.Hour

// history is what a unit tells of restores, by table.
type history struct {
	jobs       buckets[*estate.RestoreJob]
	drills     buckets[*estate.Drill]
	remembered map[string]*estate.ProtectedResource // what AWS Backup remembers of each resource that has recovery points

	jobsWhole, drillsWhole, rememberedWhole tri
}

func (x *Index) remembers() *history {
	x.historyOnce.Do(func() {
		u := x.unit
		h := &history{
			jobs:       groupSlice(u.RestoreJobs.Items, func(j *estate.RestoreJob) estate.Fact[string] { return j.ResourceARN }),
			drills:     groupSlice(u.Drills.Items, func(d *estate.Drill) estate.Fact[string] { return d.TableARN }),
			remembered: make(map[string]*estate.ProtectedResource, len(u.Protected.Items)),
			jobsWhole:  whole(u.RestoreJobs.IsWhole()), drillsWhole: whole(u.Drills.IsWhole()), rememberedWhole: whole(u.Protected.IsWhole()),
		}
		for i := range u.Protected.Items {
			h.remembered[u.Protected.Items[i].ID] = &u.Protected.Items[i]
		}
		x.history = h
	})
	return x.history
}

// restoreSeen is a restore of the table, or what looks like one.
type restoreSeen struct {
	at       estate.Fact[estate.Instant]
	ok       tri // of this incarnation of the table, and it succeeded
	compared tri // its items were also looked at, and found right
	took     estate.Fact[int64]
	memory   bool   // AWS Backup's memory of the table tells it
	open     bool   // when it ended is not known: at is when it began
	by       string // for people: "a restore by AWS Backup"
	failure  string // why it does not count, when it was one and failed
	basis    []estate.Reading
}

// restores gathers what is known of restores of the table: jobs of AWS Backup in all Regions of the account, when its recovery points
// were last restored, what AWS Backup remembers of the table, and drills.
func (c *Coverage) restores() []restoreSeen {
	arn, ok := c.Table.ARN.Get()
	if !ok || symbolic(arn) {
		return nil
	}
	var out []restoreSeen
	for _, x := range c.index.kin() {
		h := x.remembers()
		for _, j := range h.jobs.of(arn) {
			out = append(out, c.restoredByJob(x, j, yes))
		}
		for _, j := range h.jobs.stray {
			out = append(out, c.restoredByJob(x, j, maybe))
		}
	}
	h := c.index.remembers()
	for _, d := range h.drills.of(arn) {
		out = append(out, c.restoredByDrill(d, yes))
	}
	for _, d := range h.drills.stray {
		out = append(out, c.restoredByDrill(d, maybe))
	}
	out = c.restoredPoints(out, arn)
	if p := h.remembered[arn]; p != nil && p.LastRestore.IsKnown() {
		out = append(out, c.rememberedRestore(p))
	}
	return out
}

// sameTable: what happened before the table was made happened to an earlier one of that name.
func (c *Coverage) sameTable(at estate.Fact[estate.Instant]) tri {
	return earlier(at, c.Table.CreatedAt).not()
}

func (c *Coverage) restoredByJob(x *Index, j *estate.RestoreJob, mine tri) restoreSeen {
	at := j.CompletedAt
	if !at.IsKnown() {
		at = j.CreatedAt
	}
	r := restoreSeen{at: at, open: !j.CompletedAt.IsKnown(), by: "a restore by AWS Backup", basis: x.seenFrom(c.index,
		estate.Read("restore_job.status", j.ID, j.Status), estate.Read("restore_job.completed_at", j.ID, j.CompletedAt),
		estate.Read("restore_job.created_at", j.ID, j.CreatedAt), estate.Read("restore_job.validation_status", j.ID, j.ValidationStatus))}
	status, ok := j.Status.Get()
	done := maybe
	if ok {
		done = truth(status == "COMPLETED")
	}
	r.ok = mine.and(done).and(c.sameTable(at)).and(c.sameTable(j.CreatedAt))
	if ok && (status == "FAILED" || status == "ABORTED") {
		r.failure = "the restore by AWS Backup of " + dayOf(j.CreatedAt) + " is " + status
		if text, ok := j.Message.Get(); ok && text != "" {
			r.failure += ": " + message(text)
		}
	}
	valid := maybe
	if v, ok := j.ValidationStatus.Get(); ok {
		valid = truth(v == "SUCCESSFUL")
	} else if j.ValidationStatus.IsAbsent() {
		valid = no
	}
	r.compared = r.ok.and(valid)
	from, ok := j.CreatedAt.Get()
	to, ok2 := j.CompletedAt.Get()
	if ok && ok2 {
		r.took = estate.KnownFact(max(0, seconds(to.Sub(from))), j.CompletedAt.Source())
	}
	if j.TestingPlan.IsKnown() {
		r.by = "a restore test of AWS Backup"
	}
	return r
}

func (c *Coverage) restoredByDrill(d *estate.Drill, mine tri) restoreSeen {
	same := c.sameTable(d.FinishedAt)
	if !d.TableID.IsAbsent() {
		same = same.and(sameText(d.TableID, c.Table.TableID))
	}
	r := restoreSeen{at: d.FinishedAt, took: d.CompleteSeconds, by: "drill " + plainID(d.ID), basis: []estate.Reading{
		estate.Read("drill.outcome", d.ID, d.Outcome), estate.Read("drill.finished_at", d.ID, d.FinishedAt),
		estate.Read("drill.restored", d.ID, d.Restored), estate.Read("drill.compared", d.ID, d.Compared),
	}}
	outcome, ok := d.Outcome.Get()
	good, passed := maybe, maybe
	if ok {
		good, passed = truth(outcome != estate.DrillFailed), truth(outcome == estate.DrillPassed)
	}
	r.ok = mine.and(same).and(holds(d.Restored)).and(good)
	r.compared = r.ok.and(passed).and(holds(d.Compared))
	if ok && outcome == estate.DrillFailed {
		r.failure = "drill " + plainID(d.ID) + " of " + dayOf(d.FinishedAt) + " failed"
	}
	return r
}

// restoredPoints adds when recovery points of the table were last restored. Unlike jobs that has no end while the point is there.
// That the restore succeeded is assumed: AWS's page does not say it.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RecoveryPointByBackupVault.html
func (c *Coverage) restoredPoints(out []restoreSeen, arn string) []restoreSeen {
	add := func(p point, mine tri) {
		if p.LastRestoreAt.IsAbsent() {
			return
		}
		r := restoreSeen{at: p.LastRestoreAt, by: "a restore of a recovery point", took: estate.AbsentFact[int64](p.LastRestoreAt.Source()),
			basis: p.home.seenFrom(c.index, estate.Read("recovery_point.last_restore_at", p.ID, p.LastRestoreAt))}
		r.ok = mine.and(c.sameTable(p.CreatedAt)).and(c.sameTable(p.LastRestoreAt))
		r.compared = r.ok.and(c.untold(p.LastRestoreAt))
		out = append(out, r)
	}
	for _, p := range c.index.points.of(arn) {
		add(p, yes)
	}
	for _, p := range c.index.points.stray {
		add(p, maybe)
	}
	if c.index.away != nil {
		for _, p := range c.index.away.points.of(arn) {
			add(p, yes)
		}
	}
	return out
}

// rememberedRestore is AWS Backup's memory of the table's newest restore job. Within the reach of the lists they tell more: there it does
// not count. That the job succeeded is assumed, where AWS Backup also remembers how long it took.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeProtectedResource.html
func (c *Coverage) rememberedRestore(p *estate.ProtectedResource) restoreSeen {
	r := restoreSeen{at: p.LastRestore, memory: true, by: "a restore that AWS Backup remembers", basis: []estate.Reading{
		estate.Read("protected_resource.last_restore", p.ID, p.LastRestore), estate.Read("protected_resource.last_restore_minutes", p.ID, p.LastRestoreMinutes),
	}}
	r.ok = c.beyondJobs(p.LastRestore).and(truth(p.LastRestoreMinutes.IsKnown()).or(maybe)).and(c.sameTable(p.LastRestore))
	if minutes, ok := p.LastRestoreMinutes.Get(); ok {
		r.took = estate.KnownFact(minutes*secondsPerMinute, p.LastRestoreMinutes.Source())
	}
	r.compared = r.ok.and(maybe)
	return r
}

// untold is no for a moment of which the lists of jobs tell more, and maybe otherwise.
func (c *Coverage) untold(at estate.Fact[estate.Instant]) tri {
	return c.beyondJobs(at).or(c.jobsWhole().not()).and(maybe)
}

// beyondJobs is whether a moment lies further back than AWS Backup's lists of jobs.
func (c *Coverage) beyondJobs(at estate.Fact[estate.Instant]) tri {
	now, ok := c.unit.Now.Get()
	if !ok {
		return maybe
	}
	return earlier(at, estate.KnownFact(now.Add(-jobsReach), 0))
}

func (c *Coverage) jobsWhole() tri {
	all := yes
	for _, x := range c.index.kin() {
		all = all.and(x.remembers().jobsWhole)
	}
	if c.index.strangers {
		all = all.and(maybe)
	}
	return all
}

// kin are the indexes of the account, in every Region that the estate holds.
func (x *Index) kin() []*Index {
	if x.family == nil {
		return []*Index{x}
	}
	return x.family
}

// seenFrom are readings of this unit as another may cite them.
func (x *Index) seenFrom(other *Index, readings ...estate.Reading) []estate.Reading {
	if x == other || x == nil {
		return readings
	}
	out := make([]estate.Reading, len(readings))
	for i := range readings {
		out[i] = readings[i].Elsewhere()
	}
	return out
}

// spanOf is seconds as a duration, as far as one reaches.
func spanOf(s int64) time.Duration {
	return time.Duration(min(s, int64(maxSpan/time.Second))) * time.Second
}

const maxSpan = 200 * 365 * 24 * time.Hour

func dayOf(f estate.Fact[estate.Instant]) string {
	if at, ok := f.Get(); ok {
		return date(at.Time())
	}
	return "an unknown day"
}

// plainID writes an id of ours as it is, and anything else as a stranger's text.
func plainID(s string) string {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return quote(s)
		}
	}
	return s
}
