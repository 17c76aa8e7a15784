package awscron

import "strings"

// Parse reads an expression such as cron(0 5 ? * * *). White space around it and
// more than one space between fields are tolerated. Every error is an *Error.
// Grammar: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
func Parse(expr string) (Schedule, error) {
	s, bad := parse(expr)
	if bad != nil {
		value := bad.at.text
		return Schedule{}, &Error{Expr: expr, Field: bad.field, Value: value, Reason: bad.reason, Offset: bad.at.offset}
	}
	return s, nil
}

func parse(expr string) (Schedule, *fault) {
	inner, bad := unwrap(expr)
	if bad != nil {
		return Schedule{}, bad
	}
	tokens := split(inner)
	if len(tokens) != 6 {
		return Schedule{}, wrongCount(inner, tokens)
	}
	return parseFields([6]token(tokens))
}

func parseFields(tokens [6]token) (Schedule, *fault) {
	var s Schedule
	var sets [6]set
	var texts [6]string
	for i, f := range fields() {
		if i == fieldDate || i == fieldWeekday {
			continue
		}
		var bad *fault
		if sets[i], texts[i], bad = f.parse(tokens[i]); bad != nil {
			return Schedule{}, bad
		}
	}
	days, dayTexts, bad := parseDays(tokens[fieldDate], tokens[fieldWeekday])
	if bad != nil {
		return Schedule{}, bad
	}
	texts[fieldDate], texts[fieldWeekday] = dayTexts[0], dayTexts[1]
	s.minutes, s.hours, s.months, s.years, s.days = sets[0][0], sets[1][0], sets[3][0], sets[5], days
	s.text = "cron(" + strings.Join(texts[:], " ") + ")"
	return s, nil
}

// spaces are the characters that may separate fields.
const spaces = " \t\r\n"

// unwrap takes the fields out of cron(...).
func unwrap(expr string) (token, *fault) {
	text := strings.Trim(expr, spaces)
	whole := token{text, len(expr) - len(strings.TrimLeft(expr, spaces))}
	inner, opened := strings.CutPrefix(text, "cron(")
	if !opened {
		return token{}, &fault{at: whole, reason: notCron(text)}
	}
	inner, closed := strings.CutSuffix(inner, ")")
	if !closed {
		return token{}, &fault{at: whole, reason: "the closing ) is missing"}
	}
	return token{inner, whole.offset + len("cron(")}, nil
}

// notCron explains what an expression without the wrapper seems to be.
func notCron(text string) string {
	const wanted = "cron(minutes hours day-of-month month day-of-week year)"
	lower := strings.ToLower(text)
	switch {
	case text == "":
		return "empty; write " + wanted + ", as in cron(0 5 ? * * *)"
	case strings.HasPrefix(lower, "rate"):
		return "AWS Backup takes cron expressions only, not rate(...); for every day write cron(0 5 ? * * *), for every hour cron(0 * ? * * *)"
	case strings.HasPrefix(lower, "at("):
		return "AWS Backup takes cron expressions only, not at(...); for one run name day, month and year, as in cron(0 5 24 12 ? 2030)"
	case strings.HasPrefix(lower, "@"):
		return "shorthands such as @daily are not AWS cron; for every day write cron(0 5 ? * * *)"
	case strings.HasPrefix(lower, "cron"):
		return "must begin with cron( in small letters, without a space before the bracket"
	}
	return "must be wrapped in cron(...): " + wanted
}

func split(t token) []token {
	var tokens []token
	start := -1
	for i := range len(t.text) + 1 {
		atSpace := i == len(t.text) || strings.IndexByte(spaces, t.text[i]) >= 0
		switch {
		case atSpace && start >= 0:
			tokens = append(tokens, token{t.text[start:i], t.offset + start})
			start = -1
		case !atSpace && start < 0:
			start = i
		}
	}
	return tokens
}

// wrongCount explains any number of fields but six.
func wrongCount(inner token, tokens []token) *fault {
	const wanted = "AWS cron has six fields: minutes hours day-of-month month day-of-week year"
	switch len(tokens) {
	case 5:
		return &fault{at: inner, reason: "five fields, as in unix cron; " + wanted + fromUnix(tokens)}
	case 7:
		return &fault{at: inner, reason: "seven fields; " + wanted + "; there is no field for seconds"}
	}
	return &fault{at: inner, reason: plural(len(tokens), "field") + "; " + wanted}
}

// fromUnix suggests the AWS spelling of a unix expression where it is certain:
// numbered weekdays are left alone, since unix counts them from 0.
func fromUnix(t []token) string {
	date, weekday := t[2].text, t[4].text
	switch {
	case weekday == "*":
		weekday = "?"
	case date == "*" && !strings.ContainsAny(weekday, "0123456789"):
		date = "?"
	default:
		return "; mind that AWS counts weekdays from 1 = Sunday, and that one of the day fields must be ?"
	}
	text := "cron(" + strings.Join([]string{t[0].text, t[1].text, date, t[3].text, weekday, "*"}, " ") + ")"
	if _, bad := parse(text); bad != nil {
		return ""
	}
	return "; try " + text
}

// asciiUpper leaves everything but a to z as it is: other letters have no meaning here, must not turn into ones that do,
// and keep their places for messages.
func asciiUpper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
