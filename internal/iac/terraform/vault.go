package terraform

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// vault reads aws_backup_vault; lock, policy and notifications are resources of their own
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_vault).
func (d *declaration) vault() estate.Vault {
	b := d.b
	v := estate.Vault{ID: d.ID(), ARN: d.attribute("arn"), Name: d.attribute("name"),
		Type: build.Known(b, "BACKUP_VAULT", d.At), KeyARN: d.keyARN("kms_key_arn", "backup"),
		CreatedAt: build.Undeployed[estate.Instant](b, d.At), Count: build.Undeployed[int64](b, d.At),
		Locked: build.Known(b, false, d.At), LockDate: build.Absent[estate.Instant](b, d.At),
		MinRetention: build.Absent[int64](b, d.At), MaxRetention: build.Absent[int64](b, d.At),
		Policy: build.Absent[string](b, d.At), Tags: d.tags(),
		NotificationTopic: build.Absent[string](b, d.At), NotificationEvents: build.Absent[[]string](b, d.At)}
	v.RecoveryPoints.Whole = build.Undeployed[bool](b, d.At)
	return v
}

// airGappedVault reads aws_backup_logically_air_gapped_vault: its lock is part of it, in compliance mode from the beginning
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html).
func (d *declaration) airGappedVault() estate.Vault {
	v := d.vault()
	v.Type = build.Known(d.b, "LOGICALLY_AIR_GAPPED_BACKUP_VAULT", d.At)
	v.Locked = build.Known(d.b, true, d.At)
	v.LockDate = build.Undeployed[estate.Instant](d.b, d.At)
	v.MinRetention, v.MaxRetention = d.number("min_retention_days"), d.number("max_retention_days")
	if v.KeyARN = d.keyARN("encryption_key_arn", "backup"); d.name("encryption_key_arn").IsAbsent() { // a key that AWS owns
		v.KeyARN = build.Undeployed[string](d.b, d.At)
	}
	return v
}

// lockOf applies aws_backup_vault_lock_configuration: with changeable_for_days the lock becomes final some days after deployment, without it
// stays in governance mode.
func (d *declaration) lockOf(v *estate.Vault) {
	v.Locked = fact(d, true)
	v.MinRetention, v.MaxRetention = d.number("min_retention_days"), d.number("max_retention_days")
	v.LockDate = build.Absent[estate.Instant](d.b, d.At)
	if days := d.number("changeable_for_days"); !days.IsAbsent() {
		v.LockDate = build.Undeployed[estate.Instant](d.b, d.At)
	}
}

func (d *declaration) policyOf(v *estate.Vault) { v.Policy = d.document("policy") }

func (d *declaration) notificationsOf(v *estate.Vault) {
	v.NotificationTopic, v.NotificationEvents = d.name("sns_topic_arn"), d.names("backup_vault_events")
}
