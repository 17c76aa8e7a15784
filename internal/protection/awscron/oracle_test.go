package awscron_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/adhocore/gronx"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/protection/awscron"
)

// sample is a drawn expression with its meaning, told without the package
// under test, and its translation for gronx where that library can say it.
type sample struct {
	expr  string
	gronx string // empty when gronx lacks a form
	match func(time.Time) bool
}

// part is one field of a sample.
type part struct {
	text  string
	plain bool // gronx reads it alike
	match func(int) bool
}

func drawPart(t *rapid.T, name string, lo, hi, shift int) part {
	size := hi - lo + 1
	value := rapid.IntRange(lo, hi)
	all := part{plain: true, match: func(int) bool { return false }}
	for range rapid.IntRange(1, 3).Draw(t, name+" entries") {
		a, b, step := value.Draw(t, name), value.Draw(t, name), rapid.IntRange(1, size-1).Draw(t, name+" step")
		var text string
		var in func(int) bool
		within := func(v int) bool { return a <= b && a <= v && v <= b || a > b && (v >= a || v <= b) }
		switch rapid.IntRange(0, 5).Draw(t, name+" form") {
		case 0, 1:
			text, in = fmt.Sprint(a+shift), func(v int) bool { return v == a }
		case 2:
			text, in = fmt.Sprintf("%d-%d", a+shift, b+shift), within
			all.plain = all.plain && a <= b
		case 3:
			text, in = fmt.Sprintf("%d-%d/%d", a, b, step), func(v int) bool { return within(v) && ((v-a+size)%size)%step == 0 }
			all.plain = false // gronx refuses values past the range's end
		case 4:
			text, in = fmt.Sprintf("*/%d", step), func(v int) bool { return (v-lo)%step == 0 }
		default:
			text, in = "*", func(int) bool { return true }
		}
		if shift != 0 && strings.Contains(text, "/") { // weekdays have no steps
			text, in = fmt.Sprint(a+shift), func(v int) bool { return v == a }
		}
		before := all.match
		all.text = strings.TrimPrefix(all.text+","+text, ",")
		all.match = func(v int) bool { return before(v) || in(v) }
	}
	return all
}

// drawDay draws both day fields.
func drawDay(t *rapid.T) (date, weekday, gronxDate, gronxWeekday string, match func(time.Time) bool) {
	n, nth, w := rapid.IntRange(1, 31).Draw(t, "day"), rapid.IntRange(1, 5).Draw(t, "nth"), rapid.IntRange(0, 6).Draw(t, "weekday")
	switch rapid.IntRange(0, 6).Draw(t, "day form") {
	case 0:
		return "*", "?", "*", "*", func(time.Time) bool { return true }
	case 1:
		return "L", "?", "L", "*", func(d time.Time) bool { return d.AddDate(0, 0, 1).Day() == 1 }
	case 2:
		return fmt.Sprintf("%dW", n), "?", fmt.Sprintf("%dW", n), "*", func(d time.Time) bool { return isNearest(d, n) }
	case 3:
		return "?", fmt.Sprintf("%dL", w+1), "*", fmt.Sprintf("%dL", w), func(d time.Time) bool {
			return int(d.Weekday()) == w && d.AddDate(0, 0, 7).Month() != d.Month()
		}
	case 4:
		return "?", fmt.Sprintf("%d#%d", w+1, nth), "*", fmt.Sprintf("%d#%d", w, nth), func(d time.Time) bool {
			return int(d.Weekday()) == w && (d.Day()-1)/7+1 == nth
		}
	case 5:
		p := drawPart(t, "dates", 1, 31, 0)
		if p.plain {
			gronxDate = p.text
		}
		return p.text, "?", gronxDate, "*", func(d time.Time) bool { return p.match(d.Day()) }
	}
	p := drawPart(t, "weekdays", 0, 6, 1)
	if p.plain {
		gronxWeekday = strings.Map(func(r rune) rune {
			if r >= '1' && r <= '7' {
				return r - 1
			}
			return r
		}, p.text)
	}
	return "?", p.text, "*", gronxWeekday, func(d time.Time) bool { return p.match(int(d.Weekday())) }
}

