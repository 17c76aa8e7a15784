package awssim_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/restorable/restorable/internal/awssim/simtest"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

func TestJSONCarriesEveryAttributeType(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	client := dynamodb.NewFromConfig(sim.Config())
	item := map[string]types.AttributeValue{
		"s": &types.AttributeValueMemberS{Value: "quote \" < & \x01 \u2028 é 😀"}, "n": &types.AttributeValueMemberN{Value: "1E+125"},
		"b": &types.AttributeValueMemberB{Value: []byte{0, 255}}, "bool": &types.AttributeValueMemberBOOL{Value: false}, "null": &types.AttributeValueMemberNULL{Value: true},
		"ss": &types.AttributeValueMemberSS{Value: []string{"a", ""}}, "ns": &types.AttributeValueMemberNS{Value: []string{"1", "2"}},
		"bs": &types.AttributeValueMemberBS{Value: [][]byte{{1}}}, "l": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: ""}}},
		"m": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"x": &types.AttributeValueMemberL{Value: []types.AttributeValue{}}}},
	}
	must[*dynamodb.PutItemOutput](t)(client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: item}))
	out := must[*dynamodb.GetItemOutput](t)(client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: map[string]types.AttributeValue{"s": item["s"]}}))
	opt := cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberB{}, types.AttributeValueMemberBOOL{}, types.AttributeValueMemberNULL{},
		types.AttributeValueMemberSS{}, types.AttributeValueMemberNS{}, types.AttributeValueMemberBS{}, types.AttributeValueMemberL{}, types.AttributeValueMemberM{})
	if diff := cmp.Diff(item, out.Item, opt); diff != "" {
		t.Error(diff)
	}
}

func TestAccountAndRegionComeFromTheSignature(t *testing.T) {
	sim, f := startFixture(t, setup{})
	put := func(key, region string) {
		must[*dynamodb.PutItemOutput](t)(dynamodb.NewFromConfig(sim.ConfigFor(key, region)).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: map[string]types.AttributeValue{}}))
	}
	put("222233334444", "cn-north-1")
	if got := f.seen.call.ARN("dynamodb", "table/x"); got != "arn:aws-cn:dynamodb:cn-north-1:222233334444:table/x" {
		t.Error(got)
	}
	put("AKIAWHATEVER", "us-east-2")
	if got := f.seen.call.Caller.ARN; got != "arn:aws:iam::123456789012:root" || !f.seen.call.Caller.Root {
		t.Error(got)
	}
}

func TestPagesFollowEachOther(t *testing.T) {
	sim, f := startFixture(t, setup{})
	f.order = []string{"aaa", "bbb", "ccc", "ddd", "eee"}
	p := dynamodb.NewListTablesPaginator(dynamodb.NewFromConfig(sim.Config()), &dynamodb.ListTablesInput{Limit: aws.Int32(2)})
	var names []string
	for p.HasMorePages() {
		names = append(names, must[*dynamodb.ListTablesOutput](t)(p.NextPage(t.Context())).TableNames...)
	}
	if diff := cmp.Diff(f.order, names); diff != "" {
		t.Error(diff)
	}
	if got := sim.Calls()["dynamodb:ListTables"]; got != 3 {
		t.Errorf("ListTables counted %d times", got)
	}
}

