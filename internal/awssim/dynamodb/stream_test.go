package dynamodb

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

func TestExpiredItemsGoAndTheStreamSaysWhy(t *testing.T) {
	l := newLab(t, Options{})
	in := simple("orders")
	in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages}
	l.create(in)
	must(l, l.s.updateTimeToLive, &dynamodb.UpdateTimeToLiveInput{TableName: aws.String("orders"), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("until"), Enabled: aws.Bool(true)}})
	refused(l, l.s.updateTimeToLive, &dynamodb.UpdateTimeToLiveInput{TableName: aws.String("orders"), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("until"), Enabled: aws.Bool(false)}},
		"ValidationException", "Time to live has been modified multiple times within a fixed interval")
	l.advance(ttlTime)
	at := func(d time.Duration) types.AttributeValue { return num(fmt.Sprint(l.w.Now().Add(d).Unix())) }
	l.put("orders", item.Item{"p": str("soon"), "until": at(time.Hour)})
	l.put("orders", item.Item{"p": str("later"), "until": at(100 * 24 * time.Hour)})
	l.put("orders", item.Item{"p": str("ancient"), "until": at(-6 * 365 * 24 * time.Hour)})
	l.put("orders", item.Item{"p": str("text"), "until": str("tomorrow")})
	l.put("orders", item.Item{"p": str("moved"), "until": at(time.Hour)})
	l.put("orders", item.Item{"p": str("moved"), "until": at(100 * 24 * time.Hour)})
	l.advance(10 * time.Hour)
	if got := len(l.items(here, "orders")); got != 4 {
		t.Errorf("%d items, want all but the expired one", got)
	}
	arn := l.describe("orders").LatestStreamArn
	records := l.records(arn, "TRIM_HORIZON")
	last := records[len(records)-1]
	if *last.EventName != "REMOVE" || last.UserIdentity == nil || *last.UserIdentity.PrincipalId != "dynamodb.amazonaws.com" || last.Dynamodb.OldImage == nil || last.Dynamodb.NewImage != nil {
		t.Errorf("%+v", last)
	}
	if records[0].UserIdentity != nil || *records[0].EventName != "INSERT" {
		t.Errorf("%+v", records[0])
	}
	for i := 1; i < len(records); i++ {
		if *records[i].Dynamodb.SequenceNumber <= *records[i-1].Dynamodb.SequenceNumber {
			t.Error("sequence numbers do not ascend")
		}
	}
	old := must(l, l.s.getShardIterator, &GetShardIteratorInput{StreamArn: arn, ShardId: l.shard(arn), ShardIteratorType: aws.String("AT_SEQUENCE_NUMBER"), SequenceNumber: records[0].Dynamodb.SequenceNumber})
	l.advance(16 * time.Minute)
	refused(l, l.s.getRecords, &GetRecordsInput{ShardIterator: old.ShardIterator}, "ExpiredIteratorException", "")
	l.advance(25 * time.Hour)
	if got := l.records(arn, "TRIM_HORIZON"); len(got) != 0 {
		t.Errorf("%d records are older than a day", len(got))
	}
	refused(l, l.s.getShardIterator, &GetShardIteratorInput{StreamArn: arn, ShardId: l.shard(arn), ShardIteratorType: aws.String("AT_SEQUENCE_NUMBER"), SequenceNumber: records[0].Dynamodb.SequenceNumber}, "TrimmedDataAccessException", "")
	l.advance(101 * 24 * time.Hour)
	if got := len(l.items(here, "orders")); got != 2 {
		t.Errorf("%d items at the end, want 2", got)
	}
}

func (l *lab) shard(arn *string) *string {
	l.Helper()
	return must(l, l.s.describeStream, &DescribeStreamInput{StreamArn: arn}).StreamDescription.Shards[0].ShardId
}

func (l *lab) records(arn *string, from string) []Record {
	l.Helper()
	it := must(l, l.s.getShardIterator, &GetShardIteratorInput{StreamArn: arn, ShardId: l.shard(arn), ShardIteratorType: &from}).ShardIterator
	var out []Record
	for {
		page := must(l, l.s.getRecords, &GetRecordsInput{ShardIterator: it, Limit: aws.Int32(2)})
		if len(page.Records) == 0 {
			return out
		}
		out = append(out, page.Records...)
		it = page.NextShardIterator
	}
}

func TestDisabledStreamStaysReadableForADay(t *testing.T) {
	l := newLab(t, Options{})
	in := simple("orders")
	in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeKeysOnly}
	l.create(in)
	l.put("orders", item.Item{"p": str("a"), "v": num("1")})
	arn := l.describe("orders").LatestStreamArn
	off := &dynamodb.UpdateTableInput{TableName: aws.String("orders"), StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)}}
	must(l, l.s.updateTable, off)
	l.advance(updateTime)
	refused(l, l.s.updateTable, off, "ValidationException", "Table has no stream to disable")
	l.put("orders", item.Item{"p": str("b")})
	it := must(l, l.s.getShardIterator, &GetShardIteratorInput{StreamArn: arn, ShardId: l.shard(arn), ShardIteratorType: aws.String("TRIM_HORIZON")}).ShardIterator
	got := must(l, l.s.getRecords, &GetRecordsInput{ShardIterator: it})
	if len(got.Records) != 1 || got.NextShardIterator != nil || got.Records[0].Dynamodb.NewImage != nil || len(got.Records[0].Dynamodb.Keys) != 1 {
		t.Errorf("%+v", got)
	}
	l.advance(streamRetention)
	refused(l, l.s.describeStream, &DescribeStreamInput{StreamArn: arn}, "ResourceNotFoundException", "")
}
