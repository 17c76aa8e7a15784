package backup

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

// Import puts a state into an account and Region in which nothing happened yet; the clock should stand at the moment at which the state was recorded.
// Schedules, retention and backup jobs that were under way run on; copy and restore jobs that were under way have failed.
// The problems name what could not be taken over and does nothing here, such as a schedule that cannot be read. Called with the world's lock held.
func (s *Service) Import(in AreaState) (problems []string) {
	a := s.area(in.Scope)
	if in.OptIn != nil {
		a.settings.touched = true
		maps.Copy(a.settings.optIn, in.OptIn)
		maps.Copy(a.settings.manage, in.Management)
	}
	maps.Copy(s.account(a.Account).global, in.Global)
	for _, v := range in.Vaults {
		s.importVault(a, v)
	}
	for _, p := range in.Plans {
		problems = append(problems, s.importPlan(a, p)...)
	}
	byCreation := slices.Clone(in.Points)
	slices.Reverse(byCreation) // listed newest first: those of one moment keep their order
	slices.SortStableFunc(byCreation, func(x, y PointState) int { return deref(x.CreationDate).Compare(deref(y.CreationDate)) })
	for _, p := range byCreation {
		problems = append(problems, s.importPoint(a, p)...)
	}
	for _, j := range slices.Backward(in.BackupJobs) {
		s.importJob(a, j)
	}
	for _, j := range slices.Backward(in.CopyJobs) {
		s.importCopy(a, j)
	}
	for _, j := range slices.Backward(in.RestoreJobs) {
		s.importRestore(a, j)
	}
	for _, m := range in.Remembered {
		_, name, _ := tableOf(m.ResourceARN)
		if r := a.resource(m.ResourceARN, name); r.restored == nil || r.restored.jobCreated.Before(m.JobCreated) {
			r.restored = &restored{jobCreated: m.JobCreated, pointCreated: m.JobCreated, minutes: m.Minutes}
		}
	}
	for _, t := range in.RestoreTests {
		problems = append(problems, s.importTest(a, t)...)
	}
	return problems
}

func (s *Service) importVault(a *area, in VaultState) {
	v := &vault{
		area: a, name: deref(in.BackupVaultName), created: deref(in.CreationDate), seq: s.next(), request: deref(in.CreatorRequestId),
		keyARN: deref(in.EncryptionKeyArn), keyType: in.EncryptionKeyType, kind: in.VaultType, tags: maps.Clone(in.Tags),
		policy: in.Policy, topic: in.Topic, events: in.Events,
	}
	v.arn = a.ARN("backup", "backup-vault:"+v.name)
	if v.kind == "" {
		v.kind = types.VaultTypeBackupVault
	}
	if deref(in.Locked) {
		v.lock = &vaultLock{min: deref(in.MinRetentionDays), max: deref(in.MaxRetentionDays), date: deref(in.LockDate)}
	}
	a.vaults[v.name] = v
}

// never is the schedule of a rule whose expression cannot be read.
type never struct{}

func (never) Next(time.Time) time.Time { return time.Time{} }

func (s *Service) importPlan(a *area, in PlanState) (problems []string) {
	for old := range a.plansInOrder() {
		if in.Organisation && old.opted && old.current().name == in.name() {
			delete(a.plans, old.id) // the policy itself was loaded too, and made it under another identifier
		}
	}
	p := s.makePlan(a, in.ID)
	p.request, p.tags, p.deleted, p.lastRun, p.opted = in.CreatorRequest, maps.Clone(in.Tags), in.Deleted, in.LastRun, in.Organisation
	for _, v := range in.Versions {
		problems = append(problems, s.importVersion(p, v)...)
	}
	if len(p.versions) == 0 {
		delete(a.plans, p.id)
		return append(problems, fmt.Sprintf("backup plan %s has no version", in.ID))
	}
	for _, x := range in.Selections {
		p.selections = append(p.selections, &selection{
			id: x.ID, seq: s.next(), created: x.Created, request: x.CreatorRequest, shown: x.Selection, document: selectionDocument(&x.Selection),
		})
	}
	if p.alive() {
		for _, r := range p.current().rules {
			s.scheduleRule(r, s.w.Now())
		}
	}
	return problems
}

func (p *PlanState) name() string {
	if len(p.Versions) == 0 {
		return ""
	}
	return deref(p.Versions[len(p.Versions)-1].Plan.BackupPlanName)
}

