package backup

import (
	"iter"
	"maps"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const maxVaults = 300

// vault is a backup vault, ordinary or logically air-gapped.
type vault struct {
	area      *area
	name, arn string
	created   time.Time
	seq       uint64
	request   string // CreatorRequestId
	keyARN    string
	keyType   types.EncryptionKeyType
	kind      types.VaultType
	tags      map[string]string
	lock      *vaultLock
	policy    string
	topic     string
	events    []types.BackupVaultEvent
	points    pointList
}

func (v *vault) rank() rank { return rank{At: -int64(v.seq), Seq: v.seq} }

// usable finds a vault for an operation. A vault that does not exist looks like denied access (semantics 3);
// a vault whose policy denies the caller the action answers the same.
func (s *Service) usable(c *api.Call, name *string, action string) (*vault, error) {
	if name == nil || *name == "" {
		return nil, missingParameter("BackupVaultName")
	}
	v, ok := s.area(c.Scope).vaults[*name]
	if !ok || v.policyDenies(c.Caller, "backup:"+action) {
		return nil, denied()
	}
	return v, nil
}

func (s *Service) createBackupVault(c *api.Call, in *sdk.CreateBackupVaultInput) (*sdk.CreateBackupVaultOutput, error) {
	if old, ok := s.area(c.Scope).vaults[deref(in.BackupVaultName)]; ok && old.request != "" && old.request == deref(in.CreatorRequestId) {
		return &sdk.CreateBackupVaultOutput{BackupVaultArn: &old.arn, BackupVaultName: &old.name, CreationDate: &old.created}, nil
	}
	v, err := s.makeVault(c, deref(in.BackupVaultName), deref(in.EncryptionKeyArn))
	if err != nil {
		return nil, err
	}
	v.request, v.tags = deref(in.CreatorRequestId), maps.Clone(in.BackupVaultTags)
	return &sdk.CreateBackupVaultOutput{BackupVaultArn: &v.arn, BackupVaultName: &v.name, CreationDate: &v.created}, nil
}

func (s *Service) makeVault(c *api.Call, name, key string) (*vault, error) {
	a := s.area(c.Scope)
	if old, exists := a.vaults[name]; exists {
		return nil, alreadyExists("Backup vault with the same name already exists", old.arn, old.request)
	}
	if len(a.vaults) >= maxVaults && !s.o.LiftQuotas {
		return nil, limitExceeded("You have reached the limit of %d backup vaults in this Region.", maxVaults)
	}
	v := &vault{
		area: a, name: name, arn: a.ARN("backup", "backup-vault:"+name), created: c.Now, seq: s.next(),
		kind: types.VaultTypeBackupVault, tags: map[string]string{},
	}
	var err error
	if v.keyARN, v.keyType, err = s.vaultKey(a, key); err != nil {
		return nil, err
	}
	a.vaults[name] = v
	a.settings.firstUse()
	return v, nil
}

// vaultKey is the key of a new vault: the one asked for, or the AWS-managed key aws/backup.
func (s *Service) vaultKey(a *area, ref string) (string, types.EncryptionKeyType, error) {
	kind := types.EncryptionKeyTypeCustomerManagedKmsKey
	if ref == "" {
		ref, kind = "alias/aws/backup", types.EncryptionKeyTypeAwsOwnedKmsKey
	}
	if s.o.Keys == nil {
		if kind == types.EncryptionKeyTypeCustomerManagedKmsKey {
			return ref, kind, nil
		}
		return a.ARN("kms", "key/aws-backup"), kind, nil
	}
	key, ok := s.o.Keys.Resolve(a.Scope, ref)
	if !ok {
		return "", "", invalid("Invalid KMS Key ARN: %s", ref)
	}
	if !s.o.Keys.Encrypts(key) { // a vault takes symmetric keys alone; the wording is assumed
		return "", "", invalid("Invalid KMS Key ARN: %s is not a symmetric encryption key", ref)
	}
	return key, kind, nil
}

func (s *Service) describeBackupVault(c *api.Call, in *sdk.DescribeBackupVaultInput) (*sdk.DescribeBackupVaultOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "DescribeBackupVault")
	if err != nil {
		return nil, err
	}
	m := v.member()
	return &sdk.DescribeBackupVaultOutput{
		BackupVaultArn: m.BackupVaultArn, BackupVaultName: m.BackupVaultName, CreationDate: m.CreationDate, CreatorRequestId: m.CreatorRequestId,
		EncryptionKeyArn: m.EncryptionKeyArn, EncryptionKeyType: m.EncryptionKeyType, LockDate: m.LockDate, Locked: m.Locked,
		MaxRetentionDays: m.MaxRetentionDays, MinRetentionDays: m.MinRetentionDays, NumberOfRecoveryPoints: m.NumberOfRecoveryPoints,
		VaultState: m.VaultState, VaultType: m.VaultType,
	}, nil
}

