package awscron_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/restorable/restorable/internal/protection/awscron"
)

func mustParse(t testing.TB, expr string) awscron.Schedule {
	t.Helper()
	s, err := awscron.Parse(expr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// The first runs of expressions, the first dozen from AWS's pages "Cron
// expressions reference" and "Backup plan options".
func TestRuns(t *testing.T) {
	tests := []struct {
		name, expr, from string
		want             []string
	}{
		{"every day at ten", "cron(0 10 * * ? *)", "2026-03-01 10:00", []string{"2026-03-01 10:00", "2026-03-02 10:00"}},
		{"every day at a quarter past twelve", "cron(15 12 * * ? *)", "2026-02-28 13:00", []string{"2026-03-01 12:15", "2026-03-02 12:15"}},
		{"evenings from Monday to Friday", "cron(0 18 ? * MON-FRI *)", "2026-11-20 18:01", []string{"2026-11-23 18:00", "2026-11-24 18:00"}},
		{"the first of the month", "cron(0 8 1 * ? *)", "2026-12-01 08:01", []string{"2027-01-01 08:00", "2027-02-01 08:00"}},
		{"every quarter of an hour", "cron(0/15 * * * ? *)", "2026-11-21 23:44", []string{"2026-11-21 23:45", "2026-11-22 00:00"}},
		{"every ten minutes on weekdays", "cron(0/10 * ? * MON-FRI *)", "2026-11-20 23:45", []string{"2026-11-20 23:50", "2026-11-23 00:00"}},
		{"every five minutes in working hours", "cron(0/5 8-17 ? * MON-FRI *)", "2026-11-20 17:54", []string{"2026-11-20 17:55", "2026-11-23 08:00"}},
		{"half hours from eight in the evening to two at night, a wrapping range", "cron(0/30 20-2 ? * MON-FRI *)", "2026-11-20 22:30",
			[]string{"2026-11-20 22:30", "2026-11-20 23:00", "2026-11-20 23:30", "2026-11-23 00:00"}},
		{"every tenth minute from the first", "cron(1/10 * * * ? *)", "2026-11-21 08:42", []string{"2026-11-21 08:51", "2026-11-21 09:01"}},
		{"a quarter past every hour", "cron(15 * ? * * *)", "2026-11-21 08:15", []string{"2026-11-21 08:15", "2026-11-21 09:15"}},
		{"noon", "cron(0 12 * * ? *)", "2026-11-21 08:15", []string{"2026-11-21 12:00"}},
		{"the default of AWS Backup", "cron(0 5 ? * * *)", "2026-12-31 05:01", []string{"2027-01-01 05:00"}},
		{"second Tuesday", "cron(0 9 ? * 3#2 *)", "2026-11-01 00:00", []string{"2026-11-10 09:00", "2026-12-08 09:00"}},
		{"fifth Friday, only in months that have one", "cron(0 9 ? * FRI#5 *)", "2026-11-01 00:00", []string{"2027-01-29 09:00", "2027-04-30 09:00"}},
		{"last Friday", "cron(0 9 ? * 6L *)", "2026-11-01 00:00", []string{"2026-11-27 09:00", "2026-12-25 09:00"}},
		{"last Saturday of a month that ends on one", "cron(0 9 ? * 7L *)", "2026-02-01 00:00", []string{"2026-02-28 09:00", "2026-03-28 09:00"}},
		{"last day of the month, in a leap year too", "cron(0 0 L * ? *)", "2028-01-31 00:01", []string{"2028-02-29 00:00", "2028-03-31 00:00"}},
		{"last day of the week is Saturday", "cron(0 0 ? * L *)", "2026-11-18 00:00", []string{"2026-11-21 00:00", "2026-11-28 00:00"}},
		{"weekday nearest the third", "cron(0 0 3W * ? *)", "2026-10-01 00:00", []string{"2026-10-02 00:00", "2026-11-03 00:00", "2026-12-03 00:00", "2027-01-04 00:00"}},
		{"weekday nearest the first stays inside the month", "cron(0 0 1W * ? *)", "2026-08-01 00:00", []string{"2026-08-03 00:00", "2026-09-01 00:00"}},
		{"weekday nearest the 31st stays inside the month", "cron(0 0 31W * ? *)", "2026-05-01 00:00", []string{"2026-05-29 00:00", "2026-07-31 00:00"}},
		{"one is Sunday", "cron(0 0 ? * 1 *)", "2026-11-21 00:00", []string{"2026-11-22 00:00", "2026-11-29 00:00"}},
		{"a weekend that wraps", "cron(0 0 ? * FRI-MON *)", "2026-11-17 00:00", []string{"2026-11-20 00:00", "2026-11-21 00:00", "2026-11-22 00:00", "2026-11-23 00:00", "2026-11-27 00:00"}},
		{"winter wraps", "cron(0 0 1 NOV-FEB ? *)", "2026-01-15 00:00", []string{"2026-02-01 00:00", "2026-11-01 00:00"}},
		{"days wrap", "cron(0 0 30-2 * ? *)", "2026-02-02 00:01", []string{"2026-03-01 00:00", "2026-03-02 00:00", "2026-03-30 00:00", "2026-03-31 00:00"}},
		{"a step through a wrapping range", "cron(0 20-2/2 * * ? *)", "2026-01-01 12:00", []string{"2026-01-01 20:00", "2026-01-01 22:00", "2026-01-02 00:00", "2026-01-02 02:00", "2026-01-02 20:00"}},
		{"a step through a range", "cron(10-40/15 3 * * ? *)", "2026-01-01 00:00", []string{"2026-01-01 03:10", "2026-01-01 03:25", "2026-01-01 03:40", "2026-01-02 03:10"}},
		{"a step over all", "cron(*/25 3 * * ? *)", "2026-01-01 00:00", []string{"2026-01-01 03:00", "2026-01-01 03:25", "2026-01-01 03:50"}},
		{"a leap day over the century without one", "cron(0 0 29 2 ? *)", "2096-03-01 00:00", []string{"2104-02-29 00:00"}},
		{"one year only", "cron(0 0 1 1 ? 2030)", "2026-01-01 00:00", []string{"2030-01-01 00:00"}},
		{"every second year", "cron(0 0 1 1 ? 2026/2)", "2026-06-01 00:00", []string{"2028-01-01 00:00"}},
		{"twelve hours from one is once a day: nothing wraps past midnight", "cron(0 13/12 * * ? *)", "2026-01-01 00:00", []string{"2026-01-01 13:00", "2026-01-02 13:00"}},
		{"a day that never comes", "cron(0 0 31 2 ? *)", "2026-01-01 00:00", nil},
		{"a year gone by", "cron(0 0 1 1 ? 1999)", "2026-01-01 00:00", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			from := at(t, test.from, time.UTC)
			checkTimes(t, mustParse(t, test.expr).Between(from, from.AddDate(40, 0, 0), nil, max(1, len(test.want))), test.want, "2006-01-02 15:04")
		})
	}
}

func at(t testing.TB, text string, loc *time.Location) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func checkTimes(t *testing.T, got []time.Time, want []string, layout string) {
	t.Helper()
	var texts []string
	for _, g := range got {
		texts = append(texts, g.Format(layout))
	}
	if len(texts) != len(want) {
		t.Fatalf("got %q, want %q", texts, want)
	}
	for i := range want {
		if texts[i] != want[i] {
			t.Errorf("run %d: got %s, want %s", i, texts[i], want[i])
		}
	}
}
