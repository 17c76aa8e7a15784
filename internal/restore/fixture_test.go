package restore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/store"
)

const other = "eu-central-1"

// stage is a simulated AWS in which a minute passes in a hundredth of a second, with a table that is set up with everything, a point of
// each kind, and a store.
type stage struct {
	t       *testing.T
	sim     *simtest.Sim
	db      *dynamodb.Client
	session *awsapi.Session
	store   *store.Store
	table   string // ARN of orders
	key     string // ARN of the key that it is encrypted with
	farKey  string // of the other Region
	native  string // ARN of a native backup
	point   string // ARN of a recovery point in vault Default
	role    string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return newStageIn(t, awssim.Options{World: world.Options{Start: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Speed: 6000, Seed: 1}})
}

func newStageIn(t *testing.T, o awssim.Options) *stage {
	t.Helper()
	s := &stage{t: t, sim: simtest.Start(t, o)}
	s.db = dynamodb.NewFromConfig(s.sim.Config())
	s.key, s.farKey = s.newKey(simtest.Region), s.newKey(other)
	s.makeTable()
	s.makeRole()
	s.makePoints()
	session, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: s.sim.URL, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff,
		SimulatedAccount: simtest.Account, Writes: true, MaxAttempts: 2, MaxBackoff: 10 * time.Millisecond, RequestTimeout: 2 * time.Second})
	s.must(err)
	t.Cleanup(session.Close)
	s.session = session
	s.store, err = store.Open(t.Context(), t.TempDir(), time.Now)
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) must2(_ any, err error) {
	s.t.Helper()
	s.must(err)
}

func (s *stage) newKey(region string) string {
	s.t.Helper()
	out, err := kms.NewFromConfig(s.sim.ConfigFor(simtest.Account, region)).CreateKey(s.t.Context(), &kms.CreateKeyInput{})
	s.must(err)
	return *out.KeyMetadata.Arn
}

func attribute(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: &name, AttributeType: kind}
}

func key(hash, sort string) []types.KeySchemaElement {
	out := []types.KeySchemaElement{{AttributeName: &hash, KeyType: types.KeyTypeHash}}
	if sort != "" {
		out = append(out, types.KeySchemaElement{AttributeName: &sort, KeyType: types.KeyTypeRange})
	}
	return out
}

func units(read, write int64) *types.ProvisionedThroughput {
	return &types.ProvisionedThroughput{ReadCapacityUnits: &read, WriteCapacityUnits: &write}
}

// makeTable makes orders, with every setting that a restore drops.
func (s *stage) makeTable() {
	s.t.Helper()
	ctx, name := s.t.Context(), aws.String("orders")
	all := &types.Projection{ProjectionType: types.ProjectionTypeAll}
	out, err := s.db.CreateTable(ctx, &dynamodb.CreateTableInput{TableName: name, ProvisionedThroughput: units(7, 6), TableClass: types.TableClassStandardInfrequentAccess,
		AttributeDefinitions: []types.AttributeDefinition{attribute("id", "S"), attribute("at", "N"), attribute("customer", "S"), attribute("total", "N")},
		KeySchema:            key("id", "at"), DeletionProtectionEnabled: aws.Bool(true),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("by-customer"), KeySchema: key("customer", ""), Projection: all, ProvisionedThroughput: units(5, 4)},
			{IndexName: aws.String("by-total"), KeySchema: key("customer", "total"), Projection: all, ProvisionedThroughput: units(3, 2)}},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{{IndexName: aws.String("by-value"), KeySchema: key("id", "total"), Projection: all}},
		StreamSpecification:   &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
		SSESpecification:      &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: &s.key},
		Tags:                  []types.Tag{{Key: aws.String("team"), Value: aws.String("sales")}, {Key: aws.String("tier"), Value: aws.String("gold")}}})
	s.must(err)
	s.table = *out.TableDescription.TableArn
	s.advance(time.Minute)
	s.must2(s.db.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: name,
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true), RecoveryPeriodInDays: aws.Int32(14)}}))
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + simtest.Account + `:root"},"Action":"dynamodb:GetItem","Resource":["` + s.table + `","` + s.table + `/index/*"]}]}`
	s.must2(s.db.PutResourcePolicy(ctx, &dynamodb.PutResourcePolicyInput{ResourceArn: &s.table, Policy: &policy}))
	s.must2(s.db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: name, TimeToLiveSpecification: &types.TimeToLiveSpecification{Enabled: aws.Bool(true), AttributeName: aws.String("expires")}}))
	s.must2(s.db.EnableKinesisStreamingDestination(ctx, &dynamodb.EnableKinesisStreamingDestinationInput{TableName: name,
		StreamArn: aws.String("arn:aws:kinesis:" + simtest.Region + ":" + simtest.Account + ":stream/orders")}))
	s.must2(s.db.UpdateContributorInsights(ctx, &dynamodb.UpdateContributorInsightsInput{TableName: name, ContributorInsightsAction: types.ContributorInsightsActionEnable}))
	s.makeScaling()
	s.must2(cloudwatch.NewFromConfig(s.sim.Config()).PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{AlarmName: aws.String("orders-throttles"), Namespace: aws.String("AWS/DynamoDB"),
		MetricName: aws.String("ReadThrottleEvents"), Statistic: cwtypes.StatisticSum, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1),
		ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, Dimensions: []cwtypes.Dimension{{Name: aws.String("TableName"), Value: name}}}))
	for i := range 20 {
		s.must2(s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: name, Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: fmt.Sprint("o-", i)},
			"at": &types.AttributeValueMemberN{Value: fmt.Sprint(i)}, "customer": &types.AttributeValueMemberS{Value: "c"}}}))
	}
	s.advance(2 * time.Hour)
}

