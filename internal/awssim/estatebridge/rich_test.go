package estatebridge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	aas "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/world"
)

var home = world.Scope{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

// actor does things in a simulated AWS and fails the test when they do not work.
type actor struct {
	t  *testing.T
	as *awssim.Assembly
	h  *inside.Hand
}

func on(t *testing.T, s *awssim.Server) actor {
	return actor{t, s.Assembly(), inside.New(s.Assembly())}
}

func (a actor) do(service string, inputs ...any) {
	a.t.Helper()
	for _, in := range inputs {
		a.as.World.Do(func() {
			if _, err := a.h.Do(home, service, in); err != nil {
				a.t.Fatal(err)
			}
		})
	}
}

func ask[O any](a actor, service string, in any) (out *O) {
	a.t.Helper()
	a.as.World.Do(func() {
		var err error
		if out, err = inside.Ask[O](a.h, home, service, in); err != nil {
			a.t.Fatal(err)
		}
	})
	return out
}

func (a actor) wait(d time.Duration) { a.as.World.Advance(d) }

const (
	backupRole        = "arn:aws:iam::111122223333:role/service-role/backups"
	everythingAllowed = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	trustsBackup      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	denyDeletes       = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"backup:DeleteRecoveryPoint","Resource":"*"}]}`
	readable          = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"dynamodb:GetItem","Resource":"*"}]}`
)

// key makes a KMS key and returns its ARN.
func (a actor) key(in *kms.CreateKeyInput) string {
	return *ask[kms.CreateKeyOutput](a, "kms", in).KeyMetadata.Arn
}

// everything is an account in which each member of an estate has a value somewhere.
func everything(t *testing.T) *awssim.Server {
	s := still(t, time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC), nil)
	a := on(t, s)
	a.do("iam",
		&iam.CreateRoleInput{RoleName: aws.String("backups"), Path: aws.String("/service-role/"), AssumeRolePolicyDocument: aws.String(trustsBackup)},
		&iam.AttachRolePolicyInput{RoleName: aws.String("backups"), PolicyArn: aws.String("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup")},
		&iam.AttachRolePolicyInput{RoleName: aws.String("backups"), PolicyArn: aws.String("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores")},
		&iam.PutRolePolicyInput{RoleName: aws.String("backups"), PolicyName: aws.String("own"), PolicyDocument: aws.String(everythingAllowed)},
		&iam.CreatePolicyInput{PolicyName: aws.String("boundary"), PolicyDocument: aws.String(everythingAllowed)},
		&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("backups"), PermissionsBoundary: aws.String("arn:aws:iam::111122223333:policy/boundary")},
		&iam.CreateRoleInput{RoleName: aws.String("deleted-later"), AssumeRolePolicyDocument: aws.String(trustsBackup)},
	)
	a.tables()
	a.wait(time.Minute)
	a.tableSettings()
	a.vaults()
	a.plans()
	a.do("iam",
		&iam.CreateGroupInput{GroupName: aws.String("ops"), Path: aws.String("/teams/")},
		&iam.AttachGroupPolicyInput{GroupName: aws.String("ops"), PolicyArn: aws.String("arn:aws:iam::111122223333:policy/boundary")},
		&iam.PutGroupPolicyInput{GroupName: aws.String("ops"), PolicyName: aws.String("own"), PolicyDocument: aws.String(everythingAllowed)},
		&iam.CreateUserInput{UserName: aws.String("alice"), PermissionsBoundary: aws.String("arn:aws:iam::111122223333:policy/boundary")},
		&iam.AddUserToGroupInput{GroupName: aws.String("ops"), UserName: aws.String("alice")},
		&iam.AttachUserPolicyInput{UserName: aws.String("alice"), PolicyArn: aws.String("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup")},
		&iam.PutUserPolicyInput{UserName: aws.String("alice"), PolicyName: aws.String("mine"), PolicyDocument: aws.String(everythingAllowed)},
		&iam.CreateAccessKeyInput{UserName: aws.String("alice")},
	)
	a.do("iam", &iam.DeleteRoleInput{RoleName: aws.String("deleted-later")})
	a.wait(70 * time.Hour)
	a.backupsAndRestores()
	a.oversight()
	a.wait(40 * time.Hour) // to a moment at which no job is under way
	return s
}

