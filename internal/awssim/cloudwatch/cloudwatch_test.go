package cloudwatch

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

func newFixture() (*Service, *api.Call) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	return New(world.New(world.Options{Start: start, Real: func() time.Time { return start }})),
		&api.Call{Scope: world.Scope{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}}
}

func code(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func alarmOn(name string) *cw.PutMetricAlarmInput {
	return &cw.PutMetricAlarmInput{AlarmName: &name, Namespace: aws.String("AWS/DynamoDB"), MetricName: aws.String("UserErrors"), Statistic: types.StatisticSum,
		Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
		Dimensions: []types.Dimension{{Name: aws.String("TableName"), Value: aws.String("orders")}}, AlarmActions: []string{"arn:aws:sns:eu-west-1:111122223333:ops"},
		Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}
}

func TestAlarmsComeBackAsTheyWerePut(t *testing.T) {
	s, c := newFixture()
	if _, err := s.putMetricAlarm(c, alarmOn("orders-errors")); err != nil {
		t.Fatal(err)
	}
	changed := alarmOn("orders-errors")
	changed.Threshold = aws.Float64(5)
	if _, err := s.putMetricAlarm(c, changed); err != nil {
		t.Fatal(err)
	}
	out, err := s.describeAlarms(c, &cw.DescribeAlarmsInput{AlarmNames: []string{"orders-errors", "none"}})
	if err != nil || len(out.MetricAlarms) != 1 {
		t.Fatalf("got %+v, %v", out, err)
	}
	a := out.MetricAlarms[0]
	if *a.Threshold != 5 || !*a.ActionsEnabled || a.StateValue != types.StateValueInsufficientData || *a.Dimensions[0].Value != "orders" || *a.AlarmArn != "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-errors" {
		t.Errorf("got %+v", a)
	}
	tags, err := s.listTags(c, &cw.ListTagsForResourceInput{ResourceARN: a.AlarmArn})
	if err != nil || len(tags.Tags) != 1 {
		t.Errorf("got %+v, %v", tags, err)
	}
}

func TestPagesPrefixesAndDeletion(t *testing.T) {
	s, c := newFixture()
	for i := range 7 {
		if _, err := s.putMetricAlarm(c, alarmOn(fmt.Sprintf("orders-%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.putMetricAlarm(c, alarmOn("users")); err != nil {
		t.Fatal(err)
	}
	seen, in := 0, &cw.DescribeAlarmsInput{AlarmNamePrefix: aws.String("orders-"), MaxRecords: aws.Int32(3)}
	for range 3 {
		out, err := s.describeAlarms(c, in)
		if err != nil {
			t.Fatal(err)
		}
		seen, in.NextToken = seen+len(out.MetricAlarms), out.NextToken
	}
	if seen != 7 || in.NextToken != nil {
		t.Errorf("saw %d", seen)
	}
	if _, err := s.deleteAlarms(c, &cw.DeleteAlarmsInput{AlarmNames: []string{"users", "none"}}); code(err) != "ResourceNotFound" {
		t.Errorf("got %v", err)
	}
	if out, err := s.describeAlarms(c, &cw.DescribeAlarmsInput{AlarmNamePrefix: aws.String("users")}); err != nil || len(out.MetricAlarms) != 1 {
		t.Errorf("one missing name deletes nothing: %+v, %v", out, err)
	}
	if _, err := s.deleteAlarms(c, &cw.DeleteAlarmsInput{AlarmNames: []string{"users"}}); err != nil {
		t.Fatal(err)
	}
	if out, err := s.describeAlarms(c, &cw.DescribeAlarmsInput{ActionPrefix: aws.String("arn:aws:sns")}); err != nil || len(out.MetricAlarms) != 7 {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestIncompleteAlarmsAreRefused(t *testing.T) {
	s, c := newFixture()
	for name, spoil := range map[string]func(*cw.PutMetricAlarmInput){
		"no metric":       func(in *cw.PutMetricAlarmInput) { in.MetricName = nil },
		"no statistic":    func(in *cw.PutMetricAlarmInput) { in.Statistic = "" },
		"no threshold":    func(in *cw.PutMetricAlarmInput) { in.Threshold = nil },
		"odd period":      func(in *cw.PutMetricAlarmInput) { in.Period = aws.Int32(45) },
		"too many points": func(in *cw.PutMetricAlarmInput) { in.DatapointsToAlarm = aws.Int32(2) },
	} {
		in := alarmOn("a")
		spoil(in)
		if _, err := s.putMetricAlarm(c, in); code(err) != "ValidationError" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
