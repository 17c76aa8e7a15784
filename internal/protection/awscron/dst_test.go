package awscron_test

import (
	"math"
	"testing"
	"time"
)

const zoned = "2006-01-02 15:04 -0700"

// AWS (EventBridge Scheduler, "Schedule types"): skipped times do not run,
// repeated ones run once. That the first of two runs, and that hourly rules
// follow the same rule, is this package's reading.
func TestDaylightSaving(t *testing.T) {
	tests := []struct {
		name, zone, expr, from, to string
		want                       []string
	}{
		{"a time skipped in spring does not run that day", "Europe/Berlin", "cron(30 2 * * ? *)", "2026-03-28 00:00", "2026-03-31 00:00",
			[]string{"2026-03-28 02:30 +0100", "2026-03-30 02:30 +0200"}},
		{"the edges of the skipped hour run", "Europe/Berlin", "cron(0 1-4 29 * ? *)", "2026-03-29 00:00", "2026-03-30 00:00",
			[]string{"2026-03-29 01:00 +0100", "2026-03-29 03:00 +0200", "2026-03-29 04:00 +0200"}},
		{"a time repeated in autumn runs at its first pass", "Europe/Berlin", "cron(30 2 * * ? *)", "2026-10-24 00:00", "2026-10-27 00:00",
			[]string{"2026-10-24 02:30 +0200", "2026-10-25 02:30 +0200", "2026-10-26 02:30 +0100"}},
		{"an hourly rule pauses while the hour repeats", "Europe/Berlin", "cron(0 * * * ? *)", "2026-10-25 01:00", "2026-10-25 05:00",
			[]string{"2026-10-25 01:00 +0200", "2026-10-25 02:00 +0200", "2026-10-25 03:00 +0100", "2026-10-25 04:00 +0100"}},
		{"a rule of every 20 minutes too", "America/New_York", "cron(0/20 0-2 * * ? *)", "2026-11-01 00:40", "2026-11-01 02:20",
			[]string{"2026-11-01 00:40 -0400", "2026-11-01 01:00 -0400", "2026-11-01 01:20 -0400", "2026-11-01 01:40 -0400", "2026-11-01 02:00 -0500"}},
		{"an hourly rule loses nothing but the skipped hour", "America/New_York", "cron(0 * * * ? *)", "2026-03-08 00:00", "2026-03-08 05:00",
			[]string{"2026-03-08 00:00 -0500", "2026-03-08 01:00 -0500", "2026-03-08 03:00 -0400", "2026-03-08 04:00 -0400"}},
		{"half an hour repeated on Lord Howe", "Australia/Lord_Howe", "cron(0/15 1-2 * * ? *)", "2026-04-05 01:15", "2026-04-05 02:30",
			[]string{"2026-04-05 01:15 +1100", "2026-04-05 01:30 +1100", "2026-04-05 01:45 +1100", "2026-04-05 02:00 +1030", "2026-04-05 02:15 +1030"}},
		{"half an hour skipped on Lord Howe", "Australia/Lord_Howe", "cron(0/15 1-2 * * ? *)", "2026-10-04 01:30", "2026-10-04 03:00",
			[]string{"2026-10-04 01:30 +1030", "2026-10-04 01:45 +1030", "2026-10-04 02:30 +1100", "2026-10-04 02:45 +1100"}},
		{"a whole day skipped in Samoa", "Pacific/Apia", "cron(0 12 * * ? *)", "2011-12-29 00:00", "2012-01-01 00:00",
			[]string{"2011-12-29 12:00 -1000", "2011-12-31 12:00 +1400"}},
		{"a third offset lies between the start and the run", "Europe/Lisbon", "cron(30 2 30 3 ? 1997)", "1995-07-01 00:00", "1997-04-01 00:00",
			[]string{"1997-03-30 02:30 +0100"}},
		{"midnight skipped in Cairo", "Africa/Cairo", "cron(0 0 * * ? *)", "2026-04-23 00:00", "2026-04-26 00:00",
			[]string{"2026-04-23 00:00 +0200", "2026-04-25 00:00 +0300"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			loc, s := zone(t, test.zone), mustParse(t, test.expr)
			from, to := at(t, test.from, loc), at(t, test.to, loc)
			checkTimes(t, s.Between(from, to, loc, 0), test.want, zoned)
			var back []string
			for run, ok := s.Prev(to, loc); ok && !run.Before(from); run, ok = s.Prev(run, loc) {
				back = append([]string{run.Format(zoned)}, back...)
			}
			if len(back) != len(test.want) || len(back) > 0 && back[0] != test.want[0] {
				t.Errorf("backwards: got %q, want %q", back, test.want)
			}
		})
	}
}

