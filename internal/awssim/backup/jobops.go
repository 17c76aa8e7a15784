package backup

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

func (s *Service) startBackupJob(c *api.Call, in *sdk.StartBackupJobInput) (*sdk.StartBackupJobOutput, error) {
	a := s.area(c.Scope)
	if old, ok := a.jobs.byID[a.tokens[deref(in.IdempotencyToken)]]; ok {
		return old.startedAnswer(), nil
	}
	if err := s.checkStartJob(c, in); err != nil {
		return nil, err
	}
	_, name, _ := tableOf(*in.ResourceArn)
	j := &job{
		table: *in.ResourceArn, name: name, role: *in.IamRoleArn, vault: *in.BackupVaultName, airGapped: deref(in.LogicallyAirGappedBackupVaultArn),
		lifecycle: in.Lifecycle, tags: maps.Clone(in.RecoveryPointTags), options: in.BackupOptions,
		deadline: c.Now.Add(time.Duration(orDefault(in.CompleteWindowMinutes, defaultCompletion)) * time.Minute),
	}
	a.settings.firstUse()
	s.link(c, principal)
	if a.settings.advanced() {
		j.pointARN = a.ARN("backup", "recovery-point:"+s.w.UUID())
	}
	window := time.Duration(orDefault(in.StartWindowMinutes, defaultStart)) * time.Minute
	s.enqueue(a, j, window, s.w.Duration(onDemandStart))
	if t := deref(in.IdempotencyToken); t != "" {
		a.tokens[t] = j.id
	}
	return j.startedAnswer(), nil
}

// startedAnswer names the recovery point at once only for advanced backups (semantics 2.8).
func (j *job) startedAnswer() *sdk.StartBackupJobOutput {
	return &sdk.StartBackupJobOutput{BackupJobId: &j.id, CreationDate: &j.created, RecoveryPointArn: ptr(j.pointARN)}
}

func (s *Service) checkStartJob(c *api.Call, in *sdk.StartBackupJobInput) error {
	switch {
	case deref(in.BackupVaultName) == "":
		return missingParameter("BackupVaultName")
	case deref(in.ResourceArn) == "":
		return missingParameter("ResourceArn")
	case deref(in.IamRoleArn) == "":
		return missingParameter("IamRoleArn")
	case !isRoleARN(*in.IamRoleArn):
		return invalid("Invalid IAM role ARN: %s", *in.IamRoleArn)
	}
	sc, name, ok := tableOf(*in.ResourceArn)
	if !ok || sc != c.Scope {
		return invalid("Invalid resource ARN: %s. It must be a supported resource of this account and Region.", *in.ResourceArn)
	}
	// What AWS answers for a table that does not exist is not known (UNCONFIRMED 7).
	if _, exists := s.o.Tables.Lookup(sc, name); !exists {
		return notFound("Table not found: %s", name)
	}
	v, ok := s.area(c.Scope).vaults[*in.BackupVaultName]
	if !ok {
		return notFound("Backup vault %s does not exist.", c.ARN("backup", "backup-vault:"+*in.BackupVaultName))
	}
	if v.policyDenies(c.Caller, "backup:StartBackupJob") {
		return denied()
	}
	if s.o.Roles != nil && s.o.Roles.AssumableBy(*in.IamRoleArn, principal) != nil {
		return invalid("IAM Role %s cannot be assumed by AWS Backup", *in.IamRoleArn)
	}
	if err := checkWindows("", in.StartWindowMinutes, in.CompleteWindowMinutes); err != nil {
		return invalid("Invalid window. StartWindowMinutes cannot be less than 60 minutes nor more than CompleteWindowMinutes")
	}
	return lifecycleError(in.Lifecycle)
}

// lifecycleError is checkLifecycle outside a rule.
func lifecycleError(l *types.Lifecycle) error {
	var e *api.Error
	if errors.As(checkLifecycle("", l, false), &e) {
		return invalid("%s", e.Message[len("Error in rule  : "):])
	}
	return nil
}

