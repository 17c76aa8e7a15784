package backup

import (
	"encoding/json"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
)

// lived is a world with everything that a state can hold.
func lived(t *testing.T) *sim {
	t.Helper()
	x := copying(t, away())
	must(x, x.s.putVaultLock, &sdk.PutBackupVaultLockConfigurationInput{BackupVaultName: always("main"), MinRetentionDays: always(int64(7)), ChangeableForDays: always(int64(30))})
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
	x.restore(*x.points("orders")[0].RecoveryPointArn, map[string]string{"targetTableName": "back"})
	delete(x.tables.tables, home().ARN("dynamodb", "table/back"))
	x.w.Advance(3 * day)
	return x
}

// reload puts a dumped state, through JSON, into a new world at the same moment.
func reload(t *testing.T, x *sim) *sim {
	t.Helper()
	raw, err := json.Marshal(x.s.Dump())
	if err != nil {
		t.Fatal(err)
	}
	var states []AreaState
	if err := json.Unmarshal(raw, &states); err != nil {
		t.Fatal(err)
	}
	y := newSim(t)
	y.tables.put(home(), "orders", map[string]string{"team": "shop"})
	y.w.Advance(x.w.Now().Sub(y.w.Now()))
	for _, state := range states {
		for i := range state.Points {
			p := &state.Points[i]
			p.Items = &dynamodb.Snapshot{Table: dynamodb.TableView{Name: *p.ResourceName, ARN: *p.ResourceArn}}
		}
		if problems := y.s.Import(state); len(problems) != 0 {
			t.Fatalf("problems: %v", problems)
		}
	}
	return y
}

func TestAStateSurvivesDumpAndImport(t *testing.T) {
	x := lived(t)
	before := x.s.Dump()
	if n := len(before); n != 2 || len(before[0].Points) != 4 || len(before[0].BackupJobs) != 4 || len(before[0].CopyJobs) != 4 || len(before[0].RestoreJobs) < 2 || len(before[1].Points) != 4 {
		t.Fatalf("the world is not as rich as it should be: %d areas, %d points", n, len(before[0].Points))
	}
	after := reload(t, x).s.Dump()
	ignore := []cmp.Option{
		cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(types.BackupJob{}, types.BackupVaultListMember{}, types.BackupPlan{}, types.BackupRule{}, types.BackupSelection{},
			types.Conditions{}, types.Condition{}, types.Lifecycle{}, types.CopyAction{}, types.CopyJob{}, types.RecoveryPointByBackupVault{}, types.CalculatedLifecycle{},
			types.RecoveryPointCreator{}, types.RestoreJobsListMember{}, types.RestoreJobCreator{}, types.RestoreTestingPlanForGet{}, types.RestoreTestingSelectionForGet{},
			types.RestoreTestingRecoveryPointSelection{}, types.ProtectedResourceConditions{}, types.AdvancedBackupSetting{}),
	}
	if d := cmp.Diff(before, after, ignore...); d != "" {
		t.Errorf("dump, import, dump (-before +after):\n%s", d)
	}
}

func TestALoadedEstateRunsOn(t *testing.T) {
	y := reload(t, lived(t))
	y.w.Advance(2 * day)
	if n := len(y.points("orders")); n != 6 {
		t.Errorf("%d points after two more days, want 6", n)
	}
	oldest := y.points("orders")[5].RecoveryPointArn
	j := y.restore(*oldest, map[string]string{"targetTableName": "again"})
	if j.Status != types.RestoreJobStatusCompleted || deref(j.StatusMessage) != emptyRestore {
		t.Errorf("restore of a loaded point: %s %q", j.Status, deref(j.StatusMessage))
	}
	y.w.Advance(40 * day)
	for _, p := range y.points("orders") {
		if *p.RecoveryPointArn == *oldest {
			t.Error("a loaded point does not expire")
		}
	}
}

func TestJobsUnderWayRunAgain(t *testing.T) {
	x := daily(t)
	x.tables.tables[home().ARN("dynamodb", "table/orders")].view.SizeBytes = 100 << 20 * 3600 * 2
	x.w.Advance(6*time.Hour + time.Minute)
	if s := x.lastJob().State; s != types.BackupJobStateRunning {
		t.Fatalf("job is %s", s)
	}
	y := reload(t, x)
	y.w.Advance(time.Hour)
	if j := y.lastJob(); j.State != types.BackupJobStateCompleted || len(y.points("orders")) != 1 {
		t.Errorf("job is %s with %d points", j.State, len(y.points("orders")))
	}
}

func TestWhatCannotBeTakenOverIsNamed(t *testing.T) {
	x := newSim(t)
	problems := x.s.Import(AreaState{
		Scope: home(),
		Plans: []PlanState{
			{ID: "empty"},
			{ID: "odd", Versions: []PlanVersionState{{ID: "v", Plan: types.BackupPlan{BackupPlanName: always("odd"), Rules: []types.BackupRule{{
				RuleName: always("r"), RuleId: always("id"), TargetBackupVaultName: always("main"), ScheduleExpression: always("cron(never)"),
			}}}}}},
		},
		Points: []PointState{{RecoveryPointByBackupVault: types.RecoveryPointByBackupVault{RecoveryPointArn: always("arn"), BackupVaultName: always("gone")}}},
	})
	if len(problems) != 3 {
		t.Errorf("problems: %q", problems)
	}
	x.w.Advance(day)
}