func (s *Service) importVersion(p *plan, in PlanVersionState) (problems []string) {
	v := &version{plan: p, id: in.ID, created: in.Created, name: deref(in.Plan.BackupPlanName), advanced: in.Plan.AdvancedBackupSettings}
	given := &types.BackupPlanInput{BackupPlanName: in.Plan.BackupPlanName, AdvancedBackupSettings: in.Plan.AdvancedBackupSettings}
	for _, r := range in.Plan.Rules {
		input := types.BackupRuleInput{
			RuleName: r.RuleName, TargetBackupVaultName: r.TargetBackupVaultName, CompletionWindowMinutes: r.CompletionWindowMinutes, CopyActions: r.CopyActions,
			EnableContinuousBackup: r.EnableContinuousBackup, Lifecycle: r.Lifecycle, RecoveryPointTags: r.RecoveryPointTags, IndexActions: r.IndexActions,
			ScanActions: r.ScanActions, ScheduleExpression: r.ScheduleExpression, ScheduleExpressionTimezone: r.ScheduleExpressionTimezone,
			StartWindowMinutes: r.StartWindowMinutes, TargetLogicallyAirGappedBackupVaultArn: r.TargetLogicallyAirGappedBackupVaultArn,
		}
		given.Rules = append(given.Rules, input)
		made := s.makeRule(v, &input)
		if id := deref(r.RuleId); id != "" {
			*made.shown.RuleId = id
		}
		if made.schedule == nil {
			made.schedule = never{}
			problems = append(problems, fmt.Sprintf("backup plan %s, rule %s: schedule %s cannot be read: the rule never runs here",
				p.id, deref(r.RuleName), *made.shown.ScheduleExpression))
		}
		v.rules = append(v.rules, made)
	}
	v.document = documentOf(given)
	p.versions = append(p.versions, v)
	return problems
}

func (s *Service) importPoint(a *area, in PointState) []string {
	v, ok := a.vaults[deref(in.BackupVaultName)]
	if !ok {
		return []string{fmt.Sprintf("recovery point %s is in vault %s, which does not exist", deref(in.RecoveryPointArn), deref(in.BackupVaultName))}
	}
	if in.Status == types.RecoveryPointStatusCreating {
		return nil // its job runs again
	}
	at, _ := parseARN(deref(in.RecoveryPointArn))
	p := &point{
		arn: deref(in.RecoveryPointArn), vault: v, resourceARN: deref(in.ResourceArn), name: deref(in.ResourceName), created: deref(in.CreationDate),
		initiated: deref(in.InitiationDate), completed: deref(in.CompletionDate), status: in.Status, message: deref(in.StatusMessage),
		size: deref(in.BackupSizeInBytes), role: deref(in.IamRoleArn), keyARN: deref(in.EncryptionKeyArn), keyType: in.EncryptionKeyType,
		creator: in.CreatedBy, sourceVault: deref(in.SourceBackupVaultArn), restored: deref(in.LastRestoreTime), tags: maps.Clone(in.Tags),
		advanced: at.service == "backup", loaded: true, isCold: in.StorageClass == types.StorageClassCold,
	}
	if p.name == "" {
		_, p.name, _ = tableOf(p.resourceARN)
	}
	if in.Items != nil {
		p.data = &data{snapshot: in.Items, refs: 1}
	}
	s.file(p)
	s.age(p, in.Lifecycle)
	if c := in.CalculatedLifecycle; c != nil {
		p.generation++
		p.cold, p.expiry = deref(c.MoveToColdStorageAt), deref(c.DeleteAt)
		s.scheduleAging(p)
	}
	return nil
}

// importJob takes a job's record over; one that was waiting or running starts again, with the copies that its rule asks for.
func (s *Service) importJob(a *area, in types.BackupJob) {
	j := &job{
		id: deref(in.BackupJobId), seq: s.next(), area: a, state: in.State, message: deref(in.StatusMessage), category: deref(in.MessageCategory),
		table: deref(in.ResourceArn), name: deref(in.ResourceName), role: deref(in.IamRoleArn), vault: deref(in.BackupVaultName),
		created: deref(in.CreationDate), startBy: deref(in.StartBy), started: deref(in.InitiationDate), completed: deref(in.CompletionDate),
		lifecycle: in.RecoveryPointLifecycle, creator: in.CreatedBy, options: in.BackupOptions, pointARN: deref(in.RecoveryPointArn),
		size: deref(in.BackupSizeInBytes), keyARN: deref(in.EncryptionKeyArn), completion: defaultCompletion * time.Minute,
	}
	if p, ok := a.points[j.pointARN]; ok {
		j.point = p
	}
	a.jobs.add(j.id, j)
	switch in.State {
	case types.BackupJobStateCreated, types.BackupJobStatePending, types.BackupJobStateRunning:
	default:
		if j.completed.IsZero() {
			j.completed = j.created
		}
		return
	}
	j.state, j.started, j.completed = types.BackupJobStateCreated, time.Time{}, time.Time{}
	if now := s.w.Now(); !j.startBy.After(now) {
		j.startBy = now.Add(time.Hour)
	}
	if r := a.ruleOf(in.CreatedBy); r != nil {
		j.copies, j.tags, j.completion = r.shown.CopyActions, r.shown.RecoveryPointTags, r.completionWindow()
	}
	s.w.After(s.w.Duration(time.Minute), func() { s.attempt(j) })
}

func (a *area) ruleOf(c *types.RecoveryPointCreator) *rule {
	if c == nil {
		return nil
	}
	p, ok := a.plans[deref(c.BackupPlanId)]
	if !ok {
		return nil
	}
	for _, v := range p.versions {
		for _, r := range v.rules {
			if v.id == deref(c.BackupPlanVersion) && *r.shown.RuleId == deref(c.BackupRuleId) {
				return r
			}
		}
	}
	return nil
}

