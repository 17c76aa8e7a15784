package wire

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/awssim/model"
)

func codecOf(t testing.TB, name string) *Codec {
	t.Helper()
	m, err := model.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return New(m)
}

func TestMissingFindsWhatAStructCannotHold(t *testing.T) {
	c := codecOf(t, "dynamodb")
	op := c.Model.Operations["DescribeTable"]
	type noName struct{ Table string }
	if got := c.Missing(reflect.TypeFor[noName](), op.Input); len(got) != 1 || !strings.HasPrefix(got[0], "TableName: no such field") {
		t.Errorf("got %q", got)
	}
	type wrongType struct{ TableName *int }
	if got := c.Missing(reflect.TypeFor[wrongType](), op.Input); len(got) != 1 || got[0] != "TableName: a string does not fit int" {
		t.Errorf("got %q", got)
	}
	if got := c.Missing(reflect.TypeFor[dynamodb.DescribeTableOutput](), op.Output); got != nil {
		t.Errorf("the SDK's own struct lacks %q", got)
	}
}

// TestSDKStructsHoldTheModels: the models and the SDK are of different days; what one has and the other lacks is worth seeing.
func TestSDKStructsHoldTheModels(t *testing.T) {
	for _, row := range []struct {
		model, op string
		in, out   any
	}{
		{"dynamodb", "RestoreTableToPointInTime", dynamodb.RestoreTableToPointInTimeInput{}, dynamodb.RestoreTableToPointInTimeOutput{}},
		{"dynamodb", "Scan", dynamodb.ScanInput{}, dynamodb.ScanOutput{}},
		{"backup", "GetBackupPlan", backup.GetBackupPlanInput{}, backup.GetBackupPlanOutput{}},
		{"backup", "ListRecoveryPointsByBackupVault", backup.ListRecoveryPointsByBackupVaultInput{}, backup.ListRecoveryPointsByBackupVaultOutput{}},
		{"iam", "GetAccountAuthorizationDetails", iam.GetAccountAuthorizationDetailsInput{}, iam.GetAccountAuthorizationDetailsOutput{}},
		{"kms", "DescribeKey", kms.DescribeKeyInput{}, kms.DescribeKeyOutput{}},
	} {
		c := codecOf(t, row.model)
		op := c.Model.Operations[row.op]
		if got := c.Missing(reflect.TypeOf(row.in), op.Input); got != nil {
			t.Errorf("%s input: %q", row.op, got)
		}
		if got := c.Missing(reflect.TypeOf(row.out), op.Output); got != nil {
			t.Errorf("%s output: %q", row.op, got)
		}
	}
}

func TestTimesArriveInEveryForm(t *testing.T) {
	want := time.Date(2026, 3, 1, 12, 0, 0, 5e8, time.UTC)
	for _, v := range []any{jsonNumber(1772366400.5), text("1772366400.5"), "2026-03-01T12:00:00.5Z", text("2026-03-01T13:00:00.5+01:00"), want} {
		if got, ok := asTime(v); !ok || !got.Equal(want) {
			t.Errorf("%v: %s %v", v, got, ok)
		}
	}
	for _, v := range []any{"yesterday", "", jsonNumber(1e15), true} {
		if got, ok := asTime(v); ok {
			t.Errorf("%v was taken for %s", v, got)
		}
	}
}

func TestEpochTextKeepsMilliseconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(-1e12, 4e12).Draw(t, "ms")
		s := epochText(time.UnixMilli(ms))
		n, ok := asNumber(text(s))
		if !ok || epoch(n).UnixMilli() != ms || strings.HasSuffix(s, ".") {
			t.Fatalf("%d became %s", ms, s)
		}
	})
}

func TestFormOfListsAndStructures(t *testing.T) {
	c := codecOf(t, "iam")
	form, err := url.ParseQuery("RoleName=r&AssumeRolePolicyDocument=%7B%7D&Tags.member.10.Key=j&Tags.member.10.Value=10&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.0.Key=zero&Tags.member.x.Key=letter")
	if err != nil {
		t.Fatal(err)
	}
	var in iam.CreateRoleInput
	if err := c.Decode(c.Model.Operations["CreateRole"], Request{Protocol: Query, Form: form}, &in); err != nil {
		t.Fatal(err)
	}
	if len(in.Tags) != 2 || aws.ToString(in.Tags[0].Key) != "b" || aws.ToString(in.Tags[1].Value) != "10" {
		t.Errorf("got %d tags, %+v", len(in.Tags), in.Tags)
	}
}

func TestConstraintTexts(t *testing.T) {
	for _, row := range []struct{ name, model, op, body, want string }{
		{"too short", "dynamodb", "ListTables", `{"ExclusiveStartTableName":"ab"}`, "1 validation error detected: Value 'ab' at 'exclusiveStartTableName' failed to satisfy constraint: Member must have length greater than or equal to 3"},
		{"too large a number", "dynamodb", "ListTables", `{"Limit":101}`, "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100"},
		{"a pattern, whole", "dynamodb", "ListTables", `{"ExclusiveStartTableName":"a b c"}`, "1 validation error detected: Value 'a b c' at 'exclusiveStartTableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
		{"an unknown member is ignored", "dynamodb", "ListTables", `{"Nope":{"a":[1]}}`, ""},
		{"null is absent", "dynamodb", "ListTables", `{"Limit":null}`, ""},
		{"a map's value", "dynamodb", "BatchWriteItem", `{"RequestItems":{"orders":[]}}`, "1 validation error detected: Value '{orders=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]"},
		{"inside a map and a list", "dynamodb", "BatchWriteItem", `{"RequestItems":{"orders":[{"DeleteRequest":{}}]}}`, "1 validation error detected: Value null at 'requestItems.orders.member.1.member.deleteRequest.key' failed to satisfy constraint: Member must not be null"},
		{"a key id of KMS", "kms", "DescribeKey", `{"KeyId":""}`, "1 validation error detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := codecOf(t, row.model)
			op := c.Model.Operations[row.op]
			in := map[string]any{"ListTables": &dynamodb.ListTablesInput{}, "BatchWriteItem": &dynamodb.BatchWriteItemInput{}, "DescribeKey": &kms.DescribeKeyInput{}}[row.op]
			got := ""
			if err := c.Decode(op, Request{Protocol: JSON, Body: []byte(row.body)}, in); err != nil {
				got = err.Message
			}
			if got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

// Routes of one service must not depend on the order in which they are tried.
func TestEveryRESTOperationIsReachedByItsOwnPath(t *testing.T) {
	for _, name := range []string{"backup", "account"} {
		c := codecOf(t, name)
		for _, op := range c.Model.Operations {
			path, query, _ := strings.Cut(op.HTTP.RequestURI, "?")
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			filled := make([]string, 0, 8)
			for _, s := range strings.Split(path, "/") {
				if strings.HasPrefix(s, "{") {
					s = url.PathEscape("arn:aws:x:y/z w")
				}
				filled = append(filled, s)
			}
			for _, p := range []string{strings.Join(filled, "/"), strings.TrimSuffix(strings.Join(filled, "/"), "/"), strings.Join(filled, "/") + "/"} {
				got, labels, ok := c.MatchREST(op.HTTP.Method, strings.TrimSuffix(p, "//"), values)
				if !ok || got != op {
					t.Errorf("%s %s %s found %v", name, op.HTTP.Method, p, got)
				}
				for label, v := range labels {
					if v != "arn:aws:x:y/z w" {
						t.Errorf("%s: %s is %q", p, label, v)
					}
				}
			}
		}
	}
}
