package backup

import (
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb"
)

const (
	retryEvery    = 10 * time.Minute
	onDemandStart = 5 * time.Minute // on-demand jobs begin within this time; AWS says only "normally within the hour"
	jobOverhead   = time.Minute     // a job takes this long at least, and up to as much again
	bytesPerSec   = 100 << 20       // at which backups and copies are written (assumed)
)

// job is a backup job.
type job struct {
	id          string
	seq         uint64
	area        *area
	state       types.BackupJobState
	message     string
	category    string
	table       string // ARN
	name        string // of the table
	role        string
	vault       string // name, as asked for
	airGapped   string // ARN of a logically air-gapped vault to prefer
	created     time.Time
	startBy     time.Time
	started     time.Time
	finish      time.Time // when it will be done, while it runs
	deadline    time.Time
	completed   time.Time
	completion  time.Duration // window, counted from the start; 0: counted from the creation, as deadline says
	lifecycle   *types.Lifecycle
	tags        map[string]string // for the recovery point
	creator     *types.RecoveryPointCreator
	copies      []types.CopyAction
	options     map[string]string
	pointARN    string
	point       *point
	size        int64
	blocked     bool // another job of the resource ran whenever it tried
	landed      *vault
	keyARN      string
	withMessage string // said on completion
}

func (j *job) rank() rank { return rank{At: int64(j.seq)} }

func (j *job) ended() (time.Time, bool) { return j.completed, !j.completed.IsZero() }

// problem is why a job does not do what was asked.
type problem struct{ category, message string }

// The message categories that AWS documents by name; everything else is under MISCELLANEOUS.
const (
	categorySuccess = "SUCCESS"
	categoryDenied  = "AccessDenied"
	categoryInvalid = "InvalidParameters"
	categoryMisc    = "MISCELLANEOUS"
)

// scheduledJob makes the job of one table at a rule's run; it starts at a random moment inside the start window.
func (s *Service) scheduledJob(r *rule, t *dynamodb.TableView, role string) {
	j := &job{
		table: t.ARN, name: t.Name, role: role, vault: *r.shown.TargetBackupVaultName, airGapped: deref(r.shown.TargetLogicallyAirGappedBackupVaultArn),
		completion: r.completionWindow(), lifecycle: r.shown.Lifecycle, tags: r.shown.RecoveryPointTags, creator: r.creator, copies: r.shown.CopyActions,
	}
	s.enqueue(r.version.plan.area, j, r.startWindow(), s.w.Duration(r.startWindow()))
}

func (s *Service) enqueue(a *area, j *job, window, delay time.Duration) {
	j.id, j.seq, j.area = s.w.UUID(), s.next(), a
	j.state, j.created = types.BackupJobStateCreated, s.w.Now()
	j.startBy = j.created.Add(window)
	a.jobs.add(j.id, j)
	s.w.After(delay, func() { s.attempt(j) })
}

// attempt starts a job, or tries again later while another job of the same resource runs, until the start window is over.
func (s *Service) attempt(j *job) {
	if j.state != types.BackupJobStateCreated {
		return
	}
	if !s.w.Now().Before(j.startBy) {
		s.endJob(j, types.BackupJobStateExpired, expired(j.blocked))
		return
	}
	if s.busy[j.table] != nil {
		j.blocked = true
		again := s.w.Now().Add(retryEvery)
		if again.After(j.startBy) {
			again = j.startBy
		}
		s.w.At(again, func() { s.attempt(j) })
		return
	}
	if p := s.startJob(j); p != nil {
		s.endJob(j, types.BackupJobStateFailed, *p)
	}
}

func expired(blocked bool) problem {
	if blocked {
		return problem{categoryMisc, "Backup job failed because there was a running job for the same resource."}
	}
	return problem{categoryMisc, "Backup job expired before completion."}
}

func (s *Service) endJob(j *job, state types.BackupJobState, p problem) {
	j.state, j.category, j.message = state, p.category, p.message
	j.completed = s.w.Now()
}

// startJob takes the picture of the table and lets the job run for as long as the table's size asks.
func (s *Service) startJob(j *job) *problem {
	sc, name, _ := tableOf(j.table)
	view, exists := s.o.Tables.Lookup(sc, name)
	advanced := j.area.settings.advanced()
	v, p := s.admit(j, &view, exists, advanced)
	if p != nil {
		return p
	}
	snapshot, err := s.o.Tables.TakeSnapshot(sc, name)
	if err != nil {
		return snapshotProblem(err)
	}
	j.state, j.started, j.landed, j.size = types.BackupJobStateRunning, s.w.Now(), v, snapshot.Table.SizeBytes
	pt := s.newPoint(v, &snapshot.Table, &data{snapshot: snapshot, refs: 1})
	pt.initiated, pt.role, pt.creator = j.created, j.role, j.creator
	if advanced {
		if j.pointARN == "" {
			j.pointARN = j.area.ARN("backup", "recovery-point:"+s.w.UUID())
		}
		pt.seal(j.pointARN, snapshot.Table.Tags, j.tags)
	} else {
		pt.arn = s.o.Tables.AddAWSBackup(sc, snapshot)
		pt.keyARN = snapshot.Table.KeyARN
	}
	j.pointARN, j.point, j.keyARN = pt.arn, pt, pt.keyARN
	s.file(pt)
	s.age(pt, j.lifecycle)
	s.busy[j.table] = &hold{}
	s.runJob(j)
	return nil
}

func snapshotProblem(err error) *problem {
	var e *api.Error
	if errors.As(err, &e) {
		switch e.Code {
		case "TableNotFoundException", "ResourceNotFoundException":
			return &problem{categoryMisc, "Table not found."}
		}
		return &problem{categoryMisc, e.Message}
	}
	return &problem{categoryMisc, err.Error()}
}

func (s *Service) runJob(j *job) {
	if j.completion > 0 {
		j.deadline = j.started.Add(j.completion)
	}
	j.finish = j.started.Add(s.effort(j.size))
	if j.finish.After(j.deadline) {
		s.w.At(j.deadline, func() { s.overrun(j) })
		return
	}
	s.w.At(j.finish, func() { s.completeJob(j) })
}

// effort is how long a backup or a copy of so many bytes takes.
func (s *Service) effort(size int64) time.Duration {
	return jobOverhead + s.w.Duration(jobOverhead) + time.Duration(float64(size)/bytesPerSec*float64(time.Second))
}

func (s *Service) completeJob(j *job) {
	if j.state != types.BackupJobStateRunning {
		return
	}
	delete(s.busy, j.table)
	p := problem{category: categorySuccess, message: j.withMessage}
	if j.withMessage != "" {
		p.category = categoryMisc
	}
	s.endJob(j, types.BackupJobStateCompleted, p)
	if j.point.gone {
		return
	}
	j.point.status, j.point.completed = types.RecoveryPointStatusCompleted, s.w.Now()
	for _, c := range j.copies {
		s.copyAction(j, c)
	}
}

// overrun cancels a job that its completion window did not suffice for.
func (s *Service) overrun(j *job) {
	if j.state != types.BackupJobStateRunning {
		return
	}
	s.undo(j)
	s.endJob(j, types.BackupJobStateExpired, expired(false))
}

// undo frees the resource and drops the unfinished recovery point.
func (s *Service) undo(j *job) {
	delete(s.busy, j.table)
	s.discard(j.point)
	j.point, j.pointARN = nil, ""
}