func (s *Service) stopBackupJob(c *api.Call, in *sdk.StopBackupJobInput) (*sdk.StopBackupJobOutput, error) {
	j, err := s.findJob(c.Scope, in.BackupJobId)
	if err != nil {
		return nil, err
	}
	switch j.state {
	case types.BackupJobStateRunning:
		s.undo(j)
	case types.BackupJobStateCreated:
	default:
		return nil, badRequest("Backup job %s cannot be stopped because it is in state %s.", j.id, j.state)
	}
	j.state = types.BackupJobStateAborting
	s.w.After(abortTime, func() {
		s.endJob(j, types.BackupJobStateAborted, problem{categoryMisc, "Backup job was stopped by user."})
	})
	return &sdk.StopBackupJobOutput{}, nil
}

const abortTime = 5 * time.Second

func (s *Service) findJob(sc world.Scope, id *string) (*job, error) {
	if deref(id) == "" {
		return nil, missingParameter("BackupJobId")
	}
	j, ok := s.area(sc).jobs.byID[*id]
	if !ok {
		return nil, notFound("Backup job %s does not exist", *id)
	}
	return j, nil
}

func (s *Service) describeBackupJob(c *api.Call, in *sdk.DescribeBackupJobInput) (*sdk.DescribeBackupJobOutput, error) {
	s.area(c.Scope).jobs.prune(s.monthAgo())
	j, err := s.findJob(c.Scope, in.BackupJobId)
	if err != nil {
		return nil, err
	}
	m := j.shown(c.Now)
	return &sdk.DescribeBackupJobOutput{
		AccountId: m.AccountId, BackupJobId: m.BackupJobId, BackupOptions: m.BackupOptions, BackupSizeInBytes: m.BackupSizeInBytes, BackupType: m.BackupType,
		BackupVaultArn: m.BackupVaultArn, BackupVaultName: m.BackupVaultName, BytesTransferred: m.BytesTransferred, CompletionDate: m.CompletionDate,
		CreatedBy: m.CreatedBy, CreationDate: m.CreationDate, EncryptionKeyArn: m.EncryptionKeyArn, ExpectedCompletionDate: m.ExpectedCompletionDate,
		IamRoleArn: m.IamRoleArn, InitiationDate: m.InitiationDate, IsEncrypted: m.IsEncrypted, IsParent: m.IsParent, MessageCategory: m.MessageCategory,
		PercentDone: m.PercentDone, RecoveryPointArn: m.RecoveryPointArn, RecoveryPointLifecycle: m.RecoveryPointLifecycle, ResourceArn: m.ResourceArn,
		ResourceName: m.ResourceName, ResourceType: m.ResourceType, StartBy: m.StartBy, State: m.State, StatusMessage: m.StatusMessage,
		VaultLockState: m.VaultLockState, VaultType: m.VaultType,
	}, nil
}

// shown is the job as ListBackupJobs and DescribeBackupJob show it.
func (j *job) shown(now time.Time) types.BackupJob {
	name, v := j.vault, j.landed
	if v == nil {
		v = j.area.vaults[name]
	} else {
		name = v.name
	}
	m := types.BackupJob{
		AccountId: &j.area.Account, BackupJobId: &j.id, BackupOptions: j.options, BackupVaultArn: always(j.area.ARN("backup", "backup-vault:"+name)),
		BackupVaultName: &name, CompletionDate: moment(j.completed), CreatedBy: j.creator, CreationDate: &j.created, EncryptionKeyArn: ptr(j.keyARN),
		IamRoleArn: &j.role, InitiationDate: moment(j.started), IsEncrypted: j.point != nil, MessageCategory: ptr(j.category), PercentDone: always(j.percent(now)),
		RecoveryPointLifecycle: j.lifecycle, ResourceArn: &j.table, ResourceName: &j.name, ResourceType: always(resourceType),
		StartBy: always(j.startBy), State: j.state, StatusMessage: ptr(j.message),
	}
	if j.pointARN != "" && j.state != types.BackupJobStateFailed && j.state != types.BackupJobStateExpired {
		m.RecoveryPointArn = always(j.pointARN)
	}
	if !j.started.IsZero() {
		m.BackupSizeInBytes, m.BytesTransferred = always(j.size), always(j.size)
	}
	if j.state == types.BackupJobStateRunning {
		m.ExpectedCompletionDate = moment(j.finish)
	}
	if v != nil {
		m.VaultType, m.VaultLockState = always(string(v.kind)), always(v.lockState())
	}
	return m
}

