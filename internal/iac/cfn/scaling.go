package cfn

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// target is a scalable target of a table or an index.
type target struct {
	estate.ScalingTarget
	stack *stack
	at    build.Pos
	why   string // it is not known
}

// addTarget reads AWS::ApplicationAutoScaling::ScalableTarget
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalabletarget.html).
func (a *assembly) addTarget(r *resource) {
	v, in := r.properties.v, &items{}
	in.why = r.properties.off
	t := &target{stack: r.stack, at: r.at}
	if service := in.word(v, "ServiceNamespace"); in.why == "" && service != "dynamodb" {
		return
	}
	t.ScalingTarget = estate.ScalingTarget{Resource: in.name(v, "ResourceId"), Dimension: in.word(v, "ScalableDimension"),
		Min: in.whole(v, "MinCapacity"), Max: in.whole(v, "MaxCapacity"), RoleARN: in.name(v, "RoleARN")}
	t.why = in.why
	a.targets = append(a.targets, t)
	a.target[r.stack.reference(r.id, "")] = t
	a.target[t.Resource+" "+t.Dimension] = t
}

// addScalingPolicy reads AWS::ApplicationAutoScaling::ScalingPolicy, which names its target by id, or by resource and dimension.
func (a *assembly) addScalingPolicy(r *resource) {
	v, in := r.properties.v, &items{}
	by := in.name(v, "ScalingTargetId")
	if by == "" {
		by = in.name(v, "ResourceId") + " " + in.name(v, "ScalableDimension")
	}
	t := a.target[by]
	if t == nil {
		return
	}
	in.fail(r.properties.off)
	p := trackingPolicy(in, in.child(v, "TargetTrackingScalingPolicyConfiguration"))
	p.Name, p.Type = in.name(v, "PolicyName"), in.word(v, "PolicyType")
	t.Policies = append(t.Policies, p)
	t.why = orText(t.why, in.why)
}

func trackingPolicy(r *items, v value) estate.ScalingPolicy {
	return estate.ScalingPolicy{Type: "TargetTrackingScaling", Target: r.number(v, "TargetValue"), DisableScaleIn: r.flag(v, "DisableScaleIn", false),
		ScaleInCooldown: r.whole(v, "ScaleInCooldown"), ScaleOutCooldown: r.whole(v, "ScaleOutCooldown"),
		Metric: r.word(r.child(v, "PredefinedMetricSpecification"), "PredefinedMetricType")}
}

// finishScaling gives each table its targets: those of its own template where there are such. A table that has some has all of them there:
// they are written side by side. Of one that has none it is not known.
func (a *assembly) finishScaling() {
	byTable, strays, order := map[string][]*target{}, map[*stack]*target{}, []string{}
	for _, t := range a.targets {
		if t.Resource == "" {
			strays[t.stack] = t
			continue
		}
		name := build.ScaledTable(t.Resource)
		if byTable[name] == nil {
			order = append(order, name)
		}
		byTable[name] = append(byTable[name], t)
	}
	for _, name := range order {
		for _, table := range a.tables[name] {
			chosen := nearest(byTable[name], table.stack)
			if stray := strays[table.stack]; stray != nil {
				chosen = append(chosen[:len(chosen):len(chosen)], stray)
			}
			a.b.Unit.Tables.Items[table.index].Scaling = a.scalingOf(chosen)
		}
	}
}

func nearest(targets []*target, s *stack) []*target {
	var own []*target
	for _, t := range targets {
		if t.stack == s {
			own = append(own, t)
		}
	}
	if own != nil {
		return own
	}
	return targets
}

func (a *assembly) scalingOf(targets []*target) estate.Fact[[]estate.ScalingTarget] {
	out := []estate.ScalingTarget{}
	for _, t := range targets {
		if t.why != "" {
			return unknownFact[[]estate.ScalingTarget](a.b, t.at, t.why)
		}
		out = append(out, t.ScalingTarget)
	}
	return build.Known(a.b, out, targets[0].at)
}
