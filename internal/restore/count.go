package restore

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore/settings"
)

// countPace is how many read units a second the count takes of a table on demand; of a provisioned one it takes half of what there is.
const countPace = 500

// expiredFor is how old a time may be: time to live leaves items alone that expired more than five years ago.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
const expiredFor = 5 * 365 * 24 * time.Hour

// countExpired counts what time to live would delete at once, when that was asked for. A count that fails is told in the line, and stops time
// to live from being switched on: the number was to be known before.
func (r *Run) countExpired(ctx context.Context, ttl settings.Value) error {
	if !r.Request.Count || !ttl.Known || ttl.Off() || r.Expired != nil {
		return nil
	}
	r.tell("counting what time to live would delete", "")
	n, err := r.scanExpired(ctx)
	if err == nil {
		r.Expired = &n
		return r.save(ctx, "counted")
	}
	if ctx.Err() != nil || stops(err) {
		return err
	}
	code, message := explain(err)
	r.setStep(settings.TTL, Step{Code: code, Reason: "what it would delete could not be counted, so that it was left off: " + message})
	return r.save(ctx, "counted")
}

// uncounted reports whether a number was asked for and could not be had.
func (r *Run) uncounted() bool { return r.Request.Count && r.Expired == nil }

func (r *Run) setStep(name settings.Setting, at Step) {
	if r.Steps == nil {
		r.Steps = map[settings.Setting]Step{}
	}
	r.Steps[name] = at
}

func (r *Run) scanExpired(ctx context.Context) (int64, error) {
	t, err := r.calm(ctx)
	if err != nil {
		return 0, err
	}
	pace := float64(countPace)
	if p := t.ProvisionedThroughput; p != nil && aws.ToInt64(p.ReadCapacityUnits) > 0 {
		pace = max(float64(*p.ReadCapacityUnits)/2, 1)
	}
	now := r.now()
	in := &dynamodb.ScanInput{TableName: &r.Request.Target, Select: types.SelectCount, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		FilterExpression: aws.String("#t > :old AND #t <= :now"), ExpressionAttributeNames: map[string]string{"#t": r.source.Table.TTLAttribute.Or("")},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":now": &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Unix(), 10)},
			":old": &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Add(-expiredFor).Unix(), 10)}}}
	total := int64(0)
	for {
		out, _, err := awsapi.Invoke(ctx, r.ask(awsapi.Scan, r.Request.Target), r.target().DynamoDB.Scan, in)
		if err != nil {
			return 0, err
		}
		total += int64(out.Count)
		if len(out.LastEvaluatedKey) == 0 {
			return total, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
		if err := rest(ctx, out.ConsumedCapacity, pace); err != nil {
			return 0, err
		}
	}
}

// rest waits as long as the page's units take at the pace.
func rest(ctx context.Context, used *types.ConsumedCapacity, pace float64) error {
	if used == nil {
		return nil
	}
	return awsapi.Pause(ctx, time.Duration(aws.ToFloat64(used.CapacityUnits)/pace*float64(time.Second)))
}
