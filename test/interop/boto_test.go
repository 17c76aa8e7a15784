package interop

import (
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"testing"

	"github.com/restorable/restorable/internal/awssim"
)

// registered lists the simulator's operations as botocore calls them: "dynamodb:CreateTable".
func registered(a *awssim.Assembly) []string {
	var out []string
	for _, s := range a.Services {
		for _, o := range s.Operations {
			out = append(out, s.Model+":"+o.Name)
		}
	}
	slices.Sort(out)
	return out
}

// refusedOnly are operations that the simulator can only refuse, with the code that AWS would answer for the same state.
func refusedOnly() map[string]string {
	return map[string]string{
		"dynamodb:DescribeGlobalTable":         "GlobalTableNotFoundException",         // of the 2017 version, of which there are none
		"dynamodb:DescribeGlobalTableSettings": "GlobalTableNotFoundException",         // likewise
		"backup:DisassociateRecoveryPoint":     "InvalidRequestException",              // continuous backups alone, of which DynamoDB has none
		"sts:DecodeAuthorizationMessage":       "InvalidAuthorizationMessageException", // refusals carry no encoded message
	}
}

// performance is what py/boto_main.py and py/cli_main.py print: what was answered, and what was wrong with it.
type performance struct {
	OK        map[string]int
	Errors    map[string]map[string]int
	Unread    []string
	Problems  []string
	Scenarios int
	Failures  map[string]string
	Lines     int // of AWS CLI
}

// perform lets one of the Python programs perform the scenarios. The test fails for an operation that the simulator has and the
// scenarios have not, for one whose answer nobody looked into, and for an answer with members that botocore does not know.
func perform(t *testing.T, program string) performance {
	t.Helper()
	sim := startSim(t)
	cmd := exec.CommandContext(t.Context(), python(t), program, sim.URL)
	cmd.Env = environment(t)
	var got performance
	if err := json.Unmarshal(output(t, cmd), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(got.Failures)) {
		t.Errorf("%s:\n%s", name, got.Failures[name])
	}
	for _, operation := range registered(sim.Assembly()) {
		if code := refusedOnly()[operation]; got.OK[operation] == 0 && (code == "" || got.Errors[operation][code] == 0) {
			t.Errorf("%s was never answered; errors: %v", operation, got.Errors[operation])
		}
	}
	for _, operation := range got.Unread {
		t.Errorf("%s answered and nobody looked at what", operation)
	}
	for _, problem := range got.Problems {
		t.Error(problem)
	}
	return got
}

// TestBoto3PerformsEveryOperation runs every operation through boto3.
func TestBoto3PerformsEveryOperation(t *testing.T) {
	got := perform(t, "py/boto_main.py")
	t.Logf("%d scenarios, %d operations answered, %d answered errors", got.Scenarios, len(got.OK), len(got.Errors))
}
