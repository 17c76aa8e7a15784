package collect_test

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	taggingtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/restorable/restorable/internal/awssim/api"
)

func (c *company) services() []api.Service {
	return []api.Service{c.dynamodb(), c.backup(), c.tagging(), c.kms(), c.iam(), c.sts(), c.account(), c.autoscaling(), c.cloudwatch(), c.cloudtrail(), c.ec2(), c.events(), c.lambda(), c.organizations()}
}

// onTable declares a per-table operation, so that faults can single out a table by ARN.
func onTable[I, O any](name string, table func(*I) string, handle func(*api.Call, string) (*O, error)) api.Operation {
	return api.Op(name,
		func(call *api.Call, in *I) []api.Access {
			return []api.Access{{Action: "dynamodb:" + name, Resource: arn(call, table(in))}}
		},
		func(call *api.Call, in *I) (*O, error) { return handle(call, table(in)) })
}

func (c *company) dynamodb() api.Service {
	return api.Service{
		Name: "dynamodb", Model: "dynamodb", Throttle: api.Error{Code: "ThrottlingException", Message: "Rate exceeded"},
		Rates: map[string]api.Rate{"DescribeContinuousBackups": {PerSecond: 10, Burst: 10}, "describe": {PerSecond: 2500, Burst: 2500}, "ListBackups": {PerSecond: 5, Burst: 5}},
		Operations: []api.Operation{
			api.Op("ListTables", nil, c.listTables).In("describe"),
			onTable("DescribeTable", func(in *dynamodb.DescribeTableInput) string { return *in.TableName }, c.describeTable).In("describe"),
			onTable("DescribeContinuousBackups", func(in *dynamodb.DescribeContinuousBackupsInput) string { return *in.TableName }, describePITR),
			api.Op("ListBackups", nil, c.listBackups),
			api.Op("DescribeBackup", nil, c.describeBackup),
			onTable("DescribeTimeToLive", func(in *dynamodb.DescribeTimeToLiveInput) string { return *in.TableName }, func(*api.Call, string) (*dynamodb.DescribeTimeToLiveOutput, error) {
				return &dynamodb.DescribeTimeToLiveOutput{TimeToLiveDescription: &types.TimeToLiveDescription{TimeToLiveStatus: types.TimeToLiveStatusEnabled, AttributeName: aws.String("expires")}}, nil
			}),
			api.Op("GetResourcePolicy", nil, func(*api.Call, *dynamodb.GetResourcePolicyInput) (*dynamodb.GetResourcePolicyOutput, error) {
				return nil, &api.Error{Code: "PolicyNotFoundException", Message: "none"}
			}),
			onTable("DescribeKinesisStreamingDestination", func(in *dynamodb.DescribeKinesisStreamingDestinationInput) string { return *in.TableName }, func(_ *api.Call, name string) (*dynamodb.DescribeKinesisStreamingDestinationOutput, error) {
				return &dynamodb.DescribeKinesisStreamingDestinationOutput{TableName: &name}, nil
			}),
			onTable("DescribeContributorInsights", func(in *dynamodb.DescribeContributorInsightsInput) string { return *in.TableName }, func(_ *api.Call, name string) (*dynamodb.DescribeContributorInsightsOutput, error) {
				return &dynamodb.DescribeContributorInsightsOutput{TableName: &name, ContributorInsightsStatus: types.ContributorInsightsStatusDisabled}, nil
			}),
		},
	}
}

func (c *company) listTables(_ *api.Call, in *dynamodb.ListTablesInput) (*dynamodb.ListTablesOutput, error) {
	from := 0
	if in.ExclusiveStartTableName != nil {
		if *in.ExclusiveStartTableName == c.breakAt {
			return nil, &api.Error{Code: "AccessDeniedException", Message: "no more pages for you"}
		}
		_, _ = fmt.Sscanf(*in.ExclusiveStartTableName, "t%d", &from)
		from++
	}
	out := &dynamodb.ListTablesOutput{TableNames: []string{}}
	for i := from; i < min(from+int(aws.ToInt32(in.Limit)), c.tables); i++ {
		out.TableNames = append(out.TableNames, c.name(i))
	}
	if n := len(out.TableNames); n > 0 && from+n < c.tables {
		out.LastEvaluatedTableName = aws.String(out.TableNames[n-1])
	}
	return out, nil
}

