package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/awssim/api"
)

// Rate groups that several operations share.
const (
	bucketDescribe = "describe"
	bucketMutate   = "mutate"
	bucketTagging  = "tagging"
	bucketInsights = "insights"
)

// API declares DynamoDB.
func (s *Service) API() api.Service {
	ops := s.tableOperations()
	ops = append(ops, s.settingOperations()...)
	ops = append(ops, s.backupOperations()...)
	ops = append(ops, s.itemOperations()...)
	return api.Service{Name: "dynamodb", Model: "dynamodb", Operations: ops, Rates: rates(), Throttle: throttle(), Other: other}
}

func throttle() api.Error { return api.Error{Code: "ThrottlingException", Message: "Rate exceeded"} }

func other(operation string) error {
	return invalid("The simulator does not implement %s", operation)
}

// rates are those of aws-semantics.md section 6.2; bursts were observed for ListBackups (5) and Describe/DeleteBackup (13) alone.
func rates() map[string]api.Rate {
	even := func(n int) api.Rate { return api.Rate{PerSecond: float64(n), Burst: n} }
	return map[string]api.Rate{
		bucketDescribe: even(2500), bucketMutate: even(2500), "GetResourcePolicy": even(100), "PutResourcePolicy": even(25), "DeleteResourcePolicy": even(50),
		"DescribeContinuousBackups": even(10), "DescribeTimeToLive": even(10), "DescribeBackup": {PerSecond: 10, Burst: 13}, "DeleteBackup": {PerSecond: 10, Burst: 13},
		"RestoreTableFromBackup": even(10), "ListTagsOfResource": even(10), "DescribeTableReplicaAutoScaling": even(10), "CreateBackup": even(50), "ListBackups": even(5),
		bucketTagging: even(5), bucketInsights: even(5), "DescribeLimits": {PerSecond: 1.0 / 60, Burst: 1},
	}
}

func (s *Service) tableOperations() []api.Operation {
	return []api.Operation{
		api.Op("CreateTable", s.accessCreateTable, s.createTable).In(bucketMutate),
		api.Op("DescribeTable", onTable("DescribeTable", func(in *dynamodb.DescribeTableInput) *string { return in.TableName }), s.describeTable).In(bucketDescribe),
		api.Op("ListTables", anywhere[dynamodb.ListTablesInput]("ListTables"), s.listTables).In(bucketDescribe),
		api.Op("UpdateTable", s.accessUpdateTable, s.updateTable).In(bucketMutate),
		api.Op("DeleteTable", onTable("DeleteTable", func(in *dynamodb.DeleteTableInput) *string { return in.TableName }), s.deleteTable).In(bucketMutate),
		api.Op("DescribeLimits", anywhere[dynamodb.DescribeLimitsInput]("DescribeLimits"), s.describeLimits),
		api.Op("DescribeEndpoints", nothing[dynamodb.DescribeEndpointsInput], s.describeEndpoints),
		api.Op("DescribeTableReplicaAutoScaling", onTable("DescribeTableReplicaAutoScaling", func(in *dynamodb.DescribeTableReplicaAutoScalingInput) *string { return in.TableName }), s.describeTableReplicaAutoScaling),
		api.Op("ListGlobalTables", anywhere[dynamodb.ListGlobalTablesInput]("ListGlobalTables"), s.listGlobalTables),
		api.Op("DescribeGlobalTable", anywhere[dynamodb.DescribeGlobalTableInput]("DescribeGlobalTable"),
			legacyGlobalTable[dynamodb.DescribeGlobalTableInput, dynamodb.DescribeGlobalTableOutput](func(in *dynamodb.DescribeGlobalTableInput) *string { return in.GlobalTableName })),
		api.Op("DescribeGlobalTableSettings", anywhere[dynamodb.DescribeGlobalTableSettingsInput]("DescribeGlobalTableSettings"),
			legacyGlobalTable[dynamodb.DescribeGlobalTableSettingsInput, dynamodb.DescribeGlobalTableSettingsOutput](func(in *dynamodb.DescribeGlobalTableSettingsInput) *string { return in.GlobalTableName })),
	}
}

