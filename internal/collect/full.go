package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/estate"
)

// describeTTL: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
func describeTTL(ctx context.Context, q question, s *slot) {
	out, src, err := ask(ctx, q, q.u.scope.DynamoDB.DescribeTimeToLive, &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(q.resource)})
	if err == nil && out.TimeToLiveDescription == nil {
		src, err = q.u.missing(src, "time to live description"), errMissing
	}
	if err != nil {
		forgetTTL(&s.table, src)
		return
	}
	s.table.TTLStatus = word(out.TimeToLiveDescription.TimeToLiveStatus, src)
	s.table.TTLAttribute = text(out.TimeToLiveDescription.AttributeName, src)
}

func forgetTTL(t *estate.Table, src estate.Source) {
	t.TTLStatus, t.TTLAttribute = estate.UnknownFact[string](src), estate.UnknownFact[string](src)
}

// getResourcePolicy: PolicyNotFoundException is the answer "none". The call wants an ARN.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
func getResourcePolicy(ctx context.Context, q question, s *slot) {
	if s.arn == "" { // without the account there is no ARN to ask about
		q.u.tally.end(q.call)
		forgetResourcePolicy(&s.table, q.u.unit.Account.Source())
		return
	}
	out, src, err := ask(ctx, q, q.u.scope.DynamoDB.GetResourcePolicy, &dynamodb.GetResourcePolicyInput{ResourceArn: aws.String(s.arn)})
	switch {
	case hasCode(err, "PolicyNotFoundException"):
		s.table.ResourcePolicy = estate.AbsentFact[string](q.u.answered(src))
	case err != nil:
		forgetResourcePolicy(&s.table, src)
	default:
		s.table.ResourcePolicy = text(out.Policy, src)
	}
}

func forgetResourcePolicy(t *estate.Table, src estate.Source) {
	t.ResourcePolicy = estate.UnknownFact[string](src)
}

// describeKinesis: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeKinesisStreamingDestination.html
func describeKinesis(ctx context.Context, q question, s *slot) {
	out, src, err := ask(ctx, q, q.u.scope.DynamoDB.DescribeKinesisStreamingDestination, &dynamodb.DescribeKinesisStreamingDestinationInput{TableName: aws.String(q.resource)})
	if err != nil {
		forgetKinesis(&s.table, src)
		return
	}
	streams := make([]estate.KinesisStream, 0, len(out.KinesisDataStreamDestinations))
	for _, d := range out.KinesisDataStreamDestinations {
		streams = append(streams, estate.KinesisStream{ARN: aws.ToString(d.StreamArn), Status: string(d.DestinationStatus), Precision: string(d.ApproximateCreationDateTimePrecision)})
	}
	s.table.KinesisStreams = whole(streams, src)
}

func forgetKinesis(t *estate.Table, src estate.Source) {
	t.KinesisStreams = estate.UnknownFact[[]estate.KinesisStream](src)
}

// describeInsights: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContributorInsights.html
func describeInsights(ctx context.Context, q question, s *slot) {
	out, src, err := ask(ctx, q, q.u.scope.DynamoDB.DescribeContributorInsights, &dynamodb.DescribeContributorInsightsInput{TableName: aws.String(q.resource)})
	if err != nil {
		forgetInsights(&s.table, src)
		return
	}
	s.table.ContributorInsights = word(out.ContributorInsightsStatus, src)
}

func forgetInsights(t *estate.Table, src estate.Source) {
	t.ContributorInsights = estate.UnknownFact[string](src)
}
