package collect

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectAlarms reads the Region's metric alarms and keeps those on tables.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
func (u *unitRun) collectAlarms(ctx context.Context) {
	if !u.needs(awsapi.GroupAlarms) {
		u.extras.alarmsWhole = u.skipped(awsapi.DescribeAlarms)
		return
	}
	u.extras.alarms = map[string][]estate.Alarm{}
	u.extras.alarmsWhole = pages[cloudwatch.DescribeAlarmsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*cloudwatch.DescribeAlarmsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.CloudWatch.DescribeAlarms, &cloudwatch.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(100), NextToken: token})
		},
		add: func(page *cloudwatch.DescribeAlarmsOutput, _ estate.Source) {
			for i := range page.MetricAlarms {
				u.addAlarm(&page.MetricAlarms[i])
			}
		},
		next: func(page *cloudwatch.DescribeAlarmsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.DescribeAlarms})
}

func (u *unitRun) addAlarm(a *types.MetricAlarm) {
	tables := tablesWatched(a)
	if len(tables) == 0 {
		return
	}
	definition, err := definitionOf(a)
	if err != nil { // cannot happen: strings and numbers alone
		definition = ""
	}
	for table, metric := range tables {
		u.extras.alarms[table] = append(u.extras.alarms[table], estate.Alarm{Name: aws.ToString(a.AlarmName), ARN: aws.ToString(a.AlarmArn), Metric: metric, Definition: definition})
	}
}

// tablesWatched maps table names to the metric, for alarms on one metric and for those on an expression over several.
func tablesWatched(a *types.MetricAlarm) map[string]string {
	found := map[string]string{}
	note := func(namespace, metric *string, dimensions []types.Dimension) {
		if aws.ToString(namespace) != "AWS/DynamoDB" {
			return
		}
		for _, d := range dimensions {
			if aws.ToString(d.Name) == "TableName" {
				found[aws.ToString(d.Value)] = aws.ToString(metric)
			}
		}
	}
	note(a.Namespace, a.MetricName, a.Dimensions)
	for _, q := range a.Metrics {
		if q.MetricStat != nil && q.MetricStat.Metric != nil {
			m := q.MetricStat.Metric
			note(m.Namespace, m.MetricName, m.Dimensions)
		}
	}
	return found
}

// definitionOf writes what PutMetricAlarm would need, members without a value left out.
func definitionOf(a *types.MetricAlarm) (string, error) {
	raw, err := json.Marshal(cloudwatch.PutMetricAlarmInput{
		AlarmName: a.AlarmName, ActionsEnabled: a.ActionsEnabled, AlarmActions: a.AlarmActions, AlarmDescription: a.AlarmDescription, ComparisonOperator: a.ComparisonOperator,
		DatapointsToAlarm: a.DatapointsToAlarm, Dimensions: a.Dimensions, EvaluateLowSampleCountPercentile: a.EvaluateLowSampleCountPercentile, EvaluationPeriods: a.EvaluationPeriods,
		ExtendedStatistic: a.ExtendedStatistic, InsufficientDataActions: a.InsufficientDataActions, MetricName: a.MetricName, Metrics: a.Metrics, Namespace: a.Namespace,
		OKActions: a.OKActions, Period: a.Period, Statistic: a.Statistic, Threshold: a.Threshold, ThresholdMetricId: a.ThresholdMetricId, TreatMissingData: a.TreatMissingData, Unit: a.Unit,
	})
	if err != nil {
		return "", fmt.Errorf("write alarm: %w", err)
	}
	var members any
	if err := json.Unmarshal(raw, &members); err != nil {
		return "", fmt.Errorf("read alarm: %w", err)
	}
	raw, err = json.Marshal(compact(members))
	return string(raw), err
}

// compact drops null and empty members, which in AWS's shapes mean "not given".
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