func (s *stage) makeScaling() {
	s.t.Helper()
	client := scaling.NewFromConfig(s.sim.Config())
	for resource, dimension := range map[string]scalingtypes.ScalableDimension{"table/orders": "dynamodb:table:ReadCapacityUnits", "table/orders/index/by-total": "dynamodb:index:WriteCapacityUnits"} {
		s.must2(client.RegisterScalableTarget(s.t.Context(), &scaling.RegisterScalableTargetInput{ServiceNamespace: "dynamodb", ResourceId: &resource, ScalableDimension: dimension,
			MinCapacity: aws.Int32(5), MaxCapacity: aws.Int32(50)}))
		metric := scalingtypes.MetricTypeDynamoDBReadCapacityUtilization
		if dimension == "dynamodb:index:WriteCapacityUnits" {
			metric = scalingtypes.MetricTypeDynamoDBWriteCapacityUtilization
		}
		s.must2(client.PutScalingPolicy(s.t.Context(), &scaling.PutScalingPolicyInput{ServiceNamespace: "dynamodb", ResourceId: &resource, ScalableDimension: dimension,
			PolicyName: aws.String("scale:" + resource), PolicyType: scalingtypes.PolicyTypeTargetTrackingScaling,
			TargetTrackingScalingPolicyConfiguration: &scalingtypes.TargetTrackingScalingPolicyConfiguration{TargetValue: aws.Float64(70),
				PredefinedMetricSpecification: &scalingtypes.PredefinedMetricSpecification{PredefinedMetricType: metric}}}))
	}
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func (s *stage) makeRole() {
	s.t.Helper()
	client := iam.NewFromConfig(s.sim.Config())
	out, err := client.CreateRole(s.t.Context(), &iam.CreateRoleInput{RoleName: aws.String("restorer"), AssumeRolePolicyDocument: aws.String(trust)})
	s.must(err)
	s.role = *out.Role.Arn
	for _, name := range []string{"AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"} {
		s.must2(client.AttachRolePolicy(s.t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("restorer"), PolicyArn: aws.String("arn:aws:iam::aws:policy/service-role/" + name)}))
	}
}

