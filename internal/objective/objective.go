// Package objective says what a table needs: how much may be lost, how often it is backed up, how long backups are kept and what it must survive.
package objective

import (
	"strings"
	"time"
)

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
	RPO        time.Duration // how much may be lost, judged across all mechanisms
	RTO        time.Duration // how long getting it back may take; 0: nothing asked
	Interval   time.Duration // between scheduled backups
	Retention  time.Duration // how far back one must be able to go
	Scenarios  []string      // what must be survived
	Copies     []Copy        // where copies must stand; empty: nothing asked
	Encryption Encryption    // weakest key level allowed; empty: nothing asked
	Protection bool          // deletion protection is asked for
	Tags       []string      // keys of tags that must be there; empty: nothing asked
}

// Copy is a place in which a copy of the table's recovery points must stand.
type Copy struct {
	Region  string // empty: the table's own
	Account string // empty: the table's own
	Vault   string // name; empty: any vault there; a remedy then uses the name of the rule's own vault
}

// Text names the place for people.
func (c Copy) Text() string {
	var parts []string
	if c.Region != "" {
		parts = append(parts, c.Region)
	}
	if c.Account != "" {
		parts = append(parts, "account "+c.Account)
	}
	if c.Vault != "" {
		parts = append(parts, "vault "+c.Vault)
	}
	return strings.Join(parts, ", ")
}

// Encryption is a level of key.
type Encryption string

// The levels, weakest first.
const (
	AWSOwned   Encryption = "aws-owned"
	AWSManaged Encryption = "aws-managed"
	Customer   Encryption = "customer"
)

// Encryptions lists the levels, weakest first.
func Encryptions() []string {
	return []string{string(AWSOwned), string(AWSManaged), string(Customer)}
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
