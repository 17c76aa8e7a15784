package restore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore/settings"
)

// kinesis: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html
func (r *Run) kinesis(ctx context.Context) (*todo, error) {
	s := r.target()
	out, _, err := awsapi.Invoke(ctx, r.ask(awsapi.DescribeKinesisStreamingDestination, r.Request.Target), s.DynamoDB.DescribeKinesisStreamingDestination,
		&dynamodb.DescribeKinesisStreamingDestinationInput{TableName: &r.Request.Target})
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, d := range out.KinesisDataStreamDestinations {
		has[aws.ToString(d.StreamArn)] = d.DestinationStatus == types.DestinationStatusActive || d.DestinationStatus == types.DestinationStatusEnabling || d.DestinationStatus == types.DestinationStatusUpdating
	}
	for _, k := range r.source.Table.KinesisStreams.Or(nil) {
		if has[k.ARN] || k.Status != string(types.DestinationStatusActive) && k.Status != string(types.DestinationStatusEnabling) {
			continue
		}
		if regionOf(k.ARN) != r.Request.TargetRegion {
			return nil, &impossible{"a table cannot feed a Kinesis stream of another Region: " + k.ARN}
		}
		return r.enableKinesis(k), nil
	}
	return nil, nil
}

func (r *Run) enableKinesis(k estate.KinesisStream) *todo {
	in := &dynamodb.EnableKinesisStreamingDestinationInput{TableName: &r.Request.Target, StreamArn: &k.ARN}
	if k.Precision != "" {
		in.EnableKinesisStreamingConfiguration = &types.EnableKinesisStreamingConfiguration{ApproximateCreationDateTimePrecision: types.ApproximateCreationDateTimePrecision(k.Precision)}
	}
	return &todo{"kinesis " + k.ARN, func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.EnableKinesisStreamingDestination, r.Request.Target), r.target().DynamoDB.EnableKinesisStreamingDestination, in)
		return answer, err
	}}
}

// insights: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html
func (r *Run) insights(ctx context.Context) (*todo, error) {
	s := r.target()
	out, _, err := awsapi.Invoke(ctx, r.ask(awsapi.DescribeContributorInsights, r.Request.Target), s.DynamoDB.DescribeContributorInsights, &dynamodb.DescribeContributorInsightsInput{TableName: &r.Request.Target})
	if err != nil || out.ContributorInsightsStatus == types.ContributorInsightsStatusEnabled || out.ContributorInsightsStatus == types.ContributorInsightsStatusEnabling {
		return nil, err
	}
	in := &dynamodb.UpdateContributorInsightsInput{TableName: &r.Request.Target, ContributorInsightsAction: types.ContributorInsightsActionEnable}
	return &todo{"insights", func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.UpdateContributorInsights, r.Request.Target), s.DynamoDB.UpdateContributorInsights, in)
		return answer, err
	}}, nil
}

// ttl: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
func (r *Run) ttl(ctx context.Context) (*todo, error) {
	s := r.target()
	out, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.DescribeTimeToLive, r.Request.Target), s.DynamoDB.DescribeTimeToLive, &dynamodb.DescribeTimeToLiveInput{TableName: &r.Request.Target})
	if err != nil {
		return nil, err
	}
	d := out.TimeToLiveDescription
	if d == nil {
		return nil, awsapi.Missing(answer, "time to live description")
	}
	want := r.source.Table.TTLAttribute.Or("")
	if d.TimeToLiveStatus == types.TimeToLiveStatusEnabled || d.TimeToLiveStatus == types.TimeToLiveStatusEnabling {
		if aws.ToString(d.AttributeName) != want {
			return nil, &impossible{"somebody has switched time to live on by another attribute, " + aws.ToString(d.AttributeName)}
		}
		return nil, nil
	}
	in := &dynamodb.UpdateTimeToLiveInput{TableName: &r.Request.Target, TimeToLiveSpecification: &types.TimeToLiveSpecification{Enabled: aws.Bool(true), AttributeName: &want}}
	return &todo{"ttl", func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.UpdateTimeToLive, r.Request.Target), s.DynamoDB.UpdateTimeToLive, in)
		return answer, err
	}}, nil
}

