package backup

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"pgregory.net/rapid"
)

func TestGlobAgreesWithARegularExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab *]{0,8}`).Draw(t, "pattern")
		text := rapid.StringMatching(`[ab ]{0,8}`).Draw(t, "text")
		want := regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `\S*`) + `$`).MatchString(text)
		if got := glob(pattern, text); got != want {
			t.Fatalf("glob(%q, %q) = %v", pattern, text, got)
		}
	})
}

// Whatever happens in whatever order: one job at a time runs for a resource, listings agree with counts, and items are kept exactly as long as a point needs them.
func TestInvariantsUnderAnyHistory(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := newSim(t)
		x.vault(home(), "main")
		dest := x.vault(away(), "copies")
		rule := ruleOf("r", "cron(0 * * * ? *)", 1)
		rule.CopyActions = []types.CopyAction{{DestinationBackupVaultArn: &dest}}
		for i := range 3 {
			x.tables.put(home(), fmt.Sprint("t", i), nil).view.SizeBytes = int64(rapid.IntRange(0, 400).Draw(r, "GiB")) << 30
		}
		x.selects(x.plan("hourly", rule), everything())
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			step(x, r)
			checkInvariants(x, r)
		}
	})
}

func step(x *sim, r *rapid.T) {
	switch rapid.IntRange(0, 4).Draw(r, "kind") {
	case 0:
		x.w.Advance(time.Duration(rapid.IntRange(1, 600).Draw(r, "minutes")) * time.Minute)
	case 1:
		in := &sdk.StartBackupJobInput{BackupVaultName: always("main"), IamRoleArn: always(role), ResourceArn: always(home().ARN("dynamodb", fmt.Sprint("table/t", rapid.IntRange(0, 2).Draw(r, "table"))))}
		must(x, x.s.startBackupJob, in)
	case 2:
		for _, j := range x.jobs() {
			if j.State == types.BackupJobStateRunning {
				must(x, x.s.stopBackupJob, &sdk.StopBackupJobInput{BackupJobId: j.BackupJobId})
				return
			}
		}
	case 3:
		if p := x.points("t0"); len(p) > 0 {
			// refused while it is in use, which is as good
			_, _ = try(x, home(), x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: p[0].RecoveryPointArn})
		}
	case 4:
		if p := x.points("t1"); len(p) > 0 {
			_, _ = try(x, home(), x.s.startRestoreJob, &sdk.StartRestoreJobInput{RecoveryPointArn: p[0].RecoveryPointArn, IamRoleArn: always(role), Metadata: map[string]string{"targetTableName": "awsbackup-restore-test-" + x.w.Hex(8)}})
		}
	}
}

func checkInvariants(x *sim, r *rapid.T) {
	running := map[string]int{}
	needed := map[*data]int{}
	for _, a := range x.s.order {
		for _, j := range a.jobs.list {
			if j.state == types.BackupJobStateRunning {
				running[j.table]++
			}
		}
		for _, j := range a.copies.list {
			if j.state == types.CopyJobStateRunning {
				running[j.table]++
			}
		}
		listed := 0
		for _, v := range a.vaults {
			for p := range v.points.newest() {
				listed++
				needed[p.data]++
			}
		}
		if listed != len(a.points) {
			r.Fatalf("%d points listed, %d known", listed, len(a.points))
		}
	}
	for table, n := range running {
		if n > 1 || x.s.busy[table] == nil {
			r.Fatalf("%d jobs run for %s at once", n, table)
		}
	}
	if len(x.s.busy) != len(running) {
		r.Fatalf("%d resources are held, jobs run for %d", len(x.s.busy), len(running))
	}
	kept := 0
	for d, n := range needed {
		if d.refs != n || x.tables.released[d.snapshot] {
			r.Fatalf("items needed by %d points have %d references, released %v", n, d.refs, x.tables.released[d.snapshot])
		}
		kept++
	}
	if len(x.tables.pictures) != kept+len(x.tables.released) {
		r.Fatalf("%d pictures taken, %d kept, %d released", len(x.tables.pictures), kept, len(x.tables.released))
	}
}

func TestNoMoreThanFortyRestoreTestsAtOnce(t *testing.T) {
	for _, lift := range []bool{false, true} {
		x := newSim(t, func(o *Options) { o.LiftQuotas = lift })
		x.vault(home(), "main")
		for i := range 45 {
			x.tables.put(home(), fmt.Sprint("t", i), nil).view.SizeBytes = 100 << 20 * 3600 * 3
		}
		x.selects(x.plan("p", ruleOf("r", "cron(0 0 6 1 ? *)", 0)), everything())
		x.w.Advance(2 * day)
		must(x, x.s.createTestPlan, &sdk.CreateRestoreTestingPlanInput{RestoreTestingPlan: &types.RestoreTestingPlanForCreate{
			RestoreTestingPlanName: always("drill"), ScheduleExpression: always("cron(0 12 * * ? *)"), StartWindowHours: 1,
			RecoveryPointSelection: &types.RestoreTestingRecoveryPointSelection{
				Algorithm: types.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow, IncludeVaults: []string{"*"},
				RecoveryPointTypes: []types.RestoreTestingRecoveryPointType{types.RestoreTestingRecoveryPointTypeSnapshot},
			},
		}})
		must(x, x.s.createTestSelection, &sdk.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: always("drill"), RestoreTestingSelection: &types.RestoreTestingSelectionForCreate{
			RestoreTestingSelectionName: always("all"), ProtectedResourceType: always("DynamoDB"), IamRoleArn: always(role), ProtectedResourceArns: []string{"*"},
		}})
		x.w.Advance(20 * time.Hour)
		failed := 0
		for _, j := range x.restores() {
			if j.Status == types.RestoreJobStatusFailed {
				failed++
				if m := deref(j.StatusMessage); m != "Restore job was unable to start within the specified start window. Try increasing your start window." {
					t.Errorf("message %q", m)
				}
			}
		}
		if want := map[bool]int{false: 5, true: 0}[lift]; failed != want {
			t.Errorf("quotas lifted %v: %d tests failed, want %d", lift, failed, want)
		}
	}
}
