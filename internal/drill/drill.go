package drill

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/drill/compare"
	"github.com/restorable/restorable/internal/drill/evidence"
)

// Kind is the kind of a drill's record in the store.
const Kind = "drill"

// TablePrefix begins the name of every table that a drill makes. It is not the prefix of AWS's own restore testing, whose role may delete
// by name alone.
const TablePrefix = "restorable-drill-"

// The tags of a table that a drill made.
const (
	ToolTag  = "restorable:tool"
	RunTag   = "restorable:run"
	DrillTag = "restorable:drill"
)

// Drill is one table's drill: what is to be done, and what came of it so far. It is the data of its record in the store.
type Drill struct {
	ID        string `json:"id"`
	Run       string `json:"run"` // of all the drills that one command began
	Tool      string `json:"tool"`
	Caller    string `json:"caller"` // ARN
	CallerID  string `json:"caller_id,omitempty"`
	Partition string `json:"partition"`
	Account   string `json:"account"`
	Endpoint  string `json:"endpoint,omitempty"` // empty: AWS's own

	Source    Table     `json:"source"`
	From      Point     `json:"from"`
	Target    Table     `json:"target"`
	Wish      Wish      `json:"wish"`
	Key       Key       `json:"key"` // that encrypts the copy
	Objective Objective `json:"objective"`
	Estimate  Estimate  `json:"estimate"`

	State      State                `json:"state"`
	Restore    Restore              `json:"restore"`
	Times      Times                `json:"times"`
	Settings   []evidence.Setting   `json:"settings"`
	Items      *evidence.Items      `json:"items,omitempty"`
	Invariants []evidence.Invariant `json:"invariants"`
	Calls      []evidence.Call      `json:"calls"`
	Comparison bool                 `json:"comparison,omitempty"` // of a table with a point: it is no drill, and cleaned up as one
	Watched    bool                 `json:"watched,omitempty"`    // AWS's own restore testing made the copy
	Untold     *Untold              `json:"untold,omitempty"`     // AWS did not take the result of its test; nil: it did, or there was none to tell
	MadeBy     string               `json:"made_by,omitempty"`    // role that AWS Backup made the recovery point with; empty: not known
	TryRole    string               `json:"try_role,omitempty"`   // that may do where AWS refused the role of the restore
	// RestoredBytes is the size of the copy as reading it showed, PerGB the price of the restore; 0: not known.
	RestoredBytes int64   `json:"restored_bytes,omitempty"`
	PerGB         float64 `json:"usd_per_gb,omitempty"`
	// Facts is what is known of a source that is gone, as package restore keeps it; empty: nothing.
	Facts json.RawMessage `json:"facts,omitempty"`
	// DifferenceKey is the secret key, hexadecimal, under which evidence names differing items. It leaves the store only for whoever did the drill.
	DifferenceKey string   `json:"difference_key,omitempty"`
	Cleanup       Cleanup  `json:"cleanup"`
	Verdict       Verdict  `json:"verdict,omitempty"`
	Reasons       []Reason `json:"reasons"`
	Remarks       []string `json:"remarks,omitempty"`  // what decides nothing, and is good to know
	Evidence      string   `json:"evidence,omitempty"` // file

	Signed bool `json:"signed,omitempty"` // the evidence is

	refused Reason // set before it is planned: there is nothing to restore
}

// Untold is a result of a test restore that AWS refused to take.
type Untold struct {
	Job     string `json:"job"`
	Status  string `json:"status"` // SUCCESSFUL or FAILED
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
}

// Table names one table, or the name that one is to get.
type Table struct {
	Name    string    `json:"name"`
	ARN     string    `json:"arn"`
	TableID string    `json:"table_id,omitempty"` // empty: not known yet
	Account string    `json:"account,omitempty"`
	Region  string    `json:"region"`
	Created time.Time `json:"created,omitzero"`
	Gone    bool      `json:"gone,omitempty"` // it did not exist any more when the drill was laid out
}

// The ways of a restore.
const (
	FromPITR   = "pitr"           // DynamoDB's point-in-time recovery
	FromBackup = "backup"         // a backup of DynamoDB's own, on demand
	FromSystem = "system-backup"  // one that DynamoDB made when a table was deleted
	FromPoint  = "recovery-point" // AWS Backup
)

// Point is what is restored.
type Point struct {
	Kind    string    `json:"kind"`
	ARN     string    `json:"arn,omitempty"` // of the backup or recovery point
	Vault   string    `json:"vault,omitempty"`
	Role    string    `json:"role,omitempty"`    // that AWS Backup restores with
	Copied  bool      `json:"copied,omitempty"`  // it is a copy of another recovery point
	Account string    `json:"account,omitempty"` // where it is
	Region  string    `json:"region"`
	At      time.Time `json:"at"`              // the moment whose items it holds
	Bytes   *int64    `json:"bytes,omitempty"` // as AWS states them of the point; nil: not known
	Items   *int64    `json:"items,omitempty"` // likewise: DynamoDB counts about every six hours
}

