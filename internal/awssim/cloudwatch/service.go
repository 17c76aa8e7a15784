// Package cloudwatch simulates CloudWatch's metric alarms as records. They never leave INSUFFICIENT_DATA: there are no metrics.
package cloudwatch

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Service is the alarms of all accounts and Regions.
type Service struct {
	world  *world.World
	alarms map[string]*alarm // by ARN
}

type alarm struct {
	scope  world.Scope
	metric types.MetricAlarm
	tags   map[string]string
}

// New makes a CloudWatch without alarms.
func New(w *world.World) *Service { return &Service{world: w, alarms: map[string]*alarm{}} }

// API lists the operations (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/). DescribeAlarms is limited to 9 a second,
// PutMetricAlarm and DeleteAlarms to 3, by its quotas page.
func (s *Service) API() api.Service {
	return api.Service{Name: "monitoring", Model: "cloudwatch", Throttle: api.Error{Code: "Throttling", Message: "Rate exceeded", Status: 400},
		Rates: map[string]api.Rate{"DescribeAlarms": {PerSecond: 9, Burst: 9}, "PutMetricAlarm": {PerSecond: 3, Burst: 3}, "DeleteAlarms": {PerSecond: 3, Burst: 3}},
		Operations: []api.Operation{
			api.Op("PutMetricAlarm", func(c *api.Call, in *cw.PutMetricAlarmInput) []api.Access {
				return []api.Access{{Action: "cloudwatch:PutMetricAlarm", Resource: arnOf(c.Scope, aws.ToString(in.AlarmName))}}
			}, s.putMetricAlarm),
			api.Op("DescribeAlarms", func(c *api.Call, _ *cw.DescribeAlarmsInput) []api.Access {
				return []api.Access{{Action: "cloudwatch:DescribeAlarms", Resource: arnOf(c.Scope, "*")}}
			}, s.describeAlarms),
			api.Op("DeleteAlarms", func(c *api.Call, in *cw.DeleteAlarmsInput) []api.Access {
				var out []api.Access
				for _, name := range in.AlarmNames {
					out = append(out, api.Access{Action: "cloudwatch:DeleteAlarms", Resource: arnOf(c.Scope, name)})
				}
				return out
			}, s.deleteAlarms),
			api.Op("ListTagsForResource", func(_ *api.Call, in *cw.ListTagsForResourceInput) []api.Access {
				return []api.Access{{Action: "cloudwatch:ListTagsForResource", Resource: aws.ToString(in.ResourceARN)}}
			}, s.listTags),
		}}
}

func arnOf(sc world.Scope, name string) string { return sc.ARN("cloudwatch", "alarm:"+name) }

func invalid(message string) error {
	return &api.Error{Code: "ValidationError", Message: message, Status: 400}
}

func check(in *cw.PutMetricAlarmInput) error {
	single := in.MetricName != nil
	switch {
	case single == (len(in.Metrics) > 0):
		return invalid("Exactly one of MetricName and Metrics must be specified")
	case single && (in.Namespace == nil || in.Period == nil || (in.Statistic == "") == (in.ExtendedStatistic == nil)):
		return invalid("An alarm on one metric needs Namespace, Period and one of Statistic and ExtendedStatistic")
	case single && aws.ToInt32(in.Period)%60 != 0 && !slices.Contains([]int32{10, 20, 30}, aws.ToInt32(in.Period)):
		return invalid("Period must be 10, 20, 30 or a multiple of 60")
	case in.Threshold == nil && in.ThresholdMetricId == nil:
		return invalid("One of Threshold and ThresholdMetricId must be specified")
	case in.DatapointsToAlarm != nil && aws.ToInt32(in.DatapointsToAlarm) > aws.ToInt32(in.EvaluationPeriods):
		return invalid("DatapointsToAlarm must not be greater than EvaluationPeriods")
	}
	return nil
}

