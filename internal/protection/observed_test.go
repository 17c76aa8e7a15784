package protection

import (
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

const hour = time.Hour

func TestObservedPoints(t *testing.T) {
	for _, row := range []struct {
		name      string
		change    func(*estate.Unit, *estate.Vault)
		any       tri
		count     int64 // -1: unknown
		leftovers int64 // -1: unknown
	}{
		{"two points", func(*estate.Unit, *estate.Vault) {}, yes, 2, 0},
		{"no points", func(_ *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Items = nil }, no, 0, 0},
		{"no points, list not whole", func(_ *estate.Unit, v *estate.Vault) { v.RecoveryPoints = some[estate.RecoveryPoint]() }, maybe, -1, -1},
		{"points, list not whole", func(_ *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Whole = un[bool]() }, yes, -1, -1},
		{"vaults not whole", func(u *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Items, u.Vaults.Whole = nil, un[bool]() }, maybe, -1, -1},
		{"an expired one does not count", func(_ *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Items[0].Status = kn("EXPIRED") }, yes, 1, 0},
		{"a partial one does not count", func(_ *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Items[0].Status = kn("PARTIAL") }, yes, 1, 0},
		{"past its deletion it does not count", func(_ *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Items[0].DeleteAt = kn(testNow) }, yes, 1, 0},
		{"a status unread leaves the count open", func(_ *estate.Unit, v *estate.Vault) { v.RecoveryPoints.Items[0].Status = un[string]() }, yes, -1, 0},
		{"a re-created table: old points are leftovers", func(u *estate.Unit, _ *estate.Vault) {
			u.Tables.Items[0].CreatedAt = kn(testNow.Add(-10 * hour))
		}, yes, 1, 1},
		{"a table younger than all points", func(u *estate.Unit, _ *estate.Vault) {
			u.Tables.Items[0].CreatedAt = kn(testNow.Add(-hour))
		}, no, 0, 2},
		{"creation unread: whose points they are is open", func(u *estate.Unit, _ *estate.Vault) {
			u.Tables.Items[0].CreatedAt = un[estate.Instant]()
		}, maybe, -1, -1},
		{"the points' key is gone", func(u *estate.Unit, _ *estate.Vault) { u.Keys.Items[0].State = kn("PendingDeletion") }, no, 0, 0},
		{"the points' key was not read", func(u *estate.Unit, _ *estate.Vault) { u.Keys.Items = nil }, maybe, -1, 0},
		{"a point of an unknown table may be this one's", func(_ *estate.Unit, v *estate.Vault) {
			v.RecoveryPoints.Items = v.RecoveryPoints.Items[:1]
			v.RecoveryPoints.Items[0].ResourceARN = un[string]()
		}, maybe, -1, 0},
		{"another table's points do not count", func(_ *estate.Unit, v *estate.Vault) {
			v.RecoveryPoints.Items[0].ResourceARN, v.RecoveryPoints.Items[1].ResourceARN = kn(tableARN("x")), kn(tableARN("x"))
		}, no, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			u := daily()
			row.change(u, &u.Vaults.Items[0])
			o := coverFirst(u).Observed
			want(t, "any", o.Backup.Any, row.any)
			if got := o.Backup.Count.Or(-1); got != row.count {
				t.Errorf("count %d, want %d", got, row.count)
			}
			if got := o.Leftovers.Or(-1); got != row.leftovers {
				t.Errorf("leftovers %d, want %d", got, row.leftovers)
			}
		})
	}
}

func TestNewestAndOldest(t *testing.T) {
	o := coverFirst(daily()).Observed.Backup
	if o.Newest.Or(0) != testNow.Add(-7*hour) || o.Oldest.Or(0) != testNow.Add(-31*hour) || o.NewestAge.Or(0) != 7*3600 {
		t.Errorf("%v %v %v", o.Newest, o.Oldest, o.NewestAge)
	}
}

func testNative(table, id string, ago time.Duration) estate.NativeBackup {
	return estate.NativeBackup{
		ID: tableARN(table) + "/backup/01", Name: kn("b"), TableARN: kn(tableARN(table)), TableName: kn(table), TableID: kn(id),
		Status: kn("AVAILABLE"), Type: kn("USER"), CreatedAt: kn(testNow.Add(-ago)), ExpiresAt: ab[estate.Instant](),
	}
}

