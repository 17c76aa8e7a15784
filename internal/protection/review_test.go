package protection

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"pgregory.net/rapid"
)

func reviewFirst(u *estate.Unit) *PlanReview { return NewIndex(u).ReviewPlan(&u.Plans.Items[0]) }

func wantWhy(t *testing.T, a Answer[bool], w tri, why string) {
	t.Helper()
	if triOf(a) != w || !strings.Contains(a.Why, why) {
		t.Errorf("got %s, %q; want %s, %q", word(triOf(a)), a.Why, word(w), why)
	}
	if len(a.Basis) == 0 {
		t.Error("the answer rests on nothing")
	}
}

func TestPlanSelects(t *testing.T) {
	prefixed := func(kv ...string) estate.Fact[[]estate.TagMatch] {
		for i := 0; i < len(kv); i += 2 {
			kv[i] = tagPrefix + kv[i]
		}
		return pairs(kv...)
	}
	for _, row := range []struct {
		name   string
		change func(*estate.Unit, *estate.Selection)
		want   tri
		why    string
	}{
		{"by type", func(*estate.Unit, *estate.Selection) {}, yes, `selects "orders"`},
		{"a name", func(_ *estate.Unit, s *estate.Selection) { s.Resources = kn([]string{"orders"}) }, no, `"orders" is none`},
		{"two values of one tag", func(_ *estate.Unit, s *estate.Selection) { s.StringEquals = prefixed("stage", "a", "stage", "b") }, no, "must hold as well"},
		{"the same value twice", func(u *estate.Unit, s *estate.Selection) {
			s.StringEquals, u.Tables.Items[0].Tags = prefixed("stage", "a", "stage", "a"), kn(map[string]string{"stage": "a"})
		}, yes, "selects"},
		{"equal and not like", func(_ *estate.Unit, s *estate.Selection) {
			s.StringEquals, s.StringNotLike = prefixed("stage", "prod"), prefixed("stage", "pr*")
		}, no, "StringNotLike"},
		{"equal and unlike", func(_ *estate.Unit, s *estate.Selection) {
			s.StringEquals, s.StringLike = prefixed("stage", "prod"), prefixed("stage", "t*")
		}, no, "StringLike"},
		{"a bare key", func(_ *estate.Unit, s *estate.Selection) { s.StringLike = pairs("stage", "*") }, no, "assumed"},
		{"a bare key that is negated takes nothing away", func(_ *estate.Unit, s *estate.Selection) { s.StringNotLike = pairs("stage", "*") }, yes, "selects"},
		{"a tag that Conditions rule out", func(_ *estate.Unit, s *estate.Selection) {
			s.Resources, s.ListOfTags, s.StringEquals = ab[[]string](), pairs("b", "1"), prefixed("b", "2")
		}, no, "ListOfTags"},
		{"nothing included", func(_ *estate.Unit, s *estate.Selection) { s.Resources = kn([]string{}) }, no, "both Resources and ListOfTags are empty"},
		{"another Region", func(_ *estate.Unit, s *estate.Selection) {
			s.Resources = kn([]string{"arn:aws:dynamodb:eu-west-1:" + testAccount + ":table/orders"})
		}, no, `names Region "eu-west-1"`},
		{"a table that is not here, of another Region", func(_ *estate.Unit, s *estate.Selection) {
			s.Resources = kn([]string{"arn:aws:dynamodb:eu-west-1:" + testAccount + ":table/gone"})
		}, no, `names Region "eu-west-1"`},
		{"no table carries the tag", func(_ *estate.Unit, s *estate.Selection) { s.Resources, s.ListOfTags = ab[[]string](), pairs("b", "1") }, no, "matches none of 1 tables"},
		{"dead, whatever the tables are", func(u *estate.Unit, s *estate.Selection) {
			s.Resources = kn([]string{"orders"})
			u.Tables = some[estate.Table]()
		}, no, "is none"},
		{"none of the tables read", func(u *estate.Unit, s *estate.Selection) {
			s.Resources = kn([]string{tableARN("other")})
			u.Tables.Whole = un[bool]()
		}, maybe, "which tables there are"},
		{"tags unread", func(u *estate.Unit, s *estate.Selection) {
			s.Resources, s.ListOfTags = ab[[]string](), pairs("b", "1")
			u.Tables.Items[0].Tags = un[map[string]string]()
		}, maybe, "table.tags"},
		{"no selection", func(u *estate.Unit, _ *estate.Selection) { u.Plans.Items[0].Selections.Items = nil }, no, "has no selection"},
		{"selections unread", func(u *estate.Unit, s *estate.Selection) {
			s.Resources = kn([]string{"orders"})
			u.Plans.Items[0].Selections.Whole = un[bool]()
		}, maybe, "not all known"},
	} {
		t.Run(row.name, func(t *testing.T) {
			u := daily()
			row.change(u, &u.Plans.Items[0].Selections.Items[0])
			wantWhy(t, reviewFirst(u).Selects, row.want, row.why)
		})
	}
}

