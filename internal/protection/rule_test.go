package protection

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// ruleRow is a change to a good rule and what comes of it.
type ruleRow struct {
	name      string
	change    func(*estate.Unit, *estate.Rule)
	which     string
	want      tri
	effective tri
	why       string
}

func off() estate.Fact[map[string]bool] { return kn(map[string]bool{dynamoDB: false}) }

func lock(mode func(*estate.Vault)) func(*estate.Unit, *estate.Rule) {
	return func(u *estate.Unit, _ *estate.Rule) {
		v := &u.Vaults.Items[0]
		v.Locked = kn(true)
		mode(v)
	}
}

func rule(change func(*estate.Rule)) func(*estate.Unit, *estate.Rule) {
	return func(_ *estate.Unit, r *estate.Rule) { change(r) }
}

// runRows are about schedule, windows, vault and role.
func runRows() []ruleRow {
	return []ruleRow{
		{"all is well", rule(func(*estate.Rule) {}), "schedule", yes, yes, ""},
		{"schedule left out runs at five", rule(func(r *estate.Rule) { r.Schedule = ab[string]() }), "schedule", yes, yes, ""},
		{"rate is no schedule", rule(func(r *estate.Rule) { r.Schedule = kn("rate(1 day)") }), "schedule", no, no, "not valid"},
		{"two day fields", rule(func(r *estate.Rule) { r.Schedule = kn("cron(0 5 * * * *)") }), "schedule", no, no, "not valid"},
		{"schedule of the past", rule(func(r *estate.Rule) { r.Schedule = kn("cron(0 5 ? * * 2020)") }), "schedule", no, no, "no start to come"},
		{"schedule that ends, present unknown", func(u *estate.Unit, r *estate.Rule) {
			r.Schedule, u.Now = kn("cron(0 5 ? * * 2027)"), un[estate.Instant]()
		}, "schedule", maybe, maybe, "present"},
		{"schedule for ever, present unknown", func(u *estate.Unit, _ *estate.Rule) { u.Now = un[estate.Instant]() }, "schedule", yes, yes, ""},
		{"no such time zone", rule(func(r *estate.Rule) { r.Timezone = kn("Mars/Olympus") }), "schedule", no, no, "time zone"},
		{"this machine's zone is none", rule(func(r *estate.Rule) { r.Timezone = kn("Local") }), "schedule", no, no, "time zone"},
		{"schedule unknown", rule(func(r *estate.Rule) { r.Schedule = un[string]() }), "schedule", maybe, maybe, ""},
		{"start window of 59 minutes", rule(func(r *estate.Rule) { r.StartWindow = kn(int64(59)) }), "windows", no, no, "59"},
		{"start window left out", rule(func(r *estate.Rule) { r.StartWindow = ab[int64]() }), "windows", yes, yes, ""},

		{"vault missing", rule(func(r *estate.Rule) { r.Vault = kn("other") }), "vault", no, no, `vault "other" does not exist`},
		{"vault missing, list not whole", func(u *estate.Unit, r *estate.Rule) {
			r.Vault, u.Vaults.Whole = kn("other"), un[bool]()
		}, "vault", maybe, maybe, ""},
		{"vault found, list not whole", func(u *estate.Unit, _ *estate.Rule) { u.Vaults.Whole = un[bool]() }, "vault", yes, yes, ""},
		{"vault names are case sensitive", rule(func(r *estate.Rule) { r.Vault = kn("Main") }), "vault", no, no, ""},

		{"role missing", func(u *estate.Unit, _ *estate.Rule) { u.Roles.Items[0].Exists = kn(false) }, "role", no, no, "does not exist"},
		{"role not read", func(u *estate.Unit, _ *estate.Rule) { u.Roles.Items = nil }, "role", maybe, maybe, "not read"},
		{"role trusts another service", func(u *estate.Unit, _ *estate.Rule) {
			u.Roles.Items[0].Trust = kn(strings.Replace(goodTrust, "backup.", "ec2.", 1))
		}, "trust", no, no, "does not trust"},
		{"trust policy unreadable", func(u *estate.Unit, _ *estate.Rule) { u.Roles.Items[0].Trust = kn("{") }, "trust", maybe, maybe, ""},
		{"trust policy unknown", func(u *estate.Unit, _ *estate.Rule) { u.Roles.Items[0].Trust = un[string]() }, "trust", maybe, maybe, ""},
	}
}

