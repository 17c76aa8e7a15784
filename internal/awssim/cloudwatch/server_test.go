package cloudwatch_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
)

func TestTheSDKPagesAlarms(t *testing.T) {
	client := cw.NewFromConfig(simtest.Start(t, awssim.Options{}).Config())
	for _, name := range []string{"a", "b", "c"} {
		_, err := client.PutMetricAlarm(t.Context(), &cw.PutMetricAlarmInput{AlarmName: &name, Namespace: aws.String("AWS/DynamoDB"), MetricName: aws.String("ReadThrottleEvents"),
			Statistic: types.StatisticSum, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(2), Threshold: aws.Float64(1.5),
			ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, Dimensions: []types.Dimension{{Name: aws.String("TableName"), Value: aws.String("orders")}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	p := cw.NewDescribeAlarmsPaginator(client, &cw.DescribeAlarmsInput{MaxRecords: aws.Int32(2)})
	for p.HasMorePages() {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range out.MetricAlarms {
			if *a.Threshold != 1.5 || *a.Dimensions[0].Value != "orders" || a.AlarmConfigurationUpdatedTimestamp.IsZero() {
				t.Errorf("got %+v", a)
			}
			seen++
		}
	}
	if seen != 3 {
		t.Errorf("saw %d alarms", seen)
	}
	var e smithy.APIError
	if _, err := client.DescribeAlarms(t.Context(), &cw.DescribeAlarmsInput{NextToken: aws.String("x")}); !errors.As(err, &e) || e.ErrorCode() != "InvalidNextToken" {
		t.Errorf("got %v", err)
	}
}
