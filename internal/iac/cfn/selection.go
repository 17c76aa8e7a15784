package cfn

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// selection reads AWS::Backup::BackupSelection, and says of which plan it is
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupselection.html).
//
// Of one that may not exist it is known what it does not select: it counts as if it had one more condition, which nobody can answer.
func (r *resource) selection() (estate.Selection, estate.Fact[string]) {
	why := r.properties.off
	r.properties.off = ""
	k := r.properties.block("BackupSelection")
	conditions := k.block("Conditions")
	s := estate.Selection{
		ID: r.identity(), Name: k.name("SelectionName"), CreatedAt: build.Undeployed[estate.Instant](k.b, r.at),
		RoleARN: k.name("IamRoleArn"), Resources: k.names("Resources"), NotResources: k.names("NotResources"),
		ListOfTags:   k.tagMatches("ListOfTags"),
		StringEquals: conditions.tagMatches("StringEquals"), StringNotEquals: conditions.tagMatches("StringNotEquals"),
		StringLike: conditions.tagMatches("StringLike"), StringNotLike: conditions.tagMatches("StringNotLike"),
	}
	if why != "" {
		s.RoleARN, s.StringEquals = unknownFact[string](k.b, r.at, why), unknownFact[[]estate.TagMatch](k.b, r.at, why)
	}
	return s, r.properties.name("BackupPlanId")
}

// tagMatches reads [{ConditionKey, ConditionValue}], prefixes included.
func (k block) tagMatches(name string) estate.Fact[[]estate.TagMatch] {
	return read(k, name, func(v value) ([]estate.TagMatch, string) {
		items := v.elements()
		out := []estate.TagMatch{}
		for _, item := range items {
			if item.form != object || item.open != "" {
				return nil, orText(item.why, "a condition is expected here")
			}
			key, _, _ := item.field("ConditionKey")
			val, _, _ := item.field("ConditionValue")
			name, ok := key.flat()
			content, ok2 := val.asText()
			if !ok || !ok2 {
				return nil, "the condition's key is not known"
			}
			out = append(out, estate.TagMatch{Key: name, Value: content})
		}
		return out, ""
	})
}

// addSelection puts a selection to its plan. One whose plan is not among the templates selects all the same, for a plan of which
// nothing else is known.
func (a *assembly) addSelection(r *resource) {
	s, planID := r.selection()
	id, ok := planID.Get()
	if at, found := a.plans[id]; ok && found {
		plan := &a.b.Unit.Plans.Items[at]
		plan.Selections.Items = append(plan.Selections.Items, s)
		return
	}
	a.b.Unit.Plans.Items = append(a.b.Unit.Plans.Items, build.StrayPlan(a.b, r.at, planID, s))
}
