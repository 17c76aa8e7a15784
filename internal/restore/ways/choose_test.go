package ways_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore/ways"
)

// single is a table that was never deleted, with PITR of ten days, and backups of 1, 2 and 3 days ago.
func single() *estate.Unit {
	u := unit(region)
	u.Tables = whole(table(orders, "new", 40*24*time.Hour))
	u.Tables.Items[0].PITREarliest = at(10 * 24 * time.Hour)
	u.Backups = whole(native("three", "new", 72*time.Hour), native("ancient", "new", 20*24*time.Hour))
	u.Vaults = whole(vault("primary", region, point("p1", 24*time.Hour), point("p2", 48*time.Hour)))
	u.Keys = whole(enabled())
	return u
}

func choose(t *testing.T, wish ways.Wish, units ...*estate.Unit) (*ways.Choice, *ways.Refusal) {
	t.Helper()
	all, _ := list(t, "orders", units...)
	c, err := ways.Choose(all, wish)
	var r *ways.Refusal
	if err != nil && !errors.As(err, &r) {
		t.Fatal(err)
	}
	return c, r
}

func off(u *estate.Unit) *estate.Unit {
	t := &u.Tables.Items[0]
	t.PITRStatus, t.PITREarliest, t.PITRLatest = known("DISABLED"), absent[estate.Instant](), absent[estate.Instant]()
	return u
}

func TestChoices(t *testing.T) {
	p1 := point("p1", 0).ID
	for _, c := range []struct {
		name   string
		unit   *estate.Unit
		wish   ways.Wish
		arn    string // its end
		moment time.Time
		note   string
	}{
		{"latest by PITR", single(), ways.Wish{Latest: true}, ":table/orders", time.Time{}, ""},
		{"latest without PITR", off(single()), ways.Wish{Latest: true}, "p1", time.Time{}, ""},
		{"a second", single(), ways.Wish{At: now.Add(-time.Hour + 300*time.Millisecond)}, ":table/orders", now.Add(-time.Hour), ""},
		{"the first second", single(), ways.Wish{At: now.Add(-240 * time.Hour)}, ":table/orders", now.Add(-240 * time.Hour), ""},
		{"the newest backup", single(), ways.Wish{NewestBackup: true}, "p1", time.Time{}, ""},
		{"a backup", single(), ways.Wish{ARN: p1}, "p1", time.Time{}, ""},
		{"the second before an incident", single(), ways.Wish{Before: now.Add(-time.Hour)}, ":table/orders", now.Add(-time.Hour - time.Second), ""},
		{"an incident within a second", single(), ways.Wish{Before: now.Add(-time.Hour + 500*time.Millisecond)}, ":table/orders", now.Add(-time.Hour - time.Second), ""},
		{"an incident just now", single(), ways.Wish{Before: now.Add(-time.Minute)}, ":table/orders", now.Add(-5 * time.Minute), "in 3m59s it reaches the second before"},
		{"before the window", single(), ways.Wish{Before: now.Add(-15 * 24 * time.Hour)}, "ancient", time.Time{}, "What was written between"},
		{"the newest backup before", single(), ways.Wish{NewestBackup: true, Before: now.Add(-25 * time.Hour)}, "p2", time.Time{}, ""},
		// p1 was whole ten minutes after it was begun, and a minute is kept away from that.
		{"a minute after it was whole", single(), ways.Wish{NewestBackup: true, Before: now.Add(-24*time.Hour + 11*time.Minute)}, "p1", time.Time{}, ""},
		{"less than a minute after it was whole", single(), ways.Wish{NewestBackup: true, Before: now.Add(-24*time.Hour + 11*time.Minute - time.Second)}, "p2", time.Time{}, ""},
		{"while it was made", single(), ways.Wish{NewestBackup: true, Before: now.Add(-24*time.Hour + time.Minute)}, "p2", time.Time{}, ""},
		{"a minute after a native one", single(), ways.Wish{NewestBackup: true, Before: now.Add(-72*time.Hour + time.Minute)}, "three", time.Time{}, ""},
		{"within a minute of a native one", single(), ways.Wish{NewestBackup: true, Before: now.Add(-72*time.Hour + 59*time.Second)}, "ancient", time.Time{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, refusal := choose(t, c.wish, c.unit)
			if refusal != nil {
				t.Fatal(refusal)
			}
			if !strings.HasSuffix(got.ARN, c.arn) || !got.Moment.Equal(c.moment) || !strings.Contains(strings.Join(got.Notes, " "), c.note) {
				t.Errorf("%s at %v: %q", got.ARN, got.Moment, got.Notes)
			}
		})
	}
}

