package protection

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
)

const (
	day   = 24 * time.Hour
	month = 30 * 86_400
)

func testRestore(ago, took time.Duration, status string) estate.RestoreJob {
	made := testNow.Add(-ago)
	return estate.RestoreJob{
		ID: "restore-" + ago.String(), ResourceARN: kn(tableARN("orders")), Status: kn(status), Message: ab[string](), CreatedAt: kn(made),
		CompletedAt: kn(made.Add(took)), ValidationStatus: ab[string](), TestingPlan: ab[string](),
	}
}

func testDrill(ago time.Duration, outcome string) estate.Drill {
	return estate.Drill{
		ID: "d-" + ago.String(), TableARN: kn(tableARN("orders")), TableID: kn("id-orders"), FinishedAt: kn(testNow.Add(-ago)), Outcome: kn(outcome),
		Restored: kn(true), Compared: kn(true), ActiveSeconds: kn(int64(600)), CompleteSeconds: kn(int64(900)),
	}
}

func remembered(ago time.Duration) estate.ProtectedResource {
	p := estate.ProtectedResource{ID: tableARN("orders"), LastRestore: ab[estate.Instant](), LastRestoreMinutes: ab[int64]()}
	if ago > 0 {
		p.LastRestore, p.LastRestoreMinutes = kn(testNow.Add(-ago)), kn(int64(90))
	}
	return p
}

// quiet is a unit whose table was made long ago, is backed up and was never restored, as far as AWS Backup remembers.
func quiet() *estate.Unit {
	u := daily()
	for i := range u.Vaults.Items[0].RecoveryPoints.Items {
		u.Vaults.Items[0].RecoveryPoints.Items[i].LastRestoreAt = ab[estate.Instant]()
	}
	u.Protected = all(remembered(0))
	return u
}

func TestRestores(t *testing.T) {
	for _, row := range []struct {
		name              string
		change            func(u *estate.Unit)
		tested, validated tri
		why               string // of tested
	}{
		{"never", func(*estate.Unit) {}, no, no, "in 30 days"},
		{"a job", func(u *estate.Unit) { u.RestoreJobs = all(testRestore(5*day, time.Hour, "COMPLETED")) }, yes, no, "a restore by AWS Backup of"},
		{"a job under way", func(u *estate.Unit) { u.RestoreJobs = all(testRestore(time.Hour, 0, "RUNNING")) }, no, no, ""},
		{"a job whose status was not read", func(u *estate.Unit) {
			u.RestoreJobs = all(testRestore(time.Hour, 0, "COMPLETED"))
			u.RestoreJobs.Items[0].Status = un[string]()
		}, maybe, no, ""},
		{"a job of another table", func(u *estate.Unit) {
			u.RestoreJobs = all(testRestore(5*day, time.Hour, "COMPLETED"))
			u.RestoreJobs.Items[0].ResourceARN = kn(tableARN("users"))
		}, no, no, ""},
		{"a job of a table that is not known", func(u *estate.Unit) {
			u.RestoreJobs = all(testRestore(5*day, time.Hour, "COMPLETED"))
			u.RestoreJobs.Items[0].ResourceARN = un[string]()
		}, maybe, no, ""},
		{"a drill", func(u *estate.Unit) { u.Drills = all(testDrill(5*day, estate.DrillPassed)) }, yes, yes, "drill"},
		{"a drill that could not be judged", func(u *estate.Unit) { u.Drills = all(testDrill(5*day, estate.DrillInconclusive)) }, yes, no, "drill"},
		{"a drill too long ago", func(u *estate.Unit) { u.Drills = all(testDrill(31*day, estate.DrillPassed)) }, no, no, ""},
		{"a drill of an incarnation that nobody knows", func(u *estate.Unit) {
			u.Drills = all(testDrill(5*day, estate.DrillPassed))
			u.Drills.Items[0].TableID = un[string]()
		}, maybe, maybe, ""},
		{"watched, which does not tell the incarnation", func(u *estate.Unit) {
			u.Drills = all(testDrill(5*day, estate.DrillPassed))
			u.Drills.Items[0].TableID = ab[string]()
		}, yes, yes, ""},
		{"a point says so", func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints.Items[0].LastRestoreAt = kn(testNow.Add(-time.Hour))
		}, yes, no, "a restore of a recovery point"},
		{"a point says so, and the jobs were not read", func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints.Items[0].LastRestoreAt = kn(testNow.Add(-time.Hour))
			u.RestoreJobs = some[estate.RestoreJob]()
		}, yes, maybe, "a restore of a recovery point"},
		{"no jobs were read", func(u *estate.Unit) { u.RestoreJobs = some[estate.RestoreJob]() }, maybe, maybe, "not all known"},
		{"the present is not known", func(u *estate.Unit) { u.Now = un[estate.Instant]() }, maybe, maybe, ""},
	} {
		u := quiet()
		row.change(u)
		r := coverFirst(u).Restores(month)
		want(t, row.name+": tested", r.Tested, row.tested)
		want(t, row.name+": validated", r.Validated, row.validated)
		if !strings.Contains(r.Tested.Why, row.why) {
			t.Errorf("%s: %q, want %q in it", row.name, r.Tested.Why, row.why)
		}
	}
}

