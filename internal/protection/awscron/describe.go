package awscron

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// maxListed bounds how many times or days a description spells out.
const maxListed = 6

// Describe says the schedule in English, as in "every day at 05:00" or
// "at minute 15 of every hour". Schedules too crooked for a sentence give the
// expression itself. Time zone and windows are the caller's to add.
func (s Schedule) Describe() string {
	if s.text == "" {
		return ""
	}
	clock, regular := s.describeTime()
	days, ok := s.describeDays()
	if clock == "" || !ok {
		return s.text
	}
	years := s.describeYears()
	switch {
	case regular && days == "every day":
		return clock + years
	case regular:
		return clock + ", " + days + years
	}
	return days + " " + clock + years
}

// describeTime words hours and minutes; regular says that the words stand on
// their own, as "every hour" does. Empty when there are no good words.
func (s Schedule) describeTime() (words string, regular bool) {
	everyHour, everyMinute := s.hours == span(0, 23), s.minutes == span(0, 59)
	hours, minutes := bits.OnesCount64(s.hours), bits.OnesCount64(s.minutes)
	step := evenStep(s.minutes, 60)
	switch {
	case everyHour && everyMinute:
		return "every minute", true
	case everyHour && s.minutes == 1:
		return "every hour", true
	case everyHour && minutes == 1:
		return fmt.Sprintf("at minute %d of every hour", bits.TrailingZeros64(s.minutes)), true
	case everyHour && step > 0:
		return fmt.Sprintf("every %d minutes", step), true
	case everyHour && minutes <= maxListed:
		return "at minutes " + list(s.minutes, strconv.Itoa) + " of every hour", true
	case hours*minutes > 0 && hours*minutes <= maxListed:
		return "at " + s.listTimes(), false
	case minutes == 1 && evenStep(s.hours, 24) > 0:
		hour, minute := bits.TrailingZeros64(s.hours), bits.TrailingZeros64(s.minutes)
		return fmt.Sprintf("every %d hours from %02d:%02d", evenStep(s.hours, 24), hour, minute), true
	case minutes == 1 && contiguous(s.hours):
		minute := bits.TrailingZeros64(s.minutes)
		return fmt.Sprintf("every hour from %02d:%02d to %02d:%02d", bits.TrailingZeros64(s.hours), minute, 63-bits.LeadingZeros64(s.hours), minute), true
	}
	return "", false
}

func (s Schedule) listTimes() string {
	var times []string
	for hour := range up.each(s.hours) {
		for minute := range up.each(s.minutes) {
			times = append(times, fmt.Sprintf("%02d:%02d", hour, minute))
		}
	}
	return join(times)
}

// describeDays words the days and the months.
func (s Schedule) describeDays() (string, bool) {
	rule, months := s.days, "every month"
	if s.months != span(1, 12) {
		months = list(s.months, func(i int) string { return time.Month(i).String() })
	}
	inMonths := ""
	if s.months != span(1, 12) {
		inMonths = " in " + months
	}
	switch {
	case rule.everyDay():
		return "every day" + inMonths, true
	case rule.kind == byWeekday && rule.set == span(2, 6):
		return "Monday to Friday" + inMonths, true
	case rule.kind == byWeekday:
		return "every " + list(rule.set, weekdayName) + inMonths, true
	case rule.kind == lastDate:
		return "on the last day of " + months, true
	case rule.kind == nearestDate:
		return fmt.Sprintf("on the weekday nearest day %d of %s", rule.n, months), true
	case rule.kind == lastWeekday:
		return fmt.Sprintf("on the last %s of %s", weekdayName(rule.n), months), true
	case rule.kind == ordinalWeekday:
		ordinals := [6]string{1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
		return fmt.Sprintf("on the %s %s of %s", ordinals[rule.nth], weekdayName(rule.n), months), true
	case bits.OnesCount64(rule.set) == 1:
		return fmt.Sprintf("on day %d of %s", bits.TrailingZeros64(rule.set), months), true
	case bits.OnesCount64(rule.set) <= maxListed:
		return "on days " + list(rule.set, strconv.Itoa) + " of " + months, true
	}
	return "", false
}

func weekdayName(i int) string { return time.Weekday(i - 1).String() }

func (s Schedule) describeYears() string {
	var years []int
	for i := range maxYear - minYear + 1 {
		if s.years.has(i) {
			years = append(years, i+minYear)
		}
	}
	first, last := years[0], years[len(years)-1]
	switch {
	case len(years) == maxYear-minYear+1:
		return ""
	case len(years) == 1:
		return fmt.Sprintf(", only in %d", first)
	case len(years) == last-first+1 && last == maxYear:
		return fmt.Sprintf(", from %d on", first)
	case len(years) == last-first+1:
		return fmt.Sprintf(", from %d to %d", first, last)
	case len(years) <= maxListed:
		var texts []string
		for _, year := range years {
			texts = append(texts, strconv.Itoa(year))
		}
		return ", only in " + join(texts)
	}
	return ", in some years only"
}

// evenStep is the distance between the values when they are evenly spread over
// the whole cycle, so that the last is as far from the first as any two; else 0.
func evenStep(m uint64, cycle int) int {
	n := bits.OnesCount64(m)
	if n < 2 || cycle%n != 0 {
		return 0
	}
	var even uint64
	for i := bits.TrailingZeros64(m); i < cycle; i += cycle / n {
		even |= 1 << i
	}
	if even != m {
		return 0
	}
	return cycle / n
}

func contiguous(m uint64) bool {
	m >>= bits.TrailingZeros64(m)
	return m&(m+1) == 0
}

func list(m uint64, name func(int) string) string {
	var texts []string
	for i := range up.each(m) {
		texts = append(texts, name(i))
	}
	return join(texts)
}

// join writes "a", "a and b", "a, b and c".
func join(texts []string) string {
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
