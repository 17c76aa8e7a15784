package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/google/go-cmp/cmp"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/remedy"
)

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// attached makes an organisation, attaches every policy of a rendering to its root and returns a client of AWS Backup in the account.
func attached(t *testing.T, made Rendering) (*organizations.Client, *backup.Client) {
	t.Helper()
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}})
	org, plans := organizations.NewFromConfig(sim.Config()), backup.NewFromConfig(sim.Config())
	must[*organizations.CreateOrganizationOutput](t)(org.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}))
	root := must[*organizations.ListRootsOutput](t)(org.ListRoots(t.Context(), &organizations.ListRootsInput{})).Roots[0].Id
	must[*organizations.EnablePolicyTypeOutput](t)(org.EnablePolicyType(t.Context(), &organizations.EnablePolicyTypeInput{RootId: root, PolicyType: types.PolicyTypeBackupPolicy}))
	must[*backup.ListBackupPlansOutput](t)(plans.ListBackupPlans(t.Context(), &backup.ListBackupPlansInput{})) // the Region is in use
	for _, f := range made.Files {
		if !strings.HasSuffix(f.Name, ".json") {
			continue
		}
		p := must[*organizations.CreatePolicyOutput](t)(org.CreatePolicy(t.Context(), &organizations.CreatePolicyInput{Name: aws.String(f.Name), Type: types.PolicyTypeBackupPolicy, Description: aws.String(""), Content: aws.String(string(f.Content))}))
		must[*organizations.AttachPolicyOutput](t)(org.AttachPolicy(t.Context(), &organizations.AttachPolicyInput{PolicyId: p.Policy.PolicySummary.Id, TargetId: root}))
	}
	sim.Advance(2 * time.Hour)
	return org, plans
}

// TestBackupPoliciesMakeThePlansThatTheySay attaches the rendered policies in a simulated organisation and reads back the plans that come of them.
func TestBackupPoliciesMakeThePlansThatTheySay(t *testing.T) {
	for name, p := range map[string]*remedy.Plan{"by type": smallPlan(t), "by tags, one of two selections": tagged(t)} {
		t.Run(name, func(t *testing.T) {
			made := rendered(t, p, OrgBackupPolicy)
			org, plans := attached(t, made)
			if list := must[*organizations.ListAccountsWithInvalidEffectivePolicyOutput](t)(org.ListAccountsWithInvalidEffectivePolicy(t.Context(), &organizations.ListAccountsWithInvalidEffectivePolicyInput{PolicyType: types.EffectivePolicyTypeBackupPolicy})); len(list.Accounts) > 0 {
				t.Errorf("the effective policy is not valid:\n%s", made.Files[1].Content)
			}
			effective := must[*organizations.DescribeEffectivePolicyOutput](t)(org.DescribeEffectivePolicy(t.Context(), &organizations.DescribeEffectivePolicyInput{PolicyType: types.EffectivePolicyTypeBackupPolicy}))
			if text := aws.ToString(effective.EffectivePolicy.PolicyContent); strings.Contains(text, "@@") || !strings.Contains(text, "restorable-daily") {
				t.Errorf("effective policy %s", text)
			}
			materialised(t, plans, p)
		})
	}
}

