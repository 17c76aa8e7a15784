package scenario

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/restorable/restorable/internal/demo"
)

// movingTables are a source with a stream that has moved on, and its copy, both under a key of the account's own.
func movingTables(t *testing.T, url string) (moment string) {
	t.Helper()
	db := dynamodb.New(dynamodb.Options{Region: demo.Home, BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider(demo.Account, "any", "")})
	payments, err := db.DescribeTable(context.Background(), &dynamodb.DescribeTableInput{TableName: aws.String("payments")})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"moving", "copied"} {
		in := &dynamodb.CreateTableInput{TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}},
			SSESpecification:     &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: payments.Table.SSEDescription.KMSMasterKeyArn},
			StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeKeysOnly}}
		if _, err := db.CreateTable(context.Background(), in); err != nil {
			t.Fatal(err)
		}
	}
	put := func(name, value string) {
		item := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "x"}, "value": &types.AttributeValueMemberN{Value: value}}
		if _, err := db.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String(name), Item: item}); err != nil {
			t.Fatal(err)
		}
	}
	advance(t, url, "30m")
	put("moving", "1")
	put("copied", "1")
	advance(t, url, "30m")
	put("moving", "2")
	return "-10m"
}

func advance(t *testing.T, url, by string) {
	t.Helper()
	res, err := http.Post(url+"/_sim/clock", "application/json", strings.NewReader(`{"advance":"`+by+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
}

// TestComparesPolicyIsEnoughAndNoMore: with it everything is explained, and without any one action it is not.
func TestComparesPolicyIsEnoughAndNoMore(t *testing.T) {
	sequential(t)
	t.Parallel()
	url, root := enforcing(t)
	moment := movingTables(t, url)
	a := newAuditor(t, url, root, "comparer")
	_, policy, _ := a.restorable(t, "iam", "policy", "compare", "--read-stream")
	_, withRepair, _ := a.restorable(t, "iam", "policy", "compare", "--repair")
	explained := func() int {
		code, _, _ := a.restorable(t, "compare", "moving", "copied", "--moment", moment, "--read-stream", "--rates", "off", "--region", demo.Home)
		return code
	}
	repaired := func() int {
		code, _, _ := a.restorable(t, "compare", "moving", "copied", "--repair", filepath.Join(t.TempDir(), "repair.sh"), "--rates", "off", "--region", demo.Home)
		return code
	}
	for _, c := range []struct {
		policy  string
		actions []string
		run     func() int
		want    int
	}{
		{policy, []string{"dynamodb:DescribeTable", "dynamodb:Scan", "dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"}, explained, 0},
		{withRepair, []string{"dynamodb:GetItem"}, repaired, 1},
	} {
		a.allow(t, []byte(c.policy))
		begun := time.Now()
		if code := c.run(); code != c.want {
			t.Fatalf("with its own policy exit code %d, want %d, after %v", code, c.want, time.Since(begun))
		}
		for _, action := range c.actions {
			if !strings.Contains(c.policy, `"`+action+`"`) {
				t.Errorf("%s is not in the policy", action)
			}
			a.allow(t, policyWithout(t, c.policy, action))
			if code := c.run(); code != 3 && code != 4 {
				t.Errorf("without %s exit code %d", action, code)
			}
		}
	}
}
