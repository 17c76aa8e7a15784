package backup

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

func TestAMissingVaultLooksLikeDeniedAccess(t *testing.T) {
	x := newSim(t)
	e := refused(x, x.s.describeBackupVault, &sdk.DescribeBackupVaultInput{BackupVaultName: always("gone")}, "AccessDeniedException", "Insufficient privileges to perform this action.")
	if e.Status != 403 {
		t.Errorf("status %d", e.Status)
	}
	refused(x, x.s.listPointsByVault, &sdk.ListRecoveryPointsByBackupVaultInput{BackupVaultName: always("gone")}, "AccessDeniedException", "")
}

func TestVaults(t *testing.T) {
	x, _ := backedUp(t, nil)
	refused(x, x.s.createBackupVault, &sdk.CreateBackupVaultInput{BackupVaultName: always("main")}, "AlreadyExistsException", "same name")
	e := refused(x, x.s.deleteBackupVault, &sdk.DeleteBackupVaultInput{BackupVaultName: always("main")},
		"InvalidRequestException", "Backup vault cannot be deleted because it contains recovery points.")
	if e.Fields["Code"] != "ERROR_9101" {
		t.Errorf("code %v", e.Fields["Code"])
	}
	refused(x, x.s.createBackupVault, &sdk.CreateBackupVaultInput{BackupVaultName: always("k"), EncryptionKeyArn: always("arn:aws:kms:eu-west-1:111111111111:key/none")},
		"InvalidParameterValueException", "KMS")
	signs := "arn:aws:kms:eu-west-1:111111111111:key/signs"
	x.keys.states[signs] = "Enabled"
	refused(x, x.s.createBackupVault, &sdk.CreateBackupVaultInput{BackupVaultName: always("k"), EncryptionKeyArn: &signs}, "InvalidParameterValueException", "symmetric")
	x.vault(home(), "empty")
	v := must(x, x.s.listBackupVaults, &sdk.ListBackupVaultsInput{}).BackupVaultList
	if len(v) != 2 || *v[0].BackupVaultName != "main" || v[0].NumberOfRecoveryPoints != 1 || v[1].NumberOfRecoveryPoints != 0 {
		t.Errorf("vaults: %+v", v)
	}
	must(x, x.s.deleteBackupVault, &sdk.DeleteBackupVaultInput{BackupVaultName: always("empty")})
	refused(x, x.s.getVaultPolicy, &sdk.GetBackupVaultAccessPolicyInput{BackupVaultName: always("main")}, "ResourceNotFoundException", "no associated policy")
}

func TestVaultLocks(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	name := always("main")
	get := func() *sdk.DescribeBackupVaultOutput {
		return must(x, x.s.describeBackupVault, &sdk.DescribeBackupVaultInput{BackupVaultName: name})
	}
	put := func(minimum, maximum, days *int64) *sdk.PutBackupVaultLockConfigurationInput {
		return &sdk.PutBackupVaultLockConfigurationInput{BackupVaultName: name, MinRetentionDays: minimum, MaxRetentionDays: maximum, ChangeableForDays: days}
	}
	n := func(i int64) *int64 { return &i }

	must(x, x.s.putVaultLock, put(n(7), n(90), nil))
	if v := get(); !*v.Locked || *v.MinRetentionDays != 7 || *v.MaxRetentionDays != 90 || v.LockDate != nil {
		t.Errorf("governance: %+v", v)
	}
	x.w.Advance(400 * day)
	must(x, x.s.deleteVaultLock, &sdk.DeleteBackupVaultLockConfigurationInput{BackupVaultName: name})

	for _, bad := range []*sdk.PutBackupVaultLockConfigurationInput{put(n(0), nil, nil), put(n(9), n(8), nil), put(nil, n(36501), nil), put(n(1), nil, n(2)), put(n(1), nil, n(36501))} {
		refused(x, x.s.putVaultLock, bad, "InvalidParameterValueException", "")
	}
	must(x, x.s.putVaultLock, put(n(7), nil, n(3)))
	if v := get(); !v.LockDate.Equal(x.w.Now().Add(3 * day)) {
		t.Errorf("lock date %v", v.LockDate)
	}
	x.w.Advance(3*day - 1)
	must(x, x.s.putVaultLock, put(n(8), nil, n(3))) // still within its grace
	x.w.Advance(3 * day)
	refused(x, x.s.putVaultLock, put(n(1), nil, nil), "InvalidRequestException", "immutable")
	refused(x, x.s.deleteVaultLock, &sdk.DeleteBackupVaultLockConfigurationInput{BackupVaultName: name}, "InvalidRequestException", "immutable")
	must(x, x.s.deleteBackupVault, &sdk.DeleteBackupVaultInput{BackupVaultName: name})
}

func TestRetentionAgainstALock(t *testing.T) {
	rows := []struct {
		lock *vaultLock
		days int64
		want bool
	}{
		{nil, 1, true}, {nil, 0, true}, {&vaultLock{min: 7}, 6, false}, {&vaultLock{min: 7}, 7, true}, {&vaultLock{min: 7}, 0, true},
		{&vaultLock{max: 30}, 30, true}, {&vaultLock{max: 30}, 31, false}, {&vaultLock{max: 30}, 0, false},
	}
	for _, r := range rows {
		if got := r.lock.admits(r.days); got != r.want {
			t.Errorf("%+v admits %d days: %v", r.lock, r.days, got)
		}
	}
}

