package drill_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/store"
)

// TestResultsAreOfDrillsThatEnded: what was measured is told as it was, what was not reached as unmeasured, and a drill under way shows nothing.
func TestResultsAreOfDrillsThatEnded(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	table := drill.Table{Name: "orders", ARN: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", TableID: "id-1", Region: "eu-west-1"}
	keep := func(d drill.Drill) {
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Create(t.Context(), store.Record{Kind: drill.Kind, ID: d.ID, State: string(d.State), Data: raw}); err != nil {
			t.Fatal(err)
		}
	}
	keep(drill.Drill{ID: "d-1", State: drill.Done, Verdict: drill.Passed, Source: table, From: drill.Point{Kind: drill.FromPITR, At: at},
		Times: drill.Times{Planned: at, Requested: at, Active: at.Add(2 * time.Minute), Completed: at.Add(3 * time.Minute), Verified: at.Add(5 * time.Minute), Cleaned: at.Add(7 * time.Minute)},
		Items: &evidence.Items{Method: evidence.Exact}, Evidence: "/e.json", Signed: true})
	keep(drill.Drill{ID: "d-2", State: drill.Comparing, Source: table, Times: drill.Times{Planned: at}})
	keep(drill.Drill{ID: "d-3", State: drill.Failed, Verdict: drill.Refuted, Source: table, Times: drill.Times{Planned: at},
		Reasons: []drill.Reason{{Verdict: drill.Unknown, Text: "second"}, {Verdict: drill.Refuted, Code: "AccessDeniedException", Text: "first"}}})
	keep(drill.Drill{ID: "d-4", State: drill.Done, Verdict: drill.Unknown, Source: table, Watched: true, Times: drill.Times{Requested: at, Active: at}})
	keep(drill.Drill{ID: "d-5", State: drill.Done, Verdict: drill.Passed, Source: table, Comparison: true, Times: drill.Times{Planned: at}})
	got, err := drill.Results(t.Context(), s)
	if err != nil || len(got) != 3 {
		t.Fatalf("%d results, %v", len(got), err)
	}
	if r := got[0]; r.Active != 2*time.Minute || r.Complete != 3*time.Minute || r.Verified != 5*time.Minute || !r.Finished.Equal(at.Add(7*time.Minute)) ||
		r.Method != evidence.Exact || !r.Restored || r.TableID != "id-1" || r.Evidence != "/e.json" || !r.Signed || r.Reasons != nil {
		t.Errorf("a drill that passed: %+v", r)
	}
	if r := got[1]; r.Active != drill.Unmeasured || r.Complete != drill.Unmeasured || r.Verified != drill.Unmeasured || r.Restored || r.Method != "" || r.Verdict != drill.Refuted ||
		len(r.Reasons) != 2 || r.Reasons[0] != "first (AccessDeniedException)" {
		t.Errorf("a drill that restored nothing: %+v", r)
	}
	if r := got[2]; r.Active != 0 || r.Complete != drill.Unmeasured || !r.Watched || !r.Restored {
		t.Errorf("a restore of AWS's own: %+v", r)
	}
}

// TestResultsOfARecordThatCannotBeRead: then nothing is known, and that is not the same as that there was no drill.
func TestResultsOfARecordThatCannotBeRead(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Create(t.Context(), store.Record{Kind: drill.Kind, ID: "d-1", State: string(drill.Done), Data: json.RawMessage(`"what"`)}); err != nil {
		t.Fatal(err)
	}
	if got, err := drill.Results(t.Context(), s); err == nil {
		t.Errorf("%+v", got)
	}
}
