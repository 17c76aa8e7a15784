package cfn

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// vault reads AWS::Backup::BackupVault with its lock, policy and notifications, and AWS::Backup::LogicallyAirGappedBackupVault
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupvault.html).
func (r *resource) vault() estate.Vault {
	k := r.properties
	kind, airGapped := "BACKUP_VAULT", typeOf(r.stack.resource(r.id)) == typeAirGapped
	if airGapped {
		kind = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
	}
	v := estate.Vault{ID: r.identity(), ARN: r.reference("BackupVaultArn"), Name: r.reference(""),
		Type: build.Known(k.b, kind, r.at), KeyARN: r.keyARN(k, "EncryptionKeyArn", "backup"),
		CreatedAt: build.Undeployed[estate.Instant](k.b, r.at), Count: build.Undeployed[int64](k.b, r.at),
		Policy: k.document("AccessPolicy", ofResource), Tags: r.tags(or(k, k.tagMap("BackupVaultTags"), map[string]string{}))}
	v.RecoveryPoints.Whole = build.Undeployed[bool](k.b, r.at)
	notifications := k.block("Notifications")
	v.NotificationTopic, v.NotificationEvents = notifications.name("SNSTopicArn"), notifications.names("BackupVaultEvents")
	if airGapped { // it is locked from the beginning, with its own bounds
		v.MinRetention, v.MaxRetention = k.number("MinRetentionDays"), k.number("MaxRetentionDays")
		v.Locked, v.LockDate = build.Known(k.b, true, r.at), build.Absent[estate.Instant](k.b, r.at)
		return v
	}
	readLock(&v, k.block("LockConfiguration"))
	return v
}

// readLock: with ChangeableForDays the lock becomes final some days after deployment, without it stays in governance mode.
func readLock(v *estate.Vault, k block) {
	v.MinRetention, v.MaxRetention = k.number("MinRetentionDays"), k.number("MaxRetentionDays")
	switch k.v.form {
	case nothing:
		v.Locked = build.Known(k.b, false, k.at)
		v.LockDate = build.Absent[estate.Instant](k.b, k.at)
	case unresolved:
		v.Locked = unknownFact[bool](k.b, k.at, k.v.why)
		v.LockDate = unknownFact[estate.Instant](k.b, k.at, k.v.why)
	default:
		v.Locked = build.Known(k.b, true, k.at)
		v.LockDate = build.Absent[estate.Instant](k.b, k.at)
		if days := k.number("ChangeableForDays"); !days.IsAbsent() {
			v.LockDate = build.Undeployed[estate.Instant](k.b, k.at)
		}
	}
}
