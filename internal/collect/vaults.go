package collect

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectVaults lists the vaults, which alone decides whether a vault exists (asking for a missing one by name answers AccessDenied),
// and reads the recovery points of each.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListBackupVaults.html
func (u *unitRun) collectVaults(ctx context.Context) {
	list := &u.unit.Vaults
	if !u.needsVaults() {
		list.Whole = u.skipped(awsapi.ListBackupVaults)
		return
	}
	var vaults []*estate.Vault
	details := newPool(someAtOnce, func(v *estate.Vault) {
		together(
			func() { u.collectPoints(ctx, v) }, func() { u.collectVaultPolicy(ctx, v) },
			func() { u.collectVaultNotifications(ctx, v) }, func() { v.Tags = u.backupTags(ctx, v.ID) },
		)
	})
	list.Whole = pages[backup.ListBackupVaultsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListBackupVaultsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListBackupVaults, &backup.ListBackupVaultsInput{NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListBackupVaultsOutput, src estate.Source) {
			for _, m := range some(u, page.BackupVaultList) {
				v := vaultOf(m, src)
				vaults = append(vaults, v)
				details.add(v)
			}
		},
		lacks: func(page *backup.ListBackupVaultsOutput) bool { return page.BackupVaultList == nil },
		next:  func(page *backup.ListBackupVaultsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListBackupVaults})
	details.wait()
	for _, v := range vaults {
		list.Items = append(list.Items, *v)
	}
}

// needsVaults: whatever is asked about vaults, they must be listed first. Tags alone are of plans as well, and bring no listing about.
func (u *unitRun) needsVaults() bool {
	return u.needs(awsapi.GroupVaults) || u.needs(awsapi.GroupPoints) || u.needs(awsapi.GroupVaultPolicies) || u.needs(awsapi.GroupVaultNotifications)
}

func vaultOf(m types.BackupVaultListMember, src estate.Source) *estate.Vault {
	v := &estate.Vault{
		ID: aws.ToString(m.BackupVaultArn), ARN: text(m.BackupVaultArn, src), Name: text(m.BackupVaultName, src), Type: word(m.VaultType, src), KeyARN: text(m.EncryptionKeyArn, src),
		CreatedAt: instant(m.CreationDate, src), Count: estate.KnownFact(m.NumberOfRecoveryPoints, src), Locked: estate.KnownFact(aws.ToBool(m.Locked), src),
		LockDate: instant(m.LockDate, src), MinRetention: number(m.MinRetentionDays, src), MaxRetention: number(m.MaxRetentionDays, src),
	}
	if m.VaultType == "" { // vaults from before there were types
		v.Type = estate.KnownFact(string(types.VaultTypeBackupVault), src)
	}
	return v
}

// collectVaultPolicy: ResourceNotFoundException means that none is set; that the vault is there we know from the listing.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetBackupVaultAccessPolicy.html
func (u *unitRun) collectVaultPolicy(ctx context.Context, v *estate.Vault) {
	if !u.needs(awsapi.GroupVaultPolicies) {
		v.Policy = estate.UnknownFact[string](u.notCollected(awsapi.GetBackupVaultAccessPolicy))
		return
	}
	q := question{u: u, call: awsapi.GetBackupVaultAccessPolicy, resource: v.ID}
	out, src, err := ask(ctx, q, u.scope.Backup.GetBackupVaultAccessPolicy, &backup.GetBackupVaultAccessPolicyInput{BackupVaultName: aws.String(v.Name.Or(""))})
	switch {
	case hasCode(err, "ResourceNotFoundException"):
		v.Policy = estate.AbsentFact[string](u.answered(src))
	case err != nil:
		v.Policy = estate.UnknownFact[string](src)
	default:
		v.Policy = text(out.Policy, src)
	}
}

func hasCode(err error, codes ...string) bool {
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return false
	}
	for _, code := range codes {
		if call.Code == code {
			return true
		}
	}
	return false
}

// answered is the source of an error answer that tells what we asked: that there is no such thing. It does not stand for a failure.
func (u *unitRun) answered(src estate.Source) estate.Source {
	u.mu.Lock()
	defer u.mu.Unlock()
	p := u.unit.Of(src)
	p.Code, p.Message = "", ""
	u.unit.Provenance[src] = p
	return src
}