// scaling registers each target and then its policies, one call at a time.
func (r *Run) scaling(ctx context.Context) (*todo, error) {
	t, err := r.calm(ctx)
	if err != nil {
		return nil, err
	}
	if t.BillingModeSummary != nil && t.BillingModeSummary.BillingMode == types.BillingModePayPerRequest {
		return nil, &impossible{"the restored table is on demand, which scales by itself"}
	}
	there := map[string]bool{}
	for _, g := range t.GlobalSecondaryIndexes {
		there[aws.ToString(g.IndexName)] = true
	}
	for _, want := range r.source.Table.Scaling.Or(nil) {
		if _, name, ok := strings.Cut(want.Resource, "/index/"); ok && !there[name] {
			continue // the index was left out
		}
		want.Resource = r.renamed(want.Resource)
		next, err := r.scaleOne(ctx, want)
		if err != nil || next != nil {
			return next, err
		}
	}
	return nil, nil
}

// renamed writes table/T and table/T/index/I, alone or in the name of a policy, for the new table.
func (r *Run) renamed(resource string) string {
	return settings.Renamed(resource, "table/"+nameOf(r.source.Table.ARN.Or(r.Request.Table)), "table/"+r.Request.Target)
}

func (r *Run) scaleOne(ctx context.Context, want estate.ScalingTarget) (*todo, error) {
	s := r.target()
	dimension := scalingtypes.ScalableDimension(want.Dimension)
	out, _, err := awsapi.Invoke(ctx, r.ask(awsapi.DescribeScalableTargets, want.Resource), s.AutoScaling.DescribeScalableTargets,
		&scaling.DescribeScalableTargetsInput{ServiceNamespace: scalingtypes.ServiceNamespaceDynamodb, ResourceIds: []string{want.Resource}, ScalableDimension: dimension})
	if err != nil {
		return nil, err
	}
	for _, has := range out.ScalableTargets {
		if int64(aws.ToInt32(has.MinCapacity)) == want.Min && int64(aws.ToInt32(has.MaxCapacity)) == want.Max {
			return r.scalePolicies(ctx, want)
		}
	}
	in := &scaling.RegisterScalableTargetInput{ServiceNamespace: scalingtypes.ServiceNamespaceDynamodb, ResourceId: &want.Resource, ScalableDimension: dimension,
		MinCapacity: aws.Int32(int32(want.Min)), MaxCapacity: aws.Int32(int32(want.Max))} //nolint:gosec // AWS's own numbers, of 32 bits
	if !strings.Contains(want.RoleARN, "/aws-service-role/") && want.RoleARN != "" {
		in.RoleARN = &want.RoleARN
	}
	return &todo{"target " + want.Resource + " " + want.Dimension, func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.RegisterScalableTarget, want.Resource), s.AutoScaling.RegisterScalableTarget, in)
		return answer, err
	}}, nil
}

// scalePolicies: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
func (r *Run) scalePolicies(ctx context.Context, want estate.ScalingTarget) (*todo, error) {
	s := r.target()
	dimension := scalingtypes.ScalableDimension(want.Dimension)
	out, _, err := awsapi.Invoke(ctx, r.ask(awsapi.DescribeScalingPolicies, want.Resource), s.AutoScaling.DescribeScalingPolicies,
		&scaling.DescribeScalingPoliciesInput{ServiceNamespace: scalingtypes.ServiceNamespaceDynamodb, ResourceId: &want.Resource, ScalableDimension: dimension})
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, p := range out.ScalingPolicies {
		if t := p.TargetTrackingScalingPolicyConfiguration; t != nil {
			has[fmt.Sprint(aws.ToString(p.PolicyName), aws.ToFloat64(t.TargetValue))] = true
		}
	}
	for _, p := range want.Policies {
		name := r.renamed(p.Name)
		if has[fmt.Sprint(name, p.Target)] {
			continue
		}
		if p.Type != string(scalingtypes.PolicyTypeTargetTrackingScaling) || p.Metric == "" {
			return nil, &impossible{"policy " + p.Name + " is of type " + p.Type + " on a metric of its own, of which only the name is known"}
		}
		return r.putPolicy(want, p, name), nil
	}
	return nil, nil
}

