package price

import (
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// gigabyte is what the prices mean by a GB. That it is 2^30 bytes is how AWS reckons storage elsewhere; for these prices it is assumed.
const gigabyte = 1 << 30

// settled is how long AWS may take to count a table: a younger one that reads as empty may hold anything.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
const settled = 6 * time.Hour

// Size is how much a table holds, as AWS last counted it: that may be six hours ago.
type Size struct {
	Bytes   int64
	Known   bool
	Why     string // when not known: one clause
	Indexes int    // local indexes, whose size AWS counts apart and the estate does not hold
}

// SizeOf reads the size of a table of a unit.
func SizeOf(u *estate.Unit, t *estate.Table) Size {
	s := Size{Indexes: len(t.LSIs.Or(nil))}
	bytes, ok := t.SizeBytes.Get()
	switch {
	case !ok || bytes < 0:
		s.Why = "its size is not known"
	case bytes == 0 && young(u, t):
		s.Why = "AWS has not counted it yet"
	default:
		s.Bytes, s.Known = bytes, true
	}
	return s
}

// young reports whether the table may be too new to have been counted; a table without a known age may.
func young(u *estate.Unit, t *estate.Table) bool {
	now, ok := u.Now.Get()
	created, known := t.CreatedAt.Get()
	return !ok || !known || now.Sub(created) < settled
}

func (s Size) gb() float64 {
	if !s.Known {
		return 0
	}
	return float64(s.Bytes) / gigabyte
}