func (a actor) tables() {
	tableKey := a.key(&kms.CreateKeyInput{})
	dying := a.key(&kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
	a.do("dynamodb",
		&dynamodb.CreateTableInput{
			TableName: aws.String("rich"), BillingMode: types.BillingModeProvisioned, ProvisionedThroughput: throughput(10, 5), TableClass: types.TableClassStandardInfrequentAccess,
			DeletionProtectionEnabled: aws.Bool(true), KeySchema: keys("pk", "sk"), SSESpecification: sse(tableKey), Tags: []types.Tag{{Key: aws.String("$backup"), Value: aws.String("")}},
			AttributeDefinitions: []types.AttributeDefinition{attribute("pk", "S"), attribute("sk", "N"), attribute("owner", "B")},
			StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeKeysOnly},
			LocalSecondaryIndexes: []types.LocalSecondaryIndex{
				{IndexName: aws.String("local"), KeySchema: keys("pk", "owner"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}},
			},
			GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
				IndexName: aws.String("global"), KeySchema: keys("owner", ""), ProvisionedThroughput: throughput(3, 2),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"note"}},
			}},
		},
		simple("limited", func(in *dynamodb.CreateTableInput) {
			in.OnDemandThroughput = &types.OnDemandThroughput{MaxReadRequestUnits: aws.Int64(100), MaxWriteRequestUnits: aws.Int64(50)}
			in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage}
		}),
		simple("locked-out", func(in *dynamodb.CreateTableInput) { in.SSESpecification = sse(dying) }),
		simple("gone", nil),
	)
	a.wait(30 * time.Second)
	a.do("kms", &kms.ScheduleKeyDeletionInput{KeyId: aws.String(dying)})
	a.do("dynamodb", &dynamodb.UpdateTableInput{TableName: aws.String("limited"), StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)}})
}

func (a actor) tableSettings() {
	rich, target := aws.String("rich"), aws.String("table/rich")
	a.do("dynamodb",
		&dynamodb.PutItemInput{TableName: rich, Item: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "a"}, "sk": &types.AttributeValueMemberN{Value: "1"}}},
		pitr("rich", 7), pitr("gone", 35),
		&dynamodb.UpdateTimeToLiveInput{TableName: rich, TimeToLiveSpecification: &types.TimeToLiveSpecification{Enabled: aws.Bool(true), AttributeName: aws.String("until")}},
		&dynamodb.PutResourcePolicyInput{ResourceArn: aws.String(home.ARN("dynamodb", "table/rich")), Policy: aws.String(readable)},
		&dynamodb.EnableKinesisStreamingDestinationInput{TableName: rich, StreamArn: aws.String(home.ARN("kinesis", "stream/changes"))},
		&dynamodb.UpdateContributorInsightsInput{TableName: rich, ContributorInsightsAction: types.ContributorInsightsActionEnable},
		&dynamodb.CreateBackupInput{TableName: rich, BackupName: aws.String("by-hand")},
	)
	a.do("application-autoscaling",
		&aas.RegisterScalableTargetInput{ServiceNamespace: scaling.ServiceNamespaceDynamodb, ResourceId: target, ScalableDimension: scaling.ScalableDimensionDynamoDBTableReadCapacityUnits, MinCapacity: aws.Int32(5), MaxCapacity: aws.Int32(50)},
		&aas.PutScalingPolicyInput{
			ServiceNamespace: scaling.ServiceNamespaceDynamodb, ResourceId: target, ScalableDimension: scaling.ScalableDimensionDynamoDBTableReadCapacityUnits,
			PolicyName: aws.String("follow"), PolicyType: scaling.PolicyTypeTargetTrackingScaling,
			TargetTrackingScalingPolicyConfiguration: &scaling.TargetTrackingScalingPolicyConfiguration{
				TargetValue: aws.Float64(70), ScaleInCooldown: aws.Int32(60), ScaleOutCooldown: aws.Int32(30), DisableScaleIn: aws.Bool(true),
				PredefinedMetricSpecification: &scaling.PredefinedMetricSpecification{PredefinedMetricType: scaling.MetricTypeDynamoDBReadCapacityUtilization},
			},
		})
	a.do("monitoring", &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("throttled"), Namespace: aws.String("AWS/DynamoDB"), MetricName: aws.String("ReadThrottleEvents"), Period: aws.Int32(60), EvaluationPeriods: aws.Int32(2),
		Statistic: cwtypes.StatisticSum, Threshold: aws.Float64(1), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
		Dimensions: []cwtypes.Dimension{{Name: aws.String("TableName"), Value: aws.String("rich")}},
	})
}

