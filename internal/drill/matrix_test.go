package drill_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/evidence"
)

// place is where the copy is made.
type place struct {
	name, account, region string
}

// TestEverySourceMovingAndPlace drills from each kind of point, with a source that rests or moves on, with and without a stream that tells
// how, here, in another Region and in another account. Writes to the source are refused all along.
func TestEverySourceMovingAndPlace(t *testing.T) {
	places := []place{{"here", simtest.Account, simtest.Region}, {"other Region", simtest.Account, far}, {"other account", partner, simtest.Region}}
	for _, from := range []string{drill.FromPITR, drill.FromBackup, drill.FromPoint} {
		for _, at := range places {
			if at.account != simtest.Account && from != drill.FromPoint {
				continue // DynamoDB restores into its own account alone
			}
			for _, moves := range []string{"rests", "moves with a stream", "moves without a stream"} {
				t.Run(from+", "+at.name+", "+moves, func(t *testing.T) {
					t.Parallel()
					drillOnce(t, from, at, moves)
				})
			}
		}
	}
}

func drillOnce(t *testing.T, from string, at place, moves string) {
	s := openShop(t, moves == "moves with a stream")
	asked := drill.Asked{From: from, Role: role}
	asked.Wish.UseStream = moves == "moves with a stream"
	account := ""
	switch from {
	case drill.FromBackup:
		s.native()
		asked.From = drill.Newest
	case drill.FromPoint:
		s.point(at.account, at.region)
		asked.From, account = drill.Newest, at.account
	}
	if at.region != simtest.Region {
		asked.Region = at.region
	}
	if at.account != simtest.Account {
		asked.Role = theirs
	}
	e := s.engine()
	d := s.lay(e, asked, account)
	s.guard()
	if moves != "rests" {
		e.Before = func(_ *drill.Drill, to drill.State) {
			if to == drill.Comparing {
				s.advance(10 * time.Minute)
				changed := order(3)
				changed["total"] = &types.AttributeValueMemberN{Value: "1"}
				s.put(s.db, "orders", changed)
				s.put(s.db, "orders", order(items+1))
			}
		}
	}
	s.must(nil, e.Run(t.Context(), d))
	want := drill.Passed
	if moves == "moves without a stream" {
		want = drill.Refuted
	}
	if d.Verdict != want || d.Cleanup.State != drill.Removed || len(s.left()) > 0 {
		t.Fatalf("%s, %+v, tables left %v: %+v", d.Verdict, d.Cleanup, s.left(), d.Reasons)
	}
	if d.Target.Account != at.account || d.Target.Region != at.region {
		t.Errorf("the copy was made in %s of %s", d.Target.Region, d.Target.Account)
	}
	checkItems(t, d, moves)
	if p := d.Predicate(evidence.Tool{Name: "restorable", Version: "test"}); p.Restored.TableID == "" || len(p.Calls) == 0 {
		t.Errorf("the evidence lacks what CloudTrail could confirm: %+v", p)
	} else if _, err := evidence.Unsigned(p); err != nil {
		t.Error(err)
	}
}

func checkItems(t *testing.T, d *drill.Drill, moves string) {
	t.Helper()
	i := d.Items
	switch {
	case moves == "rests" && (i.Method != evidence.Exact || i.Same != items || i.Changed+i.OnlySource+i.OnlyRestored > 0):
		t.Errorf("a table that rests: %+v", i)
	case moves == "moves with a stream" && (i.Method != evidence.Exact || i.Changed != 1 || i.OnlySource != 1 || i.Explained != 2):
		t.Errorf("a table whose stream explains: %+v", i)
	case moves == "moves without a stream" && (i.Method != evidence.Drift || i.Unexplained != 2):
		t.Errorf("a table that nothing explains: %+v", i)
	}
}
