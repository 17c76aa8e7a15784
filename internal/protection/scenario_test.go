package protection

import (
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// scenarioRow is an estate and its answers to the scenarios in their order: items damaged, table deleted, damaged then deleted,
// Region lost, account compromised, key lost.
type scenarioRow struct {
	name   string
	unit   func() *estate.Unit
	change func(*estate.Unit)
	want   [6]tri
	by     string // for items damaged
}

func copyJob(dest string) estate.CopyJob {
	return estate.CopyJob{ID: "copy", ResourceARN: kn(tableARN("orders")), State: kn("COMPLETED"), CreatedAt: kn(testNow.Add(-6 * hour)),
		DestinationVault: kn(dest), SourcePoint: ab[string]()}
}

func underKey(u *estate.Unit) {
	u.Tables.Items[0].KeyARN, u.Tables.Items[0].SSEType = kn(tableKeyARN), kn("KMS")
}

// mechanismRows are about plans, point-in-time recovery and single backups.
func mechanismRows() []scenarioRow {
	return []scenarioRow{
		{"nothing at all", func() *estate.Unit { return testUnit([]estate.Table{testTable("orders")}) }, nil, [6]tri{no, no, no, no, no, yes}, ""},
		{"a daily plan that works", daily, nil, [6]tri{yes, yes, yes, no, no, yes}, ByPlan},
		{"a daily plan, table under its own key", daily, underKey, [6]tri{yes, yes, yes, no, no, yes}, ByPlan},
		{"plan and table under one key", daily, func(u *estate.Unit) {
			underKey(u)
			u.Tables.Items[0].KeyARN = kn(vaultKeyARN)
		}, [6]tri{yes, yes, yes, no, no, no}, ByPlan},
		{"point-in-time recovery alone", func() *estate.Unit {
			return testUnit([]estate.Table{withPITR(testTable("orders"), "2026-10-17T12:00:00Z")})
		}, underKey, [6]tri{yes, yes, no, no, no, no}, ByPITR},
		{"point-in-time recovery, the key is disabled", func() *estate.Unit {
			return testUnit([]estate.Table{withPITR(testTable("orders"), "2026-10-17T12:00:00Z")})
		}, func(u *estate.Unit) {
			underKey(u)
			u.Keys.Items[1].State = kn("Disabled")
		}, [6]tri{no, no, no, no, no, no}, ""},
		{"a single native backup", func() *estate.Unit {
			u := testUnit([]estate.Table{testTable("orders")})
			u.Backups = all(testNative("orders", "id-orders", hour))
			return u
		}, underKey, [6]tri{yes, yes, yes, no, no, no}, ByPoint},
		{"old points of a plan that fails every night", daily, func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints = all(testPoint("orders", 9*24*hour, "daily", "nightly"))
		}, [6]tri{yes, yes, yes, no, no, yes}, ByPoint},
		{"a plan whose jobs fail, and a backup by hand", daily, func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints = all[estate.RecoveryPoint]()
			u.Backups = all(testNative("orders", "id-orders", hour))
			u.BackupJobs = all(testJob("orders", "FAILED", 7*hour, "no permission"))
		}, [6]tri{yes, yes, yes, no, no, yes}, ByPoint},
		{"a plan that stopped, and points of another plan", daily, func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints = all(testPoint("orders", 9*24*hour, "daily", "nightly"), testPoint("orders", hour, "other", "nightly"))
		}, [6]tri{yes, yes, yes, no, no, yes}, ByPoint},
		{"only backups of an earlier table", daily, func(u *estate.Unit) {
			u.Tables.Items[0].CreatedAt = kn(testNow.Add(-hour))
		}, [6]tri{no, no, no, no, no, yes}, ""},
	}
}

