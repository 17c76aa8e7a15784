package terraform

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// selection reads aws_backup_selection, and says of which plan it is
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_selection).
func (d *declaration) selection() (estate.Selection, estate.Fact[string]) {
	s := estate.Selection{
		ID: d.ID(), Name: d.name("name"), CreatedAt: build.Undeployed[estate.Instant](d.b, d.At),
		RoleARN: d.name("iam_role_arn"), Resources: d.names("resources"), NotResources: d.names("not_resources"),
		ListOfTags:   tagMatches([]block{d.block}, "selection_tag"),
		StringEquals: d.condition("string_equals"), StringNotEquals: d.condition("string_not_equals"),
		StringLike: d.condition("string_like"), StringNotLike: d.condition("string_not_like"),
	}
	return s, d.said.name("plan_id")
}

// condition joins one kind of all condition blocks.
func (d *declaration) condition(kind string) estate.Fact[[]estate.TagMatch] {
	conditions, whole := d.blocks("condition")
	if !whole.IsKnown() {
		return estate.UnknownFact[[]estate.TagMatch](whole.Source())
	}
	if len(conditions) == 0 {
		return build.Absent[[]estate.TagMatch](d.b, d.At)
	}
	return tagMatches(conditions, kind)
}

// tagMatches reads blocks of key and value.
func tagMatches(within []block, name string) estate.Fact[[]estate.TagMatch] {
	out, pos := []estate.TagMatch{}, within[0].at()
	for _, k := range within {
		list := items(k, name, func(m block) (estate.TagMatch, estate.Ref) {
			key, value := m.word("key"), read(m, "value", textOrHole)
			return estate.TagMatch{Key: key.Or(""), Value: value.Or("")}, doubt(key.Ref(), value.Ref())
		})
		matches, ok := list.Get()
		if !ok {
			return list
		}
		if len(out) == 0 && len(matches) > 0 {
			pos = k.inner(name).at()
		}
		out = append(out, matches...)
	}
	if len(out) == 0 {
		return build.Absent[[]estate.TagMatch](within[0].b, pos)
	}
	return build.Known(within[0].b, out, pos)
}

// addSelection puts a selection to its plan.
func (a *assembly) addSelection(d *declaration) {
	s, planID := d.selection()
	unit := d.b.Unit
	id, ok := planID.Get()
	if at, found := a.plans[nameIn{d.b, id}]; ok && found {
		plan := &unit.Plans.Items[at]
		plan.Selections.Items = append(plan.Selections.Items, s)
		return
	}
	unit.Plans.Items = append(unit.Plans.Items, build.StrayPlan(d.b, d.At, planID, s))
}
