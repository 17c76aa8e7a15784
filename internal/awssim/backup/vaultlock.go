package backup

import (
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const maxRetention = 36500 // days

// vaultLock is a lock on a vault: retention bounds in days, 0 for none, and the moment from which it is immutable, zero in governance mode.
type vaultLock struct {
	min, max int64
	date     time.Time
}

func (l *vaultLock) check() error {
	switch {
	case l.min < 0 || l.max < 0 || l.min > maxRetention || l.max > maxRetention:
		return invalid("Retention days of a vault lock must be between 1 and %d", maxRetention)
	case l.max != 0 && l.min > l.max:
		return invalid("MaxRetentionDays cannot be less than MinRetentionDays")
	}
	return nil
}

// admits tells whether a retention fits the lock; days is 0 for points that are kept for ever.
// That keeping for ever is longer than any maximum is the logical reading of semantics 3.1, not a documented one (UNCONFIRMED 8).
func (l *vaultLock) admits(days int64) bool {
	if l == nil {
		return true
	}
	if days == 0 {
		return l.max == 0
	}
	return days >= l.min && (l.max == 0 || days <= l.max)
}

func (l *vaultLock) immutable(now time.Time) bool {
	return l != nil && !l.date.IsZero() && !now.Before(l.date)
}

func (v *vault) lockState() string {
	if v.lock != nil {
		return "LOCKED"
	}
	return "UNLOCKED"
}

func (s *Service) putVaultLock(c *api.Call, in *sdk.PutBackupVaultLockConfigurationInput) (*sdk.PutBackupVaultLockConfigurationOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "PutBackupVaultLockConfiguration")
	if err != nil {
		return nil, err
	}
	if err := v.changeable(c.Now); err != nil {
		return nil, err
	}
	lock := &vaultLock{min: deref(in.MinRetentionDays), max: deref(in.MaxRetentionDays)}
	if in.MinRetentionDays != nil && lock.min < 1 || in.MaxRetentionDays != nil && lock.max < 1 {
		return nil, invalid("Retention days of a vault lock must be between 1 and %d", maxRetention)
	}
	if err := lock.check(); err != nil {
		return nil, err
	}
	if d := in.ChangeableForDays; d != nil {
		if *d < 3 || *d > maxRetention {
			return nil, invalid("ChangeableForDays must be between 3 and %d", maxRetention)
		}
		lock.date = c.Now.Add(time.Duration(*d) * day)
	}
	v.lock = lock
	return &sdk.PutBackupVaultLockConfigurationOutput{}, nil
}

func (v *vault) changeable(now time.Time) error {
	if v.kind == types.VaultTypeLogicallyAirGappedBackupVault || v.lock.immutable(now) {
		return badRequest("Vault Lock configuration of vault %s is immutable and cannot be changed or deleted.", v.name)
	}
	return nil
}

func (s *Service) deleteVaultLock(c *api.Call, in *sdk.DeleteBackupVaultLockConfigurationInput) (*sdk.DeleteBackupVaultLockConfigurationOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "DeleteBackupVaultLockConfiguration")
	if err != nil {
		return nil, err
	}
	if err := v.changeable(c.Now); err != nil {
		return nil, err
	}
	v.lock = nil
	return &sdk.DeleteBackupVaultLockConfigurationOutput{}, nil
}
