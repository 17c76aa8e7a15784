package backup

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

const copyPatience = 2 * time.Hour // a copy is tried for about so long (semantics 2.4)

// copyJob copies a recovery point into another vault, of another Region or account perhaps. Its record is kept where the source is.
type copyJob struct {
	id        string
	seq       uint64
	area      *area
	state     types.CopyJobState
	message   string
	category  string
	source    *point
	sourceARN string
	vault     *vault // of the source
	to        string // ARN of the destination vault
	dest      *vault // once it runs
	made      *point
	role      string
	lifecycle *types.Lifecycle
	created   time.Time
	completed time.Time
	creator   *types.RecoveryPointCreator
	byJob     string // the backup job that asked for the copy
	table     string
	name      string
	size      int64
}

func (j *copyJob) rank() rank { return rank{At: int64(j.seq)} }

func (j *copyJob) ended() (time.Time, bool) { return j.completed, !j.completed.IsZero() }

// copyAction is the copy that a rule asks for once its backup is complete.
func (s *Service) copyAction(j *job, c types.CopyAction) {
	s.enqueueCopy(&copyJob{
		source: j.point, to: deref(c.DestinationBackupVaultArn), lifecycle: c.Lifecycle, role: j.role, creator: j.creator, byJob: j.id,
	})
}

func (s *Service) enqueueCopy(j *copyJob) {
	p := j.source
	j.id, j.seq, j.area, j.vault = s.w.UUID(), s.next(), p.vault.area, p.vault
	j.state, j.created = types.CopyJobStateCreated, s.w.Now()
	j.sourceARN, j.table, j.name, j.size = p.arn, p.resourceARN, p.name, p.size
	if j.lifecycle == nil {
		j.lifecycle = p.lifecycle // no lifecycle follows the source's
	}
	j.area.copies.add(j.id, j)
	s.w.After(s.w.Duration(time.Minute), func() { s.attemptCopy(j, s.w.Now().Add(copyPatience)) })
}

// attemptCopy starts a copy, or tries again later while another job of the resource runs. Copies of one resource wait for each other without limit (assumed);
// for a backup job they wait for copyPatience.
func (s *Service) attemptCopy(j *copyJob, until time.Time) {
	if j.state != types.CopyJobStateCreated {
		return
	}
	if h := s.busy[j.table]; h != nil {
		if h.copying {
			until = s.w.Now().Add(copyPatience)
		}
		if !s.w.Now().Before(until) {
			s.endCopy(j, types.CopyJobStateFailed, problem{categoryMisc, "There are too many copy jobs running for resource."})
			return
		}
		s.w.After(retryEvery, func() { s.attemptCopy(j, until) })
		return
	}
	if p := s.startCopy(j); p != nil {
		s.endCopy(j, types.CopyJobStateFailed, *p)
	}
}

func (s *Service) endCopy(j *copyJob, state types.CopyJobState, p problem) {
	j.state, j.category, j.message = state, p.category, p.message
	j.completed = s.w.Now()
}

func (s *Service) startCopy(j *copyJob) *problem {
	dest, p := s.admitCopy(j)
	if p != nil {
		return p
	}
	j.dest, j.state = dest, types.CopyJobStateRunning
	s.busy[j.table] = &hold{copying: true}
	src := j.source
	src.reading++
	made := &point{
		vault: dest, resourceARN: src.resourceARN, name: src.name, size: src.size, status: types.RecoveryPointStatusCreating, created: src.created,
		initiated: s.w.Now(), role: j.role, creator: j.creator, sourceVault: src.vault.arn, data: src.data, loaded: src.loaded, tags: map[string]string{},
	}
	if made.data != nil {
		made.data.refs++
	}
	made.seal(dest.area.ARN("backup", "recovery-point:"+s.w.UUID()), src.tags)
	j.made = made
	s.file(made)
	s.age(made, j.lifecycle)
	s.w.After(s.effort(j.size), func() { s.completeCopy(j) })
	return nil
}

func (s *Service) completeCopy(j *copyJob) {
	delete(s.busy, j.table)
	j.source.reading--
	s.endCopy(j, types.CopyJobStateCompleted, problem{category: categorySuccess})
	if !j.made.gone {
		j.made.status, j.made.completed = types.RecoveryPointStatusCompleted, s.w.Now()
	}
}

// admitCopy finds the destination vault, or says why the copy fails (semantics 2.4).
func (s *Service) admitCopy(j *copyJob) (*vault, *problem) {
	src := j.source
	switch {
	case src.gone:
		return nil, &problem{categoryMisc, fmt.Sprintf("Cannot find recovery point %s.", j.sourceARN)}
	case !src.advanced:
		return nil, &problem{categoryMisc, "Copy job failed. Feature is not supported for provided resource type."}
	case src.isCold:
		return nil, &problem{categoryInvalid, "Copy job failed. A recovery point in cold storage cannot be copied."}
	case s.o.Roles != nil && s.o.Roles.AssumableBy(j.role, principal) != nil:
		return nil, notAssumable(j.role)
	}
	sc, name, _ := vaultOf(j.to)
	dest, ok := s.area(sc).vaults[name]
	if !ok {
		return nil, &problem{categoryMisc, fmt.Sprintf("Copy job failed because backup vault %s does not exist.", j.to)}
	}
	if p := s.mayDo(j.role, j.to, []string{"backup:CopyIntoBackupVault"}); p != nil {
		return nil, p
	}
	if p := s.mayCross(j, dest); p != nil {
		return nil, p
	}
	if !dest.lock.admits(deleteAfter(j.lifecycle)) {
		return nil, &problem{categoryInvalid, "Copy job failed. The retention specified in the job is not within the range specified for the target Backup Vault."}
	}
	for _, v := range []*vault{src.vault, dest} {
		if p := s.keyProblem(j.role, v.keyARN); p != nil {
			return nil, p
		}
	}
	return dest, nil
}

// mayCross judges a copy into another account: one organisation, its setting, and the destination vault's policy.
func (s *Service) mayCross(j *copyJob, dest *vault) *problem {
	from, to := j.area.Account, dest.area.Account
	if from == to {
		return nil
	}
	together := func(account string) bool { return s.o.Org != nil && s.o.Org.Together(account, to) }
	if !together(from) {
		return &problem{categoryDenied, "Copy job failed. Both source and destination account must be a member of the same organization."}
	}
	if !s.crossAccountCopies(from) {
		return &problem{categoryDenied, "Copy job failed. Cross-account copy feature is not enabled for the current organization."}
	}
	who := request{account: from, arn: j.role, action: "backup:CopyIntoBackupVault", together: together}
	if allowed, refused := vaultPolicy(dest.policy, who); !allowed || refused {
		return &problem{categoryDenied, fmt.Sprintf("Access Denied trying to call AWS Backup service: backup vault %s does not allow backup:CopyIntoBackupVault", dest.arn)}
	}
	return nil
}