func (a actor) vaults() {
	a.do("backup",
		&backup.CreateBackupVaultInput{BackupVaultName: aws.String("plain")},
		&backup.CreateBackupVaultInput{BackupVaultName: aws.String("compliance"), EncryptionKeyArn: aws.String(a.key(&kms.CreateKeyInput{}))},
		&backup.CreateBackupVaultInput{BackupVaultName: aws.String("governance")},
		&backup.CreateLogicallyAirGappedBackupVaultInput{BackupVaultName: aws.String("air-gapped"), MinRetentionDays: aws.Int64(7), MaxRetentionDays: aws.Int64(365)},
		&backup.PutBackupVaultLockConfigurationInput{BackupVaultName: aws.String("compliance"), MinRetentionDays: aws.Int64(7), MaxRetentionDays: aws.Int64(400), ChangeableForDays: aws.Int64(3)},
		&backup.PutBackupVaultLockConfigurationInput{BackupVaultName: aws.String("governance"), MinRetentionDays: aws.Int64(1)},
		&backup.PutBackupVaultAccessPolicyInput{BackupVaultName: aws.String("plain"), Policy: aws.String(denyDeletes)},
		&backup.PutBackupVaultNotificationsInput{BackupVaultName: aws.String("plain"), SNSTopicArn: aws.String("arn:aws:sns:eu-west-1:111122223333:backups"),
			BackupVaultEvents: []backuptypes.BackupVaultEvent{backuptypes.BackupVaultEventBackupJobCompleted}},
		&backup.TagResourceInput{ResourceArn: aws.String(home.ARN("backup", "backup-vault:plain")), Tags: map[string]string{"team": "shop"}},
	)
}

func (a actor) plans() {
	cold := &backuptypes.Lifecycle{MoveToColdStorageAfterDays: aws.Int64(1), DeleteAfterDays: aws.Int64(120)}
	plan := ask[backup.CreateBackupPlanOutput](a, "backup", &backup.CreateBackupPlanInput{BackupPlan: &backuptypes.BackupPlanInput{
		BackupPlanName: aws.String("full"),
		Rules: []backuptypes.BackupRuleInput{
			{
				RuleName: aws.String("daily"), TargetBackupVaultName: aws.String("plain"), ScheduleExpression: aws.String("cron(0 4 ? * * *)"), ScheduleExpressionTimezone: aws.String("Europe/Berlin"),
				StartWindowMinutes: aws.Int64(60), CompletionWindowMinutes: aws.Int64(120), Lifecycle: cold, RecoveryPointTags: map[string]string{"by": "plan"},
				CopyActions: []backuptypes.CopyAction{{DestinationBackupVaultArn: aws.String(home.ARN("backup", "backup-vault:compliance")), Lifecycle: cold}},
			},
			{RuleName: aws.String("for-ever"), TargetBackupVaultName: aws.String("missing"), EnableContinuousBackup: aws.Bool(false)},
		},
	}})
	equals := func(k, v string) []backuptypes.ConditionParameter {
		return []backuptypes.ConditionParameter{{ConditionKey: aws.String("aws:ResourceTag/" + k), ConditionValue: aws.String(v)}}
	}
	a.do("backup",
		&backup.CreateBackupSelectionInput{BackupPlanId: plan.BackupPlanId, BackupSelection: &backuptypes.BackupSelection{
			SelectionName: aws.String("most"), IamRoleArn: aws.String(backupRole), Resources: []string{"arn:aws:dynamodb:*:*:table/*"}, NotResources: []string{home.ARN("dynamodb", "table/locked-out")},
			ListOfTags: []backuptypes.Condition{{ConditionType: backuptypes.ConditionTypeStringequals, ConditionKey: aws.String("$backup"), ConditionValue: aws.String("")}},
			Conditions: &backuptypes.Conditions{StringNotEquals: equals("stage", "test"), StringNotLike: equals("stage", "dev*")},
		}},
		&backup.CreateBackupSelectionInput{BackupPlanId: plan.BackupPlanId, BackupSelection: &backuptypes.BackupSelection{
			SelectionName: aws.String("none"), IamRoleArn: aws.String("arn:aws:iam::111122223333:role/deleted-later"), Resources: []string{"*"},
			Conditions: &backuptypes.Conditions{StringEquals: equals("a", "b"), StringLike: equals("c", "*")},
		}},
		&backup.CreateRestoreTestingPlanInput{RestoreTestingPlan: &backuptypes.RestoreTestingPlanForCreate{
			RestoreTestingPlanName: aws.String("proof"), ScheduleExpression: aws.String("cron(0 12 ? * * *)"), StartWindowHours: 1,
			RecoveryPointSelection: &backuptypes.RestoreTestingRecoveryPointSelection{
				Algorithm: backuptypes.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow, IncludeVaults: []string{"*"}, SelectionWindowDays: 10,
				RecoveryPointTypes: []backuptypes.RestoreTestingRecoveryPointType{backuptypes.RestoreTestingRecoveryPointTypeSnapshot},
			},
		}},
		&backup.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: aws.String("proof"), RestoreTestingSelection: &backuptypes.RestoreTestingSelectionForCreate{
			RestoreTestingSelectionName: aws.String("tables"), ProtectedResourceType: aws.String("DynamoDB"), IamRoleArn: aws.String(backupRole), ProtectedResourceArns: []string{"*"}, ValidationWindowHours: aws.Int32(1),
			ProtectedResourceConditions: &backuptypes.ProtectedResourceConditions{StringNotEquals: []backuptypes.KeyValue{{Key: aws.String("stage"), Value: aws.String("test")}}},
		}},
	)
}

