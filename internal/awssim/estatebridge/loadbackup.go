package estatebridge

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/backup"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

const (
	crossAccount = "isCrossAccountBackupEnabled"
	resourceType = "DynamoDB"
)

// loadBackup fills AWS Backup.
func (l *loader) loadBackup(sc world.Scope, u *estate.Unit) {
	in := backup.AreaState{Scope: sc}
	l.regionSettings(&in, u)
	for i := range u.Vaults.Items {
		v := &u.Vaults.Items[i]
		in.Vaults = append(in.Vaults, l.vault(sc, v))
		for j := range v.RecoveryPoints.Items {
			in.Points = append(in.Points, l.point(sc, u, v, &v.RecoveryPoints.Items[j]))
		}
		if all, known := v.RecoveryPoints.Whole.Get(); !known || !all {
			l.say("%s: the estate may not hold all recovery points of vault %s", place(sc), v.Name.Or(v.ID))
		}
	}
	for i := range u.Plans.Items {
		in.Plans = append(in.Plans, l.plan(sc, &u.Plans.Items[i]))
	}
	l.jobs(sc, &in, u)
	for i := range u.RestoreTestingPlans.Items {
		in.RestoreTests = append(in.RestoreTests, restoreTest(&u.RestoreTestingPlans.Items[i]))
	}
	for i := range u.Protected.Items {
		p := &u.Protected.Items[i]
		if p.LastRestore.IsKnown() {
			in.Remembered = append(in.Remembered, backup.RememberedState{ResourceARN: p.ID, JobCreated: moment(p.LastRestore), Minutes: p.LastRestoreMinutes.Or(0)})
		}
	}
	for _, problem := range l.Backup.Import(in) {
		l.say("%s: %s", place(sc), problem)
	}
}

// regionSettings: opt-ins that are not known are those that the first vault or plan makes. A Region in which all is off and nothing
// exists is one where nobody used AWS Backup yet.
func (l *loader) regionSettings(in *backup.AreaState, u *estate.Unit) {
	used := len(u.Vaults.Items)+len(u.Plans.Items) > 0
	in.OptIn, in.Management = u.Settings.OptIn.Or(nil), u.Settings.Management.Or(nil)
	switch {
	case in.OptIn == nil && used:
		l.say("%s: the opt-in of AWS Backup is not known; DynamoDB is assumed to be opted in, with advanced features", place(in.Scope))
		in.OptIn, in.Management = map[string]bool{resourceType: true}, map[string]bool{resourceType: true}
	case !used && !anyTrue(in.OptIn):
		in.OptIn = nil
	}
	if enabled, ok := u.Settings.CrossAccount.Get(); ok {
		in.Global = map[string]string{crossAccount: strconv.FormatBool(enabled)}
	}
}

func anyTrue(m map[string]bool) bool {
	for _, v := range m {
		if v {
			return true
		}
	}
	return false
}

func (l *loader) vault(sc world.Scope, v *estate.Vault) backup.VaultState {
	if v.Policy.IsUnknown() {
		l.say("%s: the access policies of vaults are not all known; none are assumed", place(sc))
	}
	return backup.VaultState{
		Policy: v.Policy.Or(""), Topic: v.NotificationTopic.Or(""), Events: events(v.NotificationEvents.Or(nil)), Tags: v.Tags.Or(nil),
		BackupVaultListMember: types.BackupVaultListMember{
			BackupVaultName: ptr(v.Name), BackupVaultArn: ptr(v.ARN), CreationDate: when(v.CreatedAt), EncryptionKeyArn: ptr(v.KeyARN),
			EncryptionKeyType: l.keyType(v.KeyARN), Locked: ptr(v.Locked), LockDate: when(v.LockDate),
			MinRetentionDays: ptr(v.MinRetention), MaxRetentionDays: ptr(v.MaxRetention), VaultType: types.VaultType(v.Type.Or("")),
		},
	}
}

func events(names []string) []types.BackupVaultEvent {
	var out []types.BackupVaultEvent
	for _, n := range names {
		out = append(out, types.BackupVaultEvent(n))
	}
	return out
}

func (l *loader) keyType(arn estate.Fact[string]) types.EncryptionKeyType {
	if key, ok := arn.Get(); ok && !l.KMS.Managed(key) {
		return types.EncryptionKeyTypeCustomerManagedKmsKey
	}
	return types.EncryptionKeyTypeAwsOwnedKmsKey
}

func (l *loader) point(sc world.Scope, u *estate.Unit, v *estate.Vault, p *estate.RecoveryPoint) backup.PointState {
	out := backup.PointState{StorageClass: types.StorageClass(p.StorageClass.Or("")), RecoveryPointByBackupVault: types.RecoveryPointByBackupVault{
		RecoveryPointArn: aws.String(p.ID), ResourceArn: ptr(p.ResourceARN), ResourceType: aws.String(resourceType), BackupVaultName: ptr(v.Name), BackupVaultArn: ptr(v.ARN),
		Status: types.RecoveryPointStatus(p.Status.Or(string(types.RecoveryPointStatusCompleted))), StatusMessage: ptr(p.Message),
		CreationDate: l.made(sc, p.CreatedAt), InitiationDate: when(p.CreatedAt), CompletionDate: when(p.CompletedAt), LastRestoreTime: when(p.LastRestoreAt),
		BackupSizeInBytes: ptr(p.SizeBytes), IsEncrypted: p.Encrypted.Or(true), EncryptionKeyArn: ptr(p.KeyARN), EncryptionKeyType: l.keyType(p.KeyARN),
		IamRoleArn: ptr(p.RoleARN), SourceBackupVaultArn: ptr(p.SourceVault), CreatedBy: creator(sc, u, p.PlanID, p.RuleID),
	}}
	if days := ptr(p.DeleteAfter); days != nil {
		out.Lifecycle = &types.Lifecycle{DeleteAfterDays: days}
	}
	if p.DeleteAt.IsKnown() || p.ColdAt.IsKnown() {
		out.CalculatedLifecycle = &types.CalculatedLifecycle{DeleteAt: when(p.DeleteAt), MoveToColdStorageAt: when(p.ColdAt)}
	}
	if out.StorageClass == "" && p.ColdAt.IsKnown() && p.ColdAt.Or(0) <= u.Now.Or(0) {
		out.StorageClass = types.StorageClassCold
	}
	out.Items = l.emptyItems(p.ResourceARN.Or(""))
	return out
}

