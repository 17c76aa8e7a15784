package estatebridge

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/estate"
)

// readTables describes the tables as a client would.
func (r *reader) readTables() error {
	u := r.unit
	u.Tables.Whole = r.whole("dynamodb:ListTables")
	if err := r.readScaling(); err != nil {
		return err
	}
	if err := r.readAlarms(); err != nil {
		return err
	}
	tables, _ := r.DynamoDB.Dump(r.sc)
	for i := range tables {
		t, err := r.table(tables[i].Name, tables[i].Tags)
		if err != nil {
			return fmt.Errorf("table %s: %w", tables[i].Name, err)
		}
		u.Tables.Items = append(u.Tables.Items, t)
	}
	return nil
}

// answer asks about a table; a table in the making, which many operations do not know yet, leaves the facts unknown.
func answer[O any](r *reader, in any) (*O, error) {
	out, err := inside.Ask[O](r.hand, r.sc, "dynamodb", in)
	if isCode(err, "ResourceNotFoundException", "TableNotFoundException", "PolicyNotFoundException") {
		return nil, nil
	}
	return out, err
}

func (r *reader) table(name string, tags map[string]string) (estate.Table, error) {
	described, err := inside.Ask[dynamodb.DescribeTableOutput](r.hand, r.sc, "dynamodb", &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		return estate.Table{}, err
	}
	d := described.Table
	t := estate.Table{ID: value(d.TableArn)}
	describe(&t, d, r.of("dynamodb:DescribeTable"))
	t.Tags = mapping(tags, r.of("tag:GetResources"))
	t.Scaling = whole(r.scaling[name], r.of("application-autoscaling:DescribeScalableTargets"))
	t.Alarms = whole(r.alarms[name], r.of("cloudwatch:DescribeAlarms"))
	for _, step := range []func(*estate.Table, *string) error{r.pitr, r.ttl, r.policy, r.kinesis, r.insights} {
		if err := step(&t, &name); err != nil {
			return t, err
		}
	}
	return t, nil
}

// describe turns a description into facts. What AWS leaves out by default is filled in as AWS documents it: no billing summary means
// provisioned, no class summary means standard, no stream specification means no stream.
func describe(t *estate.Table, d *types.TableDescription, src estate.Source) {
	t.ARN, t.Name, t.TableID, t.Status = text(d.TableArn, src), text(d.TableName, src), text(d.TableId, src), word(d.TableStatus, src)
	t.CreatedAt, t.SizeBytes, t.ItemCount = instant(d.CreationDateTime, src), number(d.TableSizeBytes, src), number(d.ItemCount, src)
	t.DeletionProtection = estate.KnownFact(value(d.DeletionProtectionEnabled), src)
	t.TableClass = estate.KnownFact(string(types.TableClassStandard), src)
	if d.TableClassSummary != nil && d.TableClassSummary.TableClass != "" {
		t.TableClass = word(d.TableClassSummary.TableClass, src)
	}
	t.StreamEnabled, t.StreamView, t.StreamARN = estate.KnownFact(false, src), estate.AbsentFact[string](src), text(d.LatestStreamArn, src)
	if s := d.StreamSpecification; s != nil {
		t.StreamEnabled, t.StreamView = estate.KnownFact(value(s.StreamEnabled), src), word(s.StreamViewType, src)
	}
	describeSchema(t, d, src)
	describeCapacity(t, d, src)
	describeEncryption(t, d, src)
}

func describeSchema(t *estate.Table, d *types.TableDescription, src estate.Source) {
	t.KeySchema = whole(keyElements(d.KeySchema), src)
	attributes, gsis, lsis, replicas := []estate.Attribute{}, []estate.Index{}, []estate.Index{}, []estate.Replica{}
	for _, a := range d.AttributeDefinitions {
		attributes = append(attributes, estate.Attribute{Name: value(a.AttributeName), Type: string(a.AttributeType)})
	}
	for _, g := range d.GlobalSecondaryIndexes {
		x := index(g.IndexName, g.KeySchema, g.Projection)
		x.Status = string(g.IndexStatus)
		if p := g.ProvisionedThroughput; p != nil {
			x.ReadCapacity, x.WriteCapacity = value(p.ReadCapacityUnits), value(p.WriteCapacityUnits)
		}
		gsis = append(gsis, x)
	}
	for _, l := range d.LocalSecondaryIndexes {
		lsis = append(lsis, index(l.IndexName, l.KeySchema, l.Projection))
	}
	for _, r := range d.Replicas {
		replicas = append(replicas, estate.Replica{Region: value(r.RegionName), Status: string(r.ReplicaStatus), KeyARN: value(r.KMSMasterKeyId)})
	}
	t.Attributes, t.GSIs, t.LSIs, t.Replicas = whole(attributes, src), whole(gsis, src), whole(lsis, src), whole(replicas, src)
}

func index(name *string, keys []types.KeySchemaElement, p *types.Projection) estate.Index {
	out := estate.Index{Name: value(name), Key: keyElements(keys)}
	if p != nil {
		out.Projection, out.NonKey = string(p.ProjectionType), p.NonKeyAttributes
	}
	return out
}

func keyElements(keys []types.KeySchemaElement) []estate.KeyElement {
	out := []estate.KeyElement{}
	for _, k := range keys {
		out = append(out, estate.KeyElement{Attribute: value(k.AttributeName), Type: string(k.KeyType)})
	}
	return out
}

