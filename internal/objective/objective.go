// Package objective says what a table needs: how much may be lost, how often it is backed up, how long backups are kept and what it must survive.
package objective

import "time"

// The scenarios: what went wrong. Whether a table can be got back is answered for each on its own.
const (
	ItemsDamaged       = "items-damaged"        // items were overwritten or deleted, the table stands
	TableDeleted       = "table-deleted"        // the table was deleted while its items were sound
	DamagedThenDeleted = "damaged-then-deleted" // items were damaged first, then the table was deleted
	RegionLost         = "region-lost"          // nothing in the table's Region answers any more
	AccountCompromised = "account-compromised"  // somebody with every permission in the account destroys what can be destroyed
	KeyLost            = "key-lost"             // the KMS key of the table is gone
)

// Scenarios lists every scenario, in the order in which they are shown.
func Scenarios() []string {
	return []string{ItemsDamaged, TableDeleted, DamagedThenDeleted, RegionLost, AccountCompromised, KeyLost}
}

// Objective is what a table needs.
type Objective struct {
	RPO       time.Duration // how much may be lost, judged across all mechanisms
	Interval  time.Duration // between scheduled backups
	Retention time.Duration // how far back one must be able to go
	Scenarios []string      // what must be survived
}

// Default is the objective of a table that no tier names.
func Default() Objective {
	return Objective{
		RPO:       24 * time.Hour,
		Interval:  24 * time.Hour,
		Retention: 35 * 24 * time.Hour,
		Scenarios: []string{ItemsDamaged, TableDeleted},
	}
}

// Asks reports whether the objective names a scenario.
func (o Objective) Asks(scenario string) bool {
	for _, s := range o.Scenarios {
		if s == scenario {
			return true
		}
	}
	return false
}
