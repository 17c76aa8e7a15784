package autoscaling

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	aas "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

var home = world.Scope{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

// linked stands for IAM.
type linked struct{}

func (linked) ServiceLinkedRole(_ world.Scope, service string) (string, bool) {
	return "arn:aws:iam::111122223333:role/aws-service-role/" + service, true
}

func newFixture() (*Service, *api.Call) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	return New(world.New(world.Options{Start: start, Real: func() time.Time { return start }}), linked{}), &api.Call{Scope: home}
}

func code(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func register(t *testing.T, s *Service, c *api.Call, resource string, dim types.ScalableDimension) {
	t.Helper()
	_, err := s.register(c, &aas.RegisterScalableTargetInput{ServiceNamespace: "dynamodb", ResourceId: &resource, ScalableDimension: dim, MinCapacity: aws.Int32(5), MaxCapacity: aws.Int32(50)})
	if err != nil {
		t.Fatal(err)
	}
}

const (
	reads  = types.ScalableDimensionDynamoDBTableReadCapacityUnits
	writes = types.ScalableDimensionDynamoDBTableWriteCapacityUnits
)

func TestATargetIsRegisteredChangedAndRead(t *testing.T) {
	s, c := newFixture()
	register(t, s, c, "table/orders", reads)
	register(t, s, c, "table/orders/index/by-day", types.ScalableDimensionDynamoDBIndexReadCapacityUnits)
	register(t, s, c, "table/users", reads)
	change := &aas.RegisterScalableTargetInput{ServiceNamespace: "dynamodb", ResourceId: aws.String("table/orders"), ScalableDimension: reads, MaxCapacity: aws.Int32(80),
		SuspendedState: &types.SuspendedState{ScheduledScalingSuspended: aws.Bool(true)}}
	if _, err := s.register(c, change); err != nil {
		t.Fatal(err)
	}
	out, err := s.describeTargets(c, &aas.DescribeScalableTargetsInput{ServiceNamespace: "dynamodb", ResourceIds: []string{"table/orders"}})
	if err != nil || len(out.ScalableTargets) != 1 {
		t.Fatalf("got %+v, %v", out, err)
	}
	got := out.ScalableTargets[0]
	if *got.MinCapacity != 5 || *got.MaxCapacity != 80 || !*got.SuspendedState.ScheduledScalingSuspended || *got.SuspendedState.DynamicScalingInSuspended {
		t.Errorf("got %+v", got)
	}
	if *got.RoleARN != "arn:aws:iam::111122223333:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com" {
		t.Errorf("role %s", *got.RoleARN)
	}
	seen, in := 0, &aas.DescribeScalableTargetsInput{ServiceNamespace: "dynamodb", MaxResults: aws.Int32(2)}
	for range 2 {
		page, err := s.describeTargets(c, in)
		if err != nil {
			t.Fatal(err)
		}
		seen, in.NextToken = seen+len(page.ScalableTargets), page.NextToken
	}
	if seen != 3 || in.NextToken != nil {
		t.Errorf("saw %d", seen)
	}
	elsewhere := &api.Call{Scope: world.Scope{Partition: "aws", Account: "111122223333", Region: "us-east-1"}}
	if out, err := s.describeTargets(elsewhere, &aas.DescribeScalableTargetsInput{ServiceNamespace: "dynamodb"}); err != nil || len(out.ScalableTargets) != 0 {
		t.Errorf("another Region: %+v, %v", out, err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	s, c := newFixture()
	register(t, s, c, "table/orders", reads)
	registering := func(resource string, dim types.ScalableDimension, low, high *int32) error {
		_, err := s.register(c, &aas.RegisterScalableTargetInput{ServiceNamespace: "dynamodb", ResourceId: &resource, ScalableDimension: dim, MinCapacity: low, MaxCapacity: high})
		return err
	}
	for name, err := range map[string]error{
		"index dimension on a table": registering("table/orders", types.ScalableDimensionDynamoDBIndexReadCapacityUnits, aws.Int32(1), aws.Int32(2)),
		"another service":            registering("table/orders", "ecs:service:DesiredCount", aws.Int32(1), aws.Int32(2)),
		"no capacities":              registering("table/users", reads, nil, nil),
		"minimum above maximum":      registering("table/users", reads, aws.Int32(9), aws.Int32(2)),
	} {
		if code(err) != "ValidationException" {
			t.Errorf("%s: %v", name, err)
		}
	}
	put := func(metric types.MetricType, value float64, dim types.ScalableDimension) error {
		_, err := s.putPolicy(c, &aas.PutScalingPolicyInput{ServiceNamespace: "dynamodb", ResourceId: aws.String("table/orders"), ScalableDimension: dim, PolicyName: aws.String("p"),
			PolicyType:                               types.PolicyTypeTargetTrackingScaling,
			TargetTrackingScalingPolicyConfiguration: &types.TargetTrackingScalingPolicyConfiguration{TargetValue: &value, PredefinedMetricSpecification: &types.PredefinedMetricSpecification{PredefinedMetricType: metric}}})
		return err
	}
	if err := put("DynamoDBWriteCapacityUtilization", 70, reads); code(err) != "ValidationException" {
		t.Errorf("write metric for reads: %v", err)
	}
	if err := put("DynamoDBReadCapacityUtilization", 95, reads); code(err) != "ValidationException" {
		t.Errorf("95 percent: %v", err)
	}
	if err := put("DynamoDBWriteCapacityUtilization", 70, writes); code(err) != "ObjectNotFoundException" {
		t.Errorf("no such target: %v", err)
	}
	if err := put("DynamoDBReadCapacityUtilization", 70, reads); err != nil {
		t.Error(err)
	}
}

func TestPoliciesGoWithTheirTarget(t *testing.T) {
	s, c := newFixture()
	register(t, s, c, "table/orders", reads)
	for _, name := range []string{"a", "b"} {
		_, err := s.putPolicy(c, &aas.PutScalingPolicyInput{ServiceNamespace: "dynamodb", ResourceId: aws.String("table/orders"), ScalableDimension: reads, PolicyName: &name,
			PolicyType: types.PolicyTypeTargetTrackingScaling, TargetTrackingScalingPolicyConfiguration: &types.TargetTrackingScalingPolicyConfiguration{TargetValue: aws.Float64(70),
				PredefinedMetricSpecification: &types.PredefinedMetricSpecification{PredefinedMetricType: "DynamoDBReadCapacityUtilization"}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	in := &aas.DescribeScalingPoliciesInput{ServiceNamespace: "dynamodb", PolicyNames: []string{"b"}}
	out, err := s.describePolicies(c, in)
	if err != nil || len(out.ScalingPolicies) != 1 || *out.ScalingPolicies[0].TargetTrackingScalingPolicyConfiguration.TargetValue != 70 || len(out.ScalingPolicies[0].Alarms) != 4 {
		t.Fatalf("got %+v, %v", out, err)
	}
	gone := &aas.DeregisterScalableTargetInput{ServiceNamespace: "dynamodb", ResourceId: aws.String("table/orders"), ScalableDimension: reads}
	if _, err := s.deregister(c, gone); err != nil {
		t.Fatal(err)
	}
	if _, err := s.deregister(c, gone); code(err) != "ObjectNotFoundException" {
		t.Errorf("again: %v", err)
	}
	if out, err := s.describePolicies(c, in); err != nil || len(out.ScalingPolicies) != 0 {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestTags(t *testing.T) {
	s, c := newFixture()
	register(t, s, c, "table/orders", reads)
	out, err := s.describeTargets(c, &aas.DescribeScalableTargetsInput{ServiceNamespace: "dynamodb"})
	if err != nil {
		t.Fatal(err)
	}
	arn := out.ScalableTargets[0].ScalableTargetARN
	if _, err := s.tag(c, &aas.TagResourceInput{ResourceARN: arn, Tags: map[string]string{"a": "1", "b": "2"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.untag(c, &aas.UntagResourceInput{ResourceARN: arn, TagKeys: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	tags, err := s.listTags(c, &aas.ListTagsForResourceInput{ResourceARN: arn})
	if err != nil || len(tags.Tags) != 1 || tags.Tags["b"] != "2" {
		t.Errorf("got %+v, %v", tags, err)
	}
	if _, err := s.listTags(c, &aas.ListTagsForResourceInput{ResourceARN: aws.String("arn:x")}); code(err) != "ResourceNotFoundException" {
		t.Errorf("got %v", err)
	}
}