func (s *Service) settingOperations() []api.Operation {
	return []api.Operation{
		api.Op("DescribeTimeToLive", onTable("DescribeTimeToLive", func(in *dynamodb.DescribeTimeToLiveInput) *string { return in.TableName }), s.describeTimeToLive),
		api.Op("UpdateTimeToLive", onTable("UpdateTimeToLive", func(in *dynamodb.UpdateTimeToLiveInput) *string { return in.TableName }), s.updateTimeToLive).In(bucketMutate),
		api.Op("TagResource", onARN("TagResource", func(in *dynamodb.TagResourceInput) *string { return in.ResourceArn }), s.tagResource).In(bucketTagging),
		api.Op("UntagResource", onARN("UntagResource", func(in *dynamodb.UntagResourceInput) *string { return in.ResourceArn }), s.untagResource).In(bucketTagging),
		api.Op("ListTagsOfResource", onARN("ListTagsOfResource", func(in *dynamodb.ListTagsOfResourceInput) *string { return in.ResourceArn }), s.listTagsOfResource),
		api.Op("PutResourcePolicy", onARN("PutResourcePolicy", func(in *dynamodb.PutResourcePolicyInput) *string { return in.ResourceArn }), s.putResourcePolicy),
		api.Op("GetResourcePolicy", onARN("GetResourcePolicy", func(in *dynamodb.GetResourcePolicyInput) *string { return in.ResourceArn }), s.getResourcePolicy),
		api.Op("DeleteResourcePolicy", onARN("DeleteResourcePolicy", func(in *dynamodb.DeleteResourcePolicyInput) *string { return in.ResourceArn }), s.deleteResourcePolicy),
		api.Op("DescribeKinesisStreamingDestination", onTable("DescribeKinesisStreamingDestination", func(in *dynamodb.DescribeKinesisStreamingDestinationInput) *string { return in.TableName }), s.describeKinesis),
		api.Op("EnableKinesisStreamingDestination", accessEnableKinesis, s.enableKinesis).In(bucketMutate),
		api.Op("DisableKinesisStreamingDestination", onTable("DisableKinesisStreamingDestination", func(in *dynamodb.DisableKinesisStreamingDestinationInput) *string { return in.TableName }), s.disableKinesis).In(bucketMutate),
		api.Op("DescribeContributorInsights", onTable("DescribeContributorInsights", func(in *dynamodb.DescribeContributorInsightsInput) *string { return in.TableName }), s.describeContributorInsights).In(bucketInsights),
		api.Op("UpdateContributorInsights", onTable("UpdateContributorInsights", func(in *dynamodb.UpdateContributorInsightsInput) *string { return in.TableName }), s.updateContributorInsights).In(bucketInsights),
		api.Op("ListContributorInsights", anywhere[dynamodb.ListContributorInsightsInput]("ListContributorInsights"), s.listContributorInsights).In(bucketInsights),
	}
}

func (s *Service) backupOperations() []api.Operation {
	return []api.Operation{
		api.Op("DescribeContinuousBackups", onTable("DescribeContinuousBackups", func(in *dynamodb.DescribeContinuousBackupsInput) *string { return in.TableName }), s.describeContinuousBackups),
		api.Op("UpdateContinuousBackups", onTable("UpdateContinuousBackups", func(in *dynamodb.UpdateContinuousBackupsInput) *string { return in.TableName }), s.updateContinuousBackups).In(bucketMutate),
		api.Op("CreateBackup", onTable("CreateBackup", func(in *dynamodb.CreateBackupInput) *string { return in.TableName }), s.createBackup),
		api.Op("DescribeBackup", onARN("DescribeBackup", func(in *dynamodb.DescribeBackupInput) *string { return in.BackupArn }), s.describeBackup),
		api.Op("DeleteBackup", onARN("DeleteBackup", func(in *dynamodb.DeleteBackupInput) *string { return in.BackupArn }), s.deleteBackup),
		api.Op("ListBackups", anywhere[dynamodb.ListBackupsInput]("ListBackups"), s.listBackups),
		api.Op("RestoreTableFromBackup", s.accessRestoreFromBackup, s.restoreTableFromBackup),
		api.Op("RestoreTableToPointInTime", s.accessRestoreToPointInTime, s.restoreTableToPointInTime).In(bucketMutate),
	}
}

// itemOperations are not rate-limited: throughput is not simulated.
func (s *Service) itemOperations() []api.Operation {
	return []api.Operation{
		api.Op("PutItem", onData(s, "PutItem", func(in *dynamodb.PutItemInput) *string { return in.TableName }), s.putItem),
		api.Op("GetItem", onData(s, "GetItem", func(in *dynamodb.GetItemInput) *string { return in.TableName }), s.getItem),
		api.Op("DeleteItem", onData(s, "DeleteItem", func(in *dynamodb.DeleteItemInput) *string { return in.TableName }), s.deleteItem),
		api.Op("UpdateItem", onData(s, "UpdateItem", func(in *dynamodb.UpdateItemInput) *string { return in.TableName }), s.updateItem),
		api.Op("BatchGetItem", s.accessBatchGet, s.batchGetItem),
		api.Op("BatchWriteItem", s.accessBatchWrite, s.batchWriteItem),
		api.Op("Query", s.accessQuery, s.query),
		api.Op("Scan", s.accessScan, s.scan),
		api.Op("TransactGetItems", s.accessTransactGet, s.transactGetItems),
		api.Op("TransactWriteItems", s.accessTransactWrite, s.transactWriteItems),
	}
}

// StreamsAPI declares DynamoDB Streams.
func (s *Service) StreamsAPI() api.Service {
	return api.Service{
		Name: "dynamodb", Model: "dynamodbstreams", Throttle: throttle(), Other: other,
		Operations: []api.Operation{
			api.Op("ListStreams", anywhere[ListStreamsInput]("ListStreams"), s.listStreams),
			api.Op("DescribeStream", onARN("DescribeStream", func(in *DescribeStreamInput) *string { return in.StreamArn }), s.describeStream),
			api.Op("GetShardIterator", onARN("GetShardIterator", func(in *GetShardIteratorInput) *string { return in.StreamArn }), s.getShardIterator),
			api.Op("GetRecords", accessGetRecords, s.getRecords),
		},
	}
}
