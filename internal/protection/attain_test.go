package protection

import (
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// aimOf is what becomes of one aim of the unit's first table.
func aimOf(t *testing.T, u *estate.Unit, o objective.Objective, aim string) Attainment {
	t.Helper()
	for _, a := range Cover(u, &u.Tables.Items[0], NewIndex(u)).Attains(o) {
		if a.Aim == aim {
			return a
		}
	}
	t.Fatalf("nothing is said of %s", aim)
	return Attainment{}
}

func withPITROn() *estate.Unit {
	return testUnit([]estate.Table{withPITR(testTable("orders"), "2026-10-17T12:00:00Z")})
}

func restored(took time.Duration, status string) estate.RestoreJob {
	return estate.RestoreJob{ID: status, ResourceARN: kn(tableARN("orders")), Status: kn(status), CreatedAt: kn(testNow.Add(-hour)), CompletedAt: kn(testNow.Add(-hour).Add(took))}
}

func TestAttains(t *testing.T) {
	bare := func() *estate.Unit { return testUnit([]estate.Table{testTable("orders")}) }
	want := func(change func(*objective.Objective)) objective.Objective {
		o := objective.Default()
		change(&o)
		return o
	}
	rpo := func(d time.Duration) objective.Objective { return want(func(o *objective.Objective) { o.RPO = d }) }
	days := func(n int) objective.Objective {
		return want(func(o *objective.Objective) { o.Retention = time.Duration(n) * 24 * hour })
	}
	rto := want(func(o *objective.Objective) { o.RTO = hour })
	level := func(e objective.Encryption) objective.Objective {
		return want(func(o *objective.Objective) { o.Encryption = e })
	}
	for _, row := range []struct {
		name   string
		unit   func() *estate.Unit
		change func(*estate.Unit)
		needs  objective.Objective
		aim    string
		met    tri
		why    string
	}{
		{"point-in-time recovery and five minutes", withPITROn, nil, rpo(5 * time.Minute), AimRPO, yes, ""},
		{"a daily plan and five minutes", daily, nil, rpo(5 * time.Minute), AimRPO, no, "may be lost"},
		{"a daily plan and two days", daily, nil, rpo(48 * hour), AimRPO, yes, ""},
		{"nothing", bare, nil, rpo(48 * hour), AimRPO, no, "no backup"},
		{"a plan whose jobs fail", daily, func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints = all(testPoint("orders", 9*24*hour, "daily", "nightly"))
		}, rpo(48 * hour), AimRPO, no, ""},
		{"a single backup that is new", bare, func(u *estate.Unit) { u.Backups = all(testNative("orders", "id-orders", hour)) }, rpo(48 * hour), AimRPO, no, "nothing makes the next backup"},
		{"point-in-time recovery that was not read", bare, func(u *estate.Unit) { u.Tables.Items[0].PITRStatus = un[string]() }, rpo(48 * hour), AimRPO, maybe, ""},
		{"nothing is to be survived", bare, nil, want(func(o *objective.Objective) { o.Scenarios = nil }), AimRPO, yes, "nothing is to be survived"},
		{"35 days of window", withPITROn, nil, days(35), AimRetention, yes, ""},
		{"a year of window", withPITROn, nil, days(365), AimRetention, no, "reaches back 35 days"},
		{"restored in time", withPITROn, func(u *estate.Unit) { u.RestoreJobs = all(restored(50*time.Minute, "COMPLETED")) }, rto, AimRTO, yes, "took 50m"},
		{"restored too slowly", withPITROn, func(u *estate.Unit) { u.RestoreJobs = all(restored(2*hour, "COMPLETED")) }, rto, AimRTO, no, "took 2h"},
		{"a restore that failed measures nothing", withPITROn, func(u *estate.Unit) { u.RestoreJobs = all(restored(time.Minute, "FAILED")) }, rto, AimRTO, maybe, "no restore job of this table"},
		{"a restore of which the end was not read", withPITROn, func(u *estate.Unit) {
			late := restored(2*hour, "COMPLETED")
			late.CompletedAt = un[estate.Instant]()
			u.RestoreJobs = all(restored(time.Minute, "COMPLETED"), late)
		}, rto, AimRTO, maybe, "could be read"},
		{"restore jobs that were not read", withPITROn, func(u *estate.Unit) { u.RestoreJobs = some[estate.RestoreJob]() }, rto, AimRTO, maybe, "could not be read"},
		{"under AWS's own key", bare, nil, level(objective.AWSManaged), AimEncryption, no, "aws-owned"},
		{"any key will do", bare, nil, level(objective.AWSOwned), AimEncryption, yes, ""},
		{"under the customer's key", bare, underKey, level(objective.Customer), AimEncryption, yes, "customer"},
		{"a key of which little is known", bare, func(u *estate.Unit) { underKey(u); u.Keys.Items = nil }, level(objective.Customer), AimEncryption, maybe, ""},
		{"a key of which little is known is no AWS-owned one", bare, func(u *estate.Unit) { underKey(u); u.Keys.Items = nil }, level(objective.AWSManaged), AimEncryption, yes, ""},
		{"tags that are missing", bare, nil, want(func(o *objective.Objective) { o.Tags = []string{"Owner"} }), AimTags, no, `missing: "Owner"`},
		{"tags that were not read", bare, func(u *estate.Unit) { u.Tables.Items[0].Tags = un[map[string]string]() }, want(func(o *objective.Objective) { o.Tags = []string{"Owner"} }), AimTags, maybe, ""},
		{"protected from deletion", bare, func(u *estate.Unit) { u.Tables.Items[0].DeletionProtection = kn(true) }, want(func(o *objective.Objective) { o.Protection = true }), AimProtection, yes, ""},
		{"no copy", daily, nil, want(func(o *objective.Objective) { o.Copies = []objective.Copy{{Region: "eu-west-1"}} }), AimCopies, no, "no rule"},
		{"plans that were not all read", daily, func(u *estate.Unit) { u.Plans.Whole = un[bool]() }, want(func(o *objective.Objective) { o.Copies = []objective.Copy{{Region: "eu-west-1"}} }), AimCopies, maybe, "not all known"},
	} {
		u := row.unit()
		if row.change != nil {
			row.change(u)
		}
		a := aimOf(t, u, row.needs, row.aim)
		if triOf(a.Met) != row.met || !strings.Contains(a.Met.Why, row.why) {
			t.Errorf("%s: %v: %s (declared %v, observed %v)", row.name, a.Met.Fact, a.Met.Why, a.Declared.Fact, a.Observed.Fact)
		}
		if a.Met.IsUnknown() && len(a.Met.Basis) == 0 {
			t.Errorf("%s: unknown, and no fact is to blame", row.name)
		}
	}
}

