package dynamodb

import (
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
	"github.com/restorable/restorable/internal/awssim/world"
)

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// keyring is a KMS with the keys it is told of.
type keyring map[string]string

func (k keyring) Resolve(sc world.Scope, ref string) (string, bool) {
	if ref == "alias/aws/dynamodb" {
		return sc.ARN("kms", "key/managed"), true
	}
	_, ok := k[ref]
	return ref, ok
}

func (k keyring) State(arn string) (string, bool) {
	if strings.HasSuffix(arn, "key/managed") {
		return "Enabled", true
	}
	state, ok := k[arn]
	return state, ok
}

func (k keyring) Encrypts(arn string) bool { return !strings.HasSuffix(arn, "/signs") }

// lab is a world that stands still unless advanced.
type lab struct {
	tester
	w    *world.World
	s    *Service
	call *api.Call
	keys keyring
}

var (
	here  = world.Scope{Partition: "aws", Account: "123456789012", Region: "eu-west-1"}
	there = world.Scope{Partition: "aws", Account: "123456789012", Region: "us-east-1"}
)

const cmk = "arn:aws:kms:eu-west-1:123456789012:key/mine"

func newLab(t tester, o Options) *lab {
	stopped := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	w := world.New(world.Options{Start: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Real: func() time.Time { return stopped }})
	l := &lab{tester: t, w: w, keys: keyring{cmk: "Enabled"}, call: &api.Call{Scope: here}}
	l.s = New(w, l.keys, o)
	return l
}

func (l *lab) advance(d time.Duration) { l.w.Advance(d) }

// ask calls a handler as the server would.
func ask[I, O any](l *lab, handle func(*api.Call, *I) (*O, error), in *I) (out *O, err error) {
	l.w.Do(func() {
		l.call.Now = l.w.Now()
		out, err = handle(l.call, in)
	})
	return out, err
}

func must[I, O any](l *lab, handle func(*api.Call, *I) (*O, error), in *I) *O {
	l.Helper()
	out, err := ask(l, handle, in)
	if err != nil {
		l.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused wants an error with that code and text.
func refused[I, O any](l *lab, handle func(*api.Call, *I) (*O, error), in *I, code, text string) {
	l.Helper()
	_, err := ask(l, handle, in)
	var e *api.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, text) {
		l.Errorf("%T: got %v, want %s: %s", in, err, code, text)
	}
}

func attr(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind}
}

func hashKey(name string) types.KeySchemaElement {
	return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: types.KeyTypeHash}
}

func rangeKey(name string) types.KeySchemaElement {
	return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: types.KeyTypeRange}
}

// simple is a table with partition key p.
func simple(name string) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{attr("p", "S")}, KeySchema: []types.KeySchemaElement{hashKey("p")},
	}
}

// rich is a table with keys p and s (a number), a global index gii on g (keys only) and a local one lii on g (including x).
func rich(name string) *dynamodb.CreateTableInput {
	in := simple(name)
	in.AttributeDefinitions = []types.AttributeDefinition{attr("p", "S"), attr("s", "N"), attr("g", "S")}
	in.KeySchema = append(in.KeySchema, rangeKey("s"))
	in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{IndexName: aws.String("gii"), KeySchema: []types.KeySchemaElement{hashKey("g")},
		Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}}}
	in.LocalSecondaryIndexes = []types.LocalSecondaryIndex{{IndexName: aws.String("lii"), KeySchema: []types.KeySchemaElement{hashKey("p"), rangeKey("g")},
		Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"x"}}}}
	return in
}

// create makes a table and waits until backups are possible.
func (l *lab) create(in *dynamodb.CreateTableInput) {
	l.Helper()
	must(l, l.s.createTable, in)
	l.advance(createTime + backupsAfter)
}

func (l *lab) describe(name string) *types.TableDescription {
	l.Helper()
	return must(l, l.s.describeTable, &dynamodb.DescribeTableInput{TableName: &name}).Table
}

func str(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func num(v string) types.AttributeValue { return &types.AttributeValueMemberN{Value: v} }

func (l *lab) put(name string, m item.Item) {
	l.Helper()
	must(l, l.s.putItem, &dynamodb.PutItemInput{TableName: &name, Item: m})
}

func (l *lab) pitrOn(name string) {
	l.Helper()
	must(l, l.s.updateContinuousBackups, &dynamodb.UpdateContinuousBackupsInput{TableName: &name,
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
}

// items are all items of a table, each as its encoding.
func (l *lab) items(sc world.Scope, name string) map[string]string {
	out := map[string]string{}
	l.w.Do(func() {
		t := l.s.region(sc).tables[name]
		for _, m := range l.s.Items(sc, name) {
			out[t.treeKey(m)] = item.Encode(m)
		}
	})
	return out
}
