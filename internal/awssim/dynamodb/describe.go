package dynamodb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

func (s *Service) describeTable(c *api.Call, in *dynamodb.DescribeTableInput) (*dynamodb.DescribeTableOutput, error) {
	t, err := s.find(c, in.TableName)
	if err != nil {
		return nil, err
	}
	return &dynamodb.DescribeTableOutput{Table: s.describe(t)}, nil
}

// describe is the table's public description.
func (s *Service) describe(t *table) *types.TableDescription {
	s.watchKey(t)
	d := &types.TableDescription{
		TableName: aws.String(t.name), TableArn: aws.String(t.arn), TableId: aws.String(t.id), TableStatus: s.visibleStatus(t),
		CreationDateTime: aws.Time(t.created), AttributeDefinitions: slices.Clone(t.def.attrs), KeySchema: slices.Clone(t.def.keys),
		ItemCount: aws.Int64(t.count()), TableSizeBytes: aws.Int64(t.size()), DeletionProtectionEnabled: aws.Bool(t.protected),
		ProvisionedThroughput: throughputDescription(t.def.throughput), OnDemandThroughput: t.def.onDemand, RestoreSummary: t.restoring,
		ArchivalSummary: t.archive, Replicas: s.describeReplicas(t), WarmThroughput: t.warm(),
	}
	d.ProvisionedThroughput.LastIncreaseDateTime, d.ProvisionedThroughput.LastDecreaseDateTime = t.increase, t.decrease
	d.ProvisionedThroughput.NumberOfDecreasesToday = aws.Int64(t.decreased)
	if t.def.billing == types.BillingModePayPerRequest || t.wasOnDem != nil {
		d.BillingModeSummary = &types.BillingModeSummary{BillingMode: t.def.billing, LastUpdateToPayPerRequestDateTime: t.wasOnDem}
	}
	if t.def.class != "" {
		d.TableClassSummary = &types.TableClassSummary{TableClass: t.def.class}
	}
	if t.def.sse.key != "" {
		d.SSEDescription = t.sseDescription()
	}
	if len(d.Replicas) > 0 {
		d.GlobalTableVersion = aws.String("2019.11.21")
	}
	t.describeStream(d)
	t.describeIndexes(d)
	return d
}

func (t *table) describeStream(d *types.TableDescription) {
	if t.stream == nil {
		return
	}
	d.LatestStreamArn, d.LatestStreamLabel = aws.String(t.stream.arn), aws.String(t.stream.label)
	if t.stream.enabled() {
		d.StreamSpecification = t.stream.spec()
	}
}

func (t *table) describeIndexes(d *types.TableDescription) {
	for _, x := range t.indexes {
		arn := aws.String(t.arn + "/index/" + x.name)
		if !x.global {
			d.LocalSecondaryIndexes = append(d.LocalSecondaryIndexes, types.LocalSecondaryIndexDescription{
				IndexName: aws.String(x.name), IndexArn: arn, KeySchema: x.keys, Projection: new(x.projection),
				ItemCount: aws.Int64(int64(x.tree.Len())), IndexSizeBytes: aws.Int64(x.bytes),
			})
			continue
		}
		g := types.GlobalSecondaryIndexDescription{
			IndexName: aws.String(x.name), IndexArn: arn, KeySchema: x.keys, Projection: new(x.projection), IndexStatus: x.status,
			ItemCount: aws.Int64(int64(x.tree.Len())), IndexSizeBytes: aws.Int64(x.bytes), OnDemandThroughput: x.onDemand,
			ProvisionedThroughput: throughputDescription(x.throughput), WarmThroughput: t.indexWarm(x),
		}
		if x.status == types.IndexStatusCreating && t.status != types.TableStatusCreating {
			g.Backfilling = aws.Bool(true)
		}
		d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, g)
	}
}

func throughputDescription(p types.ProvisionedThroughput) *types.ProvisionedThroughputDescription {
	return &types.ProvisionedThroughputDescription{
		NumberOfDecreasesToday: aws.Int64(0),
		ReadCapacityUnits:      aws.Int64(aws.ToInt64(p.ReadCapacityUnits)),
		WriteCapacityUnits:     aws.Int64(aws.ToInt64(p.WriteCapacityUnits)),
	}
}

// Warm throughput that AWS gives every on-demand table ("Understanding DynamoDB warm throughput").
const (
	warmReads  = 12000
	warmWrites = 4000
)

func (t *table) warm() *types.TableWarmThroughputDescription {
	r, w := t.warmUnits(t.def.warm, t.def.throughput)
	status := types.TableStatusActive
	if t.status == types.TableStatusUpdating {
		status = types.TableStatusUpdating
	}
	return &types.TableWarmThroughputDescription{ReadUnitsPerSecond: r, WriteUnitsPerSecond: w, Status: status}
}

func (t *table) indexWarm(x *index) *types.GlobalSecondaryIndexWarmThroughputDescription {
	r, w := t.warmUnits(x.warm, x.throughput)
	return &types.GlobalSecondaryIndexWarmThroughputDescription{ReadUnitsPerSecond: r, WriteUnitsPerSecond: w, Status: x.status}
}

func (t *table) warmUnits(set *types.WarmThroughput, p types.ProvisionedThroughput) (reads, writes *int64) {
	reads, writes = p.ReadCapacityUnits, p.WriteCapacityUnits
	if t.def.billing == types.BillingModePayPerRequest {
		reads, writes = aws.Int64(warmReads), aws.Int64(warmWrites)
	}
	if set != nil && set.ReadUnitsPerSecond != nil {
		reads = set.ReadUnitsPerSecond
	}
	if set != nil && set.WriteUnitsPerSecond != nil {
		writes = set.WriteUnitsPerSecond
	}
	return reads, writes
}

func (t *table) sseDescription() *types.SSEDescription {
	d := &types.SSEDescription{Status: types.SSEStatusEnabled, SSEType: types.SSETypeKms, KMSMasterKeyArn: aws.String(t.def.sse.key)}
	if !t.lostKey.IsZero() {
		d.InaccessibleEncryptionDateTime = aws.Time(t.lostKey)
	}
	return d
}

func (s *Service) listTables(c *api.Call, in *dynamodb.ListTablesInput) (*dynamodb.ListTablesOutput, error) {
	limit := 100
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if limit < 1 || limit > 100 {
		return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value between 1 and 100", limit)
	}
	names := s.region(c.Scope).names()
	from := 0
	if start := aws.ToString(in.ExclusiveStartTableName); start != "" {
		i, found := slices.BinarySearch(names, start)
		if from = i; found {
			from++
		}
	}
	out := &dynamodb.ListTablesOutput{TableNames: names[from:]}
	if len(out.TableNames) > limit {
		out.TableNames = out.TableNames[:limit]
		out.LastEvaluatedTableName = aws.String(out.TableNames[limit-1])
	}
	return out, nil
}