// member is the vault as ListBackupVaults shows it.
func (v *vault) member() types.BackupVaultListMember {
	m := types.BackupVaultListMember{
		BackupVaultArn: &v.arn, BackupVaultName: &v.name, CreationDate: &v.created, CreatorRequestId: ptr(v.request),
		EncryptionKeyArn: ptr(v.keyARN), EncryptionKeyType: v.keyType, Locked: always(v.lock != nil),
		NumberOfRecoveryPoints: int64(v.points.count()), VaultState: types.VaultStateAvailable, VaultType: v.kind,
	}
	if v.lock != nil {
		m.MinRetentionDays, m.MaxRetentionDays, m.LockDate = ptr(v.lock.min), ptr(v.lock.max), moment(v.lock.date)
	}
	return m
}

func (s *Service) listBackupVaults(c *api.Call, in *sdk.ListBackupVaultsInput) (*sdk.ListBackupVaultsOutput, error) {
	keep := func(v *vault) bool { return !in.ByShared && (in.ByVaultType == "" || v.kind == in.ByVaultType) }
	found, token, err := page(in.MaxResults, in.NextToken, s.area(c.Scope).vaultsInOrder(), (*vault).rank, keep)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListBackupVaultsOutput{BackupVaultList: []types.BackupVaultListMember{}, NextToken: token}
	for _, v := range found {
		out.BackupVaultList = append(out.BackupVaultList, v.member())
	}
	return out, nil
}

// vaultsInOrder yields the vaults as they were made.
func (a *area) vaultsInOrder() iter.Seq[*vault] {
	return slices.Values(slices.SortedFunc(maps.Values(a.vaults), func(x, y *vault) int { return int(x.seq) - int(y.seq) }))
}

func (s *Service) deleteBackupVault(c *api.Call, in *sdk.DeleteBackupVaultInput) (*sdk.DeleteBackupVaultOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "DeleteBackupVault")
	if err != nil {
		return nil, err
	}
	if v.points.count() > 0 {
		return nil, refuse("InvalidRequestException", codeVaultNotEmpty, "Backup vault cannot be deleted because it contains recovery points.")
	}
	delete(v.area.vaults, v.name)
	return &sdk.DeleteBackupVaultOutput{}, nil
}

// createAirGapped makes a logically air-gapped vault: always locked in compliance mode, at least 7 days (semantics 3.2).
func (s *Service) createAirGapped(c *api.Call, in *sdk.CreateLogicallyAirGappedBackupVaultInput) (*sdk.CreateLogicallyAirGappedBackupVaultOutput, error) {
	lock := vaultLock{min: deref(in.MinRetentionDays), max: deref(in.MaxRetentionDays), date: c.Now}
	if lock.min < 7 {
		return nil, invalid("MinRetentionDays of a logically air-gapped vault cannot be less than 7 days")
	}
	if err := lock.check(); err != nil {
		return nil, err
	}
	v, err := s.makeVault(c, deref(in.BackupVaultName), deref(in.EncryptionKeyArn))
	if err != nil {
		return nil, err
	}
	v.kind, v.lock = types.VaultTypeLogicallyAirGappedBackupVault, &lock
	if in.EncryptionKeyArn == nil {
		v.keyARN = ""
	}
	v.request, v.tags = deref(in.CreatorRequestId), maps.Clone(in.BackupVaultTags)
	return &sdk.CreateLogicallyAirGappedBackupVaultOutput{
		BackupVaultArn: &v.arn, BackupVaultName: &v.name, CreationDate: &v.created, VaultState: types.VaultStateAvailable,
	}, nil
}
