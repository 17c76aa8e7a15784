package cloudtrail

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// BenchmarkRecord is what being watched costs each call.
func BenchmarkRecord(b *testing.B) {
	s := New(world.New(world.Options{}), nil)
	call := &api.Call{Operation: "DescribeTable", Caller: api.Principal{ARN: "arn:aws:iam::111122223333:user/ann"}}
	in := &dynamodb.DescribeTableInput{TableName: aws.String("orders")}
	b.ReportAllocs()
	for b.Loop() {
		s.Record(Entry{Call: call, Service: "dynamodb", Input: in, SourceIP: "127.0.0.1"})
	}
}
