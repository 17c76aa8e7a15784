package planning

import (
	"fmt"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// planBackups backs tables up at once that have no backup, or none recent enough: through AWS Backup, or by DynamoDB itself.
func planBackups(d *draft) error {
	tables := d.wanting(CreateBackup)
	if len(tables) == 0 {
		return nil
	}
	if d.Options.Native {
		for _, t := range tables {
			d.nativeBackup(t)
		}
		return nil
	}
	role, keep := d.defaultRole(), d.Options.Retain
	if keep == 0 {
		keep = DefaultRetain
	}
	var reason, next string
	d.allowing([]string{CreateRole, CreateVault}, func() { reason, next = d.backupObstacle(role, keep, tables) })
	for _, t := range tables {
		if reason != "" {
			d.refuse(CreateBackup, t.arn, reason, next)
			continue
		}
		d.vaultBackup(t, role, keep)
	}
	return nil
}

// backupObstacle says why no backup can be made into the vault; empty: nothing known.
func (d *draft) backupObstacle(role string, keep int64, tables []*target) (reason, next string) {
	vault := d.Options.Vault
	if !d.ensureRole(role, tables...) {
		return "its role cannot be used: " + d.refusals[CreateRole+" "+role], "--role NAME"
	}
	if !d.ensureVault(vault, tables...) {
		return "its vault cannot be used: " + d.refusals[CreateVault+" "+d.vaultARN(vault)], "--vault NAME"
	}
	v := find(d.unit.Vaults.Items, func(v *estate.Vault) estate.Fact[string] { return v.Name }, vault)
	return lockAgainst(v, keep)
}

// lockAgainst says why a vault's lock refuses points that are kept so many days; empty: it does not. 0 days are for ever, which is taken
// to be longer than any greatest retention (UNCONFIRMED).
func lockAgainst(v *estate.Vault, days int64) (reason, next string) {
	locked, ok := v.Locked.Get()
	switch {
	case !ok:
		return "whether vault " + v.Name.Or(v.ID) + " is locked is not known", readMore
	case !locked:
		return "", ""
	case v.MinRetention.IsUnknown() || v.MaxRetention.IsUnknown():
		return "what the lock of vault " + v.Name.Or(v.ID) + " allows is not known", readMore
	}
	least, most := v.MinRetention.Or(0), v.MaxRetention.Or(0)
	if days != 0 && days < least || most > 0 && (days == 0 || days > most) {
		return fmt.Sprintf("the lock of vault %s allows %s", v.Name.Or(v.ID), rangeText(remedy.VaultLock{MinRetentionDays: least, MaxRetentionDays: most})), "--retain DAYS"
	}
	return "", ""
}

func (d *draft) vaultBackup(t *target, role string, keep int64) {
	if reason := d.worker(role).lacks(t.arn); reason != "" {
		d.refuse(CreateBackup, t.arn, reason, "--role NAME")
		return
	}
	vault := d.Options.Vault
	id := d.table(t).TableID.Or("")
	d.add(remedy.Action{
		Remedy: CreateBackup, Resource: tableResource(t),
		Summary: fmt.Sprintf("back up %s now into vault %s, kept %d days", t.name, vault, keep),
		Call:    "backup:StartBackupJob", Needs: unique(append(d.makerOf(role), d.makerOf(d.vaultARN(vault))...)),
		Change: remedy.Change{Backup: &remedy.Backup{Table: t.name, ARN: t.arn, Vault: vault, RoleARN: role, DeleteAfterDays: keep, Tags: ownTags()}},
		Before: remedy.TableState(id), After: remedy.TableState(id),
		Risk:    "the job starts within the hour as a rule, and only then it shows whether it succeeds",
		Inverse: remedy.Inverse{Drop: remedy.DropPoint, Loses: fmt.Sprintf("recovery points are never deleted: this one expires after %d days", keep)},
	}, t)
}

// nativeBackup: such backups bear no tags, and nothing ever deletes them.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
func (d *draft) nativeBackup(t *target) {
	name := "restorable-" + d.now.Time().Format("20060102T150405Z")
	id := d.table(t).TableID.Or("")
	d.add(remedy.Action{
		Remedy: CreateBackup, Resource: tableResource(t),
		Summary: "back up " + t.name + " now by DynamoDB itself, as " + name,
		Call:    "dynamodb:CreateBackup",
		Change:  remedy.Change{Backup: &remedy.Backup{Table: t.name, ARN: t.arn, Native: name}},
		Before:  remedy.TableState(id), After: remedy.TableState(id),
		Risk:    "it is kept, and charged, until somebody deletes it",
		Inverse: remedy.Inverse{Drop: remedy.DropPoint, Loses: "backups are never deleted: aws dynamodb delete-backup does that"},
	}, t)
}
