package dynamodb

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

func TestTableLivesThroughItsStates(t *testing.T) {
	l := newLab(t, Options{})
	in := simple("orders")
	in.DeletionProtectionEnabled = aws.Bool(true)
	must(l, l.s.createTable, in)
	name := &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("orders")}
	backup := &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("first")}

	if got := l.describe("orders").TableStatus; got != "CREATING" {
		t.Errorf("status %s after CreateTable", got)
	}
	refused(l, l.s.createTable, simple("orders"), "ResourceInUseException", "Table already exists: orders")
	refused(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")}, "ResourceInUseException", "")
	refused(l, l.s.putItem, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: item.Item{"p": str("a")}}, "ResourceNotFoundException", "Requested resource not found")
	refused(l, l.s.describeContinuousBackups, name, "TableNotFoundException", "Table not found: orders")
	l.advance(createTime)
	if got := l.describe("orders").TableStatus; got != "ACTIVE" {
		t.Errorf("status %s after %s", got, createTime)
	}
	if got := must(l, l.s.describeContinuousBackups, name).ContinuousBackupsDescription.ContinuousBackupsStatus; got != "DISABLED" {
		t.Errorf("ContinuousBackupsStatus %s just after ACTIVE", got)
	}
	refused(l, l.s.createBackup, backup, "ContinuousBackupsUnavailableException", "Backups are being enabled for the table: orders. Please retry later")
	l.advance(backupsAfter)
	if got := must(l, l.s.describeContinuousBackups, name).ContinuousBackupsDescription; got.ContinuousBackupsStatus != "ENABLED" || got.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus != "DISABLED" {
		t.Errorf("continuous backups %+v", got)
	}
	must(l, l.s.createBackup, backup)

	refused(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")}, "ValidationException", "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	must(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: aws.String("orders"), DeletionProtectionEnabled: aws.Bool(false)})
	must(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")})
	must(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")})
	if got := must(l, l.s.listTables, &dynamodb.ListTablesInput{}).TableNames; len(got) != 1 {
		t.Errorf("a table being deleted is not listed: %v", got)
	}
	l.advance(deleteTime)
	refused(l, l.s.describeTable, &dynamodb.DescribeTableInput{TableName: aws.String("orders")}, "ResourceNotFoundException", "Requested resource not found: Table: orders not found")
	l.s.busyIs(l, 0)
}

func (s *Service) busyIs(l *lab, want int) {
	l.Helper()
	if got := s.busy[here.Account]; got != want {
		l.Errorf("%d tables count as busy, want %d", got, want)
	}
}

func TestCreateTableRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*dynamodb.CreateTableInput)
		code   string
		text   string
	}{
		{"a short name", func(in *dynamodb.CreateTableInput) { in.TableName = aws.String("ab") }, "ValidationException", "between 3 and 255"},
		{"an attribute that no key uses", func(in *dynamodb.CreateTableInput) {
			in.AttributeDefinitions = append(in.AttributeDefinitions, attr("q", "S"))
		}, "ValidationException", "AttributeDefinitions"},
		{"a key that is not defined", func(in *dynamodb.CreateTableInput) {
			in.AttributeDefinitions = []types.AttributeDefinition{attr("q", "S")}
		}, "ValidationException", "not defined in AttributeDefinitions"},
		{"two hash keys", func(in *dynamodb.CreateTableInput) {
			in.KeySchema = []types.KeySchemaElement{hashKey("p"), hashKey("q")}
		}, "ValidationException", "RANGE"},
		{"a range key first", func(in *dynamodb.CreateTableInput) { in.KeySchema = []types.KeySchemaElement{rangeKey("p")} }, "ValidationException", "HASH"},
		{"one attribute as both keys", func(in *dynamodb.CreateTableInput) {
			in.KeySchema = []types.KeySchemaElement{hashKey("p"), rangeKey("p")}
		}, "ValidationException", "same name"},
		{"the same attribute twice", func(in *dynamodb.CreateTableInput) {
			in.AttributeDefinitions = append(in.AttributeDefinitions, attr("p", "S"))
		}, "ValidationException", "two attributes with the same name"},
		{"throughput with on-demand", func(in *dynamodb.CreateTableInput) {
			in.ProvisionedThroughput = &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)}
		}, "ValidationException", "Neither ReadCapacityUnits nor WriteCapacityUnits"},
		{"no throughput", func(in *dynamodb.CreateTableInput) { in.BillingMode = "" }, "ValidationException", "must both be specified"},
		{"an empty index list", func(in *dynamodb.CreateTableInput) { in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{} }, "ValidationException", "empty"},
		{"a local index without range key", func(in *dynamodb.CreateTableInput) { in.LocalSecondaryIndexes = rich("x").LocalSecondaryIndexes }, "ValidationException", ""},
		{"21 global indexes", func(in *dynamodb.CreateTableInput) {
			for i := range 21 {
				x := rich("x").GlobalSecondaryIndexes[0]
				x.IndexName, x.KeySchema = aws.String(fmt.Sprint("index", i)), []types.KeySchemaElement{hashKey("p")}
				in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, x)
			}
		}, "ValidationException", "limit of 20"},
		{"a projection without attributes", func(in *dynamodb.CreateTableInput) {
			x := rich("x").GlobalSecondaryIndexes[0]
			x.KeySchema, x.Projection = []types.KeySchemaElement{hashKey("p")}, &types.Projection{ProjectionType: types.ProjectionTypeInclude}
			in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{x}
		}, "ValidationException", "NonKeyAttributes is not specified"},
		{"a stream without view", func(in *dynamodb.CreateTableInput) {
			in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true)}
		}, "ValidationException", "StreamViewType"},
		{"an unknown key", func(in *dynamodb.CreateTableInput) {
			in.SSESpecification = &types.SSESpecification{Enabled: aws.Bool(true), KMSMasterKeyId: aws.String("nope")}
		}, "ValidationException", "nope"},
		{"a reserved tag", func(in *dynamodb.CreateTableInput) {
			in.Tags = []types.Tag{{Key: aws.String("aws:x"), Value: aws.String("")}}
		}, "ValidationException", "aws:"},
	}
	for _, tt := range tests {
		l := newLab(t, Options{})
		in := simple("orders")
		tt.change(in)
		_, err := ask(l, l.s.createTable, in)
		if err == nil {
			t.Errorf("%s was accepted", tt.name)
			continue
		}
		refused(l, l.s.createTable, in, tt.code, tt.text)
	}
}

