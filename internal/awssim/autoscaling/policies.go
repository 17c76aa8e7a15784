package autoscaling

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	aas "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

func (s *Service) putPolicy(c *api.Call, in *aas.PutScalingPolicyInput) (*aas.PutScalingPolicyOutput, error) {
	t, err := s.find(c, in.ServiceNamespace, in.ResourceId, in.ScalableDimension)
	if err != nil {
		return nil, err
	}
	kind := in.PolicyType
	if kind == "" {
		kind = types.PolicyTypeStepScaling
	}
	if err := checkPolicy(t, kind, in); err != nil {
		return nil, err
	}
	name := aws.ToString(in.PolicyName)
	p, exists := t.policies[name]
	if !exists {
		if len(t.policies) >= 50 {
			return nil, &api.Error{Code: "LimitExceededException", Message: "A scalable target can have at most 50 scaling policies."}
		}
		p = &policy{name: name, kind: kind, created: s.world.Now()}
		p.arn = c.ARN("autoscaling", "scalingPolicy:"+s.world.UUID()+":resource/"+string(t.namespace)+"/"+t.resource+":policyName/"+name)
		p.alarms = s.alarms(c, t, p)
		t.policies[name] = p
	}
	if p.kind != kind {
		return nil, invalid("Policy type cannot be changed for scaling policy %s", name)
	}
	p.tracking, p.step = in.TargetTrackingScalingPolicyConfiguration, in.StepScalingPolicyConfiguration
	return &aas.PutScalingPolicyOutput{PolicyARN: &p.arn, Alarms: p.alarms}, nil
}

// checkPolicy: DynamoDB knows target tracking alone, with one of its two predefined metrics or a customised one.
func checkPolicy(t *target, kind types.PolicyType, in *aas.PutScalingPolicyInput) error {
	if t.namespace == types.ServiceNamespaceDynamodb && kind != types.PolicyTypeTargetTrackingScaling {
		return invalid("Policy type %s is not supported for service namespace %s", kind, t.namespace)
	}
	if kind != types.PolicyTypeTargetTrackingScaling {
		return nil
	}
	conf := in.TargetTrackingScalingPolicyConfiguration
	if conf == nil {
		return invalid("Target tracking scaling policy configuration must be specified for a policy of type TargetTrackingScaling")
	}
	if (conf.PredefinedMetricSpecification == nil) == (conf.CustomizedMetricSpecification == nil) {
		return invalid("Exactly one of predefinedMetricSpecification and customizedMetricSpecification must be specified")
	}
	value := aws.ToFloat64(conf.TargetValue)
	if m := conf.PredefinedMetricSpecification; m != nil && strings.HasPrefix(string(m.PredefinedMetricType), "DynamoDB") {
		reads := strings.HasSuffix(string(t.dimension), "ReadCapacityUnits")
		if reads != (m.PredefinedMetricType == types.MetricTypeDynamoDBReadCapacityUtilization) {
			return invalid("Predefined metric type %s is not supported for scalable dimension %s", m.PredefinedMetricType, t.dimension)
		}
		if value < 20 || value > 90 {
			return invalid("Target value must be between 20 and 90 for %s", m.PredefinedMetricType)
		}
	}
	return nil
}

// alarms names the alarms that target tracking makes; CloudWatch here does not hold them.
func (s *Service) alarms(c *api.Call, t *target, p *policy) []types.Alarm {
	out := []types.Alarm{}
	if p.kind != types.PolicyTypeTargetTrackingScaling {
		return out
	}
	for _, level := range []string{"AlarmHigh", "AlarmLow", "ProvisionedCapacityHigh", "ProvisionedCapacityLow"} {
		name := "TargetTracking-" + t.resource + "-" + level + "-" + s.world.UUID()
		out = append(out, types.Alarm{AlarmName: aws.String(name), AlarmARN: aws.String(c.ARN("cloudwatch", "alarm:"+name))})
	}
	return out
}

func (s *Service) deletePolicy(c *api.Call, in *aas.DeleteScalingPolicyInput) (*aas.DeleteScalingPolicyOutput, error) {
	t, err := s.find(c, in.ServiceNamespace, in.ResourceId, in.ScalableDimension)
	if err != nil {
		return nil, err
	}
	name := aws.ToString(in.PolicyName)
	if t.policies[name] == nil {
		return nil, noObject("No scaling policy found for service namespace: %s, resource ID: %s, scalable dimension: %s, policy name: %s", t.namespace, t.resource, t.dimension, name)
	}
	delete(t.policies, name)
	return &aas.DeleteScalingPolicyOutput{}, nil
}

type owned struct {
	*policy
	target *target
}

func (o owned) key() string { return o.target.key() + "|" + o.name }

func (s *Service) describePolicies(c *api.Call, in *aas.DescribeScalingPoliciesInput) (*aas.DescribeScalingPoliciesOutput, error) {
	if in.ScalableDimension != "" && in.ResourceId == nil {
		return nil, invalid("Resource ID must be specified when a scalable dimension is specified")
	}
	var resources []string
	if in.ResourceId != nil {
		resources = []string{*in.ResourceId}
	}
	var found []owned
	for _, t := range s.matching(c.Scope, in.ServiceNamespace, resources, in.ScalableDimension) {
		for _, p := range t.policies {
			if len(in.PolicyNames) == 0 || slices.Contains(in.PolicyNames, p.name) {
				found = append(found, owned{p, t})
			}
		}
	}
	slices.SortFunc(found, func(a, b owned) int { return strings.Compare(a.key(), b.key()) })
	page, next, ok := paging.Cut(found, owned.key, in.NextToken, paging.Size(in.MaxResults, 10, standardPage))
	if !ok {
		return nil, badToken()
	}
	out := &aas.DescribeScalingPoliciesOutput{ScalingPolicies: []types.ScalingPolicy{}, NextToken: next}
	for _, o := range page {
		out.ScalingPolicies = append(out.ScalingPolicies, types.ScalingPolicy{PolicyARN: &o.arn, PolicyName: &o.name, PolicyType: o.kind,
			ServiceNamespace: o.target.namespace, ResourceId: &o.target.resource, ScalableDimension: o.target.dimension, CreationTime: aws.Time(o.created),
			Alarms: o.alarms, TargetTrackingScalingPolicyConfiguration: o.tracking, StepScalingPolicyConfiguration: o.step})
	}
	return out, nil
}