func TestRESTTakesARNsInPathsAndTimesEverywhere(t *testing.T) {
	sim, f := startFixture(t, setup{})
	client := backup.NewFromConfig(sim.Config())
	arn := "arn:aws:dynamodb:eu-west-1:111122223333:table/a b%/backup/01"
	out := must[*backup.DescribeRecoveryPointOutput](t)(client.DescribeRecoveryPoint(t.Context(), &backup.DescribeRecoveryPointInput{BackupVaultName: aws.String("vault"), RecoveryPointArn: &arn}))
	if *out.RecoveryPointArn != arn || !out.CreationDate.Equal(start) || *out.Lifecycle.DeleteAfterDays != 35 || *out.BackupSizeInBytes != 1<<40 {
		t.Errorf("got %+v", out)
	}
	after := start.Add(-time.Hour).Truncate(time.Second)
	must[*backup.ListBackupJobsOutput](t)(client.ListBackupJobs(t.Context(), &backup.ListBackupJobsInput{ByCreatedAfter: &after, ByResourceArn: &arn, MaxResults: aws.Int32(7), ByState: backuptypes.BackupJobStateFailed}))
	if in := f.seen.jobs; !in.ByCreatedAfter.Equal(after) || *in.ByResourceArn != arn || *in.MaxResults != 7 || in.ByState != "FAILED" {
		t.Errorf("got %+v", in)
	}
	must[*backup.CreateBackupSelectionOutput](t)(client.CreateBackupSelection(t.Context(), &backup.CreateBackupSelectionInput{BackupPlanId: aws.String("p"), BackupSelection: &backuptypes.BackupSelection{
		IamRoleArn: aws.String("r"), SelectionName: aws.String("s"), Resources: []string{"*"},
		Conditions: &backuptypes.Conditions{StringLike: []backuptypes.ConditionParameter{{ConditionKey: aws.String("aws:ResourceTag/x"), ConditionValue: aws.String("*")}}},
	}}))
	if s := f.seen.selection.BackupSelection; *f.seen.selection.BackupPlanId != "p" || s.Resources[0] != "*" || *s.Conditions.StringLike[0].ConditionValue != "*" {
		t.Errorf("got %+v", s)
	}
	created := must[*backup.CreateRestoreTestingPlanOutput](t)(client.CreateRestoreTestingPlan(t.Context(), &backup.CreateRestoreTestingPlanInput{RestoreTestingPlan: &backuptypes.RestoreTestingPlanForCreate{
		RestoreTestingPlanName: aws.String("p"), ScheduleExpression: aws.String("cron(0 1 ? * * *)"), RecoveryPointSelection: &backuptypes.RestoreTestingRecoveryPointSelection{},
	}}))
	if *created.RestoreTestingPlanName != "p" {
		t.Errorf("got %+v", created)
	}
	must[*backup.DeleteRestoreTestingPlanOutput](t)(client.DeleteRestoreTestingPlan(t.Context(), &backup.DeleteRestoreTestingPlanInput{RestoreTestingPlanName: aws.String("p")}))
}

// send signs only in form: no signature is checked while enforcement is off.
func send(t *testing.T, method, url, service, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	req := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body)))
	if service != "" {
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=111122223333/20260301/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, Signature=00")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp := must[*http.Response](t)(client.Do(req))
	defer resp.Body.Close()
	return resp, string(must[[]byte](t)(io.ReadAll(resp.Body)))
}