// keepRows are about locks, keys and lifecycles.
func keepRows() []ruleRow {
	return []ruleRow{
		{"lock admits", lock(func(v *estate.Vault) { v.MinRetention, v.MaxRetention = kn(int64(7)), kn(int64(35)) }), "lock", yes, yes, ""},
		{"lock wants longer", lock(func(v *estate.Vault) { v.MinRetention = kn(int64(36)) }), "lock", no, no, "at least 36 days"},
		{"lock wants shorter", lock(func(v *estate.Vault) { v.MaxRetention = kn(int64(34)) }), "lock", no, no, "at most 34 days"},
		{"for ever against a maximum, assumed", func(u *estate.Unit, r *estate.Rule) {
			r.DeleteAfterDays, u.Vaults.Items[0].Locked, u.Vaults.Items[0].MaxRetention = ab[int64](), kn(true), kn(int64(36500))
		}, "lock", no, no, "for ever"},
		{"for ever against a minimum", func(u *estate.Unit, r *estate.Rule) {
			r.DeleteAfterDays, u.Vaults.Items[0].Locked, u.Vaults.Items[0].MinRetention = ab[int64](), kn(true), kn(int64(7))
		}, "lock", yes, yes, ""},
		{"bounds without a lock do not bind", func(u *estate.Unit, _ *estate.Rule) { u.Vaults.Items[0].MinRetention = kn(int64(99)) }, "lock", yes, yes, ""},
		{"lock unknown, retention outside", func(u *estate.Unit, _ *estate.Rule) {
			u.Vaults.Items[0].Locked, u.Vaults.Items[0].MinRetention = un[bool](), kn(int64(99))
		}, "lock", maybe, maybe, ""},
		{"lock unknown, retention inside decides", func(u *estate.Unit, _ *estate.Rule) { u.Vaults.Items[0].Locked = un[bool]() }, "lock", yes, yes, ""},

		{"vault's key disabled", func(u *estate.Unit, _ *estate.Rule) { u.Keys.Items[0].State = kn("Disabled") }, "key", no, no, "Disabled"},
		{"vault's key pending deletion", func(u *estate.Unit, _ *estate.Rule) { u.Keys.Items[0].State = kn("PendingDeletion") }, "key", no, no, ""},
		{"vault's key not read", func(u *estate.Unit, _ *estate.Rule) { u.Keys.Items = nil }, "key", maybe, maybe, ""},
		{"plain: the vault's key does not matter", func(u *estate.Unit, _ *estate.Rule) {
			u.Settings.Management, u.Keys.Items[0].State = off(), kn("Disabled")
		}, "key", yes, yes, ""},
		{"plain: the table's key does", func(u *estate.Unit, _ *estate.Rule) {
			u.Settings.Management, u.Tables.Items[0].KeyARN, u.Keys.Items[1].State = off(), kn(tableKeyARN), kn("Disabled")
		}, "key", no, no, ""},

		{"kept a day", rule(func(r *estate.Rule) { r.DeleteAfterDays = kn(int64(1)) }), "lifecycle", yes, yes, ""},
		{"kept no day", rule(func(r *estate.Rule) { r.DeleteAfterDays = kn(int64(0)) }), "lifecycle", no, no, "36500"},
		{"kept too long", rule(func(r *estate.Rule) { r.DeleteAfterDays = kn(int64(36501)) }), "lifecycle", no, no, ""},
		{"cold for 89 days", rule(func(r *estate.Rule) { r.ColdAfterDays, r.DeleteAfterDays = kn(int64(30)), kn(int64(119)) }), "lifecycle", no, no, "90 days"},
		{"cold for 90 days", rule(func(r *estate.Rule) { r.ColdAfterDays, r.DeleteAfterDays = kn(int64(30)), kn(int64(120)) }), "lifecycle", yes, yes, ""},
		{"cold for ever", rule(func(r *estate.Rule) { r.ColdAfterDays, r.DeleteAfterDays = kn(int64(30)), ab[int64]() }), "lifecycle", yes, yes, ""},

		{"cold takes effect", rule(func(r *estate.Rule) { r.ColdAfterDays, r.DeleteAfterDays = kn(int64(1)), kn(int64(91)) }), "cold", yes, yes, ""},
		{"cold without advanced features is ignored, the rule still works", func(u *estate.Unit, r *estate.Rule) {
			u.Settings.Management, r.ColdAfterDays, r.DeleteAfterDays = off(), kn(int64(1)), kn(int64(91))
		}, "cold", no, yes, "ignored"},
		{"continuous means nothing", rule(func(r *estate.Rule) { r.Continuous = kn(true) }), "continuous", yes, yes, "means nothing"},

		{"air-gapped vault as the target", func(u *estate.Unit, r *estate.Rule) {
			v := testVault("gap")
			v.Type, v.KeyARN, v.Locked, v.MinRetention, v.MaxRetention = kn(airGappedVault), ab[string](), kn(true), kn(int64(7)), kn(int64(100))
			u.Vaults.Items, r.AirGappedVault = append(u.Vaults.Items, v), v.ARN
		}, "gapped", yes, yes, ""},
		{"air-gapped vault's range binds", func(u *estate.Unit, r *estate.Rule) {
			v := testVault("gap")
			v.Type, v.KeyARN, v.MinRetention, v.MaxRetention = kn(airGappedVault), ab[string](), kn(int64(40)), kn(int64(100))
			u.Vaults.Items, r.AirGappedVault = append(u.Vaults.Items, v), v.ARN
		}, "lock", no, no, "at least 40 days"},
		{"plain points land in the ordinary vault instead", func(u *estate.Unit, r *estate.Rule) {
			u.Settings.Management, r.AirGappedVault = off(), kn(backupARN("backup-vault", "gap"))
		}, "gapped", no, yes, "ordinary vault"},
		{"air-gapped vault missing", rule(func(r *estate.Rule) { r.AirGappedVault = kn(backupARN("backup-vault", "gap")) }), "vault", no, no, "does not exist"},
	}
}