// isNearest looks for the Monday to Friday of the month with the smallest distance.
func isNearest(d time.Time, n int) bool {
	best, distance := 0, 99
	first := time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	for day := 1; day <= last && n <= last; day++ {
		weekday := first.AddDate(0, 0, day-1).Weekday()
		if gap := max(day-n, n-day); weekday != time.Saturday && weekday != time.Sunday && gap < distance {
			best, distance = day, gap
		}
	}
	return d.Day() == best
}

func drawSample(t *rapid.T) sample {
	minutes, hours, months := drawPart(t, "minutes", 0, 59, 0), drawPart(t, "hours", 0, 23, 0), drawPart(t, "months", 1, 12, 0)
	date, weekday, gDate, gWeekday, day := drawDay(t)
	s := sample{expr: fmt.Sprintf("cron(%s %s %s %s %s *)", minutes.text, hours.text, date, months.text, weekday)}
	if minutes.plain && hours.plain && months.plain && gDate != "" && gWeekday != "" {
		s.gronx = strings.Join([]string{minutes.text, hours.text, gDate, months.text, gWeekday}, " ")
	}
	s.match = func(d time.Time) bool {
		return minutes.match(d.Minute()) && hours.match(d.Hour()) && months.match(int(d.Month())) && day(d)
	}
	return s
}

var zoneNames = []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Atlantic/Azores", "Europe/London", "Europe/Lisbon", "Asia/Kathmandu"}

// drawMoment draws a minute, half of the time near a change of the clocks.
func drawMoment(t *rapid.T, loc *time.Location) time.Time {
	first, last := time.Date(1975, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60, time.Date(2190, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60
	moment := time.Unix(rapid.Int64Range(first, last).Draw(t, "minute")*60, 0).In(loc)
	if _, end := moment.ZoneBounds(); !end.IsZero() && rapid.Bool().Draw(t, "near a change") {
		moment = end.Add(time.Duration(rapid.IntRange(-600, 200).Draw(t, "minutes off")) * time.Minute)
	}
	return moment
}

// naive walks minute by minute and runs each reading of the clock once.
func naive(s sample, from, to time.Time, loc *time.Location) []string {
	seen := map[string]bool{}
	var runs []string
	for t := from.Add(-4 * time.Hour).Truncate(time.Minute); t.Before(to); t = t.Add(time.Minute) {
		reading := t.In(loc).Format(time.DateTime)
		if !seen[reading] && !t.Before(from) && s.match(t.In(loc)) {
			runs = append(runs, t.In(loc).Format(zoned))
		}
		seen[reading] = true
	}
	return runs
}

func TestBetweenEqualsNaiveWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		loc, err := time.LoadLocation(rapid.SampledFrom(zoneNames).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		from := drawMoment(t, loc)
		to := from.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "window")) * time.Minute)
		parsed, err := awscron.Parse(s.expr)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, run := range parsed.Between(from, to, loc, 0) {
			got = append(got, run.Format(zoned))
		}
		if want := naive(s, from, to, loc); !slices.Equal(got, want) {
			t.Fatalf("%s in %s from %s to %s:\ngot  %q\nwant %q", s.expr, loc, from, to, got, want)
		}
	})
}

func TestNextAndPrevAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		loc, err := time.LoadLocation(rapid.SampledFrom(zoneNames).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		moment := drawMoment(t, loc)
		parsed, err := awscron.Parse(s.expr)
		if err != nil {
			t.Fatal(err)
		}
		next, ok := parsed.Next(moment, loc)
		if !ok {
			t.Skip("never runs")
		}
		if !next.After(moment) || !s.match(next) || next.Second() != 0 {
			t.Fatalf("%s: next of %s is %s", s.expr, moment, next)
		}
		if prev, ok := parsed.Prev(next, loc); ok && prev.After(moment) {
			t.Fatalf("%s: next of %s is %s, but %s lies between", s.expr, moment, next, prev)
		}
		if after, ok := parsed.Next(next, loc); ok {
			if prev, _ := parsed.Prev(after, loc); !prev.Equal(next) {
				t.Fatalf("%s: %s, then %s, but before that %s", s.expr, next, after, prev)
			}
		}
	})
}

