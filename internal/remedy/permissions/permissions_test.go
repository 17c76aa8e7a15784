package permissions_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/permissions"
)

// single is a plan of one action in eu-west-1.
func single(do remedy.Change, undo *remedy.Change) *remedy.Plan {
	return &remedy.Plan{Partition: "aws", Account: "111122223333", Regions: []string{"eu-west-1"}, Actions: []remedy.Action{{ID: "a1", Region: "eu-west-1", Change: do, Inverse: remedy.Inverse{Change: undo}}}}
}

func lines(all []awsapi.Permission) []string {
	var out []string
	for _, p := range all {
		line := string(p.Action) + " " + p.Resource
		if p.Condition.Key != "" {
			line += " if " + p.Condition.Key + " " + p.Condition.Operator + " " + p.Condition.Value
		}
		out = append(out, line)
	}
	return out
}

func TestAPlanIsAllowedOnWhatItNamesAlone(t *testing.T) {
	const table, backup = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "arn:aws:backup:eu-west-1:111122223333:"
	role := "arn:aws:iam::111122223333:role/service-role/worker"
	linked := "iam:CreateServiceLinkedRole arn:{partition}:iam::*:role/aws-service-role/backup.amazonaws.com/* if iam:AWSServiceName StringEquals backup.amazonaws.com"
	for name, c := range map[string]struct {
		change remedy.Change
		want   []string
	}{
		"point-in-time recovery": {remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true}}, []string{
			"dynamodb:DescribeTable " + table, "dynamodb:DescribeContinuousBackups " + table, "dynamodb:UpdateContinuousBackups " + table}},
		"a vault under AWS's key": {remedy.Change{Vault: &remedy.Vault{Step: remedy.Create, Name: "main"}}, []string{
			"backup:ListBackupVaults *", "backup:CreateBackupVault " + backup + "backup-vault:main", "backup-storage:MountCapsule *", "backup:TagResource " + backup + "backup-vault:main"}},
		"a policy of a role": {remedy.Change{RolePolicy: &remedy.RolePolicy{Role: "worker", RoleARN: role, PolicyARN: managed, Attached: true}}, []string{
			"iam:ListAttachedRolePolicies " + role, "iam:ListAttachedRolePolicies arn:aws:iam::111122223333:role/worker", "iam:AttachRolePolicy " + role + " if iam:PolicyARN ArnEquals " + managed}},
		"a selection of a plan to come": {remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: "@a0", RoleARN: role}}, []string{
			"backup:ListBackupSelections " + backup + "backup-plan:*", "backup:GetBackupSelection " + backup + "backup-plan:*", "backup:CreateBackupSelection " + backup + "backup-plan:*",
			"iam:PassRole " + role + " if iam:PassedToService StringEquals backup.amazonaws.com", linked}},
		"rules of a plan that is there": {remedy.Change{PlanRules: &remedy.PlanRules{Plan: "p1"}}, []string{
			"backup:GetBackupPlan " + backup + "backup-plan:p1", "backup:UpdateBackupPlan " + backup + "backup-plan:p1"}},
		"a name that reads as a pattern": {remedy.Change{PITR: &remedy.PITR{Table: "*"}}, []string{
			"dynamodb:DescribeTable arn:aws:dynamodb:eu-west-1:111122223333:table/${*}", "dynamodb:DescribeContinuousBackups arn:aws:dynamodb:eu-west-1:111122223333:table/${*}",
			"dynamodb:UpdateContinuousBackups arn:aws:dynamodb:eu-west-1:111122223333:table/${*}"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := permissions.Apply(single(c.change, nil))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What a run has made and was not seen to end has no id yet: backing out looks for it by its name.
func TestBackingOutFindsWhatHasNoIDYet(t *testing.T) {
	plan := "arn:aws:backup:eu-west-1:111122223333:backup-plan:"
	for want, undo := range map[string]remedy.Change{
		"backup:ListBackupSelections " + plan + "p1": {Selection: &remedy.Selection{Step: remedy.Delete, Plan: "p1", ID: "@a1"}},
		"backup:ListBackupPlans *":                   {Plan: &remedy.BackupPlan{Step: remedy.Delete, ID: "@a1"}},
	} {
		got, err := permissions.Backout(single(remedy.Change{}, &undo))
		if err != nil || !slices.Contains(lines(got), want) {
			t.Errorf("%v, %v, want %s", lines(got), err, want)
		}
	}
}

func TestWhatNothingUndoesNeedsNothing(t *testing.T) {
	got, err := permissions.Backout(single(remedy.Change{PITR: &remedy.PITR{Table: "orders"}}, nil))
	if err != nil || len(got) != 0 {
		t.Errorf("%v, %v", lines(got), err)
	}
}

// TestEveryKindOfChangeHasItsCall: the policy of every plan holds every write that is declared for changes, and each member of a change
// takes exactly one write.
func TestEveryKindOfChangeHasItsCall(t *testing.T) {
	apply, err := permissions.Apply(nil)
	if err != nil {
		t.Fatal(err)
	}
	prove, err := permissions.Prove(nil)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[awsapi.CallID]bool{}
	for _, p := range append(apply, prove...) {
		allowed[p.Action] = true
	}
	for _, c := range awsapi.Changes() {
		if !allowed[c.ID] {
			t.Errorf("no change takes %s", c.ID)
		}
	}
	kinds := reflect.TypeFor[remedy.Change]()
	for i := range kinds.NumField() {
		c := remedy.Change{}
		reflect.ValueOf(&c).Elem().Field(i).Set(reflect.New(kinds.Field(i).Type.Elem()))
		got, err := permissions.Apply(single(c, nil))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(writesIn(got)); n != 1 {
			t.Errorf("a change of %s takes %d writes: %v", kinds.Field(i).Name, n, lines(got))
		}
	}
}

// writesIn are the permissions that are named like a declared write and no other call's dependent action.
func writesIn(all []awsapi.Permission) []awsapi.CallID {
	var out []awsapi.CallID
	for _, p := range all {
		c, err := awsapi.Find(p.Action)
		if err == nil && c.Write && p.Action != awsapi.TagBackup && p.Action != awsapi.TagRole && !slices.Contains(out, p.Action) {
			out = append(out, p.Action)
		}
	}
	return out
}

func TestManyTablesMakeRoom(t *testing.T) {
	all := []awsapi.Permission{
		{Action: "dynamodb:DescribeTable", Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/a"}, {Action: "dynamodb:DescribeTable", Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/b"},
		{Action: "backup:GetBackupPlan", Resource: "arn:aws:backup:eu-west-1:111122223333:backup-plan:p"},
	}
	wider, n := permissions.Tables(all)
	text, err := awsapi.Document("aws", wider)
	if err != nil || n != 2 || strings.Count(string(text), "table/*") != 1 || strings.Contains(string(text), "table/a") || all[0].Resource != "arn:aws:dynamodb:eu-west-1:111122223333:table/a" {
		t.Errorf("%d tables, %v:\n%s", n, err, text)
	}
}
