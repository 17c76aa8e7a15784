package autoscaling

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	aas "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/awssim/world"
)

// register makes a target or changes what the request names of one.
func (s *Service) register(c *api.Call, in *aas.RegisterScalableTargetInput) (*aas.RegisterScalableTargetOutput, error) {
	if err := checkResource(in.ServiceNamespace, aws.ToString(in.ResourceId), in.ScalableDimension); err != nil {
		return nil, err
	}
	id := identity(c.Scope, in.ServiceNamespace, in.ResourceId, in.ScalableDimension)
	t, exists := s.targets[id]
	low, high := in.MinCapacity, in.MaxCapacity
	if exists {
		low, high = or(low, &t.low), or(high, &t.high)
	}
	switch {
	case low == nil || high == nil:
		return nil, invalid("minCapacity and maxCapacity must be specified for a new scalable target")
	case *low > *high:
		return nil, invalid("Maximum capacity cannot be less than minimum capacity")
	case *low < 0 || in.ServiceNamespace == types.ServiceNamespaceDynamodb && *low < 1:
		return nil, invalid("Minimum capacity cannot be less than 1")
	}
	if !exists {
		t = s.newTarget(c.Scope, in)
		s.targets[id] = t
	}
	t.low, t.high = *low, *high
	t.suspend(in.SuspendedState)
	return &aas.RegisterScalableTargetOutput{ScalableTargetARN: &t.arn}, nil
}

func or(a, b *int32) *int32 {
	if a != nil {
		return a
	}
	return b
}

func (s *Service) newTarget(sc world.Scope, in *aas.RegisterScalableTargetInput) *target {
	suffix := "0ec5" + s.world.Hex(16) + s.world.Hex(16)
	t := &target{scope: sc, namespace: in.ServiceNamespace, resource: aws.ToString(in.ResourceId), dimension: in.ScalableDimension,
		arn: sc.ARN("application-autoscaling", "scalable-target/"+suffix[:34]), created: s.world.Now(), role: aws.ToString(in.RoleARN),
		tags: map[string]string{}, policies: map[string]*policy{},
		suspended: types.SuspendedState{DynamicScalingInSuspended: aws.Bool(false), DynamicScalingOutSuspended: aws.Bool(false), ScheduledScalingSuspended: aws.Bool(false)}}
	if arn, ok := s.roles.ServiceLinkedRole(sc, string(in.ServiceNamespace)+".application-autoscaling.amazonaws.com"); ok {
		t.role = arn // where a service-linked role exists the one that is given is not used
	}
	for k, v := range in.Tags {
		t.tags[k] = v
	}
	return t
}

func (t *target) suspend(in *types.SuspendedState) {
	if in == nil {
		return
	}
	for _, m := range []struct{ to, from **bool }{
		{&t.suspended.DynamicScalingInSuspended, &in.DynamicScalingInSuspended},
		{&t.suspended.DynamicScalingOutSuspended, &in.DynamicScalingOutSuspended},
		{&t.suspended.ScheduledScalingSuspended, &in.ScheduledScalingSuspended},
	} {
		if *m.from != nil {
			*m.to = *m.from
		}
	}
}

func (s *Service) find(c *api.Call, ns types.ServiceNamespace, resource *string, dim types.ScalableDimension) (*target, error) {
	t, ok := s.targets[identity(c.Scope, ns, resource, dim)]
	if !ok {
		return nil, noObject("No scalable target found for service namespace: %s, resource ID: %s, scalable dimension: %s", ns, aws.ToString(resource), dim)
	}
	return t, nil
}

func (s *Service) deregister(c *api.Call, in *aas.DeregisterScalableTargetInput) (*aas.DeregisterScalableTargetOutput, error) {
	if _, err := s.find(c, in.ServiceNamespace, in.ResourceId, in.ScalableDimension); err != nil {
		return nil, err
	}
	delete(s.targets, identity(c.Scope, in.ServiceNamespace, in.ResourceId, in.ScalableDimension))
	return &aas.DeregisterScalableTargetOutput{}, nil
}

