package collect_test

import (
	"testing"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/collect"
)

// Identities are of the account: they are read in one of its Regions, and only when somebody asks for them.
func TestIdentitiesAreReadOnceAnAccount(t *testing.T) {
	sim := (&company{tables: 1}).serve(t, awssim.Options{})
	needs := map[awsapi.Group]bool{awsapi.GroupStart: true, awsapi.GroupTables: true, awsapi.GroupIdentities: true, awsapi.GroupAccessKeys: true}
	e, err := collect.Collect(t.Context(), session(t, sim, awsapi.Options{Regions: []string{"eu-west-1", "us-east-1"}}), collect.Options{Needs: needs})
	if err != nil {
		t.Fatal(err)
	}
	home, other := e.Units[0], e.Units[1]
	known(t, home.Home, true)
	known(t, other.Home, false)
	if !home.Users.IsWhole() || len(home.Users.Items) != 1 || len(home.Groups.Items) != 1 || len(home.IAMRoles.Items) != 2 || len(home.Policies.Items) != 1 {
		t.Fatalf("home holds %d users, %d groups, %d roles, %d policies", len(home.Users.Items), len(home.Groups.Items), len(home.IAMRoles.Items), len(home.Policies.Items))
	}
	known(t, home.Policies.Items[0].Text, `{"now":1}`)
	known(t, home.RootKeys, true)
	alice := home.Users.Items[0]
	if keys := alice.AccessKeys; !keys.IsWhole() || len(keys.Items) != 2 || !keys.Items[0].Active.Or(false) || keys.Items[1].Active.Or(true) {
		t.Errorf("her keys are %+v", keys)
	}
	if r := home.IAMRoles.Items[1]; !r.LastUsed.IsAbsent() || !r.Boundary.IsAbsent() || r.Trust.Or("") != `{"a":1}` {
		t.Errorf("the role is %+v", r)
	}
	if other.Users.Whole.IsKnown() || other.Of(other.Users.Whole.Source()).Code != "NotCollected" {
		t.Errorf("the other Region says %v", other.Users.Whole)
	}
	for action, want := range map[string]int{"iam:GetAccountAuthorizationDetails": 2, "iam:ListAccessKeys": 1, "iam:GetAccountSummary": 1} {
		if got := sim.Calls()[action]; got != want {
			t.Errorf("%s was called %d times, want %d", action, got, want)
		}
	}
}