// gronx is an independent cron library. It counts weekdays from 0 = Sunday and
// has no year; ranges that wrap are beyond it.
func TestAgreesWithGronx(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		if s.gronx == "" {
			t.Skip("gronx cannot say it")
		}
		moment := drawMoment(t, time.UTC)
		parsed, err := awscron.Parse(s.expr)
		if err != nil {
			t.Fatal(err)
		}
		moments := []time.Time{moment}
		if next, ok := parsed.Next(moment, nil); ok {
			moments = append(moments, next, next.Add(-time.Minute), next.Add(time.Minute), next.AddDate(0, 0, 1), next.AddDate(0, 0, -7))
		}
		for _, m := range moments {
			due, err := gronx.New().IsDue(s.gronx, m)
			if err != nil {
				t.Fatalf("%s: %s", s.gronx, err)
			}
			if ours := len(parsed.Between(m, m.Add(time.Minute), nil, 0)) == 1; ours != due {
				t.Fatalf("%s (gronx %s) at %s: due is %v, gronx says %v", s.expr, s.gronx, m, ours, due)
			}
			compared++
		}
	})
	if compared < 100 {
		t.Errorf("only %d moments compared", compared)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"cron(0 5 ? * * *)", "cron(0/30 20-2 ? * MON-FRI *)", "cron(1,2 3 15W JAN ? 2026/2)", "cron(0 5 ? * 3#2 *)", "cron(0 5 L * ? *)", "cron(0 5 ? * 6L *)", "rate(1 day)", "0 5 * * *", "cron(* * * * * *)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		s, err := awscron.Parse(expr)
		if err != nil {
			checkError(t, expr, err)
			return
		}
		again, err := awscron.Parse(s.String())
		if err != nil || again != s {
			t.Fatalf("%q becomes %q, which is not the same (%v)", expr, s, err)
		}
		if s.Describe() == "" {
			t.Fatalf("%q has no description", s)
		}
		now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
		if next, ok := s.Next(now, nil); ok && !next.After(now) {
			t.Fatalf("%q: next of %s is %s", s, now, next)
		}
	})
}

func checkError(t *testing.T, expr string, err error) {
	t.Helper()
	var e *awscron.Error
	if !errors.As(err, &e) || e.Reason == "" || e.Offset < 0 || e.Offset+len(e.Value) > len(expr) {
		t.Fatalf("%q: bad error %#v", expr, err)
	}
	if !strings.EqualFold(expr[e.Offset:e.Offset+len(e.Value)], e.Value) {
		t.Fatalf("%q: %q does not stand at %d", expr, e.Value, e.Offset)
	}
}

func BenchmarkNext(b *testing.B) {
	loc, now := zone(b, "Europe/Berlin"), time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, expr := range []string{"cron(0 5 ? * * *)", "cron(0 5 29 2 ? *)", "cron(0 5 31 2 ? *)"} {
		s := mustParse(b, expr)
		b.Run(expr, func(b *testing.B) {
			for b.Loop() {
				s.Next(now, loc)
			}
		})
	}
}

func BenchmarkHourlyYear(b *testing.B) {
	loc, now := zone(b, "Europe/Berlin"), time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	s := mustParse(b, "cron(0 * ? * * *)")
	for b.Loop() {
		if n := len(s.Between(now, now.AddDate(1, 0, 0), loc, 0)); n < 8700 {
			b.Fatalf("only %d runs", n)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := awscron.Parse("cron(0/30 20-2 ? * MON-FRI *)"); err != nil {
			b.Fatal(err)
		}
	}
}
