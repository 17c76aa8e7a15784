package protection

import (
	"cmp"
	"slices"

	"github.com/restorable/restorable/internal/estate"
)

// jobEnded sorts the states of a backup job (semantics 2.6).
func jobEnded(j *estate.BackupJob) tri {
	s, ok := j.State.Get()
	if !ok {
		return maybe
	}
	switch s {
	case "CREATED", "PENDING", "RUNNING", "ABORTING":
		return no
	}
	return truth(s != "")
}

// jobSucceeded: COMPLETED may still carry a category other than SUCCESS, "completed with issues".
func jobSucceeded(j *estate.BackupJob) tri {
	s, ok := j.State.Get()
	if !ok {
		return maybe
	}
	category := maybe
	if c, ok := j.MessageCategory.Get(); ok {
		category = truth(c == "SUCCESS" || c == "")
	} else if j.MessageCategory.IsAbsent() {
		category = yes
	}
	return truth(s == "COMPLETED").and(category)
}

// observeJobs reads the backup jobs of this incarnation, of which AWS keeps 30 days.
func (x *Index) observeJobs(t *estate.Table, o *Observed) {
	jobs, sure := x.jobsOf(t)
	o.Running = running(jobs, sure)
	last, run := (*estate.BackupJob)(nil), int64(0)
	counting := true
	for _, j := range jobs {
		if jobEnded(j) != yes {
			continue
		}
		if last == nil {
			last = j
		}
		if s, _ := j.State.Get(); s == "COMPLETED" {
			counting = false
		}
		if counting {
			run++
		}
	}
	basis := []estate.Reading{estate.Read("unit.backup_jobs", "", x.unit.BackupJobs.Whole)}
	if sure != yes {
		const why = "the backup jobs are not all known"
		text := unknown[string](why, basis...)
		o.LastJob = JobSeen{answered(maybe, why, basis...), text, text, text, unknown[estate.Instant](why, basis...)}
		o.FailedInARow = unknown[int64](why, basis...)
		return
	}
	o.FailedInARow = known(run, "", basis...)
	if last == nil {
		const why = "no backup job ended in the 30 days that AWS keeps"
		text := absent[string](why, basis...)
		o.LastJob = JobSeen{absent[bool](why, basis...), text, text, text, absent[estate.Instant](why, basis...)}
		return
	}
	o.LastJob = seen(last)
}

func seen(j *estate.BackupJob) JobSeen {
	basis := []estate.Reading{
		estate.Read("backup_job.state", j.ID, j.State), estate.Read("backup_job.message", j.ID, j.Message),
		estate.Read("backup_job.message_category", j.ID, j.MessageCategory), estate.Read("backup_job.created_at", j.ID, j.CreatedAt),
	}
	why := "the newest backup job that ended is " + state(j.State.Or("?"))
	if m, ok := j.Message.Get(); ok && m != "" {
		why += ": " + message(m)
	}
	return JobSeen{
		Succeeded: answered(jobSucceeded(j), why, basis[:3:3]...), State: factAnswer(j.State, basis[:1:1]), Category: factAnswer(j.MessageCategory, basis[2:3:3]),
		Message: factAnswer(j.Message, basis[1:2:2]), At: factAnswer(j.CreatedAt, basis[3:4:4]),
	}
}

// jobsOf are the table's jobs, newest first; maybe: others may be, or the order is not known.
func (x *Index) jobsOf(t *estate.Table) ([]*estate.BackupJob, tri) {
	arn, ok := t.ARN.Get()
	if !ok || symbolic(arn) {
		return nil, maybe
	}
	sure := x.jobsWhole
	if len(x.jobs.stray) > 0 {
		sure = maybe
	}
	all := x.jobs.of(arn)
	jobs := make([]*estate.BackupJob, 0, len(all))
	for _, j := range all {
		switch earlier(j.CreatedAt, t.CreatedAt) {
		case yes:
			continue
		case maybe:
			sure = maybe
		}
		if jobEnded(j) == maybe {
			sure = maybe
		}
		jobs = append(jobs, j)
	}
	slices.SortStableFunc(jobs, func(a, b *estate.BackupJob) int { return cmp.Compare(b.CreatedAt.Or(0), a.CreatedAt.Or(0)) })
	return jobs, sure
}

func running(jobs []*estate.BackupJob, sure tri) Answer[bool] {
	for _, j := range jobs {
		// A job whose creation is not known may be of an earlier table.
		if jobEnded(j) == no && j.CreatedAt.IsKnown() && sure == yes {
			return answered(yes, "a backup job is under way", estate.Read("backup_job.state", j.ID, j.State))
		}
	}
	if sure != yes {
		return answered(maybe, "the backup jobs are not all known")
	}
	return answered(no, "no backup job is under way")
}
