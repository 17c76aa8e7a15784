package awscron

import (
	"math"
	"time"
)

// clock turns wall-clock readings of one location into instants. Both are
// counted in seconds: a reading as if it were UTC, an instant since the epoch.
// It remembers the last stretch of constant offset, since successive runs
// nearly always share one.
type clock struct {
	loc        *time.Location
	start, end int64 // instants that bound the stretch; end is outside
	offset     int64 // seconds east of UTC in it
	before     int64 // offset just before start
}

func (c *clock) load(at int64) {
	t := time.Unix(at, 0).In(c.loc)
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	c.start, c.end, c.offset, c.before = math.MinInt64, math.MaxInt64, int64(offset), int64(offset)
	if !start.IsZero() {
		_, before := start.Add(-1).Zone()
		c.start, c.before = start.Unix(), int64(before)
	}
	if !end.IsZero() {
		c.end = end.Unix()
	}
}

// reached is the furthest wall-clock reading seen by the instant. Right after
// the clock was put back it is the reading from just before.
func (c *clock) reached(at int64) int64 {
	c.load(at)
	reading := at + c.offset
	if c.start != math.MinInt64 {
		reading = max(reading, c.start+c.before-1)
	}
	return reading
}

// instant is the first moment at which the clock shows the reading, and false
// when it never does because the clock was put forward over it.
func (c *clock) instant(reading int64) (int64, bool) {
	// Two looks are enough: the first may land on the wrong side of a change,
	// the second lands in the right stretch, or the reading is in no stretch.
	for range 2 {
		if at, ok := c.within(reading); ok {
			return at, true
		}
		c.load(reading - c.offset)
	}
	return c.within(reading)
}

func (c *clock) within(reading int64) (int64, bool) {
	at := reading - c.offset
	if at < c.start || at >= c.end {
		return 0, false
	}
	if first := reading - c.before; first < c.start {
		return first, true
	}
	return at, true
}
