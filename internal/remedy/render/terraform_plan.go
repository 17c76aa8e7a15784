package render

import (
	"cmp"

	"github.com/restorable/restorable/internal/remedy"
)

// defaults of AWS for a rule's windows, in minutes: the provider's own are shorter.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html
const (
	startWindow      = 480
	completionWindow = 10_080
)

func (m *module) addPlan(b *bundle, p planBundle) {
	body, address := m.resource("aws_backup_plan", snake(p.Name))
	body.set("name", m.variable(m.scoped("plan_name", len(b.plans) > 1, p.Name), "string", p.Name, "Name of the backup plan"))
	m.tagged(body, p.Tags)
	for i := range p.Rules {
		r := &p.Rules[i]
		owner := p.Name
		if len(p.Rules) > 1 {
			owner = r.Name
			if len(b.plans) > 1 {
				owner = p.Name + "_" + r.Name
			}
		}
		m.rule(b, body.block("rule"), r, owner, len(b.plans) > 1 || len(p.Rules) > 1)
	}
	m.planIDs[p.id] = hclRaw(address + ".id")
	m.output(m.scopedOutput("plan_id", len(b.plans) > 1, p.Name), "Backup plan", hclRaw(address+".id"))
}

func (m *module) rule(b *bundle, body *hclBody, r *remedy.Rule, owner string, several bool) {
	body.set("rule_name", r.Name)
	body.set("target_vault_name", m.vaultName(b, r.Vault))
	if r.Schedule != "" {
		body.set("schedule", m.variable(m.scoped("schedule", several, owner), "string", r.Schedule, "When backups start: a cron expression of AWS"))
	}
	body.setIf(r.Timezone != "", "schedule_expression_timezone", r.Timezone)
	body.set("start_window", cmp.Or(r.StartWindow, startWindow))
	body.set("completion_window", cmp.Or(r.CompletionWindow, completionWindow))
	body.setIf(r.Continuous, "enable_continuous_backup", true)
	body.setIf(len(r.Tags) > 0, "recovery_point_tags", r.Tags)
	if r.ColdAfterDays > 0 || r.DeleteAfterDays > 0 {
		lifecycle := body.block("lifecycle")
		lifecycle.setIf(r.ColdAfterDays > 0, "cold_storage_after", r.ColdAfterDays)
		if r.DeleteAfterDays > 0 {
			lifecycle.set("delete_after", m.variable(m.scoped("retention_days", several, owner), "number", r.DeleteAfterDays, "Days for which recovery points are kept"))
		}
	}
	for _, c := range r.Copies {
		to := body.block("copy_action")
		to.set("destination_vault_arn", m.vaultARN(c.VaultARN))
		if c.ColdAfterDays > 0 || c.DeleteAfterDays > 0 {
			lifecycle := to.block("lifecycle")
			lifecycle.setIf(c.ColdAfterDays > 0, "cold_storage_after", c.ColdAfterDays)
			lifecycle.setIf(c.DeleteAfterDays > 0, "delete_after", c.DeleteAfterDays)
		}
	}
}

func (m *module) addSelection(b *bundle, s selectionBundle) {
	body, _ := m.resource("aws_backup_selection", snake(s.Name))
	several := len(b.selections) > 1
	body.set("name", s.Name)
	if id, ok := s.Plan.Action(); ok {
		body.set("plan_id", m.planIDs[id])
	} else {
		body.set("plan_id", string(s.Plan))
	}
	body.set("iam_role_arn", m.roleARN(s.RoleARN))
	if len(s.Resources) > 0 {
		body.set("resources", m.tables(s.Selection, several))
	}
	body.setIf(len(s.NotResources) > 0, "not_resources", anyTexts(s.NotResources))
	if address, ok := m.addresses["attached/"+s.RoleARN]; ok {
		body.set("depends_on", hclRaw("["+address+"]"))
	}
	m.selectionTags(body, s.Selection, several)
}

// tables is the list of a selection: a variable where nothing else is said, and then an empty list stands for all tables.
func (m *module) tables(s *remedy.Selection, several bool) any {
	if !byNameOnly(s) {
		return anyTexts(s.Resources)
	}
	list := anyTexts(s.Resources)
	pattern, all := allTables(s)
	if all {
		list = []any{}
	} else {
		pattern = "arn:" + m.plan.Partition + ":dynamodb:*:*:table/*"
	}
	v := m.variable(m.scoped("table_arns", several, s.Name), "list(string)", list, "ARNs of the tables to back up; empty list = all tables")
	return hclRaw("length(" + string(v) + ") == 0 ? [" + hclQuote(pattern) + "] : " + string(v))
}

