package collect

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectStreamReaders lists all event source mappings of the Region at once, and keeps those on streams of tables.
// https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
func (u *unitRun) collectStreamReaders(ctx context.Context) {
	list := &u.unit.StreamReaders
	if !u.needs(awsapi.GroupStreamReaders) {
		list.Whole = u.skipped(awsapi.ListEventSourceMappings)
		return
	}
	list.Whole = pages[lambda.ListEventSourceMappingsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*lambda.ListEventSourceMappingsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Lambda.ListEventSourceMappings, &lambda.ListEventSourceMappingsInput{Marker: token, MaxItems: aws.Int32(100)})
		},
		add: func(page *lambda.ListEventSourceMappingsOutput, src estate.Source) {
			for i := range page.EventSourceMappings {
				if m := &page.EventSourceMappings[i]; isTableStream(aws.ToString(m.EventSourceArn)) {
					list.Items = append(list.Items, streamReaderOf(m, src))
				}
			}
		},
		lacks: func(page *lambda.ListEventSourceMappingsOutput) bool { return page.EventSourceMappings == nil },
		next:  func(page *lambda.ListEventSourceMappingsOutput) *string { return page.NextMarker },
	}.read(ctx, question{u: u, call: awsapi.ListEventSourceMappings})
}

func isTableStream(arn string) bool {
	return strings.Contains(arn, ":dynamodb:") && strings.Contains(arn, "/stream/")
}

func streamReaderOf(m *types.EventSourceMappingConfiguration, src estate.Source) estate.StreamReader {
	return estate.StreamReader{
		ID: aws.ToString(m.UUID), Stream: text(m.EventSourceArn, src), Function: text(m.FunctionArn, src), State: text(m.State, src), Result: text(m.LastProcessingResult, src),
	}
}
