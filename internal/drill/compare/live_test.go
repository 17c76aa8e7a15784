package compare

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim"
)

func streamOf(view types.StreamViewType) *types.StreamSpecification {
	return &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: view}
}

func at(s *stage, i int) item {
	x := order(i)
	x["changed"] = num(s.now.Unix())
	return x
}

// moved is a source of 20 items that goes on after the moment, by one change of each kind.
func moved(t *testing.T, view types.StreamViewType) (*stage, time.Time) {
	t.Helper()
	s := newStage(t)
	var spec *types.StreamSpecification
	if view != "" {
		spec = streamOf(view)
	}
	s.twins(20, spec)
	s.advance(10 * time.Minute)
	moment := s.now
	s.advance(10 * time.Minute)
	s.put("orders", at(s, 3), at(s, 100))
	s.remove("orders", order(4))
	s.advance(time.Minute)
	return s, moment
}

var views = []types.StreamViewType{types.StreamViewTypeKeysOnly, types.StreamViewTypeNewImage, types.StreamViewTypeOldImage, types.StreamViewTypeNewAndOldImages}

func TestAStreamExplainsEveryDifference(t *testing.T) {
	for _, view := range views {
		t.Run(string(view), func(t *testing.T) {
			s, moment := moved(t, view)
			r := s.items(Options{Moment: moment, Tolerance: TolerancePITR, ReadStream: true})
			wants(t, r, Equal, Exact)
			if r.Explained != 3 || r.Unexplained != 0 || !r.Stream.Whole || r.Stream.View != string(view) || r.Changed != 1 || r.OnlyA != 1 || r.OnlyB != 1 {
				t.Errorf("%+v, stream %+v", r, r.Stream)
			}
			old := int64(0)
			if view == types.StreamViewTypeOldImage || view == types.StreamViewTypeNewAndOldImages {
				old = 2
			}
			if r.OldImages != old {
				t.Errorf("%d items are what the old images say, want %d", r.OldImages, old)
			}
		})
	}
}

func TestDamageThatNoRecordExplainsFails(t *testing.T) {
	for _, view := range views {
		for name, plant := range map[string]func(*stage){
			"changed": func(s *stage) { x := order(9); x["total"] = num(1); s.put("copy", x) },
			"missing": func(s *stage) { s.remove("copy", order(9)) },
			"more":    func(s *stage) { s.put("copy", order(300)) },
		} {
			t.Run(string(view)+" "+name, func(t *testing.T) {
				s, moment := moved(t, view)
				plant(s)
				r := s.items(Options{Moment: moment, Tolerance: ToleranceBackup, ReadStream: true, ChangedAt: "changed", MaxDrift: 1})
				wants(t, r, Differs, Exact)
				if r.Unexplained != 1 || r.Explained != 3 || r.Differences[0].Explained {
					t.Errorf("%+v", r)
				}
			})
		}
	}
}

// TestAnOldImageConvictsWhatAKeyWouldExcuse: an item that was changed after the moment and is also damaged in the copy.
func TestAnOldImageConvictsWhatAKeyWouldExcuse(t *testing.T) {
	for view, want := range map[types.StreamViewType]Verdict{types.StreamViewTypeKeysOnly: Equal, types.StreamViewTypeNewAndOldImages: Differs, types.StreamViewTypeOldImage: Differs} {
		s, moment := moved(t, view)
		x := order(3)
		x["total"] = num(1)
		s.put("copy", x)
		r := s.items(Options{Moment: moment, Tolerance: TolerancePITR, ReadStream: true})
		wants(t, r, want, Exact)
		if want == Differs && (r.Contradicted != 1 || !strings.Contains(r.Differences[0].Why, "otherwise")) {
			t.Errorf("%+v", r)
		}
	}
	s, moment := moved(t, types.StreamViewTypeKeysOnly)
	s.put("copy", order(100)) // the stream knows that it was made later
	wants(t, s.items(Options{Moment: moment, Tolerance: TolerancePITR, ReadStream: true}), Differs, Exact)
}

// TestWithinTheToleranceEitherStateWillDo: the copy may show an item before or after a change close to the moment.
func TestWithinTheToleranceEitherStateWillDo(t *testing.T) {
	s := newStage(t)
	s.twins(5, streamOf(types.StreamViewTypeNewAndOldImages))
	s.advance(10 * time.Minute)
	moment := s.now
	first, second := order(3), order(3)
	first["total"], second["total"] = num(1), num(2)
	s.advance(30 * time.Second)
	s.put("orders", first)
	s.advance(30 * time.Minute)
	s.put("orders", second)
	for _, held := range []item{order(3), first} {
		s.put("copy", held)
		wants(t, s.items(Options{Moment: moment, Tolerance: ToleranceBackup, ReadStream: true}), Equal, Exact)
	}
	s.put("copy", first)
	wants(t, s.items(Options{Moment: moment, Tolerance: TolerancePITR, ReadStream: true}), Differs, Exact)
}

func TestAStreamIsReadByConsentAlone(t *testing.T) {
	s, moment := moved(t, types.StreamViewTypeKeysOnly)
	r := s.items(Options{Moment: moment, Tolerance: TolerancePITR})
	wants(t, r, Differs, Drift)
	if r.Stream != nil || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "consent") || s.sim.Calls()["dynamodb:GetRecords"] > 0 {
		t.Errorf("%v, %v", r.Notes, s.sim.Calls())
	}
}

