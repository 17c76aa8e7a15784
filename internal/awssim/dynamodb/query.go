package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/awssim/api"
)

func (s *Service) query(c *api.Call, in *dynamodb.QueryInput) (*dynamodb.QueryOutput, error) {
	if len(in.KeyConditions) > 0 || len(in.QueryFilter) > 0 || len(in.AttributesToGet) > 0 || in.ConditionalOperator != "" {
		return nil, unsupported("Query", "KeyConditions, QueryFilter or AttributesToGet")
	}
	if in.KeyConditionExpression == nil {
		return nil, invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	r := &reading{
		table: in.TableName, index: in.IndexName, names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues, keyCondition: in.KeyConditionExpression,
		filter: in.FilterExpression, projection: in.ProjectionExpression, selects: in.Select, limit: in.Limit, start: in.ExclusiveStartKey,
		backward: in.ScanIndexForward != nil && !*in.ScanIndexForward, consistent: aws.ToBool(in.ConsistentRead),
	}
	p, err := s.read(c, r)
	if err != nil {
		return nil, err
	}
	return &dynamodb.QueryOutput{Items: p.items, Count: p.count, ScannedCount: p.scanned, LastEvaluatedKey: p.last,
		ConsumedCapacity: p.consumedTotal.answer(in.ReturnConsumedCapacity)}, nil
}

func (s *Service) scan(c *api.Call, in *dynamodb.ScanInput) (*dynamodb.ScanOutput, error) {
	if len(in.ScanFilter) > 0 || len(in.AttributesToGet) > 0 || in.ConditionalOperator != "" {
		return nil, unsupported("Scan", "ScanFilter or AttributesToGet")
	}
	r := &reading{
		table: in.TableName, index: in.IndexName, names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		filter: in.FilterExpression, projection: in.ProjectionExpression, selects: in.Select, limit: in.Limit, start: in.ExclusiveStartKey,
		consistent: aws.ToBool(in.ConsistentRead), segment: in.Segment, totalSegments: in.TotalSegments,
	}
	p, err := s.read(c, r)
	if err != nil {
		return nil, err
	}
	return &dynamodb.ScanOutput{Items: p.items, Count: p.count, ScannedCount: p.scanned, LastEvaluatedKey: p.last,
		ConsumedCapacity: p.consumedTotal.answer(in.ReturnConsumedCapacity)}, nil
}
