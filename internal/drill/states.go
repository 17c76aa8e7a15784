package drill

import "slices"

// State is how far a drill has come.
type State string

// The states, in their order. A drill ends in Done when its restore was compared, whatever is known of the outcome, and in Failed when
// the restore failed or is not what it should be.
const (
	Planned    State = "planned"    // nothing was asked of AWS
	Restoring  State = "restoring"  // AWS may have been asked for the restore
	Completing State = "completing" // the restored table is ACTIVE; it is tagged and its settings are compared
	Comparing  State = "comparing"  // its items are compared
	Cleaning   State = "cleaning"   // it is being deleted
	Done       State = "done"
	Failed     State = "failed"
)

// States lists the states in their order.
func States() []State {
	return []State{Planned, Restoring, Completing, Comparing, Cleaning, Done, Failed}
}

// Ended reports whether nothing is left to do.
func (s State) Ended() bool { return s == Done || s == Failed }

// mayFollow reports whether a drill may go from one state to another: forwards only, and from anywhere to cleaning.
func mayFollow(from, to State) bool {
	all := States()
	a, b := slices.Index(all, from), slices.Index(all, to)
	switch {
	case a < 0 || b < 0 || from.Ended():
		return false
	case to.Ended():
		return from == Cleaning || from == Planned
	}
	return b == a+1 || to == Cleaning && b > a
}

// Verdict is what a drill proves.
type Verdict string

// The verdicts. The zero value is that nothing is decided yet.
const (
	Passed  Verdict = "passed"  // the table was got back, and nothing differs that is not explained
	Refuted Verdict = "failed"  // the restore failed, or something differs that nothing explains
	Unknown Verdict = "unknown" // it could not be found out
)
