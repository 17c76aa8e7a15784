package awscron

import (
	"strconv"
	"strings"
)

// parseDays reads the two day fields, of which exactly one must be ?, and gives
// the rule and both canonical texts.
func parseDays(date, weekday token) (dayRule, [2]string, *fault) {
	all := fields()
	dateField, weekdayField := all[fieldDate], all[fieldWeekday]
	dateRule, dateText, bad := parseDate(dateField, date)
	if bad != nil {
		return dayRule{}, [2]string{}, bad
	}
	weekdayRule, weekdayText, bad := parseWeekday(weekdayField, weekday)
	if bad != nil {
		return dayRule{}, [2]string{}, bad
	}
	texts := [2]string{dateText, weekdayText}
	switch {
	case dateText == "?" && weekdayText == "?":
		return dayRule{}, texts, weekdayField.fault(weekday, "day-of-month and day-of-week are both ?; for every day change day-of-month to *")
	case dateText == "?":
		return weekdayRule, texts, nil
	case weekdayText == "?":
		return dateRule, texts, nil
	}
	return dayRule{}, texts, bothDays(all, date, weekday)
}

// bothDays explains which of two given day fields should become ?.
func bothDays(all [6]field, date, weekday token) *fault {
	const rule = "day-of-month and day-of-week cannot both be given; "
	dateField, weekdayField := all[fieldDate], all[fieldWeekday]
	switch {
	case weekday.text == "*":
		return weekdayField.fault(weekday, rule+"change day-of-week to ?")
	case date.text == "*":
		return dateField.fault(date, rule+"change day-of-month to ?")
	}
	return weekdayField.fault(weekday, rule+"change one of them to ?, and use two rules if you mean both")
}

func parseDate(f field, t token) (dayRule, string, *fault) {
	upper := asciiUpper(t.text)
	body, isW := strings.CutSuffix(upper, "W")
	switch {
	case upper == "?":
		return dayRule{}, "?", nil
	case upper == "L":
		return dayRule{kind: lastDate}, "L", nil
	case upper == "LW":
		return dayRule{}, "", f.fault(t, "LW is not documented by AWS; use L, or a weekday such as 6L in day-of-week")
	case strings.HasPrefix(upper, "L-"):
		return dayRule{}, "", f.fault(t, "days counted back from L are not documented by AWS; use L or a day")
	case isW && !strings.ContainsAny(body, ",-/"):
		day, text, bad := f.value(token{body, t.offset})
		return dayRule{kind: nearestDate, n: day}, text + "W", bad
	}
	s, text, bad := f.parse(t)
	return dayRule{kind: byDate, set: s[0]}, text, bad
}

func parseWeekday(f field, t token) (dayRule, string, *fault) {
	upper := asciiUpper(t.text)
	body, isL := strings.CutSuffix(upper, "L")
	single := !strings.ContainsAny(body, ",-/")
	switch {
	case upper == "?":
		return dayRule{}, "?", nil
	case upper == "L":
		// AWS: the last day of the week, which is Saturday when 1 is Sunday.
		return dayRule{kind: byWeekday, set: 1 << 7}, "L", nil
	case isL && single:
		day, text, bad := f.value(token{body, t.offset})
		return dayRule{kind: lastWeekday, n: day}, text + "L", bad
	case single && strings.Contains(upper, "#"):
		return parseOrdinal(f, token{upper, t.offset})
	}
	s, text, bad := f.parse(t)
	return dayRule{kind: byWeekday, set: s[0]}, text, bad
}

// parseOrdinal reads 3#2, the second Tuesday.
func parseOrdinal(f field, t token) (dayRule, string, *fault) {
	left, right, _ := t.cut("#")
	day, text, bad := f.value(left)
	if bad != nil {
		return dayRule{}, "", bad
	}
	nth, ok := number(right.text)
	if !ok || nth < 1 || nth > 5 {
		return dayRule{}, "", f.fault(t, "after # comes the week of the month, 1 to 5, as in 3#2 for the second Tuesday")
	}
	return dayRule{kind: ordinalWeekday, n: day, nth: nth}, text + "#" + strconv.Itoa(nth), nil
}
