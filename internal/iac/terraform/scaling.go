package terraform

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// target is a scalable target of a table or an index.
type target struct {
	estate.ScalingTarget
	d      *declaration
	unsure estate.Ref // a fact of it that is not known
}

// addTarget reads aws_appautoscaling_target
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appautoscaling_target).
func (a *assembly) addTarget(d *declaration) {
	if service := d.said.word("service_namespace"); service.IsKnown() && service.Or("") != "dynamodb" {
		return
	}
	resource, dimension, least, most := d.said.name("resource_id"), d.word("scalable_dimension"), d.number("min_capacity"), d.number("max_capacity")
	t := &target{d: d, unsure: doubt(resource.Ref(), dimension.Ref(), least.Ref(), most.Ref()),
		ScalingTarget: estate.ScalingTarget{Resource: resource.Or(""), Dimension: dimension.Or(""), Min: least.Or(0), Max: most.Or(0), RoleARN: d.name("role_arn").Or("")}}
	a.targets = append(a.targets, t)
	a.target[nameIn{d.b, t.Resource + " " + t.Dimension}] = t
}

// addScalingPolicy reads aws_appautoscaling_policy, which names its target by resource and dimension.
func (a *assembly) addScalingPolicy(d *declaration) {
	resource, dimension := d.said.name("resource_id").Or(""), d.said.word("scalable_dimension").Or("")
	t := a.target[nameIn{d.b, resource + " " + dimension}]
	if t == nil {
		return
	}
	k := d.inner("target_tracking_scaling_policy_configuration")
	value := k.real("target_value")
	p := estate.ScalingPolicy{Name: d.name("name").Or(""), Type: or(d.block, d.word("policy_type"), "StepScaling").Or(""), Target: value.Or(0),
		DisableScaleIn: k.flag("disable_scale_in").Or(false), ScaleInCooldown: k.number("scale_in_cooldown").Or(0),
		ScaleOutCooldown: k.number("scale_out_cooldown").Or(0), Metric: k.inner("predefined_metric_specification").word("predefined_metric_type").Or("")}
	t.Policies = append(t.Policies, p)
}

// finishScaling gives each table its targets. A table that has some has all of them: they are written side by side. Of one that has none it
// is not known.
func (a *assembly) finishScaling() {
	byTable, strays, order := map[nameIn][]*target{}, map[*build.Builder]*target{}, []nameIn{}
	for _, t := range a.targets {
		if t.Resource == "" {
			strays[t.d.b] = t
			continue
		}
		key := nameIn{t.d.b, build.ScaledTable(t.Resource)}
		if byTable[key] == nil {
			order = append(order, key)
		}
		byTable[key] = append(byTable[key], t)
	}
	for _, key := range order {
		chosen := byTable[key]
		if stray := strays[key.b]; stray != nil {
			chosen = append(chosen, stray)
		}
		for _, i := range a.byName[key] {
			key.b.Unit.Tables.Items[i].Scaling = scalingOf(chosen)
		}
	}
}

func scalingOf(targets []*target) estate.Fact[[]estate.ScalingTarget] {
	out := []estate.ScalingTarget{}
	for _, t := range targets {
		switch {
		case t.unsure != 0:
			return estate.UnknownFact[[]estate.ScalingTarget](t.unsure.Source())
		case t.d.Maybe != "":
			return unknownFact[[]estate.ScalingTarget](t.d.b, t.d.At, t.d.Maybe)
		}
		out = append(out, t.ScalingTarget)
	}
	return build.Known(targets[0].d.b, out, targets[0].d.At)
}