func TestListTablesPages(t *testing.T) {
	l := newLab(t, Options{})
	for i := range 7 {
		must(l, l.s.createTable, simple(fmt.Sprint("table", i)))
	}
	var got []string
	var start *string
	for {
		out := must(l, l.s.listTables, &dynamodb.ListTablesInput{Limit: aws.Int32(3), ExclusiveStartTableName: start})
		got = append(got, out.TableNames...)
		if start = out.LastEvaluatedTableName; start == nil {
			break
		}
	}
	if len(got) != 7 {
		t.Errorf("%v", got)
	}
	refused(l, l.s.listTables, &dynamodb.ListTablesInput{Limit: aws.Int32(101)}, "ValidationException", "limit")
}

func TestUpdateTableTakesOneChange(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	name := aws.String("orders")
	refused(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name}, "ValidationException", "At least one of")
	refused(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, DeletionProtectionEnabled: aws.Bool(true), TableClass: types.TableClassStandard}, "ValidationException", "one change")
	must(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, TableClass: types.TableClassStandardInfrequentAccess})
	if got := l.describe("orders"); got.TableStatus != "UPDATING" || got.TableClassSummary.TableClass != types.TableClassStandardInfrequentAccess {
		t.Errorf("%s %v", got.TableStatus, got.TableClassSummary)
	}
	refused(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, DeletionProtectionEnabled: aws.Bool(true)}, "ResourceInUseException", "")
	l.advance(updateTime)
	must(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, TableClass: types.TableClassStandard})
	l.advance(updateTime)
	refused(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, TableClass: types.TableClassStandardInfrequentAccess}, "LimitExceededException", "twice in 30 days")
	must(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, DeletionProtectionEnabled: aws.Bool(true)})
	refused(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, DeletionProtectionEnabled: aws.Bool(false)}, "ThrottlingException", "Retry after")
	refused(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, BillingMode: types.BillingModeProvisioned}, "ValidationException", "must both be specified")
	must(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, BillingMode: types.BillingModeProvisioned,
		ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(6)}})
	if got := l.describe("orders").ProvisionedThroughput; *got.ReadCapacityUnits != 5 || *got.WriteCapacityUnits != 6 {
		t.Errorf("%+v", got)
	}
	l.s.busyIs(l, 1)
	l.advance(updateTime)
	l.s.busyIs(l, 0)
	refused(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: name, ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(6)}},
		"ValidationException", "The provisioned throughput for the table will not change")
}