// apartRows are about what keeps backups out of harm's way, and what was not read.
func apartRows() []scenarioRow {
	return []scenarioRow{
		{"vault locked for good", daily, func(u *estate.Unit) {
			u.Vaults.Items[0].Locked, u.Vaults.Items[0].LockDate = kn(true), kn(testNow.Add(-hour))
		}, [6]tri{yes, yes, yes, no, yes, yes}, ByPlan},
		{"vault lock still in its grace time", daily, func(u *estate.Unit) {
			u.Vaults.Items[0].Locked, u.Vaults.Items[0].LockDate = kn(true), kn(testNow.Add(hour))
		}, [6]tri{yes, yes, yes, no, no, yes}, ByPlan},
		{"vault locked in governance mode", daily, func(u *estate.Unit) { u.Vaults.Items[0].Locked = kn(true) }, [6]tri{yes, yes, yes, no, no, yes}, ByPlan},
		{"air-gapped vault", daily, func(u *estate.Unit) {
			v := &u.Vaults.Items[0]
			v.Type, v.MinRetention, v.MaxRetention = kn(airGappedVault), kn(int64(7)), kn(int64(99))
		}, [6]tri{yes, yes, yes, no, yes, yes}, ByPlan},
		{"plain points in a vault locked for good do not count", daily, func(u *estate.Unit) {
			u.Vaults.Items[0].Locked, u.Vaults.Items[0].LockDate = kn(true), kn(testNow.Add(-hour))
			for i := range u.Vaults.Items[0].RecoveryPoints.Items {
				u.Vaults.Items[0].RecoveryPoints.Items[i].ID = tableARN("orders") + "/backup/01"
			}
		}, [6]tri{yes, yes, yes, no, no, yes}, ByPlan},
		{"a finished copy in another Region", daily, func(u *estate.Unit) {
			u.CopyJobs = all(copyJob("arn:aws:backup:eu-west-1:" + testAccount + ":backup-vault:far"))
		}, [6]tri{yes, yes, yes, yes, no, yes}, ByPlan},
		{"a finished copy in another account", daily, func(u *estate.Unit) {
			u.CopyJobs = all(copyJob("arn:aws:backup:us-east-1:999999999999:backup-vault:far"))
		}, [6]tri{yes, yes, yes, no, yes, yes}, ByPlan},
		{"a copy that failed", daily, func(u *estate.Unit) {
			j := copyJob("arn:aws:backup:eu-west-1:999999999999:backup-vault:far")
			j.State = kn("FAILED")
			u.CopyJobs = all(j)
		}, [6]tri{yes, yes, yes, no, no, yes}, ByPlan},
		{"copy jobs not read", daily, func(u *estate.Unit) { u.CopyJobs = some[estate.CopyJob]() }, [6]tri{yes, yes, yes, maybe, maybe, yes}, ByPlan},
		{"a replica that nobody looked at", daily, func(u *estate.Unit) {
			u.Tables.Items[0].Replicas = kn([]estate.Replica{{Region: "eu-west-1", Status: "ACTIVE"}})
		}, [6]tri{yes, yes, yes, maybe, no, yes}, ByPlan},
		{"nothing was read", daily, func(u *estate.Unit) {
			u.Vaults, u.Backups, u.CopyJobs = some[estate.Vault](), some[estate.NativeBackup](), some[estate.CopyJob]()
			u.Tables.Items[0].PITRStatus, u.Tables.Items[0].KeyARN = un[string](), un[string]()
		}, [6]tri{maybe, maybe, maybe, maybe, maybe, maybe}, ""},
	}
}

func TestScenarios(t *testing.T) {
	for _, row := range append(mechanismRows(), apartRows()...) {
		t.Run(row.name, func(t *testing.T) {
			u := row.unit()
			if row.change != nil {
				row.change(u)
			}
			c := coverFirst(u)
			for i, name := range objective.Scenarios() {
				want(t, name, c.Scenarios[i].Recoverable, row.want[i])
				if c.Scenarios[i].Name != name {
					t.Errorf("scenario %d is %s", i, c.Scenarios[i].Name)
				}
			}
			if c.Scenarios[0].By != row.by {
				t.Errorf("items damaged: by %q, want %q", c.Scenarios[0].By, row.by)
			}
		})
	}
}

