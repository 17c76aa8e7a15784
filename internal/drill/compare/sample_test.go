package compare

import (
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/awssim"
)

func TestASampleLooksUpSomeItemsInBothTables(t *testing.T) {
	s := newStage(t)
	s.twins(60, nil)
	r := s.items(Options{Sample: 20, Invariants: []Invariant{{Expr: "item.at >= 0"}}})
	wants(t, r, Equal, Sampled)
	if r.A.Count != 20 || r.B.Count != 20 || r.Same < 20 || r.Same > 40 || r.Invariants[0].Outcome != Holds || !strings.Contains(r.Reason, "sample") {
		t.Errorf("%+v", r)
	}
	if r = s.items(Options{Sample: 20, Invariants: []Invariant{{Expr: "count >= 1"}}}); r.Verdict != Unknown {
		t.Errorf("%+v", r)
	}
}

func TestASampleOfEverythingFindsEverything(t *testing.T) {
	s := newStage(t)
	s.twins(30, nil)
	x := order(5)
	x["total"] = num(0)
	s.put("copy", x, order(700))
	s.remove("copy", order(6))
	r := s.items(Options{Sample: 1000})
	wants(t, r, Differs, Sampled)
	if r.Changed != 1 || r.OnlyA != 1 || r.OnlyB != 1 || r.Same != 28 {
		t.Errorf("%+v", r)
	}
	s.fault(awssim.Fault{Action: "dynamodb:GetItem", Error: "AccessDeniedException"})
	if r = s.items(Options{Sample: 10}); r.Verdict != Unknown || r.Cause == nil {
		t.Errorf("%+v", r)
	}
}

// TestASampleOfATableThatStandsAlone: no more is read than was asked for, what was read is asked the invariants, and nothing is said to be
// counted.
func TestASampleOfATableThatStandsAlone(t *testing.T) {
	s := newStage(t)
	s.twins(60, nil)
	r := s.alone(Options{Sample: 20, Invariants: []Invariant{{Expr: "item.at >= 0"}, {Expr: "count >= 1"}}})
	if r.Method != None || r.Items != Unknown || r.B.Count != 20 || r.B.Buckets != 0 || !strings.Contains(r.Reason, "sample of 20 items") {
		t.Errorf("%+v", r)
	}
	if r.Invariants[0].Outcome != Holds || r.Invariants[0].Checked != 20 || r.Invariants[1].Outcome != Undecided {
		t.Errorf("%+v", r.Invariants)
	}
	if r = s.alone(Options{Sample: 20, Invariants: []Invariant{{Expr: "item.at < 0"}}}); r.Verdict != Differs {
		t.Errorf("%+v", r)
	}
	s.fault(awssim.Fault{Action: "dynamodb:Scan", Error: "AccessDeniedException"})
	if r = s.alone(Options{Sample: 20}); r.Verdict != Unknown || r.Cause == nil {
		t.Errorf("%+v", r)
	}
}
