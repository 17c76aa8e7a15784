package render

import (
	"testing"

	"github.com/restorable/restorable/internal/remedy"
)

const (
	testAccount = "111122223333"
	testTrust   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	testDeny    = `{"Version":"2012-10-17","Statement":[{"Sid":"keep","Effect":"Deny","Principal":"*","Action":["backup:DeleteRecoveryPoint"],"Resource":"*",
		"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/break-glass"}}}]}`
	testRole = "arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole"
)

func testTable(region, name string) string {
	return "arn:aws:dynamodb:" + region + ":" + testAccount + ":table/" + name
}

// sealedPlan numbers actions and seals them as a plan.
func sealedPlan(t testing.TB, regions []string, changes ...remedy.Action) *remedy.Plan {
	t.Helper()
	p := &remedy.Plan{Tool: remedy.Tool{Name: "restorable", Version: "1.2.3"}, Partition: "aws", Account: testAccount, Regions: regions, Actions: changes,
		CreatedAt: 1_795_161_600_000, Cost: remedy.Cost{Monthly: 12.5, Known: true}, Prices: remedy.PriceList{Date: "2026-11-01"}}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

func act(id, region, remedyID string, c remedy.Change, needs ...string) remedy.Action {
	return remedy.Action{ID: id, Region: region, Remedy: remedyID, Change: c, Needs: needs}
}

// smallPlan is what most accounts need: a role, a vault, a plan with all tables, and point-in-time recovery.
func smallPlan(t testing.TB) *remedy.Plan {
	const r = "eu-west-1"
	own := map[string]string{"restorable:tool": "restorable", "Purpose": "backup"}
	return sealedPlan(t, []string{r},
		act("a1", r, "create-role", remedy.Change{Role: &remedy.Role{Step: remedy.Create, ARN: testRole, Name: "AWSBackupDefaultServiceRole", Path: "/service-role/", Trust: testTrust, Tags: own}}),
		act("a2", r, "create-role", remedy.Change{RolePolicy: &remedy.RolePolicy{Role: "AWSBackupDefaultServiceRole", RoleARN: testRole, PolicyARN: "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup", Attached: true}}, "a1"),
		act("a3", r, "create-role", remedy.Change{RolePolicy: &remedy.RolePolicy{Role: "AWSBackupDefaultServiceRole", RoleARN: testRole, PolicyARN: "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores", Attached: true}}, "a1"),
		act("a4", r, "create-vault", remedy.Change{Vault: &remedy.Vault{Step: remedy.Create, Name: "Default", ARN: "arn:aws:backup:eu-west-1:111122223333:backup-vault:Default", Tags: own}}),
		act("a5", r, "create-plan", remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Create, Name: "restorable-daily", Tags: own, Rules: []remedy.Rule{
			{Name: "daily", Vault: "Default", Schedule: "cron(0 5 ? * * *)", StartWindow: 60, CompletionWindow: 180, DeleteAfterDays: 35}}}}, "a4"),
		act("a6", r, "assign-to-plan", remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: remedy.From("a5"), Name: "restorable-tables", RoleARN: testRole,
			Resources: []string{"arn:aws:dynamodb:*:*:table/*"}}}, "a2", "a3", "a5"),
		act("a7", r, "enable-pitr", remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true, PeriodDays: 35}}),
		act("a8", r, "enable-pitr", remedy.Change{PITR: &remedy.PITR{Table: "carts", Enabled: true, PeriodDays: 35}}))
}

