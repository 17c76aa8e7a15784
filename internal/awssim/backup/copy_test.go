package backup

import (
	"fmt"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

func away() world.Scope {
	return world.Scope{Partition: "aws", Account: accountA, Region: "us-east-1"}
}

func foreign() world.Scope {
	return world.Scope{Partition: "aws", Account: accountB, Region: "eu-west-1"}
}

// copying is a world with a daily plan that copies to a vault in another place.
func copying(t *testing.T, to world.Scope, prepare ...func(*sim)) *sim {
	t.Helper()
	x := newSim(t)
	x.vault(home(), "main")
	dest := x.vault(to, "copies")
	x.tables.put(home(), "orders", map[string]string{"team": "shop"})
	r := ruleOf("r", "cron(0 5 * * ? *)", 35)
	r.CopyActions = []types.CopyAction{{DestinationBackupVaultArn: &dest, Lifecycle: keep(90)}}
	x.selects(x.plan("p", r), everything())
	for _, f := range prepare {
		f(x)
	}
	x.w.Advance(12 * time.Hour)
	return x
}

func (x *sim) copyJobs() []types.CopyJob {
	x.t.Helper()
	return must(x, x.s.listCopyJobs, &sdk.ListCopyJobsInput{}).CopyJobs
}

func (x *sim) wantCopy(state types.CopyJobState, category, message string) {
	x.t.Helper()
	all := x.copyJobs()
	if len(all) == 0 {
		x.t.Fatal("there is no copy job")
	}
	if j := all[0]; j.State != state || deref(j.MessageCategory) != category || deref(j.StatusMessage) != message {
		x.t.Fatalf("copy job is %s (%s) %q, want %s (%s) %q", j.State, deref(j.MessageCategory), deref(j.StatusMessage), state, category, message)
	}
}

func TestACopyIsARecoveryPointOfItsOwn(t *testing.T) {
	x := copying(t, away())
	x.wantCopy(types.CopyJobStateCompleted, "SUCCESS", "")
	source := x.points("orders")[0]
	copies := mustIn(x, away(), x.s.listPointsByVault, &sdk.ListRecoveryPointsByBackupVaultInput{BackupVaultName: always("copies")}).RecoveryPoints
	if len(copies) != 1 {
		t.Fatalf("%d copies", len(copies))
	}
	c := copies[0]
	switch {
	case !c.CreationDate.Equal(*source.CreationDate):
		t.Errorf("created %v, its source %v", c.CreationDate, source.CreationDate)
	case *c.RecoveryPointArn == *source.RecoveryPointArn || !strings.HasPrefix(*c.RecoveryPointArn, "arn:aws:backup:us-east-1:"):
		t.Errorf("ARN %s", *c.RecoveryPointArn)
	case *c.Lifecycle.DeleteAfterDays != 90:
		t.Errorf("kept %d days", *c.Lifecycle.DeleteAfterDays)
	case *c.SourceBackupVaultArn != home().ARN("backup", "backup-vault:main"):
		t.Errorf("source vault %s", *c.SourceBackupVaultArn)
	case *c.ResourceArn != home().ARN("dynamodb", "table/orders"):
		t.Errorf("resource %s", *c.ResourceArn)
	}
	// The copy outlives its source, items and all.
	x.w.Advance(40 * day)
	out := mustIn(x, away(), x.s.startRestoreJob, &sdk.StartRestoreJobInput{RecoveryPointArn: c.RecoveryPointArn, IamRoleArn: always(role), Metadata: map[string]string{"targetTableName": "back"}})
	x.w.Advance(time.Hour)
	if j := mustIn(x, away(), x.s.describeRestoreJob, &sdk.DescribeRestoreJobInput{RestoreJobId: out.RestoreJobId}); j.Status != types.RestoreJobStatusCompleted {
		t.Fatalf("restore of the copy: %s %s", j.Status, deref(j.StatusMessage))
	}
	if got := x.tables.tables[away().ARN("dynamodb", "table/back")].content; got != "items of orders" {
		t.Errorf("restored %q", got)
	}
}

func TestCopiesFailForAWSsReasons(t *testing.T) {
	together := func(x *sim) { x.org.members = []string{accountA, accountB} }
	enabled := func(x *sim) {
		together(x)
		mustIn(x, foreign(), x.s.updateGlobalSettings, &sdk.UpdateGlobalSettingsInput{GlobalSettings: map[string]string{"isCrossAccountBackupEnabled": "true"}})
	}
	allowed := func(x *sim) {
		enabled(x)
		policy := `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"backup:CopyIntoBackupVault","Resource":"*"}]}`
		mustIn(x, foreign(), x.s.putVaultPolicy, &sdk.PutBackupVaultAccessPolicyInput{BackupVaultName: always("copies"), Policy: &policy})
	}
	byOrg := func(x *sim) {
		enabled(x)
		policy := `{"Statement":{"Effect":"Allow","Principal":"*","Action":"backup:CopyIntoBackupVault","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":["o-1"]}}}}`
		mustIn(x, foreign(), x.s.putVaultPolicy, &sdk.PutBackupVaultAccessPolicyInput{BackupVaultName: always("copies"), Policy: &policy})
	}
	failed, done := types.CopyJobStateFailed, types.CopyJobStateCompleted
	rows := []struct {
		name     string
		to       world.Scope
		prepare  func(*sim)
		state    types.CopyJobState
		category string
		message  string
	}{
		{"plain backup", away(), plainFeatures, failed, "MISCELLANEOUS", "Copy job failed. Feature is not supported for provided resource type."},
		{"retention outside the destination's lock", away(), func(x *sim) {
			mustIn(x, away(), x.s.putVaultLock, &sdk.PutBackupVaultLockConfigurationInput{BackupVaultName: always("copies"), MinRetentionDays: always(int64(91))})
		}, failed, "InvalidParameters", "Copy job failed. The retention specified in the job is not within the range specified for the target Backup Vault."},
		{"destination gone", away(), func(x *sim) {
			mustIn(x, away(), x.s.deleteBackupVault, &sdk.DeleteBackupVaultInput{BackupVaultName: always("copies")})
		}, failed, "MISCELLANEOUS", "Copy job failed because backup vault arn:aws:backup:us-east-1:111111111111:backup-vault:copies does not exist."},
		{"role may not copy", away(), func(x *sim) { x.roles.lacks[role] = "backup:CopyIntoBackupVault" }, failed, "AccessDenied",
			"IAM Role " + role + " does not have permission to perform the operation: backup is not authorized to perform: backup:CopyIntoBackupVault on resource: arn:aws:backup:us-east-1:111111111111:backup-vault:copies"},
		{"another account outside the organisation", foreign(), func(*sim) {}, failed, "AccessDenied", "Copy job failed. Both source and destination account must be a member of the same organization."},
		{"cross-account copies switched off", foreign(), together, failed, "AccessDenied", "Copy job failed. Cross-account copy feature is not enabled for the current organization."},
		{"no policy on the destination", foreign(), enabled, failed, "AccessDenied",
			"Access Denied trying to call AWS Backup service: backup vault arn:aws:backup:eu-west-1:222222222222:backup-vault:copies does not allow backup:CopyIntoBackupVault"},
		{"allowed by account", foreign(), allowed, done, "SUCCESS", ""},
		{"allowed by organisation", foreign(), byOrg, done, "SUCCESS", ""},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			copying(t, r.to, r.prepare).wantCopy(r.state, r.category, r.message)
		})
	}
}