func describeCapacity(t *estate.Table, d *types.TableDescription, src estate.Source) {
	mode := types.BillingModeProvisioned
	if d.BillingModeSummary != nil && d.BillingModeSummary.BillingMode != "" {
		mode = d.BillingModeSummary.BillingMode
	}
	t.BillingMode = word(mode, src)
	t.ReadCapacity, t.WriteCapacity = estate.AbsentFact[int64](src), estate.AbsentFact[int64](src)
	if p := d.ProvisionedThroughput; p != nil && mode == types.BillingModeProvisioned {
		t.ReadCapacity, t.WriteCapacity = number(p.ReadCapacityUnits, src), number(p.WriteCapacityUnits, src)
	}
	limits := d.OnDemandThroughput
	if limits == nil {
		limits = &types.OnDemandThroughput{}
	}
	t.MaxReadRequests, t.MaxWriteRequests = number(limits.MaxReadRequestUnits, src), number(limits.MaxWriteRequestUnits, src)
}

func describeEncryption(t *estate.Table, d *types.TableDescription, src estate.Source) {
	sse, archive := d.SSEDescription, d.ArchivalSummary
	if sse == nil {
		sse = &types.SSEDescription{}
	}
	if archive == nil {
		archive = &types.ArchivalSummary{}
	}
	t.SSEType, t.SSEStatus, t.KeyARN = word(sse.SSEType, src), word(sse.Status, src), text(sse.KMSMasterKeyArn, src)
	t.KeyInaccessibleAt = instant(sse.InaccessibleEncryptionDateTime, src)
	t.ArchivedAt, t.ArchivalReason, t.ArchivalBackup = instant(archive.ArchivalDateTime, src), text(archive.ArchivalReason, src), text(archive.ArchivalBackupArn, src)
}

func (r *reader) pitr(t *estate.Table, name *string) error {
	out, err := answer[dynamodb.DescribeContinuousBackupsOutput](r, &dynamodb.DescribeContinuousBackupsInput{TableName: name})
	if err != nil || out == nil {
		return err
	}
	src := r.of("dynamodb:DescribeContinuousBackups")
	p := out.ContinuousBackupsDescription.PointInTimeRecoveryDescription
	if p == nil {
		p = &types.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusDisabled}
	}
	t.PITRStatus, t.PITRPeriodDays = word(p.PointInTimeRecoveryStatus, src), number(p.RecoveryPeriodInDays, src)
	t.PITREarliest, t.PITRLatest = instant(p.EarliestRestorableDateTime, src), instant(p.LatestRestorableDateTime, src)
	return nil
}

func (r *reader) ttl(t *estate.Table, name *string) error {
	out, err := answer[dynamodb.DescribeTimeToLiveOutput](r, &dynamodb.DescribeTimeToLiveInput{TableName: name})
	if err != nil || out == nil {
		return err
	}
	src := r.of("dynamodb:DescribeTimeToLive")
	t.TTLStatus, t.TTLAttribute = word(out.TimeToLiveDescription.TimeToLiveStatus, src), text(out.TimeToLiveDescription.AttributeName, src)
	return nil
}

func (r *reader) policy(t *estate.Table, _ *string) error {
	out, err := answer[dynamodb.GetResourcePolicyOutput](r, &dynamodb.GetResourcePolicyInput{ResourceArn: aws.String(t.ID)})
	if err != nil {
		return err
	}
	t.ResourcePolicy = estate.AbsentFact[string](r.of("dynamodb:GetResourcePolicy"))
	if out != nil {
		t.ResourcePolicy = text(out.Policy, r.of("dynamodb:GetResourcePolicy"))
	}
	return nil
}

func (r *reader) kinesis(t *estate.Table, name *string) error {
	out, err := answer[dynamodb.DescribeKinesisStreamingDestinationOutput](r, &dynamodb.DescribeKinesisStreamingDestinationInput{TableName: name})
	if err != nil || out == nil {
		return err
	}
	streams := []estate.KinesisStream{}
	for _, k := range out.KinesisDataStreamDestinations {
		streams = append(streams, estate.KinesisStream{ARN: value(k.StreamArn), Status: string(k.DestinationStatus), Precision: string(k.ApproximateCreationDateTimePrecision)})
	}
	t.KinesisStreams = whole(streams, r.of("dynamodb:DescribeKinesisStreamingDestination"))
	return nil
}

func (r *reader) insights(t *estate.Table, name *string) error {
	out, err := answer[dynamodb.DescribeContributorInsightsOutput](r, &dynamodb.DescribeContributorInsightsInput{TableName: name})
	if err != nil || out == nil {
		return err
	}
	t.ContributorInsights = word(out.ContributorInsightsStatus, r.of("dynamodb:DescribeContributorInsights"))
	return nil
}

// readNativeBackups lists DynamoDB's own backups of types USER and SYSTEM.
func (r *reader) readNativeBackups() error {
	list := &r.unit.Backups
	list.Whole = r.whole("dynamodb:ListBackups")
	src := list.Whole.Source()
	_, backups := r.DynamoDB.Dump(r.sc)
	for i := range backups {
		b := &backups[i]
		sc, name, ok := tableOf(b.ARN)
		if b.Type == types.BackupTypeAwsBackup || !ok {
			continue
		}
		name = tableOfBackup(name)
		list.Items = append(list.Items, estate.NativeBackup{
			ID: b.ARN, Name: word(b.Name, src), TableARN: word(sc.ARN("dynamodb", "table/"+name), src), TableName: word(name, src), TableID: word(b.TableID, src),
			Status: estate.KnownFact(string(types.BackupStatusAvailable), src), Type: word(b.Type, src), CreatedAt: instant(&b.CreatedAt, src),
			ExpiresAt: instant(&b.ExpiresAt, src), SizeBytes: number(&b.SizeBytes, src),
		})
	}
	return nil
}