// TestRule goes through what a rule needs: semantics 1.7, 2.1 to 2.5, 3, 3.1, 3.2.
func TestRule(t *testing.T) {
	pick := map[string]func(*RuleCover) Answer[bool]{
		"schedule":   func(r *RuleCover) Answer[bool] { return r.ScheduleRuns },
		"windows":    func(r *RuleCover) Answer[bool] { return r.WindowsValid },
		"vault":      func(r *RuleCover) Answer[bool] { return r.VaultExists },
		"role":       func(r *RuleCover) Answer[bool] { return r.RoleExists },
		"trust":      func(r *RuleCover) Answer[bool] { return r.RoleTrusted },
		"lock":       func(r *RuleCover) Answer[bool] { return r.RetentionFitsLock },
		"key":        func(r *RuleCover) Answer[bool] { return r.KeyUsable },
		"lifecycle":  func(r *RuleCover) Answer[bool] { return r.LifecycleValid },
		"cold":       func(r *RuleCover) Answer[bool] { return r.ColdTakesEffect },
		"gapped":     func(r *RuleCover) Answer[bool] { return r.AirGapped },
		"continuous": func(r *RuleCover) Answer[bool] { return r.ContinuousIgnored },
	}
	for _, row := range append(runRows(), keepRows()...) {
		t.Run(row.name, func(t *testing.T) {
			u := daily()
			row.change(u, &u.Plans.Items[0].Rules.Items[0])
			c := coverFirst(u)
			r := &c.Plans.Items[0].Rules[0]
			a := pick[row.which](r)
			want(t, row.which, a, row.want)
			want(t, "effective", c.Effective, row.effective)
			if !strings.Contains(a.Why, row.why) {
				t.Errorf("why %q lacks %q", a.Why, row.why)
			}
		})
	}
}

