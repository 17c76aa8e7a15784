package drill

import (
	"time"

	"github.com/restorable/restorable/internal/drill/evidence"
)

// Shown is a drill as the JSON of drills shows it: everything but the secret under which evidence names differing items.
type Shown struct {
	ID          string               `json:"id"`
	Run         string               `json:"run"`
	State       State                `json:"state"`
	Verdict     Verdict              `json:"verdict,omitempty"` // empty: it was stopped before its end
	Reasons     []Reason             `json:"reasons"`
	Remarks     []string             `json:"remarks"`
	Caller      string               `json:"caller"`
	Source      Table                `json:"source"`
	From        Point                `json:"from"`
	Target      Table                `json:"target"`
	Key         Key                  `json:"key"`
	Wish        Wish                 `json:"wish"`
	Objective   Objective            `json:"objective"`
	Estimate    Estimate             `json:"estimate"`
	Restore     Restore              `json:"restore"`
	Times       Times                `json:"times"`
	ToActive    *int64               `json:"seconds_to_active"`
	ToCompleted *int64               `json:"seconds_to_complete"`
	ToVerified  *int64               `json:"seconds_to_verified"`
	Settings    []evidence.Setting   `json:"settings"`
	Items       *evidence.Items      `json:"items"`
	Invariants  []evidence.Invariant `json:"invariants"`
	Cleanup     Cleanup              `json:"cleanup"`
	Evidence    string               `json:"evidence,omitempty"`
	Signed      bool                 `json:"signed"`
	Watched     bool                 `json:"watched,omitempty"`
	Comparison  bool                 `json:"comparison,omitempty"`
}

// Show is what others may see of a drill.
func (d *Drill) Show() Shown {
	return Shown{
		ID: d.ID, Run: d.Run, State: d.State, Verdict: d.Verdict, Reasons: orEmpty(d.Reasons), Remarks: orEmpty(d.Remarks), Caller: d.Caller, Source: d.Source, From: d.From, Target: d.Target, Key: d.Key, Wish: d.Wish,
		Objective: d.Objective, Estimate: d.Estimate, Restore: d.Restore, Times: d.Times, ToActive: whole(d.Times.ToActive()), ToCompleted: whole(d.Times.ToCompleted()),
		ToVerified: whole(d.Times.ToVerified()), Settings: orEmpty(d.Settings), Items: d.Items, Invariants: orEmpty(d.Invariants), Cleanup: d.Cleanup,
		Evidence: d.Evidence, Signed: d.Signed, Watched: d.Watched, Comparison: d.Comparison,
	}
}

func whole(d time.Duration, ok bool) *int64 {
	if !ok {
		return nil
	}
	n := int64(d.Seconds())
	return &n
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