func TestRefusalsSayWhyAndWhatServes(t *testing.T) {
	gone := unit(region)
	gone.Backups = whole(system("old", time.Hour))
	for _, c := range []struct {
		name     string
		units    []*estate.Unit
		wish     ways.Wish
		why, end string // end of the next command, or of the hint
	}{
		{"outside the window", []*estate.Unit{single()}, ways.Wish{At: now.Add(-15 * 24 * time.Hour)},
			"is outside the window of point-in-time recovery, which reaches from 2026-11-10T12:00:00Z to 2026-11-20T11:55:00Z; the nearest backup before it is of 2026-10-31T12:00:00Z", "ancient"},
		{"after the window", []*estate.Unit{single()}, ways.Wish{At: now}, "outside the window", "p1"},
		{"before everything", []*estate.Unit{single()}, ways.Wish{At: now.Add(-30 * 24 * time.Hour)}, "the nearest backup after it", "ancient"},
		{"PITR off", []*estate.Unit{off(single())}, ways.Wish{At: now.Add(-time.Hour)}, "point-in-time recovery is off; the nearest backup before it", "p1"},
		{"a deleted table", []*estate.Unit{gone}, ways.Wish{At: now.Add(-2 * time.Hour)}, "as of its deletion alone", "00000000"},
		{"no such backup", []*estate.Unit{single()}, ways.Wish{ARN: "arn:none"}, "none of the 4 backups", "other Regions"},
		{"nothing so old", []*estate.Unit{single()}, ways.Wish{Before: now.Add(-100 * 24 * time.Hour)}, "what is there begins at 2026-10-31T12:00:00Z", "accounts"},
		{"two incarnations", rich(), ways.Wish{Latest: true}, "2 tables could be meant", "--table-id new, or --table-id old"},
		{"no such incarnation", rich(), ways.Wish{Latest: true, TableID: "x"}, "known are new, old", "shows them"},
		{"nothing at all", []*estate.Unit{unit(region)}, ways.Wish{Latest: true}, "there is no way back", "--role-arn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, r := choose(t, c.wish, c.units...)
			if r == nil {
				t.Fatalf("chose %s", got.ARN)
			}
			next := r.Hint
			if len(r.Next) > 0 {
				next = r.Next[len(r.Next)-1]
			}
			if !strings.Contains(r.Reason, c.why) || !strings.HasSuffix(next, c.end) {
				t.Errorf("%q\n%q", r.Reason, next)
			}
		})
	}
}

func TestAnIncarnationIsChosenById(t *testing.T) {
	for id, want := range map[string]string{"new": ":table/orders", "old": "00000000"} {
		got, r := choose(t, ways.Wish{Latest: true, TableID: id}, rich()...)
		if r != nil || !strings.HasSuffix(got.ARN, want) {
			t.Errorf("%s: %v, %v", id, got, r)
		}
	}
	// The table that is there may be meant even when nothing brings it back, unless it is younger than the incident.
	bare := rich()
	bare[0] = off(bare[0])
	bare[0].Backups.Items = bare[0].Backups.Items[1:]
	bare[0].Vaults.Items[0].RecoveryPoints.Items = bare[0].Vaults.Items[0].RecoveryPoints.Items[2:]
	bare[0].CopyJobs.Items, bare[1].Vaults.Items = nil, nil
	if got, r := choose(t, ways.Wish{Latest: true}, bare...); r == nil || !strings.Contains(r.Reason, "2 tables could be meant") {
		t.Errorf("an older table in the place of the one that is there: %v", got)
	}
	if got, r := choose(t, ways.Wish{Before: now.Add(-11*24*time.Hour + 5*time.Minute)}, bare...); r != nil || got.Table.TableID != "old" {
		t.Errorf("%v, %v", got, r)
	}
	// A second of the window belongs to the table that is there, and to no other.
	if got, r := choose(t, ways.Wish{At: now.Add(-time.Hour)}, rich()...); r != nil || got.Table.TableID != "new" {
		t.Errorf("%v, %v", got, r)
	}
	if got, r := choose(t, ways.Wish{ARN: orders + "/backup/old"}, rich()...); r != nil || got.Table.TableID != "old" {
		t.Errorf("%v, %v", got, r)
	}
}

