package compare

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// How exactly a restored table is of its moment.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
const (
	ToleranceBackup = time.Minute // backups are consistent to within a minute of their request
	TolerancePITR   = time.Second // point-in-time recovery has a granularity of one second
)

// DefaultFraction is the share of provisioned or maximal capacity that reading takes unless told otherwise.
const DefaultFraction = 0.5

// Side is one of the two tables: the source is the first, the restored copy the second.
type Side struct {
	Scope *awsapi.Scope
	Table string // name or ARN
}

// Options say how to compare. The zero value compares all items with consistent reads, at half of the capacity that is provisioned.
type Options struct {
	Segments     int     // scans under way per table; 0: chosen by size
	RCUPerSecond float64 // read capacity units a second, per table; 0: by Fraction
	Fraction     float64 // of provisioned capacity, or of the maximum set on demand; 0: DefaultFraction. On demand without a maximum nothing limits
	Eventually   bool    // eventually consistent reads: half the units, and an answer that may lag behind
	Buckets      int     // of the fingerprints; 0: chosen by the number of items
	Key          fingerprint.Key
	// Moment is the one that the second table was restored to; zero: the tables are compared as they are and nothing explains a difference.
	Moment    time.Time
	Tolerance time.Duration // how far from the moment a restored item may be
	// ReadStream consents to reading the source's stream: a third reader of a shard may throttle the others, and how many there are
	// cannot be seen.
	ReadStream bool
	ChangedAt  string  // attribute of the source's items that tells when they were last changed
	MaxDrift   float64 // share of items, 0 to 1, that may differ unexplained
	Sample     int     // compare so many items of each table and no more; 0: all
	Invariants []Invariant
	MaxKeys    int            // differences named in the result; 0: 1000. The rest is counted
	Progress   func(Progress) // called by one goroutine at a time

	limits limits
}

// Progress is where a comparison stands.
type Progress struct {
	Doing string // reading, reading differences, reading stream, …
	Items int64  // read in this phase, of both tables
	Total int64  // as DynamoDB last counted; it does so every six hours
}

// limits bound memory and patience. Tests make them small.
type limits struct {
	pending int           // items held at a time while differing buckets are compared
	tracked int           // differences that are told apart, to be explained
	keyed   int           // differences whose keys are kept, to be named and repaired
	passes  int           // readings for differing buckets
	pages   int           // hashers at work per table
	patient time.Duration // how long a throttled read is repeated before it fails
	pause   func(context.Context, time.Duration) error
}

func (o Options) withDefaults() (Options, error) {
	if o.Fraction == 0 {
		o.Fraction = DefaultFraction
	}
	if o.MaxKeys == 0 {
		o.MaxKeys = 1000
	}
	if o.Key == (fingerprint.Key{}) {
		if _, err := rand.Read(o.Key[:]); err != nil {
			return o, fmt.Errorf("draw fingerprint key: %w", err)
		}
	}
	o.Progress = oneByOne(o.Progress)
	o.limits = o.limits.withDefaults()
	return o, o.validate()
}

// oneByOne lets many readers report to somebody who listens to one at a time.
func oneByOne(tell func(Progress)) func(Progress) {
	if tell == nil {
		return func(Progress) {}
	}
	var mu sync.Mutex
	return func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		tell(p)
	}
}

func (l limits) withDefaults() limits {
	if l.pending == 0 {
		l.pending = 100_000
	}
	if l.tracked == 0 {
		l.tracked = 200_000
	}
	if l.keyed == 0 {
		l.keyed = 50_000
	}
	if l.passes == 0 {
		l.passes = 8
	}
	if l.pages == 0 {
		l.pages = min(runtime.GOMAXPROCS(0), 8)
	}
	if l.patient == 0 {
		l.patient = 5 * time.Minute
	}
	if l.pause == nil {
		l.pause = awsapi.Pause
	}
	return l
}

func (o Options) validate() error {
	switch {
	case o.Segments < 0 || o.Segments > maxSegments:
		return fmt.Errorf("read options: %d segments: want 1 to %d", o.Segments, maxSegments)
	case o.RCUPerSecond < 0:
		return fmt.Errorf("read options: %v read capacity units a second: want more than 0", o.RCUPerSecond)
	case o.Fraction < 0 || o.Fraction > 1:
		return fmt.Errorf("read options: a share of %v of the capacity: want 0 to 1", o.Fraction)
	case o.MaxDrift < 0 || o.MaxDrift > 1:
		return fmt.Errorf("read options: a drift of %v: want 0 to 1", o.MaxDrift)
	case o.Tolerance < 0 || o.Sample < 0 || o.MaxKeys < 0 || o.Buckets < 0:
		return fmt.Errorf("read options: tolerance, sample, buckets and number of keys are 0 or more")
	case o.ChangedAt != "" && o.Moment.IsZero():
		return fmt.Errorf("read options: a change-time attribute needs the moment that was restored")
	}
	return nil
}
