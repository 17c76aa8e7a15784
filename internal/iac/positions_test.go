package iac_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
)

const positionsOfCloudFormation = `Parameters:
  Unknown: {Type: String}
Resources:
  Off:
    Type: AWS::DynamoDB::Table
    Properties:
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: false
      DeletionProtectionEnabled: false
      Tags: [{Key: team, Value: shop}]
  Lacks:
    Type: AWS::DynamoDB::Table
    Properties:
      PointInTimeRecoverySpecification: {}
  Short:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      DeletionProtectionEnabled: !Ref Unknown
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: true
        RecoveryPeriodInDays: 7
  Vault:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: main}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: daily
        BackupPlanRule:
          - RuleName: fine
            TargetBackupVault: !Ref Vault
            ScheduleExpression: cron(0 5 ? * * *)
            Lifecycle: {DeleteAfterDays: 35}
          - RuleName: cold
            TargetBackupVault: nowhere
            ScheduleExpression: cron(0/30 * ? * * *)
            Lifecycle:
              MoveToColdStorageAfterDays: 30
              DeleteAfterDays: 40
`

const positionsOfTerraform = `variable "unknown" {}

resource "aws_dynamodb_table" "off" {
  name                        = "off"
  deletion_protection_enabled = false
  tags                        = { team = "shop" }
  point_in_time_recovery {
    enabled = false
  }
}

resource "aws_dynamodb_table" "lacks" {
  name = "lacks"
}

resource "aws_dynamodb_table" "short" {
  name                        = "short"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.unknown
  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 7
  }
}
`

// TestFindingsPointAtWhatIsJudged: at the attribute, or at the block that lacks it; what begins there is named in each row.
func TestFindingsPointAtWhatIsJudged(t *testing.T) {
	fsys := fstest.MapFS{"a.yaml": {Data: []byte(positionsOfCloudFormation)}, "main.tf": {Data: []byte(positionsOfTerraform)}}
	found := judgeAll(t, fsys)
	for _, row := range []struct{ control, address, verdict, begins string }{
		{"point-in-time-recovery", "Off", "FAIL", "PointInTimeRecoveryEnabled: false"},
		{"point-in-time-recovery", "Lacks", "FAIL", "PointInTimeRecoverySpecification: {}"},
		{"point-in-time-recovery", "Short", "PASS", "PointInTimeRecoveryEnabled: true"},
		{"pitr-window", "Short", "FAIL", "RecoveryPeriodInDays: 7"},
		{"pitr-window", "Off", "NOT_APPLICABLE", "PointInTimeRecoveryEnabled: false"},
		{"deletion-protection", "Off", "FAIL", "DeletionProtectionEnabled: false"},
		{"deletion-protection", "Lacks", "FAIL", "Lacks:"},
		{"deletion-protection", "Short", "UNKNOWN", "DeletionProtectionEnabled: !Ref"},
		{"backup-plan-membership", "Off", "FAIL", "Off:"},
		{"capacity-scaling", "Short", "PASS", "BillingMode: PAY_PER_REQUEST"},
		{"vault-locked", "Vault", "FAIL", "Vault:"},
		{"plan-lifecycle", "Plan", "FAIL", "MoveToColdStorageAfterDays: 30|DeleteAfterDays: 40"},
		{"plan-schedule", "Plan", "FAIL", "ScheduleExpression: cron(0/30"},
		{"point-in-time-recovery", "aws_dynamodb_table.off", "FAIL", "enabled = false|false"},
		{"point-in-time-recovery", "aws_dynamodb_table.lacks", "FAIL", `resource "aws_dynamodb_table" "lacks"`},
		{"pitr-window", "aws_dynamodb_table.short", "FAIL", "recovery_period_in_days|7"},
		{"deletion-protection", "aws_dynamodb_table.off", "FAIL", "deletion_protection_enabled|false"},
		{"deletion-protection", "aws_dynamodb_table.lacks", "FAIL", `resource "aws_dynamodb_table" "lacks"`},
		{"deletion-protection", "aws_dynamodb_table.short", "UNKNOWN", "deletion_protection_enabled|var.unknown"},
		{"backup-plan-membership", "aws_dynamodb_table.off", "FAIL", `resource "aws_dynamodb_table" "off"`},
		{"capacity-scaling", "aws_dynamodb_table.short", "PASS", `billing_mode|"PAY_PER_REQUEST"`},
	} {
		f, ok := found[row.control+" "+row.address]
		if !ok || string(f.Verdict) != row.verdict || f.Location == nil {
			t.Errorf("%s of %s: %s at %v, want %s: %s", row.control, row.address, f.Verdict, f.Location, row.verdict, f.Reason)
			continue
		}
		there := textAt(t, fsys, *f.Location)
		begins := false
		for _, want := range strings.Split(row.begins, "|") {
			begins = begins || strings.HasPrefix(there, want)
		}
		if !begins {
			t.Errorf("%s of %s points to %v, %s; want %s", row.control, row.address, *f.Location, there, row.begins)
		}
		if block := textAt(t, fsys, *f.Block); !strings.Contains(block, lastName(row.address)) {
			t.Errorf("%s: its block begins with %s", row.address, block)
		}
	}
}

// lastName is the name under which a block declares a resource.
func lastName(address string) string { return address[strings.LastIndexByte(address, '.')+1:] }

// judgeAll asks all controls, by control and address.
func judgeAll(t *testing.T, fsys fstest.MapFS) map[string]control.Finding {
	t.Helper()
	files, err := iac.Find(fsys, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	units, mistakes := iac.Read(fsys, files, iac.Options{})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	c, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]control.Finding{}
	for _, u := range units {
		u.Settings.OptIn = estate.KnownFact(map[string]bool{"DynamoDB": true}, 0)
		u.Plans.Whole = estate.KnownFact(true, 0)
		for i := range u.Plans.Items {
			u.Plans.Items[i].Selections.Whole = estate.KnownFact(true, 0)
		}
		for f := range c.Evaluate(u, control.Options{}).Findings() {
			out[f.Control+" "+f.Address] = f
		}
	}
	return out
}

// textAt is the rest of the line at a place.
func textAt(t *testing.T, fsys fstest.MapFS, at control.Location) string {
	t.Helper()
	file, ok := fsys[at.File]
	if !ok {
		t.Fatalf("there is no file %s", at.File)
	}
	lines := strings.Split(string(file.Data), "\n")
	if at.Line < 1 || at.Line > len(lines) || at.Column < 1 || at.Column > len(lines[at.Line-1]) {
		t.Fatalf("%v is outside of the file", at)
	}
	return lines[at.Line-1][at.Column-1:]
}
