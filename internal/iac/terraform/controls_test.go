package terraform

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/planfile"
)

// controls is the built-in catalogue, read once: it may be shared.
var controls = sync.OnceValues(control.Load)

func catalogue(t *testing.T) *control.Catalogue {
	t.Helper()
	c, err := controls()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// judged is the finding of a control on a resource of a unit.
func judged(t *testing.T, c *control.Catalogue, u *estate.Unit, id, resource string) control.Finding {
	t.Helper()
	chosen, err := c.Select(control.Selection{Controls: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	for f := range c.Evaluate(u, control.Options{Controls: chosen}).Findings() {
		if f.Address == resource || strings.HasSuffix(f.Address, "#"+resource) {
			return f
		}
	}
	t.Fatalf("no finding of %s on %s", id, resource)
	return control.Finding{}
}

// added is what a plan's text comes to.
func added(t *testing.T, text []byte) *build.Builder {
	t.Helper()
	resources, err := planfile.Read("plan.json", text)
	if err != nil {
		t.Fatal(err)
	}
	b := build.New()
	Add(b, resources)
	return b
}

// shop is a plan that Terraform 1.11 and version 5.100 of the provider made of planfile/testdata/shop.
func shop(t *testing.T) *build.Builder {
	t.Helper()
	text, err := os.ReadFile("planfile/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	return added(t, text)
}

func TestControlsOnAPlan(t *testing.T) {
	c := catalogue(t)
	u := shop(t).Unit
	for _, row := range []struct {
		control, resource string
		want              control.Verdict
	}{
		{"point-in-time-recovery", "aws_dynamodb_table.orders", control.Pass},
		{"point-in-time-recovery", `aws_dynamodb_table.users["a"]`, control.Fail},
		{"point-in-time-recovery", "aws_dynamodb_table.made", control.Fail},
		{"point-in-time-recovery", "module.store[0].aws_dynamodb_table.this", control.Pass},
		{"backup-plan-membership", "aws_dynamodb_table.orders", control.Pass},
		{"backup-plan-membership", `aws_dynamodb_table.users["a"]`, control.Unknown},
		{"vault-locked", "aws_backup_vault.main", control.Pass},
	} {
		if f := judged(t, c, u, row.control, row.resource); f.Verdict != row.want {
			t.Errorf("%s of %s: %s, want %s: %s", row.control, row.resource, f.Verdict, row.want, f.Reason)
		}
	}
}

const shops = `
variable "recoverable" {}
variable "class" {
  default = "gold"
}
resource "aws_dynamodb_table" "orders" {
  name = "orders"
  tags = {
    backup = var.class
  }
}
resource "aws_dynamodb_table" "users" {
  point_in_time_recovery {
    enabled = true
  }
}
resource "aws_dynamodb_table" "carts" {
  point_in_time_recovery {
    enabled = var.recoverable
  }
}
resource "aws_dynamodb_table" "old" {
  name = "old"
  point_in_time_recovery {
    enabled = false
  }
}
`

func TestWherePointInTimeRecoveryIsDecided(t *testing.T) {
	c := catalogue(t)
	u := declared(t, shops).Unit
	for _, row := range []struct {
		table        string
		verdict      control.Verdict
		line, column int // of the attribute, or of the block that lacks it
	}{
		{"aws_dynamodb_table.orders", control.Fail, 6, 1},
		{"aws_dynamodb_table.users", control.Pass, 14, 15},
		{"aws_dynamodb_table.carts", control.Unknown, 19, 15},
		{"aws_dynamodb_table.old", control.Fail, 25, 15},
	} {
		f := judged(t, c, u, "point-in-time-recovery", row.table)
		if f.Verdict != row.verdict {
			t.Errorf("%s: %s, want %s: %s", row.table, f.Verdict, row.verdict, f.Reason)
		}
		found := false
		for _, e := range f.Evidence {
			found = found || e.Fact == "table.pitr_status" && e.Location != nil && e.Location.File == "main.tf" && e.Location.Line == row.line && e.Location.Column == row.column
		}
		if !found {
			t.Errorf("%s: no evidence of %d:%d: %+v", row.table, row.line, row.column, f.Evidence)
		}
	}
}

const daily = shops + `
resource "aws_backup_vault" "main" {
  name = "main"
}
resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "nightly"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 ? * * *)"
    lifecycle {
      delete_after = 35
    }
  }
}
resource "aws_backup_selection" "s" {
  name         = "s"
  iam_role_arn = "role"
`

func TestPlansSelect(t *testing.T) {
	c := catalogue(t)
	const (
		orders, users, carts = "aws_dynamodb_table.orders", "aws_dynamodb_table.users", "aws_dynamodb_table.carts"
		ofPlan               = "  plan_id = aws_backup_plan.daily.id\n"
	)
	for _, row := range []struct {
		name, selection, table string
		want, wantWhole        control.Verdict // the second, with the word that no plan is elsewhere
	}{
		{"by tag", ofPlan + "  selection_tag {\n    type = \"STRINGEQUALS\"\n    key = \"backup\"\n    value = \"gold\"\n  }\n}", orders, control.Pass, control.Pass},
		{"by a tag that it lacks", ofPlan + "  selection_tag {\n    type = \"STRINGEQUALS\"\n    key = \"backup\"\n    value = \"lead\"\n  }\n}", orders, control.Unknown, control.Fail},
		{"by the ARN of a table without a name", ofPlan + "  resources = [aws_dynamodb_table.users.arn]\n}", users, control.Pass, control.Pass},
		{"by the ARN of another table", ofPlan + "  resources = [aws_dynamodb_table.users.arn]\n}", orders, control.Unknown, control.Fail},
		{"by the ARN of another table without a name", ofPlan + "  resources = [aws_dynamodb_table.users.arn]\n}", carts, control.Unknown, control.Fail},
		{"by the ARN of one with a name", ofPlan + "  resources = [aws_dynamodb_table.orders.arn]\n}", orders, control.Pass, control.Pass},
		{"by a pattern", ofPlan + "  resources = [\"arn:aws:dynamodb:*:*:table/ord*\"]\n}", orders, control.Pass, control.Pass},
		{"by an ARN that is put together", ofPlan + "  resources = [\"arn:aws:dynamodb:${data.aws_region.r.name}:${data.aws_caller_identity.i.account_id}:table/${aws_dynamodb_table.orders.name}\"]\n}\n" +
			"data \"aws_region\" \"r\" {}\ndata \"aws_caller_identity\" \"i\" {}", orders, control.Pass, control.Pass},
		{"by everything", ofPlan + "  resources = [\"*\"]\n}", users, control.Pass, control.Pass},
		{"excluded", ofPlan + "  resources = [\"*\"]\n  not_resources = [aws_dynamodb_table.users.arn]\n}", users, control.Unknown, control.Fail},
		{"another is excluded", ofPlan + "  resources = [\"*\"]\n  not_resources = [aws_dynamodb_table.users.arn]\n}", orders, control.Pass, control.Pass},
		{"under a condition", ofPlan + "  resources = [\"*\"]\n  condition {\n    string_equals {\n      key = \"aws:ResourceTag/backup\"\n      value = \"gold\"\n    }\n  }\n}", orders, control.Pass, control.Pass},
		{"under a condition that it does not meet", ofPlan + "  resources = [\"*\"]\n  condition {\n    string_not_equals {\n      key = \"aws:ResourceTag/backup\"\n      value = \"gold\"\n    }\n  }\n}", orders, control.Unknown, control.Fail},
		{"by what nobody knows", ofPlan + "  resources = [var.recoverable]\n}", orders, control.Unknown, control.Unknown},
		{"by a list that nobody knows", ofPlan + "  resources = var.recoverable\n}", orders, control.Unknown, control.Unknown},
		{"when nobody knows whether", "  count = var.recoverable\n" + ofPlan + "  resources = [\"*\"]\n}", orders, control.Unknown, control.Unknown},
		{"never", "  count = 0\n" + ofPlan + "  resources = [\"*\"]\n}", orders, control.Unknown, control.Fail},
		{"of a plan elsewhere", "  plan_id = var.recoverable\n  resources = [\"*\"]\n}", orders, control.Pass, control.Pass},
	} {
		u := declared(t, daily+row.selection).Unit
		u.Settings.OptIn = estate.KnownFact(map[string]bool{"DynamoDB": true}, 0)
		if f := judged(t, c, u, "backup-plan-membership", row.table); f.Verdict != row.want {
			t.Errorf("%s: %s, want %s: %s", row.name, f.Verdict, row.want, f.Reason)
		}
		u.Plans.Whole = estate.KnownFact(true, 0)
		for i := range u.Plans.Items {
			u.Plans.Items[i].Selections.Whole = estate.KnownFact(true, 0)
		}
		if f := judged(t, c, u, "backup-plan-membership", row.table); f.Verdict != row.wantWhole {
			t.Errorf("%s, with no plans elsewhere: %s, want %s: %s", row.name, f.Verdict, row.wantWhole, f.Reason)
		}
	}
}

// An ARN selects without the Region's opt-in, a tag does not.
func TestTheOptIn(t *testing.T) {
	c := catalogue(t)
	const byARN = "  plan_id = aws_backup_plan.daily.id\n  resources = [aws_dynamodb_table.orders.arn]\n}\n"
	const byTag = "  plan_id = aws_backup_plan.daily.id\n  selection_tag {\n    type = \"STRINGEQUALS\"\n    key = \"backup\"\n    value = \"gold\"\n  }\n}\n"
	settings := func(on string) string {
		return "resource \"aws_backup_region_settings\" \"s\" {\n  resource_type_opt_in_preference = { DynamoDB = " + on + " }\n}\n"
	}
	for _, row := range []struct {
		name, text string
		want       control.Verdict
	}{
		{"an ARN, no word of the opt-in", byARN, control.Pass},
		{"a tag, no word of the opt-in", byTag, control.Unknown},
		{"a tag, opted in", byTag + settings("true"), control.Pass},
		{"a tag, opted out", byTag + settings("false"), control.Unknown},
		{"a tag, nobody knows", byTag + settings("var.recoverable"), control.Unknown},
	} {
		if f := judged(t, c, declared(t, daily+row.text).Unit, "backup-plan-membership", "aws_dynamodb_table.orders"); f.Verdict != row.want {
			t.Errorf("%s: %s, want %s: %s", row.name, f.Verdict, row.want, f.Reason)
		}
	}
}
