package apply_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
)

func (s *stage) drops() []remedy.Drop {
	return []remedy.Drop{remedy.DropPITR, remedy.DropRole, remedy.DropVault}
}

// made is the id of what an action of a run made.
func made(r *apply.Result, id string) string {
	for _, a := range r.Actions {
		if a.Action.ID == id {
			return a.Outputs["id"]
		}
	}
	return ""
}

// TestWhatChangedSinceStays: a longer period, a rule that somebody added, a selection that somebody put into our plan.
func TestWhatChangedSinceStays(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders", "carts")
	r := s.apply(s.mend("orders", "carts"))
	_, err := dynamodb.NewFromConfig(s.sim.Config()).UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"),
		PointInTimeRecoverySpecification: &ddbtypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true), RecoveryPeriodInDays: aws.Int32(14)}})
	s.must(err)
	plan := made(r, "a4")
	_, err = backup.NewFromConfig(s.sim.Config()).CreateBackupSelection(t.Context(), &backup.CreateBackupSelectionInput{BackupPlanId: &plan, BackupSelection: &backuptypes.BackupSelection{
		SelectionName: aws.String("theirs"), IamRoleArn: aws.String(roleARN), Resources: []string{"arn:aws:dynamodb:*:*:table/x"}}})
	s.must(err)
	back := s.backout(r.Run, s.drops()...)
	s.want(back, map[string]apply.Outcome{"a1": apply.Stays, "a2": apply.Stays, "a3": apply.Stays, "a4": apply.Stays, "a5": apply.Undone, "a6": apply.Stays, "a7": apply.Undone})
	for id, want := range map[string]string{"a6": "period days was 35, is 14", "a4": "selection theirs is still in it", "a2": "selection theirs of plan restorable-daily", "a1": "this rests on it, and is not undone: a2", "a3": "not undone: a4 of restorable-daily"} {
		if got := reasonFor(back, id); !strings.Contains(got, want) {
			t.Errorf("%s stays because %q, want %q", id, got, want)
		}
	}
	if back.State != journal.BackedOut {
		t.Errorf("the run is %s", back.State)
	}
}

func TestAnEditedPlanStays(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	r := s.apply(s.mend("orders"))
	plan := made(r, "a4")
	_, err := backup.NewFromConfig(s.sim.Config()).UpdateBackupPlan(t.Context(), &backup.UpdateBackupPlanInput{BackupPlanId: &plan, BackupPlan: &backuptypes.BackupPlanInput{
		BackupPlanName: aws.String("restorable-daily"), Rules: []backuptypes.BackupRuleInput{
			{RuleName: aws.String("daily"), TargetBackupVaultName: aws.String("Default"), ScheduleExpression: aws.String("cron(0 5 ? * * *)"), StartWindowMinutes: aws.Int64(60), CompletionWindowMinutes: aws.Int64(180), Lifecycle: &backuptypes.Lifecycle{DeleteAfterDays: aws.Int64(35)}},
			{RuleName: aws.String("theirs"), TargetBackupVaultName: aws.String("Default")}}}})
	s.must(err)
	back := s.backout(r.Run)
	s.want(back, map[string]apply.Outcome{"a4": apply.Stays, "a5": apply.Undone})
	if got := reasonFor(back, "a4"); !strings.Contains(got, "rule theirs was none") {
		t.Errorf("it stays because %q", got)
	}
}

// TestRecoveryPointsKeepTheirVault, whatever is dropped.
func TestRecoveryPointsKeepTheirVault(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	r := s.apply(s.mend("orders"))
	_, err := backup.NewFromConfig(s.sim.Config()).StartBackupJob(t.Context(), &backup.StartBackupJobInput{BackupVaultName: aws.String("Default"),
		IamRoleArn: aws.String(roleARN), ResourceArn: aws.String(tableARN("orders"))})
	s.must(err)
	s.sim.Assembly().World.Advance(3 * time.Hour)
	back := s.backout(r.Run, s.drops()...)
	s.want(back, map[string]apply.Outcome{"a3": apply.Stays, "a4": apply.Undone, "a5": apply.Undone})
	if got := reasonFor(back, "a3"); !strings.Contains(got, "recovery point") {
		t.Errorf("it stays because %q", got)
	}
	if n := s.calls("backup:DeleteBackupVault") + s.calls("backup:DeleteRecoveryPoint"); n != 0 {
		t.Errorf("%d calls that delete", n)
	}
}

// TestWhatSomebodyUndidAlreadyIsNoFailure.
func TestWhatSomebodyUndidAlreadyIsNoFailure(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	r := s.apply(s.mend("orders"))
	plan, selection := made(r, "a4"), made(r, "a5")
	_, err := backup.NewFromConfig(s.sim.Config()).DeleteBackupSelection(t.Context(), &backup.DeleteBackupSelectionInput{BackupPlanId: &plan, SelectionId: &selection})
	s.must(err)
	s.want(s.backout(r.Run), map[string]apply.Outcome{"a4": apply.Undone, "a5": apply.Undone})
}

// TestADeniedBackoutGoesOnLater.
func TestADeniedBackoutGoesOnLater(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	r := s.apply(s.mend("orders"))
	s.fault(awssim.Fault{Action: "backup:DeleteBackupSelection", Error: "AccessDeniedException"})
	back := s.backout(r.Run)
	s.want(back, map[string]apply.Outcome{"a5": apply.Failed, "a4": apply.Stays})
	if back.State != journal.BackingOut {
		t.Errorf("the run is %s", back.State)
	}
	s.fault()
	s.want(s.backout(r.Run), map[string]apply.Outcome{"a4": apply.Undone, "a5": apply.Undone})
}

// TestOnlyWhatWasDoneIsUndone: what was refused belongs to somebody else.
func TestOnlyWhatWasDoneIsUndone(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	p := s.mend("orders")
	_, err := backup.NewFromConfig(s.sim.Config()).CreateBackupVault(t.Context(), &backup.CreateBackupVaultInput{BackupVaultName: aws.String("Default")})
	s.must(err)
	r := s.apply(p)
	back := s.backout(r.Run, s.drops()...)
	s.want(back, map[string]apply.Outcome{"a1": apply.Undone, "a2": apply.Undone, "a3": apply.Nothing, "a4": apply.Nothing, "a5": apply.Nothing, "a6": apply.Undone})
	if n := s.calls("backup:DeleteBackupVault"); n != 0 {
		t.Error("somebody's vault was deleted")
	}
}

// TestABackedOutRunIsNotGoneOnWith.
func TestABackedOutRunIsNotGoneOnWith(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	r := s.apply(s.plan(s.pitr("orders", 35)))
	s.backout(r.Run)
	o := s.options(nil)
	o.Resume = r.Run
	if _, err := apply.Run(t.Context(), s.session, o); err == nil || !strings.Contains(err.Error(), "was backed out") {
		t.Errorf("got %v", err)
	}
}
