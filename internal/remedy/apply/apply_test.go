package apply_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
)

func TestAPlanIsCarriedOutAndBackedOutOf(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders", "carts")
	r := s.apply(s.mend("orders", "carts"))
	s.all(r, apply.Done, journal.Finished)

	back := s.backout(r.Run)
	want := map[string]apply.Outcome{"a1": apply.Stays, "a2": apply.Stays, "a3": apply.Stays, "a4": apply.Undone, "a5": apply.Undone, "a6": apply.Stays, "a7": apply.Stays}
	for id, o := range outcomes(back) {
		if o != want[id] {
			t.Errorf("%s: %s, want %s", id, o, want[id])
		}
	}
	if back.State != journal.BackedOut {
		t.Errorf("the run is %s", back.State)
	}
	again := s.backout(r.Run, remedy.DropPITR, remedy.DropRole, remedy.DropVault)
	s.all(again, apply.Undone, journal.BackedOut)
	plans, err := backup.NewFromConfig(s.sim.Config()).ListBackupPlans(t.Context(), &backup.ListBackupPlansInput{})
	s.must(err)
	if len(plans.BackupPlansList) != 0 {
		t.Errorf("%d plans are left", len(plans.BackupPlansList))
	}
}

func TestAPlanIsGoodForOneRun(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	p := s.plan(s.pitr("orders", 35))
	first := s.apply(p)
	_, err := apply.Run(t.Context(), s.session, s.options(p))
	var applied *journal.AppliedError
	if !errors.As(err, &applied) || applied.Run.ID != first.Run {
		t.Errorf("the second time ended with %v", err)
	}
}

// TestAFirstVaultOptsTheRegionIn: what our own call did besides is no drift, and is not undone as if it were ours.
func TestAFirstVaultOptsTheRegionIn(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	out, err := backup.NewFromConfig(s.sim.Config()).DescribeRegionSettings(t.Context(), &backup.DescribeRegionSettingsInput{})
	s.must(err)
	if out.ResourceTypeOptInPreference["DynamoDB"] {
		t.Fatal("the Region is opted in from the start")
	}
	on := map[string]bool{"DynamoDB": true}
	settings := change(remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: on}}, remedy.SettingsState(out.ResourceTypeOptInPreference, out.ResourceTypeManagementPreference),
		remedy.SettingsState(on, out.ResourceTypeManagementPreference), &remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: out.ResourceTypeOptInPreference}})
	settings.Needs = []string{"a1"}
	r := s.apply(s.plan(s.vault("Default"), settings))
	s.want(r, map[string]apply.Outcome{"a1": apply.Done, "a2": apply.Adopted})
	if n := s.calls("backup:UpdateRegionSettings"); r.State != journal.Finished || n != 0 {
		t.Errorf("the run is %s, with %d calls", r.State, n)
	}
	s.want(s.backout(r.Run, remedy.DropVault, remedy.DropOptIn), map[string]apply.Outcome{"a2": apply.Nothing, "a1": apply.Undone})
}
