package world

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var origin = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// clock is a machine's clock that a test turns.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func TestClockFollowsTheMachineAtItsSpeed(t *testing.T) {
	machine := &clock{origin}
	w := New(Options{Start: origin.AddDate(1, 0, 0), Speed: 60, Real: machine.now})
	machine.t = origin.Add(time.Minute)
	var got time.Time
	w.Do(func() { got = w.Now() })
	if want := origin.AddDate(1, 0, 0).Add(time.Hour); !got.Equal(want) {
		t.Errorf("after a real minute it is %s, want %s", got, want)
	}
	if got := w.Advance(24 * time.Hour); !got.Equal(origin.AddDate(1, 0, 1).Add(time.Hour)) {
		t.Errorf("after advancing a day it is %s", got)
	}
}

func TestEventSeesTheMomentItWasScheduledFor(t *testing.T) {
	machine := &clock{origin}
	w := New(Options{Real: machine.now})
	var seen []time.Duration
	note := func() { seen = append(seen, w.Now().Sub(origin)) }
	w.Do(func() {
		w.After(time.Hour, func() { note(); w.After(time.Minute, note) })
		w.At(origin.Add(-time.Hour), note) // a past moment runs next, and time does not go back
	})
	machine.t = origin.Add(2 * time.Hour)
	w.Do(note)
	want := []time.Duration{0, time.Hour, time.Hour + time.Minute, 2 * time.Hour}
	if !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
}

func TestEventsRunByTimeThenByOrderOfScheduling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		machine := &clock{origin}
		w := New(Options{Real: machine.now})
		delays := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 30).Draw(t, "delays")
		type ran struct{ delay, order int }
		var got []ran
		w.Do(func() {
			for i, d := range delays {
				w.After(time.Duration(d)*time.Second, func() { got = append(got, ran{d, i}) })
			}
		})
		// However the clock moves on, the order is the same.
		for range 6 {
			w.Advance(time.Duration(rapid.IntRange(0, 3).Draw(t, "step")) * time.Second)
		}
		w.Advance(time.Minute)
		sorted := slices.IsSortedFunc(got, func(a, b ran) int {
			if a.delay != b.delay {
				return a.delay - b.delay
			}
			return a.order - b.order
		})
		if len(got) != len(delays) || !sorted {
			t.Fatalf("ran %v of %v", got, delays)
		}
	})
}

func TestIdentifiersRepeatWithTheSeed(t *testing.T) {
	a, b, c := New(Options{Seed: 1}), New(Options{Seed: 1}), New(Options{Seed: 2})
	id := a.UUID()
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("%s is no version 4 UUID", id)
	}
	if id != b.UUID() || id == c.UUID() {
		t.Error("the seed does not decide")
	}
	if h := a.Hex(8); len(h) != 8 || a.Duration(0) != 0 || a.Duration(time.Second) >= time.Second {
		t.Errorf("hex %s", h)
	}
}

func TestARNs(t *testing.T) {
	s := Scope{Partition: "aws-cn", Account: "111122223333", Region: "cn-north-1"}
	if got := s.ARN("dynamodb", "table/x"); got != "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/x" {
		t.Error(got)
	}
	if got := s.GlobalARN("iam", "role/x"); got != "arn:aws-cn:iam::111122223333:role/x" {
		t.Error(got)
	}
}