// TestUnprovenPlan: recent backups of another make do not show that a plan works; nor that it does not.
func TestUnprovenPlan(t *testing.T) {
	u := daily()
	u.Vaults.Items[0].RecoveryPoints = all(testPoint("orders", hour, "other", "nightly"))
	u.BackupJobs = all[estate.BackupJob]()
	o := objective.Objective{RPO: 27 * hour, Retention: 7 * 24 * hour}
	want(t, "no job of the plan", scenarioOf(coverFirst(u), objective.ItemsDamaged).Meets(o), maybe)
	u.BackupJobs = all(testJob("orders", "FAILED", hour, ""))
	want(t, "its jobs fail", scenarioOf(coverFirst(u), objective.ItemsDamaged).Meets(o), no)
	u.Vaults.Items[0].RecoveryPoints.Items[0].PlanID = kn("daily")
	want(t, "its own point", scenarioOf(coverFirst(u), objective.ItemsDamaged).Meets(o), yes)
	u.Vaults.Items[0].RecoveryPoints.Items[0].PlanID = un[string]()
	want(t, "whose point is not known", scenarioOf(coverFirst(u), objective.ItemsDamaged).Meets(o), maybe)
}

// TestWhatSurvivesOfAPlan: where only some rules copy, their interval and the retention of the copies count.
func TestWhatSurvivesOfAPlan(t *testing.T) {
	dest := "arn:aws:backup:eu-west-1:" + testAccount + ":backup-vault:far"
	hourly, weekly := testRule("hourly"), testRule("weekly")
	hourly.Schedule, hourly.DeleteAfterDays = kn("cron(0 * ? * * *)"), kn(int64(35))
	weekly.Schedule, weekly.DeleteAfterDays = kn("cron(30 2 ? * 1 *)"), kn(int64(365))
	weekly.Copies = all(estate.Copy{ID: "c", VaultARN: kn(dest), ColdAfterDays: ab[int64](), DeleteAfterDays: kn(int64(14))})
	u := testUnit([]estate.Table{testTable("orders")}, testPlan("p", []estate.Selection{with(nil, typed)}, hourly, weekly))
	u.Vaults.Items[0].RecoveryPoints = all(testPoint("orders", hour, "p", "hourly"))
	u.CopyJobs = all(copyJob(dest))
	c := coverFirst(u)
	near, lost := scenarioOf(c, objective.ItemsDamaged), scenarioOf(c, objective.RegionLost)
	want(t, "at home, within a day and a year back", near.Meets(objective.Objective{RPO: 24 * hour, Retention: 365 * 24 * hour}), yes)
	if got, w := lost.WorstLoss.Or(0), int64(7*24*3600+3*3600); got != w || lost.Ways[0].ReachDays.Or(0) != 14 {
		t.Errorf("Region lost: worst %d, want %d; reach %v", got, w, lost.Ways[0].ReachDays)
	}
}

// TestCopyOfAnOldPoint: a copy holds what its source held, however late it was made.
func TestCopyOfAnOldPoint(t *testing.T) {
	u := daily()
	j := copyJob("arn:aws:backup:eu-west-1:" + testAccount + ":backup-vault:far")
	j.SourcePoint = kn(u.Vaults.Items[0].RecoveryPoints.Items[0].ID)
	u.CopyJobs = all(j)
	if got := scenarioOf(coverFirst(u), objective.RegionLost).LossNow.Or(0); got != 31*3600 {
		t.Errorf("loss %d, want that of the source", got)
	}
	u.Tables.Items[0].CreatedAt = kn(testNow.Add(-20 * hour))
	want(t, "copy of an earlier table's point", scenarioOf(coverFirst(u), objective.RegionLost).Recoverable, no)
	u.CopyJobs.Items[0].SourcePoint = un[string]()
	want(t, "copy of a point that is not known", scenarioOf(coverFirst(u), objective.RegionLost).Recoverable, maybe)
}

func TestLossOfScenarios(t *testing.T) {
	const day = 86400
	for _, row := range []struct {
		name       string
		unit       *estate.Unit
		scenario   string
		now, worst int64
		reach      int64
	}{
		{"a daily plan", daily(), objective.ItemsDamaged, 7 * 3600, day + 3*3600, 35},
		{"point-in-time recovery", testUnit([]estate.Table{withPITR(testTable("t"), "2026-11-20T12:00:00Z")}), objective.ItemsDamaged, 300, 300, 35},
		{"the system backup", testUnit([]estate.Table{withPITR(testTable("t"), "2026-11-20T12:00:00Z")}), objective.TableDeleted, 0, 0, 35},
		{"a native backup", func() *estate.Unit {
			u := testUnit([]estate.Table{testTable("t")})
			u.Backups = all(testNative("t", "id-t", 2*hour))
			return u
		}(), objective.DamagedThenDeleted, 2 * 3600, Forever, Forever},
	} {
		s := scenarioOf(coverFirst(row.unit), row.scenario)
		if s.LossNow.Or(-1) != row.now || s.WorstLoss.Or(-1) != row.worst || s.ReachDays.Or(-1) != row.reach {
			t.Errorf("%s: loss %v, worst %v, reach %v", row.name, s.LossNow, s.WorstLoss, s.ReachDays)
		}
	}
}

