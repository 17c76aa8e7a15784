package backup

import (
	"context"
	"errors"
	"time"

	"github.com/restorable/restorable/internal/store"
)

// Outcome is what became of a table.
type Outcome string

// The outcomes.
const (
	Made       Outcome = "made"       // AWS shows the backup, and it was read back
	Started    Outcome = "started"    // AWS Backup took the job, and nobody was to wait for it
	Unfinished Outcome = "unfinished" // under way when the time was up or the user interrupted; or nobody knows whether it was begun
	Failed     Outcome = "failed"     // AWS refused or could not, and says why
	Refused    Outcome = "refused"    // nothing was called: it would not do what was asked, or what it rests on could not be read
	Pending    Outcome = "pending"    // not begun
)

// Result is what became of one table.
type Result struct {
	Target  Target
	Outcome Outcome
	Resumed bool   // an earlier, killed command had begun it
	Name    string // of a native backup
	ARN     string // of the backup or the recovery point; empty: there is none, or AWS has not named it yet
	Job     string // id, of AWS Backup
	Vault   string
	Code    string // AWS's error code, the state in which a job ended, or one of ours
	Reason  string // AWS's message, or ours
	Mend    string // what probably helps; empty: nothing known
	Request string // AWS's id of the request that began it

	Created  time.Time // as AWS dates the backup; zero: not known
	Expires  time.Time // when AWS deletes it; zero: never, or not known
	ColdAt   time.Time // when it goes to cold storage; zero: never, or not known
	Bytes    int64     // as AWS counted it; -1: not known
	Recorded *Recorded // what a native backup holds besides the items; nil: not read
	Notes    []string  // what somebody should know although it was made
}

// Recorded is what AWS says that a native backup holds of the table. A restore does not bring all of it back: the stream and the expiry
// of items are recorded, and set anew by nobody.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeBackup.html
type Recorded struct {
	TableID       string   `json:"table_id"`
	Items         int64    `json:"items"` // as last counted, some hours ago; -1: not known
	GSIs          []string `json:"gsis"`
	LSIs          []string `json:"lsis"`
	BillingMode   string   `json:"billing_mode"` // "": not said
	ReadCapacity  int64    `json:"read_capacity"`
	WriteCapacity int64    `json:"write_capacity"`
	Stream        string   `json:"stream,omitempty"` // view type; empty: none
	TTL           string   `json:"ttl,omitempty"`    // attribute; empty: none
	Key           string   `json:"key,omitempty"`    // ARN of the KMS key; empty: the AWS-owned one
}

// Report is what became of all tables.
type Report struct {
	Results []Result // in the order of the targets
	Cause   error    // why it stopped early: credentials, the disk, the user; nil otherwise

	store *store.Store
	open  []openRecord
}

// Forget ends what is written down of backups that have ended: call it once the result was told. The same command given again then makes
// new ones. Errors are the store's.
func (r *Report) Forget(ctx context.Context) error {
	var all []error
	for _, one := range r.open {
		all = append(all, r.store.Delete(ctx, Kind, one.id, one.state))
	}
	r.open = nil
	return errors.Join(all...)
}

// Count returns how many tables ended so.
func (r *Report) Count(o Outcome) int {
	n := 0
	for _, t := range r.Results {
		if t.Outcome == o {
			n++
		}
	}
	return n
}
