package autoscaling_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	aas "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
)

func TestTheSDKPagesTargetsAndReadsPolicies(t *testing.T) {
	client := aas.NewFromConfig(simtest.Start(t, awssim.Options{}).Config())
	for _, table := range []string{"table/a", "table/b", "table/c"} {
		_, err := client.RegisterScalableTarget(t.Context(), &aas.RegisterScalableTargetInput{ServiceNamespace: types.ServiceNamespaceDynamodb, ResourceId: &table,
			ScalableDimension: types.ScalableDimensionDynamoDBTableReadCapacityUnits, MinCapacity: aws.Int32(1), MaxCapacity: aws.Int32(9)})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.PutScalingPolicy(t.Context(), &aas.PutScalingPolicyInput{ServiceNamespace: types.ServiceNamespaceDynamodb, ResourceId: aws.String("table/b"),
		ScalableDimension: types.ScalableDimensionDynamoDBTableReadCapacityUnits, PolicyName: aws.String("p"), PolicyType: types.PolicyTypeTargetTrackingScaling,
		TargetTrackingScalingPolicyConfiguration: &types.TargetTrackingScalingPolicyConfiguration{TargetValue: aws.Float64(70), ScaleInCooldown: aws.Int32(60),
			PredefinedMetricSpecification: &types.PredefinedMetricSpecification{PredefinedMetricType: types.MetricTypeDynamoDBReadCapacityUtilization}}})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	p := aas.NewDescribeScalableTargetsPaginator(client, &aas.DescribeScalableTargetsInput{ServiceNamespace: types.ServiceNamespaceDynamodb, MaxResults: aws.Int32(2)})
	for p.HasMorePages() {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen += len(out.ScalableTargets)
	}
	if seen != 3 {
		t.Errorf("saw %d targets", seen)
	}
	out, err := client.DescribeScalingPolicies(t.Context(), &aas.DescribeScalingPoliciesInput{ServiceNamespace: types.ServiceNamespaceDynamodb})
	if err != nil || len(out.ScalingPolicies) != 1 {
		t.Fatalf("got %+v, %v", out, err)
	}
	if c := out.ScalingPolicies[0].TargetTrackingScalingPolicyConfiguration; *c.TargetValue != 70 || *c.ScaleInCooldown != 60 {
		t.Errorf("got %+v", c)
	}
}