// TestRestoresOfOtherRegions: a copy that is restored in another Region of the account is a restore of the table.
func TestRestoresOfOtherRegions(t *testing.T) {
	u, there := quiet(), testUnit(nil)
	there.Region = kn("eu-west-1")
	there.RestoreJobs = all(testRestore(5*day, time.Hour, "COMPLETED"))
	e := &estate.Estate{Units: []*estate.Unit{u, there}}
	want(t, "restored elsewhere", Cover(u, &u.Tables.Items[0], NewIndexes(e)[u]).Restores(month).Tested, yes)
	there.RestoreJobs = some[estate.RestoreJob]()
	want(t, "jobs elsewhere not read", Cover(u, &u.Tables.Items[0], NewIndexes(e)[u]).Restores(month).Tested, maybe)
}

func TestRestoresBeyondTheJobs(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(u *estate.Unit)
		tested tri
	}{
		{"remembered", func(u *estate.Unit) { u.Protected = all(remembered(60 * day)) }, yes},
		{"remembered, and too long ago", func(u *estate.Unit) { u.Protected = all(remembered(100 * day)) }, no},
		{"the newest is among the jobs, and it failed: nobody knows of the one before", func(u *estate.Unit) {
			u.Protected = all(remembered(5 * day))
			u.RestoreJobs = all(testRestore(5*day, time.Hour, "FAILED"))
		}, maybe},
		{"not asked", func(u *estate.Unit) { u.Protected.Items[0].LastRestore = un[estate.Instant]() }, maybe},
		{"not listed, so that there is nothing that could have been restored", func(u *estate.Unit) { u.Protected = all[estate.ProtectedResource]() }, no},
		{"the listing failed", func(u *estate.Unit) { u.Protected = some[estate.ProtectedResource]() }, maybe},
		{"a young table", func(u *estate.Unit) {
			u.Protected = some[estate.ProtectedResource]()
			u.Tables.Items[0].CreatedAt = kn(testNow.Add(-20 * day))
		}, no},
	} {
		u := quiet()
		row.change(u)
		want(t, row.name, coverFirst(u).Restores(3*month).Tested, row.tested)
	}
}

func TestTook(t *testing.T) {
	u := quiet()
	u.RestoreJobs = all(testRestore(5*day, 2*time.Hour, "COMPLETED"), testRestore(time.Hour, time.Minute, "FAILED"))
	u.Drills = all(testDrill(20*day, estate.DrillPassed))
	u.Protected = all(remembered(60 * day))
	if took := coverFirst(u).Restores(0).Took; took.Or(0) != 7200 {
		t.Errorf("took %v: %s", took.Fact, took.Why)
	}
	u.RestoreJobs = all[estate.RestoreJob]()
	if took := coverFirst(u).Restores(0).Took; took.Or(0) != 900 {
		t.Errorf("the drill took %v: %s", took.Fact, took.Why)
	}
	u.Drills = all[estate.Drill]()
	if took := coverFirst(u).Restores(0).Took; took.Or(0) != 5400 {
		t.Errorf("remembered: %v: %s", took.Fact, took.Why)
	}
	u.Protected = all(remembered(0))
	if took := coverFirst(u).Restores(0).Took; !took.IsAbsent() {
		t.Errorf("never measured: %v: %s", took.Fact, took.Why)
	}
}

