package planning

import "github.com/restorable/restorable/internal/estate"

// backupAdvice is whether a backup at once would be refused, found out once for the tables of a Region.
type backupAdvice struct {
	obstacle string // for all of them; empty: nothing known
	role     worker
}

// backupWouldFail says why a backup at once of a table would be refused, without planning one; empty: nothing known. It is asked about
// the estate as it will be when the plan is complete.
func (d *draft) backupWouldFail(t *target) string {
	if d.Options.Native {
		return ""
	}
	if d.advice == nil {
		role := d.defaultRole()
		d.advice = &backupAdvice{obstacle: d.atOnceObstacle(role), role: d.worker(role)}
	}
	if d.advice.obstacle != "" {
		return d.advice.obstacle
	}
	return d.advice.role.lacks(t.arn)
}

func (d *draft) atOnceObstacle(role string) string {
	var byRole, byVault string
	d.allowing([]string{CreateRole, CreateVault}, func() {
		byRole, _ = d.roleObstacle(role)
		byVault, _ = d.vaultObstacle(d.Options.Vault)
	})
	switch {
	case byRole != "":
		return "its role cannot be used: " + byRole
	case byVault != "":
		return "its vault cannot be used: " + byVault
	}
	vault := find(d.unit.Vaults.Items, func(v *estate.Vault) estate.Fact[string] { return v.Name }, d.Options.Vault)
	if vault == nil {
		return ""
	}
	keep := d.Options.Retain
	if keep == 0 {
		keep = DefaultRetain
	}
	reason, _ := lockAgainst(vault, keep)
	return reason
}