func (r *Run) putPolicy(want estate.ScalingTarget, p estate.ScalingPolicy, name string) *todo {
	c := &scalingtypes.TargetTrackingScalingPolicyConfiguration{TargetValue: &p.Target, DisableScaleIn: &p.DisableScaleIn,
		PredefinedMetricSpecification: &scalingtypes.PredefinedMetricSpecification{PredefinedMetricType: scalingtypes.MetricType(p.Metric)}}
	if p.ScaleInCooldown > 0 {
		c.ScaleInCooldown = aws.Int32(int32(p.ScaleInCooldown)) //nolint:gosec // AWS's own numbers, of 32 bits
	}
	if p.ScaleOutCooldown > 0 {
		c.ScaleOutCooldown = aws.Int32(int32(p.ScaleOutCooldown)) //nolint:gosec // as above
	}
	in := &scaling.PutScalingPolicyInput{ServiceNamespace: scalingtypes.ServiceNamespaceDynamodb, ResourceId: &want.Resource, ScalableDimension: scalingtypes.ScalableDimension(want.Dimension),
		PolicyName: &name, PolicyType: scalingtypes.PolicyTypeTargetTrackingScaling, TargetTrackingScalingPolicyConfiguration: c}
	return &todo{"policy " + name, func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.PutScalingPolicy, want.Resource), r.target().AutoScaling.PutScalingPolicy, in)
		return answer, err
	}}
}

// alarms makes an alarm for each that watches the source, under a name of its own. One of that name that is there already is left alone
// when it is another one.
func (r *Run) alarms(ctx context.Context) (*todo, error) {
	for _, a := range r.source.Table.Alarms.Or(nil) {
		name, definition, ok := settings.AlarmFor(a, nameOf(r.source.Table.ARN.Or(r.Request.Table)), r.Request.Target)
		if !ok {
			return nil, &impossible{"the definition of alarm " + a.Name + " is not known"}
		}
		in := &cloudwatch.PutMetricAlarmInput{}
		if err := json.Unmarshal([]byte(definition), in); err != nil {
			return nil, &impossible{"the definition of alarm " + a.Name + " cannot be read"}
		}
		if foreign := foreignAction(in, r.Request.TargetRegion); foreign != "" {
			return nil, &impossible{"alarm " + a.Name + " calls on " + foreign + ", which is in another Region"}
		}
		next, err := r.alarm(ctx, name, in)
		if err != nil || next != nil {
			return next, err
		}
	}
	return nil, nil
}

func foreignAction(in *cloudwatch.PutMetricAlarmInput, region string) string {
	for _, list := range [][]string{in.AlarmActions, in.OKActions, in.InsufficientDataActions} {
		for _, arn := range list {
			if r := regionOf(arn); r != "" && r != region {
				return arn
			}
		}
	}
	return ""
}

// alarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func (r *Run) alarm(ctx context.Context, name string, in *cloudwatch.PutMetricAlarmInput) (*todo, error) {
	s := r.target()
	out, _, err := awsapi.Invoke(ctx, r.ask(awsapi.DescribeAlarms, name), s.CloudWatch.DescribeAlarms, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
	if err != nil {
		return nil, err
	}
	if len(out.MetricAlarms) > 0 {
		has := out.MetricAlarms[0]
		if aws.ToString(has.MetricName) != aws.ToString(in.MetricName) || aws.ToFloat64(has.Threshold) != aws.ToFloat64(in.Threshold) {
			return nil, &impossible{"there is another alarm of the name " + name}
		}
		return nil, nil
	}
	return &todo{"alarm " + name, func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.PutMetricAlarm, name), s.CloudWatch.PutMetricAlarm, in)
		return answer, err
	}}, nil
}
