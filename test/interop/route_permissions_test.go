package interop

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/remedy/render"
)

// scriptPolicy is the rendered policy for whoever runs the script.
const scriptPolicy = "restorable-apply-script.json"

// TestTheScriptsPolicyIsEnoughAndNoMore runs the rendered script as a user with the rendered policy and nothing else, permissions
// enforced: it succeeds, and it fails with any action of the policy removed.
func TestTheScriptsPolicyIsEnoughAndNoMore(t *testing.T) {
	counterpart(t)
	setEnvironment(t)
	s := routeScenario{"", bareTables, start, simtest.Region, []string{"--select", "tag:backup=daily", "--table", "orders"}}
	fast := newFastCLI(t)
	out, code := s.asUser(t, fast, "")
	if code != 0 {
		t.Fatalf("the policy is not enough: exit code %d\n%s", code, tail([]byte(out)))
	}
	for _, action := range s.allowed(t) {
		t.Run(strings.ReplaceAll(action, ":", " "), func(t *testing.T) {
			t.Parallel()
			if out, code := s.asUser(t, fast, action); code == 0 || !strings.Contains(out, "AccessDenied") {
				t.Errorf("without %s the script was not denied: exit code %d\n%s", action, code, tail([]byte(out)))
			}
		})
	}
}

// asUser renders script and policy of the plan and runs the one under the other, without one of its actions.
func (s routeScenario) asUser(t *testing.T, fast fastCLI, without string) (string, int) {
	t.Helper()
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: s.start}, Load: s.load, Enforce: true})
	plan := s.plan(t, sim)
	key, secret := user(t, sim, lessAction(t, policyText(t, rendered(t, plan, render.IAM)), without))
	made := rendered(t, plan, render.CLI)
	w := place(t, sim, fast, made, key, secret)
	return w.run(made.Deploy[0])
}

// allowed lists the actions of the policy.
func (s routeScenario) allowed(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, statement := range statements(t, policyText(t, rendered(t, s.plan(t, s.sim(t)), render.IAM)))["Statement"].([]any) {
		out = append(out, actionsOf(statement.(map[string]any))...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func policyText(t *testing.T, made render.Rendering) string {
	t.Helper()
	for _, f := range made.Files {
		if f.Name == scriptPolicy {
			return string(f.Content)
		}
	}
	t.Fatalf("no %s among the rendered files", scriptPolicy)
	return ""
}

func statements(t *testing.T, text string) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func actionsOf(statement map[string]any) []string {
	if one, ok := statement["Action"].(string); ok {
		return []string{one}
	}
	var out []string
	for _, a := range statement["Action"].([]any) {
		out = append(out, a.(string))
	}
	return out
}

// lessAction takes an action out of a policy.
func lessAction(t *testing.T, text, action string) string {
	t.Helper()
	doc := statements(t, text)
	var kept []any
	for _, entry := range doc["Statement"].([]any) {
		statement := entry.(map[string]any)
		left := slices.DeleteFunc(actionsOf(statement), func(a string) bool { return a == action })
		if len(left) > 0 {
			statement["Action"] = left
			kept = append(kept, statement)
		}
	}
	doc["Statement"] = kept
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// user makes a user with a policy and returns an access key.
func user(t *testing.T, sim *simtest.Sim, policy string) (key, secret string) {
	t.Helper()
	client, name := iam.NewFromConfig(sim.Config()), awssdk.String("deployer")
	if _, err := client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: name}); err != nil {
		t.Fatal(err)
	}
	made, err := client.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: name, PolicyDocument: &policy})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: name, PolicyArn: made.Policy.Arn}); err != nil {
		t.Fatal(err)
	}
	issued, err := client.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: name})
	if err != nil {
		t.Fatal(err)
	}
	return *issued.AccessKey.AccessKeyId, *issued.AccessKey.SecretAccessKey
}
