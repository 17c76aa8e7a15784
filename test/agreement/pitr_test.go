package agreement

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
)

// code is AWS's code of an error, empty without one.
func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// restoreAt asks for a table as of a moment and returns the code of the refusal, empty when it is accepted.
func (s *stage) restoreAt(table, target string, at time.Time) string {
	_, err := s.tables.RestoreTableToPointInTime(s.ctx, &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: &table, TargetTableName: &target, RestoreDateTime: &at, SSESpecificationOverride: awsOwned()})
	return code(err)
}

// TestPITR: the window that the evaluator tells is the one within which RestoreTableToPointInTime accepts moments, and it is full when the evaluator says.
func TestPITR(t *testing.T) {
	h := open(t)
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := h.begin(t)
		s.table("orders", "", nil)
		for i := range rapid.IntRange(1, 5).Draw(t, "changes") {
			s.pitr("orders", rapid.SampledFrom([]int{0, 1, 2, 7, 35, 35}).Draw(t, "days"))
			minutes := rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(0, 20*24*60), rapid.IntRange(34*24*60, 36*24*60))
			s.wait(time.Duration(minutes.Draw(t, "minutes"))*time.Minute + time.Duration(rapid.IntRange(0, 60_000).Draw(t, "milliseconds"))*time.Millisecond)
			s.compareWindow(fmt.Sprint(i), seen)
		}
		s.compareFullOn(seen)
	})
	for _, claim := range []string{"off", "edges", "full", "filling", "full on"} {
		if twoSided() && seen[claim] == 0 {
			t.Errorf("never put to the test: %s (%v)", claim, seen)
		}
	}
}

// compareWindow tries the edges of the window, inside and outside.
func (s *stage) compareWindow(suffix string, seen map[string]int) {
	s.Helper()
	p := s.look().cover["orders"].PITR
	if !s.decided("point-in-time recovery is on", p.On) {
		if got := s.restoreAt("orders", "r"+suffix+"xx", s.sim.Now()); got != "PointInTimeRecoveryUnavailableException" {
			s.disagree("the evaluator says off, a restore is answered with %q", got)
		}
		seen["off"]++
		return
	}
	start, _ := p.Start.Get()
	latest, _ := p.Latest.Get()
	for name, edge := range map[string]struct {
		at   time.Time
		code string
	}{
		"start":  {start.Time(), ""},
		"before": {start.Time().Add(-time.Second), "InvalidRestoreTimeException"},
		"latest": {latest.Time(), ""},
		"after":  {latest.Time().Add(time.Second), "InvalidRestoreTimeException"},
	} {
		if got := s.restoreAt("orders", "restored-"+name+suffix, edge.at); got != edge.code {
			s.disagree("the window is %s to %s; a restore at its %s (%s) is answered with %q, want %q", start, latest, name, edge.at, got, edge.code)
		}
	}
	seen["edges"]++
	if available, _ := p.AvailableSeconds.Get(); available != int64(latest.Sub(start)/time.Second) {
		s.disagree("the window is %s to %s, and %d s are said to be available", start, latest, available)
	}
	days, _ := p.PeriodDays.Get()
	reaches := s.sim.Now().Sub(start.Time()) >= time.Duration(days)*day-5*time.Minute
	if s.decided("the window is full", p.Full) != reaches {
		s.disagree("full %v (%s): the window begins at %s, %d days are configured", p.Full, p.Full.Why, start, days)
	}
	seen[map[bool]string{true: "full", false: "filling"}[reaches]]++
}

// compareFullOn: until the window is full its beginning stands still, from then on it moves along with the present.
func (s *stage) compareFullOn(seen map[string]int) {
	s.Helper()
	p := s.look().cover["orders"].PITR
	fullOn, filling := p.FullOn.Get()
	if !filling || s.decided("the window is full", p.Full) || fullOn.Time().Before(s.sim.Now()) {
		return
	}
	start := func() estate.Instant {
		d := ok[dynamodb.DescribeContinuousBackupsOutput](s)(s.tables.DescribeContinuousBackups(s.ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("orders")}))
		return estate.At(*d.ContinuousBackupsDescription.PointInTimeRecoveryDescription.EarliestRestorableDateTime)
	}
	before := start()
	s.until(fullOn.Time())
	if at := start(); at != before {
		s.disagree("full on %s: the window's beginning moved from %s to %s before that", fullOn, before, at)
	}
	s.wait(time.Minute)
	if at := start(); at.Sub(before) < 59*time.Second {
		s.disagree("full on %s: a minute later the window still begins at %s", fullOn, at)
	}
	seen["full on"]++
}