func TestMeets(t *testing.T) {
	pitr := testUnit([]estate.Table{withPITR(testTable("t"), "2026-11-20T12:00:00Z")})
	hours := func(h, days int) objective.Objective {
		return objective.Objective{RPO: time.Duration(h) * hour, Retention: time.Duration(days) * 24 * hour}
	}
	both := daily()
	both.Tables.Items[0] = withPITR(both.Tables.Items[0], "2026-11-20T12:00:00Z")
	both.Plans.Items[0].Rules.Items[0].DeleteAfterDays = kn(int64(365))
	unread := daily()
	unread.Tables.Items[0].PITRStatus = un[string]()
	for _, row := range []struct {
		name string
		unit *estate.Unit
		o    objective.Objective
		want tri
	}{
		{"point-in-time recovery within an hour and 35 days", pitr, hours(1, 35), yes},
		{"point-in-time recovery does not reach back a year", pitr, hours(1, 365), no},
		{"a daily plan with its windows within 27 hours", daily(), hours(27, 35), yes},
		{"a daily plan with its windows is not within 24 hours", daily(), hours(24, 35), no},
		{"minutes by one mechanism, a year by the other", both, hours(1, 365), yes},
		{"unread point-in-time recovery might help", unread, hours(24, 35), maybe},
		{"unread point-in-time recovery is not needed", unread, hours(27, 35), yes},
		{"nothing", testUnit([]estate.Table{testTable("t")}), hours(24, 35), no},
	} {
		want(t, row.name, scenarioOf(coverFirst(row.unit), objective.ItemsDamaged).Meets(row.o), row.want)
	}
}

// TestOtherUnits: where the estate holds the destination's unit, its vaults tell what arrived.
func TestOtherUnits(t *testing.T) {
	far := testUnit(nil)
	far.Region = kn("eu-west-1")
	v := testVault("far", testPoint("orders", 6*hour, "daily", "nightly"))
	v.ID = "arn:aws:backup:eu-west-1:" + testAccount + ":backup-vault:far"
	v.ARN = kn(v.ID)
	far.Vaults = all(v)
	home := daily()
	home.Plans.Items[0].Rules.Items[0].Copies = all(
		estate.Copy{ID: "c", VaultARN: kn(v.ID), ColdAfterDays: ab[int64](), DeleteAfterDays: kn(int64(90))})
	e := &estate.Estate{Units: []*estate.Unit{home, far}}
	cover := func() *Coverage { return Cover(home, &home.Tables.Items[0], NewIndexes(e)[home]) }
	c := cover()
	want(t, "copy takes effect", c.Plans.Items[0].Rules[0].Copies[0].TakesEffect, yes)
	lost := scenarioOf(c, objective.RegionLost)
	want(t, "Region lost", lost.Recoverable, yes)
	if lost.By != ByPlan || lost.LossNow.Or(0) != 6*3600 {
		t.Errorf("by %s, loss %v", lost.By, lost.LossNow)
	}

	far.Vaults.Items[0].RecoveryPoints = all[estate.RecoveryPoint]()
	want(t, "Region lost, nothing arrived", scenarioOf(cover(), objective.RegionLost).Recoverable, no)

	far.Vaults = all[estate.Vault]()
	want(t, "copy to a vault that does not exist", cover().Plans.Items[0].Rules[0].Copies[0].TakesEffect, no)

	replica := testTable("orders")
	home.Tables.Items[0].Replicas = kn([]estate.Replica{{Region: "eu-west-1", Status: "ACTIVE"}})
	far.Tables = all(replica)
	want(t, "a replica without cover", scenarioOf(cover(), objective.RegionLost).Recoverable, no)
	far.Tables = all(withPITR(replica, "2026-11-01T00:00:00Z"))
	want(t, "a replica with its own cover", scenarioOf(cover(), objective.RegionLost).Recoverable, yes)
}