// TestAStreamThatDoesNotCoverIsNeverExact: what could not be held against the stream is unknown.
func TestAStreamThatDoesNotCoverIsNeverExact(t *testing.T) {
	late := func(t *testing.T) (*stage, time.Time) {
		s, moment := moved(t, types.StreamViewTypeKeysOnly)
		s.advance(25 * time.Hour)
		return s, moment
	}
	young := func(t *testing.T) (*stage, time.Time) {
		s, _ := moved(t, types.StreamViewTypeKeysOnly)
		return s, began.Add(-time.Hour)
	}
	none := func(t *testing.T) (*stage, time.Time) { return moved(t, "") }
	struck := func(action, code string) func(*testing.T) (*stage, time.Time) {
		return func(t *testing.T) (*stage, time.Time) {
			s, moment := moved(t, types.StreamViewTypeKeysOnly)
			s.fault(awssim.Fault{Action: "dynamodb:" + action, Error: code})
			return s, moment
		}
	}
	for name, begin := range map[string]func(*testing.T) (*stage, time.Time){
		"trimmed by age": late, "switched on later": young, "no stream": none,
		"expired": struck("GetRecords", "ExpiredIteratorException"), "trimmed": struck("GetRecords", "TrimmedDataAccessException"),
		"denied": struck("GetRecords", "AccessDeniedException"), "throttled": struck("GetShardIterator", "throttle"), "garbage": struck("GetRecords", "garbage"),
		"truncated": struck("GetRecords", "truncate"), "hidden": struck("DescribeStream", "AccessDeniedException"), "over the limit": struck("DescribeStream", "LimitExceededException"),
	} {
		t.Run(name, func(t *testing.T) {
			s, moment := begin(t)
			r := s.items(Options{Moment: moment, Tolerance: TolerancePITR, ReadStream: true})
			wants(t, r, Unknown, Drift)
			if r.Stream == nil || r.Stream.Whole || r.Stream.Problem == "" || r.Explained > 0 {
				t.Errorf("%+v", r.Stream)
			}
		})
	}
}

func TestAnIteratorThatExpiresOnceIsRenewed(t *testing.T) {
	s, moment := moved(t, types.StreamViewTypeKeysOnly)
	s.fault(awssim.Fault{Action: "dynamodb:GetRecords", Error: "ExpiredIteratorException", Times: 1})
	wants(t, s.items(Options{Moment: moment, Tolerance: TolerancePITR, ReadStream: true}), Equal, Exact)
}

func TestAChangeTimeBoundsDifferences(t *testing.T) {
	s, moment := moved(t, "")
	o := Options{Moment: moment, Tolerance: TolerancePITR, ChangedAt: "changed"}
	r := s.items(o)
	wants(t, r, Differs, Bounded) // of the deletion nothing says when
	if r.Deletions != 1 || r.Explained != 2 || !strings.Contains(r.Reason, "deletions") {
		t.Errorf("%+v", r)
	}
	o.MaxDrift = 0.06
	wants(t, s.items(o), WithinDrift, Bounded)

	s.remove("copy", order(4))
	o.MaxDrift = 0
	wants(t, s.items(o), Equal, Bounded)

	damaged := order(11)
	damaged["total"] = num(0)
	s.put("copy", damaged)
	o.MaxDrift = 1 // an item that says that it was not changed is damage, however little
	r = s.items(o)
	wants(t, r, Differs, Bounded)
	if r.Unexplained != 1 || !strings.Contains(r.Differences[0].Why, "before the moment") {
		t.Errorf("%+v", r.Differences)
	}
	nameless := order(11)
	delete(nameless, "changed")
	s.put("orders", nameless)
	if r = s.items(o); r.Verdict != Differs || !strings.Contains(r.Differences[0].Why, "no changed") {
		t.Errorf("%+v", r.Differences)
	}
}

func TestAStreamIsStrongerThanAChangeTime(t *testing.T) {
	s, moment := moved(t, types.StreamViewTypeKeysOnly)
	wants(t, s.items(Options{Moment: moment, Tolerance: TolerancePITR, ReadStream: true, ChangedAt: "changed"}), Equal, Exact)
	s.fault(awssim.Fault{Action: "dynamodb:GetRecords", Error: "TrimmedDataAccessException"})
	s.remove("copy", order(4))
	r := s.items(Options{Moment: moment, Tolerance: TolerancePITR, ReadStream: true, ChangedAt: "changed"})
	wants(t, r, Equal, Bounded)
}

func TestWhichTextsAreTimes(t *testing.T) {
	want := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMilli()
	for raw, ms := range map[string]int64{
		`{"N":"1772366400"}`: want, `{"N":"1772366400000"}`: want, `{"N":"1772366400000000"}`: want, `{"N":"1772366400000000000"}`: want, `{"N":"1772366400.5"}`: want + 500,
		`{"S":"2026-03-01T12:00:00Z"}`: want, `{"S":"2026-03-01T13:00:00+01:00"}`: want, `{"S":"2026-03-01T12:00:00"}`: want, `{"S":"2026-03-01 12:00:00.000"}`: want,
		`{"S":"2026-03-01T13:00:00.000+0100"}`: want, `{"S":"1772366400"}`: want, `{"S":"20260301T120000Z"}`: want,
		`{"S":"yesterday"}`: 0, `{"S":""}`: 0, `{"N":"-5"}`: 0, `{"BOOL":true}`: 0, ``: 0, `{"N":"1e300"}`: 0,
	} {
		if got := changeTime([]byte(raw)); got != ms {
			t.Errorf("%s is %d, want %d", raw, got, ms)
		}
	}
}