func TestCopiesIn(t *testing.T) {
	place := "eu-central-1"
	build := func() (*estate.Unit, *estate.Unit) {
		u, there := quiet(), testUnit(nil)
		there.Region = kn(place)
		u.Plans.Items[0].Rules.Items[0].Copies = all(estate.Copy{ID: "c", VaultARN: kn("arn:aws:backup:" + place + ":" + testAccount + ":backup-vault:main"), ColdAfterDays: ab[int64](), DeleteAfterDays: ab[int64]()})
		there.Vaults.Items[0].ARN = kn("arn:aws:backup:" + place + ":" + testAccount + ":backup-vault:main")
		return u, there
	}
	look := func(u *estate.Unit, units ...*estate.Unit) *CopyState {
		return Cover(u, &u.Tables.Items[0], NewIndexes(&estate.Estate{Units: append(units, u)})[u]).CopiesIn(place, "")
	}
	u, there := build()
	s := look(u, there)
	want(t, "declared", s.Declared, yes)
	want(t, "nothing arrived", s.Arrived, no)
	p := testPoint("orders", 7*time.Hour, "daily", "nightly")
	there.Vaults.Items[0].RecoveryPoints = all(p)
	s = look(u, there)
	want(t, "arrived", s.Arrived, yes)
	if s.Newest.Or(0) != p.CreatedAt.Or(1) {
		t.Errorf("newest is %v", s.Newest.Fact)
	}
	p.Status = kn("PARTIAL")
	there.Vaults.Items[0].RecoveryPoints = all(p)
	want(t, "arrived in part", look(u, there).Arrived, no)
	there.Vaults.Items[0].RecoveryPoints = some[estate.RecoveryPoint]()
	want(t, "not read", look(u, there).Arrived, maybe)
	want(t, "not looked at", look(u).Arrived, maybe)
	u.Tables.Items[0].CreatedAt = kn(testNow.Add(-10 * day))
	want(t, "not looked at, and the jobs reach back to the table's creation", look(u).Arrived, no)
	u.Plans.Items[0].Rules.Items[0].Copies = all[estate.Copy]()
	want(t, "not declared", look(u, there).Declared, no)
}

func TestKeys(t *testing.T) {
	u := quiet()
	underKey(u)
	want(t, "all enabled", coverFirst(u).Keys().Usable, yes)
	u.Keys.Items[0].State, u.Keys.Items[0].DeletionDate = kn("PendingDeletion"), kn(testNow.Add(10*day))
	k := coverFirst(u).Keys()
	want(t, "the points' key is pending deletion", k.Usable, no)
	if k.LostOn.Or(0) != testNow.Add(10*day) || !strings.Contains(k.Usable.Why, "2 recovery points can never be read again") {
		t.Errorf("lost on %v: %s", k.LostOn.Fact, k.Usable.Why)
	}
	u.Keys.Items = u.Keys.Items[1:]
	want(t, "the points' key was not read", coverFirst(u).Keys().Usable, maybe)
	u.Vaults.Items[0].RecoveryPoints = all[estate.RecoveryPoint]()
	want(t, "no points", coverFirst(u).Keys().Usable, yes)
}

