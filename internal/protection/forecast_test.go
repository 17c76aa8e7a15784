package protection

import (
	"slices"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"pgregory.net/rapid"
)

func TestForecastOfADailyPlan(t *testing.T) {
	c := coverFirst(daily())
	f := c.Forecast(testNow, 7)
	want(t, "known", f.Known, yes)
	if len(f.Coming) != 7 || len(f.Existing) != 2 {
		t.Fatalf("%d coming, %d existing", len(f.Coming), len(f.Existing))
	}
	p := f.Coming[0]
	if p.Scheduled != tm("2026-11-22T05:00:00Z") || p.StartBy != tm("2026-11-22T06:00:00Z") || p.Latest != tm("2026-11-22T08:00:00Z") {
		t.Errorf("first point %v %v %v", p.Scheduled, p.StartBy, p.Latest)
	}
	if p.Expires.Or(0) != tm("2026-12-27T05:00:00Z") || p.Vault != backupARN("backup-vault", "main") {
		t.Errorf("expires %v, vault %s", p.Expires, p.Vault)
	}
	if f.First.Or(0) != p.Scheduled {
		t.Errorf("first %v", f.First)
	}
	// Just before the point of the 22nd is there at 08:00 one can go back to 05:00 of the 21st; later each night is 27 hours as well.
	if f.MaxLoss.Or(0) != 27*3600 || f.MaxLossAt.Or(0) != tm("2026-11-22T08:00:00Z") {
		t.Errorf("worst loss %v at %v", f.MaxLoss, f.MaxLossAt)
	}
	if f.PromptMaxLoss.Or(0) != 24*3600 {
		t.Errorf("worst loss of prompt jobs %v", f.PromptMaxLoss)
	}
	if f.Loss[0].Back.Or(0) != testNow.Add(-7*hour) {
		t.Errorf("now one can go back to %v", f.Loss[0].Back)
	}
}

func TestForecast(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*estate.Unit)
		known  tri
		worst  int64
	}{
		{"the only point expires before the next comes", func(u *estate.Unit) {
			u.Plans.Items = nil
			p := testPoint("orders", 7*hour, "x", "x")
			p.DeleteAt = kn(testNow.Add(hour))
			u.Vaults.Items[0].RecoveryPoints = all(p)
		}, yes, Forever},
		{"a point kept for ever, nothing to come", func(u *estate.Unit) {
			u.Plans.Items = nil
			p := testPoint("orders", 7*hour, "x", "x")
			p.DeleteAt = ab[estate.Instant]()
			u.Vaults.Items[0].RecoveryPoints = all(p)
		}, yes, (7*24 + 7) * 3600},
		{"point-in-time recovery", func(u *estate.Unit) { u.Tables.Items[0] = withPITR(u.Tables.Items[0], "2026-11-20T12:00:00Z") }, yes, 300},
		{"a template has no now", func(u *estate.Unit) { u.Now = ab[estate.Instant]() }, maybe, -1},
		{"a vault that was not listed", func(u *estate.Unit) { u.Vaults.Whole = un[bool]() }, maybe, -1},
		{"a role that was not read", func(u *estate.Unit) { u.Roles.Items = nil }, maybe, -1},
		{"plans not whole", func(u *estate.Unit) { u.Plans.Whole = un[bool]() }, maybe, -1},
	} {
		u := daily()
		row.change(u)
		f := coverFirst(u).Forecast(testNow, 7)
		want(t, row.name, f.Known, row.known)
		if got := f.MaxLoss.Or(-1); got != row.worst {
			t.Errorf("%s: worst loss %d, want %d", row.name, got, row.worst)
		}
	}
}

func TestForecastIsBounded(t *testing.T) {
	u := daily()
	u.Plans.Items[0].Rules.Items[0].Schedule = kn("cron(* * ? * * *)")
	if n := len(coverFirst(u).Forecast(testNow, 1<<30).Coming); n > maxStartsPerRule {
		t.Errorf("%d points", n)
	}
}

