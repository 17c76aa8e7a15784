package restore

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
)

// Read reads everything that a table is set up with. Settings that could not be read are unknown facts. Table is nil when there is no such
// table. The error is a *collect.StartError when nobody can be asked.
func Read(ctx context.Context, account *awsapi.Account, region, name string) (Source, error) {
	unit, err := collect.One(ctx, account, region, collect.Options{Needs: awsapi.Restorable(), Tables: func(n string) bool { return n == name }})
	if err != nil {
		return Source{}, err
	}
	for i := range unit.Tables.Items {
		if t := &unit.Tables.Items[i]; t.Name.Or("") == name {
			t.Tags = readTags(ctx, account.Scope(region), unit, t.ARN.Or(""))
			return Source{Unit: unit, Table: t}, nil
		}
	}
	if whole, ok := unit.Tables.Whole.Get(); !ok || unit.Of(unit.Tables.Whole.Source()).Failed() && !whole {
		p := unit.Of(unit.Tables.Whole.Source())
		return Source{Unit: unit}, &awsapi.CallError{Answer: awsapi.Answer{Call: awsapi.CallID(p.Operation), Resource: name}, Code: p.Code, Message: p.Message, Kind: awsapi.KindOther}
	}
	return Source{Unit: unit}, nil
}

// readTags asks the table itself: the tagging API lags behind.
func readTags(ctx context.Context, s *awsapi.Scope, u *estate.Unit, arn string) estate.Fact[map[string]string] {
	tags, answer, err := tagsOf(ctx, s, arn)
	p := estate.Provenance{Operation: string(awsapi.ListTagsOfResource), Resource: arn, RequestID: answer.RequestID}
	if !answer.Date.IsZero() {
		p.ObservedAt = estate.At(answer.Date)
	}
	if err != nil {
		p.Code, p.Message, _ = awsapi.Classify(err)
		return estate.UnknownFact[map[string]string](u.Record(p))
	}
	return estate.KnownFact(tags, u.Record(p))
}

func tagsOf(ctx context.Context, s *awsapi.Scope, arn string) (map[string]string, awsapi.Answer, error) {
	tags := map[string]string{}
	in := &dynamodb.ListTagsOfResourceInput{ResourceArn: &arn}
	for {
		out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.ListTagsOfResource, Resource: arn}, s.DynamoDB.ListTagsOfResource, in)
		if err != nil {
			return nil, answer, err
		}
		for _, t := range out.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		if aws.ToString(out.NextToken) == "" {
			return tags, answer, nil
		}
		in.NextToken = out.NextToken
	}
}

// FromBackup is what one of DynamoDB's own backups says of its table as it was: schema, indexes, capacity, encryption, stream and time to
// live. The rest is not in a backup, and unknown.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BackupDescription.html
func FromBackup(ctx context.Context, account *awsapi.Account, region, arn string) (Source, error) {
	s := account.Scope(region)
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.DescribeBackup, Resource: arn}, s.DynamoDB.DescribeBackup, &dynamodb.DescribeBackupInput{BackupArn: &arn})
	if err != nil {
		return Source{}, err
	}
	if out.BackupDescription == nil || out.BackupDescription.SourceTableDetails == nil {
		return Source{}, awsapi.Missing(answer, "description of the table")
	}
	u := &estate.Unit{}
	p := estate.Provenance{Operation: string(awsapi.DescribeBackup), Resource: arn, RequestID: answer.RequestID, ObservedAt: estate.At(answer.Date)}
	src := u.Record(p)
	p.Code, p.Message = codeNotInBackup, "a backup does not hold it, and the table is gone"
	lacking := u.Record(p)
	u.Region = estate.KnownFact(region, src)
	t := tableOf(out.BackupDescription, src, lacking)
	u.Tables = estate.List[estate.Table]{Items: []estate.Table{t}, Whole: estate.KnownFact(false, src)}
	return Source{Unit: u, Table: &u.Tables.Items[0]}, nil
}

// codeNotInBackup marks settings of a table that is gone.
const codeNotInBackup = "NotInBackup"

