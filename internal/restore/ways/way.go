// Package ways lists every way back to a table, also to one that is deleted or was made anew, and chooses one. It is pure: an estate
// in, ways out. A way that could not be looked for is told, never left out, and a fact that is not known makes no way usable.
package ways

import (
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/price"
)

// Kind is what a way restores from.
type Kind string

// The kinds.
const (
	PITR          Kind = "pitr"           // point-in-time recovery of a table that is there
	Backup        Kind = "backup"         // DynamoDB's own, on demand
	SystemBackup  Kind = "system-backup"  // DynamoDB's own, made when a table with PITR was deleted
	RecoveryPoint Kind = "recovery-point" // of AWS Backup
	Copy          Kind = "copy"           // of a recovery point, in another vault
)

// Answer is yes, no or unknown.
type Answer string

// The answers.
const (
	Yes   Answer = "yes"
	No    Answer = "no"
	Maybe Answer = "unknown"
)

func (a Answer) and(b Answer) Answer {
	switch {
	case a == No || b == No:
		return No
	case a == Yes && b == Yes:
		return Yes
	}
	return Maybe
}

// Table is the table that a way brings back: one incarnation of a name.
type Table struct {
	Name, ARN string
	TableID   string    // empty: not known
	Live      bool      // it is there now
	Created   time.Time // zero: not known
}

// State of a key.
const (
	KeyUsable   = "usable"
	KeyDisabled = "disabled"
	KeyPending  = "pending deletion"
	KeyGone     = "deleted"
	KeyUnknown  = "unknown"
)

// Way is one way back. Times are UTC, and zero where they are not known.
type Way struct {
	Kind  Kind
	Table Table
	ARN   string // of the backup or recovery point; of the table for PITR
	Name  string // of one of DynamoDB's own backups

	Partition, Account, Region string // where it lies

	From, To  time.Time     // PITR: the window
	At        time.Time     // the moment that a backup holds
	Completed time.Time     // when a recovery point was whole: it may hold what was written until then
	Slack     time.Duration // how far from At, or from the second asked for, the contents may be

	Bytes, Items estate.Fact[int64]
	Vault        string // name
	VaultARN     string
	Role         string // that AWS Backup made a recovery point with, by ARN; empty: not known
	Key          string // ARN of the key under which it lies; empty: AWS's own, or not known
	KeyManager   string // AWS or CUSTOMER, empty where that is not known
	KeyState     string
	Cold         Answer
	Status       string // AWS's word: COMPLETED, AVAILABLE, ENABLED, …; empty: not known
	Expires      estate.Fact[estate.Instant]

	Usable   Answer
	Reason   string // why it is not usable, or why that is not known
	Estimate Estimate
}

// Estimate is what a restore is reckoned to take and to cost.
type Estimate struct {
	Least, Most time.Duration // from the request until the table is ACTIVE
	Open        bool          // it may take longer than Most: nothing is known of tables of that size
	Assumed     bool          // not measured in this account
	Basis       string
	Price       remedy.Cost
	PerGB       float64 // price of a GB, in US dollars; 0: not known
}

// Unknown is something that could not be looked at, and so may hold ways that are not listed.
type Unknown struct {
	What            string // a clause, such as "recovery points of vault primary"
	Account, Region string
	Operation, Code string
	Message         string
}

// Options are what estimates rest on.
type Options struct {
	Prices   price.List
	Target   string     // Region of the new table; empty: where the way lies
	Measured []Measured // own restores and drills of earlier
}

// Measured is a restore that was timed.
type Measured struct {
	TableARN    string
	Took        time.Duration
	OtherRegion bool
	Cold        bool
}

// Native reports whether DynamoDB's own API restores it; otherwise a job of AWS Backup does.
func (w *Way) Native() bool { return w.Kind == PITR || w.Kind == Backup || w.Kind == SystemBackup }

// Plain reports whether a recovery point of AWS Backup is without advanced features: it cannot be copied or go to cold storage, and
// lies under the key of its table.
func (w *Way) Plain() bool { return !w.Native() && serviceOf(w.ARN) == "dynamodb" }

// Loss is what is lost by going this way when all that was written until the given moment is wanted; false when the way holds
// nothing as old as that, or when that is not known. It is at most one slack more.
func (w *Way) Loss(wanted time.Time) (time.Duration, bool) {
	if w.Kind == PITR {
		switch {
		case w.To.IsZero() || w.From.IsZero() || wanted.Before(w.From):
			return 0, false
		case wanted.After(w.To):
			return wanted.Sub(w.To), true
		}
		return 0, true
	}
	if w.At.IsZero() || w.At.After(wanted) {
		return 0, false
	}
	return wanted.Sub(w.At), true
}

// Good reports whether the way leads to a moment that was surely before an incident: a backup that was whole a slack before it, or a
// second of the window before it.
func (w *Way) Good(incident time.Time) Answer {
	if w.Kind == PITR {
		switch {
		case w.From.IsZero() || w.To.IsZero():
			return Maybe
		case secondBefore(incident).Before(w.From):
			return No
		}
		return Yes
	}
	whole := w.At
	if w.Completed.After(whole) {
		whole = w.Completed
	}
	switch {
	case w.At.IsZero() || !w.Native() && w.Completed.IsZero():
		return Maybe
	case !whole.Add(w.Slack).After(incident):
		return Yes
	case w.At.Add(-w.Slack).After(incident):
		return No
	}
	return Maybe
}

// secondBefore is the last whole second of which nothing was written after an incident.
func secondBefore(incident time.Time) time.Time {
	return incident.UTC().Truncate(time.Second).Add(-time.Second)
}
