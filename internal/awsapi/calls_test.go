package awsapi_test

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// keys lists the estate file's keys of a struct as "name.key".
func keys(name string, v any) []string {
	var out []string
	t := reflect.TypeOf(v)
	for i := range t.NumField() {
		if key := strings.Split(t.Field(i).Tag.Get("json"), ",")[0]; key != "" && key != "id" {
			out = append(out, name+"."+key)
		}
	}
	return out
}

// TestEveryFactIsFedByACall holds the declarations against the estate: no fact without a call, no call for a fact that does not exist.
func TestEveryFactIsFedByACall(t *testing.T) {
	want := map[string]bool{}
	for _, k := range [][]string{
		keys("unit", estate.Unit{}), keys("table", estate.Table{}), keys("plan", estate.Plan{}), keys("rule", estate.Rule{}), keys("copy", estate.Copy{}), keys("selection", estate.Selection{}),
		keys("vault", estate.Vault{}), keys("recovery_point", estate.RecoveryPoint{}), keys("backup", estate.NativeBackup{}), keys("backup_job", estate.BackupJob{}), keys("copy_job", estate.CopyJob{}),
		keys("restore_job", estate.RestoreJob{}), keys("key", estate.Key{}), keys("role", estate.Role{}), keys("role_policy", estate.RolePolicy{}), keys("settings", estate.Settings{}), keys("protected_resource", estate.ProtectedResource{}),
		keys("restore_testing_plan", estate.RestoreTestingPlan{}), keys("restore_testing_selection", estate.RestoreTestingSelection{}),
		keys("iam_user", estate.IAMUser{}), keys("access_key", estate.AccessKey{}), keys("iam_group", estate.IAMGroup{}), keys("iam_role", estate.IAMRole{}), keys("inline", estate.Inline{}),
		keys("iam_policy", estate.IAMPolicy{}),
		keys("trail", estate.Trail{}), keys("event_selector", estate.EventSelector{}), keys("advanced_selector", estate.AdvancedSelector{}), keys("recorded_action", estate.RecordedAction{}),
		keys("event_rule", estate.EventRule{}), keys("stream_reader", estate.StreamReader{}), keys("vpc", estate.VPC{}), keys("vpc_endpoint", estate.VPCEndpoint{}), keys("report_plan", estate.ReportPlan{}),
	} {
		for _, name := range k {
			want[name] = true
		}
	}
	for _, computed := range []string{"unit.provenance", "unit.declared", "unit.now", "unit.reached", "unit.home", "unit.full", "unit.drills", "unit.settings", "recovery_point.storage_class"} {
		delete(want, computed)
	}
	got := map[string]bool{}
	for _, c := range awsapi.Calls() {
		for _, f := range c.Facts {
			got[f] = true
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts of the estate (-) against declared facts (+):\n%s", diff)
	}
}

func TestEachCallIsDeclaredOnceAndCompletely(t *testing.T) {
	seen := map[awsapi.CallID]bool{}
	for _, c := range append(awsapi.Declared(), awsapi.SetupCalls()...) {
		if seen[c.ID] {
			t.Errorf("%s is declared twice", c.ID)
		}
		seen[c.ID] = true
		if c.ServiceID == "" || c.Resource == "" || !strings.Contains(string(c.ID), ":") {
			t.Errorf("%s is incomplete: %+v", c.ID, c)
		}
		if c.Resource != "*" && !strings.HasPrefix(c.Resource, "arn:{partition}:") {
			t.Errorf("%s has resource %q", c.ID, c.Resource)
		}
		for _, g := range c.Dependent {
			if g.Action == "" || (g.On == awsapi.OnOwn) != (g.Resource == "") {
				t.Errorf("%s demands %+v", c.ID, g)
			}
		}
	}
}

// TestReadsAndWritesAreKeptApart: what collects has a group and feeds facts; what changes something is said to, and nothing else is.
func TestReadsAndWritesAreKeptApart(t *testing.T) {
	for _, c := range awsapi.Calls() {
		if c.Write || c.Group == "" || len(c.Facts) == 0 {
			t.Errorf("%s is among the calls that collect: %+v", c.ID, c)
		}
	}
	for _, c := range awsapi.Beside() {
		if c.Write || c.Group != "" || len(c.Facts) > 0 || !isRead(c) {
			t.Errorf("%s is among the reads beside: %+v", c.ID, c)
		}
	}
	for _, c := range awsapi.Items() {
		if c.Write || c.Group != "" || len(c.Facts) > 0 || !isRead(c) && c.ID != awsapi.Scan && c.ID != awsapi.Query {
			t.Errorf("%s is among the reads of items: %+v", c.ID, c)
		}
	}
	for _, c := range awsapi.Writes() {
		if !c.Write || c.Group != "" || isRead(c) {
			t.Errorf("%s is among the writes: %+v", c.ID, c)
		}
		if c.ID == awsapi.DeleteTable && !strings.HasSuffix(c.Resource, ":table/restorable-drill-*") {
			t.Errorf("%s is asked for on %s: only what drills made is ever deleted", c.ID, c.Resource)
		}
		for _, never := range []string{"DeleteBackup", "DeleteRecoveryPoint", "UpdateRecoveryPointLifecycle"} {
			if c.Operation() == never {
				t.Errorf("%s: nobody may ask for it", c.ID)
			}
		}
	}
}

func isRead(c awsapi.Call) bool {
	for _, verb := range []string{"List", "Get", "Describe"} {
		if strings.HasPrefix(c.Operation(), verb) {
			return true
		}
	}
	return false
}

func TestNeedsFollowsFacts(t *testing.T) {
	got, err := awsapi.Needs([]string{"backup_job.", "table.tags"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[awsapi.Group]bool{awsapi.GroupStart: true, awsapi.GroupTables: true, awsapi.GroupBackupJobs: true, awsapi.GroupTags: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := awsapi.Needs([]string{"table.colour"}); err == nil || !strings.Contains(err.Error(), "table.colour") {
		t.Errorf("a fact that nobody feeds: %v", err)
	}
	if f, p := awsapi.Foundation(), awsapi.Planning(); f[awsapi.GroupRolePolicies] || !p[awsapi.GroupRolePolicies] || !p[awsapi.GroupVaultPolicies] || p[awsapi.GroupTTL] || len(p) != len(f)+5 {
		t.Errorf("planning reads %v, the foundation %v", p, f)
	}
	if awsapi.Foundation()[awsapi.GroupTTL] || !awsapi.Everything()[awsapi.GroupTTL] {
		t.Error("the foundation must not ask for what only a restore needs")
	}
}

func TestPolicyHoldsExactlyTheDeclaredActions(t *testing.T) {
	raw, err := awsapi.Policy("aws-cn", awsapi.Select(awsapi.Foundation()))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Version   string
		Statement []struct {
			Sid, Effect, Resource string
			Action                []string
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	sids := map[string]bool{}
	for _, s := range doc.Statement {
		if s.Effect != "Allow" || !sort.StringsAreSorted(s.Action) || sids[s.Sid] || s.Sid == "" {
			t.Errorf("statement %+v", s)
		}
		sids[s.Sid] = true
		for _, a := range s.Action {
			got[a] = s.Resource
		}
	}
	want := map[string]string{}
	for _, c := range awsapi.Select(awsapi.Foundation()) {
		if c.ID != awsapi.GetCallerIdentity { // needs no permission
			want[string(c.ID)] = strings.ReplaceAll(c.Resource, "{partition}", "aws-cn")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got["dynamodb:DescribeTable"] != "arn:aws-cn:dynamodb:*:*:table/*" || got["dynamodb:ListTables"] != "*" {
		t.Errorf("resources are %v", got)
	}
	for action := range got {
		_, verb, _ := strings.Cut(action, ":")
		if !strings.HasPrefix(verb, "List") && !strings.HasPrefix(verb, "Get") && !strings.HasPrefix(verb, "Describe") {
			t.Errorf("%s is not a read", action)
		}
	}
}
