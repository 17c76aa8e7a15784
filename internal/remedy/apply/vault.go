package apply

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// vaultKind makes a vault or takes an empty one away.
type vaultKind struct{}

func (vaultKind) observe(ctx context.Context, j *job) (seen, error) {
	v, err := j.vault(ctx, j.change.Vault.Name)
	if err != nil {
		return seen{}, err
	}
	if v == nil {
		return seen{state: remedy.VaultState(false, "")}, nil
	}
	return seen{state: remedy.VaultState(true, aws.ToString(v.EncryptionKeyArn)), outputs: one("arn", aws.ToString(v.BackupVaultArn)), token: aws.ToString(v.CreatorRequestId)}, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
func (vaultKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.Vault
	if c.Step == remedy.Delete {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteBackupVault, c.Name), j.scope.Backup.DeleteBackupVault, &backup.DeleteBackupVaultInput{BackupVaultName: &c.Name})
		return made{answer: answer}, err
	}
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.CreateBackupVault, c.Name), j.scope.Backup.CreateBackupVault,
		&backup.CreateBackupVaultInput{BackupVaultName: &c.Name, EncryptionKeyArn: text(c.KeyARN), BackupVaultTags: j.tags(c.Tags), CreatorRequestId: &j.token})
	if err != nil {
		return made{answer: answer}, err
	}
	return made{outputs: one("arn", aws.ToString(out.BackupVaultArn)), answer: answer}, nil
}

// keeps: a vault with recovery points in it is never touched, and neither is one that somebody's rule writes into.
func (vaultKind) keeps(ctx context.Context, j *job) (string, error) {
	v, err := j.vault(ctx, j.change.Vault.Name)
	if err != nil || v == nil {
		return "", err
	}
	if v.NumberOfRecoveryPoints > 0 {
		return "it holds " + strconv.FormatInt(v.NumberOfRecoveryPoints, 10) + " recovery points", nil
	}
	plans, err := j.plans(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range plans {
		out, err := j.plan(ctx, aws.ToString(p.BackupPlanId))
		if err != nil {
			return "", err
		}
		if out == nil {
			continue
		}
		for _, r := range out.BackupPlan.Rules {
			if aws.ToString(r.TargetBackupVaultName) == j.change.Vault.Name {
				return "rule " + aws.ToString(r.RuleName) + " of plan " + aws.ToString(p.BackupPlanName) + " writes into it", nil
			}
		}
	}
	return "", nil
}

// vault finds a vault in the list, which alone decides whether there is one: asking for a missing vault by name answers AccessDenied.
// nil: there is none.
func (j *job) vault(ctx context.Context, name string) (*types.BackupVaultListMember, error) {
	in := &backup.ListBackupVaultsInput{MaxResults: pageOf()}
	for {
		out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.ListBackupVaults, ""), j.scope.Backup.ListBackupVaults, in)
		if err != nil {
			return nil, err
		}
		if out.BackupVaultList == nil {
			return nil, awsapi.Missing(answer, "list of vaults")
		}
		for i := range out.BackupVaultList {
			if aws.ToString(out.BackupVaultList[i].BackupVaultName) == name {
				return &out.BackupVaultList[i], nil
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return nil, nil
		}
		in.NextToken = out.NextToken
	}
}