func TestWhatMayServeIsSaidAndNotPreferred(t *testing.T) {
	u := off(single())
	u.Vaults.Items[0].RecoveryPoints.Items[0].Status = estate.UnknownFact[string](1)
	got, r := choose(t, ways.Wish{NewestBackup: true}, u)
	if r != nil || !strings.HasSuffix(got.ARN, "p2") || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "A newer one may serve, the recovery point of 2026-11-19T12:00:00Z") {
		t.Errorf("%v, %v", got, r)
	}
	u.Keys = whole[estate.Key]()
	u.Backups = whole[estate.NativeBackup]()
	if got, r = choose(t, ways.Wish{NewestBackup: true}, u); r != nil || got.Usable != ways.Maybe || !strings.Contains(got.Notes[0], "not known: ") {
		t.Errorf("nothing sure: %v, %v", got, r)
	}
	u.Keys = whole(estate.Key{ID: key, State: known("Disabled")})
	if _, r = choose(t, ways.Wish{NewestBackup: true}, u); r == nil || !strings.Contains(r.Reason, "kms enable-key --key-id k1") {
		t.Errorf("a disabled key: %v", r)
	}
	if _, r = choose(t, ways.Wish{ARN: point("p2", 0).ID}, u); r == nil || !strings.Contains(r.Reason, "its key is disabled") {
		t.Errorf("named: %v", r)
	}
}

func TestMoments(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-20T14:30:00Z": "2026-11-20T14:30:00Z", "2026-11-20T14:30:00+01:00": "2026-11-20T13:30:00Z", "2026-11-19": "2026-11-19T00:00:00Z",
		"-2h": "2026-11-20T10:00:00Z", "-1d12h": "2026-11-19T00:00:00Z", " -90m ": "2026-11-20T10:30:00Z",
	} {
		if got, err := ways.Moment(text, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for text, why := range map[string]string{"2026-11-20 14:30": "in UTC it is 2026-11-20T14:30:00Z", "yesterday": "want a time", "-2": "write for example", "": "want a time", "-2h-": "write for example", "2026-13-01": "want a time"} {
		if got, err := ways.Moment(text, now); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, err := ways.Moment("-2h", time.Time{}); err == nil || !strings.Contains(err.Error(), "clock is not known") {
		t.Errorf("without a clock: %v", err)
	}
}

func TestRoutes(t *testing.T) {
	all, _ := list(t, "orders", rich()...)
	native, job := all[0], all[1]
	plain := job
	plain.ARN = orders + "/backup/1-2"
	frozen := job
	frozen.Cold = ways.Yes
	far := native
	far.Region = "me-south-1"
	for _, c := range []struct {
		name   string
		way    ways.Way
		target string
		want   ways.Route
		refuse string
	}{
		{"PITR", native, "", ways.Route{API: ways.ToPointInTime, Region: region}, ""},
		{"PITR across", native, "us-east-1", ways.Route{API: ways.ToPointInTime, Region: "us-east-1", Override: true}, ""},
		{"PITR from a closed Region", far, "us-east-1", ways.Route{}, "neither from nor to me-south-1"},
		{"job", job, region, ways.Route{API: ways.Job, Region: region}, ""},
		{"job across", job, "us-east-1", ways.Route{API: ways.Job, Region: "us-east-1", Copy: true}, ""},
		{"plain", plain, "", ways.Route{API: ways.Job, Region: region}, ""},
		{"plain across", plain, "us-east-1", ways.Route{}, "without advanced features"},
		{"cold across", frozen, "us-east-1", ways.Route{}, "cold storage"},
	} {
		got, err := c.way.Route(c.target)
		if c.refuse != "" && (err == nil || !strings.Contains(err.Error(), c.refuse)) || c.refuse == "" && (err != nil || got != c.want) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestMeasuredRestores(t *testing.T) {
	u := single()
	u.RestoreJobs = whole(
		estate.RestoreJob{ID: "r1", ResourceARN: known(orders), RecoveryPoint: known(point("p1", 0).ID), Status: known("COMPLETED"), CreatedAt: at(2 * time.Hour), CompletedAt: at(110 * time.Minute)},
		estate.RestoreJob{ID: "r2", ResourceARN: known(orders), RecoveryPoint: known(point("p1", 0).ID), Status: known("FAILED"), CreatedAt: at(2 * time.Hour), CompletedAt: at(time.Minute)},
		estate.RestoreJob{ID: "r3", ResourceARN: known(orders), RecoveryPoint: known("gone"), Status: known("COMPLETED"), CreatedAt: at(2 * time.Hour), CompletedAt: at(time.Minute)})
	got := ways.Measure(&estate.Estate{Units: []*estate.Unit{u}})
	if len(got) != 1 || got[0] != (ways.Measured{TableARN: orders, Took: 10 * time.Minute}) {
		t.Errorf("%+v", got)
	}
}
