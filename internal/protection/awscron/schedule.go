package awscron

import "time"

// The years of the grammar.
const (
	minYear = 1970
	maxYear = 2199
)

// Schedule is a parsed cron expression. It is an immutable value; two schedules
// are == when their canonical texts are the same. The zero Schedule never runs.
type Schedule struct {
	text                   string
	minutes, hours, months uint64
	years                  set
	days                   dayRule
}

// String is the canonical text: one space between fields, names in capitals, no
// leading zeros. Parsing it gives the same Schedule. Empty for the zero Schedule.
func (s Schedule) String() string { return s.text }

// Equal tells whether two schedules name the same times by the same rule,
// however they are spelt: MON-FRI equals 2-6, 0/30 equals 0,30.
func (s Schedule) Equal(other Schedule) bool {
	s.text, other.text = "", ""
	if s.days.everyDay() && other.days.everyDay() {
		s.days, other.days = dayRule{}, dayRule{}
	}
	return s == other
}

// Next is the first run strictly after the given moment, in loc (nil is UTC).
// It is false when the schedule does not run again up to the end of 2199.
func (s Schedule) Next(after time.Time, loc *time.Location) (time.Time, bool) {
	loc = orUTC(loc)
	for run := range s.runs(up, after.Unix(), loc) {
		if run > after.Unix() {
			return time.Unix(run, 0).In(loc), true
		}
	}
	return time.Time{}, false
}

// Prev is the last run strictly before the given moment, in loc (nil is UTC).
// It is false when the schedule did not run since the beginning of 1970.
func (s Schedule) Prev(before time.Time, loc *time.Location) (time.Time, bool) {
	loc = orUTC(loc)
	for run := range s.runs(down, before.Unix(), loc) {
		if t := time.Unix(run, 0); t.Before(before) {
			return t.In(loc), true
		}
	}
	return time.Time{}, false
}

// Between lists the runs from one moment (included) to another (not included)
// in order, in loc (nil is UTC), at most limit of them. A limit of 0 or less
// means all: mind that * in minutes is half a million runs a year.
func (s Schedule) Between(from, to time.Time, loc *time.Location, limit int) []time.Time {
	loc = orUTC(loc)
	var found []time.Time
	for run := range s.runs(up, from.Unix(), loc) {
		t := time.Unix(run, 0)
		if !t.Before(to) {
			break
		}
		if t.Before(from) {
			continue
		}
		found = append(found, t.In(loc))
		if len(found) == limit {
			break
		}
	}
	return found
}

// SmallestInterval is the shortest and the longest time between two successive
// runs in the year that begins at around, in loc (nil is UTC). The intervals that
// reach into and out of that year count as a whole, so a schedule that runs once
// in four years has an answer. Daylight saving shows: a daily rule in Europe/Berlin
// answers 23h and 25h. Both are 0 when no two runs touch the year; a schedule that
// ends within the year answers for the runs it has, so ask Next as well.
func (s Schedule) SmallestInterval(loc *time.Location, around time.Time) (shortest, longest time.Duration) {
	loc = orUTC(loc)
	begin, end := around, around.AddDate(1, 0, 0).Unix()
	if before, ok := s.Prev(around, loc); ok {
		begin = before
	}
	last, seen := int64(0), false
	for run := range s.runs(up, begin.Unix(), loc) {
		if run < begin.Unix() {
			continue
		}
		if gap := time.Duration(run-last) * time.Second; seen {
			longest = max(longest, gap)
			if shortest == 0 || gap < shortest {
				shortest = gap
			}
		}
		last, seen = run, true
		if run >= end {
			break
		}
	}
	return shortest, longest
}

func orUTC(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}