// TestSweepIsItsDefinition compares the sweep with asking every hour anew.
func TestSweepIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const hours = 30
		at := func(h int) estate.Instant { return testNow.Add(time.Duration(h) * hour) }
		var stays []stay
		for range rapid.IntRange(0, 8).Draw(t, "stays") {
			from := rapid.IntRange(-10, hours).Draw(t, "from")
			stays = append(stays, stay{at(from), at(from + rapid.IntRange(0, 20).Draw(t, "long")), at(from - rapid.IntRange(0, 5).Draw(t, "back"))})
		}
		slices.SortStableFunc(stays, func(a, b stay) int { return int(a.from - b.from) })
		steps := sweep(stays, at(0), at(hours))
		for h := range hours {
			var best estate.Instant
			for _, s := range stays {
				if s.from <= at(h) && at(h) < s.until {
					best = max(best, s.back)
				}
			}
			i := len(steps) - 1
			for steps[i].At > at(h) {
				i--
			}
			if got := steps[i].Back.Or(0); got != best {
				t.Fatalf("after %d hours back to %v, want %v", h, got, best)
			}
		}
	})
}

func TestExplain(t *testing.T) {
	u := daily()
	other := testSelection("tags")
	other.ListOfTags = pairs("backup", "yes")
	u.Plans.Items = append(u.Plans.Items, testPlan("other", []estate.Selection{other}, testRule("r")))
	u.BackupJobs.Items = append(u.BackupJobs.Items, testJob("orders", "FAILED", 60*hour, "no permission"))
	e := Explain(coverFirst(u))
	if len(e.Plans) != 2 || len(e.Plans[0].Rules) != 1 || len(e.Plans[1].Rules) != 0 {
		t.Fatalf("plans: %+v", e.Plans)
	}
	want(t, "first plan", e.Plans[0].Selects, yes)
	want(t, "second plan", e.Plans[1].Selects, no)
	if e.Plans[0].Selections[0].Pattern != typed || e.Plans[1].Selections[0].Sentence == "" {
		t.Errorf("selections: %+v", e.Plans)
	}
	if len(e.Plans[0].Rules[0].Prerequisites) != 9 {
		t.Errorf("prerequisites: %v", e.Plans[0].Rules[0].Prerequisites)
	}
	var kinds []string
	for i, v := range e.Timeline {
		kinds = append(kinds, v.Kind)
		if i > 0 && v.At < e.Timeline[i-1].At {
			t.Errorf("event %d is out of order", i)
		}
	}
	wantKinds := []string{EventTable, EventJob, EventPoint, EventPoint, EventNow, EventComing}
	if len(kinds) < len(wantKinds) || !slices.Equal(kinds[:len(wantKinds)], wantKinds) {
		t.Errorf("timeline: %v", kinds)
	}
	if e.LossNow.Or(0) != 7*3600 || e.LossWeek.Or(0) != 27*3600 {
		t.Errorf("loss now %v, over the week %v", e.LossNow, e.LossWeek)
	}
}

func TestExplainATemplate(t *testing.T) {
	u := daily()
	u.Now, u.Account, u.Region = ab[estate.Instant](), un[string](), un[string]()
	u.Vaults, u.Roles, u.Backups, u.BackupJobs = some[estate.Vault](), some[estate.Role](), some[estate.NativeBackup](), some[estate.BackupJob]()
	u.Tables.Items[0].ARN = un[string]()
	e := Explain(coverFirst(u))
	want(t, "selects", e.Plans[0].Selects, yes)
	want(t, "forecast", e.Forecast.Known, maybe)
	if e.LossNow.IsKnown() {
		t.Errorf("a template has no loss now: %v", e.LossNow)
	}
}

func TestSelector(t *testing.T) {
	s := testSelection("s", "*")
	tab := testTable("orders")
	for _, optedIn := range []bool{true, false} {
		if got, why := NewSelector(&s).Decide(testUnit(nil), &tab, optedIn); got != optedIn {
			t.Errorf("opted in %v: %v, %s", optedIn, got, why)
		}
	}
}

// TestExplainWithoutAPresent: without it nothing is to come, rather than all that came since 1970.
func TestExplainWithoutAPresent(t *testing.T) {
	u := daily()
	u.Now = un[estate.Instant]()
	for _, e := range Explain(coverFirst(u)).Timeline {
		if e.Kind == EventComing || e.Kind == EventNow {
			t.Errorf("%s at %s", e.Kind, date(e.At.Time()))
		}
	}
}
