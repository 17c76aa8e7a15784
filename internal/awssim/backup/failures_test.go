package backup

import (
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

func TestJobsFailForAWSsReasonsWithAWSsMessages(t *testing.T) {
	const (
		key      = "arn:aws:kms:eu-west-1:111111111111:key/k"
		kmsTrap  = "KMS key is either disabled or pending deletion or access to KMS key is denied"
		table    = "arn:aws:dynamodb:eu-west-1:111111111111:table/orders"
		noPerm   = "IAM Role " + role + " does not have permission to perform the operation: backup is not authorized to perform: "
		mustFail = types.BackupJobStateFailed
	)
	plainly := func(x *sim) {
		must(x, x.s.updateRegionSettings, &sdk.UpdateRegionSettingsInput{ResourceTypeManagementPreference: map[string]bool{"DynamoDB": false}})
	}
	withKey := func(x *sim, state string) {
		x.keys.states[key] = state
		x.s.areas[home()].vaults["main"].keyARN = key
	}
	rows := []struct {
		name     string
		wreck    func(*sim)
		category string
		message  string
	}{
		{"vault gone", func(x *sim) {
			must(x, x.s.deleteBackupVault, &sdk.DeleteBackupVaultInput{BackupVaultName: always("main")})
		}, "MISCELLANEOUS", "Backup job failed because backup vault arn:aws:backup:eu-west-1:111111111111:backup-vault:main does not exist."},
		{"role gone", func(x *sim) { x.roles.gone[role] = true }, "AccessDenied", "IAM Role " + role + " cannot be assumed by AWS Backup"},
		{"StartAwsBackupJob missing", func(x *sim) { x.roles.lacks[role] = "dynamodb:StartAwsBackupJob" }, "AccessDenied", noPerm + "dynamodb:StartAwsBackupJob on resource: " + table},
		{"ListTagsOfResource missing", func(x *sim) { x.roles.lacks[role] = "dynamodb:ListTagsOfResource" }, "AccessDenied", noPerm + "dynamodb:ListTagsOfResource on resource: " + table},
		{"CreateBackup missing for plain", func(x *sim) { plainly(x); x.roles.lacks[role] = "dynamodb:CreateBackup" }, "AccessDenied", noPerm + "dynamodb:CreateBackup on resource: " + table},
		{"DescribeTable missing for plain", func(x *sim) { plainly(x); x.roles.lacks[role] = "dynamodb:DescribeTable" }, "AccessDenied", noPerm + "dynamodb:DescribeTable on resource: " + table},
		{"retention below the lock", func(x *sim) {
			must(x, x.s.putVaultLock, &sdk.PutBackupVaultLockConfigurationInput{BackupVaultName: always("main"), MinRetentionDays: always(int64(36))})
		}, "InvalidParameters", "Backup job failed because the lifecycle is outside the valid range for backup vault."},
		{"retention above the lock", func(x *sim) {
			must(x, x.s.putVaultLock, &sdk.PutBackupVaultLockConfigurationInput{BackupVaultName: always("main"), MaxRetentionDays: always(int64(34))})
		}, "InvalidParameters", "Backup job failed because the lifecycle is outside the valid range for backup vault."},
		{"vault key disabled", func(x *sim) { withKey(x, "Disabled") }, "MISCELLANEOUS", kmsTrap},
		{"vault key pending deletion", func(x *sim) { withKey(x, "PendingDeletion") }, "MISCELLANEOUS", kmsTrap},
		{"vault key denied", func(x *sim) { withKey(x, "Enabled"); x.roles.lacks[role] = "kms:CreateGrant" }, "MISCELLANEOUS", kmsTrap},
		{"table key denied for plain", func(x *sim) {
			plainly(x)
			x.keys.states[key] = "Enabled"
			x.tables.tables[table].view.KeyARN = key
			x.roles.lacks[role] = "kms:Decrypt"
		}, "MISCELLANEOUS", kmsTrap},
		{"table still being created", func(x *sim) { x.tables.tables[table].view.Status = "CREATING" }, "MISCELLANEOUS", "Table not found."},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			x := daily(t)
			r.wreck(x)
			x.w.Advance(day)
			x.wantJob(mustFail, r.category, r.message)
			if n := len(x.points("orders")); n != 0 {
				t.Errorf("a failed job left %d recovery points", n)
			}
		})
	}
}

func TestATableDeletedBetweenTheRunAndTheStartIsNotFound(t *testing.T) {
	x := daily(t)
	x.w.Advance(5 * time.Hour)
	delete(x.tables.tables, home().ARN("dynamodb", "table/orders"))
	x.w.Advance(2 * time.Hour)
	x.wantJob(types.BackupJobStateFailed, "MISCELLANEOUS", "Table not found.")
}

func TestPlainBackupsDoNotNeedAdvancedPermissionsNorTheVaultsKey(t *testing.T) {
	x := daily(t)
	must(x, x.s.updateRegionSettings, &sdk.UpdateRegionSettingsInput{ResourceTypeManagementPreference: map[string]bool{"DynamoDB": false}})
	x.s.areas[home()].vaults["main"].keyARN = "arn:aws:kms:eu-west-1:111111111111:key/disabled"
	x.roles.lacks[role] = "dynamodb:StartAwsBackupJob"
	x.w.Advance(day)
	x.wantJob(types.BackupJobStateCompleted, "SUCCESS", "")
}