func tableOf(b *types.BackupDescription, src, lacking estate.Source) estate.Table {
	d, f := b.SourceTableDetails, b.SourceTableFeatureDetails
	if f == nil {
		f = &types.SourceTableFeatureDetails{}
	}
	t := estate.Table{ID: aws.ToString(d.TableArn), ARN: estate.PtrFact(d.TableArn, src), Name: estate.PtrFact(d.TableName, src), TableID: estate.PtrFact(d.TableId, src)}
	t.SizeBytes, t.ItemCount = estate.PtrFact(d.TableSizeBytes, src), estate.PtrFact(d.ItemCount, src)
	t.KeySchema = estate.KnownFact(elements(d.KeySchema), src)
	t.Attributes = estate.UnknownFact[[]estate.Attribute](lacking)
	t.GSIs, t.LSIs = backupIndexes(f, src)
	t.BillingMode = estate.KnownFact(string(types.BillingModeProvisioned), src)
	if d.BillingMode != "" {
		t.BillingMode = estate.KnownFact(string(d.BillingMode), src)
	}
	if p := d.ProvisionedThroughput; p != nil {
		t.ReadCapacity, t.WriteCapacity = estate.PtrFact(p.ReadCapacityUnits, src), estate.PtrFact(p.WriteCapacityUnits, src)
	}
	t.SSEType, t.KeyARN = estate.AbsentFact[string](src), estate.AbsentFact[string](src)
	if sse := f.SSEDescription; sse != nil && sse.SSEType != "" {
		t.SSEType, t.KeyARN = estate.KnownFact(string(sse.SSEType), src), estate.PtrFact(sse.KMSMasterKeyArn, src)
	}
	t.StreamEnabled, t.StreamView = estate.KnownFact(false, src), estate.AbsentFact[string](src)
	switch sp := f.StreamDescription; {
	case sp != nil && aws.ToBool(sp.StreamEnabled):
		t.StreamEnabled, t.StreamView = estate.KnownFact(true, src), estate.KnownFact(string(sp.StreamViewType), src)
	case b.BackupDetails != nil && b.BackupDetails.BackupType == types.BackupTypeSystem:
		// Deleting a table ends its stream: whether the backup made then still tells of it is not documented.
		t.StreamEnabled, t.StreamView = estate.UnknownFact[bool](lacking), estate.UnknownFact[string](lacking)
	}
	t.TTLStatus = estate.AbsentFact[string](src)
	if ttl := f.TimeToLiveDescription; ttl != nil && ttl.TimeToLiveStatus != "" {
		t.TTLStatus, t.TTLAttribute = estate.KnownFact(string(ttl.TimeToLiveStatus), src), estate.PtrFact(ttl.AttributeName, src)
	}
	lack(&t, lacking)
	return t
}

// lack marks what no backup holds.
func lack(t *estate.Table, src estate.Source) {
	for _, f := range []*estate.Fact[string]{&t.TableClass, &t.PITRStatus, &t.ResourcePolicy, &t.ContributorInsights} {
		*f = estate.UnknownFact[string](src)
	}
	t.DeletionProtection, t.Tags = estate.UnknownFact[bool](src), estate.UnknownFact[map[string]string](src)
	t.KinesisStreams, t.Scaling = estate.UnknownFact[[]estate.KinesisStream](src), estate.UnknownFact[[]estate.ScalingTarget](src)
	t.Alarms, t.Replicas = estate.UnknownFact[[]estate.Alarm](src), estate.UnknownFact[[]estate.Replica](src)
}

func backupIndexes(f *types.SourceTableFeatureDetails, src estate.Source) (global, local estate.Fact[[]estate.Index]) {
	var g, l []estate.Index
	for _, x := range f.GlobalSecondaryIndexes {
		g = append(g, index(x.IndexName, x.KeySchema, x.Projection))
	}
	for _, x := range f.LocalSecondaryIndexes {
		l = append(l, index(x.IndexName, x.KeySchema, x.Projection))
	}
	return estate.KnownFact(g, src), estate.KnownFact(l, src)
}

func index(name *string, key []types.KeySchemaElement, p *types.Projection) estate.Index {
	out := estate.Index{Name: aws.ToString(name), Key: elements(key)}
	if p != nil {
		out.Projection, out.NonKey = string(p.ProjectionType), p.NonKeyAttributes
	}
	return out
}

func elements(key []types.KeySchemaElement) []estate.KeyElement {
	out := make([]estate.KeyElement, 0, len(key))
	for _, k := range key {
		out = append(out, estate.KeyElement{Attribute: aws.ToString(k.AttributeName), Type: string(k.KeyType)})
	}
	return out
}

// ManagerOf asks KMS who manages a key: AWS or CUSTOMER; empty when KMS does not say.
func ManagerOf(u *estate.Unit, arn string) string {
	if u == nil {
		return ""
	}
	for i := range u.Keys.Items {
		if k := &u.Keys.Items[i]; k.ID == arn || k.ARN.Or("") == arn {
			return k.Manager.Or("")
		}
	}
	return ""
}

// isStart reports whether an error ends everything: nobody can be asked.
func isStart(err error) bool {
	var start *collect.StartError
	return errors.As(err, &start)
}
