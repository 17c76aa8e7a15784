// Package autoscaling simulates Application Auto Scaling's record of targets and policies. Nothing scales.
package autoscaling

import (
	"fmt"
	"strings"
	"time"

	aas "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Roles makes service-linked roles. *iam.Service is one.
type Roles interface {
	// ServiceLinkedRole makes the role unless it is there; ok is false for a service that has none.
	ServiceLinkedRole(sc world.Scope, service string) (arn string, ok bool)
}

// Service is the state over all accounts and Regions.
type Service struct {
	world   *world.World
	roles   Roles
	targets map[string]*target // by account, Region and identity
}

type target struct {
	scope     world.Scope
	namespace types.ServiceNamespace
	resource  string
	dimension types.ScalableDimension
	arn       string
	low, high int32
	role      string
	suspended types.SuspendedState
	created   time.Time
	tags      map[string]string
	policies  map[string]*policy
}

type policy struct {
	arn, name string
	kind      types.PolicyType
	created   time.Time
	tracking  *types.TargetTrackingScalingPolicyConfiguration
	step      *types.StepScalingPolicyConfiguration
	alarms    []types.Alarm
}

// New makes a service without targets.
func New(w *world.World, roles Roles) *Service {
	return &Service{world: w, roles: roles, targets: map[string]*target{}}
}

// API lists the operations (https://docs.aws.amazon.com/autoscaling/application/APIReference/).
func (s *Service) API() api.Service {
	return api.Service{Name: "application-autoscaling", Model: "application-autoscaling",
		Throttle: api.Error{Code: "ThrottlingException", Message: "Rate exceeded"},
		Operations: []api.Operation{
			api.Op("RegisterScalableTarget", func(c *api.Call, in *aas.RegisterScalableTargetInput) []api.Access {
				return s.access(c, "RegisterScalableTarget", in.ServiceNamespace, in.ResourceId, in.ScalableDimension)
			}, s.register),
			api.Op("DeregisterScalableTarget", func(c *api.Call, in *aas.DeregisterScalableTargetInput) []api.Access {
				return s.access(c, "DeregisterScalableTarget", in.ServiceNamespace, in.ResourceId, in.ScalableDimension)
			}, s.deregister),
			api.Op("DescribeScalableTargets", nil, s.describeTargets),
			api.Op("PutScalingPolicy", func(c *api.Call, in *aas.PutScalingPolicyInput) []api.Access {
				return s.access(c, "PutScalingPolicy", in.ServiceNamespace, in.ResourceId, in.ScalableDimension)
			}, s.putPolicy),
			api.Op("DeleteScalingPolicy", func(c *api.Call, in *aas.DeleteScalingPolicyInput) []api.Access {
				return s.access(c, "DeleteScalingPolicy", in.ServiceNamespace, in.ResourceId, in.ScalableDimension)
			}, s.deletePolicy),
			api.Op("DescribeScalingPolicies", nil, s.describePolicies),
			api.Op("DescribeScheduledActions", nil, s.describeScheduledActions),
			api.Op("ListTagsForResource", tagAccess("ListTagsForResource", func(in *aas.ListTagsForResourceInput) *string { return in.ResourceARN }), s.listTags),
			api.Op("TagResource", tagAccess("TagResource", func(in *aas.TagResourceInput) *string { return in.ResourceARN }), s.tag),
			api.Op("UntagResource", tagAccess("UntagResource", func(in *aas.UntagResourceInput) *string { return in.ResourceARN }), s.untag),
		}}
}

func tagAccess[I any](action string, arn func(*I) *string) func(*api.Call, *I) []api.Access {
	return func(_ *api.Call, in *I) []api.Access {
		return []api.Access{{Action: "application-autoscaling:" + action, Resource: orEmpty(arn(in))}}
	}
}

// access: a target that is not registered yet has no ARN to name.
func (s *Service) access(c *api.Call, action string, ns types.ServiceNamespace, resource *string, dim types.ScalableDimension) []api.Access {
	arn := c.ARN("application-autoscaling", "scalable-target/*")
	if t, ok := s.targets[identity(c.Scope, ns, resource, dim)]; ok {
		arn = t.arn
	}
	return []api.Access{{Action: "application-autoscaling:" + action, Resource: arn, Context: map[string]string{
		"application-autoscaling:service-namespace": string(ns), "application-autoscaling:scalable-dimension": string(dim)}}}
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func identity(sc world.Scope, ns types.ServiceNamespace, resource *string, dim types.ScalableDimension) string {
	return strings.Join([]string{sc.Account, sc.Region, string(ns), orEmpty(resource), string(dim)}, "|")
}

func invalid(format string, args ...any) error {
	return &api.Error{Code: "ValidationException", Message: fmt.Sprintf(format, args...)}
}

func noObject(format string, args ...any) error {
	return &api.Error{Code: "ObjectNotFoundException", Message: fmt.Sprintf(format, args...)}
}

// checkResource holds DynamoDB's resource ids and dimensions together: table/T with table:…, table/T/index/I with index:….
func checkResource(ns types.ServiceNamespace, resource string, dim types.ScalableDimension) error {
	if !strings.HasPrefix(string(dim), string(ns)+":") {
		return invalid("Unsupported service namespace, resource type or scalable dimension")
	}
	if ns != types.ServiceNamespaceDynamodb {
		return nil
	}
	parts := strings.Split(resource, "/")
	table := len(parts) == 2 && parts[0] == "table" && parts[1] != ""
	index := len(parts) == 4 && parts[0] == "table" && parts[1] != "" && parts[2] == "index" && parts[3] != ""
	if table && strings.HasPrefix(string(dim), "dynamodb:table:") || index && strings.HasPrefix(string(dim), "dynamodb:index:") {
		return nil
	}
	return invalid("Unsupported service namespace, resource type or scalable dimension")
}
