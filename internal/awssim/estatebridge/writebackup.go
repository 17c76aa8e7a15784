package estatebridge

import (
	"strconv"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/backup"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/estate"
)

func (r *reader) readSettings() error {
	out, err := inside.Ask[sdk.DescribeRegionSettingsOutput](r.hand, r.sc, "backup", &sdk.DescribeRegionSettingsInput{})
	if err != nil {
		return err
	}
	src := r.of("backup:DescribeRegionSettings")
	st := &r.unit.Settings
	st.OptIn, st.Management = mapping(out.ResourceTypeOptInPreference, src), mapping(out.ResourceTypeManagementPreference, src)
	global, err := inside.Ask[sdk.DescribeGlobalSettingsOutput](r.hand, r.sc, "backup", &sdk.DescribeGlobalSettingsInput{})
	if err != nil {
		return err
	}
	src = r.of("backup:DescribeGlobalSettings")
	st.CrossAccount = estate.AbsentFact[bool](src)
	if on, err := strconv.ParseBool(global.GlobalSettings[crossAccount]); err == nil {
		st.CrossAccount = estate.KnownFact(on, src)
	}
	return nil
}

func (r *reader) readBackup(a backup.AreaState) {
	u := r.unit
	u.Vaults.Whole = r.whole("backup:ListBackupVaults")
	points := map[string][]*backup.PointState{}
	for i := range a.Points {
		p := &a.Points[i]
		points[value(p.BackupVaultName)] = append(points[value(p.BackupVaultName)], p)
	}
	for i := range a.Vaults {
		u.Vaults.Items = append(u.Vaults.Items, r.vault(&a.Vaults[i], points[value(a.Vaults[i].BackupVaultName)]))
	}
	u.Plans.Whole = r.whole("backup:ListBackupPlans")
	for i := range a.Plans {
		if p := &a.Plans[i]; p.Deleted.IsZero() {
			u.Plans.Items = append(u.Plans.Items, r.plan(p))
		}
	}
	r.readJobs(a)
	u.RestoreTestingPlans.Whole = r.whole("backup:ListRestoreTestingPlans")
	for i := range a.RestoreTests {
		u.RestoreTestingPlans.Items = append(u.RestoreTestingPlans.Items, r.restoreTest(&a.RestoreTests[i]))
	}
}

func (r *reader) vault(v *backup.VaultState, points []*backup.PointState) estate.Vault {
	src := r.of("backup:ListBackupVaults")
	out := estate.Vault{
		ID: value(v.BackupVaultArn), ARN: text(v.BackupVaultArn, src), Name: text(v.BackupVaultName, src), Type: word(v.VaultType, src),
		KeyARN: text(v.EncryptionKeyArn, src), CreatedAt: instant(v.CreationDate, src), Locked: estate.KnownFact(value(v.Locked), src),
		LockDate: instant(v.LockDate, src), MinRetention: number(v.MinRetentionDays, src), MaxRetention: number(v.MaxRetentionDays, src),
		Policy: word(v.Policy, r.of("backup:GetBackupVaultAccessPolicy")),
	}
	out.Tags = mapping(v.Tags, r.of("backup:ListTags"))
	out.NotificationTopic, out.NotificationEvents = notifications(v, r.of("backup:GetBackupVaultNotifications"))
	pointSource := r.of("backup:ListRecoveryPointsByBackupVault")
	out.RecoveryPoints.Whole = estate.KnownFact(true, pointSource)
	for _, p := range points {
		out.RecoveryPoints.Items = append(out.RecoveryPoints.Items, r.point(p, pointSource))
	}
	out.Count = estate.KnownFact(int64(len(out.RecoveryPoints.Items)), src)
	return out
}

func notifications(v *backup.VaultState, src estate.Source) (topic estate.Fact[string], events estate.Fact[[]string]) {
	if v.Topic == "" {
		return estate.AbsentFact[string](src), estate.AbsentFact[[]string](src)
	}
	names := []string{}
	for _, e := range v.Events {
		names = append(names, string(e))
	}
	return estate.KnownFact(v.Topic, src), estate.KnownFact(names, src)
}

func (r *reader) point(p *backup.PointState, src estate.Source) estate.RecoveryPoint {
	out := estate.RecoveryPoint{
		ID: value(p.RecoveryPointArn), ResourceARN: text(p.ResourceArn, src), ResourceType: text(p.ResourceType, src), Status: word(p.Status, src), Message: text(p.StatusMessage, src),
		CreatedAt: instant(p.CreationDate, src), CompletedAt: instant(p.CompletionDate, src), LastRestoreAt: instant(p.LastRestoreTime, src),
		SizeBytes: number(p.BackupSizeInBytes, src), Encrypted: estate.KnownFact(p.IsEncrypted, src), KeyARN: text(p.EncryptionKeyArn, src),
		RoleARN: text(p.IamRoleArn, src), SourceVault: text(p.SourceBackupVaultArn, src), StorageClass: word(p.StorageClass, r.of("backup:DescribeRecoveryPoint")),
	}
	out.DeleteAt, out.ColdAt, out.DeleteAfter = estate.AbsentFact[estate.Instant](src), estate.AbsentFact[estate.Instant](src), estate.AbsentFact[int64](src)
	if c := p.CalculatedLifecycle; c != nil {
		out.DeleteAt, out.ColdAt = instant(c.DeleteAt, src), instant(c.MoveToColdStorageAt, src)
	}
	if p.Lifecycle != nil {
		out.DeleteAfter = number(p.Lifecycle.DeleteAfterDays, src)
	}
	out.PlanID, out.RuleID = madeBy(p.CreatedBy, src)
	return out
}