func TestIndexIsBackfilled(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	for i := range 5 {
		l.put("orders", item.Item{"p": str(fmt.Sprint(i)), "g": str("g")})
	}
	l.put("orders", item.Item{"p": str("odd"), "g": num("1")}) // another type: stays outside
	must(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: aws.String("orders"), AttributeDefinitions: []types.AttributeDefinition{attr("g", "S")},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{IndexName: aws.String("gii"),
			KeySchema: []types.KeySchemaElement{hashKey("g")}, Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}}}})
	query := &dynamodb.QueryInput{TableName: aws.String("orders"), IndexName: aws.String("gii"), KeyConditionExpression: aws.String("g = :g"), ExpressionAttributeValues: item.Item{":g": str("g")}}
	refused(l, l.s.query, query, "ValidationException", "backfilling")
	l.put("orders", item.Item{"p": str("during"), "g": str("g")})
	l.advance(indexTime)
	if got := must(l, l.s.query, query).Count; got != 6 {
		t.Errorf("index holds %d items, want 6", got)
	}
	must(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: aws.String("orders"),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("gii")}}}})
	l.advance(updateTime)
	if got := l.describe("orders"); len(got.GlobalSecondaryIndexes) != 0 || len(got.AttributeDefinitions) != 1 {
		t.Errorf("%v %v", got.GlobalSecondaryIndexes, got.AttributeDefinitions)
	}
}

func TestReplicaIsATableOfItsOwn(t *testing.T) {
	l := newLab(t, Options{})
	in := rich("orders")
	in.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("a")}}
	l.create(in)
	l.pitrOn("orders")
	l.put("orders", item.Item{"p": str("before"), "s": num("1"), "g": str("g")})
	must(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: aws.String("orders"),
		ReplicaUpdates: []types.ReplicationGroupUpdate{{Create: &types.CreateReplicationGroupMemberAction{RegionName: aws.String(there.Region)}}}})
	l.advance(replicaTime)
	l.put("orders", item.Item{"p": str("after"), "s": num("1"), "g": str("g")})
	if diff := cmp.Diff(l.items(here, "orders"), l.items(there, "orders")); diff != "" || len(l.items(there, "orders")) != 2 {
		t.Error(diff)
	}
	if got := l.describe("orders").Replicas; len(got) != 1 || *got[0].RegionName != there.Region || got[0].ReplicaStatus != types.ReplicaStatusActive {
		t.Errorf("%v", got)
	}
	refused(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")}, "ValidationException", "source region")
	l.call.Scope = there
	l.advance(backupsAfter)
	if view, ok := l.s.Lookup(there, "orders"); !ok || len(view.Tags) != 0 {
		t.Errorf("replica: %v %v", view, ok)
	}
	if got := must(l, l.s.describeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("orders")}).ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus; got != "DISABLED" {
		t.Errorf("the replica's PITR is %s", got)
	}
	l.put("orders", item.Item{"p": str("from there"), "s": num("1")})
	must(l, l.s.deleteItem, &dynamodb.DeleteItemInput{TableName: aws.String("orders"), Key: item.Item{"p": str("before"), "s": num("1")}})
	if diff := cmp.Diff(l.items(here, "orders"), l.items(there, "orders")); diff != "" {
		t.Error(diff)
	}
	must(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")})
	l.advance(deleteTime)
	l.call.Scope = here
	if got := l.describe("orders").Replicas; len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestKeyLostMeansTableLost(t *testing.T) {
	l := newLab(t, Options{})
	in := simple("orders")
	in.SSESpecification = &types.SSESpecification{Enabled: aws.Bool(true), KMSMasterKeyId: aws.String(cmk)}
	l.create(in)
	l.put("orders", item.Item{"p": str("a")})
	l.keys[cmk] = "PendingDeletion"
	if got := l.describe("orders").TableStatus; got != types.TableStatusInaccessibleEncryptionCredentials {
		t.Errorf("status %s", got)
	}
	refused(l, l.s.getItem, &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: item.Item{"p": str("a")}}, "AccessDeniedException", "KMS")
	l.advance(archiveAfter)
	if got := l.describe("orders"); got.TableStatus != types.TableStatusArchived || got.ArchivalSummary == nil {
		t.Errorf("status %s %v", got.TableStatus, got.ArchivalSummary)
	}
}

