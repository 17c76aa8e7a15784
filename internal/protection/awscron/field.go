package awscron

import (
	"fmt"
	"strconv"
	"strings"
)

// field is the grammar of one of the six fields.
type field struct {
	name     string
	min, max int
	base     int      // value of bit 0 in the field's set
	names    []string // names of the values from min on
	wraps    bool     // a range may go past max and on from min
	steps    bool     // / is documented
}

// fields lists them in the order of the expression.
func fields() [6]field {
	months := strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")
	weekdays := strings.Fields("SUN MON TUE WED THU FRI SAT")
	return [6]field{
		{name: "minutes", min: 0, max: 59, wraps: true, steps: true},
		{name: "hours", min: 0, max: 23, wraps: true, steps: true},
		{name: "day-of-month", min: 1, max: 31, wraps: true, steps: true},
		{name: "month", min: 1, max: 12, names: months, wraps: true, steps: true},
		{name: "day-of-week", min: 1, max: 7, names: weekdays, wraps: true},
		{name: "year", min: minYear, max: maxYear, base: minYear, steps: true},
	}
}

const (
	fieldDate    = 2
	fieldWeekday = 4
)

func (f field) size() int { return f.max - f.min + 1 }

// token is a piece of the expression and where it stands.
type token struct {
	text   string
	offset int
}

func (t token) cut(sep string) (before, after token, found bool) {
	b, a, found := strings.Cut(t.text, sep)
	return token{b, t.offset}, token{a, t.offset + len(b) + len(sep)}, found
}

// fault is an error before it knows the whole expression.
type fault struct {
	field  string
	at     token
	reason string
}

func (f field) fault(at token, format string, args ...any) *fault {
	return &fault{f.name, at, fmt.Sprintf(format, args...)}
}

// parse reads a list of values, ranges and steps: the set and the canonical text.
func (f field) parse(t token) (set, string, *fault) {
	var all set
	var texts []string
	for rest, more := t, true; more; {
		var item token
		item, rest, more = rest.cut(",")
		text, bad := f.item(item, &all)
		if bad != nil {
			return set{}, "", bad
		}
		texts = append(texts, text)
	}
	return all, strings.Join(texts, ","), nil
}

// item reads one entry of the list and adds its values to all.
func (f field) item(t token, all *set) (string, *fault) {
	if t.text == "" {
		return "", f.fault(t, "empty entry in the list")
	}
	body, stepText, stepped := t.cut("/")
	first, last, text, bad := f.bounds(body)
	if bad != nil {
		return "", bad
	}
	step := 1
	if stepped {
		if step, bad = f.step(t, stepText); bad != nil {
			return "", bad
		}
		if !strings.Contains(body.text, "-") {
			last = f.max
		}
		text += "/" + strconv.Itoa(step)
	}
	f.fill(all, first, last, step)
	return text, nil
}

// bounds reads what stands before a step: *, a value or a range.
func (f field) bounds(t token) (first, last int, text string, bad *fault) {
	if t.text == "*" {
		return f.min, f.max, "*", nil
	}
	left, right, ranged := t.cut("-")
	first, leftText, bad := f.value(left)
	if bad != nil {
		return 0, 0, "", bad
	}
	if !ranged {
		return first, first, leftText, nil
	}
	last, rightText, bad := f.value(right)
	if bad != nil {
		return 0, 0, "", bad
	}
	if first > last && !f.wraps {
		return 0, 0, "", f.fault(t, "a range of years cannot run backwards")
	}
	return first, last, leftText + "-" + rightText, nil
}

// fill adds first, first+step … last, going on from min when the range wraps.
func (f field) fill(all *set, first, last, step int) {
	if last < first {
		last += f.size()
	}
	for v := first; v <= last; v += step {
		all.add((v-f.min)%f.size() + f.min - f.base)
	}
}

func (f field) step(item, t token) (int, *fault) {
	if !f.steps {
		return 0, f.fault(item, "/ is not documented for this field; list the days instead, as in MON,WED,FRI")
	}
	step, ok := number(t.text)
	switch {
	case !ok:
		return 0, f.fault(item, "the step after / must be a whole number, as in %d/5", f.min)
	case step == 0:
		return 0, f.fault(item, "a step of 0 never moves on; steps begin at 1")
	case step >= f.size():
		return 0, f.fault(item, "a step of %s is as large as the whole field, AWS refuses it; the largest is %d", t.text, f.size()-1)
	}
	return step, nil
}

// value reads a number or a name and gives its canonical spelling.
func (f field) value(t token) (int, string, *fault) {
	upper := asciiUpper(t.text)
	for i, name := range f.names {
		if upper == name {
			return f.min + i, name, nil
		}
	}
	v, ok := number(t.text)
	switch {
	case !ok:
		return 0, "", f.fault(t, "%s", f.notAValue(upper))
	case v == 0 && f.name == "day-of-week":
		return 0, "", f.fault(t, "there is no weekday 0: AWS counts from 1 = Sunday to 7 = Saturday; for Sunday write 1 or SUN")
	case v < f.min || v > f.max:
		return 0, "", f.fault(t, "outside %d to %d", f.min, f.max)
	}
	return v, strconv.Itoa(v), nil
}

// number reads plain ASCII digits; four are enough for every field.
func number(s string) (int, bool) {
	v := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		v = min(v*10+int(s[i]-'0'), 1_000_000)
	}
	return v, s != ""
}

// notAValue explains text that is neither a number nor a name of the field.
func (f field) notAValue(upper string) string {
	isDay := f.name == "day-of-month" || f.name == "day-of-week"
	switch {
	case upper == "":
		return "a number is missing before or after - or /; write a start, as in " + strconv.Itoa(f.min) + "/5"
	case strings.Contains(upper, "?") && !isDay:
		return "? belongs to day-of-month and day-of-week only; write * for every value"
	case strings.Contains(upper, "?"):
		return "? must stand alone"
	case strings.Contains(upper, "*"):
		return "* must stand alone or before /"
	}
	for _, name := range f.names {
		if strings.HasPrefix(upper, name) && isLetters(upper) {
			return "not a name AWS knows; did you mean " + name + "?"
		}
	}
	if hint := f.specialHint(upper, isDay); hint != "" {
		return hint
	}
	if f.names != nil {
		return fmt.Sprintf("neither a number from %d to %d nor a name from %s to %s", f.min, f.max, f.names[0], f.names[len(f.names)-1])
	}
	return fmt.Sprintf("not a number from %d to %d", f.min, f.max)
}

// specialHint explains L, W and # where they are not allowed.
func (f field) specialHint(upper string, isDay bool) string {
	switch {
	case strings.HasPrefix(upper, "L") || strings.HasSuffix(upper, "L"):
		if isDay {
			return "L is documented alone, or after one weekday as in 6L; not in a list, a range or with a step"
		}
		return "L belongs to day-of-month and day-of-week only"
	case strings.HasSuffix(upper, "W"):
		if f.name == "day-of-month" {
			return "W is documented after a single day, as in 15W; not in a list, a range or with a step"
		}
		return "W belongs to day-of-month only"
	case strings.Contains(upper, "#"):
		if f.name == "day-of-week" {
			return "only one # expression is allowed, and nothing beside it"
		}
		return "# belongs to day-of-week only"
	}
	return ""
}

func isLetters(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