func (c *company) describeTable(call *api.Call, name string) (*dynamodb.DescribeTableOutput, error) {
	if c.describe != nil {
		c.describe(name)
	}
	return &dynamodb.DescribeTableOutput{Table: &types.TableDescription{
		TableName: &name, TableArn: aws.String(arn(call, name)), TableId: aws.String("id-" + name), TableStatus: types.TableStatusActive, CreationDateTime: aws.Time(start.AddDate(0, -1, 0)),
		ItemCount: aws.Int64(7), TableSizeBytes: aws.Int64(700), DeletionProtectionEnabled: aws.Bool(true),
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		SSEDescription:       &types.SSEDescription{SSEType: types.SSETypeKms, Status: types.SSEStatusEnabled, KMSMasterKeyArn: aws.String(key)},
	}}, nil
}

func describePITR(*api.Call, string) (*dynamodb.DescribeContinuousBackupsOutput, error) {
	return &dynamodb.DescribeContinuousBackupsOutput{ContinuousBackupsDescription: &types.ContinuousBackupsDescription{
		ContinuousBackupsStatus: types.ContinuousBackupsStatusEnabled,
		PointInTimeRecoveryDescription: &types.PointInTimeRecoveryDescription{
			PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusEnabled, RecoveryPeriodInDays: aws.Int32(35), EarliestRestorableDateTime: aws.Time(start.AddDate(0, 0, -3)), LatestRestorableDateTime: aws.Time(start),
		},
	}}, nil
}

func (c *company) listBackups(call *api.Call, in *dynamodb.ListBackupsInput) (*dynamodb.ListBackupsOutput, error) {
	if in.BackupType != types.BackupTypeFilterAll {
		return nil, &api.Error{Code: "ValidationException", Message: "the tests want every type"}
	}
	return &dynamodb.ListBackupsOutput{BackupSummaries: []types.BackupSummary{
		{BackupArn: aws.String(arn(call, "t0000") + "/backup/01"), BackupName: aws.String("before"), TableName: aws.String("t0000"), TableId: aws.String("id-t0000"), TableArn: aws.String(arn(call, "t0000")),
			BackupStatus: types.BackupStatusAvailable, BackupType: types.BackupTypeUser, BackupCreationDateTime: aws.Time(start.Add(-1)), BackupSizeBytes: aws.Int64(5)},
	}}, nil
}

func (c *company) describeBackup(call *api.Call, in *dynamodb.DescribeBackupInput) (*dynamodb.DescribeBackupOutput, error) {
	return &dynamodb.DescribeBackupOutput{BackupDescription: &types.BackupDescription{
		SourceTableDetails:        &types.SourceTableDetails{TableName: aws.String("t0000"), TableId: aws.String("id-t0000"), TableCreationDateTime: aws.Time(start.Add(-1)), ItemCount: aws.Int64(3)},
		SourceTableFeatureDetails: &types.SourceTableFeatureDetails{SSEDescription: &types.SSEDescription{KMSMasterKeyArn: aws.String("arn:aws:kms:us-east-1:" + call.Account + ":key/backups")}},
		BackupDetails:             &types.BackupDetails{BackupArn: in.BackupArn},
	}}, nil
}