func TestTags(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	arn := here.ARN("dynamodb", "table/orders")
	var tags []types.Tag
	for i := range 12 {
		tags = append(tags, types.Tag{Key: aws.String(fmt.Sprintf("k%02d", i)), Value: aws.String("v")})
	}
	must(l, l.s.tagResource, &dynamodb.TagResourceInput{ResourceArn: &arn, Tags: tags})
	refused(l, l.s.untagResource, &dynamodb.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"k00"}}, "LimitExceededException", "Table tags are being updated")
	l.advance(2 * time.Second)
	must(l, l.s.untagResource, &dynamodb.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"k00"}})
	first := must(l, l.s.listTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: &arn})
	second := must(l, l.s.listTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: &arn, NextToken: first.NextToken})
	if len(first.Tags) != 10 || len(second.Tags) != 1 || second.NextToken != nil {
		t.Errorf("pages of %d and %d tags", len(first.Tags), len(second.Tags))
	}
	gone := here.ARN("dynamodb", "table/gone")
	refused(l, l.s.listTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: &gone}, "ResourceNotFoundException", "Table: gone not found")
}

func TestResourcePolicy(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	arn := aws.String(here.ARN("dynamodb", "table/orders"))
	refused(l, l.s.getResourcePolicy, &dynamodb.GetResourcePolicyInput{ResourceArn: arn}, "PolicyNotFoundException", "")
	refused(l, l.s.putResourcePolicy, &dynamodb.PutResourcePolicyInput{ResourceArn: arn, Policy: aws.String("{")}, "ValidationException", "")
	doc := `{"Version":"2012-10-17","Statement":[]}`
	first := must(l, l.s.putResourcePolicy, &dynamodb.PutResourcePolicyInput{ResourceArn: arn, Policy: &doc, ExpectedRevisionId: aws.String("NO_POLICY")})
	if got, ok := l.s.ResourcePolicy(*arn); !ok || got != doc {
		t.Errorf("%q %v", got, ok)
	}
	refused(l, l.s.deleteResourcePolicy, &dynamodb.DeleteResourcePolicyInput{ResourceArn: arn, ExpectedRevisionId: aws.String("wrong")}, "PolicyNotFoundException", "")
	refused(l, l.s.deleteResourcePolicy, &dynamodb.DeleteResourcePolicyInput{ResourceArn: arn}, "ThrottlingException", "")
	l.advance(coolDown)
	must(l, l.s.deleteResourcePolicy, &dynamodb.DeleteResourcePolicyInput{ResourceArn: arn, ExpectedRevisionId: first.RevisionId})
	if _, ok := l.s.ResourcePolicy(*arn); ok {
		t.Error("policy is still there")
	}
}

func TestKinesisAndInsightsSettle(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	name, stream := aws.String("orders"), aws.String("arn:aws:kinesis:eu-west-1:123456789012:stream/x")
	must(l, l.s.enableKinesis, &dynamodb.EnableKinesisStreamingDestinationInput{TableName: name, StreamArn: stream})
	must(l, l.s.updateContributorInsights, &dynamodb.UpdateContributorInsightsInput{TableName: name, ContributorInsightsAction: types.ContributorInsightsActionEnable})
	refused(l, l.s.disableKinesis, &dynamodb.DisableKinesisStreamingDestinationInput{TableName: name, StreamArn: stream}, "ValidationException", "must be ACTIVE")
	l.advance(settingTime)
	if got := must(l, l.s.describeKinesis, &dynamodb.DescribeKinesisStreamingDestinationInput{TableName: name}).KinesisDataStreamDestinations[0].DestinationStatus; got != types.DestinationStatusActive {
		t.Errorf("destination %s", got)
	}
	if got := must(l, l.s.describeContributorInsights, &dynamodb.DescribeContributorInsightsInput{TableName: name}); got.ContributorInsightsStatus != types.ContributorInsightsStatusEnabled || len(got.ContributorInsightsRuleList) != 2 {
		t.Errorf("insights %+v", got)
	}
	if got := must(l, l.s.listContributorInsights, &dynamodb.ListContributorInsightsInput{}).ContributorInsightsSummaries; len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// Every declared operation names a permission for a request without content, or says that it needs none.
func TestEveryOperationDeclaresItsAccess(t *testing.T) {
	l := newLab(t, Options{})
	seen := map[string]bool{}
	for _, op := range append(l.s.API().Operations, l.s.StreamsAPI().Operations...) {
		if seen[op.Name] {
			t.Errorf("%s is declared twice", op.Name)
		}
		seen[op.Name] = true
		if op.Access == nil {
			t.Errorf("%s has no access declaration", op.Name)
			continue
		}
		op.Access(l.call, op.New()) // must not panic on empty input
	}
}
