// Package evidence is what a drill leaves behind for people who do not trust us: an in-toto statement in a signed envelope, its
// verification with nothing but the file and a public key, and a page that an auditor can read. It calls nobody and reads no files.
package evidence

import "github.com/restorable/restorable/internal/estate"

// PredicateType names the meaning of the predicate. Its schema is docs/schemas/drill-v1.schema.json.
const PredicateType = "https://restorable.dev/drill/v1"

// Drill is the predicate: one restore done to prove that it works. It holds no item values; keys of items only where the user asked for them.
// Moments are AWS's time in UTC unless their comment says otherwise; one that is missing did not come.
type Drill struct {
	ID          string      `json:"id"` // of the drill, as in the names of its tables
	Tool        Tool        `json:"tool"`
	Caller      Caller      `json:"caller"`
	Endpoint    string      `json:"endpoint,omitempty"` // other than AWS's own: such a drill proves nothing about AWS
	Source      Table       `json:"source"`
	Point       Point       `json:"point"`
	Restored    Restored    `json:"restored"`
	Times       Times       `json:"times"`
	Objective   *Objective  `json:"objective,omitempty"` // nil: nobody set one
	Settings    []Setting   `json:"settings"`            // in the order in which they are shown
	Items       *Items      `json:"items,omitempty"`     // nil: the drill ended before items were compared
	Invariants  []Invariant `json:"invariants"`
	Calls       []Call      `json:"calls"` // in the order in which they were made
	Cleanup     Cleanup     `json:"cleanup"`
	Cost        *Cost       `json:"cost,omitempty"`
	Verdict     Verdict     `json:"verdict"`
	Reasons     []string    `json:"reasons"`     // of the verdict, the weightiest first; of a passed drill what it rests on
	Assumptions []string    `json:"assumptions"` // readings of AWS's documentation that it rests on and that AWS does not confirm
}

// Tool is the program that did the drill.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"` // 12 hex digits; empty: the build does not say
	Go      string `json:"go,omitempty"`
	SHA256  string `json:"sha256,omitempty"` // of the program's own file, hex; empty: it could not be read
}

// Caller is who did it, as sts:GetCallerIdentity said.
type Caller struct {
	ARN     string `json:"arn"`
	Account string `json:"account"`
	UserID  string `json:"user_id,omitempty"`
}

// Table is one incarnation of a table.
type Table struct {
	Name    string         `json:"name"`
	ARN     string         `json:"arn"`
	TableID string         `json:"table_id,omitempty"` // AWS's id of this incarnation; empty: never learned
	Account string         `json:"account"`
	Region  string         `json:"region"`
	Created estate.Instant `json:"created,omitempty"`
	Gone    bool           `json:"gone,omitempty"` // it did not exist any more when the drill began
}

// PointKind is what a table was restored from.
type PointKind string

// The kinds of points.
const (
	PITR          PointKind = "pitr"
	NativeBackup  PointKind = "backup"         // on demand, of DynamoDB
	SystemBackup  PointKind = "system-backup"  // made by DynamoDB when a table with PITR was deleted
	RecoveryPoint PointKind = "recovery-point" // of AWS Backup
	CopyPoint     PointKind = "copy"           // a recovery point that was copied from another vault
	NoPoint       PointKind = "none"           // there was nothing to restore from
)

// Enum lists the values.
func (PointKind) Enum() []string {
	return []string{string(PITR), string(NativeBackup), string(SystemBackup), string(RecoveryPoint), string(CopyPoint), string(NoPoint)}
}

// Point is what was restored: which moment, from where.
type Point struct {
	Kind             PointKind      `json:"kind"`
	ARN              string         `json:"arn,omitempty"`    // of the backup or recovery point; of PITR the table's
	Moment           estate.Instant `json:"moment,omitempty"` // whose items the point holds; none: there is no point, or AWS does not say
	ToleranceSeconds int64          `json:"tolerance_seconds"`
	Vault            string         `json:"vault,omitempty"`       // name
	CopiedFrom       string         `json:"copied_from,omitempty"` // ARN of the recovery point that this one is a copy of
	Account          string         `json:"account"`
	Region           string         `json:"region"`
	Bytes            int64          `json:"bytes,omitempty"`   // as AWS states them
	Expires          estate.Instant `json:"expires,omitempty"` // zero: never, or unknown
}

// Route is the API that made the table.
type Route string

// The routes.
const (
	RouteNativePITR   Route = "dynamodb:RestoreTableToPointInTime"
	RouteNativeBackup Route = "dynamodb:RestoreTableFromBackup"
	RouteAWSBackup    Route = "backup:StartRestoreJob"
	RouteWatched      Route = "backup:restore-testing" // AWS's own restore testing made it, the drill watched
)

// Enum lists the values.
func (Route) Enum() []string {
	return []string{string(RouteNativePITR), string(RouteNativeBackup), string(RouteAWSBackup), string(RouteWatched)}
}