func TestWhatAPlanIsFor(t *testing.T) {
	for _, row := range []struct {
		resources estate.Fact[[]string]
		tags      estate.Fact[[]estate.TagMatch]
		want      tri
	}{
		{kn([]string{"arn:aws:ec2:*:*:volume/*"}), ab[[]estate.TagMatch](), no},
		{kn([]string{"arn:aws:ec2:*:*:volume/*", "arn:aws:dynamodb:*"}), ab[[]estate.TagMatch](), yes},
		{kn([]string{"arn:aws:ec2:*:*:volume/*"}), pairs("a", "b"), yes},
		{kn([]string{"*"}), ab[[]estate.TagMatch](), yes},
		{kn([]string{"arn:*:*:*:*:*"}), ab[[]estate.TagMatch](), yes},
		{ab[[]string](), ab[[]estate.TagMatch](), yes},
		{un[[]string](), ab[[]estate.TagMatch](), maybe},
		{kn([]string{"arn:aws:ec2:*:*:volume/*"}), un[[]estate.TagMatch](), maybe},
		{kn([]string{"orders"}), ab[[]estate.TagMatch](), yes}, // meant for a table, perhaps
	} {
		u := daily()
		s := &u.Plans.Items[0].Selections.Items[0]
		s.Resources, s.ListOfTags = row.resources, row.tags
		if got := triOf(reviewFirst(u).ForTables); got != row.want {
			t.Errorf("%v %v: %s, want %s", row.resources, row.tags, word(got), word(row.want))
		}
	}
}

func TestRuleSchedule(t *testing.T) {
	berlin := kn("Europe/Berlin")
	for _, row := range []struct {
		cron string
		zone estate.Fact[string]
		want tri
		why  string
	}{
		{"cron(0 5 ? * * *)", ab[string](), yes, "every 1d"},
		{"cron(0 0/12 ? * * *)", ab[string](), yes, "every 12h"},
		{"cron(0 12/12 ? * * *)", ab[string](), no, "once a day"},
		{"cron(0 13/12 ? * * *)", ab[string](), no, "once a day"},
		{"cron(0 0 30 2 ? *)", ab[string](), no, "no start to come"},
		{"cron(0 5 ? * * 2030)", ab[string](), yes, "starts once more"},
		{"cron(0/30 * ? * * *)", ab[string](), no, "at most every hour"},
		{"cron(15 2 ? * * *)", berlin, no, "the clock skips a start"},
		{"cron(15 2 ? * SUN *)", berlin, no, "13d23h"},
		{"cron(15 3 ? * * *)", berlin, yes, "every 1d1h"},
		{"cron(15 2 ? * * *)", kn("Asia/Kolkata"), yes, "every 1d"},
		{"cron(0 * ? * * *)", berlin, yes, "every 2h"}, // the hour that comes twice in autumn; none is skipped
		{"cron(0 5 ? * * *)", kn("Mars/Olympus"), no, "no time zone"},
		{"rate(1 day)", ab[string](), no, "not valid"},
		{"${Schedule}", ab[string](), maybe, "not known"},
	} {
		u := daily()
		r := &u.Plans.Items[0].Rules.Items[0]
		r.Schedule, r.Timezone = kn(row.cron), row.zone
		a := reviewFirst(u).Rules[0].Schedule
		if triOf(a) != row.want || !strings.Contains(a.Why, row.why) {
			t.Errorf("%s %s: %s, %q; want %s, %q", row.cron, row.zone, word(triOf(a)), a.Why, word(row.want), row.why)
		}
	}
}

