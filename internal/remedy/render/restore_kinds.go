package render

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// is makes the condition of a kind that wants one thing alone.
func is(condition string) func(remedy.Change) string {
	return func(remedy.Change) string { return condition }
}

// tableKind sets one member of the table that DescribeTable shows.
func (r Restore) tableKind(path string, want any, member string, value any) kind {
	return kind{see: describeTable(r.Target), done: is(equal(path, want)), call: call("dynamodb", "update-table", object{"TableName": r.Target, member: value})}
}

// policyKind: a policy that is there already is left alone, whoever wrote it.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
func (r Restore) policyKind() kind {
	return kind{
		see:  reading{absent: answerOpen, code: "PolicyNotFoundException", service: "dynamodb", operation: "get-resource-policy", input: object{"ResourceArn": r.targetARN()}},
		done: is("Policy != " + literal(nil)),
		call: call("dynamodb", "put-resource-policy", object{"ResourceArn": r.targetARN(), "Policy": r.Back.Policy}),
	}
}

// scalingKind: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
func scalingKind(t estate.ScalingTarget) kind {
	about := object{"ServiceNamespace": "dynamodb", "ResourceIds": []string{t.Resource}, "ScalableDimension": t.Dimension}
	in := object{"ServiceNamespace": "dynamodb", "ResourceId": t.Resource, "ScalableDimension": t.Dimension, "MinCapacity": t.Min, "MaxCapacity": t.Max}
	with(in, "RoleARN", t.RoleARN, t.RoleARN != "")
	return kind{
		see:  reading{absent: answerOpen, service: "application-autoscaling", operation: "describe-scalable-targets", input: about},
		done: is("length(ScalableTargets[?" + all(equal("MinCapacity", t.Min), equal("MaxCapacity", t.Max)) + "]) > " + literal(0)),
		call: call("application-autoscaling", "register-scalable-target", in),
	}
}

func scalingPolicyKind(t estate.ScalingTarget, p estate.ScalingPolicy) kind {
	about := object{"ServiceNamespace": "dynamodb", "ResourceId": t.Resource, "ScalableDimension": t.Dimension}
	return kind{
		see: reading{absent: answerOpen, service: "application-autoscaling", operation: "describe-scaling-policies", input: about},
		done: is("length(ScalingPolicies[?" + all(equal("PolicyName", p.Name), equal("TargetTrackingScalingPolicyConfiguration.TargetValue", p.Target)) +
			"]) > " + literal(0)),
		call: call("application-autoscaling", "put-scaling-policy", policyRequest(t, p)),
	}
}

// kinesisKind: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html
func (r Restore) kinesisKind(stream, precision string) kind {
	in := object{"TableName": r.Target, "StreamArn": stream}
	with(in, "EnableKinesisStreamingConfiguration", object{"ApproximateCreationDateTimePrecision": precision}, precision != "")
	on := "contains(" + literal([]string{"ACTIVE", "ENABLING", "UPDATING"}) + ", DestinationStatus)"
	return kind{
		see:  reading{absent: answerOpen, service: "dynamodb", operation: "describe-kinesis-streaming-destination", input: object{"TableName": r.Target}},
		done: is("length((KinesisDataStreamDestinations || " + literal([]any{}) + ")[?" + all(equal("StreamArn", stream), on) + "]) > " + literal(0)),
		call: call("dynamodb", "enable-kinesis-streaming-destination", in),
	}
}

// insightsKind: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html
func (r Restore) insightsKind() kind {
	return kind{
		see:  reading{absent: answerOpen, service: "dynamodb", operation: "describe-contributor-insights", input: object{"TableName": r.Target}},
		done: is("contains(" + literal([]string{"ENABLED", "ENABLING"}) + ", ContributorInsightsStatus)"),
		call: call("dynamodb", "update-contributor-insights", object{"TableName": r.Target, "ContributorInsightsAction": "ENABLE"}),
	}
}

// alarmKind: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func alarmKind(name string, definition object) kind {
	return kind{
		see:  reading{absent: answerOpen, service: "cloudwatch", operation: "describe-alarms", input: object{"AlarmNames": []string{name}}},
		done: is("length(MetricAlarms) > " + literal(0)),
		call: call("cloudwatch", "put-metric-alarm", definition),
	}
}

// ttlKind: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
func (r Restore) ttlKind() kind {
	return kind{
		see:  reading{absent: answerOpen, service: "dynamodb", operation: "describe-time-to-live", input: object{"TableName": r.Target}},
		done: is("contains(" + literal([]string{"ENABLED", "ENABLING"}) + ", TimeToLiveDescription.TimeToLiveStatus)"),
		call: call("dynamodb", "update-time-to-live", object{"TableName": r.Target, "TimeToLiveSpecification": object{"Enabled": true, "AttributeName": r.Back.TTL}}),
	}
}
