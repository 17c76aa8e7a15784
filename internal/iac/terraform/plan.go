package terraform

import (
	"strconv"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// plan reads aws_backup_plan; its selections are resources of their own
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_plan).
func (d *declaration) plan() estate.Plan {
	p := estate.Plan{ID: d.ID(), PlanID: d.attribute("id"), ARN: d.attribute("arn"), Name: d.name("name"),
		Version: build.Undeployed[string](d.b, d.At), CreatedAt: build.Undeployed[estate.Instant](d.b, d.At),
		LastRun: build.Undeployed[estate.Instant](d.b, d.At), FromOrganization: build.Known(d.b, false, d.At), Tags: d.tags()}
	rules, whole := d.blocks("rule")
	p.Rules.Whole = whole
	for i, rule := range rules {
		p.Rules.Items = append(p.Rules.Items, readRule(rule, d.ID()+"/"+strconv.Itoa(i)))
	}
	// Selections may be added to a plan from anywhere.
	p.Selections.Whole = build.Unknown[bool](d.b, d.At, build.NotInTemplate, "more selections may exist outside of the templates")
	return p
}

// What the provider asks for where a rule says nothing; AWS's own defaults, 8 hours and 7 days, never apply.
const (
	startWindow      = 60  // minutes
	completionWindow = 180 // minutes
	timezone         = "Etc/UTC"
)

func readRule(k block, id string) estate.Rule {
	lifecycle := k.inner("lifecycle")
	rule := estate.Rule{
		ID: id, Name: k.name("rule_name"), Vault: k.name("target_vault_name"), AirGappedVault: k.name("target_logically_air_gapped_backup_vault_arn"),
		Schedule: k.word("schedule"), Timezone: or(k, k.word("schedule_expression_timezone"), timezone),
		StartWindow: or(k, k.number("start_window"), startWindow), CompletionWindow: or(k, k.number("completion_window"), completionWindow),
		ColdAfterDays: lifecycle.days("cold_storage_after"), DeleteAfterDays: lifecycle.days("delete_after"),
		Continuous: or(k, k.flag("enable_continuous_backup"), false), RecoveryPointTags: k.texts("recovery_point_tags"),
	}
	copies, whole := k.blocks("copy_action")
	rule.Copies.Whole = whole
	for i, c := range copies {
		kept := c.inner("lifecycle")
		rule.Copies.Items = append(rule.Copies.Items, estate.Copy{ID: id + "/" + strconv.Itoa(i), VaultARN: c.name("destination_vault_arn"),
			ColdAfterDays: kept.days("cold_storage_after"), DeleteAfterDays: kept.days("delete_after")})
	}
	return rule
}