func (c *company) tagging() api.Service {
	return api.Service{Name: "tagging", Model: "resourcegroupstaggingapi", Operations: []api.Operation{
		api.Op("GetResources", nil, func(call *api.Call, in *tagging.GetResourcesInput) (*tagging.GetResourcesOutput, error) {
			token := in.PaginationToken
			if aws.ToString(token) == "" {
				token = nil
			}
			from, to, next := slice(token, c.tables/2, int(aws.ToInt32(in.ResourcesPerPage))) // every second table has tags
			out := &tagging.GetResourcesOutput{PaginationToken: aws.String("")}
			if next != nil {
				out.PaginationToken = next
			}
			for i := from; i < to; i++ {
				out.ResourceTagMappingList = append(out.ResourceTagMappingList, taggingtypes.ResourceTagMapping{
					ResourceARN: aws.String(arn(call, c.name(2*i))), Tags: []taggingtypes.Tag{{Key: aws.String("tier"), Value: aws.String("gold")}},
				})
			}
			return out, nil
		}),
	}}
}

func (c *company) kms() api.Service {
	return api.Service{Name: "kms", Model: "kms", Operations: []api.Operation{
		api.Op("DescribeKey", nil, func(_ *api.Call, in *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
			if *in.KeyId != key {
				return nil, &api.Error{Code: "NotFoundException", Message: "Key is not found"}
			}
			return &kms.DescribeKeyOutput{KeyMetadata: &kmstypes.KeyMetadata{KeyId: aws.String("one"), Arn: in.KeyId, KeyState: kmstypes.KeyStatePendingDeletion, KeyManager: kmstypes.KeyManagerTypeCustomer, DeletionDate: aws.Time(start.AddDate(0, 0, 7)), MultiRegion: aws.Bool(false)}}, nil
		}),
	}}
}

func (c *company) iam() api.Service {
	return api.Service{Name: "iam", Model: "iam", Operations: append(identityOperations(), []api.Operation{
		api.Op("GetRole", nil, func(_ *api.Call, in *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
			if *in.RoleName != "backup" {
				return nil, &api.Error{Code: "NoSuchEntityException", Message: "The role with name " + *in.RoleName + " cannot be found.", Status: 404}
			}
			return &iam.GetRoleOutput{Role: &iamtypes.Role{RoleName: in.RoleName, Arn: aws.String(role), Path: aws.String("/"), RoleId: aws.String("AROA1"), CreateDate: aws.Time(start), AssumeRolePolicyDocument: aws.String("%7B%22a%22%3A%22b+c%22%7D"),
				PermissionsBoundary: &iamtypes.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(boundary)}}}, nil
		}),
		api.Op("ListAttachedRolePolicies", nil, func(_ *api.Call, in *iam.ListAttachedRolePoliciesInput) (*iam.ListAttachedRolePoliciesOutput, error) {
			if in.Marker == nil {
				return &iam.ListAttachedRolePoliciesOutput{IsTruncated: true, Marker: aws.String("2"), AttachedPolicies: []iamtypes.AttachedPolicy{{PolicyArn: aws.String(managed), PolicyName: aws.String("M")}}}, nil
			}
			return &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: []iamtypes.AttachedPolicy{{PolicyArn: aws.String(managed + "2"), PolicyName: aws.String("M2")}}}, nil
		}),
		api.Op("ListRolePolicies", nil, func(*api.Call, *iam.ListRolePoliciesInput) (*iam.ListRolePoliciesOutput, error) {
			return &iam.ListRolePoliciesOutput{PolicyNames: []string{"own"}}, nil
		}),
		api.Op("GetRolePolicy", nil, func(_ *api.Call, in *iam.GetRolePolicyInput) (*iam.GetRolePolicyOutput, error) {
			return &iam.GetRolePolicyOutput{RoleName: in.RoleName, PolicyName: in.PolicyName, PolicyDocument: aws.String("%7B%22inline%22%3A1%7D")}, nil
		}),
		api.Op("GetPolicy", nil, func(_ *api.Call, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
			return &iam.GetPolicyOutput{Policy: &iamtypes.Policy{Arn: in.PolicyArn, DefaultVersionId: aws.String("v3")}}, nil
		}),
		api.Op("GetPolicyVersion", nil, func(_ *api.Call, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
			return &iam.GetPolicyVersionOutput{PolicyVersion: &iamtypes.PolicyVersion{VersionId: in.VersionId, Document: aws.String("%7B%22" + *in.VersionId + "%22%3A1%7D")}}, nil
		}),
	}...)}
}

