package collect

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/estate"
)

// fillDescription turns DescribeTable's answer into facts. Members that AWS leaves out by default are filled in as AWS documents them:
// no billing summary means provisioned, no class summary means standard, no stream specification means no stream.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
func fillDescription(t *estate.Table, d *types.TableDescription, src estate.Source) {
	if aws.ToString(d.TableArn) != "" {
		t.ID = *d.TableArn
	}
	t.ARN = text(d.TableArn, src)
	t.TableID = text(d.TableId, src)
	t.Status = word(d.TableStatus, src)
	t.CreatedAt = instant(d.CreationDateTime, src)
	t.SizeBytes = number(d.TableSizeBytes, src)
	t.ItemCount = number(d.ItemCount, src)
	t.DeletionProtection = estate.PtrFact(d.DeletionProtectionEnabled, src)
	t.TableClass = estate.KnownFact(string(types.TableClassStandard), src)
	if d.TableClassSummary != nil {
		t.TableClass = word(d.TableClassSummary.TableClass, src)
	}
	fillSchema(t, d, src)
	fillThroughput(t, d, src)
	fillStream(t, d, src)
	fillEncryption(t, d, src)
}

func fillSchema(t *estate.Table, d *types.TableDescription, src estate.Source) {
	t.KeySchema = whole(keys(d.KeySchema), src)
	attributes := make([]estate.Attribute, 0, len(d.AttributeDefinitions))
	for _, a := range d.AttributeDefinitions {
		attributes = append(attributes, estate.Attribute{Name: aws.ToString(a.AttributeName), Type: string(a.AttributeType)})
	}
	t.Attributes = whole(attributes, src)
	var gsis, lsis []estate.Index
	for _, g := range d.GlobalSecondaryIndexes {
		gsis = append(gsis, globalIndex(g))
	}
	for _, l := range d.LocalSecondaryIndexes {
		index := estate.Index{Name: aws.ToString(l.IndexName), Key: keys(l.KeySchema)}
		project(&index, l.Projection)
		lsis = append(lsis, index)
	}
	t.GSIs, t.LSIs = whole(gsis, src), whole(lsis, src)
	var replicas []estate.Replica
	for _, r := range d.Replicas {
		replicas = append(replicas, estate.Replica{Region: aws.ToString(r.RegionName), Status: string(r.ReplicaStatus), KeyARN: aws.ToString(r.KMSMasterKeyId)})
	}
	t.Replicas = whole(replicas, src)
}

func globalIndex(g types.GlobalSecondaryIndexDescription) estate.Index {
	index := estate.Index{Name: aws.ToString(g.IndexName), Key: keys(g.KeySchema), Status: string(g.IndexStatus)}
	project(&index, g.Projection)
	if p := g.ProvisionedThroughput; p != nil {
		index.ReadCapacity, index.WriteCapacity = aws.ToInt64(p.ReadCapacityUnits), aws.ToInt64(p.WriteCapacityUnits)
	}
	return index
}

func project(index *estate.Index, p *types.Projection) {
	if p != nil {
		index.Projection, index.NonKey = string(p.ProjectionType), p.NonKeyAttributes
	}
}

func keys(schema []types.KeySchemaElement) []estate.KeyElement {
	elements := make([]estate.KeyElement, 0, len(schema))
	for _, k := range schema {
		elements = append(elements, estate.KeyElement{Attribute: aws.ToString(k.AttributeName), Type: string(k.KeyType)})
	}
	return elements
}

