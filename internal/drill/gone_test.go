package drill_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/compare"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/ways"
)

// gone makes the drill of orders after it was deleted. With known, settings are what the estate said before; else what the point says.
func (s *shop) gone(e *drill.Engine, asked drill.Asked, known bool) *drill.Drill {
	s.t.Helper()
	var source restore.Source
	var err error
	if known {
		source, err = restore.Read(s.t.Context(), s.account(simtest.Account), simtest.Region, "orders")
		s.must(nil, err)
	}
	deleteSource(s, nil)
	all, _, err := ways.List(s.estate(), "orders", ways.Options{})
	s.must(nil, err)
	way, _, err := drill.Choose(all, "", asked.From, "")
	s.must(way, err)
	var key restore.Key
	switch {
	case known:
	case way.Native():
		source, err = restore.FromBackup(s.t.Context(), s.account(simtest.Account), simtest.Region, way.ARN)
	default:
		key, err = restore.KeyOfPoint(s.t.Context(), s.account(simtest.Account), simtest.Region, way.Vault, way.ARN)
	}
	s.must(nil, err)
	s.runs++
	asked.Run, asked.Tool, asked.Partition, asked.Caller, asked.Role = "d-20261121T120000Z-00000a", "test", "aws", "arn:aws:iam::"+simtest.Account+":root", role
	d, err := drill.NewGone(asked, way.Table, source, key, way)
	s.must(d, err)
	s.must(nil, e.Plan(s.t.Context(), d))
	return d
}

// TestADrillOfATableThatIsGone: the restore is shown, the counts are told, the invariants are asked, and what cannot be compared is not
// taken for equal.
func TestADrillOfATableThatIsGone(t *testing.T) {
	for name, c := range map[string]struct {
		point, known bool
		kind, says   string
		invariant    string
		verdict      drill.Verdict
	}{
		"by its system backup":                      {kind: drill.FromSystem, says: "as many as the backup says", verdict: drill.Unknown},
		"by its system backup, with an estate file": {kind: drill.FromSystem, known: true, says: "as many as the backup says", verdict: drill.Unknown},
		"an invariant that holds shows no more":     {kind: drill.FromSystem, known: true, invariant: "count == 40", says: "nothing to compare", verdict: drill.Unknown},
		"an invariant that fails":                   {kind: drill.FromSystem, known: true, invariant: "count > 1000", says: "nothing to compare", verdict: drill.Refuted},
		"by a recovery point":                       {kind: drill.FromPoint, point: true, says: "does not say how many", verdict: drill.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t, false)
			asked := drill.Asked{}
			if c.point {
				s.point(simtest.Account, simtest.Region)
				for _, id := range s.points() {
					asked.From = id
				}
			}
			if c.invariant != "" {
				asked.Wish.Invariants = []compare.Invariant{{Expr: c.invariant}}
			}
			e := s.engine()
			d := s.gone(e, asked, c.known)
			s.must(nil, e.Run(t.Context(), d))
			if d.From.Kind != c.kind || d.Verdict != c.verdict || d.Cleanup.State != drill.Removed || len(s.left()) > 0 {
				t.Fatalf("%s from %s, %+v, left %v: %+v", d.Verdict, d.From.Kind, d.Cleanup, s.left(), d.Reasons)
			}
			if d.Items == nil || d.Items.Method != evidence.Nothing || d.Items.Restored.Count != items || d.Items.Source != nil || !strings.Contains(d.Items.Reason, c.says) {
				t.Errorf("items: %+v", d.Items)
			}
			for _, r := range d.Reasons {
				if c.known && strings.HasPrefix(r.Text, "setting") {
					t.Errorf("the estate file says it: %s", r)
				}
			}
			p := d.Predicate(evidence.Tool{Name: "restorable", Version: "test"})
			if _, err := evidence.Unsigned(p); err != nil || !p.Source.Gone {
				t.Errorf("%v: %+v", err, p.Source)
			}
		})
	}
}

// TestASettingThatAGoneTableHadIsMissed: the estate file is held against the copy as a table would be.
func TestASettingThatAGoneTableHadIsMissed(t *testing.T) {
	s := openShop(t, false)
	e := s.engine()
	d := s.gone(e, drill.Asked{}, true)
	e.Before = func(d *drill.Drill, to drill.State) {
		if to == drill.Completing {
			s.must(s.db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &d.Target.Name, GlobalSecondaryIndexUpdates: dropIndex("by-customer")}))
			s.advance(10 * 60e9)
		}
	}
	s.must(nil, e.Run(t.Context(), d))
	if d.Verdict != drill.Refuted || !slices.ContainsFunc(d.Reasons, func(r drill.Reason) bool { return strings.Contains(r.Text, "setting global indexes differs") }) {
		t.Errorf("%s: %+v", d.Verdict, d.Reasons)
	}
}

// TestNothingToRestoreFromLeavesEvidence: that there is nothing is a finding, and can be stated.
func TestNothingToRestoreFromLeavesEvidence(t *testing.T) {
	s := openShop(t, false)
	switchOff(s, nil)
	e := s.engine()
	d := s.lay(e, drill.Asked{}, "")
	if d.Verdict != drill.Refuted || d.State != drill.Failed {
		t.Fatalf("%s, %s: %+v", d.Verdict, d.State, d.Reasons)
	}
	p := d.Predicate(evidence.Tool{Name: "restorable", Version: "test"})
	raw, err := evidence.Unsigned(p)
	if err != nil || p.Point.Kind != evidence.NoPoint || p.Cleanup.Outcome != evidence.NotNeeded {
		t.Fatalf("%v: %s", err, raw)
	}
	p.Verdict = evidence.Passed
	if err := p.Check(); err == nil {
		t.Error("evidence of a drill without a point may say that it passed")
	}
}

// TestASampleOfATableThatIsGone: only so many items are read as were asked for, and the evidence says which share of the table that was.
func TestASampleOfATableThatIsGone(t *testing.T) {
	s := openShop(t, false)
	e := s.engine()
	d := s.gone(e, drill.Asked{Wish: drill.Wish{Sample: 10, Invariants: []compare.Invariant{{Expr: "count == 40"}}}}, true)
	s.must(nil, e.Run(t.Context(), d))
	i := d.Items
	if d.Verdict != drill.Unknown || i == nil || i.Method != evidence.Nothing || i.Restored.Count != 10 || !strings.Contains(i.Reason, "a sample of 10 items") {
		t.Fatalf("%s: %+v", d.Verdict, i)
	}
	if i.SampleShare != 0.25 {
		t.Errorf("10 of 40 items are %v", i.SampleShare)
	}
	if len(d.Invariants) != 1 || d.Invariants[0].Verdict != evidence.Undecided {
		t.Errorf("nothing can be counted in a sample: %+v", d.Invariants)
	}
	if _, err := evidence.Unsigned(d.Predicate(evidence.Tool{Name: "restorable", Version: "test"})); err != nil {
		t.Error(err)
	}
}

// TestTheEvidenceSaysHowLargeASampleWas: never that all was compared where only some of it was.
func TestTheEvidenceSaysHowLargeASampleWas(t *testing.T) {
	s := openShop(t, false)
	e := s.engine()
	d := s.lay(e, drill.Asked{Wish: drill.Wish{Sample: 10}}, "")
	s.must(nil, e.Run(t.Context(), d))
	if i := d.Items; i == nil || i.Method != evidence.Sample || i.SampleShare != 0.25 {
		t.Errorf("10 of 40 items: %+v", d.Items)
	}
}
