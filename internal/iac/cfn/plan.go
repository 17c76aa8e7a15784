package cfn

import (
	"strconv"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// plan reads AWS::Backup::BackupPlan; its selections are resources of their own
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupplan.html).
func (r *resource) plan() estate.Plan {
	k := r.properties.block("BackupPlan")
	b := k.b
	p := estate.Plan{ID: r.identity(), PlanID: r.reference(""), ARN: r.reference("BackupPlanArn"), Name: k.name("BackupPlanName"),
		Version: build.Undeployed[string](b, r.at), CreatedAt: build.Undeployed[estate.Instant](b, r.at),
		LastRun: build.Undeployed[estate.Instant](b, r.at), FromOrganization: build.Known(b, false, r.at),
		Tags: r.tags(or(r.properties, r.properties.tagMap("BackupPlanTags"), map[string]string{}))}
	rules, whole := k.blocks("BackupPlanRule")
	p.Rules.Whole = whole
	for i, rule := range rules {
		p.Rules.Items = append(p.Rules.Items, readRule(rule, r.identity()+"/"+strconv.Itoa(i)))
	}
	// Selections may be added to a plan from anywhere.
	p.Selections.Whole = build.Unknown[bool](b, r.at, build.NotInTemplate, "more selections may exist outside of the templates")
	return p
}

func readRule(k block, id string) estate.Rule {
	lifecycle := k.block("Lifecycle")
	rule := estate.Rule{
		ID: id, Name: k.name("RuleName"), Vault: k.name("TargetBackupVault"), AirGappedVault: k.name("TargetLogicallyAirGappedBackupVaultArn"),
		Schedule: k.word("ScheduleExpression"), Timezone: k.word("ScheduleExpressionTimezone"),
		StartWindow: k.number("StartWindowMinutes"), CompletionWindow: k.number("CompletionWindowMinutes"),
		ColdAfterDays: lifecycle.number("MoveToColdStorageAfterDays"), DeleteAfterDays: lifecycle.number("DeleteAfterDays"),
		Continuous: or(k, k.flag("EnableContinuousBackup"), false), RecoveryPointTags: k.tagMap("RecoveryPointTags"),
	}
	copies, whole := k.blocks("CopyActions")
	rule.Copies.Whole = whole
	for i, c := range copies {
		kept := c.block("Lifecycle")
		rule.Copies.Items = append(rule.Copies.Items, estate.Copy{ID: id + "/" + strconv.Itoa(i), VaultARN: c.name("DestinationBackupVaultArn"),
			ColdAfterDays: kept.number("MoveToColdStorageAfterDays"), DeleteAfterDays: kept.number("DeleteAfterDays")})
	}
	return rule
}