func TestASelectionByTagFindsNothingWithoutGetResources(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	x.tables.put(home(), "orders", map[string]string{"team": "shop"})
	x.selects(x.plan("p", ruleOf("r", "cron(0 5 * * ? *)", 35)), types.BackupSelection{ListOfTags: listed("team", "shop")})
	x.roles.lacks[role] = "tag:GetResources"
	x.w.Advance(day)
	if n := len(x.jobs()); n != 0 {
		t.Errorf("%d jobs", n)
	}
}

func start(x *sim, change ...func(*sdk.StartBackupJobInput)) *sdk.StartBackupJobInput {
	in := &sdk.StartBackupJobInput{
		BackupVaultName: always("main"), ResourceArn: always(home().ARN("dynamodb", "table/orders")), IamRoleArn: always(role),
	}
	for _, f := range change {
		f(in)
	}
	return in
}

func TestOnDemandJobs(t *testing.T) {
	x := daily(t)
	out := must(x, x.s.startBackupJob, start(x, func(in *sdk.StartBackupJobInput) {
		in.IdempotencyToken = always("once")
		in.RecoveryPointTags = map[string]string{"by": "hand"}
	}))
	if !strings.HasPrefix(deref(out.RecoveryPointArn), "arn:aws:backup:eu-west-1:111111111111:recovery-point:") {
		t.Errorf("recovery point %q", deref(out.RecoveryPointArn))
	}
	again := must(x, x.s.startBackupJob, start(x, func(in *sdk.StartBackupJobInput) { in.IdempotencyToken = always("once") }))
	if *again.BackupJobId != *out.BackupJobId {
		t.Error("the idempotency token made a second job")
	}
	x.w.Advance(time.Hour)
	x.wantJob(types.BackupJobStateCompleted, "SUCCESS", "")
	tags := must(x, x.s.listTags, &sdk.ListTagsInput{ResourceArn: out.RecoveryPointArn}).Tags
	if tags["by"] != "hand" || tags["team"] != "shop" {
		t.Errorf("tags of the point: %v, want the table's and the job's", tags)
	}

	refused(x, x.s.startBackupJob, start(x, func(in *sdk.StartBackupJobInput) { in.ResourceArn = always(home().ARN("dynamodb", "table/gone")) }), "ResourceNotFoundException", "Table not found")
	refused(x, x.s.startBackupJob, start(x, func(in *sdk.StartBackupJobInput) { in.BackupVaultName = always("gone") }), "ResourceNotFoundException", "does not exist")
	refused(x, x.s.startBackupJob, start(x, func(in *sdk.StartBackupJobInput) { in.StartWindowMinutes = always(int64(59)) }), "InvalidParameterValueException", "60 minutes")
	refused(x, x.s.startBackupJob, start(x, func(in *sdk.StartBackupJobInput) { in.IamRoleArn = nil }), "MissingParameterValueException", "IamRoleArn")
	x.roles.gone[role] = true
	refused(x, x.s.startBackupJob, start(x), "InvalidParameterValueException", "cannot be assumed by AWS Backup")
}

func TestAStoppedJobIsAborted(t *testing.T) {
	x := daily(t)
	x.tables.tables[home().ARN("dynamodb", "table/orders")].view.SizeBytes = 100 << 20 * 3600
	id := must(x, x.s.startBackupJob, start(x)).BackupJobId
	x.w.Advance(10 * time.Minute)
	if s := x.lastJob().State; s != types.BackupJobStateRunning {
		t.Fatalf("job is %s", s)
	}
	if p := x.points("orders"); len(p) != 1 || p[0].Status != types.RecoveryPointStatusCreating {
		t.Fatalf("while it runs: %+v", p)
	}
	must(x, x.s.stopBackupJob, &sdk.StopBackupJobInput{BackupJobId: id})
	if s := x.lastJob().State; s != types.BackupJobStateAborting {
		t.Errorf("just stopped, the job is %s", s)
	}
	x.w.Advance(time.Minute)
	x.wantJob(types.BackupJobStateAborted, "MISCELLANEOUS", "Backup job was stopped by user.")
	if len(x.points("orders")) != 0 || len(x.tables.released) != 1 {
		t.Error("the unfinished point is still there")
	}
	refused(x, x.s.stopBackupJob, &sdk.StopBackupJobInput{BackupJobId: id}, "InvalidRequestException", "ABORTED")
	x.w.Advance(8 * time.Hour)
	if s := x.lastJob().State; s != types.BackupJobStateCompleted {
		t.Errorf("the resource stayed busy: the scheduled job is %s", s)
	}
}

func TestJobRecordsLastThirtyDays(t *testing.T) {
	x := daily(t)
	x.w.Advance(40 * day)
	jobs := x.jobs()
	if n := len(jobs); n < 29 || n > 31 {
		t.Errorf("%d job records after 40 daily runs", n)
	}
	if n := len(x.points("orders")); n < 34 || n > 36 {
		t.Errorf("%d recovery points with 35 days of retention", n)
	}
	if n := len(x.s.areas[home()].jobs.byID); n != len(jobs) {
		t.Errorf("%d jobs are indexed", n)
	}
	if !slices.IsSortedFunc(jobs, func(a, b types.BackupJob) int { return b.CreationDate.Compare(*a.CreationDate) }) {
		t.Error("jobs are not listed newest first")
	}
}
