package terraform

import "github.com/restorable/restorable/internal/estate"

// declareOther reads resources beside tables, plans, selections and vaults; it tells whether it knows the type.
func (a *assembly) declareOther(d *declaration) bool {
	switch d.Type {
	case "aws_backup_vault_lock_configuration", "aws_backup_vault_policy", "aws_backup_vault_notifications":
		a.later = append(a.later, d)
	default:
		return a.declareRest(d)
	}
	return true
}

func (a *assembly) declareRest(*declaration) bool { return false }

// resolve finds what attachments speak of, once all that they may speak of is there.
func (a *assembly) resolve() {
	for _, d := range a.later {
		switch d.Type {
		case "aws_backup_vault_lock_configuration":
			a.toVault(d, (*declaration).lockOf)
		case "aws_backup_vault_policy":
			a.toVault(d, (*declaration).policyOf)
		case "aws_backup_vault_notifications":
			a.toVault(d, (*declaration).notificationsOf)
		}
	}
}

func (a *assembly) addShared() {}

func (a *assembly) addReplicas(*declaration, int) {}

func readReplicas(k block) estate.Fact[[]estate.Replica] {
	return items(k, "replica", func(r block) (estate.Replica, estate.Ref) {
		region, key := r.word("region_name"), r.name("kms_key_arn")
		return estate.Replica{Region: region.Or(""), KeyARN: key.Or("")}, doubt(region.Ref())
	})
}