func (c *company) sts() api.Service {
	return api.Service{Name: "sts", Model: "sts", Operations: []api.Operation{
		api.Op("GetCallerIdentity", nil, func(call *api.Call, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
			return &sts.GetCallerIdentityOutput{Account: &call.Caller.Account, Arn: &call.Caller.ARN, UserId: &call.Caller.UserID}, nil
		}),
	}}
}

func (c *company) account() api.Service {
	return api.Service{Name: "account", Model: "account", Operations: []api.Operation{
		api.Op("ListRegions", nil, func(*api.Call, *account.ListRegionsInput) (*account.ListRegionsOutput, error) {
			return &account.ListRegionsOutput{Regions: []accounttypes.Region{
				{RegionName: aws.String("eu-west-1"), RegionOptStatus: accounttypes.RegionOptStatusEnabledByDefault},
				{RegionName: aws.String("af-south-1"), RegionOptStatus: accounttypes.RegionOptStatusDisabled},
				{RegionName: aws.String("eu-south-1"), RegionOptStatus: accounttypes.RegionOptStatusEnabled},
			}}, nil
		}),
	}}
}

func (c *company) autoscaling() api.Service {
	return api.Service{Name: "application-autoscaling", Model: "application-autoscaling", Operations: []api.Operation{
		api.Op("DescribeScalableTargets", nil, func(*api.Call, *applicationautoscaling.DescribeScalableTargetsInput) (*applicationautoscaling.DescribeScalableTargetsOutput, error) {
			return &applicationautoscaling.DescribeScalableTargetsOutput{ScalableTargets: []astypes.ScalableTarget{{
				ResourceId: aws.String("table/t0000/index/byDate"), ScalableDimension: astypes.ScalableDimensionDynamoDBIndexReadCapacityUnits, ServiceNamespace: astypes.ServiceNamespaceDynamodb,
				MinCapacity: aws.Int32(1), MaxCapacity: aws.Int32(9), RoleARN: aws.String(role), CreationTime: aws.Time(start),
			}}}, nil
		}),
		api.Op("DescribeScalingPolicies", nil, func(*api.Call, *applicationautoscaling.DescribeScalingPoliciesInput) (*applicationautoscaling.DescribeScalingPoliciesOutput, error) {
			return &applicationautoscaling.DescribeScalingPoliciesOutput{ScalingPolicies: []astypes.ScalingPolicy{{
				PolicyName: aws.String("half"), PolicyARN: aws.String("arn"), PolicyType: astypes.PolicyTypeTargetTrackingScaling, ResourceId: aws.String("table/t0000/index/byDate"), CreationTime: aws.Time(start),
				ServiceNamespace: astypes.ServiceNamespaceDynamodb, ScalableDimension: astypes.ScalableDimensionDynamoDBIndexReadCapacityUnits,
				TargetTrackingScalingPolicyConfiguration: &astypes.TargetTrackingScalingPolicyConfiguration{TargetValue: aws.Float64(50), ScaleInCooldown: aws.Int32(60)},
			}}}, nil
		}),
	}}
}

func (c *company) cloudwatch() api.Service {
	return api.Service{Name: "monitoring", Model: "cloudwatch", Operations: []api.Operation{
		api.Op("DescribeAlarms", nil, func(*api.Call, *cloudwatch.DescribeAlarmsInput) (*cloudwatch.DescribeAlarmsOutput, error) {
			return &cloudwatch.DescribeAlarmsOutput{MetricAlarms: []cwtypes.MetricAlarm{
				{AlarmName: aws.String("cpu"), Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization")},
				{AlarmName: aws.String("throttled"), AlarmArn: aws.String("arn:alarm"), Namespace: aws.String("AWS/DynamoDB"), MetricName: aws.String("ReadThrottleEvents"), Threshold: aws.Float64(1), Period: aws.Int32(60),
					Dimensions: []cwtypes.Dimension{{Name: aws.String("TableName"), Value: aws.String("t0001")}}},
			}}, nil
		}),
	}}
}
