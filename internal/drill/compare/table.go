package compare

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
)

// ErrSameTable says that a table was to be compared with itself.
var ErrSameTable = errors.New("compare tables: both are the same table")

// StatusError says that a table cannot be read in the state that it is in.
type StatusError struct{ Table, Status string }

func (e *StatusError) Error() string {
	return fmt.Sprintf("read table %s: it is %s", e.Table, e.Status)
}

// shape is what DescribeTable tells of a table, as far as comparing needs it.
type shape struct {
	name, arn, id string
	created       time.Time
	keys          []string // attributes of the primary key: partition key, sort key
	kinds         []string // their types: S, N or B
	items, bytes  int64    // as DynamoDB last counted; it does so every six hours
	capacity      float64  // read units a second that are provisioned, or the maximum on demand; 0: not limited
	stream        string   // ARN of the stream that is on; empty: none
	replicas      int
}

// describe asks for a table. Errors are *awsapi.CallError or *StatusError.
func describe(ctx context.Context, s Side) (*shape, error) {
	in := &dynamodb.DescribeTableInput{TableName: aws.String(s.Table)}
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s.Scope, Call: awsapi.DescribeTable, Resource: s.Table}, s.Scope.DynamoDB.DescribeTable, in)
	if err != nil {
		return nil, err
	}
	t := out.Table
	if t == nil || len(t.KeySchema) == 0 {
		return nil, awsapi.Missing(answer, "key schema")
	}
	d := &shape{
		name: aws.ToString(t.TableName), arn: aws.ToString(t.TableArn), id: aws.ToString(t.TableId), created: aws.ToTime(t.CreationDateTime),
		items: aws.ToInt64(t.ItemCount), bytes: aws.ToInt64(t.TableSizeBytes), capacity: capacityOf(t), replicas: len(t.Replicas),
	}
	if t.StreamSpecification != nil && aws.ToBool(t.StreamSpecification.StreamEnabled) {
		d.stream = aws.ToString(t.LatestStreamArn)
	}
	if err := d.takeKeys(t, answer); err != nil {
		return nil, err
	}
	switch t.TableStatus {
	case types.TableStatusActive, types.TableStatusUpdating:
		return d, nil
	}
	return nil, &StatusError{Table: s.Table, Status: string(t.TableStatus)}
}

func (d *shape) takeKeys(t *types.TableDescription, answer awsapi.Answer) error {
	kinds := map[string]string{}
	for _, a := range t.AttributeDefinitions {
		kinds[aws.ToString(a.AttributeName)] = string(a.AttributeType)
	}
	for _, want := range []types.KeyType{types.KeyTypeHash, types.KeyTypeRange} {
		for _, k := range t.KeySchema {
			if k.KeyType == want {
				d.keys, d.kinds = append(d.keys, aws.ToString(k.AttributeName)), append(d.kinds, kinds[aws.ToString(k.AttributeName)])
			}
		}
	}
	for _, kind := range d.kinds {
		if kind == "" {
			return awsapi.Missing(answer, "type of a key attribute")
		}
	}
	return nil
}

// schema writes the primary key for people: "customer (S), placed (N)".
func (d *shape) schema() string {
	var parts []string
	for i, name := range d.keys {
		parts = append(parts, name+" ("+d.kinds[i]+")")
	}
	return strings.Join(parts, ", ")
}

func capacityOf(t *types.TableDescription) float64 {
	if t.BillingModeSummary != nil && t.BillingModeSummary.BillingMode == types.BillingModePayPerRequest {
		if o := t.OnDemandThroughput; o != nil && aws.ToInt64(o.MaxReadRequestUnits) > 0 {
			return float64(*o.MaxReadRequestUnits)
		}
		return 0
	}
	if p := t.ProvisionedThroughput; p != nil {
		return float64(aws.ToInt64(p.ReadCapacityUnits))
	}
	return 0
}
