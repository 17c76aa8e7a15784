package apply

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// vaultPolicyKind sets a vault's access policy whole, or deletes it.
type vaultPolicyKind struct{}

func (vaultPolicyKind) observe(ctx context.Context, j *job) (seen, error) {
	name := j.change.VaultPolicy.Vault
	out, _, err := awsapi.Invoke(ctx, j.ask(awsapi.GetBackupVaultAccessPolicy, name), j.scope.Backup.GetBackupVaultAccessPolicy, &backup.GetBackupVaultAccessPolicyInput{BackupVaultName: &name})
	if gone(err) { // of a vault that is not there AWS says that access is denied
		return seen{state: remedy.VaultPolicyState("")}, nil
	}
	if err != nil {
		return seen{}, j.deniedOrGone(ctx, name, err)
	}
	return seen{state: remedy.VaultPolicyState(aws.ToString(out.Policy))}, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultAccessPolicy.html
func (vaultPolicyKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.VaultPolicy
	if c.Policy == "" {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteBackupVaultAccessPolicy, c.Vault), j.scope.Backup.DeleteBackupVaultAccessPolicy, &backup.DeleteBackupVaultAccessPolicyInput{BackupVaultName: &c.Vault})
		return made{answer: answer}, err
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.PutBackupVaultAccessPolicy, c.Vault), j.scope.Backup.PutBackupVaultAccessPolicy,
		&backup.PutBackupVaultAccessPolicyInput{BackupVaultName: &c.Vault, Policy: &c.Policy})
	return made{answer: answer}, err
}

// vaultLockKind locks a vault, or removes a lock that is not final.
type vaultLockKind struct{}

func (vaultLockKind) observe(ctx context.Context, j *job) (seen, error) {
	v, err := j.standingVault(ctx, j.change.VaultLock.Vault)
	if err != nil {
		return seen{}, err
	}
	return seen{state: remedy.VaultLockState(aws.ToBool(v.Locked), aws.ToInt64(v.MinRetentionDays), aws.ToInt64(v.MaxRetentionDays), v.LockDate != nil)}, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html
func (vaultLockKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.VaultLock
	if !c.Locked {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteBackupVaultLockConfiguration, c.Vault), j.scope.Backup.DeleteBackupVaultLockConfiguration, &backup.DeleteBackupVaultLockConfigurationInput{BackupVaultName: &c.Vault})
		return made{answer: answer}, err
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.PutBackupVaultLockConfiguration, c.Vault), j.scope.Backup.PutBackupVaultLockConfiguration,
		&backup.PutBackupVaultLockConfigurationInput{BackupVaultName: &c.Vault, MinRetentionDays: number(c.MinRetentionDays),
			MaxRetentionDays: number(c.MaxRetentionDays), ChangeableForDays: number(c.ChangeableForDays)})
	return made{answer: answer}, err
}

// keeps: a lock in compliance mode is final from its date on.
func (vaultLockKind) keeps(ctx context.Context, j *job) (string, error) {
	v, err := j.standingVault(ctx, j.change.VaultLock.Vault)
	if err != nil {
		return "", err
	}
	if now, ok := j.scope.Clock.Now(); ok && v.LockDate != nil && !now.Before(*v.LockDate) {
		return "the lock is final since " + v.LockDate.UTC().Format("2006-01-02 15:04 UTC") + ": nobody can remove it", nil
	}
	return "", nil
}

// notificationsKind sets where a vault's events go.
type notificationsKind struct{}

func (notificationsKind) observe(ctx context.Context, j *job) (seen, error) {
	name := j.change.VaultNotifications.Vault
	out, _, err := awsapi.Invoke(ctx, j.ask(awsapi.GetBackupVaultNotifications, name), j.scope.Backup.GetBackupVaultNotifications, &backup.GetBackupVaultNotificationsInput{BackupVaultName: &name})
	if gone(err) {
		return seen{state: remedy.NotificationsState("", nil)}, nil
	}
	if err != nil {
		return seen{}, j.deniedOrGone(ctx, name, err)
	}
	var events []string
	for _, e := range out.BackupVaultEvents {
		events = append(events, string(e))
	}
	return seen{state: remedy.NotificationsState(aws.ToString(out.SNSTopicArn), events)}, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultNotifications.html
func (notificationsKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.VaultNotifications
	if c.Topic == "" {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteBackupVaultNotifications, c.Vault), j.scope.Backup.DeleteBackupVaultNotifications, &backup.DeleteBackupVaultNotificationsInput{BackupVaultName: &c.Vault})
		return made{answer: answer}, err
	}
	in := &backup.PutBackupVaultNotificationsInput{BackupVaultName: &c.Vault, SNSTopicArn: &c.Topic}
	for _, e := range c.Events {
		in.BackupVaultEvents = append(in.BackupVaultEvents, types.BackupVaultEvent(e))
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.PutBackupVaultNotifications, c.Vault), j.scope.Backup.PutBackupVaultNotifications, in)
	return made{answer: answer}, err
}

// standingVault is a vault that has to be there.
func (j *job) standingVault(ctx context.Context, name string) (*types.BackupVaultListMember, error) {
	v, err := j.vault(ctx, name)
	if err != nil || v != nil {
		return v, err
	}
	return nil, noVault(name, awsapi.ListBackupVaults)
}

func noVault(name string, call awsapi.CallID) error {
	return &awsapi.CallError{Answer: awsapi.Answer{Call: call, Resource: name}, Code: "ResourceNotFoundException", Kind: awsapi.KindNotFound, Message: "there is no vault " + name}
}

// deniedOrGone tells a vault that is not there from one that the caller may not read: AWS denies access to both.
func (j *job) deniedOrGone(ctx context.Context, name string, err error) error {
	var call *awsapi.CallError
	if !errors.As(err, &call) || call.Kind != awsapi.KindDenied {
		return err
	}
	if v, listErr := j.vault(ctx, name); listErr == nil && v == nil {
		return noVault(name, call.Answer.Call)
	}
	return err
}