// made is when something was made; it is assumed to have been now when nobody knows.
func (l *loader) made(sc world.Scope, at estate.Fact[estate.Instant]) *time.Time {
	if t := when(at); t != nil {
		return t
	}
	l.say("%s: of some recovery points or jobs it is not known when they were made; they are assumed to be new", place(sc))
	return &l.now
}

// creator is the plan that made something, with what the estate knows of that plan; nil: made on demand.
func creator(sc world.Scope, u *estate.Unit, plan, rule estate.Fact[string]) *types.RecoveryPointCreator {
	id, ok := plan.Get()
	if !ok {
		return nil
	}
	out := &types.RecoveryPointCreator{BackupPlanId: &id, BackupPlanArn: aws.String(sc.ARN("backup", "backup-plan:"+id)), BackupRuleId: ptr(rule)}
	for i := range u.Plans.Items {
		p := &u.Plans.Items[i]
		if p.PlanID.Or("") != id {
			continue
		}
		out.BackupPlanName, out.BackupPlanVersion = ptr(p.Name), ptr(p.Version)
		for j := range p.Rules.Items {
			if r := &p.Rules.Items[j]; r.ID == rule.Or("") {
				out.BackupRuleName, out.BackupRuleCron, out.BackupRuleTimezone = ptr(r.Name), ptr(r.Schedule), ptr(r.Timezone)
			}
		}
	}
	return out
}

func (l *loader) jobs(sc world.Scope, in *backup.AreaState, u *estate.Unit) {
	for i := range u.BackupJobs.Items {
		j := &u.BackupJobs.Items[i]
		in.BackupJobs = append(in.BackupJobs, types.BackupJob{
			BackupJobId: aws.String(j.ID), ResourceArn: ptr(j.ResourceARN), ResourceName: tableName(j.ResourceARN), ResourceType: aws.String(resourceType),
			State: types.BackupJobState(j.State.Or("")), StatusMessage: ptr(j.Message), MessageCategory: ptr(j.MessageCategory), CreationDate: l.made(sc, j.CreatedAt),
			StartBy: when(j.StartBy), CompletionDate: when(j.CompletedAt), BackupVaultName: ptr(j.Vault), RecoveryPointArn: ptr(j.RecoveryPoint),
			IamRoleArn: ptr(j.RoleARN), CreatedBy: creator(sc, u, j.PlanID, j.RuleID),
		})
	}
	for i := range u.CopyJobs.Items {
		j := &u.CopyJobs.Items[i]
		in.CopyJobs = append(in.CopyJobs, types.CopyJob{
			CopyJobId: aws.String(j.ID), ResourceArn: ptr(j.ResourceARN), ResourceName: tableName(j.ResourceARN), ResourceType: aws.String(resourceType),
			State: types.CopyJobState(j.State.Or("")), StatusMessage: ptr(j.Message), CreationDate: l.made(sc, j.CreatedAt), CompletionDate: when(j.CompletedAt),
			SourceBackupVaultArn: ptr(j.SourceVault), SourceRecoveryPointArn: ptr(j.SourcePoint),
			DestinationBackupVaultArn: ptr(j.DestinationVault), DestinationRecoveryPointArn: ptr(j.DestinationPoint),
		})
	}
	for i := range u.RestoreJobs.Items {
		in.RestoreJobs = append(in.RestoreJobs, restoreJob(&u.RestoreJobs.Items[i], l.made(sc, u.RestoreJobs.Items[i].CreatedAt)))
	}
}

func restoreJob(j *estate.RestoreJob, made *time.Time) types.RestoreJobsListMember {
	out := types.RestoreJobsListMember{
		RestoreJobId: aws.String(j.ID), SourceResourceArn: ptr(j.ResourceARN), RecoveryPointArn: ptr(j.RecoveryPoint), ResourceType: aws.String(resourceType),
		Status: types.RestoreJobStatus(j.Status.Or("")), StatusMessage: ptr(j.Message), CreationDate: made, CompletionDate: when(j.CompletedAt),
		CreatedResourceArn: ptr(j.CreatedARN), ValidationStatus: types.RestoreValidationStatus(j.ValidationStatus.Or("")), ValidationStatusMessage: ptr(j.ValidationMessage),
		DeletionStatus: types.RestoreDeletionStatus(j.DeletionStatus.Or("")),
	}
	if plan := ptr(j.TestingPlan); plan != nil {
		out.CreatedBy = &types.RestoreJobCreator{RestoreTestingPlanArn: plan}
	}
	return out
}