func TestLongestGap(t *testing.T) {
	u := quiet()
	var points []estate.RecoveryPoint
	for _, ago := range []int{1, 2, 3, 5, 6, 7, 8, 20} {
		points = append(points, testPoint("orders", time.Duration(ago)*day, "daily", "nightly"))
	}
	u.Vaults.Items[0].RecoveryPoints = all(points...)
	gap := func(days int64) *Gap { return coverFirst(u).LongestGap(days) }
	if g := gap(7); g.Seconds.Or(0) != 2*86400 || g.From.Or(0) != testNow.Add(-5*day) || g.Until.Or(0) != testNow.Add(-3*day) {
		t.Errorf("gap of a week: %v from %v", g.Seconds.Fact, g.From.Fact)
	}
	if g := gap(3); g.Seconds.Or(0) != 86400 {
		t.Errorf("gap of three days: %v", g.Seconds.Fact)
	}
	if g := gap(10); g.Seconds.Or(0) != 2*86400 {
		t.Errorf("what lies before the time counts in it alone: %v", g.Seconds.Fact)
	}
	u.Backups = some[estate.NativeBackup]()
	if g := gap(7); !g.Seconds.IsUnknown() || g.AtMost.Or(0) != 2*86400 {
		t.Errorf("not all were read: %v, at most %v", g.Seconds.Fact, g.AtMost.Fact)
	}
	u.Tables.Items[0].CreatedAt = kn(testNow.Add(-time.Hour))
	if g := gap(7); g.AtMost.Or(0) != 3600 {
		t.Errorf("a table an hour old: %v", g.AtMost.Fact)
	}
}

func TestReplicas(t *testing.T) {
	u := quiet()
	u.Tables.Items[0].Replicas = kn([]estate.Replica{{Region: testRegion, Status: "ACTIVE"}, {Region: "eu-west-1", Status: "ACTIVE"}, {Region: "eu-west-2", Status: "CREATING"}, {Region: "eu-west-3", Status: "ACTIVE"}})
	there := testUnit([]estate.Table{withPITR(testTable("orders"), "2026-11-01T00:00:00Z")})
	there.Region = kn("eu-west-1")
	r := Cover(u, &u.Tables.Items[0], NewIndexes(&estate.Estate{Units: []*estate.Unit{u, there}})[u]).Replicas()
	if r.Others.Or(0) != 3 || r.Sure.Or(0) != 1 || r.Most.Or(0) != 2 {
		t.Errorf("%v others, %v to %v recoverable: %s", r.Others.Fact, r.Sure.Fact, r.Most.Fact, r.Others.Why)
	}
}

// flip is how the answers of the records stand, to be compared before and after something is forgotten.
type flip struct {
	truths  []tri
	figures []estate.Fact[int64]
	lower   []estate.Fact[int64] // may only fall
	upper   []estate.Fact[int64] // may only rise
}

func records(u *estate.Unit) flip {
	c := coverFirst(u)
	r, quarter, cp, k, g, rep, test := c.Restores(month), c.Restores(3*month), c.CopiesIn("eu-central-1", ""), c.Keys(), c.LongestGap(7), c.Replicas(), c.Testing()
	far := c.CopiesIn("", "999999999999")
	out := flip{
		figures: []estate.Fact[int64]{r.Took.Fact, g.Seconds.Fact, rep.Others.Fact},
		lower:   []estate.Fact[int64]{rep.Sure.Fact}, upper: []estate.Fact[int64]{g.AtMost.Fact, rep.Most.Fact},
	}
	for _, a := range []Answer[bool]{
		r.Tested, r.Validated, quarter.Tested, quarter.Validated, cp.Declared, cp.Arrived, far.Declared, far.Arrived, k.Usable, k.Managed, k.Customer, test.Selected, test.Tested,
	} {
		out.truths = append(out.truths, triOf(a))
	}
	for i := range c.Deviations {
		out.truths = append(out.truths, triOf(c.Deviations[i].Due))
	}
	return out
}