func TestVaultPoliciesThatAreRefused(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	policy := func(statement string) *sdk.PutBackupVaultAccessPolicyInput {
		return &sdk.PutBackupVaultAccessPolicyInput{BackupVaultName: always("main"), Policy: always(`{"Version":"2012-10-17","Statement":` + statement + `}`)}
	}
	for name, bad := range map[string]string{
		"wildcard action":     `[{"Effect":"Deny","Principal":"*","Action":"backup:*","Resource":"*"}]`,
		"another account":     `[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"backup:StartRestoreJob","Resource":"*"}]`,
		"everybody":           `[{"Effect":"Allow","Principal":"*","Action":"backup:StartCopyJob","Resource":"*"}]`,
		"not JSON":            `oops`,
		"no statement at all": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			refused(x, x.s.putVaultPolicy, policy(bad), "InvalidParameterValueException", "")
		})
	}
	good := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"backup:CopyIntoBackupVault","Resource":"*"}`
	must(x, x.s.putVaultPolicy, policy(good))
	if p := must(x, x.s.getVaultPolicy, &sdk.GetBackupVaultAccessPolicyInput{BackupVaultName: always("main")}); *p.Policy != *policy(good).Policy {
		t.Errorf("policy came back as %s", *p.Policy)
	}
}

func TestAnExceptionInAPolicySparesItsPrincipal(t *testing.T) {
	deny := `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"backup:DeleteRecoveryPoint","Resource":"*",
		"Condition":{"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::111111111111:role/break-glass"]}}}]}`
	ask := func(arn string) bool {
		_, denied := vaultPolicy(deny, request{account: accountA, arn: arn, action: "backup:DeleteRecoveryPoint"})
		return denied
	}
	if !ask("arn:aws:iam::111111111111:root") || ask("arn:aws:sts::111111111111:assumed-role/break-glass/me") {
		t.Error("the exception does not work")
	}
}

func TestLogicallyAirGappedVaults(t *testing.T) {
	x := newSim(t)
	lag := func(minimum, maximum int64) *sdk.CreateLogicallyAirGappedBackupVaultInput {
		return &sdk.CreateLogicallyAirGappedBackupVaultInput{BackupVaultName: always("lag"), MinRetentionDays: &minimum, MaxRetentionDays: &maximum}
	}
	refused(x, x.s.createAirGapped, lag(6, 30), "InvalidParameterValueException", "7 days")
	made := must(x, x.s.createAirGapped, lag(7, 30))
	refused(x, x.s.deleteVaultLock, &sdk.DeleteBackupVaultLockConfigurationInput{BackupVaultName: always("lag")}, "InvalidRequestException", "immutable")
	x.vault(home(), "main")
	x.tables.put(home(), "orders", nil)
	into := func(in *sdk.StartBackupJobInput) {
		in.LogicallyAirGappedBackupVaultArn, in.Lifecycle = made.BackupVaultArn, keep(14)
	}
	must(x, x.s.startBackupJob, start(x, into))
	x.w.Advance(day)
	if j := x.lastJob(); *j.BackupVaultName != "lag" || *j.VaultLockState != "LOCKED" || j.State != types.BackupJobStateCompleted {
		t.Errorf("advanced: %s into %s (%s)", j.State, *j.BackupVaultName, *j.VaultLockState)
	}
	plainFeatures(x)
	must(x, x.s.startBackupJob, start(x, into))
	x.w.Advance(day)
	if j := x.lastJob(); *j.BackupVaultName != "main" || j.State != types.BackupJobStateCompleted || deref(j.StatusMessage) == "" || *j.MessageCategory == "SUCCESS" {
		t.Errorf("plain: %s into %s, message %q", j.State, *j.BackupVaultName, deref(j.StatusMessage))
	}
}

func TestNotifications(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	refused(x, x.s.getNotifications, &sdk.GetBackupVaultNotificationsInput{BackupVaultName: always("main")}, "ResourceNotFoundException", "")
	put := &sdk.PutBackupVaultNotificationsInput{
		BackupVaultName: always("main"), SNSTopicArn: always("arn:aws:sns:eu-west-1:111111111111:t"), BackupVaultEvents: []types.BackupVaultEvent{types.BackupVaultEventBackupJobCompleted},
	}
	must(x, x.s.putNotifications, put)
	if got := must(x, x.s.getNotifications, &sdk.GetBackupVaultNotificationsInput{BackupVaultName: always("main")}); *got.SNSTopicArn != *put.SNSTopicArn || len(got.BackupVaultEvents) != 1 {
		t.Errorf("notifications: %+v", got)
	}
	must(x, x.s.deleteNotifications, &sdk.DeleteBackupVaultNotificationsInput{BackupVaultName: always("main")})
	refused(x, x.s.getNotifications, &sdk.GetBackupVaultNotificationsInput{BackupVaultName: always("main")}, "ResourceNotFoundException", "")
}
