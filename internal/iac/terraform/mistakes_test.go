package terraform

import (
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
)

// alone says of a unit that nothing stands outside of the templates.
func alone(u *estate.Unit) *estate.Unit {
	u.Settings.OptIn, u.Plans.Whole = estate.KnownFact(map[string]bool{"DynamoDB": true}, 0), estate.KnownFact(true, 0)
	for i := range u.Plans.Items {
		u.Plans.Items[i].Selections.Whole = estate.KnownFact(true, 0)
	}
	return u
}

// Selections that people take for others: AWS Backup takes ARNs and no names, joins resources with tags, asks for any of the tags and for all
// conditions (https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html).
func TestSelectionsThatAreMistaken(t *testing.T) {
	c := catalogue(t)
	const (
		orders, users = "aws_dynamodb_table.orders", "aws_dynamodb_table.users"
		ofPlan        = "  plan_id = aws_backup_plan.daily.id\n"
	)
	tag := func(key, value string) string {
		return "  selection_tag {\n    type = \"STRINGEQUALS\"\n    key = \"" + key + "\"\n    value = \"" + value + "\"\n  }\n"
	}
	condition := func(kind, key, value string) string {
		return "  condition {\n    " + kind + " {\n      key = \"" + key + "\"\n      value = \"" + value + "\"\n    }\n  }\n"
	}
	for _, row := range []struct {
		name, selection, table string
		want                   control.Verdict
	}{
		{"the name of a table", "  resources = [aws_dynamodb_table.orders.name]\n", orders, control.Fail},
		{"the id of a table, which is its name", "  resources = [aws_dynamodb_table.orders.id]\n", orders, control.Fail},
		{"one of two tags", tag("backup", "gold") + tag("stage", "prod"), orders, control.Pass},
		{"a tag beside the ARN of another", "  resources = [aws_dynamodb_table.users.arn]\n" + tag("backup", "gold"), orders, control.Pass},
		{"an ARN beside a tag of another", "  resources = [aws_dynamodb_table.users.arn]\n" + tag("backup", "gold"), users, control.Pass},
		{"one of two conditions", "  resources = [\"*\"]\n" + condition("string_equals", "aws:ResourceTag/backup", "gold") + condition("string_equals", "aws:ResourceTag/stage", "prod"), orders, control.Fail},
		{"a condition with its prefix twice", "  resources = [\"*\"]\n" + condition("string_equals", "aws:ResourceTag/aws:ResourceTag/backup", "gold"), orders, control.Fail},
		{"a tag with the prefix of conditions", tag("aws:ResourceTag/backup", "gold"), orders, control.Pass}, // assumed
		{"a pattern of values", "  resources = [\"*\"]\n" + condition("string_like", "aws:ResourceTag/backup", "go*"), orders, control.Pass},
		{"a pattern of values that is not this", "  resources = [\"*\"]\n" + condition("string_not_like", "aws:ResourceTag/backup", "go*"), orders, control.Fail},
		{"tables of another account", "  resources = [\"arn:aws:dynamodb:*:999988887777:table/orders\"]\n", orders, control.Unknown},
	} {
		u := alone(declared(t, daily+ofPlan+row.selection+"}\n").Unit)
		if f := judged(t, c, u, "backup-plan-membership", row.table); f.Verdict != row.want {
			t.Errorf("%s: %s, want %s: %s", row.name, f.Verdict, row.want, f.Reason)
		}
	}
}

// Questions that scanners of templates answer wrongly: each replica is recovered by itself, a flag that is written as
// text is a flag, and DAX is no table.
func TestTablesThatAreMistaken(t *testing.T) {
	c := catalogue(t)
	const head = provider + "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  stream_enabled = true\n  stream_view_type = \"NEW_AND_OLD_IMAGES\"\n"
	const replicas = "  replica {\n    region_name = \"us-east-1\"\n    point_in_time_recovery = true\n  }\n  replica {\n    region_name = \"us-west-2\"\n  }\n"
	for _, row := range []struct {
		name, text, control, resource string
		want                          control.Verdict
	}{
		{"recovery that is on", "  point_in_time_recovery {\n    enabled = true\n  }\n", "point-in-time-recovery", "aws_dynamodb_table.t", control.Pass},
		{"recovery that is on, as text", "  point_in_time_recovery {\n    enabled = \"true\"\n  }\n", "point-in-time-recovery", "aws_dynamodb_table.t", control.Pass},
		{"recovery that is written and off", "  point_in_time_recovery {\n    enabled = false\n  }\n", "point-in-time-recovery", "aws_dynamodb_table.t", control.Fail},
		{"the first replica", replicas, "point-in-time-recovery", "aws_dynamodb_table.t/us-east-1", control.Pass},
		{"the second replica", replicas, "point-in-time-recovery", "aws_dynamodb_table.t/us-west-2", control.Fail},
		{"the table of replicas that recover", replicas, "point-in-time-recovery", "aws_dynamodb_table.t", control.Fail},
	} {
		b := declared(t, head+row.text+"}\nresource \"aws_dax_cluster\" \"d\" {\n  cluster_name = \"d\"\n}\n")
		done := false
		for _, u := range b.Units() {
			if slices.ContainsFunc(u.Declared, func(d estate.Declared) bool { return d.Address == row.resource }) {
				done = true
				if f := judged(t, c, u, row.control, row.resource); f.Verdict != row.want {
					t.Errorf("%s: %s, want %s: %s", row.name, f.Verdict, row.want, f.Reason)
				}
			}
		}
		if !done {
			t.Errorf("%s: %s is not declared", row.name, row.resource)
		}
	}
}

// Only a key of the account is missing where nothing is written, or encryption is switched off: AWS's own key encrypts.
func TestTablesAreAlwaysEncrypted(t *testing.T) {
	c := catalogue(t)
	for _, text := range []string{"", "  server_side_encryption {\n    enabled = false\n  }\n"} {
		u := declared(t, provider+"resource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n"+text+"}\n").Unit
		if f := judged(t, c, u, "encryption-kms", "aws_dynamodb_table.t"); !strings.Contains(f.Reason, "t is encrypted under a key that AWS owns") {
			t.Errorf("%q: %s", text, f.Reason)
		}
	}
}
