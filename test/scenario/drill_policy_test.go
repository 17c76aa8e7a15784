package scenario

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
)

// hurry lets a restore of two minutes pass in less than a second. Faster, the time between two requests would be more than the five minutes
// that a signature is good for.
const hurry = 100

// hurried is the demo's company with identity policies in force, in which a restore takes a moment.
func hurried(t *testing.T) (url string, root *iam.Client) {
	t.Helper()
	server, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start(), Speed: hurry}, Load: demo.Load, Enforce: true})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return web.URL, iam.New(iam.Options{Region: "us-east-1", BaseEndpoint: aws.String(web.URL), Credentials: credentials.NewStaticCredentialsProvider(demo.Account, "any", "")})
}

// attach gives the user a managed policy: it is too long for an inline one.
func (a *auditor) attach(t *testing.T, policy []byte) {
	t.Helper()
	made, err := a.root.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String(a.name), PolicyDocument: aws.String(string(policy))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.root.AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: aws.String(a.name), PolicyArn: made.Policy.Arn}); err != nil {
		t.Fatal(err)
	}
}

// verdictOf drills payments, which is encrypted with a key of the account's own, as a user and returns the verdict of the drill.
func (a *auditor) verdictOf(t *testing.T, args ...string) (verdict string, code int, stderr string) {
	t.Helper()
	args = append([]string{"drill", "payments", "--region", demo.Home, "--rates", "off", "--auto-approve", "-o", "json", "--evidence", t.TempDir()}, args...)
	code, out, stderr := a.restorable(t, args...)
	var result struct {
		Drills []struct {
			Verdict string
			Cleanup struct{ State string }
		}
	}
	if err := json.Unmarshal([]byte(out), &result); err != nil || len(result.Drills) != 1 {
		return "", code, stderr
	}
	if result.Drills[0].Cleanup.State == "left" {
		return "left", code, stderr
	}
	return result.Drills[0].Verdict, code, stderr
}

// policyWithout is what the program prints, without one action on one kind of resource.
func policyWithout(t *testing.T, text, action string) []byte {
	t.Helper()
	var policy struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		t.Fatal(err)
	}
	for _, s := range policy.Statement {
		var left []any
		for _, one := range s["Action"].([]any) {
			if one != action {
				left = append(left, one)
			}
		}
		if len(left) == 0 { // IAM wants at least one; this one grants nothing
			s["Effect"], left = "Deny", []any{"s3:GetObject"}
		}
		s["Action"] = left
	}
	out, err := json.Marshal(policy)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func actionsOf(t *testing.T, text string) []string {
	t.Helper()
	var policy struct {
		Statement []struct{ Action []string }
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range policy.Statement {
		all = append(all, s.Action...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// needed are actions without which a drill of payments cannot pass, one of each step. That every call needs its own action is tested where
// calls are declared; others say more about other ways and plans, and a drill goes without.
func needed() []string {
	return []string{"dynamodb:RestoreTableToPointInTime", "dynamodb:BatchWriteItem", "kms:CreateGrant", "dynamodb:DescribeTimeToLive", "dynamodb:Scan", "dynamodb:DeleteTable"}
}

// TestTheDrillPolicySufficesAndIsNeeded drills with the policy that the program prints, and with actions of it taken away.
func TestTheDrillPolicySufficesAndIsNeeded(t *testing.T) {
	sequential(t)
	t.Parallel()
	url, root := hurried(t)
	a := newAuditor(t, url, root, "driller")
	_, text, stderr := a.restorable(t, "iam", "policy", "drill", "--from", "pitr")
	if text == "" {
		t.Fatal(stderr)
	}
	a.attach(t, []byte(text))
	if verdict, code, stderr := a.verdictOf(t); verdict != "passed" || code != 0 {
		t.Fatalf("with the whole policy: %s, exit code %d\n%s", verdict, code, stderr)
	}
	if strings.Contains(text, "dynamodb:UpdateTable") || strings.Contains(text, "dynamodb:UpdateContinuousBackups") {
		t.Error("the policy allows to change tables")
	}
	for _, action := range needed() {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			if !slices.Contains(actionsOf(t, text), action) {
				t.Fatalf("the policy lacks %s", action)
			}
			a := newAuditor(t, url, root, "without-"+strings.NewReplacer(":", "-", "*", "").Replace(action))
			a.attach(t, policyWithout(t, text, action))
			if verdict, code, stderr := a.verdictOf(t); verdict == "passed" && code == 0 {
				t.Errorf("without it the drill passes all the same\n%s", stderr)
			}
		})
	}
}
