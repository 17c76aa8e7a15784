package interop

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/cli"
)

// TestScanOfMotoSeesWhatSurroundsTables reads trails, rules and networks of another implementation: what it holds is judged, and what it
// lacks, or does not give as AWS does, is unknown.
func TestScanOfMotoSeesWhatSurroundsTables(t *testing.T) {
	moto := startMoto(t)
	motoTable(t, moto)
	surround(t, aws.Config{Region: simtest.Region, BaseEndpoint: &moto, Credentials: credentials.NewStaticCredentialsProvider(awssim.DefaultAccount, "any", "")})
	env := map[string]string{"AWS_ACCESS_KEY_ID": awssim.DefaultAccount, "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": simtest.Region, "AWS_EC2_METADATA_DISABLED": "true"}
	for name, value := range env {
		t.Setenv(name, value) // the SDK reads the process's own
	}
	want := map[string]string{ // moto gives CloudTrail's lists out as text/html, which no answer of AWS is; it has no event history and no effective policy
		"cloudtrail-trail": "UNKNOWN", "cloudtrail-recent-events": "UNKNOWN",
		"vpc-endpoint": "FAIL", "vpc-endpoint-policy": "FAIL", "stream-trigger": "NOT_APPLICABLE", "backup-report-plan-exists": "FAIL",
	}
	var ids []string
	for id := range want {
		ids = append(ids, id)
	}
	var out bytes.Buffer
	code := cli.Run(t.Context(), []string{"scan", "--endpoint-url", moto, "-o", "json", "--control", strings.Join(ids, ",")}, func(name string) string { return env[name] }, cli.Stdio{In: strings.NewReader(""), Out: &out, Err: io.Discard})
	var r motoReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("exit code %d, %v: %s", code, err, clip(out.Bytes()))
	}
	for _, f := range r.Findings {
		if f.Verdict != want[f.Control] {
			t.Errorf("%s is %s, want %s: %s", f.Control, f.Verdict, want[f.Control], f.Reason)
		}
		delete(want, f.Control)
	}
	if len(want) > 0 {
		t.Errorf("not judged: %v", want)
	}
}

// surround makes a trail that leaves KMS out, a rule with a target, and a network of which one part has an endpoint as AWS makes it.
func surround(t *testing.T, config aws.Config) {
	t.Helper()
	ctx := t.Context()
	fine := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	bucket := s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })
	_, err := bucket.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("audit-logs"), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: simtest.Region}})
	fine(err)
	trails := cloudtrail.NewFromConfig(config)
	_, err = trails.CreateTrail(ctx, &cloudtrail.CreateTrailInput{Name: aws.String("all"), S3BucketName: aws.String("audit-logs"), IsMultiRegionTrail: aws.Bool(true)})
	fine(err)
	_, err = trails.PutEventSelectors(ctx, &cloudtrail.PutEventSelectorsInput{TrailName: aws.String("all"), EventSelectors: []trailtypes.EventSelector{{
		ReadWriteType: trailtypes.ReadWriteTypeAll, IncludeManagementEvents: aws.Bool(true), ExcludeManagementEventSources: []string{"kms.amazonaws.com"},
		DataResources: []trailtypes.DataResource{{Type: aws.String("AWS::DynamoDB::Table"), Values: []string{"arn:aws:dynamodb"}}},
	}}})
	fine(err)
	_, err = trails.StartLogging(ctx, &cloudtrail.StartLoggingInput{Name: aws.String("all")})
	fine(err)
	rules := eventbridge.NewFromConfig(config)
	_, err = rules.PutRule(ctx, &eventbridge.PutRuleInput{Name: aws.String("watch"), EventPattern: aws.String(`{"source":["aws.backup"]}`)})
	fine(err)
	_, err = rules.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String("watch"), Targets: []eventtypes.Target{{Id: aws.String("1"), Arn: aws.String("arn:aws:sns:" + simtest.Region + ":" + awssim.DefaultAccount + ":alerts")}}})
	fine(err)
	networks := ec2.NewFromConfig(config)
	vpc, err := networks.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	fine(err)
	_, err = networks.CreateVpcEndpoint(ctx, &ec2.CreateVpcEndpointInput{VpcId: vpc.Vpc.VpcId, ServiceName: aws.String("com.amazonaws." + simtest.Region + ".dynamodb")})
	fine(err)
}
