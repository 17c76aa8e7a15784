package restore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore/settings"
)

// native makes the one request of a native restore.
func (r *Run) native(ctx context.Context) (*types.TableDescription, awsapi.Answer, error) {
	o, err := r.overrides(ctx)
	if err != nil {
		return nil, awsapi.Answer{}, err
	}
	if r.Request.Kind == settings.ByPITR {
		return r.toPointInTime(ctx, o)
	}
	return r.fromBackup(ctx, o)
}

// overrides are what the request changes. Encryption is always named: whether a native restore goes on with a customer's key is not documented,
// and another Region demands it.
type overrides struct {
	billing types.BillingMode
	through *types.ProvisionedThroughput
	global  []types.GlobalSecondaryIndex
	local   []types.LocalSecondaryIndex
	sse     *types.SSESpecification
}

// toPointInTime: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
func (r *Run) toPointInTime(ctx context.Context, o overrides) (*types.TableDescription, awsapi.Answer, error) {
	in := &dynamodb.RestoreTableToPointInTimeInput{SourceTableArn: &r.Request.Table, TargetTableName: &r.Request.Target, SSESpecificationOverride: o.sse,
		BillingModeOverride: o.billing, ProvisionedThroughputOverride: o.through, GlobalSecondaryIndexOverride: o.global, LocalSecondaryIndexOverride: o.local}
	if r.Request.At.IsZero() {
		in.UseLatestRestorableTime = aws.Bool(true)
	} else {
		in.RestoreDateTime = aws.Time(r.Request.At)
	}
	s := r.target()
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.RestoreTableToPointInTime, Resource: r.Request.Table}, s.DynamoDB.RestoreTableToPointInTime, in)
	if err != nil {
		return nil, answer, err
	}
	return out.TableDescription, answer, nil
}

// fromBackup: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
func (r *Run) fromBackup(ctx context.Context, o overrides) (*types.TableDescription, awsapi.Answer, error) {
	in := &dynamodb.RestoreTableFromBackupInput{BackupArn: &r.Request.ARN, TargetTableName: &r.Request.Target, SSESpecificationOverride: o.sse,
		BillingModeOverride: o.billing, ProvisionedThroughputOverride: o.through, GlobalSecondaryIndexOverride: o.global, LocalSecondaryIndexOverride: o.local}
	s := r.target()
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.RestoreTableFromBackup, Resource: r.Request.ARN}, s.DynamoDB.RestoreTableFromBackup, in)
	if err != nil {
		return nil, answer, err
	}
	return out.TableDescription, answer, nil
}

func (r *Run) overrides(ctx context.Context) (overrides, error) {
	o := overrides{sse: encrypted(r.Request.Key)}
	if b := r.Request.Billing; b != nil {
		o.billing = types.BillingModePayPerRequest
		if b.Provisioned {
			o.billing, o.through = types.BillingModeProvisioned, &types.ProvisionedThroughput{ReadCapacityUnits: &b.Read, WriteCapacityUnits: &b.Write}
		}
	}
	if !r.Request.Indexes.Some {
		return o, nil
	}
	global, local, err := r.indexes(ctx)
	if err != nil {
		return o, err
	}
	o.global, o.local = []types.GlobalSecondaryIndex{}, []types.LocalSecondaryIndex{} // an empty list is none, no list is all
	for _, g := range global {
		if r.Request.Indexes.Wants(aws.ToString(g.IndexName)) {
			o.global = append(o.global, o.globalIndex(g))
		}
	}
	for _, l := range local {
		if r.Request.Indexes.Wants(aws.ToString(l.IndexName)) {
			o.local = append(o.local, types.LocalSecondaryIndex{IndexName: l.IndexName, KeySchema: l.KeySchema, Projection: l.Projection})
		}
	}
	return o, r.missingIndexes(global, local)
}

// globalIndex: with provisioned capacity an index needs its own.
func (o overrides) globalIndex(g types.GlobalSecondaryIndexInfo) types.GlobalSecondaryIndex {
	out := types.GlobalSecondaryIndex{IndexName: g.IndexName, KeySchema: g.KeySchema, Projection: g.Projection}
	p := g.ProvisionedThroughput
	if o.through != nil {
		out.ProvisionedThroughput = o.through
	} else if o.billing == "" && p != nil && aws.ToInt64(p.ReadCapacityUnits) > 0 {
		out.ProvisionedThroughput = p
	}
	return out
}

func (r *Run) missingIndexes(global []types.GlobalSecondaryIndexInfo, local []types.LocalSecondaryIndexInfo) error {
	there := map[string]bool{}
	for _, g := range global {
		there[aws.ToString(g.IndexName)] = true
	}
	for _, l := range local {
		there[aws.ToString(l.IndexName)] = true
	}
	for _, name := range r.Request.Indexes.Names {
		if !there[name] {
			return invalid("restorable restore TABLE --list, or leave it out of --indexes", "there is no index %s", name)
		}
	}
	return nil
}

// indexes are those of the point: a backup holds its own, PITR those of the table as it is now.
func (r *Run) indexes(ctx context.Context) ([]types.GlobalSecondaryIndexInfo, []types.LocalSecondaryIndexInfo, error) {
	s := r.account.Scope(r.Request.Region)
	if r.Request.Kind == settings.ByBackup {
		out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.DescribeBackup, Resource: r.Request.ARN}, s.DynamoDB.DescribeBackup, &dynamodb.DescribeBackupInput{BackupArn: &r.Request.ARN})
		if err != nil {
			return nil, nil, err
		}
		if out.BackupDescription == nil {
			return nil, nil, awsapi.Missing(answer, "description of the backup")
		}
		if f := out.BackupDescription.SourceTableFeatureDetails; f != nil {
			return f.GlobalSecondaryIndexes, f.LocalSecondaryIndexes, nil
		}
		return nil, nil, nil
	}
	name := nameOf(r.Request.Table)
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.DescribeTable, Resource: name}, s.DynamoDB.DescribeTable, &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		return nil, nil, err
	}
	if out.Table == nil {
		return nil, nil, awsapi.Missing(answer, "table")
	}
	return indexesOf(out.Table)
}

func indexesOf(t *types.TableDescription) (global []types.GlobalSecondaryIndexInfo, local []types.LocalSecondaryIndexInfo, err error) {
	for _, g := range t.GlobalSecondaryIndexes {
		one := types.GlobalSecondaryIndexInfo{IndexName: g.IndexName, KeySchema: g.KeySchema, Projection: g.Projection}
		if p := g.ProvisionedThroughput; p != nil {
			one.ProvisionedThroughput = &types.ProvisionedThroughput{ReadCapacityUnits: p.ReadCapacityUnits, WriteCapacityUnits: p.WriteCapacityUnits}
		}
		global = append(global, one)
	}
	for _, l := range t.LocalSecondaryIndexes {
		local = append(local, types.LocalSecondaryIndexInfo{IndexName: l.IndexName, KeySchema: l.KeySchema, Projection: l.Projection})
	}
	return global, local, nil
}

// encrypted: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html
func encrypted(k Key) *types.SSESpecification {
	if k.Level == AWSOwned {
		return &types.SSESpecification{Enabled: aws.Bool(false)}
	}
	spec := &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms}
	if k.Level == Customer {
		spec.KMSMasterKeyId = &k.ARN
	}
	return spec
}