func copyTo(region, vault string, days estate.Fact[int64]) estate.List[estate.Copy] {
	return all(estate.Copy{ID: "c", VaultARN: kn("arn:aws:backup:" + region + ":" + testAccount + ":backup-vault:" + vault), ColdAfterDays: ab[int64](), DeleteAfterDays: days})
}

func TestCopiesElsewhereAreKnownOnlyWhereTheUnitWasRead(t *testing.T) {
	far := func() *estate.Unit {
		u := testUnit(nil)
		u.Region = kn("eu-west-1")
		v := testVault("copies")
		v.ID = "arn:aws:backup:eu-west-1:" + testAccount + ":backup-vault:copies"
		v.ARN, v.Locked, v.MinRetention = kn(v.ID), kn(true), kn(int64(90))
		u.Vaults = all(v)
		return u
	}
	for _, row := range []struct {
		name        string
		vault       string
		days        estate.Fact[int64]
		other       *estate.Unit
		vaults, fit tri
	}{
		{"not looked at", "copies", ab[int64](), nil, maybe, maybe},
		{"there, kept too short", "copies", ab[int64](), far(), yes, no},
		{"there, kept long enough", "copies", kn(int64(120)), far(), yes, yes},
		{"not there", "none", ab[int64](), far(), no, yes},
		{"its vaults denied", "none", ab[int64](), func() *estate.Unit { u := far(); u.Vaults.Whole = un[bool](); return u }(), maybe, maybe},
	} {
		t.Run(row.name, func(t *testing.T) {
			u := daily()
			u.Plans.Items[0].Rules.Items[0].Copies = copyTo("eu-west-1", row.vault, row.days)
			e := &estate.Estate{Units: []*estate.Unit{u}}
			if row.other != nil {
				e.Units = append(e.Units, row.other)
			}
			p := NewIndexes(e)[u].ReviewPlan(&u.Plans.Items[0])
			want(t, "vaults", p.Vaults, row.vaults)
			want(t, "lifecycles", p.Lifecycles, row.fit)
			for _, a := range []Answer[bool]{p.Vaults, p.Lifecycles} {
				for _, r := range a.Basis {
					if strings.HasPrefix(r.Resource, testAccount+":eu-west-1") && r.Ref.Source() != 0 {
						t.Errorf("%s names a source of another unit", r.Fact)
					}
					if triOf(a) == maybe && row.other == nil && r.Fact == "unit.vaults" && r.Ref.State() != estate.Unknown {
						t.Errorf("%s is not unknown", r.Fact)
					}
				}
			}
		})
	}
}

func TestLockModes(t *testing.T) {
	later, earlier := kn(testNow.Add(24*hour)), kn(testNow.Add(-24*hour))
	for _, row := range []struct {
		locked estate.Fact[bool]
		date   estate.Fact[estate.Instant]
		kind   string
		want   string // empty: unknown
	}{
		{kn(false), ab[estate.Instant](), "BACKUP_VAULT", LockNone},
		{ab[bool](), un[estate.Instant](), "BACKUP_VAULT", LockNone},
		{kn(true), ab[estate.Instant](), "BACKUP_VAULT", LockGovernance},
		{kn(true), later, "BACKUP_VAULT", LockGrace},
		{kn(true), earlier, "BACKUP_VAULT", LockCompliance},
		{kn(true), un[estate.Instant](), "BACKUP_VAULT", ""},
		{un[bool](), earlier, "BACKUP_VAULT", ""},
		{un[bool](), un[estate.Instant](), airGappedVault, LockCompliance},
	} {
		u := daily()
		v := &u.Vaults.Items[0]
		v.Locked, v.LockDate, v.Type = row.locked, row.date, kn(row.kind)
		r := NewIndex(u).ReviewVault(v)
		if got := r.Lock.Or(""); got != row.want {
			t.Errorf("%v %v %s: %q, want %q", row.locked, row.date, row.kind, got, row.want)
		}
		if sure, ok := r.Locked.Get(); ok && row.want != "" && sure != (row.want != LockNone) {
			t.Errorf("%v %v %s: locked %v, but %s", row.locked, row.date, row.kind, sure, row.want)
		}
	}
}