const interrupted = "The job was under way when the estate was recorded and does not go on here."

func (s *Service) importCopy(a *area, in types.CopyJob) {
	_, source, _ := vaultOf(deref(in.SourceBackupVaultArn))
	j := &copyJob{
		id: deref(in.CopyJobId), seq: s.next(), area: a, state: in.State, message: deref(in.StatusMessage), category: deref(in.MessageCategory),
		sourceARN: deref(in.SourceRecoveryPointArn), vault: a.vaults[source], to: deref(in.DestinationBackupVaultArn), role: deref(in.IamRoleArn),
		lifecycle: in.DestinationRecoveryPointLifecycle, created: deref(in.CreationDate), completed: deref(in.CompletionDate), creator: in.CreatedBy,
		byJob: deref(in.CreatedByBackupJobId), table: deref(in.ResourceArn), name: deref(in.ResourceName), size: deref(in.BackupSizeInBytes),
	}
	if j.vault == nil {
		j.vault = &vault{area: a, name: source, arn: deref(in.SourceBackupVaultArn)}
	}
	if to := deref(in.DestinationRecoveryPointArn); to != "" {
		sc, name, _ := vaultOf(j.to)
		j.dest = &vault{area: s.area(sc), name: name, arn: j.to, kind: types.VaultType(deref(in.DestinationVaultType))}
		j.made = &point{arn: to, keyARN: deref(in.DestinationEncryptionKeyArn)}
	}
	a.copies.add(j.id, j)
	if in.State == types.CopyJobStateCreated || in.State == types.CopyJobStateRunning {
		s.endCopy(j, types.CopyJobStateFailed, problem{categoryMisc, interrupted})
	} else if j.completed.IsZero() {
		j.completed = j.created
	}
}

func (s *Service) importRestore(a *area, in types.RestoreJobsListMember) {
	j := &restoreJob{
		id: deref(in.RestoreJobId), seq: s.next(), area: a, status: in.Status, message: deref(in.StatusMessage), pointARN: deref(in.RecoveryPointArn),
		pointMade: deref(in.RecoveryPointCreationDate), vaultARN: deref(in.BackupVaultArn), source: deref(in.SourceResourceArn), size: deref(in.BackupSizeInBytes),
		role: deref(in.IamRoleArn), created: deref(in.CreationDate), completed: deref(in.CompletionDate), tableARN: deref(in.CreatedResourceArn),
		expected:   time.Duration(deref(in.ExpectedCompletionTimeMinutes)) * time.Minute,
		validation: in.ValidationStatus, remark: deref(in.ValidationStatusMessage), deletion: in.DeletionStatus, deletionIs: deref(in.DeletionStatusMessage),
	}
	j.point = a.points[j.pointARN]
	if in.CreatedBy != nil && deref(in.CreatedBy.RestoreTestingPlanArn) != "" {
		j.test = &testPlan{area: a, arn: *in.CreatedBy.RestoreTestingPlanArn, deleted: true}
	}
	a.restores.add(j.id, j)
	if j.status == types.RestoreJobStatusPending || j.status == types.RestoreJobStatusRunning {
		j.status, j.message, j.completed = types.RestoreJobStatusFailed, interrupted, s.w.Now()
	}
	if j.completed.IsZero() {
		j.completed = j.created
	}
	if j.status == types.RestoreJobStatusCompleted && j.source != "" {
		_, name, _ := tableOf(j.source)
		r := a.resource(j.source, name)
		r.restored = &restored{jobCreated: j.created, pointCreated: j.pointMade, minutes: int64(j.completed.Sub(j.created) / time.Minute)}
	}
}

func (s *Service) importTest(a *area, in RestoreTestState) (problems []string) {
	p := in.Plan
	t := &testPlan{
		area: a, name: deref(p.RestoreTestingPlanName), arn: deref(p.RestoreTestingPlanArn), seq: s.next(), request: deref(p.CreatorRequestId),
		created: deref(p.CreationTime), updated: deref(p.LastUpdateTime), lastRun: deref(p.LastExecutionTime), tags: maps.Clone(in.Tags),
	}
	if err := s.setTestPlan(t, types.RestoreTestingPlanForUpdate{
		RecoveryPointSelection: p.RecoveryPointSelection, ScheduleExpression: p.ScheduleExpression,
		ScheduleExpressionTimezone: p.ScheduleExpressionTimezone, StartWindowHours: p.StartWindowHours,
	}); err != nil {
		return []string{fmt.Sprintf("restore testing plan %s: %v", t.name, err)}
	}
	for _, x := range in.Selections {
		t.selections = append(t.selections, &testSelection{
			name: deref(x.RestoreTestingSelectionName), seq: s.next(), request: deref(x.CreatorRequestId), created: deref(x.CreationTime),
			role: deref(x.IamRoleArn), resources: x.ProtectedResourceArns, conditions: x.ProtectedResourceConditions,
			overrides: x.RestoreMetadataOverrides, hours: x.ValidationWindowHours,
		})
	}
	a.tests[t.name] = t
	return problems
}
