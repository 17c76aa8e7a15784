package planning

import (
	"fmt"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// Limits of AWS Backup in a Region (https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html).
const (
	maxVaults     = 300
	maxPlans      = 300
	maxSelections = 100 // of a plan
	maxByTag      = 10  // of a plan: selections that use tags
	maxARNs       = 500 // of a selection, without wildcards
	maxTags       = 50  // of a table
)

// planVaults makes vaults that rules name and that do not exist, where that helps a table that needs cover.
func planVaults(d *draft) error {
	for _, vault := range d.lacking(func(p lack) string { return p.vault }) {
		d.ensureVault(vault.what, vault.helps...)
	}
	return nil
}

func (d *draft) vaultARN(name string) string {
	return fmt.Sprintf("arn:%s:backup:%s:%s:backup-vault:%s", d.partition, d.region, d.account, name)
}

// ensureVault makes a vault unless it is there. It answers false, with a refusal, when there will be none.
func (d *draft) ensureVault(name string, helps ...*target) bool {
	arn := d.vaultARN(name)
	if find(d.unit.Vaults.Items, func(v *estate.Vault) estate.Fact[string] { return v.Name }, name) != nil {
		return true
	}
	switch {
	case !d.unit.Vaults.IsWhole():
		d.refuse(CreateVault, arn, "whether the vault exists is not known: the list of vaults could not be read whole", readMore)
	case !d.asked(CreateVault):
		reason, next := d.whyNot(CreateVault)
		d.refuse(CreateVault, arn, "the vault does not exist, and "+reason, next)
	case !nameOK(name, vaultChars, 2, 50):
		d.refuse(CreateVault, arn, "no vault can have that name", "")
	case len(d.unit.Vaults.Items) >= maxVaults:
		d.refuse(CreateVault, arn, fmt.Sprintf("the Region has %d vaults already, which is AWS's limit", len(d.unit.Vaults.Items)), "--vault NAME names one that exists")
	default:
		d.createVault(name, helps)
		return true
	}
	return false
}

func (d *draft) createVault(name string, helps []*target) {
	vault := remedy.Vault{Step: remedy.Create, Name: name, ARN: d.vaultARN(name), KeyARN: d.Options.VaultKey, Tags: ownTags()}
	undo := remedy.Vault{Step: remedy.Delete, Name: name, ARN: vault.ARN}
	key := "AWS's own key"
	if vault.KeyARN != "" {
		key = "key " + vault.KeyARN
	}
	d.add(remedy.Action{
		Remedy: CreateVault, Resource: remedy.Resource{Type: "vault", Name: name, ARN: vault.ARN},
		Summary: "create vault " + name + " under " + key, Call: "backup:CreateBackupVault",
		Change: remedy.Change{Vault: &vault}, Before: remedy.VaultState(false, ""), After: remedy.VaultState(true, vault.KeyARN),
		Risk: "the key of a vault cannot be changed later",
		Inverse: remedy.Inverse{Change: &remedy.Change{Vault: &undo}, Drop: remedy.DropVault,
			Loses: "jobs that write to the vault would fail; a vault with recovery points in it is never deleted"},
	}, helps...)
}
