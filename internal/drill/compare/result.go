package compare

import (
	"encoding/json"
	"time"

	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// Method says on what an answer rests.
type Method string

// The methods, strongest first.
const (
	Exact   Method = "exact"   // all items were compared; every difference was held against the source's stream
	Bounded Method = "bounded" // all items were compared; differences were held against a change-time attribute
	Drift   Method = "drift"   // all items were compared; nothing explains a difference
	Sampled Method = "sample"  // some items were compared
	None    Method = "none"    // there was nothing to compare with
)

// Verdict is what a comparison comes to.
type Verdict string

// The verdicts.
const (
	Equal       Verdict = "equal"        // nothing differs, or every difference is explained
	WithinDrift Verdict = "within-drift" // what differs unexplained is a share that was allowed
	Differs     Verdict = "differs"
	Unknown     Verdict = "unknown"
)

// Kind is how an item differs.
type Kind string

// The kinds.
const (
	Changed Kind = "changed" // in both tables, with different values
	OnlyA   Kind = "only-a"
	OnlyB   Kind = "only-b"
)

// Result is the answer. Numbers of items are of the reading, not DynamoDB's estimate.
type Result struct {
	A Table `json:"a"`
	B Table `json:"b"`

	Verdict Verdict `json:"verdict"` // of items and invariants together
	Items   Verdict `json:"items"`   // of the items alone
	Reason  string  `json:"reason"`
	Method  Method  `json:"method"`

	Moment    time.Time `json:"moment,omitzero"`
	Tolerance float64   `json:"tolerance_seconds,omitempty"`
	MaxDrift  float64   `json:"max_drift"`

	Key        fingerprint.Key `json:"fingerprint_key"`
	Buckets    int             `json:"buckets"`
	Consistent bool            `json:"consistent_reads"`

	Same         int64   `json:"same"`
	Changed      int64   `json:"changed"`
	OnlyA        int64   `json:"only_a"`
	OnlyB        int64   `json:"only_b"`
	Unexamined   int64   `json:"unexamined"`       // in differing buckets for which there was no room; each such bucket holds a difference
	DriftShare   float64 `json:"drift"`            // share of all items that differ
	Explained    int64   `json:"explained"`        // of the differences
	Unexplained  int64   `json:"unexplained"`      // of the differences
	Deletions    int64   `json:"unbounded"`        // of the unexplained: only in B, which no change time can explain
	Readings     int     `json:"readings"`         // how often the tables were read
	OldImages    int64   `json:"old_images"`       // differences whose item in B is what the stream's old image says
	Contradicted int64   `json:"contradicted"`     // differences whose item in B is not what the stream says it was
	MoreKeys     int64   `json:"unnamed_keys"`     // differences that are counted and not named
	VanishedDiff int64   `json:"vanished_buckets"` // buckets that differed at first and no more when read again

	Differences []Difference      `json:"differences"`
	Invariants  []InvariantResult `json:"invariants"`
	Stream      *StreamReading    `json:"stream,omitempty"`
	Notes       []string          `json:"notes"`

	// Cause is why a comparison was not finished; nil when it was.
	Cause error `json:"-"`

	c *comparison // that found this: it knows the differences that are not named
}

// Table is what was read of one table.
type Table struct {
	Name        string          `json:"name"`
	ARN         string          `json:"arn"`
	TableID     string          `json:"table_id,omitempty"`
	Count       int64           `json:"count"`
	Fingerprint fingerprint.Sum `json:"fingerprint"`
	Bytes       int64           `json:"bytes_read"` // of JSON
	Requests    int64           `json:"requests"`
	RCU         float64         `json:"rcu"` // read capacity units consumed, as DynamoDB counted
	Estimate    int64           `json:"-"`   // items, as DynamoDB last counted, which may be six hours earlier
	Buckets     int             `json:"-"`   // of the fingerprint; 0: the whole table was not read
	Digest      fingerprint.Sum `json:"-"`   // of all buckets
}

// take keeps what reading the whole table came to.
func (t *Table) take(read *fingerprint.Table) {
	t.Count, t.Fingerprint, t.Buckets, t.Digest = read.Count, read.Total, len(read.Buckets), read.Digest()
}

// with are the reader's own figures, and what was taken.
func (t *Table) with(r *reader) {
	was := *t
	*t = r.result()
	t.Count, t.Fingerprint, t.Buckets, t.Digest = was.Count, was.Fingerprint, was.Buckets, was.Digest
}

// Difference is one item that differs.
type Difference struct {
	Kind      Kind            `json:"kind"`
	Key       json.RawMessage `json:"key"` // {"id":{"S":"x"}}
	Explained bool            `json:"explained"`
	Why       string          `json:"why,omitempty"`
}

// StreamReading is what was read of the source's stream.
type StreamReading struct {
	ARN     string `json:"arn"`
	View    string `json:"view"`
	Shards  int    `json:"shards"`
	Records int64  `json:"records"`
	Whole   bool   `json:"whole"` // it covers the interval from the moment to the comparison
	Problem string `json:"problem,omitempty"`
}

// total is the number of different primary keys in both tables.
func (r *Result) total() int64 {
	return r.Same + r.Changed + r.OnlyA + r.OnlyB + r.Unexamined
}

// differences is how many items are known to differ.
func (r *Result) differences() int64 { return r.Changed + r.OnlyA + r.OnlyB }