func madeBy(by *types.RecoveryPointCreator, src estate.Source) (plan, rule estate.Fact[string]) {
	if by == nil {
		return estate.AbsentFact[string](src), estate.AbsentFact[string](src)
	}
	return text(by.BackupPlanId, src), text(by.BackupRuleId, src)
}

func (r *reader) readJobs(a backup.AreaState) {
	u := r.unit
	src := r.of("backup:ListBackupJobs")
	u.BackupJobs.Whole = estate.KnownFact(true, src)
	for i := range a.BackupJobs {
		u.BackupJobs.Items = append(u.BackupJobs.Items, backupJobFacts(&a.BackupJobs[i], src))
	}
	src = r.of("backup:ListCopyJobs")
	u.CopyJobs.Whole = estate.KnownFact(true, src)
	for i := range a.CopyJobs {
		u.CopyJobs.Items = append(u.CopyJobs.Items, copyJobFacts(&a.CopyJobs[i], src))
	}
	src = r.of("backup:ListRestoreJobs")
	u.RestoreJobs.Whole = estate.KnownFact(true, src)
	for i := range a.RestoreJobs {
		u.RestoreJobs.Items = append(u.RestoreJobs.Items, restoreJobFacts(&a.RestoreJobs[i], src))
	}
}

func backupJobFacts(j *types.BackupJob, src estate.Source) estate.BackupJob {
	out := estate.BackupJob{
		ID: value(j.BackupJobId), ResourceARN: text(j.ResourceArn, src), State: word(j.State, src), Message: text(j.StatusMessage, src), MessageCategory: text(j.MessageCategory, src),
		CreatedAt: instant(j.CreationDate, src), StartBy: instant(j.StartBy, src), CompletedAt: instant(j.CompletionDate, src), Vault: text(j.BackupVaultName, src),
		RecoveryPoint: text(j.RecoveryPointArn, src), RoleARN: text(j.IamRoleArn, src),
	}
	out.PlanID, out.RuleID = madeBy(j.CreatedBy, src)
	return out
}

func copyJobFacts(j *types.CopyJob, src estate.Source) estate.CopyJob {
	return estate.CopyJob{
		ID: value(j.CopyJobId), ResourceARN: text(j.ResourceArn, src), State: word(j.State, src), Message: text(j.StatusMessage, src),
		CreatedAt: instant(j.CreationDate, src), CompletedAt: instant(j.CompletionDate, src), SourceVault: text(j.SourceBackupVaultArn, src),
		SourcePoint: text(j.SourceRecoveryPointArn, src), DestinationVault: text(j.DestinationBackupVaultArn, src), DestinationPoint: text(j.DestinationRecoveryPointArn, src),
	}
}

func restoreJobFacts(j *types.RestoreJobsListMember, src estate.Source) estate.RestoreJob {
	out := estate.RestoreJob{
		ID: value(j.RestoreJobId), ResourceARN: text(j.SourceResourceArn, src), RecoveryPoint: text(j.RecoveryPointArn, src), Status: word(j.Status, src), Message: text(j.StatusMessage, src),
		CreatedAt: instant(j.CreationDate, src), CompletedAt: instant(j.CompletionDate, src), CreatedARN: text(j.CreatedResourceArn, src),
		ValidationStatus: word(j.ValidationStatus, src), ValidationMessage: text(j.ValidationStatusMessage, src), DeletionStatus: word(j.DeletionStatus, src),
		TestingPlan: estate.AbsentFact[string](src),
	}
	if j.CreatedBy != nil {
		out.TestingPlan = text(j.CreatedBy.RestoreTestingPlanArn, src)
	}
	return out
}

// readProtected lists what AWS Backup ever made recovery points of.
func (r *reader) readProtected() error {
	list := &r.unit.Protected
	list.Whole = r.whole("backup:ListProtectedResources")
	in := &sdk.ListProtectedResourcesInput{}
	for {
		out, err := inside.Ask[sdk.ListProtectedResourcesOutput](r.hand, r.sc, "backup", in)
		if err != nil {
			return err
		}
		for _, p := range out.Results {
			one := estate.ProtectedResource{ID: value(p.ResourceArn), LastBackup: instant(p.LastBackupTime, list.Whole.Source())}
			if err := r.readRemembered(&one, list.Whole.Source()); err != nil {
				return err
			}
			list.Items = append(list.Items, one)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return nil
		}
	}
}

// readRemembered adds the newest restore; nobody can ask about points of a table that is not known.
func (r *reader) readRemembered(p *estate.ProtectedResource, src estate.Source) error {
	if p.ID == "" {
		return nil
	}
	out, err := inside.Ask[sdk.DescribeProtectedResourceOutput](r.hand, r.sc, "backup", &sdk.DescribeProtectedResourceInput{ResourceArn: &p.ID})
	if err != nil {
		return err
	}
	p.LastRestore, p.LastRestoreMinutes = instant(out.LatestRestoreJobCreationDate, src), estate.PtrFact(out.LatestRestoreExecutionTimeMinutes, src)
	return nil
}