func TestIntervals(t *testing.T) {
	const hour, day = 3600, 86400
	for _, row := range []struct {
		name, cron, zone string
		longest          int64
	}{
		{"daily", "cron(0 5 ? * * *)", "UTC", day},
		{"hourly", "cron(0 * ? * * *)", "UTC", hour},
		{"every 12 hours", "cron(0 5/12 ? * * *)", "UTC", 12 * hour},
		{"every 12 hours after 11:59 is once a day", "cron(0 13/12 ? * * *)", "UTC", day},
		{"workdays leave the weekend", "cron(0 5 ? * MON-FRI *)", "UTC", 3 * day},
		{"monthly", "cron(0 5 1 * ? *)", "UTC", 31 * day},
		{"daylight saving makes a day of 25 hours", "cron(0 5 ? * * *)", "Europe/Berlin", 25 * hour},
		{"a time skipped in spring", "cron(30 2 ? * * *)", "Europe/Berlin", 47 * hour},
		{"yearly", "cron(0 5 1 1 ? *)", "UTC", 365 * day},
	} {
		u := daily()
		r := &u.Plans.Items[0].Rules.Items[0]
		r.Schedule, r.Timezone = kn(row.cron), kn(row.zone)
		c := coverFirst(u)
		if got := c.LongestInterval.Or(-1); got != row.longest {
			t.Errorf("%s: longest interval %d, want %d", row.name, got, row.longest)
		}
		if got := c.WorstGap.Or(-1); got != row.longest+3*hour { // windows of 60 and 120 minutes
			t.Errorf("%s: worst gap %d, want %d", row.name, got, row.longest+3*hour)
		}
	}
}

func TestTwelveHourTrapIsWarned(t *testing.T) {
	u := daily()
	u.Plans.Items[0].Rules.Items[0].Schedule = kn("cron(0 13/12 ? * * *)")
	e := Explain(coverFirst(u))
	if !slices.ContainsFunc(e.Warnings, func(w Warning) bool { return w.Code == WarnTwelveHours }) {
		t.Errorf("warnings %v", e.Warnings)
	}
}

func TestDefaultWindows(t *testing.T) {
	u := daily()
	r := &u.Plans.Items[0].Rules.Items[0]
	r.StartWindow, r.CompletionWindow = ab[int64](), ab[int64]()
	c := coverFirst(u)
	if got, w := c.WorstGap.Or(-1), int64(24*3600+480*60+10080*60); got != w {
		t.Errorf("worst gap %d, want %d", got, w)
	}
}

// TestOverlap is AWS's worked example (semantics 1.9): hourly kept a day, and every 12 hours within 8 hours kept a week.
func TestOverlap(t *testing.T) {
	hourly, long := testRule("hourly"), testRule("long")
	hourly.Schedule, hourly.StartWindow, hourly.DeleteAfterDays = kn("cron(0 * ? * * *)"), kn(int64(60)), kn(int64(1))
	long.Schedule, long.StartWindow, long.DeleteAfterDays = kn("cron(0 0/12 ? * * *)"), kn(int64(480)), kn(int64(7))
	u := testUnit([]estate.Table{testTable("orders")}, testPlan("p", []estate.Selection{with(nil, typed)}, hourly, long))
	c := coverFirst(u)
	f := c.Forecast(tm("2026-11-22T00:00:00Z"), 1)
	got := map[string][]int{}
	for _, p := range f.Coming {
		got[p.Rule] = append(got[p.Rule], p.Scheduled.Time().Hour())
	}
	if !slices.Equal(got["long"], []int{0, 12}) || !slices.Equal(got["hourly"], []int{8, 9, 10, 11, 20, 21, 22, 23}) {
		t.Errorf("starts: %v", got)
	}
	// The longest pause is from the start of the long window to the first hourly one after it.
	if w := int64(8 * 3600); c.LongestInterval.Or(0) != w {
		t.Errorf("longest interval %v, want %d", c.LongestInterval, w)
	}
	if c.RetentionDays.Or(0) != 7 {
		t.Errorf("retention %v", c.RetentionDays)
	}
}

func TestTwoPlansDoNotOverlap(t *testing.T) {
	a := testPlan("a", []estate.Selection{with(nil, typed)}, testRule("r"))
	b := testPlan("b", []estate.Selection{with(nil, "*")}, testRule("r"))
	u := testUnit([]estate.Table{testTable("orders")}, a, b)
	if n := len(coverFirst(u).Forecast(testNow, 1).Coming); n != 2 {
		t.Errorf("%d points of two plans in a day, want 2", n)
	}
}

func TestCopies(t *testing.T) {
	u := daily()
	dest := "arn:aws:backup:eu-west-1:999999999999:backup-vault:far"
	u.Plans.Items[0].Rules.Items[0].Copies = all(
		estate.Copy{ID: "c", VaultARN: kn(dest), ColdAfterDays: ab[int64](), DeleteAfterDays: ab[int64]()})
	k := coverFirst(u).Plans.Items[0].Rules[0].Copies[0]
	want(t, "cross Region", k.CrossRegion, yes)
	want(t, "cross account", k.CrossAccount, yes)
	want(t, "takes effect, destination not looked at", k.TakesEffect, maybe)
	if k.RetentionDays.Or(0) != 35 {
		t.Errorf("a copy without a lifecycle follows the source's: %v", k.RetentionDays)
	}
	u.Settings.Management = kn(map[string]bool{})
	want(t, "takes effect without advanced features", coverFirst(u).Plans.Items[0].Rules[0].Copies[0].TakesEffect, no)
}

