package terraform

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// testingPlan reads aws_backup_restore_testing_plan
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_restore_testing_plan).
func (d *declaration) testingPlan() estate.RestoreTestingPlan {
	points := d.inner("recovery_point_selection")
	p := estate.RestoreTestingPlan{ID: d.ID(), Name: d.attribute("name"), Schedule: d.word("schedule_expression"),
		Timezone: d.word("schedule_expression_timezone"), StartWindowHours: d.number("start_window_hours"),
		LastRun: build.Undeployed[estate.Instant](d.b, d.At), Algorithm: points.word("algorithm"), PointTypes: points.names("recovery_point_types"),
		IncludeVaults: points.names("include_vaults"), ExcludeVaults: points.names("exclude_vaults"), WindowDays: points.number("selection_window_days")}
	p.Selections.Whole = build.Elsewhere[bool](d.b, d.At, "more selections")
	return p
}

// addTesting reads aws_backup_restore_testing_selection. One of a plan that is not among the templates is of a plan of which nothing else is
// known; those of other resources than tables are left out.
func (a *assembly) addTesting(d *declaration) {
	kind := d.word("protected_resource_type")
	if kind.IsKnown() && kind.Or("") != "DynamoDB" {
		return
	}
	conditions := d.inner("protected_resource_conditions")
	s := estate.RestoreTestingSelection{ID: d.ID(), Name: d.name("name"), ResourceType: kind, RoleARN: d.name("iam_role_arn"),
		Resources: d.names("protected_resource_arns"), ValidationHours: d.number("validation_window_hours"),
		StringEquals: tagMatches([]block{conditions}, "string_equals"), StringNotEquals: tagMatches([]block{conditions}, "string_not_equals")}
	name := d.said.name("restore_testing_plan_name")
	list := &d.b.Unit.RestoreTestingPlans
	if at, ok := a.tests[nameIn{d.b, name.Or("")}]; ok {
		plan := &list.Items[at]
		plan.Selections.Items = append(plan.Selections.Items, s)
		return
	}
	list.Items = append(list.Items, build.StrayTestingPlan(d.b, d.At, name, s))
}
