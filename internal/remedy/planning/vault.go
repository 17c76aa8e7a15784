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

func (d *draft) hasVault(name string) bool {
	return find(d.unit.Vaults.Items, func(v *estate.Vault) estate.Fact[string] { return v.Name }, name) != nil
}

// vaultObstacle says why there is and will be no such vault; empty: it is there, or can be made.
func (d *draft) vaultObstacle(name string) (reason, next string) {
	switch {
	case d.hasVault(name):
		return "", ""
	case !d.unit.Vaults.IsWhole():
		return "whether the vault exists is not known: the list of vaults could not be read whole", readMore
	case !d.asked(CreateVault):
		reason, next := d.whyNot(CreateVault)
		return "the vault does not exist, and " + reason, next
	case !nameOK(name, vaultChars, 2, 50):
		return "no vault can have that name", ""
	case len(d.unit.Vaults.Items) >= maxVaults:
		return fmt.Sprintf("the Region has %d vaults already, which is AWS's limit", len(d.unit.Vaults.Items)), "--vault NAME names one that exists"
	}
	return d.vaultKeyObstacle()
}

// vaultKeyObstacle says why a vault cannot be made under the key that was named: its key can never be changed.
func (d *draft) vaultKeyObstacle() (reason, next string) {
	key := d.Options.VaultKey
	if key == "" {
		return "", ""
	}
	if a := splitARN(key); a.region != d.region || a.partition != d.partition {
		return "the vault would be in " + d.region + ", and the key of --vault-key is in " + a.region, "--vault-key with one of " + d.region
	}
	usable, unsure, why := keyUsable(d.unit, estate.KnownFact(key, 0))
	switch {
	case usable, unsure && d.Options.AcceptUnknown:
		return "", ""
	case unsure:
		return why, "--accept-unknown"
	}
	return why, "--vault-key with one that is enabled"
}

// ensureVault makes a vault unless it is there. It answers false, with a refusal, when there will be none.
func (d *draft) ensureVault(name string, helps ...*target) bool {
	if reason, next := d.vaultObstacle(name); reason != "" {
		d.refuse(CreateVault, d.vaultARN(name), reason, next)
		return false
	}
	if !d.hasVault(name) {
		d.createVault(name, helps)
	}
	return true
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