func TestTrailingSlashDoesNotMatter(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	for _, path := range []string{"/tags/arn%3Aaws%3Abackup%3Aeu-west-1%3A111122223333%3Abackup-vault%3Av", "/tags/arn:aws:backup:eu-west-1:111122223333:backup-vault:v/"} {
		resp, body := send(t, "GET", sim.URL+path, "backup", "")
		if resp.StatusCode != 200 || body != `{"Tags":{"arn":"arn:aws:backup:eu-west-1:111122223333:backup-vault:v"}}` {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
}

func TestStatusCodesOfTheModel(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	resp, body := send(t, "DELETE", sim.URL+"/restore-testing/plans/p", "backup", "")
	if resp.StatusCode != 204 || body != "" {
		t.Errorf("delete: %d %q", resp.StatusCode, body)
	}
	resp, _ = send(t, "PUT", sim.URL+"/restore-testing/plans", "backup", `{"RestoreTestingPlan":{"RestoreTestingPlanName":"p","ScheduleExpression":"x","RecoveryPointSelection":{}}}`)
	if resp.StatusCode != 201 {
		t.Errorf("create: %d", resp.StatusCode)
	}
}

func TestQueryRoundTrip(t *testing.T) {
	sim, f := startFixture(t, setup{})
	id := must[*sts.GetCallerIdentityOutput](t)(sts.NewFromConfig(sim.Config()).GetCallerIdentity(t.Context(), nil))
	if *id.Account != simtest.Account || *id.Arn != "arn:aws:iam::"+simtest.Account+":root" {
		t.Errorf("got %s %s", *id.Account, *id.Arn)
	}
	role := must[*iam.CreateRoleOutput](t)(iam.NewFromConfig(sim.Config()).CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(`{"a":"<&>"}`), MaxSessionDuration: aws.Int32(3600),
		Tags: []iamtypes.Tag{{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("b"), Value: aws.String("")}},
	})).Role
	if *role.Arn != "arn:aws:iam::"+simtest.Account+":role/r" || len(role.Tags) != 2 || *role.Tags[0].Key != "a" || !role.CreateDate.Equal(start) || *role.MaxSessionDuration != 3600 {
		t.Errorf("got %+v", role)
	}
	if *f.seen.role.AssumeRolePolicyDocument != `{"a":"<&>"}` || f.seen.call.Region != "us-east-1" {
		t.Errorf("seen %+v in %s", f.seen.role, f.seen.call.Region)
	}
}

func TestCBORRoundTrip(t *testing.T) {
	sim, f := startFixture(t, setup{})
	client := cloudwatch.NewFromConfig(sim.Config())
	must[*cloudwatch.PutMetricAlarmOutput](t)(client.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("a"), EvaluationPeriods: aws.Int32(3), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, Threshold: aws.Float64(-2),
		Dimensions: []cwtypes.Dimension{{Name: aws.String("TableName"), Value: aws.String("orders")}}, ActionsEnabled: aws.Bool(true),
	}))
	if in := f.seen.alarm; *in.EvaluationPeriods != 3 || *in.Threshold != -2 || *in.Dimensions[0].Value != "orders" || !*in.ActionsEnabled {
		t.Errorf("seen %+v", in)
	}
	out := must[*cloudwatch.DescribeAlarmsOutput](t)(client.DescribeAlarms(t.Context(), nil))
	if a := out.MetricAlarms[0]; *a.AlarmName != "a" || *a.Threshold != -1.5 || *a.Period != 60 || !a.StateUpdatedTimestamp.Equal(start) {
		t.Errorf("got %+v", a)
	}
	_, err := client.ListTagsForResource(t.Context(), &cloudwatch.ListTagsForResourceInput{ResourceARN: aws.String("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x")})
	var missing *cwtypes.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
}

