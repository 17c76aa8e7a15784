package dynamodb

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// needs lists an operation's permissions as "action resource", the account's part of the ARNs left out.
func needs(l *lab, operation string, in any) []string {
	for _, op := range append(l.s.API().Operations, l.s.StreamsAPI().Operations...) {
		if op.Name != operation {
			continue
		}
		var out []string
		for _, a := range op.Access(l.call, in) {
			out = append(out, strings.ReplaceAll(a.Action+" "+a.Resource, here.ARN("dynamodb", ""), ""))
		}
		return out
	}
	return nil
}

func TestAccess(t *testing.T) {
	l := newLab(t, Options{})
	in := simple("secret")
	in.SSESpecification = &types.SSESpecification{Enabled: aws.Bool(true), KMSMasterKeyId: aws.String(cmk)}
	in.Tags = []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}
	l.create(in)
	l.create(simple("orders"))
	restore := []string{"dynamodb:BatchWriteItem table/copy", "dynamodb:DeleteItem table/copy", "dynamodb:GetItem table/copy", "dynamodb:PutItem table/copy", "dynamodb:Query table/copy", "dynamodb:Scan table/copy", "dynamodb:UpdateItem table/copy"}
	tests := []struct {
		operation string
		in        any
		want      []string
	}{
		{"ListTables", &dynamodb.ListTablesInput{}, []string{"dynamodb:ListTables *"}},
		{"ListBackups", &dynamodb.ListBackupsInput{TableName: aws.String("orders")}, []string{"dynamodb:ListBackups *"}},
		{"DescribeEndpoints", &dynamodb.DescribeEndpointsInput{}, nil},
		{"DescribeTable", &dynamodb.DescribeTableInput{TableName: aws.String("orders")}, []string{"dynamodb:DescribeTable table/orders"}},
		{"DescribeTable", &dynamodb.DescribeTableInput{TableName: aws.String(here.ARN("dynamodb", "table/orders"))}, []string{"dynamodb:DescribeTable table/orders"}},
		{"Query", &dynamodb.QueryInput{TableName: aws.String("orders"), IndexName: aws.String("gii")}, []string{"dynamodb:Query table/orders/index/gii"}},
		{"GetItem", &dynamodb.GetItemInput{TableName: aws.String("orders")}, []string{"dynamodb:GetItem table/orders"}},
		{"GetItem", &dynamodb.GetItemInput{TableName: aws.String("secret")}, []string{"dynamodb:GetItem table/secret", "kms:Decrypt " + cmk}},
		{"BatchGetItem", &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{"orders": {}, "other": {}}}, []string{"dynamodb:BatchGetItem table/orders", "dynamodb:BatchGetItem table/other"}},
		{"TransactWriteItems", &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: &types.Put{TableName: aws.String("orders"), Item: item.Item{}}},
			{ConditionCheck: &types.ConditionCheck{TableName: aws.String("orders")}}}}, []string{"dynamodb:PutItem table/orders", "dynamodb:ConditionCheckItem table/orders"}},
		{"DeleteBackup", &dynamodb.DeleteBackupInput{BackupArn: aws.String(here.ARN("dynamodb", "table/orders/backup/1"))}, []string{"dynamodb:DeleteBackup table/orders/backup/1"}},
		{"RestoreTableFromBackup", &dynamodb.RestoreTableFromBackupInput{BackupArn: aws.String(here.ARN("dynamodb", "table/orders/backup/1")), TargetTableName: aws.String("copy")},
			append([]string{"dynamodb:RestoreTableFromBackup table/orders/backup/1", "dynamodb:RestoreTableFromBackup table/copy"}, restore...)},
		{"RestoreTableToPointInTime", &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: aws.String("secret"), TargetTableName: aws.String("copy")},
			append(append([]string{"dynamodb:RestoreTableToPointInTime table/secret", "dynamodb:RestoreTableToPointInTime table/copy"}, restore...), "kms:Decrypt "+cmk)},
		{"GetRecords", &GetRecordsInput{ShardIterator: aws.String(here.ARN("dynamodb", "table/orders/stream/x") + "|1|abc")}, []string{"dynamodb:GetRecords table/orders/stream/x"}},
	}
	for _, tt := range tests {
		if got := needs(l, tt.operation, tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%s needs %v, want %v", tt.operation, got, tt.want)
		}
	}
	create := needs(l, "CreateTable", in)
	for _, want := range []string{"dynamodb:CreateTable table/secret", "dynamodb:TagResource table/secret", "kms:CreateGrant " + cmk, "kms:DescribeKey " + cmk} {
		if !slices.Contains(create, want) {
			t.Errorf("CreateTable needs %v, without %s", create, want)
		}
	}
}

// The rate groups of aws-semantics.md section 6.2: each limited bucket belongs to an operation, each operation of the control plane to a bucket.
func TestRates(t *testing.T) {
	service := newLab(t, Options{}).s.API()
	used := map[string]bool{}
	for _, op := range service.Operations {
		bucket := op.Bucket
		if bucket == "" {
			bucket = op.Name
		}
		used[bucket] = true
	}
	for bucket := range service.Rates {
		if !used[bucket] {
			t.Errorf("no operation draws from %s", bucket)
		}
	}
	if service.Rates["ListBackups"] != (api.Rate{PerSecond: 5, Burst: 5}) || service.Rates["DescribeContinuousBackups"].PerSecond != 10 {
		t.Errorf("%v", service.Rates)
	}
}