func fillThroughput(t *estate.Table, d *types.TableDescription, src estate.Source) {
	mode := types.BillingModeProvisioned
	if d.BillingModeSummary != nil && d.BillingModeSummary.BillingMode != "" {
		mode = d.BillingModeSummary.BillingMode
	}
	t.BillingMode = estate.KnownFact(string(mode), src)
	t.ReadCapacity, t.WriteCapacity = estate.AbsentFact[int64](src), estate.AbsentFact[int64](src)
	if p := d.ProvisionedThroughput; p != nil && mode == types.BillingModeProvisioned {
		t.ReadCapacity, t.WriteCapacity = number(p.ReadCapacityUnits, src), number(p.WriteCapacityUnits, src)
	}
	t.MaxReadRequests, t.MaxWriteRequests = estate.AbsentFact[int64](src), estate.AbsentFact[int64](src)
	if o := d.OnDemandThroughput; o != nil {
		t.MaxReadRequests, t.MaxWriteRequests = maximum(o.MaxReadRequestUnits, src), maximum(o.MaxWriteRequestUnits, src)
	}
}

// maximum reads an on-demand maximum; AWS writes -1 for none.
func maximum(v *int64, src estate.Source) estate.Fact[int64] {
	if v != nil && *v < 0 {
		return estate.AbsentFact[int64](src)
	}
	return number(v, src)
}

func fillStream(t *estate.Table, d *types.TableDescription, src estate.Source) {
	t.StreamEnabled, t.StreamView = estate.KnownFact(false, src), estate.AbsentFact[string](src)
	if s := d.StreamSpecification; s != nil {
		t.StreamEnabled = estate.KnownFact(aws.ToBool(s.StreamEnabled), src)
		t.StreamView = word(s.StreamViewType, src)
	}
	t.StreamARN = text(d.LatestStreamArn, src)
}

func fillEncryption(t *estate.Table, d *types.TableDescription, src estate.Source) {
	sse := d.SSEDescription
	if sse == nil {
		sse = &types.SSEDescription{}
	}
	t.SSEType = word(sse.SSEType, src)
	t.SSEStatus = word(sse.Status, src)
	t.KeyARN = text(sse.KMSMasterKeyArn, src)
	t.KeyInaccessibleAt = instant(sse.InaccessibleEncryptionDateTime, src)
	archive := d.ArchivalSummary
	if archive == nil {
		archive = &types.ArchivalSummary{}
	}
	t.ArchivedAt = instant(archive.ArchivalDateTime, src)
	t.ArchivalReason = text(archive.ArchivalReason, src)
	t.ArchivalBackup = text(archive.ArchivalBackupArn, src)
}

// forgetDescription sets all facts of DescribeTable unknown, but for an ARN that is known from the listing.
func forgetDescription(t *estate.Table, src estate.Source) {
	if !t.ARN.IsKnown() {
		t.ARN = estate.UnknownFact[string](src)
	}
	for _, f := range []*estate.Fact[string]{&t.TableID, &t.Status, &t.BillingMode, &t.TableClass, &t.StreamView, &t.StreamARN, &t.SSEType, &t.SSEStatus, &t.KeyARN, &t.ArchivalReason, &t.ArchivalBackup} {
		*f = estate.UnknownFact[string](src)
	}
	for _, f := range []*estate.Fact[int64]{&t.SizeBytes, &t.ItemCount, &t.ReadCapacity, &t.WriteCapacity, &t.MaxReadRequests, &t.MaxWriteRequests} {
		*f = estate.UnknownFact[int64](src)
	}
	for _, f := range []*estate.Fact[estate.Instant]{&t.CreatedAt, &t.KeyInaccessibleAt, &t.ArchivedAt} {
		*f = estate.UnknownFact[estate.Instant](src)
	}
	for _, f := range []*estate.Fact[[]estate.Index]{&t.GSIs, &t.LSIs} {
		*f = estate.UnknownFact[[]estate.Index](src)
	}
	t.DeletionProtection, t.StreamEnabled = estate.UnknownFact[bool](src), estate.UnknownFact[bool](src)
	t.KeySchema = estate.UnknownFact[[]estate.KeyElement](src)
	t.Attributes = estate.UnknownFact[[]estate.Attribute](src)
	t.Replicas = estate.UnknownFact[[]estate.Replica](src)
}