// TestForgettingNeverTurnsAnAim: what is not known makes an answer unknown, and never its opposite.
func TestForgettingNeverTurnsAnAim(t *testing.T) {
	o := objective.Objective{RPO: 48 * hour, RTO: hour, Interval: 24 * hour, Retention: 30 * 24 * hour, Scenarios: objective.Scenarios(), Encryption: objective.Customer,
		Protection: true, Tags: []string{"Owner"}, Copies: []objective.Copy{{Region: "eu-west-1"}, {Vault: "primary"}}}
	for _, build := range []func() *estate.Unit{daily, withPITROn} {
		whole := func() *estate.Unit {
			u := build()
			underKey(u)
			u.RestoreJobs = all(restored(time.Minute, "COMPLETED"))
			return u
		}
		before := attained(whole(), o)
		n := 0
		estate.EachFact(whole(), func(string, estate.AnyFact) { n++ })
		for i := range n {
			u, at, path := whole(), 0, ""
			estate.EachFact(u, func(p string, f estate.AnyFact) {
				if at == i {
					path = p
					f.Forget()
				}
				at++
			})
			for k, after := range attained(u, o) {
				if after != before[k] && after != maybe && before[k] != maybe {
					t.Errorf("forgetting %s turns aim %d from %d to %d", path, k, before[k], after)
				}
			}
		}
	}
}

func attained(u *estate.Unit, o objective.Objective) []tri {
	var out []tri
	for _, a := range Cover(u, &u.Tables.Items[0], NewIndex(u)).Attains(o) {
		out = append(out, triOf(a.Met))
	}
	return out
}