// TestForgettingNeverTurnsARecord: what is not known makes an answer unknown, and never its opposite.
func TestForgettingNeverTurnsARecord(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		build := rapid.Custom(drawnUnit).Draw(rt, "unit")
		before := records(build())
		u, n := build(), 0
		estate.EachFact(u, func(string, estate.AnyFact) { n++ })
		gone := map[int]bool{}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, n-1), 1, 5).Draw(rt, "forgotten") {
			gone[i] = true
		}
		var paths []string
		at := 0
		estate.EachFact(u, func(path string, f estate.AnyFact) {
			if gone[at] {
				paths = append(paths, path)
				f.Forget()
			}
			at++
		})
		after := records(u)
		for i := range min(len(before.truths), len(after.truths)) {
			if a, b := before.truths[i], after.truths[i]; a != b && a != maybe && b != maybe && len(before.truths) == len(after.truths) {
				rt.Errorf("forgetting %v turns truth %d from %s to %s", paths, i, word(a), word(b))
			}
		}
		for i, was := range before.figures {
			if is := after.figures[i]; !is.IsUnknown() && !was.IsUnknown() && (is.State() != was.State() || is.Or(0) != was.Or(0)) {
				rt.Errorf("forgetting %v turns figure %d from %v to %v", paths, i, was, is)
			}
		}
		for i, was := range before.lower {
			if is := after.lower[i]; is.IsKnown() && was.IsKnown() && is.Or(0) > was.Or(0) {
				rt.Errorf("forgetting %v raises what is sure, %d, from %v to %v", paths, i, was, is)
			}
		}
		for i, was := range before.upper {
			if is := after.upper[i]; is.IsKnown() && was.IsKnown() && is.Or(0) < was.Or(0) {
				rt.Errorf("forgetting %v lowers what is possible, %d, from %v to %v", paths, i, was, is)
			}
		}
	})
}

// drawnUnit draws a unit with whatever the records look at; each call of what it returns makes the same one anew.
func drawnUnit(t *rapid.T) func() *estate.Unit {
	ago := func(label string) time.Duration {
		return time.Duration(rapid.SampledFrom([]int{1, 5, 29, 31, 60, 100}).Draw(t, label)) * day
	}
	pick := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	flag := func(label string) bool { return rapid.Bool().Draw(t, label) }
	jobAgo, job, jobValid := ago("job"), pick("status", "COMPLETED", "FAILED", "RUNNING"), pick("validation", "", "SUCCESSFUL", "FAILED")
	drillAgo, outcome, compared := ago("drill"), pick("outcome", estate.DrillPassed, estate.DrillFailed, estate.DrillInconclusive), flag("compared")
	rememberedAgo, pointAgo, made := ago("remembered"), ago("point restored"), ago("table")
	have := map[string]bool{}
	for _, what := range []string{"job", "drill", "remembered", "listed", "point restored", "young", "key", "copy job", "replica", "test plan", "exclude", "condition", "named"} {
		have[what] = flag(what)
	}
	keyState, copyState := pick("key state", "Enabled", "Disabled", "PendingDeletion"), pick("copy state", "COMPLETED", "FAILED")
	return func() *estate.Unit {
		u := quiet()
		table := &u.Tables.Items[0]
		if have["young"] {
			table.CreatedAt = kn(testNow.Add(-made))
		}
		if have["key"] {
			underKey(u)
			u.Keys.Items[0].State = kn(keyState)
		}
		if have["job"] {
			j := testRestore(jobAgo, time.Hour, job)
			if jobValid != "" {
				j.ValidationStatus = kn(jobValid)
			}
			u.RestoreJobs = all(j)
		}
		if have["drill"] {
			d := testDrill(drillAgo, outcome)
			d.Compared = kn(compared)
			u.Drills = all(d)
		}
		u.Protected = all[estate.ProtectedResource]()
		if have["listed"] {
			u.Protected = all(remembered(0))
		}
		if have["remembered"] {
			u.Protected = all(remembered(rememberedAgo))
		}
		if have["point restored"] {
			u.Vaults.Items[0].RecoveryPoints.Items[0].LastRestoreAt = kn(testNow.Add(-pointAgo))
		}
		if have["copy job"] {
			u.CopyJobs = all(estate.CopyJob{ID: "copy", ResourceARN: kn(tableARN("orders")), State: kn(copyState), CreatedAt: kn(testNow.Add(-day)), SourcePoint: ab[string](),
				DestinationVault: kn("arn:aws:backup:eu-central-1:999999999999:backup-vault:main")})
		}
		if have["replica"] {
			table.Replicas = kn([]estate.Replica{{Region: "eu-west-1", Status: "CREATING"}, {Region: "eu-west-2", Status: "ACTIVE"}})
		}
		if have["named"] {
			u.Plans.Items[0].Selections.Items[0].CreatedAt = kn(testNow.Add(-200 * day))
		}
		u.RestoreTestingPlans = all[estate.RestoreTestingPlan]()
		if have["test plan"] {
			u.RestoreTestingPlans = all(testTesting(have["exclude"], have["condition"]))
		}
		return u
	}
}

