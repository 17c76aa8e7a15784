package backup

import (
	"slices"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/model"
)

func TestEveryOperationIsOneOfTheModel(t *testing.T) {
	service := newSim(t).s.API()
	m, err := model.Load(service.Model)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, o := range service.Operations {
		if _, ok := m.Operations[o.Name]; !ok {
			t.Errorf("%s is no operation of AWS Backup", o.Name)
		}
		if seen[o.Name] {
			t.Errorf("%s is declared twice", o.Name)
		}
		seen[o.Name] = true
	}
	for bucket := range service.Rates {
		if bucket != "*" && !seen[bucket] {
			t.Errorf("rate for %s, which is not declared", bucket)
		}
	}
}

func TestAccess(t *testing.T) {
	x := newSim(t)
	operations := map[string]api.Operation{}
	for _, o := range x.s.API().Operations {
		operations[o.Name] = o
	}
	pass := map[string]string{"iam:PassedToService": "backup.amazonaws.com"}
	point := "arn:aws:backup:eu-west-1:111111111111:recovery-point:1"
	rows := []struct {
		operation string
		in        any
		want      []api.Access
	}{
		{"ListBackupPlans", &sdk.ListBackupPlansInput{}, []api.Access{{Action: "backup:ListBackupPlans", Resource: "*"}}},
		{"DescribeBackupVault", &sdk.DescribeBackupVaultInput{BackupVaultName: always("v")}, []api.Access{{Action: "backup:DescribeBackupVault", Resource: home().ARN("backup", "backup-vault:v")}}},
		{"GetBackupPlan", &sdk.GetBackupPlanInput{BackupPlanId: always("p")}, []api.Access{{Action: "backup:GetBackupPlan", Resource: home().ARN("backup", "backup-plan:p")}}},
		{"CreateBackupVault", &sdk.CreateBackupVaultInput{BackupVaultName: always("v"), BackupVaultTags: map[string]string{"a": "b"}}, []api.Access{
			{Action: "backup:CreateBackupVault", Resource: home().ARN("backup", "backup-vault:v")}, {Action: "backup-storage:MountCapsule", Resource: "*"},
			{Action: "backup:TagResource", Resource: home().ARN("backup", "backup-vault:v")},
		}},
		{"CreateBackupSelection", &sdk.CreateBackupSelectionInput{BackupPlanId: always("p"), BackupSelection: &types.BackupSelection{IamRoleArn: always(role)}}, []api.Access{
			{Action: "backup:CreateBackupSelection", Resource: home().ARN("backup", "backup-plan:p")}, {Action: "iam:PassRole", Resource: role, Context: pass},
		}},
		{"StartRestoreJob", &sdk.StartRestoreJobInput{RecoveryPointArn: &point, IamRoleArn: always(role)}, []api.Access{
			{Action: "backup:StartRestoreJob", Resource: point}, {Action: "iam:PassRole", Resource: role, Context: pass},
		}},
		{"StartRestoreJob", &sdk.StartRestoreJobInput{RecoveryPointArn: &point}, []api.Access{{Action: "backup:StartRestoreJob", Resource: point}}},
	}
	for _, r := range rows {
		if d := cmp.Diff(r.want, operations[r.operation].Access(x.call(home()), r.in)); d != "" {
			t.Errorf("%s (-want +got):\n%s", r.operation, d)
		}
	}
	key := operations["CreateBackupVault"].Access(x.call(home()), &sdk.CreateBackupVaultInput{BackupVaultName: always("v"), EncryptionKeyArn: always("k")})
	for _, action := range []string{"kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:RetireGrant", "kms:DescribeKey"} {
		if !slices.ContainsFunc(key, func(a api.Access) bool { return a.Action == action && a.Resource == "k" }) {
			t.Errorf("a vault with a key does not need %s", action)
		}
	}
}
