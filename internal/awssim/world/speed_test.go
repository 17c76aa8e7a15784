package world

import (
	"testing"
	"time"
)

// TestTheClockHurriesFromWhereItStands: a new speed neither jumps nor loses what has passed.
func TestTheClockHurriesFromWhereItStands(t *testing.T) {
	machine := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	w := New(Options{Start: start, Speed: 2, Real: func() time.Time { return machine }})
	now := func() (out time.Time) {
		w.Do(func() { out = w.Now() })
		return out
	}
	machine = machine.Add(10 * time.Second)
	w.SetSpeed(60)
	if got, want := now(), start.Add(20*time.Second); !got.Equal(want) {
		t.Errorf("at once %v, want %v", got, want)
	}
	machine = machine.Add(time.Second)
	if got, want := now(), start.Add(80*time.Second); !got.Equal(want) {
		t.Errorf("a second later %v, want %v", got, want)
	}
}