func testTesting(exclude, condition bool) estate.RestoreTestingPlan {
	s := estate.RestoreTestingSelection{ID: "s", Name: kn("s"), ResourceType: kn(dynamoDB), Resources: kn([]string{"*"}), StringEquals: ab[[]estate.TagMatch](), StringNotEquals: ab[[]estate.TagMatch]()}
	if condition {
		s.StringEquals = pairs("stage", "live")
	}
	p := estate.RestoreTestingPlan{ID: "p", Name: kn("p"), PointTypes: kn([]string{"SNAPSHOT"}), IncludeVaults: kn([]string{"*"}), ExcludeVaults: kn([]string{}), WindowDays: kn(int64(30)), Selections: all(s)}
	if exclude {
		p.ExcludeVaults = kn([]string{backupARN("backup-vault", "main")})
	}
	return p
}

func TestTesting(t *testing.T) {
	u := quiet()
	u.RestoreTestingPlans = all[estate.RestoreTestingPlan]()
	want(t, "no plan", coverFirst(u).Testing().Selected, no)
	u.RestoreTestingPlans = all(testTesting(false, false))
	want(t, "selected with a point", coverFirst(u).Testing().Tested, yes)
	u.RestoreTestingPlans = all(testTesting(true, false))
	s := coverFirst(u).Testing()
	want(t, "its vault is left out: selected", s.Selected, yes)
	want(t, "its vault is left out: tested", s.Tested, no)
	u.RestoreTestingPlans = all(testTesting(false, true))
	want(t, "a condition on tags of points, which are not read", coverFirst(u).Testing().Selected, maybe)
	for i := range u.Vaults.Items[0].RecoveryPoints.Items {
		u.Vaults.Items[0].RecoveryPoints.Items[i].ID = "arn:aws:dynamodb:us-east-1:123456789012:table/orders/backup/1"
	}
	want(t, "a condition on tags, and points that carry none", coverFirst(u).Testing().Selected, no)
	u.RestoreTestingPlans = some(testTesting(false, true))
	want(t, "there may be more plans", coverFirst(u).Testing().Selected, maybe)
}

func TestDue(t *testing.T) {
	due := func(change func(u *estate.Unit)) Answer[bool] {
		u := quiet()
		u.Plans.Items[0].Selections.Items[0].CreatedAt = kn(testNow.Add(-200 * day))
		change(u)
		return coverFirst(u).Deviations[0].Due
	}
	want(t, "selected by ARN since long", due(func(*estate.Unit) {}), yes)
	want(t, "a new selection", due(func(u *estate.Unit) { u.Plans.Items[0].Selections.Items[0].CreatedAt = kn(testNow.Add(-time.Hour)) }), no)
	want(t, "a new table", due(func(u *estate.Unit) { u.Tables.Items[0].CreatedAt = kn(testNow.Add(-time.Hour)) }), no)
	want(t, "when it was selected is not known", due(func(u *estate.Unit) { u.Plans.Items[0].Selections.Items[0].CreatedAt = un[estate.Instant]() }), maybe)
	want(t, "selected by tag", due(func(u *estate.Unit) {
		s := &u.Plans.Items[0].Selections.Items[0]
		s.Resources, s.ListOfTags = ab[[]string](), pairs("backup", "daily")
		u.Tables.Items[0].Tags = kn(map[string]string{"backup": "daily"})
	}), maybe)
}
