package drill

import (
	"context"
	"time"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/store"
)

// Result is what came of one drill that ended, as plain data: what a scan may take up as a fact of the table.
type Result struct {
	Drill    string // id
	TableARN string // of the source
	// TableID tells the source from an earlier or later table of the same name; empty: it was not known, as of a restore that AWS's own
	// restore testing made.
	TableID  string
	Finished time.Time     // AWS's clock; zero where AWS never said what time it was
	Point    Point         // what was restored; its Kind is empty where there was nothing to restore from
	Active   time.Duration // from the request until the table was ACTIVE; Unmeasured
	Complete time.Duration // until it could have been used: settings compared; Unmeasured
	Verified time.Duration // until its items were compared; Unmeasured
	Verdict  Verdict       // Passed, Refuted or Unknown
	Reasons  []string      // of a verdict that is not Passed, the weightiest first
	// Method is how the items were compared; empty: they were not. A sample, or nothing to compare with, shows less than its name.
	Method   evidence.Method
	Restored bool   // the table was got back, whatever it was worth
	Watched  bool   // AWS's restore testing made the restore
	Evidence string // file; empty: none was written
	Signed   bool   // the evidence is
}

// Unmeasured is the duration of a step that was not reached.
const Unmeasured time.Duration = -1

// Results are the drills of a store that ended, oldest first; several of one table are all there. Drills under way are not: they show
// nothing yet. Nor are comparisons of a table with a point, which look at its items alone. Errors are the store's, and of a record that cannot be read: then nothing is known of any drill.
func Results(ctx context.Context, s *store.Store) ([]Result, error) {
	all, err := All(ctx, s)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, d := range all {
		if d.State.Ended() && !d.Comparison {
			out = append(out, d.result())
		}
	}
	return out, nil
}

func (d *Drill) result() Result {
	r := Result{
		Drill: d.ID, TableARN: d.Source.ARN, TableID: d.Source.TableID, Finished: d.finished(), Point: d.From,
		Active: measured(d.Times.ToActive()), Complete: measured(d.Times.ToCompleted()), Verified: measured(d.Times.ToVerified()),
		Verdict: d.Verdict, Restored: d.restored(), Watched: d.Watched, Evidence: d.Evidence, Signed: d.Signed,
	}
	if d.Verdict != Passed {
		r.Reasons = d.weightiest()
	}
	if d.Items != nil {
		r.Method = d.Items.Method
	}
	return r
}

func measured(took time.Duration, ok bool) time.Duration {
	if !ok {
		return Unmeasured
	}
	return took
}

// finished is the last thing that is known to have happened.
func (d *Drill) finished() time.Time {
	t := d.Times
	last := t.Cleaned
	for _, other := range []time.Time{t.Planned, t.Requested, t.Active, t.Completed, t.Verified} {
		if other.After(last) {
			last = other
		}
	}
	return last
}

// weightiest are the reasons as people read them, what refutes before what is not known.
func (d *Drill) weightiest() []string {
	var out []string
	for _, v := range []Verdict{Refuted, Unknown} {
		for _, r := range d.Reasons {
			if r.Verdict == v {
				out = append(out, r.String())
			}
		}
	}
	return out
}