// Restored is the table that the restore made. It usually does not exist any more: CloudTrail can confirm that it did.
type Restored struct {
	Table
	Route         Route  `json:"route,omitempty"`           // empty: nothing was asked of AWS
	RestoreJobARN string `json:"restore_job_arn,omitempty"` // of AWS Backup: its id, where AWS gives no ARN
	RestoreJobID  string `json:"restore_job_id,omitempty"`
	Role          string `json:"role,omitempty"` // ARN of the role that AWS Backup restored with
	Encryption    string `json:"encryption,omitempty"`
}

// Times is when what happened. Seconds are from the request on; zero: it did not come so far.
type Times struct {
	Started         estate.Instant `json:"started"`
	Requested       estate.Instant `json:"requested,omitempty"` // the restore
	Active          estate.Instant `json:"active,omitempty"`    // AWS says that the table can be used
	Completed       estate.Instant `json:"completed,omitempty"` // its settings were completed, or compared as they would be
	Verified        estate.Instant `json:"verified,omitempty"`  // items and invariants were compared
	Finished        estate.Instant `json:"finished"`            // the verdict stood and the clean-up was over: age is judged by it
	ActiveSeconds   float64        `json:"active_seconds,omitempty"`
	CompleteSeconds float64        `json:"complete_seconds,omitempty"`
	VerifiedSeconds float64        `json:"verified_seconds,omitempty"`
}

// Objective is what the table needs, and whether the drill showed it.
type Objective struct {
	Tier       string  `json:"tier,omitempty"`
	RTOSeconds float64 `json:"rto_seconds,omitempty"`
	RTO        Answer  `json:"rto"` // was the table restored, and its settings complete or compared, within it
	RPOSeconds float64 `json:"rpo_seconds,omitempty"`
	RPO        Answer  `json:"rpo"` // was the point no older than it when the drill began
}

// Answer is whether an objective was met.
type Answer string

// The answers.
const (
	Met     Answer = "met"
	Missed  Answer = "missed"
	Unknown Answer = "unknown"
	NotSet  Answer = "not-set"
)

// Enum lists the values.
func (Answer) Enum() []string {
	return []string{string(Met), string(Missed), string(Unknown), string(NotSet)}
}

// Outcome is how one setting of the restored table stands to the source's.
type Outcome string

// The outcomes.
const (
	Carried      Outcome = "carried"   // AWS carried it over
	Reapplied    Outcome = "reapplied" // by us, after the restore
	Same         Outcome = "same"
	Differs      Outcome = "differs" // and should not: fails the drill
	ExpectedLoss Outcome = "expected-loss"
	NotPossible  Outcome = "not-possible"
	NotKnown     Outcome = "unknown"
)

// Enum lists the values.
func (Outcome) Enum() []string {
	return []string{string(Carried), string(Reapplied), string(Same), string(Differs), string(ExpectedLoss), string(NotPossible), string(NotKnown)}
}

// Setting is one line of the settings table.
type Setting struct {
	Setting  string  `json:"setting"`
	Source   string  `json:"source"`
	Restored string  `json:"restored"`
	Outcome  Outcome `json:"outcome"`
	Reason   string  `json:"reason,omitempty"`
}

// Method is how strong the comparison of items is.
type Method string

// The methods, strongest first.
const (
	Exact   Method = "exact"   // nothing changed, or a stream explains every difference
	Bounded Method = "bounded" // an attribute of the items tells which changed after the restored moment
	Drift   Method = "drift"   // differences are counted, and nothing explains them
	Sample  Method = "sample"  // only a part of the table was compared
	Nothing Method = "none"    // there was no source to compare with: counts and invariants only
)

// Enum lists the values.
func (Method) Enum() []string {
	return []string{string(Exact), string(Bounded), string(Drift), string(Sample), string(Nothing)}
}

// Items is the comparison of the items of source and restored table.
type Items struct {
	Method       Method       `json:"method"`
	Quiet        bool         `json:"quiet"`                  // nothing changed in the source since the restored moment, as far as can be seen
	SampleShare  float64      `json:"sample_share,omitempty"` // 0 to 1, where a sample was read; 0: of the whole table, or not known
	ChangedAt    string       `json:"changed_at,omitempty"`   // the attribute of Method bounded
	Stream       string       `json:"stream,omitempty"`       // ARN of the stream of Method exact
	Source       *Fingerprint `json:"source,omitempty"`       // nil: there was none to read
	Restored     Fingerprint  `json:"restored"`
	Same         int64        `json:"same"`
	Changed      int64        `json:"changed"`
	OnlySource   int64        `json:"only_source"`
	OnlyRestored int64        `json:"only_restored"`
	Explained    int64        `json:"explained"`            // of the differing ones
	Unexplained  int64        `json:"unexplained"`          // of the differing ones
	DriftShare   float64      `json:"drift_share"`          // unexplained of all items, 0 to 1
	MaxDrift     float64      `json:"max_drift"`            // what the user allowed
	Differences  []Difference `json:"differences"`          // at most so many as the drill was told to name
	More         int64        `json:"more"`                 // differing items that are not named
	MACKeyID     string       `json:"mac_key_id,omitempty"` // sha256 of the key of Difference.MAC, hex: the key itself stays with whoever did the drill
	BytesRead    int64        `json:"bytes_read,omitempty"`
	RCU          float64      `json:"rcu,omitempty"` // consumed, as AWS stated it
	Verdict      ItemsVerdict `json:"verdict"`
	Reason       string       `json:"reason,omitempty"`
}