// Tolerance is how far the items of a point may be from its moment: one second for point-in-time recovery, a minute for backups.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
func (p Point) Tolerance() time.Duration {
	if p.Kind == FromPITR {
		return time.Second
	}
	return time.Minute
}

// Wish is how the comparison is to be made, and what happens to the copy afterwards.
type Wish struct {
	Keep         bool                `json:"keep,omitempty"`
	Sample       int                 `json:"sample,omitempty"` // so many items of each table; 0: all of them
	MaxDrift     float64             `json:"max_drift,omitempty"`
	ChangedAt    string              `json:"changed_at,omitempty"` // attribute that holds when an item was last changed
	UseStream    bool                `json:"use_stream,omitempty"` // consent to a further reader of the stream
	Invariants   []compare.Invariant `json:"invariants,omitempty"`
	Segments     int                 `json:"segments,omitempty"`
	RCU          float64             `json:"rcu,omitempty"`
	ReadFraction float64             `json:"read_fraction,omitempty"`
	ShowKeys     bool                `json:"show_keys,omitempty"`
}

// Key is what the copy is encrypted with.
type Key struct {
	Level string `json:"level"` // aws-owned, aws-managed or customer
	ARN   string `json:"arn,omitempty"`
}

// Objective is what the table's tier asks for.
type Objective struct {
	Tier    string `json:"tier,omitempty"`
	RTO     int64  `json:"rto_seconds,omitempty"` // 0: nothing asked
	RPO     int64  `json:"rpo_seconds,omitempty"` // 0: nothing asked
	Unknown string `json:"unknown,omitempty"`     // why the tier is not known
}

// Estimate is what was said about time and price before anything was done.
type Estimate struct {
	USD   float64 `json:"usd"`
	Known bool    `json:"known"` // false: at least that
	Least int64   `json:"least_seconds,omitempty"`
	Most  int64   `json:"most_seconds,omitempty"`
	Basis string  `json:"basis,omitempty"`
}

// Restore is how AWS was asked, so that CloudTrail can confirm it.
type Restore struct {
	Call      string `json:"call,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Job       string `json:"job,omitempty"` // of AWS Backup
	ID        string `json:"id,omitempty"`  // of the restore's own record
}

// Times are AWS's own, to the second. A zero time has not come.
type Times struct {
	Planned   time.Time `json:"planned,omitzero"`
	Requested time.Time `json:"requested,omitzero"`
	Active    time.Time `json:"active,omitzero"`
	Completed time.Time `json:"completed,omitzero"` // settings compared
	Verified  time.Time `json:"verified,omitzero"`  // items compared
	Cleaned   time.Time `json:"cleaned,omitzero"`
}

// ToActive is how long it took from the request until the table was there.
func (t Times) ToActive() (time.Duration, bool) { return between(t.Requested, t.Active) }

// ToVerified is how long it took from the request until it was known to be right.
func (t Times) ToVerified() (time.Duration, bool) { return between(t.Requested, t.Verified) }

// ToCompleted is how long it took from the request until the table could have been used.
func (t Times) ToCompleted() (time.Duration, bool) { return between(t.Requested, t.Completed) }

func between(from, to time.Time) (time.Duration, bool) {
	if from.IsZero() || to.IsZero() {
		return 0, false
	}
	return max(to.Sub(from), 0), true
}

// Cleanup is what became of the restored table.
type Cleanup struct {
	State  string `json:"state,omitempty"` // removed, kept, left, none; empty: not yet
	Code   string `json:"code,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// What became of the restored table.
const (
	Removed = "removed"
	Kept    = "kept"
	Left    = "left" // it could not be removed
	NoTable = "none" // there was none
)

// Reason is one thing that decides the verdict.
type Reason struct {
	Step    State   `json:"step"`
	Verdict Verdict `json:"verdict"`
	Code    string  `json:"code,omitempty"` // AWS's, where it is AWS's
	Text    string  `json:"text"`
}

func (d *Drill) blame(v Verdict, code, text string) {
	d.Reasons = append(d.Reasons, Reason{Step: d.State, Verdict: v, Code: code, Text: text})
}

// Name makes the id of a drill and the name of its table from the run and the source. The run is unique, so that no table can have the name
// by accident.
func Name(run, sourceARN string) (id, table string) {
	sum := sha256.Sum256([]byte(sourceARN))
	short := strings.TrimPrefix(run, "d-") + "-" + hex.EncodeToString(sum[:4])
	return "d-" + short, TablePrefix + short
}
