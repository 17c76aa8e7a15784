package demo

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// The vaults that exist. There is none of the name archive, which the plan shipping-daily writes to.
const (
	homeVault    = "primary"
	branchVault  = "branch"
	offsiteVault = "offsite" // in Branch, for copies
	noVault      = "archive"
)

// The aliases of the company's own keys.
const (
	paymentsAlias = "alias/payments"
	vaultAlias    = "alias/backup-vault"
)

// plan is a backup plan with one rule and one selection.
type plan struct {
	region, name, vault string
	rule, schedule      string
	days                int64 // of retention
	role                string
	copyTo              string // a vault's ARN; empty: no copies
	resources           []string
	tag                 [2]string // of ListOfTags; empty: none
	condition           [2]string // of Conditions.StringEquals, the key without its prefix
}

func companyPlans() []plan {
	return []plan{
		{region: Home, name: "daily", vault: homeVault, rule: "nightly", schedule: "cron(0 3 ? * * *)", days: 35, role: goodRole, tag: [2]string{"backup", "daily"}},
		{region: Home, name: "critical-offsite", vault: homeVault, rule: "weekly", schedule: "cron(0 5 ? * SUN *)", days: 90, role: goodRole,
			copyTo: vaultARN(Branch, offsiteVault), resources: []string{"*"}, condition: [2]string{"data-class", "critical"}},
		{region: Home, name: "finance-daily", vault: homeVault, rule: "nightly", schedule: "cron(0 2 ? * * *)", days: 365, role: legacyRole, resources: []string{tableARN(Home, "invoices")}},
		{region: Home, name: "shipping-daily", vault: noVault, rule: "nightly", schedule: "cron(30 2 ? * * *)", days: 35, role: goodRole, resources: []string{tableARN(Home, "shipments")}},
		{region: Home, name: "twice-a-day", vault: homeVault, rule: "every-12-hours", schedule: "cron(0 14/12 ? * * *)", days: 35, role: goodRole, resources: []string{tableARN(Home, "stock-levels")}},
		{region: Branch, name: "us-daily", vault: branchVault, rule: "nightly", schedule: "cron(0 4 ? * * *)", days: 35, role: goodRole, tag: [2]string{"backup", "daily"}},
		{region: Branch, name: "loyalty-daily", vault: branchVault, rule: "nightly", schedule: "cron(30 4 ? * * *)", days: 35, role: goodRole, resources: []string{tableARN(Branch, "loyalty-points")}},
		{region: Branch, name: "subscriptions-daily", vault: branchVault, rule: "nightly", schedule: "cron(0 3 ? * * *)", days: 35, role: goodRole, resources: []string{tableARN(Home, "subscriptions")}},
	}
}

func vaultARN(region, name string) string { return scope(region).ARN("backup", "backup-vault:"+name) }

// vaults makes the keys and the vaults. The branch was told that DynamoDB there needs no AWS Backup, and somebody opted out.
func vaults(h *hand) error {
	for _, alias := range []string{paymentsAlias, vaultAlias} {
		out, err := ask[kms.CreateKeyOutput](h, "kms", Home, &kms.CreateKeyInput{Description: aws.String("key of " + alias)})
		if err != nil {
			return err
		}
		if err := h.all("kms", Home, &kms.CreateAliasInput{AliasName: aws.String(alias), TargetKeyId: out.KeyMetadata.KeyId}); err != nil {
			return err
		}
		if alias == vaultAlias {
			if err := h.all("backup", Home, &backup.CreateBackupVaultInput{BackupVaultName: aws.String(homeVault), EncryptionKeyArn: out.KeyMetadata.Arn}); err != nil {
				return err
			}
		}
	}
	return h.all("backup", Branch,
		&backup.CreateBackupVaultInput{BackupVaultName: aws.String(branchVault)},
		&backup.CreateBackupVaultInput{BackupVaultName: aws.String(offsiteVault)},
		&backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": false}},
	)
}

func plans(h *hand) error {
	for _, p := range companyPlans() {
		out, err := ask[backup.CreateBackupPlanOutput](h, "backup", p.region, &backup.CreateBackupPlanInput{BackupPlan: p.document()})
		if err != nil {
			return err
		}
		in := &backup.CreateBackupSelectionInput{BackupPlanId: out.BackupPlanId, BackupSelection: p.selection()}
		if err := h.all("backup", p.region, in); err != nil {
			return err
		}
	}
	return nil
}

func (p plan) document() *types.BackupPlanInput {
	r := types.BackupRuleInput{
		RuleName: aws.String(p.rule), TargetBackupVaultName: aws.String(p.vault), ScheduleExpression: aws.String(p.schedule),
		StartWindowMinutes: aws.Int64(60), CompletionWindowMinutes: aws.Int64(180), Lifecycle: &types.Lifecycle{DeleteAfterDays: aws.Int64(p.days)},
	}
	if p.copyTo != "" {
		r.CopyActions = []types.CopyAction{{DestinationBackupVaultArn: aws.String(p.copyTo), Lifecycle: &types.Lifecycle{DeleteAfterDays: aws.Int64(p.days)}}}
	}
	return &types.BackupPlanInput{BackupPlanName: aws.String(p.name), Rules: []types.BackupRuleInput{r}}
}

func (p plan) selection() *types.BackupSelection {
	s := &types.BackupSelection{SelectionName: aws.String(p.name), IamRoleArn: aws.String(roleARN(p.role)), Resources: p.resources}
	if p.tag[0] != "" {
		s.ListOfTags = []types.Condition{{ConditionType: types.ConditionTypeStringequals, ConditionKey: aws.String(p.tag[0]), ConditionValue: aws.String(p.tag[1])}}
	}
	if p.condition[0] != "" {
		s.Conditions = &types.Conditions{StringEquals: []types.ConditionParameter{{
			ConditionKey: aws.String("aws:ResourceTag/" + p.condition[0]), ConditionValue: aws.String(p.condition[1]),
		}}}
	}
	return s
}
