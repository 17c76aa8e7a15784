package estatebridge

import (
	"encoding/json"
	"fmt"
	"strings"

	aas "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/estate"
)

// tableOfBackup takes the table's name from T/backup/ID.
func tableOfBackup(resource string) string {
	name, _, _ := strings.Cut(resource, "/")
	return name
}

// readScaling reads the Region's scaling targets, by table.
func (r *reader) readScaling() error {
	policies, err := r.scalingPolicies()
	if err != nil {
		return err
	}
	r.scaling = map[string][]estate.ScalingTarget{}
	in := &aas.DescribeScalableTargetsInput{ServiceNamespace: scaling.ServiceNamespaceDynamodb}
	for {
		out, err := inside.Ask[aas.DescribeScalableTargetsOutput](r.hand, r.sc, "application-autoscaling", in)
		if err != nil {
			return err
		}
		for _, t := range out.ScalableTargets {
			resource, dimension := value(t.ResourceId), string(t.ScalableDimension)
			table := tableOfBackup(strings.TrimPrefix(resource, "table/"))
			r.scaling[table] = append(r.scaling[table], estate.ScalingTarget{
				Resource: resource, Dimension: dimension, Min: int64(value(t.MinCapacity)), Max: int64(value(t.MaxCapacity)),
				RoleARN: value(t.RoleARN), Policies: policies[resource+" "+dimension],
			})
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return nil
		}
	}
}

func (r *reader) scalingPolicies() (map[string][]estate.ScalingPolicy, error) {
	policies := map[string][]estate.ScalingPolicy{}
	in := &aas.DescribeScalingPoliciesInput{ServiceNamespace: scaling.ServiceNamespaceDynamodb}
	for {
		out, err := inside.Ask[aas.DescribeScalingPoliciesOutput](r.hand, r.sc, "application-autoscaling", in)
		if err != nil {
			return nil, err
		}
		for i := range out.ScalingPolicies {
			p := &out.ScalingPolicies[i]
			key := value(p.ResourceId) + " " + string(p.ScalableDimension)
			policies[key] = append(policies[key], scalingPolicy(p))
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return policies, nil
		}
	}
}

func scalingPolicy(p *scaling.ScalingPolicy) estate.ScalingPolicy {
	out := estate.ScalingPolicy{Name: value(p.PolicyName), Type: string(p.PolicyType)}
	if t := p.TargetTrackingScalingPolicyConfiguration; t != nil {
		out.Target, out.DisableScaleIn = value(t.TargetValue), value(t.DisableScaleIn)
		out.ScaleInCooldown, out.ScaleOutCooldown = int64(value(t.ScaleInCooldown)), int64(value(t.ScaleOutCooldown))
		if m := t.PredefinedMetricSpecification; m != nil {
			out.Metric = string(m.PredefinedMetricType)
		}
	}
	return out
}

// readAlarms reads the Region's alarms on tables, by table.
func (r *reader) readAlarms() error {
	r.alarms = map[string][]estate.Alarm{}
	in := &cloudwatch.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}}
	for {
		out, err := inside.Ask[cloudwatch.DescribeAlarmsOutput](r.hand, r.sc, "monitoring", in)
		if err != nil {
			return err
		}
		for i := range out.MetricAlarms {
			if err := r.alarm(&out.MetricAlarms[i]); err != nil {
				return err
			}
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return nil
		}
	}
}

func (r *reader) alarm(a *types.MetricAlarm) error {
	watched := map[string]string{}
	note := func(namespace, metric *string, dimensions []types.Dimension) {
		for _, d := range dimensions {
			if value(namespace) == "AWS/DynamoDB" && value(d.Name) == "TableName" {
				watched[value(d.Value)] = value(metric)
			}
		}
	}
	note(a.Namespace, a.MetricName, a.Dimensions)
	for _, q := range a.Metrics {
		if q.MetricStat != nil && q.MetricStat.Metric != nil {
			note(q.MetricStat.Metric.Namespace, q.MetricStat.Metric.MetricName, q.MetricStat.Metric.Dimensions)
		}
	}
	definition, err := definitionOf(a)
	if err != nil {
		return fmt.Errorf("alarm %s: %w", value(a.AlarmName), err)
	}
	for table, metric := range watched {
		r.alarms[table] = append(r.alarms[table], estate.Alarm{Name: value(a.AlarmName), ARN: value(a.AlarmArn), Metric: metric, Definition: definition})
	}
	return nil
}

// definitionOf writes what PutMetricAlarm needs to make the alarm again: the members that both shapes have, without the empty ones.
func definitionOf(a *types.MetricAlarm) (string, error) {
	raw, err := json.Marshal(cloudwatch.PutMetricAlarmInput{
		AlarmName: a.AlarmName, ActionsEnabled: a.ActionsEnabled, AlarmActions: a.AlarmActions, AlarmDescription: a.AlarmDescription, ComparisonOperator: a.ComparisonOperator,
		DatapointsToAlarm: a.DatapointsToAlarm, Dimensions: a.Dimensions, EvaluateLowSampleCountPercentile: a.EvaluateLowSampleCountPercentile, EvaluationPeriods: a.EvaluationPeriods,
		ExtendedStatistic: a.ExtendedStatistic, InsufficientDataActions: a.InsufficientDataActions, MetricName: a.MetricName, Metrics: a.Metrics, Namespace: a.Namespace,
		OKActions: a.OKActions, Period: a.Period, Statistic: a.Statistic, Threshold: a.Threshold, ThresholdMetricId: a.ThresholdMetricId, TreatMissingData: a.TreatMissingData, Unit: a.Unit,
	})
	if err != nil {
		return "", err
	}
	var members any
	if err := json.Unmarshal(raw, &members); err != nil {
		return "", err
	}
	raw, err = json.Marshal(compact(members))
	return string(raw), err
}

// compact drops null and empty members: in AWS's shapes they mean "not given".
func compact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			if member = compact(member); member == nil || member == "" {
				delete(v, k)
			} else {
				v[k] = member
			}
		}
	case []any:
		for i := range v {
			v[i] = compact(v[i])
		}
	}
	return v
}
