package collect_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/collect"
)

func probe(t *testing.T, c *company, faults ...awssim.Fault) (map[awsapi.CallID]collect.Outcome, map[string]int) {
	t.Helper()
	sim := c.serve(t, awssim.Options{})
	if err := sim.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	trials, err := collect.Probe(t.Context(), session(t, sim, awsapi.Options{}), collect.Options{Full: true, Needs: awsapi.Ways()})
	if err != nil {
		t.Fatal(err)
	}
	got := map[awsapi.CallID]collect.Outcome{}
	for _, trial := range trials {
		got[trial.Call.ID] = trial.Outcome
	}
	return got, sim.Calls()
}

func TestProbeTriesEachReadOnce(t *testing.T) {
	got, calls := probe(t, &company{tables: 250, vaults: 3, plans: 3, points: 9, jobs: 9, page: 2},
		awssim.Fault{Action: "backup:ListCopyJobs", Error: "AccessDeniedException"}, awssim.Fault{Action: "kms:DescribeKey", Error: "garbage"})
	want := map[awsapi.CallID]collect.Outcome{}
	for _, c := range awsapi.Calls() {
		if c.ID != awsapi.ListRegions {
			want[c.ID] = collect.Allowed
		}
	}
	want[awsapi.ListCopyJobs], want[awsapi.DescribeKey] = collect.Denied, collect.Failed
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, n := range calls {
		// The SDK repeats a client's first call once when it is denied under a Date that is not the machine's: it takes that for clock skew.
		if n != 1 && (n != 2 || got[awsapi.CallID(name)] != collect.Denied) {
			t.Errorf("%s was called %d times", name, n)
		}
	}
}

func TestProbeSaysWhatItCouldNotTry(t *testing.T) {
	got, _ := probe(t, &company{})
	for id, want := range map[awsapi.CallID]collect.Outcome{
		awsapi.DescribeTable: collect.Untried, awsapi.ListRecoveryPointsByBackupVault: collect.Untried, awsapi.GetBackupPlan: collect.Untried, awsapi.ListTables: collect.Allowed,
	} {
		if got[id] != want {
			t.Errorf("%s is %s, want %s", id, got[id], want)
		}
	}
}