func TestAVaultInUse(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*estate.Unit, *estate.Vault)
		want   tri
	}{
		{"it holds points", func(u *estate.Unit, _ *estate.Vault) { u.Plans.Items = nil }, yes},
		{"a plan names it", func(_ *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Items = nil }, yes},
		{"a plan copies to it", func(u *estate.Unit, v *estate.Vault) {
			v.RecoveryPoints.Items = nil
			r := &u.Plans.Items[0].Rules.Items[0]
			r.Vault, r.Copies = kn("elsewhere"), copyTo(testRegion, "main", ab[int64]())
		}, yes},
		{"nothing", func(u *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Items, u.Plans.Items = nil, nil }, no},
		{"a plan of volumes names it", func(u *estate.Unit, v *estate.Vault) {
			v.RecoveryPoints.Items = nil
			u.Plans.Items[0].Selections.Items[0].Resources = kn([]string{"arn:aws:ec2:*:*:volume/*"})
		}, no},
		{"points unread", func(u *estate.Unit, v *estate.Vault) {
			u.Plans.Items, v.RecoveryPoints = nil, some[estate.RecoveryPoint]()
		}, maybe},
		{"plans unread", func(u *estate.Unit, v *estate.Vault) { u.Plans, v.RecoveryPoints.Items = some[estate.Plan](), nil }, maybe},
		{"rules unread", func(u *estate.Unit, v *estate.Vault) {
			v.RecoveryPoints.Items, u.Plans.Items[0].Rules = nil, some[estate.Rule]()
		}, maybe},
	} {
		u := daily()
		row.change(u, &u.Vaults.Items[0])
		want(t, row.name, NewIndex(u).ReviewVault(&u.Vaults.Items[0]).InUse, row.want)
	}
}

func TestAirGappedBackups(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*estate.Unit, *estate.Vault)
		age    int64 // seconds; -1: there is none
		others tri
	}{
		{"an ordinary vault", func(_ *estate.Unit, v *estate.Vault) { v.Type = kn("BACKUP_VAULT") }, -1, no},
		{"an air-gapped one", func(*estate.Unit, *estate.Vault) {}, 7 * 3600, no},
		{"its points do not count", func(_ *estate.Unit, v *estate.Vault) {
			for i := range v.RecoveryPoints.Items {
				v.RecoveryPoints.Items[i].Status = kn("EXPIRED")
			}
		}, -1, no},
		{"type unread", func(_ *estate.Unit, v *estate.Vault) { v.Type = un[string]() }, -1, maybe},
		{"a copy went where nobody looked", func(u *estate.Unit, _ *estate.Vault) {
			u.CopyJobs = all(estate.CopyJob{ID: "j", ResourceARN: kn(tableARN("orders")), State: kn("COMPLETED"), CreatedAt: kn(testNow.Add(-hour)), SourcePoint: ab[string](),
				DestinationVault: kn("arn:aws:backup:eu-west-1:999999999999:backup-vault:gapped")})
		}, 7 * 3600, maybe},
	} {
		u := daily()
		u.Vaults.Items[0].Type = kn(airGappedVault)
		row.change(u, &u.Vaults.Items[0])
		a := coverFirst(u).Observed.AirGapped
		if got := a.NewestAge.Or(-1); got != row.age || triOf(a.Others) != row.others {
			t.Errorf("%s: %d, others %s; want %d, %s", row.name, got, word(triOf(a.Others)), row.age, word(row.others))
		}
	}
}