// materialised holds the one plan that AWS has made against the one that the changes make.
func materialised(t *testing.T, plans *backup.Client, p *remedy.Plan) {
	t.Helper()
	list := must[*backup.ListBackupPlansOutput](t)(plans.ListBackupPlans(t.Context(), &backup.ListBackupPlansInput{})).BackupPlansList
	if len(list) != 1 || !strings.HasPrefix(*list[0].BackupPlanId, "orgs/") {
		t.Fatalf("plans %+v", list)
	}
	got := must[*backup.GetBackupPlanOutput](t)(plans.GetBackupPlan(t.Context(), &backup.GetBackupPlanInput{BackupPlanId: list[0].BackupPlanId})).BackupPlan
	var want *remedy.BackupPlan
	selections := map[string]*remedy.Selection{}
	sayable := sayableSelections(p)
	for i := range p.Actions {
		if b := p.Actions[i].Change.Plan; b != nil {
			want = b
		}
		if s := p.Actions[i].Change.Selection; s != nil && sayable[p.Actions[i].ID] {
			selections[s.Name] = s
		}
	}
	if *got.BackupPlanName != want.Name || len(got.Rules) != len(want.Rules) {
		t.Fatalf("plan %s with %d rules, want %s with %d", *got.BackupPlanName, len(got.Rules), want.Name, len(want.Rules))
	}
	for i, r := range want.Rules { // both in the order of their names
		g := got.Rules[i]
		if *g.RuleName != r.Name || *g.ScheduleExpression != r.Schedule || *g.TargetBackupVaultName != r.Vault || aws.ToInt64(g.Lifecycle.DeleteAfterDays) != r.DeleteAfterDays ||
			aws.ToInt64(g.Lifecycle.MoveToColdStorageAfterDays) != r.ColdAfterDays || len(g.CopyActions) != len(r.Copies) || !cmp.Equal(orEmpty(g.RecoveryPointTags), orEmpty(r.Tags)) {
			t.Errorf("rule %+v, want %+v", g, r)
		}
		for n, c := range r.Copies {
			if *g.CopyActions[n].DestinationBackupVaultArn != c.VaultARN {
				t.Errorf("copy to %s, want %s", *g.CopyActions[n].DestinationBackupVaultArn, c.VaultARN)
			}
		}
	}
	found := must[*backup.ListBackupSelectionsOutput](t)(plans.ListBackupSelections(t.Context(), &backup.ListBackupSelectionsInput{BackupPlanId: list[0].BackupPlanId})).BackupSelectionsList
	if len(found) != len(selections) {
		t.Errorf("%d selections, want %d", len(found), len(selections))
	}
	for _, f := range found {
		s := must[*backup.GetBackupSelectionOutput](t)(plans.GetBackupSelection(t.Context(), &backup.GetBackupSelectionInput{BackupPlanId: list[0].BackupPlanId, SelectionId: f.SelectionId})).BackupSelection
		w := selections[*s.SelectionName]
		if w == nil || *s.IamRoleArn != w.RoleARN || !cmp.Equal(s.Resources, w.Resources) || len(s.ListOfTags) != len(w.ListOfTags) {
			t.Errorf("selection %+v, want %+v", s, w)
		}
	}
}

// tagged is a plan with two rules, a copy, and two selections: one by a tag, and one by single tables, which no policy can express.
func tagged(t *testing.T) *remedy.Plan {
	const r = "eu-west-1"
	return sealedPlan(t, []string{r},
		act("a1", r, "create-plan", remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Create, Name: "restorable-daily", Tags: map[string]string{"by": "it's \"me\"\n"}, Rules: []remedy.Rule{
			{Name: "daily", Vault: "main", Schedule: "cron(0 5 ? * * *)", StartWindow: 60, CompletionWindow: 180, DeleteAfterDays: 35, Tags: map[string]string{"note": "a \"b\"\n$x"},
				Copies: []remedy.Copy{{VaultARN: "arn:aws:backup:eu-central-1:111122223333:backup-vault:copies", DeleteAfterDays: 90}}},
			{Name: "monthly", Vault: "main", Schedule: "cron(0 6 1 * ? *)", ColdAfterDays: 7, DeleteAfterDays: 365}}}}),
		act("a2", r, "assign-to-plan", remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: remedy.From("a1"), Name: "restorable-tag", RoleARN: testRole, ListOfTags: []remedy.TagMatch{{Key: "backup", Value: "daily"}}}}),
		act("a3", r, "assign-to-plan", remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: remedy.From("a1"), Name: "restorable-arn", RoleARN: testRole, Resources: []string{testTable(r, "orders")}}}),
	)
}