// backupsAndRestores makes a backup on demand, restores a point, and deletes a table that leaves its backup.
func (a actor) backupsAndRestores() {
	a.do("backup", &backup.StartBackupJobInput{BackupVaultName: aws.String("governance"), IamRoleArn: aws.String(backupRole), ResourceArn: aws.String(home.ARN("dynamodb", "table/rich")),
		Lifecycle: &backuptypes.Lifecycle{DeleteAfterDays: aws.Int64(10)}})
	points := ask[backup.ListRecoveryPointsByBackupVaultOutput](a, "backup", &backup.ListRecoveryPointsByBackupVaultInput{BackupVaultName: aws.String("plain")}).RecoveryPoints
	if len(points) == 0 {
		a.t.Fatal("the plan has not made a recovery point")
	}
	a.do("backup", &backup.StartRestoreJobInput{RecoveryPointArn: points[0].RecoveryPointArn, IamRoleArn: aws.String(backupRole), Metadata: map[string]string{"targetTableName": "again", "encryptionType": "Default"}})
	a.do("dynamodb", &dynamodb.DeleteTableInput{TableName: aws.String("gone")})
}

func simple(name string, more func(*dynamodb.CreateTableInput)) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest, KeySchema: keys("pk", ""), AttributeDefinitions: []types.AttributeDefinition{attribute("pk", "S")}}
	if more != nil {
		more(in)
	}
	return in
}

func keys(hash, sort string) []types.KeySchemaElement {
	out := []types.KeySchemaElement{{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}}
	if sort != "" {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange})
	}
	return out
}

func attribute(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind}
}

func throughput(reads, writes int64) *types.ProvisionedThroughput {
	return &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(reads), WriteCapacityUnits: aws.Int64(writes)}
}

func sse(key string) *types.SSESpecification {
	return &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: aws.String(key)}
}

func pitr(name string, days int32) *dynamodb.UpdateContinuousBackupsInput {
	return &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String(name), PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{
		PointInTimeRecoveryEnabled: aws.Bool(true), RecoveryPeriodInDays: aws.Int32(days),
	}}
}

func TestEveryMemberComesBackAsItWasWritten(t *testing.T) {
	first := write(t, everything(t))
	second := write(t, reload(t, first))
	if diff := cmp.Diff(strings.Split(string(first), "\n"), strings.Split(string(second), "\n")); diff != "" {
		t.Errorf("written, loaded and written again, it differs (-first +second):\n%s", diff)
	}
}
