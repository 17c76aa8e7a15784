package cloudtrail_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
)

func lookUp(t *testing.T, c *ct.Client, name string) []types.Event {
	t.Helper()
	out, err := c.LookupEvents(t.Context(), &ct.LookupEventsInput{LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: &name}}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Events
}

// TestTheHistoryTellsWhatWasReallyCalled: who, when and what; refusals too; nothing of another Region.
func TestTheHistoryTellsWhatWasReallyCalled(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{Enforce: true})
	root := sim.Config()
	made, err := kms.NewFromConfig(root).CreateKey(t.Context(), &kms.CreateKeyInput{Description: aws.String("mine")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := iam.NewFromConfig(root).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ann")}); err != nil {
		t.Fatal(err)
	}
	issued, err := iam.NewFromConfig(root).CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("ann")})
	if err != nil {
		t.Fatal(err)
	}
	ann := root.Copy()
	ann.Credentials = aws.CredentialsProviderFunc(keysOf(issued))
	if _, err := kms.NewFromConfig(ann).DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: made.KeyMetadata.KeyId}); err == nil {
		t.Fatal("ann may do nothing")
	}
	events := lookUp(t, ct.NewFromConfig(root), "DisableKey")
	if len(events) != 1 || *events[0].Username != "ann" || *events[0].EventSource != "kms.amazonaws.com" {
		t.Fatalf("got %+v", events)
	}
	var record struct {
		ErrorCode         string
		UserIdentity      struct{ Type, ARN string }
		RequestParameters struct{ KeyID string }
	}
	if err := json.Unmarshal([]byte(*events[0].CloudTrailEvent), &record); err != nil {
		t.Fatal(err)
	}
	if record.ErrorCode != "AccessDenied" || record.UserIdentity.Type != "IAMUser" || record.RequestParameters.KeyID != *made.KeyMetadata.KeyId {
		t.Errorf("got %+v", record)
	}
	if there := lookUp(t, ct.NewFromConfig(sim.ConfigFor(simtest.Account, "us-west-2")), "DisableKey"); len(there) != 0 {
		t.Errorf("another Region tells %+v", there)
	}
	sim.Advance(91 * 24 * time.Hour)
	if late := lookUp(t, ct.NewFromConfig(root), "DisableKey"); len(late) != 0 {
		t.Errorf("after 91 days it still tells %+v", late)
	}
}

// TestOneTrailShowsInEveryRegionAndChangesAtHome: shadows go by their ARN.
func TestOneTrailShowsInEveryRegionAndChangesAtHome(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{})
	home, away := ct.NewFromConfig(sim.Config()), ct.NewFromConfig(sim.ConfigFor(simtest.Account, "us-east-1"))
	made, err := home.CreateTrail(t.Context(), &ct.CreateTrailInput{Name: aws.String("all"), S3BucketName: aws.String("logs"), IsMultiRegionTrail: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := home.StartLogging(t.Context(), &ct.StartLoggingInput{Name: aws.String("all")}); err != nil {
		t.Fatal(err)
	}
	status, err := away.GetTrailStatus(t.Context(), &ct.GetTrailStatusInput{Name: made.TrailARN})
	if err != nil || !*status.IsLogging {
		t.Errorf("got %+v, %v", status, err)
	}
	var refused smithy.APIError
	if _, err := away.StopLogging(t.Context(), &ct.StopLoggingInput{Name: made.TrailARN}); !errors.As(err, &refused) || refused.ErrorCode() != "InvalidHomeRegionException" {
		t.Errorf("got %v", err)
	}
	stranger := ct.NewFromConfig(sim.ConfigFor("999988887777", simtest.Region))
	if out, err := stranger.DescribeTrails(t.Context(), &ct.DescribeTrailsInput{}); err != nil || len(out.TrailList) != 0 {
		t.Errorf("a stranger sees %+v, %v", out, err)
	}
}

func keysOf(issued *iam.CreateAccessKeyOutput) func(context.Context) (aws.Credentials, error) {
	return func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *issued.AccessKey.AccessKeyId, SecretAccessKey: *issued.AccessKey.SecretAccessKey}, nil
	}
}
