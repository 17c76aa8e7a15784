package drill_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill"
)

func (s *shop) cleaner(e *drill.Engine, ids ...string) *drill.Cleaner {
	return &drill.Cleaner{Engine: e, Options: drill.CleanOptions{Account: simtest.Account, Regions: []string{simtest.Region, far}, IDs: ids, OlderThan: 24 * time.Hour}}
}

// clean finds and removes, and returns what it found by the table's name.
func (s *shop) clean(c *drill.Cleaner) map[string]drill.Leftover {
	s.t.Helper()
	found, err := c.Find(s.t.Context())
	s.must(nil, err)
	out := map[string]drill.Leftover{}
	for i := range found {
		s.must(nil, c.Remove(s.t.Context(), &found[i]))
		out[found[i].Table.Name] = found[i]
	}
	return out
}

func (s *shop) makePlain(name string, tags map[string]string) {
	s.t.Helper()
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}}
	for k, v := range tags {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(k), Value: aws.String(v)})
	}
	s.must(s.db.CreateTable(s.t.Context(), in))
}

// TestCleanupRemovesWhatDrillsMadeAndNothingElse: tables that only look like a drill's stay, each with its reason.
func TestCleanupRemovesWhatDrillsMadeAndNothingElse(t *testing.T) {
	s := openShop(t, false)
	e := s.engine()
	name := func(rest string) string { return drill.TablePrefix + rest }
	s.makePlain(name("by-hand"), nil)
	s.makePlain(name("20261101T000000Z-aaaaaa-11111111"), map[string]string{drill.ToolTag: "restorable", drill.DrillTag: "d-20261101T000000Z-aaaaaa-11111111"})
	s.makePlain(name("20261101T000000Z-bbbbbb-22222222"), map[string]string{drill.ToolTag: "restorable", drill.DrillTag: "d-20261101T000000Z-cccccc-33333333"})
	s.makePlain(name("20261101T000000Z-dddddd-44444444"), map[string]string{drill.DrillTag: "d-20261101T000000Z-dddddd-44444444"})
	s.makePlain("restored-by-somebody", map[string]string{drill.ToolTag: "restorable"})
	s.advance(25 * time.Hour)
	s.makePlain(name("20261122T000000Z-eeeeee-55555555"), map[string]string{drill.ToolTag: "restorable", drill.DrillTag: "d-20261122T000000Z-eeeeee-55555555"})
	s.advance(time.Minute)

	stopped := s.lay(e, drill.Asked{From: drill.FromPITR}, "")
	ctx, stop := context.WithCancel(t.Context())
	e.Before = func(_ *drill.Drill, to drill.State) {
		if to == drill.Comparing {
			stop()
		}
	}
	_ = e.Run(ctx, stopped) // it stops, as a killed one does
	e.Before = nil
	asked := drill.Asked{From: drill.FromPITR, Wish: drill.Wish{Keep: true}}
	kept := s.lay(e, asked, "")
	s.must(nil, e.Run(t.Context(), kept))

	got := s.clean(s.cleaner(e))
	for table, want := range map[string]string{
		name("by-hand"): "nothing proves", name("20261101T000000Z-bbbbbb-22222222"): "nothing proves", name("20261101T000000Z-dddddd-44444444"): "nothing proves",
		name("20261122T000000Z-eeeeee-55555555"): "another machine", kept.Target.Name: "kept on purpose",
	} {
		if l := got[table]; l.Ours || l.Removed || !strings.Contains(l.Why, want) {
			t.Errorf("%s: %+v, want it left alone because %q", table, l, want)
		}
	}
	for _, table := range []string{name("20261101T000000Z-aaaaaa-11111111"), stopped.Target.Name} {
		if !got[table].Removed {
			t.Errorf("%s was not removed: %+v", table, got[table])
		}
	}
	if left := s.left(); len(left) != 6 {
		t.Errorf("tables left: %v, want the six that are not drills' of this machine, or kept", left)
	}
	s.clean(s.cleaner(e, kept.ID))
	if left := s.left(); len(left) != 5 {
		t.Errorf("the table that was kept was named, and is there: %v", left)
	}
	d, err := drill.Load(t.Context(), s.store, stopped.ID)
	s.must(nil, err)
	if d.State != drill.Done || d.Verdict != drill.Unknown {
		t.Errorf("the drill that was cleaned up is %s, %s", d.State, d.Verdict)
	}
}

// TestCleanupLeavesAnotherTableOfTheName: after somebody deleted the copy and made another table of its name, it is not a drill's any more.
func TestCleanupLeavesAnotherTableOfTheName(t *testing.T) {
	s := openShop(t, false)
	e := s.engine()
	d := s.lay(e, drill.Asked{From: drill.FromPITR, Wish: drill.Wish{Keep: true}}, "")
	s.must(nil, e.Run(t.Context(), d))
	deleteCopy(s, d)
	s.makePlain(d.Target.Name, map[string]string{drill.ToolTag: "restorable", drill.DrillTag: d.ID})
	s.advance(time.Minute)
	got := s.clean(s.cleaner(e, d.ID))[d.Target.Name]
	if got.Ours || got.Removed || !strings.Contains(got.Why, "TableId") {
		t.Errorf("%+v", got)
	}
	if left := s.left(); len(left) != 1 {
		t.Errorf("tables left: %v", left)
	}
}

// TestADrillThatIsUnderWayIsNotCleanedUp: whoever works on it holds its lock.
func TestADrillThatIsUnderWayIsNotCleanedUp(t *testing.T) {
	s := openShop(t, false)
	e := s.engine()
	d := s.lay(e, drill.Asked{From: drill.FromPITR}, "")
	e.Before = func(_ *drill.Drill, to drill.State) {
		if to != drill.Comparing {
			return
		}
		if got := s.clean(s.cleaner(s.engine()))[d.Target.Name]; got.Removed || got.Problem == "" {
			t.Errorf("a drill under way was cleaned up: %+v", got)
		}
	}
	s.must(nil, e.Run(t.Context(), d))
	if d.Verdict != drill.Passed {
		t.Errorf("%s: %+v", d.Verdict, d.Reasons)
	}
}