func (m *module) selectionTags(body *hclBody, s *remedy.Selection, several bool) {
	for _, t := range s.ListOfTags {
		var key, value any = t.Key, t.Value
		if len(s.ListOfTags) == 1 {
			key = m.variable(m.scoped("tag_key", several, s.Name), "string", t.Key, "Tables with this tag are backed up: its key")
			value = m.variable(m.scoped("tag_value", several, s.Name), "string", t.Value, "Tables with this tag are backed up: its value")
		}
		tag := body.block("selection_tag")
		tag.set("type", "STRINGEQUALS")
		tag.set("key", key)
		tag.set("value", value)
	}
	if len(s.StringEquals)+len(s.StringNotEquals)+len(s.StringLike)+len(s.StringNotLike) == 0 {
		return
	}
	condition := body.block("condition")
	for _, c := range []struct {
		operator string
		matches  []remedy.TagMatch
	}{{"string_equals", s.StringEquals}, {"string_not_equals", s.StringNotEquals}, {"string_like", s.StringLike}, {"string_not_like", s.StringNotLike}} {
		for _, t := range c.matches {
			match := condition.block(c.operator)
			match.set("key", t.Key)
			match.set("value", t.Value)
		}
	}
}

func (m *module) addTestingPlan(b *bundle, p *remedy.TestingPlan) {
	body, address := m.resource("aws_backup_restore_testing_plan", snake(p.Name))
	body.set("name", p.Name)
	body.set("schedule_expression", m.variable(m.scoped("restore_test_schedule", len(b.testing) > 1, p.Name), "string", p.Schedule, "When restores are tested: a cron expression of AWS"))
	body.setIf(p.StartWindowHours > 0, "start_window_hours", p.StartWindowHours)
	m.tagged(body, p.Tags)
	points := body.block("recovery_point_selection")
	points.set("algorithm", "LATEST_WITHIN_WINDOW")
	points.set("recovery_point_types", []any{"SNAPSHOT"})
	var vaults []any
	for _, v := range p.IncludeVaults {
		vaults = append(vaults, m.vaultARN(v))
	}
	points.set("include_vaults", vaults)
	points.setIf(p.WindowDays > 0, "selection_window_days", p.WindowDays)
	m.addresses[b.region+"/testing/"+p.Name] = address
}

func (m *module) addTestingSelection(b *bundle, s *remedy.TestingSelection) {
	body, _ := m.resource("aws_backup_restore_testing_selection", snake(s.Name))
	body.set("name", s.Name)
	if address, ok := m.addresses[b.region+"/testing/"+s.Plan]; ok {
		body.set("restore_testing_plan_name", hclRaw(address+".name"))
	} else {
		body.set("restore_testing_plan_name", s.Plan)
	}
	body.set("protected_resource_type", "DynamoDB")
	body.set("iam_role_arn", m.roleARN(s.RoleARN))
	body.set("protected_resource_arns", anyTexts(s.Resources))
	body.setIf(s.ValidationHours > 0, "validation_window_hours", s.ValidationHours)
	if address, ok := m.addresses["attached/"+s.RoleARN]; ok {
		body.set("depends_on", hclRaw("["+address+"]"))
	}
}

// addTableTags tags tables one by one: what manages them elsewhere is left alone.
func (m *module) addTableTags(b *bundle) {
	body, address := m.resource("aws_dynamodb_tag", "table")
	var list []any
	for _, t := range b.tags {
		for _, k := range keys(t.Set) {
			list = append(list, hclObject{{"arn", t.ARN}, {"key", k}, {"value", t.Set[k]}})
			m.importedIf(b, address+"["+hclQuote(t.ARN+","+k)+"]", t.ARN+","+k, "tag_"+k, func(c remedy.Change) bool { return c.TableTags == t })
		}
	}
	v := m.variable(m.scoped("table_tags", false, ""), "list(object({ arn = string, key = string, value = string }))", list, "Tags of tables")
	body.set("for_each", hclRaw(`{ for t in `+string(v)+` : "${t.arn},${t.key}" => t }`))
	body.set("resource_arn", hclRaw("each.value.arn"))
	body.set("key", hclRaw("each.value.key"))
	body.set("value", hclRaw("each.value.value"))
}
