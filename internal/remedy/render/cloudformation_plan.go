package render

import (
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

func (t *template) addPlan(p planBundle) {
	only := ""
	if len(t.plans) > 1 {
		only = camel(p.Name)
	}
	var rules []any
	for i := range p.Rules {
		name := only
		if len(p.Rules) > 1 {
			name += camel(p.Rules[i].Name)
		}
		rules = append(rules, t.rule(&p.Rules[i], name))
	}
	plan := yamlMap{{"BackupPlanName", ref(t.parameter("PlanName"+only, "String", p.Name, "Name of the backup plan"))}, {"BackupPlanRule", rules}}
	id := t.resource("Plan"+only, "AWS::Backup::BackupPlan", nil, yamlMap{{"BackupPlan", plan}, {"BackupPlanTags", yamlTags(withPurpose(p.Tags))}})
	t.planIDs[p.id] = id
	t.output("BackupPlanId"+only, "Backup plan", getAtt(id, "BackupPlanId"), "")
}

func (t *template) rule(r *remedy.Rule, only string) yamlMap {
	out := yamlMap{{"RuleName", r.Name}, {"TargetBackupVault", t.vaultName(r.Vault)}}
	out.setIf(r.AirGappedVault != "", "TargetLogicallyAirGappedBackupVaultArn", r.AirGappedVault)
	if r.Schedule != "" {
		out.set("ScheduleExpression", ref(t.parameter("Schedule"+only, "String", r.Schedule, "When backups start: a cron expression of AWS")))
	}
	out.setIf(r.Timezone != "", "ScheduleExpressionTimezone", r.Timezone)
	out.setIf(r.StartWindow > 0, "StartWindowMinutes", r.StartWindow)
	out.setIf(r.CompletionWindow > 0, "CompletionWindowMinutes", r.CompletionWindow)
	out.setIf(r.Continuous, "EnableContinuousBackup", true)
	lifecycle := yamlMap{}
	lifecycle.setIf(r.ColdAfterDays > 0, "MoveToColdStorageAfterDays", r.ColdAfterDays)
	if r.DeleteAfterDays > 0 {
		least := yamlPair{"MinValue", max(1, r.ColdAfterDays+90*min(r.ColdAfterDays, 1))} // cold storage lasts at least 90 days
		lifecycle.set("DeleteAfterDays", ref(t.parameter("RetentionDays"+only, "Number", r.DeleteAfterDays, "Days for which recovery points are kept", least)))
	}
	out.setIf(len(lifecycle) > 0, "Lifecycle", lifecycle)
	var copies []any
	for _, c := range r.Copies {
		copies = append(copies, t.copyAction(c))
	}
	out.setIf(len(copies) > 0, "CopyActions", copies)
	out.setIf(len(r.Tags) > 0, "RecoveryPointTags", yamlTags(r.Tags))
	return out
}

func (t *template) copyAction(c remedy.Copy) yamlMap {
	out := yamlMap{{"DestinationBackupVaultArn", t.vaultARN(c.VaultARN)}}
	lifecycle := yamlMap{}
	lifecycle.setIf(c.ColdAfterDays > 0, "MoveToColdStorageAfterDays", c.ColdAfterDays)
	lifecycle.setIf(c.DeleteAfterDays > 0, "DeleteAfterDays", c.DeleteAfterDays)
	out.setIf(len(lifecycle) > 0, "Lifecycle", lifecycle)
	return out
}

func (t *template) addSelection(s selectionBundle) {
	only := ""
	if len(t.selections) > 1 {
		only = camel(s.Name)
	}
	sel := yamlMap{{"SelectionName", s.Name}, {"IamRoleArn", t.roleValue(s.RoleARN)}}
	if len(s.Resources) > 0 {
		sel.set("Resources", t.tables(s.Selection, only))
	}
	sel.setIf(len(s.NotResources) > 0, "NotResources", yamlTexts(s.NotResources))
	if tags := t.listOfTags(s.Selection, only); len(tags) > 0 {
		sel.set("ListOfTags", tags)
	}
	conditions := yamlMap{}
	for _, c := range []struct {
		operator string
		matches  []remedy.TagMatch
	}{{"StringEquals", s.StringEquals}, {"StringNotEquals", s.StringNotEquals}, {"StringLike", s.StringLike}, {"StringNotLike", s.StringNotLike}} {
		var list []any
		for _, m := range c.matches {
			list = append(list, yamlMap{{"ConditionKey", m.Key}, {"ConditionValue", m.Value}})
		}
		conditions.setIf(len(list) > 0, c.operator, list)
	}
	sel.setIf(len(conditions) > 0, "Conditions", conditions)
	id := t.resource("Selection"+only, "AWS::Backup::BackupSelection", nil, yamlMap{{"BackupPlanId", t.planID(s.Plan)}, {"BackupSelection", sel}})
	t.output("BackupSelectionId"+only, "Selection of tables", getAtt(id, "SelectionId"), "")
}

func (t *template) planID(r remedy.Ref) any {
	if action, ok := r.Action(); ok {
		return ref(t.planIDs[action])
	}
	return string(r)
}

// tables is the list of a selection: a parameter where it can be one, and then empty stands for all tables.
func (t *template) tables(s *remedy.Selection, only string) any {
	list := strings.Join(s.Resources, ",")
	if !byNameOnly(s) || len(list) > parameterLimit || strings.Count(list, ",") != len(s.Resources)-1 || strings.ContainsAny(list, " \t\r\n") {
		return yamlTexts(s.Resources)
	}
	pattern, all := allTables(s)
	if all {
		list = ""
	} else {
		pattern = "arn:" + t.plan.Partition + ":dynamodb:*:*:table/*"
	}
	name := t.parameter("TableArns"+only, "CommaDelimitedList", list, "ARNs of the tables to back up, separated by commas; empty: all tables")
	condition := t.taken.take("AllTables" + only)
	t.conditions.set(condition, equals(joined(ref(name)), ""))
	return either(condition, []any{pattern}, ref(name))
}

func (t *template) listOfTags(s *remedy.Selection, only string) []any {
	var out []any
	for _, m := range s.ListOfTags {
		var key, value any = m.Key, m.Value
		if len(s.ListOfTags) == 1 {
			key = ref(t.parameter("TagKey"+only, "String", m.Key, "Tables with this tag are backed up: its key"))
			value = ref(t.parameter("TagValue"+only, "String", m.Value, "Tables with this tag are backed up: its value"))
		}
		out = append(out, yamlMap{{"ConditionType", "STRINGEQUALS"}, {"ConditionKey", key}, {"ConditionValue", value}})
	}
	return out
}

func (t *template) addTestingPlan(p *remedy.TestingPlan) {
	only := ""
	if len(t.testing) > 1 {
		only = camel(p.Name)
	}
	var vaults []any
	for _, v := range p.IncludeVaults {
		vaults = append(vaults, t.vaultARN(v))
	}
	points := yamlMap{{"Algorithm", "LATEST_WITHIN_WINDOW"}, {"RecoveryPointTypes", []any{"SNAPSHOT"}}, {"IncludeVaults", vaults}}
	points.setIf(p.WindowDays > 0, "SelectionWindowDays", p.WindowDays)
	out := yamlMap{{"RestoreTestingPlanName", p.Name}, {"ScheduleExpression", ref(t.parameter("RestoreTestSchedule"+only, "String", p.Schedule, "When restores are tested: a cron expression of AWS"))}}
	out.setIf(p.StartWindowHours > 0, "StartWindowHours", p.StartWindowHours)
	out.set("RecoveryPointSelection", points)
	out.set("Tags", cfnTags(withPurpose(p.Tags)))
	id := t.resource("RestoreTestingPlan"+only, "AWS::Backup::RestoreTestingPlan", nil, out)
	t.testingIDs[p.Name] = id
	t.output("RestoreTestingPlanArn"+only, "Restore testing plan", getAtt(id, "RestoreTestingPlanArn"), "")
}

func (t *template) addTestingSelection(s *remedy.TestingSelection) {
	only := ""
	if len(t.tested) > 1 {
		only = camel(s.Name)
	}
	var attributes yamlMap
	if id, ok := t.testingIDs[s.Plan]; ok {
		attributes.set("DependsOn", id)
	}
	out := yamlMap{{"RestoreTestingPlanName", s.Plan}, {"RestoreTestingSelectionName", s.Name}, {"ProtectedResourceType", "DynamoDB"},
		{"IamRoleArn", t.roleValue(s.RoleARN)}, {"ProtectedResourceArns", yamlTexts(s.Resources)}}
	out.setIf(s.ValidationHours > 0, "ValidationWindowHours", s.ValidationHours)
	t.resource("RestoreTestingSelection"+only, "AWS::Backup::RestoreTestingSelection", attributes, out)
}
