package protection

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
)

// Gap is the longest time without a new restorable backup within the last days, the time since the newest one included.
type Gap struct {
	Seconds Answer[int64] `json:"seconds"` // unknown where a backup that could not be read whole may lie in it
	// AtMost is what it comes to by the backups that are certain: others can only make it shorter.
	AtMost Answer[int64]          `json:"at_most"`
	From   Answer[estate.Instant] `json:"from"`
	Until  Answer[estate.Instant] `json:"until"`
}

// LongestGap looks at so many days back, or to the creation of the table where that is less.
func (c *Coverage) LongestGap(days int64) *Gap {
	now, ok := c.unit.Now.Get()
	if !ok {
		n, at := unknown[int64]("the present time is not known", estate.Read("unit.now", "", c.unit.Now)), unknown[estate.Instant]("")
		return &Gap{n, n, at, at}
	}
	times, doubt := c.backupTimes()
	since := now.Add(-spanOf(days * secondsPerDay))
	made := estate.Read("table.created_at", c.Table.ID, c.Table.CreatedAt)
	if at, ok := c.Table.CreatedAt.Get(); ok {
		since = min(max(since, at), now)
	} else if len(doubt) == 0 {
		doubt = []estate.Reading{made}
	}
	from, until := longest(times, since, now)
	basis := c.index.lists.backups
	g := &Gap{From: known(from, "", basis...), Until: known(until, "", basis...), AtMost: known(seconds(until.Sub(from)), "", append(basis, made)...)}
	g.Seconds = g.AtMost
	if len(doubt) > 0 {
		g.Seconds = unknown[int64]("the backups are not all known", doubt...)
	}
	return g
}

// backupTimes are the moments of the restorable backups that are certain, in order, and the facts that keep others from being so.
func (c *Coverage) backupTimes() (times []estate.Instant, doubt []estate.Reading) {
	f := c.found()
	if f.pointsWhole != yes || f.nativesWhole != yes {
		doubt = missing(c.index.lists.backups)
	}
	for _, list := range [][]backup{f.points, f.natives} {
		for i := range list {
			b := &list[i]
			at, dated := b.at.Get()
			switch {
			case b.ok == no:
			case b.ok == maybe || !dated:
				doubt = b.doubts()
			default:
				times = append(times, at)
			}
		}
	}
	slices.Sort(times)
	return times, doubt
}

// longest finds the longest stretch between two moments in which none of the times lies.
func longest(times []estate.Instant, since, now estate.Instant) (from, until estate.Instant) {
	last := since
	from, until = since, since
	for _, at := range append(times, now) {
		if at <= since || at > now {
			continue
		}
		if at-last > until-from {
			from, until = last, at
		}
		last = at
	}
	return from, until
}
