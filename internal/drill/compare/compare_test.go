package compare

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestEqualTablesAreEqual(t *testing.T) {
	s := newStage(t)
	s.twins(60, nil)
	r := s.items(Options{Segments: 3})
	wants(t, r, Equal, Exact)
	if r.Same != 60 || r.A.Count != 60 || r.A.Fingerprint != r.B.Fingerprint || r.Readings != 1 || r.A.RCU <= 0 || r.A.Bytes == 0 {
		t.Errorf("%+v", r)
	}
	if r.A.Buckets != r.Buckets || r.A.Digest != r.B.Digest || r.A.Digest == r.A.Fingerprint {
		t.Errorf("%d buckets, digests %s and %s", r.A.Buckets, r.A.Digest, r.B.Digest)
	}
	if r.A.ARN == r.B.ARN || r.A.TableID == "" || !r.Consistent || r.DriftShare != 0 {
		t.Errorf("%+v", r)
	}
}

// TestPlantedDamageIsFound: each of these must be caught, named, and nothing else with it.
func TestPlantedDamageIsFound(t *testing.T) {
	for name, plant := range map[string]struct {
		do   func(*stage)
		kind Kind
	}{
		"an attribute changed": {func(s *stage) {
			x := order(5)
			x["paid"] = &types.AttributeValueMemberBOOL{Value: true}
			s.put("copy", x)
		}, Changed},
		"an attribute missing": {func(s *stage) { x := order(5); delete(x, "note"); s.put("copy", x) }, Changed},
		"an attribute more":    {func(s *stage) { x := order(5); x["more"] = str(""); s.put("copy", x) }, Changed},
		"an item missing":      {func(s *stage) { s.remove("copy", order(5)) }, OnlyA},
		"an item more":         {func(s *stage) { s.put("copy", order(500)) }, OnlyB},
		"the last digit":       {func(s *stage) { x := order(5); x["total"] = num("1234567890123456789012345678.91"); s.put("copy", x) }, Changed},
		"a set lost a member": {func(s *stage) {
			x := order(5)
			x["sizes"] = &types.AttributeValueMemberNS{Value: []string{"1"}}
			s.put("copy", x)
		}, Changed},
		"text for a number": {func(s *stage) { x := order(5); x["changed"] = str("1772362800"); s.put("copy", x) }, Changed},
		"one byte": {func(s *stage) {
			x := order(5)
			x["blob"] = &types.AttributeValueMemberB{Value: []byte{0, 5, 254}}
			s.put("copy", x)
		}, Changed},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.twins(20, nil)
			plant.do(s)
			r := s.items(Options{Segments: 2})
			wants(t, r, Differs, Drift)
			if len(r.Differences) != 1 || r.Differences[0].Kind != plant.kind || r.Unexplained != 1 {
				t.Fatalf("%+v", r.Differences)
			}
			want := `{"id":{"S":"customer-5"},"at":{"N":"5"}}`
			if plant.kind == OnlyB {
				want = `{"id":{"S":"customer-3"},"at":{"N":"500"}}`
			}
			if got := string(r.Differences[0].Key); got != want {
				t.Errorf("key %s, want %s", got, want)
			}
		})
	}
}

func TestALittleRoomTakesMoreReadings(t *testing.T) {
	s := newStage(t)
	s.twins(40, nil)
	for i := range 40 {
		x := order(i)
		x["total"] = num(i)
		s.put("copy", x)
	}
	for _, c := range []struct {
		room, passes int
		left         bool
	}{{1000, 8, false}, {12, 50, false}, {12, 2, true}, {1, 8, true}} {
		r := s.items(Options{Buckets: 8, limits: limits{pending: c.room, passes: c.passes}})
		wants(t, r, Differs, Drift)
		if (r.Unexamined > 0) != c.left {
			t.Errorf("room %d: %d not looked into", c.room, r.Unexamined)
		}
		if !c.left && (r.Changed != 40 || r.Same != 0 || len(r.Differences) != 40) {
			t.Errorf("room %d: %+v", c.room, r)
		}
		if c.left && r.Changed+r.Unexamined != 40 {
			t.Errorf("room %d: %d changed and %d not looked into, of 40", c.room, r.Changed, r.Unexamined)
		}
	}
}

func TestDriftIsJudgedByItsLimit(t *testing.T) {
	s := newStage(t)
	s.twins(20, nil)
	s.remove("copy", order(3))
	wants(t, s.items(Options{MaxDrift: 0.05}), WithinDrift, Drift)
	wants(t, s.items(Options{MaxDrift: 0.049}), Differs, Drift)
}

// TestWhatIsNotKeptIsCounted: of very many differences the first are named, more are told apart, and the rest is counted.
func TestWhatIsNotKeptIsCounted(t *testing.T) {
	s := newStage(t)
	s.twins(40, nil)
	for i := range 40 {
		x := order(i)
		x["total"] = num(i)
		s.put("copy", x)
	}
	s.put("copy", order(900))
	r := s.items(Options{Moment: began, limits: limits{tracked: 10, keyed: 4}})
	wants(t, r, Differs, Drift)
	if r.Changed != 40 || r.OnlyB != 1 || r.Same != 0 || len(r.Differences) != 4 || r.MoreKeys != 37 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "too many") {
		t.Errorf("%+v", r)
	}
	if _, done := writes(t, r); done.Puts+done.Deletes != 4 || done.Missing != 37 {
		t.Errorf("%+v", done)
	}
}