// Other clients speak CloudWatch's older protocols.
func TestCloudWatchSpeaksJSONAndQueryToo(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	resp, body := send(t, "POST", sim.URL, "monitoring", "{}", "X-Amz-Target", "GraniteServiceVersion20100801.DescribeAlarms")
	if resp.StatusCode != 200 || !strings.Contains(body, `"StateUpdatedTimestamp":1772366400.123`) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	resp, body = send(t, "POST", sim.URL, "monitoring", "Action=DescribeAlarms&Version=2010-08-01", "Content-Type", "application/x-www-form-urlencoded")
	if resp.StatusCode != 200 || !strings.Contains(body, "<MetricAlarms><member><AlarmName>a</AlarmName>") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestEC2RoundTrip(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	resp, body := send(t, "POST", sim.URL, "ec2", "Action=DescribeRegions&Version=2016-11-15&RegionName.1=eu-west-1&Filter.1.Name=opt-in-status&Filter.1.Value.1=x&Filter.1.Value.2=y",
		"Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	want := "<regionInfo><item><regionName>eu-west-1</regionName></item><item><regionName>x</regionName></item><item><regionName>y</regionName></item></regionInfo></DescribeRegionsResponse>"
	if resp.StatusCode != 200 || !strings.HasSuffix(body, want) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestErrorsAreTyped(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	ctx := context.Background()
	_, err := dynamodb.NewFromConfig(sim.Config()).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("none")})
	var noTable *types.ResourceNotFoundException
	if !errors.As(err, &noTable) || noTable.ErrorMessage() != "Requested resource not found: Table: none not found" {
		t.Errorf("dynamodb: %v", err)
	}
	_, err = backup.NewFromConfig(sim.Config()).DescribeRecoveryPoint(ctx, &backup.DescribeRecoveryPointInput{BackupVaultName: aws.String("gone"), RecoveryPointArn: aws.String("x")})
	var noPoint *backuptypes.ResourceNotFoundException
	if !errors.As(err, &noPoint) || *noPoint.Code != "ERROR_3015" || noPoint.ErrorMessage() != "no such point" {
		t.Errorf("backup: %v", err)
	}
	_, err = iam.NewFromConfig(sim.Config()).GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("x")})
	var noRole *iamtypes.NoSuchEntityException
	if !errors.As(err, &noRole) || noRole.ErrorMessage() != "The role <x> & y cannot be found." {
		t.Errorf("iam: %v", err)
	}
}

func TestErrorsOnTheWire(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, row := range []struct {
		name, service, method, path, body string
		headers                           []string
		status                            int
		want                              string
	}{
		{"a modelled DynamoDB error", "dynamodb", "POST", "/", `{"TableName":"none"}`, []string{"X-Amz-Target", "DynamoDB_20120810.DescribeTable"}, 400, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",`},
		{"a shape violation at DynamoDB", "dynamodb", "POST", "/", `{}`, []string{"X-Amz-Target", "DynamoDB_20120810.DescribeTable"}, 400,
			`{"__type":"com.amazon.coral.validate#ValidationException","message":"1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null"}`},
		{"a number where a string belongs", "dynamodb", "POST", "/", `{"TableName":1}`, []string{"X-Amz-Target", "DynamoDB_20120810.DescribeTable"}, 400, `{"__type":"com.amazon.coral.service#SerializationException","message":"NUMBER_VALUE cannot be converted to String"}`},
		{"half a body", "dynamodb", "POST", "/", `{"TableName":`, []string{"X-Amz-Target", "DynamoDB_20120810.DescribeTable"}, 400, "SerializationException"},
		{"an empty attribute value", "dynamodb", "POST", "/", `{"TableName":"orders","Item":{"a":{}}}`, []string{"X-Amz-Target", "DynamoDB_20120810.PutItem"}, 400, "Supplied AttributeValue is empty"},
		{"two attribute types", "dynamodb", "POST", "/", `{"TableName":"orders","Item":{"a":{"S":"x","N":"1"}}}`, []string{"X-Amz-Target", "DynamoDB_20120810.PutItem"}, 400, "more than one datatypes"},
		{"an operation that is not implemented", "dynamodb", "POST", "/", `{}`, []string{"X-Amz-Target", "DynamoDB_20120810.ExecuteStatement"}, 400, "does not implement dynamodb:ExecuteStatement"},
		{"an operation that does not exist", "dynamodb", "POST", "/", `{}`, []string{"X-Amz-Target", "DynamoDB_20120810.Nope"}, 400, "does not implement dynamodb:Nope"},
		{"an unknown target", "x", "POST", "/", `{}`, []string{"X-Amz-Target", "Nope"}, 400, `{"__type":"UnknownOperationException"`},
		{"an unknown path", "backup", "GET", "/nope", ``, nil, 400, "does not implement backup:GET /nope"},
		{"an unknown action", "iam", "POST", "/", `Action=Nope`, form, 400, "<Code>InvalidAction</Code>"},
		{"no action", "ec2", "POST", "/", ``, form, 400, "<Code>InvalidAction</Code>"},
		{"another service", "s3", "GET", "/bucket", ``, nil, 400, "<Code>UnknownOperationException</Code>"},
		{"an unsigned JSON request", "", "POST", "/", `{}`, []string{"X-Amz-Target", "DynamoDB_20120810.ListTables"}, 403, "MissingAuthenticationTokenException"},
		{"an unsigned query request", "", "POST", "/", `Action=GetCallerIdentity`, form, 403, "<Code>MissingAuthenticationToken</Code>"},
		{"an unsigned REST request", "", "GET", "/backup-vaults/", ``, nil, 403, "MissingAuthenticationTokenException"},
		{"a malformed signature", "", "GET", "/backup-vaults/", ``, []string{"Authorization", "Bearer x"}, 400, "signature"},
		{"a bad enum at AWS Backup", "backup", "GET", "/backup-jobs/?state=NOPE", ``, nil, 400, "Member must satisfy enum value set: ["},
		{"a missing member at AWS Backup", "backup", "PUT", "/restore-testing/plans", `{}`, nil, 400, "MissingParameterValueException"},
		{"a bad number in a query string", "backup", "GET", "/backup-jobs/?maxResults=many", ``, nil, 400, "SerializationException"},
		{"a missing parameter at IAM", "iam", "POST", "/", `Action=GetRole`, form, 400, "<Code>ValidationError</Code>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			resp, body := send(t, row.method, sim.URL+row.path, row.service, row.body, row.headers...)
			if resp.StatusCode != row.status || !strings.Contains(resp.Header.Get("X-Amzn-Errortype")+body, row.want) {
				t.Errorf("%d %s\nwant %d %s", resp.StatusCode, body, row.status, row.want)
			}
		})
	}
}

