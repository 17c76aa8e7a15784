package awscron_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/protection/awscron"
)

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name, expr, field, value string
		offset                   int
		reason                   string // a part of it
	}{
		{"nothing", "", "", "", 0, "cron(0 5 ? * * *)"},
		{"only space", "  \t", "", "", 3, "empty"},
		{"no wrapper", "0 5 ? * * *", "", "0 5 ? * * *", 0, "must be wrapped in cron(...)"},
		{"capital wrapper", "CRON(0 5 ? * * *)", "", "CRON(0 5 ? * * *)", 0, "small letters"},
		{"space before the bracket", "cron (0 5 ? * * *)", "", "cron (0 5 ? * * *)", 0, "without a space"},
		{"no closing bracket", "cron(0 5 ? * * *", "", "cron(0 5 ? * * *", 0, "closing )"},
		{"text after the bracket", "cron(0 5 ? * * *) x", "", "cron(0 5 ? * * *) x", 0, "closing )"},
		{"rate", "rate(1 day)", "", "rate(1 day)", 0, "not rate(...); for every day write cron(0 5 ? * * *)"},
		{"at", "at(2030-01-01T00:00:00)", "", "at(2030-01-01T00:00:00)", 0, "not at(...)"},
		{"shorthand", "@daily", "", "@daily", 0, "shorthands"},
		{"no fields", "cron()", "", "", 5, "0 fields"},
		{"one field", "cron(5)", "", "5", 5, "1 field;"},
		{"unix cron, every day", "cron(0 5 * * *)", "", "0 5 * * *", 5, "unix cron; AWS cron has six fields: minutes hours day-of-month month day-of-week year; try cron(0 5 * * ? *)"},
		{"unix cron on named days", "cron(0 5 * * MON-FRI)", "", "0 5 * * MON-FRI", 5, "try cron(0 5 ? * MON-FRI *)"},
		{"unix cron on numbered days", "cron(0 5 * * 1)", "", "0 5 * * 1", 5, "counts weekdays from 1 = Sunday"},
		{"seconds", "cron(0 0 5 ? * * *)", "", "0 0 5 ? * * *", 5, "no field for seconds"},
		{"minute 60", "cron(60 5 ? * * *)", "minutes", "60", 5, "outside 0 to 59"},
		{"minute 60 after others", "cron(0,15,60 5 ? * * *)", "minutes", "60", 10, "outside 0 to 59"},
		{"end of range too large", "cron(0-70 5 ? * * *)", "minutes", "70", 7, "outside 0 to 59"},
		{"a number beyond all reach", "cron(99999999999999999999999 5 ? * * *)", "minutes", "99999999999999999999999", 5, "outside"},
		{"a sign", "cron(+5 5 ? * * *)", "minutes", "+5", 5, "not a number from 0 to 59"},
		{"a negative minute", "cron(-5 5 ? * * *)", "minutes", "", 5, "missing"},
		{"an open range", "cron(5- 5 ? * * *)", "minutes", "", 7, "missing"},
		{"foreign digits", "cron(٣ 5 ? * * *)", "minutes", "٣", 5, "not a number"},
		{"words", "cron(x 5 ? * * *)", "minutes", "x", 5, "not a number from 0 to 59"},
		{"name in hours", "cron(0 MON ? * * *)", "hours", "MON", 7, "not a number from 0 to 23"},
		{"? in minutes", "cron(? 5 ? * * *)", "minutes", "?", 5, "write * for every value"},
		{"? in year", "cron(0 5 ? * * ?)", "year", "?", 15, "write * for every value"},
		{"L in month", "cron(0 5 ? L * *)", "month", "L", 11, "L belongs to"},
		{"W in hours", "cron(0 5W ? * * *)", "hours", "5W", 7, "W belongs to day-of-month only"},
		{"# in month", "cron(0 5 ? 1#2 * *)", "month", "1#2", 11, "# belongs to day-of-week only"},
		{"empty entry", "cron(1,,2 5 ? * * *)", "minutes", "", 7, "empty entry"},
		{"comma at the end", "cron(1, 5 ? * * *)", "minutes", "", 7, "empty entry"},
		{"step without start", "cron(/5 5 ? * * *)", "minutes", "", 5, "write a start, as in 0/5"},
		{"step without number", "cron(0/ 5 ? * * *)", "minutes", "0/", 5, "whole number"},
		{"two steps", "cron(0/5/5 5 ? * * *)", "minutes", "0/5/5", 5, "whole number"},
		{"step of nothing", "cron(0/0 5 ? * * *)", "minutes", "0/0", 5, "never moves on"},
		{"step as large as minutes", "cron(*/60 5 ? * * *)", "minutes", "*/60", 5, "as large as the whole field"},
		{"step as large as hours", "cron(0 0/24 ? * * *)", "hours", "0/24", 7, "the largest is 23"},
		{"step as large as months", "cron(0 5 1 */12 ? *)", "month", "*/12", 11, "the largest is 11"},
		{"two dashes", "cron(1-5-9 5 ? * * *)", "minutes", "5-9", 7, "not a number"},
		{"* in a range", "cron(*-5 5 ? * * *)", "minutes", "*", 5, "* must stand alone"},
		{"hour 24", "cron(0 24 ? * * *)", "hours", "24", 7, "outside 0 to 23"},
		{"day 0", "cron(0 5 0 * ? *)", "day-of-month", "0", 9, "outside 1 to 31"},
		{"day 32", "cron(0 5 32 * ? *)", "day-of-month", "32", 9, "outside 1 to 31"},
		{"32W", "cron(0 5 32W * ? *)", "day-of-month", "32", 9, "outside 1 to 31"},
		{"W alone", "cron(0 5 W * ? *)", "day-of-month", "", 9, "missing"},
		{"LW", "cron(0 5 LW * ? *)", "day-of-month", "LW", 9, "LW is not documented"},
		{"L-3", "cron(0 5 L-3 * ? *)", "day-of-month", "L-3", 9, "not documented"},
		{"L in a list", "cron(0 5 1,L * ? *)", "day-of-month", "L", 11, "L is documented alone"},
		{"W in a list", "cron(0 5 1,15W * ? *)", "day-of-month", "15W", 11, "after a single day"},
		{"W after a range", "cron(0 5 1-15W * ? *)", "day-of-month", "15W", 11, "after a single day"},
		{"? in a list", "cron(0 5 1,? * * *)", "day-of-month", "?", 11, "must stand alone"},
		{"month 13", "cron(0 5 1 13 ? *)", "month", "13", 11, "outside 1 to 12"},
		{"full month name", "cron(0 5 1 march ? *)", "month", "march", 11, "did you mean MAR?"},
		{"unknown month", "cron(0 5 1 FOO ? *)", "month", "FOO", 11, "nor a name from JAN to DEC"},
		{"weekday 0", "cron(0 5 ? * 0 *)", "day-of-week", "0", 13, "1 = Sunday to 7 = Saturday; for Sunday write 1 or SUN"},
		{"weekday 0 in a range", "cron(0 5 ? * 0-4 *)", "day-of-week", "0", 13, "no weekday 0"},
		{"weekday 8", "cron(0 5 ? * 8 *)", "day-of-week", "8", 13, "outside 1 to 7"},
		{"full weekday name", "cron(0 5 ? * Monday *)", "day-of-week", "Monday", 13, "did you mean MON?"},
		{"step in weekdays", "cron(0 5 ? * 2/2 *)", "day-of-week", "2/2", 13, "not documented for this field"},
		{"8L", "cron(0 5 ? * 8L *)", "day-of-week", "8", 13, "outside 1 to 7"},
		{"sixth week", "cron(0 5 ? * 3#6 *)", "day-of-week", "3#6", 13, "1 to 5"},
		{"zeroth week", "cron(0 5 ? * 3#0 *)", "day-of-week", "3#0", 13, "1 to 5"},
		{"# of nothing", "cron(0 5 ? * #2 *)", "day-of-week", "", 13, "missing"},
		{"weekday 0 with #", "cron(0 5 ? * 0#2 *)", "day-of-week", "0", 13, "no weekday 0"},
		{"two #", "cron(0 5 ? * 3#1,6#3 *)", "day-of-week", "3#1", 13, "only one # expression"},
		{"L of a list of weekdays", "cron(0 5 ? * 2,6L *)", "day-of-week", "6L", 15, "not in a list"},
		{"* in both day fields", "cron(0 5 * * * *)", "day-of-week", "*", 13, "change day-of-week to ?"},
		{"a date and * as weekday", "cron(0 5 1 * * *)", "day-of-week", "*", 13, "change day-of-week to ?"},
		{"* as date and a weekday", "cron(0 5 * * MON *)", "day-of-month", "*", 9, "change day-of-month to ?"},
		{"a date and a weekday", "cron(0 5 1 * MON *)", "day-of-week", "MON", 13, "use two rules"},
		{"? in both day fields", "cron(0 5 ? * ? *)", "day-of-week", "?", 13, "change day-of-month to *"},
		{"year 1969", "cron(0 5 ? * * 1969)", "year", "1969", 15, "outside 1970 to 2199"},
		{"year 2200", "cron(0 5 ? * * 2200)", "year", "2200", 15, "outside 1970 to 2199"},
		{"years backwards", "cron(0 5 ? * * 2030-2026)", "year", "2030-2026", 15, "cannot run backwards"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := awscron.Parse(test.expr)
			var got *awscron.Error
			if !errors.As(err, &got) {
				t.Fatalf("want an *Error, got %v", err)
			}
			if got.Expr != test.expr || got.Field != test.field || got.Value != test.value || got.Offset != test.offset {
				t.Errorf("got field %q value %q offset %d, want %q %q %d (%s)", got.Field, got.Value, got.Offset, test.field, test.value, test.offset, err)
			}
			if !strings.Contains(got.Reason, test.reason) {
				t.Errorf("reason %q does not say %q", got.Reason, test.reason)
			}
			if !strings.Contains(err.Error(), test.field) || !strings.Contains(err.Error(), got.Reason) {
				t.Errorf("message %q hides the field or the reason", err)
			}
		})
	}
}