// ItemsVerdict is what the comparison of items says.
type ItemsVerdict string

// The verdicts of a comparison.
const (
	ItemsEqual       ItemsVerdict = "equal" // after what is explained
	ItemsWithinDrift ItemsVerdict = "within-drift"
	ItemsDiffer      ItemsVerdict = "differs"
	ItemsUnknown     ItemsVerdict = "unknown"
)

// Enum lists the values.
func (ItemsVerdict) Enum() []string {
	return []string{string(ItemsEqual), string(ItemsWithinDrift), string(ItemsDiffer), string(ItemsUnknown)}
}

// Fingerprint stands for all items of a table, in any order: sums, modulo 2^256, of a keyed hash of each item.
type Fingerprint struct {
	Algorithm     string `json:"algorithm"`
	HashKey       string `json:"hash_key"` // random, made for this drill; hex
	Count         int64  `json:"count"`
	Total         string `json:"total"`          // hex
	Buckets       int    `json:"buckets"`        // number
	BucketsSHA256 string `json:"buckets_sha256"` // of all buckets' counts and sums in order, hex
}

// DifferenceKind says where an item is.
type DifferenceKind string

// The kinds of differences.
const (
	ItemChanged      DifferenceKind = "changed"
	ItemOnlySource   DifferenceKind = "only-source"
	ItemOnlyRestored DifferenceKind = "only-restored"
)

// Enum lists the values.
func (DifferenceKind) Enum() []string {
	return []string{string(ItemChanged), string(ItemOnlySource), string(ItemOnlyRestored)}
}

// Difference names one differing item without telling its key: whoever has the secret key can look a key up, nobody can read it off.
type Difference struct {
	Kind        DifferenceKind `json:"kind"`
	MAC         string         `json:"mac"`                   // HMAC-SHA-256 of the canonical primary key, hex
	Key         string         `json:"key,omitempty"`         // DynamoDB's JSON of the primary key; only if the user asked for it
	Explanation string         `json:"explanation,omitempty"` // what explains it; empty: nothing does
}

// Invariant is a condition of the user's on the restored items.
type Invariant struct {
	Name       string `json:"name,omitempty"`
	Expression string `json:"expression"` // CEL
	Verdict    Truth  `json:"verdict"`
	Checked    int64  `json:"checked"` // items that it was evaluated on
	Failed     int64  `json:"failed"`
	Reason     string `json:"reason,omitempty"`
}

// Truth is what became of an invariant.
type Truth string

// The values.
const (
	Holds     Truth = "holds"
	Broken    Truth = "broken"
	Undecided Truth = "unknown"
)

// Enum lists the values.
func (Truth) Enum() []string { return []string{string(Holds), string(Broken), string(Undecided)} }

// Call is one AWS call by which CloudTrail can confirm the drill: it records the same request id.
type Call struct {
	Action    string         `json:"action"` // such as dynamodb:RestoreTableToPointInTime
	RequestID string         `json:"request_id"`
	At        estate.Instant `json:"at"`
	Account   string         `json:"account"`
	Region    string         `json:"region"`
	Resource  string         `json:"resource,omitempty"` // ARN
	Code      string         `json:"code,omitempty"`     // of the error that AWS answered; empty: it answered well
}

// CleanupOutcome is what became of the restored table.
type CleanupOutcome string

// The outcomes of the clean-up.
const (
	Removed   CleanupOutcome = "removed" // ListTables does not show it any more
	Kept      CleanupOutcome = "kept"    // as the user asked
	LeftOver  CleanupOutcome = "left"    // it could not be removed
	NotNeeded CleanupOutcome = "not-needed"
)

// Enum lists the values.
func (CleanupOutcome) Enum() []string {
	return []string{string(Removed), string(Kept), string(LeftOver), string(NotNeeded)}
}

// Cleanup is what became of what the drill made.
type Cleanup struct {
	Outcome CleanupOutcome `json:"outcome"`
	At      estate.Instant `json:"at,omitempty"`
	Left    []string       `json:"left,omitempty"` // ARNs of what is still there
	Reason  string         `json:"reason,omitempty"`
}

// Cost is what the drill was expected to cost and what its measured use costs at list prices, in US dollars.
type Cost struct {
	EstimatedUSD float64 `json:"estimated_usd"`
	MeasuredUSD  float64 `json:"measured_usd"`    // 0: not measured
	Basis        string  `json:"basis,omitempty"` // which price list, and what it leaves out
}

// Verdict is the end of a drill.
type Verdict string

// The verdicts.
const (
	Passed       Verdict = "passed"
	Failed       Verdict = "failed"
	Inconclusive Verdict = "unknown" // something could not be looked at, and nothing failed
)

// Enum lists the values.
func (Verdict) Enum() []string { return []string{string(Passed), string(Failed), string(Inconclusive)} }
