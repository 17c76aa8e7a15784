package collect

import (
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

func TestRoomForJobsIsGuessedFromTheNightsRead(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	at := func(i estate.Instant) estate.Instant { return i }
	read := func(perNight, n int) []estate.Instant {
		var out []estate.Instant
		for i := range n {
			out = append(out, estate.At(now.Add(-time.Duration(i/perNight)*24*time.Hour)))
		}
		return append(make([]estate.Instant, 0, n), out...)
	}
	all := func(f func(*estate.Instant) estate.Instant, items []estate.Instant) int { return cap(roomy(items, f)) }
	made := func(i *estate.Instant) estate.Instant { return at(*i) }
	for _, c := range []struct {
		what          string
		perNight, n   int
		least, atMost int
	}{
		{"a bit of the seventh of thirty nights", 10_000, 60_100, 300_000, 310_000},
		{"seven of thirty nights", 10_000, 70_000, 300_000, 360_000},
		{"two nights tell little", 10_000, 20_000, 20_000, 20_000},
		{"few jobs", 100, 9_000, 9_000, 9_000},
		{"more nights than AWS keeps", 1000, 40_000, 40_000, 40_000},
	} {
		if got := all(made, read(c.perNight, c.n)); got < c.least || got > c.atMost {
			t.Errorf("%s: room for %d, want %d to %d", c.what, got, c.least, c.atMost)
		}
	}
	backwards := read(10_000, 70_000)
	for i, k := 0, len(backwards)-1; i < k; i, k = i+1, k-1 {
		backwards[i], backwards[k] = backwards[k], backwards[i]
	}
	if got := all(made, backwards); got != 70_000 {
		t.Errorf("oldest first: room for %d", got)
	}
}