func TestNativeBackups(t *testing.T) {
	for _, row := range []struct {
		name      string
		change    func(*estate.NativeBackup, *estate.Table)
		any       tri
		leftovers int64
	}{
		{"a backup of this table", func(*estate.NativeBackup, *estate.Table) {}, yes, 0},
		{"of an earlier table of the name", func(b *estate.NativeBackup, _ *estate.Table) { b.TableID = kn("id-old") }, no, 1},
		{"still being made", func(b *estate.NativeBackup, _ *estate.Table) { b.Status = kn("CREATING") }, no, 0},
		{"a system backup is of a deleted table", func(b *estate.NativeBackup, _ *estate.Table) {
			b.Type, b.TableID = kn("SYSTEM"), kn("id-old")
		}, no, 1},
		{"table id unread", func(b *estate.NativeBackup, _ *estate.Table) { b.TableID = un[string]() }, maybe, -1},
		{"the table's key is not reachable", func(_ *estate.NativeBackup, t *estate.Table) {
			t.KeyARN, t.KeyInaccessibleAt = kn(tableKeyARN), kn(testNow)
		}, no, 0},
	} {
		u := testUnit([]estate.Table{testTable("orders")})
		b := testNative("orders", "id-orders", hour)
		row.change(&b, &u.Tables.Items[0])
		u.Backups = all(b)
		o := coverFirst(u).Observed
		want(t, row.name, o.Native.Any, row.any)
		want(t, row.name, o.All.Any, row.any)
		if got := o.Leftovers.Or(-1); got != row.leftovers {
			t.Errorf("%s: leftovers %d, want %d", row.name, got, row.leftovers)
		}
	}
}

func TestJobs(t *testing.T) {
	issues := testJob("orders", "COMPLETED", hour, "completed with issues")
	issues.MessageCategory = kn("KMS")
	unread := testJob("orders", "x", hour, "")
	unread.State = un[string]()
	for _, row := range []struct {
		name      string
		jobs      estate.List[estate.BackupJob]
		succeeded tri
		absent    bool
		running   tri
		failed    int64
	}{
		{"completed", all(testJob("orders", "COMPLETED", hour, "")), yes, false, no, 0},
		{"completed with issues", all(issues), no, false, no, 0},
		{"failed twice after a success", all(
			testJob("orders", "COMPLETED", 50*hour, ""), testJob("orders", "FAILED", 26*hour, ""), testJob("orders", "EXPIRED", 2*hour, "expired before completion")), no, false, no, 2},
		{"running after a failure", all(testJob("orders", "FAILED", 26*hour, ""), testJob("orders", "RUNNING", hour, "")), no, false, yes, 1},
		{"none", all[estate.BackupJob](), no, true, no, 0},
		{"another table's", all(testJob("x", "FAILED", hour, "")), no, true, no, 0},
		{"an earlier table's", all(testJob("orders", "FAILED", 10_000*24*hour, "")), no, true, no, 0},
		{"list not whole", some(testJob("orders", "COMPLETED", hour, "")), maybe, false, maybe, -1},
		{"a state unread", all(unread, testJob("orders", "COMPLETED", 2*hour, "")), maybe, false, maybe, -1},
	} {
		u := testUnit([]estate.Table{testTable("orders")})
		u.BackupJobs = row.jobs
		o := coverFirst(u).Observed
		want(t, row.name+": succeeded", o.LastJob.Succeeded, row.succeeded)
		want(t, row.name+": running", o.Running, row.running)
		if o.LastJob.Succeeded.IsAbsent() != row.absent {
			t.Errorf("%s: absent = %v", row.name, o.LastJob.Succeeded.IsAbsent())
		}
		if got := o.FailedInARow.Or(-1); got != row.failed {
			t.Errorf("%s: %d failed in a row, want %d", row.name, got, row.failed)
		}
	}
}

func TestFailedJobSaysAWSsMessage(t *testing.T) {
	u := daily()
	u.BackupJobs = all(testJob("orders", "FAILED", hour, "The IAM role cannot be assumed by AWS Backup"))
	if a := coverFirst(u).Observed.LastJob.Succeeded; !strings.Contains(a.Why, "cannot be assumed") {
		t.Errorf("why: %s", a.Why)
	}
}

func TestDeviation(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*estate.Unit)
		want   tri
	}{
		{"a point of this morning", func(*estate.Unit) {}, no},
		{"a daily rule whose newest point is nine days old", func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints = all(testPoint("orders", 9*24*hour, "daily", "nightly"))
		}, yes},
		{"points of another plan do not count", func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints = all(testPoint("orders", hour, "other", "nightly"))
		}, yes},
		{"never a point, and long enough there", func(u *estate.Unit) { u.Vaults.Items[0].RecoveryPoints = all[estate.RecoveryPoint]() }, yes},
		{"never a point, the table is new", func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints = all[estate.RecoveryPoint]()
			u.Tables.Items[0].CreatedAt = kn(testNow.Add(-hour))
		}, no},
		{"an old point, list not whole", func(u *estate.Unit) {
			u.Vaults.Items[0].RecoveryPoints = some(testPoint("orders", 9*24*hour, "daily", "nightly"))
		}, maybe},
		{"a fresh point decides, list not whole", func(u *estate.Unit) { u.Vaults.Items[0].RecoveryPoints.Whole = un[bool]() }, no},
	} {
		u := daily()
		row.change(u)
		c := coverFirst(u)
		if len(c.Deviations) != 1 {
			t.Fatalf("%s: %d deviations", row.name, len(c.Deviations))
		}
		want(t, row.name, c.Deviations[0].Deviates, row.want)
	}
}