func TestPITR(t *testing.T) {
	for _, row := range []struct {
		name  string
		since string
		full  tri
		avail time.Duration
	}{
		{"on for long", "2026-10-17T12:00:00Z", yes, 35*24*time.Hour - 5*time.Minute},
		{"on since yesterday", "2026-11-20T12:00:00Z", no, 24*time.Hour - 5*time.Minute},
	} {
		u := testUnit([]estate.Table{withPITR(testTable("orders"), row.since)})
		p := coverFirst(u).PITR
		want(t, row.name+": on", p.On, yes)
		want(t, row.name+": full", p.Full, row.full)
		if got := p.AvailableSeconds.Or(-1); got != int64(row.avail/time.Second) {
			t.Errorf("%s: available %d", row.name, got)
		}
		if row.full == no && !strings.Contains(p.Full.Why, "2026-12-25") {
			t.Errorf("%s: %q does not say when", row.name, p.Full.Why)
		}
		if p.LossSeconds.Or(-1) != 300 {
			t.Errorf("%s: loss %v", row.name, p.LossSeconds)
		}
	}
	u := testUnit([]estate.Table{testTable("orders")})
	p := coverFirst(u).PITR
	want(t, "off", p.On, no)
	if p.AvailableSeconds.Or(-1) != 0 || !p.PeriodDays.IsAbsent() {
		t.Errorf("off: %+v", p)
	}
	u.Tables.Items[0].PITRStatus = un[string]()
	want(t, "unread", coverFirst(u).PITR.On, maybe)
}

func TestAdvancedNeedsBothPreferences(t *testing.T) {
	for _, row := range []struct {
		optIn, management bool
		want              tri
	}{{true, true, yes}, {true, false, no}, {false, true, no}, {false, false, no}} {
		u := daily()
		u.Settings.OptIn, u.Settings.Management = kn(map[string]bool{dynamoDB: row.optIn}), kn(map[string]bool{dynamoDB: row.management})
		want(t, "advanced", coverFirst(u).Plans.Items[0].Rules[0].Advanced, row.want)
	}
}

// TestTrustForTheAccount: the usual guard against a confused deputy names the account, which is known.
func TestTrustForTheAccount(t *testing.T) {
	for account, w := range map[string]tri{testAccount: yes, "999999999999": no} {
		u := daily()
		u.Roles.Items[0].Trust = kn(strings.TrimSuffix(goodTrust, "}]}") + `,"Condition":{"StringEquals":{"aws:SourceAccount":"` + account + `"}}}]}`)
		want(t, "trust for "+account, coverFirst(u).Plans.Items[0].Rules[0].RoleTrusted, w)
	}
}

// TestFullWindowTrails: earliest and now are not read in one moment, so a full window may look a few minutes short.
func TestFullWindowTrails(t *testing.T) {
	for since, w := range map[string]tri{"2026-10-17T12:04:00Z": yes, "2026-10-17T12:06:00Z": no} {
		want(t, since, coverFirst(testUnit([]estate.Table{withPITR(testTable("t"), since)})).PITR.Full, w)
	}
}

func TestPlanWithAnUndecidedSelection(t *testing.T) {
	u := daily()
	u.Plans.Items[0].Selections.Items[0].Resources = un[[]string]()
	c := coverFirst(u)
	want(t, "plan selects", c.Plans.Items[0].Selects, maybe)
	want(t, "plan effective", c.Plans.Items[0].Effective, maybe)
}

// TestDefaultPeriod: a period that nobody chose is AWS's, 35 days (semantics 4.1).
func TestDefaultPeriod(t *testing.T) {
	u := testUnit([]estate.Table{withPITR(testTable("orders"), "2026-11-20T12:00:00Z")})
	u.Tables.Items[0].PITRPeriodDays = ab[int64]()
	c := coverFirst(u)
	if got := c.PITR.PeriodDays.Or(-1); got != 35 {
		t.Errorf("period %d", got)
	}
	want(t, "full", c.PITR.Full, no)
	if got := scenarioOf(c, "items-damaged").ReachDays.Or(-1); got != 35 {
		t.Errorf("reach %d", got)
	}
}