func TestNextFromInsideTheRepeatedHour(t *testing.T) {
	loc, s := zone(t, "Europe/Berlin"), mustParse(t, "cron(30 2 * * ? *)")
	second := time.Date(2026, 10, 25, 1, 10, 0, 0, time.UTC) // 02:10 for the second time
	if got, _ := s.Next(second, loc); got.Format(zoned) != "2026-10-26 02:30 +0100" {
		t.Errorf("next: got %s: a second run of 02:30", got.Format(zoned))
	}
	if got, _ := s.Prev(second, loc); got.Format(zoned) != "2026-10-25 02:30 +0200" {
		t.Errorf("prev: got %s, missed the first pass of 02:30", got.Format(zoned))
	}
}

func TestBoundaries(t *testing.T) {
	s := mustParse(t, "cron(0 5 * * ? *)")
	five := time.Date(2026, 1, 1, 5, 0, 0, 0, time.UTC)
	if got, _ := s.Next(five, nil); !got.Equal(five.AddDate(0, 0, 1)) {
		t.Errorf("next is not strictly after: %s", got)
	}
	if got, _ := s.Next(five.Add(-time.Nanosecond), nil); !got.Equal(five) {
		t.Errorf("next a nanosecond before: %s", got)
	}
	if got, _ := s.Prev(five, nil); !got.Equal(five.AddDate(0, 0, -1)) {
		t.Errorf("prev is not strictly before: %s", got)
	}
	if got, _ := s.Prev(five.Add(time.Nanosecond), nil); !got.Equal(five) {
		t.Errorf("prev a nanosecond after: %s", got)
	}
	if got := s.Between(five, five, nil, 0); len(got) != 0 {
		t.Errorf("an empty window has runs: %v", got)
	}
	if got := s.Between(five, five.Add(1), nil, 0); len(got) != 1 {
		t.Errorf("from is not included: %v", got)
	}
	if got := s.Between(five.Add(1), five.Add(2), nil, 0); len(got) != 0 {
		t.Errorf("a run before from: %v", got)
	}
	if got, ok := s.Next(time.Unix(math.MaxInt64, 0), zone(t, "Europe/Berlin")); ok {
		t.Errorf("a run after the end of time: %s", got)
	}
	if got, ok := s.Prev(time.Unix(math.MinInt64, 0), zone(t, "Europe/Berlin")); ok {
		t.Errorf("a run before the beginning of time: %s", got)
	}
	if got := s.Between(five, five.AddDate(1, 0, 0), nil, 3); len(got) != 3 {
		t.Errorf("the limit does not hold: %v", got)
	}
	last := time.Date(2199, 12, 31, 5, 0, 0, 0, time.UTC)
	if got, ok := s.Next(last, nil); ok {
		t.Errorf("a run after 2199: %s", got)
	}
	if got, _ := s.Prev(time.Unix(1<<62, 0), nil); !got.Equal(last) {
		t.Errorf("prev from the end of time: %s", got)
	}
	first := time.Date(1970, 1, 1, 5, 0, 0, 0, time.UTC)
	if got, _ := s.Next(time.Unix(-1<<62, 0), nil); !got.Equal(first) {
		t.Errorf("next from the beginning of time: %s", got)
	}
	if got, ok := s.Prev(first, nil); ok {
		t.Errorf("a run before 1970: %s", got)
	}
}

func TestSmallestInterval(t *testing.T) {
	tests := []struct {
		name, zone, expr string
		min, max         time.Duration
	}{
		{"daily in UTC", "UTC", "cron(0 5 * * ? *)", 24 * time.Hour, 24 * time.Hour},
		{"daily with daylight saving", "Europe/Berlin", "cron(0 5 * * ? *)", 23 * time.Hour, 25 * time.Hour},
		{"daily at a time skipped in spring", "Europe/Berlin", "cron(30 2 * * ? *)", 24 * time.Hour, 47 * time.Hour},
		{"hourly with daylight saving", "Europe/Berlin", "cron(0 * * * ? *)", time.Hour, 2 * time.Hour},
		{"working days", "UTC", "cron(0 5 ? * MON-FRI *)", 24 * time.Hour, 72 * time.Hour},
		{"twice a day, unevenly", "UTC", "cron(0 5,17 * * ? *)", 12 * time.Hour, 12 * time.Hour},
		{"monthly", "UTC", "cron(0 5 1 * ? *)", 28 * 24 * time.Hour, 31 * 24 * time.Hour},
		{"yearly", "UTC", "cron(0 5 1 1 ? *)", 365 * 24 * time.Hour, 365 * 24 * time.Hour},
		{"every leap day", "UTC", "cron(0 5 29 2 ? *)", 1461 * 24 * time.Hour, 1461 * 24 * time.Hour},
		{"every five minutes", "UTC", "cron(0/5 * * * ? *)", 5 * time.Minute, 5 * time.Minute},
		{"once and never again", "UTC", "cron(0 5 1 1 ? 2026)", 0, 0},
		{"never", "UTC", "cron(0 5 31 2 ? *)", 0, 0},
	}
	around := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	for _, test := range tests {
		shortest, longest := mustParse(t, test.expr).SmallestInterval(zone(t, test.zone), around)
		if shortest != test.min || longest != test.max {
			t.Errorf("%s: got %s to %s, want %s to %s", test.name, shortest, longest, test.min, test.max)
		}
	}
}