// matching lists the targets of a namespace, sorted.
func (s *Service) matching(sc world.Scope, ns types.ServiceNamespace, resources []string, dim types.ScalableDimension) []*target {
	var out []*target
	for _, t := range s.targets {
		if t.scope == sc && t.namespace == ns && (len(resources) == 0 || slices.Contains(resources, t.resource)) && (dim == "" || t.dimension == dim) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *target) int { return strings.Compare(a.key(), b.key()) })
	return out
}

func (t *target) key() string { return t.resource + "|" + string(t.dimension) }

// standardPage is the page size of both lists, and its maximum.
const standardPage = 50

func badToken() error {
	return &api.Error{Code: "InvalidNextTokenException", Message: "The next token supplied was invalid."}
}

func (s *Service) describeTargets(c *api.Call, in *aas.DescribeScalableTargetsInput) (*aas.DescribeScalableTargetsOutput, error) {
	if in.ScalableDimension != "" && len(in.ResourceIds) == 0 {
		return nil, invalid("Resource IDs must be specified when a scalable dimension is specified")
	}
	found := s.matching(c.Scope, in.ServiceNamespace, in.ResourceIds, in.ScalableDimension)
	page, next, ok := paging.Cut(found, (*target).key, in.NextToken, paging.Size(in.MaxResults, standardPage, standardPage))
	if !ok {
		return nil, badToken()
	}
	out := &aas.DescribeScalableTargetsOutput{ScalableTargets: []types.ScalableTarget{}, NextToken: next}
	for _, t := range page {
		suspended := t.suspended
		out.ScalableTargets = append(out.ScalableTargets, types.ScalableTarget{ServiceNamespace: t.namespace, ResourceId: &t.resource,
			ScalableDimension: t.dimension, MinCapacity: aws.Int32(t.low), MaxCapacity: aws.Int32(t.high), RoleARN: &t.role,
			CreationTime: aws.Time(t.created), SuspendedState: &suspended, ScalableTargetARN: &t.arn})
	}
	return out, nil
}

func (s *Service) describeScheduledActions(*api.Call, *aas.DescribeScheduledActionsInput) (*aas.DescribeScheduledActionsOutput, error) {
	return &aas.DescribeScheduledActionsOutput{ScheduledActions: []types.ScheduledAction{}}, nil
}

func (s *Service) byARN(c *api.Call, arn *string) (*target, error) {
	for _, t := range s.targets {
		if t.arn == aws.ToString(arn) && t.scope == c.Scope {
			return t, nil
		}
	}
	return nil, &api.Error{Code: "ResourceNotFoundException", Message: "The specified resource doesn't exist.", Fields: map[string]any{"ResourceName": aws.ToString(arn)}}
}

func (s *Service) listTags(c *api.Call, in *aas.ListTagsForResourceInput) (*aas.ListTagsForResourceOutput, error) {
	t, err := s.byARN(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for k, v := range t.tags {
		tags[k] = v
	}
	return &aas.ListTagsForResourceOutput{Tags: tags}, nil
}

func (s *Service) tag(c *api.Call, in *aas.TagResourceInput) (*aas.TagResourceOutput, error) {
	t, err := s.byARN(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	fresh := 0
	for k := range in.Tags {
		if _, has := t.tags[k]; !has {
			fresh++
		}
	}
	if len(t.tags)+fresh > 50 {
		return nil, &api.Error{Code: "TooManyTagsException", Message: "The request contains too many tags.", Fields: map[string]any{"ResourceName": t.arn}}
	}
	for k, v := range in.Tags {
		t.tags[k] = v
	}
	return &aas.TagResourceOutput{}, nil
}

func (s *Service) untag(c *api.Call, in *aas.UntagResourceInput) (*aas.UntagResourceOutput, error) {
	t, err := s.byARN(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	for _, k := range in.TagKeys {
		delete(t.tags, k)
	}
	return &aas.UntagResourceOutput{}, nil
}
