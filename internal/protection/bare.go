package protection

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
)

// Bare reports whether the account of the unit is known to hold neither tables nor backups of any, in all its Regions that are at hand:
// there is nothing to protect. A list that was not read, or a unit of which the account is not known, may hold some.
func (x *Index) Bare() bool {
	if x.account == "" || x.strangers {
		return false
	}
	return x.bare && !slices.ContainsFunc(x.family, func(of *Index) bool { return !of.bare })
}

// holdsNothing reports whether a unit is known to hold neither tables nor backups of any.
func holdsNothing(u *estate.Unit) bool {
	nothing := u.Tables.IsWhole() && len(u.Tables.Items) == 0 && u.Backups.IsWhole() && len(u.Backups.Items) == 0
	return nothing && u.Vaults.IsWhole() && !slices.ContainsFunc(u.Vaults.Items, mayHold)
}

// mayHold: the vault counts what it holds of all services; the list is of tables' recovery points alone.
func mayHold(v estate.Vault) bool {
	return (!v.RecoveryPoints.IsWhole() || len(v.RecoveryPoints.Items) > 0) && v.Count.Or(1) > 0
}