func TestBackupPoliciesSayWhatTheyCannot(t *testing.T) {
	made := rendered(t, tagged(t), OrgBackupPolicy)
	if made.Files[0].Name != "README.md" || len(made.Gaps) != 1 || made.Gaps[0].Actions[0] != "a3" || made.Gaps[0].By != CLI {
		t.Fatalf("first %s, gaps %+v", made.Files[0].Name, made.Gaps)
	}
	readme := string(made.Files[0].Content)
	for _, want := range []string{"NOT in here", "restorable render --as cli plan.json", "vault `main` in `eu-west-1`", "`arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole`",
		"`arn:aws:backup:eu-central-1:$account:backup-vault:copies`", "management account has opted in"} {
		if !strings.Contains(readme, want) {
			t.Errorf("no %q in\n%s", want, readme)
		}
	}
	_, err := Render(sealedPlan(t, []string{"eu-west-1"}, act("a1", "eu-west-1", "enable-pitr", remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true}})), OrgBackupPolicy, Options{})
	var refusal *Refusal
	if !errors.As(err, &refusal) || !strings.Contains(err.Error(), "--as cli") {
		t.Errorf("point-in-time recovery alone: %v", err)
	}
}

// TestLargeBackupPoliciesAreSplit: no document is longer than AWS takes, and together they still make all plans.
func TestLargeBackupPoliciesAreSplit(t *testing.T) {
	var actions []remedy.Action
	for i := range 12 {
		id, rules := fmt.Sprintf("p%d", i), []remedy.Rule{}
		for n := range 8 {
			rules = append(rules, remedy.Rule{Name: fmt.Sprintf("rule%d", n), Vault: "main", Schedule: "cron(0 5 ? * * *)", DeleteAfterDays: 35})
		}
		actions = append(actions, act(id, "eu-west-1", "create-plan", remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Create, Name: fmt.Sprintf("restorable-%d", i), Rules: rules}}),
			act("s"+id, "eu-west-1", "assign-to-plan", remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: remedy.From(id), Name: "all", RoleARN: testRole, Resources: []string{"arn:aws:dynamodb:*:*:table/*"}}}))
	}
	made := rendered(t, sealedPlan(t, []string{"eu-west-1"}, actions...), OrgBackupPolicy)
	documents := 0
	for _, f := range made.Files {
		if strings.HasSuffix(f.Name, ".json") {
			documents++
			if len(f.Content) > policyLimit || !json.Valid(f.Content) {
				t.Errorf("%s has %d characters, valid %v", f.Name, len(f.Content), json.Valid(f.Content))
			}
		}
	}
	_, plans := attached(t, made)
	if n := len(must[*backup.ListBackupPlansOutput](t)(plans.ListBackupPlans(t.Context(), &backup.ListBackupPlansInput{})).BackupPlansList); n != 12 || documents < 2 {
		t.Errorf("%d documents made %d plans", documents, n)
	}
	huge := actions[:2]
	for len(huge[0].Change.Plan.Rules) < 60 {
		huge[0].Change.Plan.Rules = append(huge[0].Change.Plan.Rules, remedy.Rule{Name: fmt.Sprintf("more%d", len(huge[0].Change.Plan.Rules)), Vault: "main", Schedule: "cron(0 5 ? * * *)", DeleteAfterDays: 35})
	}
	var refusal *Refusal
	if _, err := Render(sealedPlan(t, []string{"eu-west-1"}, huge...), OrgBackupPolicy, Options{}); !errors.As(err, &refusal) {
		t.Errorf("a plan with 60 rules: %v", err)
	}
}

func TestTheScriptForAccountsIsGoodBash(t *testing.T) {
	made := rendered(t, smallPlan(t), OrgBackupPolicy)
	dir := inFolder(t, made)
	script := filepath.Join(dir, "restorable-account.sh")
	if _, err := os.Stat(script); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), bash(t), "-n", script).CombinedOutput(); err != nil {
		t.Errorf("bash -n: %v\n%s", err, out)
	}
	lint(t, script)
}