func (j *job) percent(now time.Time) string {
	switch j.state {
	case types.BackupJobStateCompleted:
		return "100.0"
	case types.BackupJobStateRunning:
		return fmt.Sprintf("%.1f", share(j.started, j.finish, now))
	}
	return "0.0"
}

// share is how much of the way from one moment to another is done, in per cent.
func share(from, to, now time.Time) float64 {
	if !to.After(from) {
		return 0
	}
	return min(99.9, max(0, 100*float64(now.Sub(from))/float64(to.Sub(from))))
}

func (s *Service) listBackupJobs(c *api.Call, in *sdk.ListBackupJobsInput) (*sdk.ListBackupJobsOutput, error) {
	keep := func(j *job) bool {
		return (in.ByState == "" || j.state == in.ByState) && is(in.ByResourceArn, j.table) && is(in.ByResourceType, resourceType) &&
			is(in.ByBackupVaultName, j.vaultName()) && isCategory(in.ByMessageCategory, j.category) && in.ByParentJobId == nil &&
			within(j.created, in.ByCreatedAfter, in.ByCreatedBefore) && within(j.completed, in.ByCompleteAfter, in.ByCompleteBefore)
	}
	found, token, err := page(in.MaxResults, in.NextToken, jobsOf(s, c, in.ByAccountId), (*job).rank, keep)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListBackupJobsOutput{BackupJobs: []types.BackupJob{}, NextToken: token}
	for _, j := range found {
		out.BackupJobs = append(out.BackupJobs, j.shown(c.Now))
	}
	return out, nil
}

func (j *job) vaultName() string {
	if j.landed != nil {
		return j.landed.name
	}
	return j.vault
}

func jobsOf(s *Service, c *api.Call, account *string) iter.Seq[*job] {
	return ofAccounts(s, c, account, func(a *area) *records[*job] { return &a.jobs })
}

// ofAccounts yields the records of the caller's account, or of its whole organisation when the management account asks for "*".
// Records of an account that is not the caller's own are not shown otherwise.
func ofAccounts[T record](s *Service, c *api.Call, account *string, of func(*area) *records[T]) iter.Seq[T] {
	wanted := deref(account)
	if m, ok := s.management(c.Account); wanted != "*" || !ok || m != c.Account {
		own := of(s.area(c.Scope))
		own.prune(s.monthAgo())
		if wanted != "" && wanted != "*" && wanted != c.Account {
			return func(func(T) bool) {}
		}
		return own.newest()
	}
	var all []T
	for _, a := range s.order {
		if a.Region == c.Region && a.Partition == c.Partition && (a.Account == c.Account || s.o.Org.Together(a.Account, c.Account)) {
			of(a).prune(s.monthAgo())
			all = append(all, of(a).list...)
		}
	}
	slices.SortFunc(all, func(x, y T) int {
		if x.rank().before(y.rank()) {
			return 1
		}
		return -1
	})
	return slices.Values(all)
}

// is tells whether a filter is absent or equal to the value.
func is(filter *string, value string) bool { return filter == nil || *filter == "" || *filter == value }

func isCategory(filter *string, value string) bool {
	return is(filter, value) || *filter == "*" || *filter == "AGGREGATE_ALL"
}

// within tells whether a moment is after the one and before the other bound; a moment that has not come fails any bound.
func within(t time.Time, after, before *time.Time) bool {
	if after == nil && before == nil {
		return true
	}
	return !t.IsZero() && (after == nil || !t.Before(*after)) && (before == nil || t.Before(*before))
}