func TestErrorQuotesHostileInput(t *testing.T) {
	_, err := awscron.Parse("cron(\x1b[31m\x00 5 ? * * *)" + strings.Repeat("x", 5000))
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\x00\n") || len(err.Error()) > 1000 {
		t.Errorf("message is raw or endless: %q", err)
	}
}

func TestString(t *testing.T) {
	tests := []struct{ name, expr, want string }{
		{"as AWS writes it", "cron(0 5 ? * * *)", "cron(0 5 ? * * *)"},
		{"space everywhere", "  cron(  0\t5   ? * *\n* ) ", "cron(0 5 ? * * *)"},
		{"leading zeros", "cron(00 05 01 09 ? *)", "cron(0 5 1 9 ? *)"},
		{"names in any case", "cron(0 5 ? jan-Mar mOn,fri *)", "cron(0 5 ? JAN-MAR MON,FRI *)"},
		{"steps", "cron(*/05 10-20/5 ? * * 2026/2)", "cron(*/5 10-20/5 ? * * 2026/2)"},
		{"specials in small letters", "cron(0 5 l * ? *)", "cron(0 5 L * ? *)"},
		{"weekday specials", "cron(0 5 ? * fril *)", "cron(0 5 ? * FRIL *)"},
		{"ordinals", "cron(0 5 ? * tue#02 *)", "cron(0 5 ? * TUE#2 *)"},
		{"nearest", "cron(0 5 03w * ? *)", "cron(0 5 3W * ? *)"},
	}
	for _, test := range tests {
		got := mustParse(t, test.expr)
		if got.String() != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if again := mustParse(t, got.String()); again != got {
			t.Errorf("%s: %s parses to something else", test.name, got)
		}
	}
}

