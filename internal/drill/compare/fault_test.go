package compare

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
)

func TestAReadThatFailsIsUnknown(t *testing.T) {
	for name, code := range map[string]string{"denied": "AccessDeniedException", "throttled for ever": "throttle", "garbage": "garbage", "truncated": "truncate", "an error": "InternalServerError"} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.twins(10, nil)
			s.fault(awssim.Fault{Action: "dynamodb:Scan", Resource: "*copy", Error: code})
			r := s.items(Options{MaxDrift: 1, limits: limits{patient: 3 * time.Second}, Invariants: []Invariant{{Expr: "count >= 0"}}})
			wants(t, r, Unknown, Drift)
			if r.Cause == nil || r.Reason == "" || r.Invariants[0].Outcome != Undecided {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestThrottledForAWhileIsReadAllTheSame(t *testing.T) {
	s := newStage(t)
	s.twins(10, nil)
	s.fault(awssim.Fault{Action: "dynamodb:Scan", Error: "throttle", Times: 12}, awssim.Fault{Action: "dynamodb:Scan", Error: "truncate", Times: 1})
	var waited atomic.Int64 // both tables are read at the same time
	r := s.items(Options{Segments: 1, limits: limits{pause: func(_ context.Context, d time.Duration) error { waited.Add(int64(d)); return nil }}})
	wants(t, r, Equal, Exact)
	if waited.Load() == 0 {
		t.Error("nobody waited")
	}
}

// onPage interferes after so many pages.
func onPage(n int, do func()) func(Progress) {
	seen := 0
	return func(p Progress) {
		if p.Items > 0 {
			if seen++; seen == n {
				do()
			}
		}
	}
}

func TestATableDeletedMidwayIsUnknown(t *testing.T) {
	s := newStage(t)
	s.twins(30, nil)
	gone := func() {
		_, err := s.db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("copy")})
		s.check(err)
		s.advance(time.Hour)
	}
	// A second's units of a few items each make many pages.
	r := s.items(Options{Segments: 1, RCUPerSecond: 0.1, Progress: onPage(1, gone)})
	wants(t, r, Unknown, Drift)
	if !strings.Contains(r.Reason, "deleted") {
		t.Error(r.Reason)
	}
}

func TestAPageThatFailsMidwayIsUnknown(t *testing.T) {
	s := newStage(t)
	s.twins(30, nil)
	r := s.items(Options{Segments: 1, RCUPerSecond: 0.1, MaxDrift: 1, Progress: onPage(2, func() { s.fault(awssim.Fault{Action: "dynamodb:Scan", Error: "garbage"}) })})
	wants(t, r, Unknown, Drift)
	if r.A.Fingerprint == r.B.Fingerprint && r.A.Count > 0 {
		t.Errorf("a fingerprint of what was not read whole: %+v", r)
	}
}

func TestWhatStopsAComparisonBeforeItBegins(t *testing.T) {
	s := newStage(t)
	s.twins(1, nil)
	a, b := s.sides()
	ctx := t.Context()
	if _, err := Items(ctx, a, a, Options{}); !errors.Is(err, ErrSameTable) {
		t.Errorf("with itself: %v", err)
	}
	var call *awsapi.CallError
	if _, err := Items(ctx, a, Side{s.scope, "nothing"}, Options{}); !errors.As(err, &call) || call.Kind != awsapi.KindNotFound {
		t.Errorf("no such table: %v", err)
	}
	for name, o := range map[string]Options{"share": {Fraction: 2}, "drift": {MaxDrift: -1}, "segments": {Segments: 1000}, "units": {RCUPerSecond: -1}, "no moment": {ChangedAt: "x"}} {
		if _, err := Items(ctx, a, b, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var mistake *MistakeError
	if _, err := Items(ctx, a, b, Options{Invariants: []Invariant{{Expr: "item.total >="}}}); !errors.As(err, &mistake) {
		t.Errorf("invariant: %v", err)
	}
	if n := s.sim.Calls()["dynamodb:Scan"]; n != 0 {
		t.Errorf("%d scans", n)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Items(gone, a, b, Options{}); !errors.As(err, &call) || call.Kind != awsapi.KindCancelled {
		t.Errorf("interrupted: %v", err)
	}
}

func TestAnInterruptionInTheMiddleIsAnError(t *testing.T) {
	s := newStage(t)
	s.twins(30, nil)
	a, b := s.sides()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Items(ctx, a, b, Options{RCUPerSecond: 0.1, Progress: onPage(1, cancel)})
	if _, _, kind := awsapi.Classify(err); kind != awsapi.KindCancelled || r != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOtherKeysDiffer(t *testing.T) {
	s := newStage(t)
	s.table("orders", nil)
	_, err := s.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("copy"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}}})
	s.check(err)
	s.advance(time.Minute)
	r := s.items(Options{})
	if r.Verdict != Differs || !strings.Contains(r.Reason, "primary keys") {
		t.Errorf("%+v", r)
	}
}

func TestReadingKeepsToItsPace(t *testing.T) {
	var now time.Time
	l := limits{pause: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil }}
	p := newPacer(10, l)
	p.now = func() time.Time { return now }
	for range 20 {
		if err := p.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.paid(25)
	}
	if took := now.Sub(time.Time{}); took < 47*time.Second || took > 48*time.Second {
		t.Errorf("19 pages of 25 units at 10 a second were waited for in %v", took)
	}
	p.throttled(time.Second)
	if p.pageUnits() != 5 {
		t.Errorf("after throttling the pace is %v", p.pageUnits())
	}
}

func TestThePaceIsAShareOfWhatIsProvisioned(t *testing.T) {
	for _, c := range []struct {
		table types.TableDescription
		want  float64
	}{
		{types.TableDescription{ProvisionedThroughput: &types.ProvisionedThroughputDescription{ReadCapacityUnits: aws.Int64(40)}}, 40},
		{types.TableDescription{BillingModeSummary: &types.BillingModeSummary{BillingMode: types.BillingModePayPerRequest}}, 0},
		{types.TableDescription{BillingModeSummary: &types.BillingModeSummary{BillingMode: types.BillingModePayPerRequest}, OnDemandThroughput: &types.OnDemandThroughput{MaxReadRequestUnits: aws.Int64(70)}}, 70},
	} {
		if got := capacityOf(&c.table); got != c.want {
			t.Errorf("capacity %v, want %v", got, c.want)
		}
	}
}