func TestSeveralViolationsAtOnce(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	body := `{"TableName":"orders","KeySchema":[{"AttributeName":"id","KeyType":"PRIMARY"}],"AttributeDefinitions":[{"AttributeName":"` + strings.Repeat("x", 256) + `","AttributeType":"S"}],"BillingMode":null,"ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":1}}`
	_, got := send(t, "POST", sim.URL, "dynamodb", body, "X-Amz-Target", "DynamoDB_20120810.CreateTable")
	for _, want := range []string{
		"3 validation errors detected: ", "Value 'PRIMARY' at 'keySchema.1.member.keyType' failed to satisfy constraint: Member must satisfy enum value set: [HASH, RANGE]",
		"at 'attributeDefinitions.1.member.attributeName' failed to satisfy constraint: Member must have length less than or equal to 255; ",
		"Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have value greater than or equal to 1",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
}

func TestHeadersOfAnAnswer(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	sim.Advance(48 * time.Hour)
	resp, body := send(t, "POST", sim.URL, "dynamodb", "{}", "X-Amz-Target", "DynamoDB_20120810.ListTables")
	if body != `{"TableNames":[]}` {
		t.Errorf("an empty list is written as such: %s", body)
	}
	date := must[time.Time](t)(http.ParseTime(resp.Header.Get("Date")))
	if d := date.Sub(start.Add(48 * time.Hour)); d < -time.Second || d > time.Minute {
		t.Errorf("Date is %s", date)
	}
	if resp.Header.Get("X-Amz-Crc32") == "" || len(resp.Header.Get("X-Amzn-Requestid")) != 36 || resp.Header.Get("Content-Type") != "application/x-amz-json-1.0" {
		t.Errorf("headers %v", resp.Header)
	}
}

func TestTooLargeBodyIsRefused(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	resp, _ := send(t, "POST", sim.URL, "dynamodb", string(bytes.Repeat([]byte(" "), 21<<20)), "X-Amz-Target", "DynamoDB_20120810.ListTables")
	if resp.StatusCode != 400 {
		t.Errorf("got %d", resp.StatusCode)
	}
}