func (s *Service) putMetricAlarm(c *api.Call, in *cw.PutMetricAlarmInput) (*cw.PutMetricAlarmOutput, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	arn, now := arnOf(c.Scope, aws.ToString(in.AlarmName)), s.world.Now()
	m := types.MetricAlarm{AlarmArn: &arn, AlarmName: in.AlarmName, AlarmDescription: in.AlarmDescription, ActionsEnabled: aws.Bool(in.ActionsEnabled == nil || *in.ActionsEnabled),
		AlarmActions: orEmpty(in.AlarmActions), OKActions: orEmpty(in.OKActions), InsufficientDataActions: orEmpty(in.InsufficientDataActions),
		ComparisonOperator: in.ComparisonOperator, DatapointsToAlarm: in.DatapointsToAlarm, Dimensions: in.Dimensions,
		EvaluateLowSampleCountPercentile: in.EvaluateLowSampleCountPercentile, EvaluationPeriods: in.EvaluationPeriods, ExtendedStatistic: in.ExtendedStatistic,
		MetricName: in.MetricName, Metrics: in.Metrics, Namespace: in.Namespace, Period: in.Period, Statistic: in.Statistic, Threshold: in.Threshold,
		ThresholdMetricId: in.ThresholdMetricId, TreatMissingData: in.TreatMissingData, Unit: in.Unit, AlarmConfigurationUpdatedTimestamp: &now,
		StateValue: types.StateValueInsufficientData, StateReason: aws.String("Unchecked: Initial alarm creation"), StateUpdatedTimestamp: &now, StateTransitionedTimestamp: &now}
	old, exists := s.alarms[arn]
	if exists { // the state survives a change, and tags of the request count at creation only
		m.StateValue, m.StateReason = old.metric.StateValue, old.metric.StateReason
		m.StateUpdatedTimestamp, m.StateTransitionedTimestamp = old.metric.StateUpdatedTimestamp, old.metric.StateTransitionedTimestamp
		old.metric = m
		return &cw.PutMetricAlarmOutput{}, nil
	}
	a := &alarm{scope: c.Scope, metric: m, tags: map[string]string{}}
	for _, t := range in.Tags {
		a.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	s.alarms[arn] = a
	return &cw.PutMetricAlarmOutput{}, nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (s *Service) describeAlarms(c *api.Call, in *cw.DescribeAlarmsInput) (*cw.DescribeAlarmsOutput, error) {
	if in.AlarmNamePrefix != nil && len(in.AlarmNames) > 0 {
		return nil, invalid("AlarmNamePrefix and AlarmNames cannot both be specified")
	}
	if in.ChildrenOfAlarmName != nil || in.ParentsOfAlarmName != nil {
		return nil, invalid("Composite alarms are not simulated")
	}
	out := &cw.DescribeAlarmsOutput{MetricAlarms: []types.MetricAlarm{}, CompositeAlarms: []types.CompositeAlarm{}}
	if len(in.AlarmTypes) > 0 && !slices.Contains(in.AlarmTypes, types.AlarmTypeMetricAlarm) {
		return out, nil
	}
	var found []*alarm
	for _, arn := range slices.Sorted(maps.Keys(s.alarms)) {
		if a := s.alarms[arn]; a.scope == c.Scope && a.wanted(in) {
			found = append(found, a)
		}
	}
	page, next, ok := paging.Cut(found, func(a *alarm) string { return *a.metric.AlarmArn }, in.NextToken, paging.Size(in.MaxRecords, 50, 100))
	if !ok {
		return nil, &api.Error{Code: "InvalidNextToken", Message: "The next token specified is invalid."}
	}
	for _, a := range page {
		out.MetricAlarms = append(out.MetricAlarms, a.metric)
	}
	out.NextToken = next
	return out, nil
}

func (a *alarm) wanted(in *cw.DescribeAlarmsInput) bool {
	name := aws.ToString(a.metric.AlarmName)
	hasAction := func(list []string) bool {
		return slices.ContainsFunc(list, func(arn string) bool { return strings.HasPrefix(arn, aws.ToString(in.ActionPrefix)) })
	}
	return strings.HasPrefix(name, aws.ToString(in.AlarmNamePrefix)) &&
		(len(in.AlarmNames) == 0 || slices.Contains(in.AlarmNames, name)) &&
		(in.StateValue == "" || in.StateValue == a.metric.StateValue) &&
		(in.ActionPrefix == nil || hasAction(a.metric.AlarmActions) || hasAction(a.metric.OKActions) || hasAction(a.metric.InsufficientDataActions))
}

// deleteAlarms deletes all of the alarms or, when one of several is missing, none.
func (s *Service) deleteAlarms(c *api.Call, in *cw.DeleteAlarmsInput) (*cw.DeleteAlarmsOutput, error) {
	for _, name := range in.AlarmNames {
		if s.alarms[arnOf(c.Scope, name)] == nil && len(in.AlarmNames) > 1 {
			return nil, &api.Error{Code: "ResourceNotFound", Message: "The alarm " + name + " does not exist", Status: 404}
		}
	}
	for _, name := range in.AlarmNames {
		delete(s.alarms, arnOf(c.Scope, name))
	}
	return &cw.DeleteAlarmsOutput{}, nil
}

func (s *Service) listTags(c *api.Call, in *cw.ListTagsForResourceInput) (*cw.ListTagsForResourceOutput, error) {
	a, ok := s.alarms[aws.ToString(in.ResourceARN)]
	if !ok || a.scope != c.Scope {
		return nil, &api.Error{Code: "ResourceNotFoundException", Message: "Resource " + aws.ToString(in.ResourceARN) + " not found", Status: 404}
	}
	out := &cw.ListTagsForResourceOutput{Tags: []types.Tag{}}
	for _, k := range slices.Sorted(maps.Keys(a.tags)) {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(k), Value: aws.String(a.tags[k])})
	}
	return out, nil
}
