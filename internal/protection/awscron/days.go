package awscron

import "time"

// dayKind says which of the two day fields decides, and how.
type dayKind int

const (
	byDate         dayKind = iota // day-of-month values: set
	lastDate                      // L in day-of-month
	nearestDate                   // 3W: n is the day
	byWeekday                     // day-of-week values: set, 1 = Sunday
	lastWeekday                   // 6L: n is the weekday
	ordinalWeekday                // 3#2: n is the weekday, nth the week
)

// dayRule picks the days of a month on which a schedule runs.
type dayRule struct {
	kind   dayKind
	set    uint64
	n, nth int
}

// in is the set of matching days, bits 1 to 31, of one month.
func (r dayRule) in(year int, month time.Month) uint64 {
	last := daysIn(year, month)
	first := int(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Weekday()) + 1
	switch r.kind {
	case byDate:
		return r.set & span(1, last)
	case lastDate:
		return 1 << last
	case nearestDate:
		return nearestWorkday(r.n, first, last)
	case byWeekday:
		return onWeekdays(r.set, first, last)
	case lastWeekday:
		day := 1 + (r.n-first+7)%7
		return 1 << (day + (last-day)/7*7)
	default:
		return 1 << (1 + (r.n-first+7)%7 + 7*(r.nth-1)) & span(1, last)
	}
}

// nearestWorkday moves a Saturday or Sunday to the nearest Monday to Friday
// without leaving the month; first is the weekday (1 = Sunday) of the 1st.
func nearestWorkday(day, first, last int) uint64 {
	if day > last {
		return 0
	}
	switch (first+day-2)%7 + 1 {
	case 7:
		if day == 1 {
			day = 3
		} else {
			day--
		}
	case 1:
		if day == last {
			day -= 2
		} else {
			day++
		}
	}
	return 1 << day
}

func onWeekdays(weekdays uint64, first, last int) uint64 {
	var days uint64
	for day := 1; day <= last; day++ {
		days |= (weekdays >> ((first+day-2)%7 + 1) & 1) << day
	}
	return days
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// everyDay tells whether no day is left out.
func (r dayRule) everyDay() bool {
	return r.kind == byDate && r.set == span(1, 31) || r.kind == byWeekday && r.set == span(1, 7)
}