// reviewed lists every yes, no and word of the reviews of a unit.
func reviewed(x *Index, u *estate.Unit) map[string]string {
	out := map[string]string{}
	note := func(name string, record any) {
		v := reflect.ValueOf(record).Elem()
		for i := range v.NumField() {
			switch a := v.Field(i).Addr().Interface().(type) {
			case *Answer[bool]:
				if a.IsKnown() {
					out[name+v.Type().Field(i).Name] = word(triOf(*a))
				}
			case *Answer[string]:
				if w, ok := a.Get(); ok {
					out[name+v.Type().Field(i).Name] = w
				}
			}
		}
	}
	for i := range u.Plans.Items {
		p := x.ReviewPlan(&u.Plans.Items[i])
		name := u.Plans.Items[i].ID + " "
		note(name, p)
		for k := range p.Rules {
			note(name+p.Rules[k].ID+" ", &p.Rules[k])
		}
		for k := range p.Selections {
			note(name+p.Selections[k].ID+" ", &p.Selections[k])
		}
	}
	for i := range u.Vaults.Items {
		note(u.Vaults.Items[i].ID+" ", x.ReviewVault(&u.Vaults.Items[i]))
	}
	return out
}

// TestForgettingDecidesNothingInReviews: a fact that is not known any more may only turn an answer unknown.
func TestForgettingDecidesNothingInReviews(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := drawUnit(t)
		e := &estate.Estate{Units: []*estate.Unit{u}}
		if rapid.Bool().Draw(t, "other Region") {
			e.Units = append(e.Units, drawFar(t))
		}
		before := reviewed(NewIndexes(e)[u], u)
		var facts []estate.AnyFact
		var paths []string
		for _, u := range e.Units {
			estate.EachFact(u, func(path string, f estate.AnyFact) {
				if f.Ref().State() != estate.Unknown {
					facts, paths = append(facts, f), append(paths, path)
				}
			})
		}
		forgotten := ""
		for range rapid.IntRange(1, 3).Draw(t, "how many") {
			i := rapid.IntRange(0, len(facts)-1).Draw(t, "which")
			facts[i].Forget()
			forgotten += " " + paths[i]
		}
		for name, v := range reviewed(NewIndexes(e)[u], u) {
			if was, ok := before[name]; !ok || v != was {
				t.Fatalf("%s: %q became %q by forgetting%s", name, was, v, forgotten)
			}
		}
	})
}

// TestADeadSelectionSelectsNothing: what is said to select nothing whatever there is selects no table that one can think of.
func TestADeadSelectionSelectsNothing(t *testing.T) {
	dead := 0
	rapid.Check(t, func(t *rapid.T) {
		keys, values := []string{"a", tagPrefix + "a", tagPrefix + "b"}, []string{"", "x", "xy", "*", "x*"}
		list := func(name string) estate.Fact[[]estate.TagMatch] {
			var kv []string
			for i := range rapid.IntRange(0, 2).Draw(t, name) {
				kv = append(kv, rapid.SampledFrom(keys).Draw(t, fmt.Sprint(name, i)), rapid.SampledFrom(values).Draw(t, fmt.Sprint(name, "=", i)))
			}
			return pairs(kv...)
		}
		s := testSelection("s", rapid.SliceOfN(rapid.SampledFrom([]string{"*", typed, "orders", tableARN("orders"), "arn:aws:ec2:*"}), 0, 2).Draw(t, "resources")...)
		s.ListOfTags, s.StringEquals, s.StringLike = list("tags"), list("equals"), list("like")
		s.StringNotEquals, s.StringNotLike = list("not equals"), list("not like")
		u := testUnit(nil, testPlan("p", []estate.Selection{s}))
		review := reviewFirst(u).Selections[0]
		if triOf(review.Dead) != yes {
			return
		}
		dead++
		for _, tags := range [][]string{nil, {"a", ""}, {"a", "x"}, {"a", "xy"}, {"b", "x"}, {"a", "x", "b", "x"}, {"a", "x", "b", "xy"}, {"a", "xy", "b", ""}, {"a", "*"}, {"a", "x*", "b", "*"}} {
			tab := testTable("orders", tags...)
			if selects, why := NewSelector(&s).Decide(u, &tab, true); selects {
				t.Fatalf("%s, but a table with %v is selected (%s)", review.Dead.Why, tags, why)
			}
		}
	})
	if dead == 0 {
		t.Error("no selection was dead: the test does not look at anything")
	}
}