func (s *stage) makePoints() {
	s.t.Helper()
	ctx := s.t.Context()
	b, err := s.db.CreateBackup(ctx, &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("by-hand")})
	s.must(err)
	s.native = *b.BackupDetails.BackupArn
	for _, region := range []string{simtest.Region, other} {
		s.must2(s.backup(region).CreateBackupVault(ctx, &backup.CreateBackupVaultInput{BackupVaultName: aws.String("vault")}))
	}
	client := s.backup(simtest.Region)
	s.must2(client.UpdateRegionSettings(ctx, &backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": true}, ResourceTypeManagementPreference: map[string]bool{"DynamoDB": true}}))
	job, err := client.StartBackupJob(ctx, &backup.StartBackupJobInput{BackupVaultName: aws.String("vault"), ResourceArn: &s.table, IamRoleArn: &s.role, Lifecycle: &backuptypes.Lifecycle{DeleteAfterDays: aws.Int64(35)}})
	s.must(err)
	s.advance(6 * time.Hour)
	done, err := client.DescribeBackupJob(ctx, &backup.DescribeBackupJobInput{BackupJobId: job.BackupJobId})
	s.must(err)
	if done.State != backuptypes.BackupJobStateCompleted {
		s.t.Fatalf("backup job: %s %s", done.State, aws.ToString(done.StatusMessage))
	}
	s.point = *done.RecoveryPointArn
}

func (s *stage) backup(region string) *backup.Client {
	return backup.NewFromConfig(s.sim.ConfigFor(simtest.Account, region))
}

func (s *stage) advance(d time.Duration) { s.sim.Assembly().World.Advance(d) }

// source is the table as it is now.
func (s *stage) source() restore.Source {
	s.t.Helper()
	src, err := restore.Read(s.t.Context(), s.session.Accounts()[0], simtest.Region, "orders")
	s.must(err)
	return src
}

// request asks for orders by its point of a kind, into a Region.
func (s *stage) request(kind settings.Kind, region string) restore.Request {
	r := restore.Request{Kind: kind, Table: s.table, Region: simtest.Region, Target: "restored", TargetRegion: region, Key: restore.Key{Level: restore.Customer, ARN: s.key}, Alarms: true, TTL: true}
	if region == other {
		r.Key.ARN, r.CopyVault = s.farKey, "vault"
	}
	switch kind {
	case settings.ByBackup:
		r.ARN = s.native
	case settings.ByPoint:
		r.ARN, r.Vault, r.Role = s.point, "vault", s.role
	}
	return r
}

func (s *stage) options(r restore.Request) restore.Options { return s.optionsOf(r, s.source()) }

func (s *stage) optionsOf(r restore.Request, source restore.Source) restore.Options {
	return restore.Options{Request: r, Source: source, Store: s.store, Tool: "test", Settle: 4 * time.Second, Pause: 5 * time.Millisecond}
}

// run restores from the beginning to the end.
func (s *stage) run(o restore.Options) (*restore.Result, error) {
	s.t.Helper()
	r, err := restore.Start(s.t.Context(), s.session.Accounts()[0], o)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return r.Wait(s.t.Context())
}

// items counts those of a table.
func (s *stage) items(region, name string) int {
	s.t.Helper()
	out, err := dynamodb.NewFromConfig(s.sim.ConfigFor(simtest.Account, region)).Scan(s.t.Context(), &dynamodb.ScanInput{TableName: &name})
	s.must(err)
	return len(out.Items)
}

// outcomes are those of the lines.
func outcomes(lines []settings.Line) map[settings.Setting]settings.Outcome {
	out := map[settings.Setting]settings.Outcome{}
	for _, l := range lines {
		out[l.Setting] = l.Outcome
	}
	return out
}

// sourceText is the source's settings as text.
func (s *stage) sourceText() map[settings.Setting]string {
	s.t.Helper()
	out, now := map[settings.Setting]string{}, s.source().Settings()
	for _, name := range settings.All() {
		out[name] = now.Value(name).Text
	}
	return out
}

// guardSource makes AWS refuse every write to the source table itself.
func (s *stage) guardSource() {
	s.t.Helper()
	var faults []awssim.Fault
	for _, action := range []string{"UpdateTable", "DeleteTable", "UpdateContinuousBackups", "TagResource", "UntagResource", "PutResourcePolicy", "DeleteResourcePolicy", "UpdateTimeToLive",
		"EnableKinesisStreamingDestination", "DisableKinesisStreamingDestination", "UpdateContributorInsights", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "CreateBackup"} {
		faults = append(faults, awssim.Fault{Action: "dynamodb:" + action, Resource: s.table, Error: "AccessDeniedException", Message: "the source must not be written to"})
	}
	s.must(s.sim.SetFaults(faults))
}
