package restore_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/settings"
)

// office is a stage under enforcement, with a user whose policy changes.
type office struct {
	*stage
	root   *iam.Client
	policy *string
	n      int
}

func newOffice(t *testing.T) *office {
	t.Helper()
	s := newStageIn(t, awssim.Options{Enforce: true, World: world.Options{Start: time.Now().Add(-10 * time.Hour), Speed: 600, Seed: 1}})
	o := &office{stage: s, root: iam.NewFromConfig(s.sim.Config())}
	ctx, name := t.Context(), aws.String("restorer")
	s.must2(o.root.CreateUser(ctx, &iam.CreateUserInput{UserName: name}))
	key, err := o.root.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})
	s.must(err)
	for k, v := range map[string]string{"AWS_ACCESS_KEY_ID": *key.AccessKey.AccessKeyId, "AWS_SECRET_ACCESS_KEY": *key.AccessKey.SecretAccessKey, "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": t.TempDir() + "/none", "AWS_SHARED_CREDENTIALS_FILE": t.TempDir() + "/none", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(k, v)
	}
	s.session, err = awsapi.Open(t.Context(), awsapi.Options{EndpointURL: s.sim.URL, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff, Writes: true, MaxAttempts: 2,
		MaxBackoff: 10 * time.Millisecond, RequestTimeout: 2 * time.Second})
	s.must(err)
	t.Cleanup(s.session.Close)
	return o
}

// allow gives the user the policy of restore, without an action.
func (o *office) allow(without awsapi.CallID) {
	o.t.Helper()
	all := slices.DeleteFunc(awsapi.Permissions(awsapi.RestoreCalls()), func(p awsapi.Permission) bool { return p.Action == without })
	text, err := awsapi.Document("aws", all)
	o.must(err)
	if o.policy != nil {
		o.must2(o.root.DetachUserPolicy(o.t.Context(), &iam.DetachUserPolicyInput{UserName: aws.String("restorer"), PolicyArn: o.policy}))
	}
	o.n++
	made, err := o.root.CreatePolicy(o.t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String(fmt.Sprint("p", o.n)), PolicyDocument: aws.String(string(text))})
	o.must(err)
	o.policy = made.Policy.Arn
	o.must2(o.root.AttachUserPolicy(o.t.Context(), &iam.AttachUserPolicyInput{UserName: aws.String("restorer"), PolicyArn: o.policy}))
}

// try restores as the user, and says what is lacking; empty: nothing.
func (o *office) try(kind settings.Kind) string {
	o.t.Helper()
	o.n++
	src, err := restore.Read(o.t.Context(), o.session.Accounts()[0], simtest.Region, "orders")
	if err != nil {
		return err.Error()
	}
	region := simtest.Region
	if kind == settings.ByPoint {
		region = other
	}
	r := o.request(kind, region)
	r.Target, r.Count = fmt.Sprintf("restored-%d", o.n), true
	got, err := o.run(restore.Options{Request: r, Source: src, Store: o.store, Settle: time.Second, Pause: 5 * time.Millisecond})
	if err != nil {
		return err.Error()
	}
	for _, l := range got.Lines {
		if l.Outcome == settings.Unknown || l.Outcome == settings.Differs {
			return string(l.Setting) + ": " + l.Reason
		}
	}
	return strings.TrimPrefix(string(got.State), string(restore.Done))
}

// TestThePolicySufficesAndEachWriteIsNeeded: with the printed policy every route comes to its end, and without any of its writes one does not.
func TestThePolicySufficesAndEachWriteIsNeeded(t *testing.T) {
	o := newOffice(t)
	kinds := []settings.Kind{settings.ByPITR, settings.ByBackup, settings.ByPoint}
	o.allow("")
	for _, kind := range kinds {
		if lacking := o.try(kind); lacking != "" {
			t.Fatalf("%s: %s", kind, lacking)
		}
	}
	kindOf := map[awsapi.CallID]settings.Kind{awsapi.RestoreTableFromBackup: settings.ByBackup, awsapi.StartRestoreJob: settings.ByPoint, awsapi.StartCopyJob: settings.ByPoint,
		awsapi.DescribeCopyJob: settings.ByPoint, awsapi.DescribeRestoreJob: settings.ByPoint, "iam:PassRole": settings.ByPoint}
	// Demanded by AWS's documents, and not by the simulated AWS: its service-linked roles need nobody's permission to be made.
	elsewhere := []awsapi.CallID{"iam:CreateServiceLinkedRole"}
	for _, c := range awsapi.RestoreCalls() {
		if !c.Write && kindOf[c.ID] == "" && c.ID != awsapi.ListTagsOfResource && c.ID != awsapi.Scan {
			continue // what is read is needed for the list of the ways back, which is tested with it
		}
		for _, p := range c.Permissions() {
			if slices.Contains(elsewhere, p.Action) {
				continue
			}
			elsewhere = append(elsewhere, p.Action) // once is enough
			kind := kindOf[p.Action]
			if kind == "" {
				kind = settings.ByPITR
			}
			o.allow(p.Action)
			if lacking := o.try(kind); !strings.Contains(lacking, "not authorized") {
				t.Errorf("without %s: %q", p.Action, lacking)
			}
		}
	}
}