func TestCopiesOfOneResourceFollowEachOther(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	x.tables.put(home(), "big", nil).view.SizeBytes = 100 << 20 * 3600 * 3
	r := ruleOf("r", "cron(0 5 * * ? *)", 35)
	for i := range 3 {
		r.CopyActions = append(r.CopyActions, types.CopyAction{DestinationBackupVaultArn: always(x.vault(home(), fmt.Sprint("copy", i)))})
	}
	x.selects(x.plan("p", r), everything())
	x.w.Advance(23 * time.Hour)
	for _, j := range x.copyJobs() {
		if j.State != types.CopyJobStateCompleted {
			t.Errorf("copy to %s is %s: %s", *j.DestinationBackupVaultArn, j.State, deref(j.StatusMessage))
		}
		if *j.DestinationRecoveryPointLifecycle.DeleteAfterDays != 35 {
			t.Error("a copy without a lifecycle does not follow its source's")
		}
	}
	if n := len(x.points("big")); n != 4 {
		t.Errorf("%d recovery points, want the backup and three copies", n)
	}
}

func TestStartCopyJob(t *testing.T) {
	x, arn := backedUp(t, nil)
	dest := x.vault(away(), "copies")
	in := &sdk.StartCopyJobInput{RecoveryPointArn: &arn, SourceBackupVaultName: always("main"), DestinationBackupVaultArn: &dest, IamRoleArn: always(role)}
	id := must(x, x.s.startCopyJob, in).CopyJobId
	x.w.Advance(time.Hour)
	j := must(x, x.s.describeCopyJob, &sdk.DescribeCopyJobInput{CopyJobId: id}).CopyJob
	if j.State != types.CopyJobStateCompleted || j.DestinationRecoveryPointArn == nil || j.CreatedByBackupJobId != nil {
		t.Errorf("copy job %+v", j)
	}
	in.RecoveryPointArn = always(arn + "x")
	refused(x, x.s.startCopyJob, in, "ResourceNotFoundException", "")
	in.RecoveryPointArn, in.DestinationBackupVaultArn = &arn, always("copies")
	refused(x, x.s.startCopyJob, in, "InvalidParameterValueException", "destination")
	refused(x, x.s.updateGlobalSettings, &sdk.UpdateGlobalSettingsInput{GlobalSettings: map[string]string{"isCrossAccountBackupEnabled": "true"}}, "InvalidRequestException", "management account")
}