// largePlan has every kind of change, in two Regions.
func largePlan(t testing.TB) *remedy.Plan {
	const r, far = "eu-west-1", "eu-central-1"
	own := map[string]string{"restorable:tool": "restorable", "team": "shop \"1\"\n${x}"}
	lockedARN, farARN := "arn:aws:backup:eu-west-1:111122223333:backup-vault:locked", "arn:aws:backup:eu-central-1:111122223333:backup-vault:copies"
	return sealedPlan(t, []string{far, r},
		act("a1", r, "opt-in", remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: map[string]bool{"DynamoDB": true, "EBS": false}}}),
		act("a2", r, "advanced-features", remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: map[string]bool{"DynamoDB": true, "EBS": false}, Management: map[string]bool{"DynamoDB": true, "EFS": true}}}),
		act("a3", r, "create-role", remedy.Change{Role: &remedy.Role{Step: remedy.Create, ARN: testRole, Name: "AWSBackupDefaultServiceRole", Path: "/service-role/", Trust: testTrust}}),
		act("a4", r, "create-role", remedy.Change{RolePolicy: &remedy.RolePolicy{Role: "AWSBackupDefaultServiceRole", RoleARN: testRole, PolicyARN: "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup", Attached: true}}),
		act("a5", r, "create-role", remedy.Change{RolePolicy: &remedy.RolePolicy{Role: "older", RoleARN: "arn:aws:iam::111122223333:role/older", PolicyARN: "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores", Attached: true}}),
		act("a6", r, "create-vault", remedy.Change{Vault: &remedy.Vault{Step: remedy.Create, Name: "locked", ARN: lockedARN, KeyARN: "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012", Tags: own}}),
		act("a7", r, "deny-vault-deletion", remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: "locked", Policy: testDeny}}),
		act("a8", r, "lock-vault", remedy.Change{VaultLock: &remedy.VaultLock{Vault: "locked", Locked: true, MinRetentionDays: 7, MaxRetentionDays: 400}}),
		act("a9", r, "notify-vault", remedy.Change{VaultNotifications: &remedy.VaultNotifications{Vault: "locked", Topic: "arn:aws:sns:eu-west-1:111122223333:backups", Events: []string{"BACKUP_JOB_FAILED", "COPY_JOB_FAILED"}}}),
		act("a10", r, "deny-vault-deletion", remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: "older", Policy: testDeny}}),
		act("a11", far, "create-vault", remedy.Change{Vault: &remedy.Vault{Step: remedy.Create, Name: "copies", ARN: farARN}}),
		act("a12", r, "create-plan", remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Create, Name: "restorable-daily", Tags: own, Rules: []remedy.Rule{
			{Name: "daily", Vault: "locked", Schedule: "cron(0 5 ? * * *)", StartWindow: 60, CompletionWindow: 180, DeleteAfterDays: 35, Tags: own,
				Copies: []remedy.Copy{{VaultARN: farARN, DeleteAfterDays: 90}}},
			{Name: "monthly", Vault: "locked", Schedule: "cron(0 6 1 * ? *)", Timezone: "Europe/Berlin", ColdAfterDays: 7, DeleteAfterDays: 365}}}}, "a6", "a11"),
		act("a13", r, "assign-to-plan", remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: remedy.From("a12"), Name: "restorable-tables", RoleARN: testRole,
			Resources: []string{testTable(r, "orders"), testTable(r, "carts")}}}, "a12"),
		act("a14", r, "assign-to-plan", remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: remedy.From("a12"), Name: "restorable-tagged", RoleARN: testRole,
			ListOfTags: []remedy.TagMatch{{Key: "backup", Value: "yes"}}}}, "a12"),
		act("a15", r, "assign-to-plan", remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: "12345678-1234-1234-1234-123456789012", Name: "restorable-mixed", RoleARN: "arn:aws:iam::111122223333:role/older",
			Resources: []string{"arn:aws:dynamodb:*:*:table/*"}, NotResources: []string{testTable(r, "scratch")},
			StringEquals: []remedy.TagMatch{{Key: "aws:ResourceTag/env", Value: "prod"}}, StringNotLike: []remedy.TagMatch{{Key: "aws:ResourceTag/stage", Value: "te*"}}}}),
		act("a16", r, "test-restores", remedy.Change{TestingPlan: &remedy.TestingPlan{Step: remedy.Create, Name: "restorable_weekly", Schedule: "cron(0 9 ? * 2 *)", StartWindowHours: 8, WindowDays: 30, IncludeVaults: []string{lockedARN}}}),
		act("a17", r, "test-restores", remedy.Change{TestingSelection: &remedy.TestingSelection{Step: remedy.Create, Plan: "restorable_weekly", Name: "restorable_tables", RoleARN: testRole, Resources: []string{"*"}, ValidationHours: 4}}, "a16"),
		act("a18", r, "tag-tables", remedy.Change{TableTags: &remedy.TableTags{Table: "orders", ARN: testTable(r, "orders"), Set: map[string]string{"owner": "shop", "backup": "yes"}}}),
		act("a19", r, "enable-deletion-protection", remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: "orders", On: true}}),
		act("a20", r, "encrypt-with-kms", remedy.Change{TableKey: &remedy.TableKey{Table: "orders", Level: "aws-managed"}}),
		act("a21", r, "create-backup", remedy.Change{Backup: &remedy.Backup{Table: "orders", ARN: testTable(r, "orders"), Vault: "locked", RoleARN: testRole, DeleteAfterDays: 35}}),
		act("a22", r, "raise-plan-retention", remedy.Change{PlanRules: &remedy.PlanRules{Plan: "12345678-1234-1234-1234-123456789012", Name: "older", Set: []remedy.Rule{{Name: "daily", Vault: "Default", DeleteAfterDays: 90}}}}),
		act("a23", r, "enable-pitr", remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true, PeriodDays: 35}}))
}
