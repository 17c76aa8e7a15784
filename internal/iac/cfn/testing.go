package cfn

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// testingPlan reads AWS::Backup::RestoreTestingPlan
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-restoretestingplan.html).
func (r *resource) testingPlan() estate.RestoreTestingPlan {
	k := r.properties
	points := k.block("RecoveryPointSelection")
	p := estate.RestoreTestingPlan{ID: r.identity(), Name: r.reference(""), Schedule: k.word("ScheduleExpression"),
		Timezone: k.word("ScheduleExpressionTimezone"), StartWindowHours: k.number("StartWindowHours"),
		LastRun: build.Undeployed[estate.Instant](k.b, r.at), Algorithm: points.word("Algorithm"), PointTypes: points.names("RecoveryPointTypes"),
		IncludeVaults: points.names("IncludeVaults"), ExcludeVaults: points.names("ExcludeVaults"), WindowDays: points.number("SelectionWindowDays")}
	p.Selections.Whole = build.Elsewhere[bool](k.b, r.at, "more selections")
	return p
}

// addTesting reads AWS::Backup::RestoreTestingSelection. One of a plan that is not among the templates is of a plan of which nothing else is
// known; those of other resources than tables are left out.
func (a *assembly) addTesting(r *resource) {
	k := r.properties
	kind := k.word("ProtectedResourceType")
	if kind.IsKnown() && kind.Or("") != "DynamoDB" {
		return
	}
	conditions := k.block("ProtectedResourceConditions")
	s := estate.RestoreTestingSelection{ID: r.identity(), Name: k.name("RestoreTestingSelectionName"), ResourceType: kind, RoleARN: k.name("IamRoleArn"),
		Resources: k.names("ProtectedResourceArns"), ValidationHours: k.number("ValidationWindowHours"),
		StringEquals: conditions.pairs("StringEquals"), StringNotEquals: conditions.pairs("StringNotEquals")}
	name := k.name("RestoreTestingPlanName")
	if at, ok := a.testing[name.Or("")]; ok {
		list := &a.b.Unit.RestoreTestingPlans.Items[at].Selections
		list.Items = append(list.Items, s)
		return
	}
	a.b.Unit.RestoreTestingPlans.Items = append(a.b.Unit.RestoreTestingPlans.Items, build.StrayTestingPlan(a.b, r.at, name, s))
}

// pairs reads [{Key, Value}] of conditions.
func (k block) pairs(name string) estate.Fact[[]estate.TagMatch] {
	return listOf(k, name, func(r *items, v value) estate.TagMatch {
		return estate.TagMatch{Key: r.word(v, "Key"), Value: r.name(v, "Value")}
	})
}