// TestTableKey: a table that DynamoDB was locked out of comes back by nothing that needs its key (semantics 4.1).
func TestTableKey(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*estate.Table, *estate.Key)
		want   tri
	}{
		{"usable", func(*estate.Table, *estate.Key) {}, yes},
		{"updating", func(x *estate.Table, _ *estate.Key) { x.Status = kn("UPDATING") }, yes},
		{"inaccessible", func(x *estate.Table, _ *estate.Key) { x.Status = kn("INACCESSIBLE_ENCRYPTION_CREDENTIALS") }, no},
		{"being archived", func(x *estate.Table, _ *estate.Key) { x.Status = kn("ARCHIVING") }, no},
		{"archived", func(x *estate.Table, _ *estate.Key) { x.Status = kn("ARCHIVED") }, no},
		{"inaccessible since", func(x *estate.Table, _ *estate.Key) { x.KeyInaccessibleAt = kn(testNow) }, no},
		{"status not read", func(x *estate.Table, _ *estate.Key) { x.Status = un[string]() }, maybe},
		{"a template has no status", func(x *estate.Table, _ *estate.Key) { x.Status = ab[string]() }, yes},
		{"KMS knows no such key", func(_ *estate.Table, k *estate.Key) { k.State = ab[string]() }, no},
		{"key not read", func(_ *estate.Table, k *estate.Key) { k.State = un[string]() }, maybe},
	} {
		u := testUnit([]estate.Table{withPITR(testTable("orders"), "2026-10-17T12:00:00Z")})
		underKey(u)
		row.change(&u.Tables.Items[0], &u.Keys.Items[1])
		want(t, row.name, scenarioOf(coverFirst(u), "items-damaged").Recoverable, row.want)
	}
}

// TestPointUnderALostKey: a recovery point whose key KMS no longer knows restores nothing.
func TestPointUnderALostKey(t *testing.T) {
	u := daily()
	u.Keys.Items[0].State = ab[string]()
	want(t, "any backup", coverFirst(u).Observed.All.Any, no)
}

// TestOverlapWithARuleThatFails: whether a rule that keeps longer, and whose jobs fail, still takes the place of others is not documented.
func TestOverlapWithARuleThatFails(t *testing.T) {
	night, long := testRule("night"), testRule("long")
	night.DeleteAfterDays, long.DeleteAfterDays, long.Vault = kn(int64(35)), kn(int64(365)), kn("nowhere")
	u := testUnit([]estate.Table{testTable("orders")}, testPlan("p", []estate.Selection{with(nil, typed)}, night, long))
	if c := coverFirst(u); !c.LongestInterval.IsUnknown() || triOf(c.Effective) != yes {
		t.Errorf("one start for both: interval %v, effective %v", c.LongestInterval, c.Effective)
	}
	u.Plans.Items[0].Rules.Items[1].Schedule = un[string]()
	if c := coverFirst(u); !c.LongestInterval.IsUnknown() {
		t.Errorf("when the failing rule starts is not known: interval %v", c.LongestInterval)
	}
	u.Plans.Items[0].Rules.Items[1].Schedule = kn("cron(0 12 ? * * *)")
	if c := coverFirst(u); c.LongestInterval.Or(0) != 24*3600 {
		t.Errorf("starts apart: interval %v", c.LongestInterval)
	}
	u.Plans.Items[0].Rules.Items[1].Schedule, u.Plans.Items[0].Rules.Items[1].DeleteAfterDays = night.Schedule, kn(int64(7))
	if c := coverFirst(u); c.LongestInterval.Or(0) != 24*3600 {
		t.Errorf("the failing rule keeps shorter: interval %v", c.LongestInterval)
	}
	u.Plans.Items[0].Rules.Items[1].DeleteAfterDays, u.Plans.Items[0].Rules.Items[1].Vault = kn(int64(365)), kn("main")
	if c := coverFirst(u); c.LongestInterval.Or(0) != 24*3600 || c.RetentionDays.Or(0) != 365 {
		t.Errorf("both work: interval %v, kept %v", c.LongestInterval, c.RetentionDays)
	}
}
