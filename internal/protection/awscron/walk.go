package awscron

import (
	"iter"
	"time"
)

const daySeconds = 24 * 60 * 60

// Instants safely outside the years of the grammar in every zone (1960, 2210).
// Walks that start further away start here, clear of overflow.
const (
	tooEarly = -10 * 366 * daySeconds
	tooLate  = 240 * 366 * daySeconds
)

// runs yields the instants (seconds since the epoch) of the schedule's runs in
// the walk's order, beginning with the reading that the instant at has reached.
// It may begin with runs on the wrong side of at; callers compare.
func (s Schedule) runs(d direction, at int64, loc *time.Location) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		c := clock{loc: loc}
		for reading := range s.readings(d, c.reached(min(max(at, tooEarly), tooLate))) {
			if run, ok := c.instant(reading); ok && !yield(run) {
				return
			}
		}
	}
}

// readings yields the matching wall-clock readings from one of them on.
func (s Schedule) readings(d direction, from int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		firstDay := floor(from, daySeconds)
		firstHour := int((from - firstDay*daySeconds) / 3600)
		for day := range s.dates(d, firstDay) {
			hours := s.hours
			if day == firstDay {
				hours = d.from(hours, firstHour)
			}
			for ; hours != 0; hours &^= 1 << d.first(hours) {
				base := day*daySeconds + int64(d.first(hours))*3600
				// Plain loops: a nested iterator would allocate per hour.
				for left := s.minutes; left != 0; left &^= 1 << d.first(left) {
					reading := base + int64(d.first(left))*60
					if (reading-from)*int64(d) >= 0 && !yield(reading) {
						return
					}
				}
			}
		}
	}
}

// dates yields the matching days, counted from 1970-01-01, from one of them on.
func (s Schedule) dates(d direction, from int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		start := time.Unix(from*daySeconds, 0).UTC()
		for year := clampYear(d, start.Year()); minYear <= year && year <= maxYear; year += int(d) {
			if !s.years.has(year - minYear) {
				continue
			}
			months := s.months
			if year == start.Year() {
				months = d.from(months, int(start.Month()))
			}
			for month := range d.each(months) {
				first := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
				days := s.days.in(year, time.Month(month))
				if year == start.Year() && first.Month() == start.Month() {
					days = d.from(days, start.Day())
				}
				for day := range d.each(days) {
					if !yield(first.Unix()/daySeconds + int64(day) - 1) {
						return
					}
				}
			}
		}
	}
}

// clampYear moves a start outside the years of the grammar to their edge, where
// the walk would arrive; a start beyond the far edge stays outside.
func clampYear(d direction, year int) int {
	if d == up {
		return max(year, minYear)
	}
	return min(year, maxYear)
}

// floor divides towards the past.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