func TestEqual(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"cron(0 5 ? * MON-FRI *)", "cron(0 5 ? * 2-6 *)", true},
		{"cron(0/30 5 ? * * *)", "cron(0,30 5 * * ? *)", true},
		{"cron(0 5 ? * 1-7 *)", "cron(0 5 1-31 * ? *)", true},
		{"cron(0 5 ? * L *)", "cron(0 5 ? * SAT *)", true},
		{"cron(0 5 ? * 7L *)", "cron(0 5 ? * SAT *)", false},
		{"cron(0 5 ? * MON *)", "cron(0 5 ? * 1 *)", false},
		{"cron(0 5 1W * ? *)", "cron(0 5 1 * ? *)", false},
	}
	for _, test := range tests {
		a, b := mustParse(t, test.a), mustParse(t, test.b)
		if a.Equal(b) != test.want || b.Equal(a) != test.want {
			t.Errorf("%s and %s: equal is not %v", a, b, test.want)
		}
	}
}

// Letters that upper-casing would turn into others, and bytes that are no letters, are mistakes where they stand.
func TestOnlyPlainLettersHaveMeaning(t *testing.T) {
	for _, expr := range []string{"cron(0 5 ? * ſUN *)", "cron(0 5 ? * 6WK\xe7\xe6Y6OL *)", "cron(0 5 ? ſEP 2 *)"} {
		_, err := awscron.Parse(expr)
		if err == nil {
			t.Errorf("%q is taken", expr)
			continue
		}
		checkError(t, expr, err)
	}
}
