//go:build unix

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkTemplates scans 1,000 templates with 10,000 tables as a process: CloudFormation, and Terraform. Every tenth template has a plan that
// selects its tables by reference. Target: under 3 s and 500 MB on two idle cores.
func BenchmarkTemplates(b *testing.B) {
	const templates, tables = 1000, 10
	for _, language := range []struct {
		name  string
		write func(i, tables int) (name, text string)
	}{{"cloudformation", stackTemplate}, {"terraform", stackModule}} {
		b.Run(language.name, func(b *testing.B) {
			dir := b.TempDir()
			for i := range templates {
				name, text := language.write(i, tables)
				lay(b, filepath.Join(dir, name), text)
			}
			for b.Loop() {
				u := measure(b, binary(b), command{args: []string{"scan", dir, "--config", "none", "-o", "json=" + filepath.Join(b.TempDir(), "report.json"), "--fail-on", "none"}})
				tell(b, u, templates*tables)
			}
		})
	}
}

func lay(b testing.TB, name, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

func stackTemplate(i, tables int) (name, text string) {
	var t strings.Builder
	t.WriteString("AWSTemplateFormatVersion: \"2010-09-09\"\nParameters:\n  Stage: {Type: String, Default: prod}\nResources:\n")
	for k := range tables {
		fmt.Fprintf(&t, `  Table%d:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "app%d-table%d-${Stage}"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: %t
      Tags:
        - {Key: backup, Value: daily}
`, k, i, k, k%2 == 0)
	}
	if i%10 == 0 {
		fmt.Fprintf(&t, `  Vault:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: vault%d}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: plan%d
        BackupPlanRule:
          - {RuleName: nightly, TargetBackupVault: !Ref Vault, ScheduleExpression: cron(0 5 ? * * *), Lifecycle: {DeleteAfterDays: 35}}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection: {SelectionName: all, IamRoleArn: "arn:aws:iam::111122223333:role/backup", Resources: [%s]}
`, i, i, references(tables, "!GetAtt Table%d.Arn"))
	}
	return fmt.Sprintf("stack%04d.yaml", i), t.String()
}

func references(tables int, format string) string {
	out := make([]string, tables)
	for k := range out {
		out[k] = fmt.Sprintf(format, k)
	}
	return strings.Join(out, ", ")
}

func stackModule(i, tables int) (name, text string) {
	var t strings.Builder
	t.WriteString("provider \"aws\" {\n  region = \"eu-west-1\"\n}\nvariable \"stage\" {\n  default = \"prod\"\n}\n")
	for k := range tables {
		fmt.Fprintf(&t, `resource "aws_dynamodb_table" "t%d" {
  name         = "app%d-table%d-${var.stage}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  point_in_time_recovery {
    enabled = %t
  }
  tags = { backup = "daily" }
}
`, k, i, k, k%2 == 0)
	}
	if i%10 == 0 {
		fmt.Fprintf(&t, `resource "aws_backup_vault" "v" {
  name = "vault%d"
}
resource "aws_backup_plan" "p" {
  name = "plan%d"
  rule {
    rule_name         = "nightly"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 5 ? * * *)"
    lifecycle {
      delete_after = 35
    }
  }
}
resource "aws_backup_selection" "s" {
  plan_id      = aws_backup_plan.p.id
  name         = "all"
  iam_role_arn = "arn:aws:iam::111122223333:role/backup"
  resources    = [%s]
}
`, i, i, references(tables, "aws_dynamodb_table.t%d.arn"))
	}
	return filepath.Join(fmt.Sprintf("stack%04d", i), "main.tf"), t.String()
}
