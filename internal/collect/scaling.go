package collect

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectScaling reads auto scaling of all tables at once.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html
func (u *unitRun) collectScaling(ctx context.Context) {
	if !u.needs(awsapi.GroupScaling) {
		u.extras.scalingWhole = u.skipped(awsapi.DescribeScalableTargets)
		return
	}
	var targets []types.ScalableTarget
	policies := map[string][]estate.ScalingPolicy{}
	var targetsWhole, policiesWhole estate.Fact[bool]
	together(
		func() { targetsWhole = u.listTargets(ctx, &targets) },
		func() { policiesWhole = u.listPolicies(ctx, policies) },
	)
	u.extras.scalingWhole = targetsWhole
	if !policiesWhole.IsKnown() {
		u.extras.scalingWhole = policiesWhole
	}
	u.extras.scaling = map[string][]estate.ScalingTarget{}
	for _, t := range targets {
		resource, dimension := aws.ToString(t.ResourceId), string(t.ScalableDimension)
		table := tableOf(resource)
		u.extras.scaling[table] = append(u.extras.scaling[table], estate.ScalingTarget{
			Resource: resource, Dimension: dimension, Min: int64(aws.ToInt32(t.MinCapacity)), Max: int64(aws.ToInt32(t.MaxCapacity)),
			RoleARN: aws.ToString(t.RoleARN), Policies: policies[resource+" "+dimension],
		})
	}
}

// tableOf takes the table's name from table/T or table/T/index/I.
func tableOf(resource string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(resource, "table/"), "/")
	return name
}

func (u *unitRun) listTargets(ctx context.Context, targets *[]types.ScalableTarget) estate.Fact[bool] {
	return pages[applicationautoscaling.DescribeScalableTargetsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*applicationautoscaling.DescribeScalableTargetsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.AutoScaling.DescribeScalableTargets, &applicationautoscaling.DescribeScalableTargetsInput{ServiceNamespace: types.ServiceNamespaceDynamodb, NextToken: token})
		},
		add: func(page *applicationautoscaling.DescribeScalableTargetsOutput, _ estate.Source) {
			*targets = append(*targets, page.ScalableTargets...)
		},
		next: func(page *applicationautoscaling.DescribeScalableTargetsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.DescribeScalableTargets})
}

// listPolicies gathers the policies by resource and dimension.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingPolicies.html
func (u *unitRun) listPolicies(ctx context.Context, policies map[string][]estate.ScalingPolicy) estate.Fact[bool] {
	return pages[applicationautoscaling.DescribeScalingPoliciesOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*applicationautoscaling.DescribeScalingPoliciesOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.AutoScaling.DescribeScalingPolicies, &applicationautoscaling.DescribeScalingPoliciesInput{ServiceNamespace: types.ServiceNamespaceDynamodb, NextToken: token})
		},
		add: func(page *applicationautoscaling.DescribeScalingPoliciesOutput, _ estate.Source) {
			for _, p := range page.ScalingPolicies {
				key := aws.ToString(p.ResourceId) + " " + string(p.ScalableDimension)
				policies[key] = append(policies[key], policyOf(p))
			}
		},
		next: func(page *applicationautoscaling.DescribeScalingPoliciesOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.DescribeScalingPolicies})
}

func policyOf(p types.ScalingPolicy) estate.ScalingPolicy {
	policy := estate.ScalingPolicy{Name: aws.ToString(p.PolicyName), Type: string(p.PolicyType)}
	if t := p.TargetTrackingScalingPolicyConfiguration; t != nil {
		policy.Target, policy.DisableScaleIn = aws.ToFloat64(t.TargetValue), aws.ToBool(t.DisableScaleIn)
		policy.ScaleInCooldown, policy.ScaleOutCooldown = int64(aws.ToInt32(t.ScaleInCooldown)), int64(aws.ToInt32(t.ScaleOutCooldown))
		if m := t.PredefinedMetricSpecification; m != nil {
			policy.Metric = string(m.PredefinedMetricType)
		}
	}
	return policy
}
