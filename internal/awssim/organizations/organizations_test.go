package organizations

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	management = "111111111111"
	member     = "222222222222"
)

type fixture struct {
	t *testing.T
	*Service
	ops   map[string]api.Operation
	world *world.World
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	w := world.New(world.Options{Start: start, Real: func() time.Time { return start }, Seed: 1})
	f := fixture{t, New(w), map[string]api.Operation{}, w}
	for _, op := range f.API().Operations {
		f.ops[op.Name] = op
	}
	return f
}

// founded has an organisation of two accounts with backup policies on.
func founded(t *testing.T) fixture {
	f := newFixture(t)
	f.Found("aws", management)
	f.AddAccount(management, member, "member")
	must[org.EnablePolicyTypeOutput](f, "EnablePolicyType", &org.EnablePolicyTypeInput{RootId: f.root(), PolicyType: backupPolicy})
	return f
}

func (f fixture) root() *string { return &f.member[management].root }

func (f fixture) run(account, name string, in any) (any, error) {
	op := f.ops[name]
	c := &api.Call{Scope: world.Scope{Partition: "aws", Account: account, Region: "us-east-1"}, Operation: name}
	if op.Access != nil {
		op.Access(c, in)
	}
	return op.Handle(c, in)
}

func must[O any](f fixture, name string, in any) *O {
	f.t.Helper()
	out, err := f.run(management, name, in)
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
	return out.(*O)
}

func (f fixture) refused(want, account, name string, in any) {
	f.t.Helper()
	_, err := f.run(account, name, in)
	var e *api.Error
	if !errors.As(err, &e) || e.Code != want {
		f.t.Errorf("%s by %s: got %v, want %s", name, account, err, want)
	}
}

// attach makes a backup policy and attaches it.
func (f fixture) attach(name, target, content string) string {
	f.t.Helper()
	p := must[org.CreatePolicyOutput](f, "CreatePolicy", &org.CreatePolicyInput{Name: &name, Description: aws.String(""), Type: backupPolicy, Content: &content}).Policy
	must[org.AttachPolicyOutput](f, "AttachPolicy", &org.AttachPolicyInput{PolicyId: p.PolicySummary.Id, TargetId: &target})
	return *p.PolicySummary.Id
}

func (f fixture) effective(target string) any {
	f.t.Helper()
	out := must[org.DescribeEffectivePolicyOutput](f, "DescribeEffectivePolicy", &org.DescribeEffectivePolicyInput{PolicyType: backupPolicy, TargetId: &target})
	var tree any
	if err := json.Unmarshal([]byte(*out.EffectivePolicy.PolicyContent), &tree); err != nil {
		f.t.Fatal(err)
	}
	return tree
}

const daily = `{"plans":{"Daily":{"regions":{"@@assign":["eu-west-1","us-east-1"]},
 "rules":{"Main":{"schedule_expression":{"@@assign":"cron(0 5 ? * * *)"},"target_backup_vault_name":{"@@assign":"Vault"},"lifecycle":{"delete_after_days":{"@@assign":"35"}}}},
 "selections":{"tags":{"Sel":{"iam_role_arn":{"@@assign":"arn:aws:iam::$account:role/R"},"tag_key":{"@@assign":"backup"},"tag_value":{"@@assign":["daily"]}}}}}}}`

func TestOutsideAnOrganisation(t *testing.T) {
	f := newFixture(t)
	f.refused("AWSOrganizationsNotInUseException", member, "DescribeOrganization", &org.DescribeOrganizationInput{})
	f.refused("AWSOrganizationsNotInUseException", member, "ListAccounts", &org.ListAccountsInput{})
	f.refused("AWSOrganizationsNotInUseException", member, "DescribeEffectivePolicy", &org.DescribeEffectivePolicyInput{PolicyType: backupPolicy})
	if f.Together(member, member) {
		t.Error("an account outside any organisation is together with none")
	}
	if _, ok := f.Management(member); ok {
		t.Error("managed by nobody")
	}
}

func TestMembersMayOnlyAskForThemselves(t *testing.T) {
	f := founded(t)
	f.refused("AccessDeniedException", member, "ListAccounts", &org.ListAccountsInput{})
	f.refused("AccessDeniedException", member, "DescribeEffectivePolicy", &org.DescribeEffectivePolicyInput{PolicyType: backupPolicy, TargetId: aws.String(management)})
	f.refused("EffectivePolicyNotFoundException", member, "DescribeEffectivePolicy", &org.DescribeEffectivePolicyInput{PolicyType: backupPolicy})
	f.refused("TargetNotFoundException", management, "DescribeEffectivePolicy", &org.DescribeEffectivePolicyInput{PolicyType: backupPolicy, TargetId: aws.String("333333333333")})
	out, err := f.run(member, "DescribeOrganization", &org.DescribeOrganizationInput{})
	if err != nil || *out.(*org.DescribeOrganizationOutput).Organization.MasterAccountId != management {
		t.Errorf("got %+v, %v", out, err)
	}
	if id, ok := f.Management(member); !ok || id != management || !f.Together(member, management) {
		t.Errorf("got %s, %v", id, ok)
	}
}

func TestTheEffectivePolicyHasNoOperators(t *testing.T) {
	f := founded(t)
	f.attach("daily", *f.root(), daily)
	want := map[string]any{"plans": map[string]any{"daily": map[string]any{
		"regions": []any{"eu-west-1", "us-east-1"},
		"rules": map[string]any{"main": map[string]any{"schedule_expression": "cron(0 5 ? * * *)", "target_backup_vault_name": "Vault",
			"lifecycle": map[string]any{"delete_after_days": "35"}}},
		"selections": map[string]any{"tags": map[string]any{"sel": map[string]any{"iam_role_arn": "arn:aws:iam::$account:role/R", "tag_key": "backup", "tag_value": []any{"daily"}}}},
	}}}
	if diff := cmp.Diff(want, f.effective(member)); diff != "" {
		t.Error(diff)
	}
	if document, ok := f.BackupPolicy(member); !ok || document == "" {
		t.Error("the seam does not have it")
	}
}

// at reads one value of the effective policy.
func at(tree any, path ...string) any {
	for _, key := range path {
		m, _ := tree.(map[string]any)
		tree = m[key]
	}
	return tree
}

func TestInheritance(t *testing.T) {
	regions := []string{"plans", "daily", "regions"}
	keep := []string{"plans", "daily", "rules", "main", "lifecycle", "delete_after_days"}
	child := func(inner string) string { return `{"plans":{"Daily":` + inner + `}}` }
	rows := []struct {
		name         string
		above, below []string
		path         []string
		want         any
	}{
		{"a child's assign overrides", []string{daily}, []string{child(`{"rules":{"Main":{"lifecycle":{"delete_after_days":{"@@assign":"7"}}}}}`)}, keep, "7"},
		{"append adds once", []string{daily}, []string{child(`{"regions":{"@@append":["eu-west-1","eu-north-1"]}}`)}, regions, []any{"eu-west-1", "us-east-1", "eu-north-1"}},
		{"remove takes away", []string{daily}, []string{child(`{"regions":{"@@remove":["us-east-1","x"]}}`)}, regions, []any{"eu-west-1"}},
		{"of two at one level the first attached wins", []string{daily, child(`{"rules":{"Main":{"lifecycle":{"delete_after_days":{"@@assign":"1"}}}}}`)}, nil, keep, "35"},
		{"keys differ by more than case", []string{daily}, []string{`{"plans":{"DAILY":{"regions":{"@@assign":["eu-west-3"]}}}}`}, regions, []any{"eu-west-3"}},
		{"none forbids every child", []string{daily, child(`{"regions":{"@@operators_allowed_for_child_policies":["@@none"]}}`)},
			[]string{child(`{"regions":{"@@assign":["eu-west-3"],"@@append":["a"],"@@remove":["us-east-1"]}}`)}, regions, []any{"eu-west-1", "us-east-1"}},
		{"append alone may be allowed", []string{daily, child(`{"regions":{"@@operators_allowed_for_child_policies":["@@append"]}}`)},
			[]string{child(`{"regions":{"@@remove":["us-east-1"],"@@append":["a"]}}`)}, regions, []any{"eu-west-1", "us-east-1", "a"}},
		{"a restriction holds for all below it", []string{daily, `{"plans":{"@@operators_allowed_for_child_policies":["@@none"]}}`},
			[]string{child(`{"rules":{"Main":{"lifecycle":{"delete_after_days":{"@@assign":"7"}}}}}`)}, keep, "35"},
		{"a restriction does not bind its own level", []string{child(`{"regions":{"@@operators_allowed_for_child_policies":["@@none"]}}`), daily}, nil, regions, []any{"eu-west-1", "us-east-1"}},
		{"a child cannot undo a restriction", []string{daily, child(`{"regions":{"@@operators_allowed_for_child_policies":["@@none"]}}`)},
			[]string{child(`{"regions":{"@@operators_allowed_for_child_policies":["@@all"],"@@assign":["x"]}}`)}, regions, []any{"eu-west-1", "us-east-1"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			f := founded(t)
			for i, text := range row.above {
				f.attach(string(rune('a'+i)), *f.root(), text)
			}
			for i, text := range row.below {
				f.attach(string(rune('n'+i)), member, text)
			}
			if diff := cmp.Diff(row.want, at(f.effective(member), row.path...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnInvalidEffectivePolicyAppliesNothing(t *testing.T) {
	f := founded(t)
	f.attach("partial", *f.root(), `{"plans":{"p":{"regions":{"@@assign":["eu-west-1"]},"rules":{"r":{"schedule_expression":{"@@assign":"cron(0 5 ? * * *)"}}}}}}`)
	if document, ok := f.BackupPolicy(member); ok {
		t.Errorf("got %s", document)
	}
	bad := must[org.ListAccountsWithInvalidEffectivePolicyOutput](f, "ListAccountsWithInvalidEffectivePolicy", &org.ListAccountsWithInvalidEffectivePolicyInput{PolicyType: backupPolicy})
	if len(bad.Accounts) != 2 {
		t.Errorf("got %+v", bad.Accounts)
	}
	problems := must[org.ListEffectivePolicyValidationErrorsOutput](f, "ListEffectivePolicyValidationErrors", &org.ListEffectivePolicyValidationErrorsInput{PolicyType: backupPolicy, AccountId: aws.String(member)})
	if len(problems.EffectivePolicyValidationErrors) != 2 || *problems.EffectivePolicyValidationErrors[0].PathToError != "plans/p/rules/r" {
		t.Errorf("got %+v", problems.EffectivePolicyValidationErrors)
	}
	f.attach("rest", member, `{"plans":{"p":{"rules":{"r":{"target_backup_vault_name":{"@@assign":"v"}}},"selections":{"resources":{"s":{"iam_role_arn":{"@@assign":"r"},"resource_types":{"@@assign":["arn:aws:dynamodb:*:*:table/*"]}}}}}}}`)
	if _, ok := f.BackupPolicy(member); !ok {
		t.Error("the child completes it")
	}
}

func TestPoliciesThroughUnits(t *testing.T) {
	f := founded(t)
	unit := must[org.CreateOrganizationalUnitOutput](f, "CreateOrganizationalUnit", &org.CreateOrganizationalUnitInput{ParentId: f.root(), Name: aws.String("prod")}).OrganizationalUnit
	id := f.attach("daily", *unit.Id, daily)
	if _, ok := f.BackupPolicy(member); ok {
		t.Error("the account is not in the unit yet")
	}
	must[org.MoveAccountOutput](f, "MoveAccount", &org.MoveAccountInput{AccountId: aws.String(member), SourceParentId: f.root(), DestinationParentId: unit.Id})
	if _, ok := f.BackupPolicy(member); !ok {
		t.Error("the unit's policy does not reach its account")
	}
	in := must[org.ListAccountsForParentOutput](f, "ListAccountsForParent", &org.ListAccountsForParentInput{ParentId: unit.Id})
	if len(in.Accounts) != 1 || *in.Accounts[0].Id != member {
		t.Errorf("got %+v", in.Accounts)
	}
	f.refused("OrganizationalUnitNotEmptyException", management, "DeleteOrganizationalUnit", &org.DeleteOrganizationalUnitInput{OrganizationalUnitId: unit.Id})
	f.refused("PolicyInUseException", management, "DeletePolicy", &org.DeletePolicyInput{PolicyId: &id})
	f.refused("DuplicatePolicyAttachmentException", management, "AttachPolicy", &org.AttachPolicyInput{PolicyId: &id, TargetId: unit.Id})
	targets := must[org.ListTargetsForPolicyOutput](f, "ListTargetsForPolicy", &org.ListTargetsForPolicyInput{PolicyId: &id})
	if len(targets.Targets) != 1 || targets.Targets[0].Type != types.TargetTypeOrganizationalUnit || *targets.Targets[0].Name != "prod" {
		t.Errorf("got %+v", targets.Targets)
	}
	must[org.DetachPolicyOutput](f, "DetachPolicy", &org.DetachPolicyInput{PolicyId: &id, TargetId: unit.Id})
	f.refused("PolicyNotAttachedException", management, "DetachPolicy", &org.DetachPolicyInput{PolicyId: &id, TargetId: unit.Id})
	must[org.DeletePolicyOutput](f, "DeletePolicy", &org.DeletePolicyInput{PolicyId: &id})
	f.refused("PolicyNotFoundException", management, "DescribePolicy", &org.DescribePolicyInput{PolicyId: &id})
}

func TestPolicyTypesAndDocuments(t *testing.T) {
	f := newFixture(t)
	must[org.CreateOrganizationOutput](f, "CreateOrganization", &org.CreateOrganizationInput{})
	f.refused("AlreadyInOrganizationException", management, "CreateOrganization", &org.CreateOrganizationInput{})
	p := must[org.CreatePolicyOutput](f, "CreatePolicy", &org.CreatePolicyInput{Name: aws.String("p"), Description: aws.String(""), Type: backupPolicy, Content: aws.String(daily)}).Policy
	f.refused("PolicyTypeNotEnabledException", management, "AttachPolicy", &org.AttachPolicyInput{PolicyId: p.PolicySummary.Id, TargetId: f.root()})
	must[org.EnablePolicyTypeOutput](f, "EnablePolicyType", &org.EnablePolicyTypeInput{RootId: f.root(), PolicyType: backupPolicy})
	f.refused("PolicyTypeAlreadyEnabledException", management, "EnablePolicyType", &org.EnablePolicyTypeInput{RootId: f.root(), PolicyType: backupPolicy})
	f.refused("DuplicatePolicyException", management, "CreatePolicy", &org.CreatePolicyInput{Name: aws.String("p"), Description: aws.String(""), Type: backupPolicy, Content: aws.String(daily)})
	for _, bad := range []string{`{`, `{}`, `{"plans":{"p":{"regions":["eu-west-1"]}}}`, `{"plans":{"p":{"regions":{"@@set":["x"]}}}}`, `{"plans":{},"x":{}}`,
		`{"plans":{"p":{"@@operators_allowed_for_child_policies":["@@some"]}}}`} {
		f.refused("MalformedPolicyDocumentException", management, "CreatePolicy", &org.CreatePolicyInput{Name: aws.String("q"), Description: aws.String(""), Type: backupPolicy, Content: &bad})
	}
}

func TestAnAccountTakesItsTimeToBeMade(t *testing.T) {
	f := founded(t)
	st := must[org.CreateAccountOutput](f, "CreateAccount", &org.CreateAccountInput{AccountName: aws.String("new"), Email: aws.String("new@example.com")}).CreateAccountStatus
	if st.State != types.CreateAccountStateInProgress {
		t.Errorf("got %s", st.State)
	}
	f.world.Advance(creation)
	st = must[org.DescribeCreateAccountStatusOutput](f, "DescribeCreateAccountStatus", &org.DescribeCreateAccountStatusInput{CreateAccountRequestId: st.Id}).CreateAccountStatus
	if st.State != types.CreateAccountStateSucceeded || !f.Together(*st.AccountId, management) {
		t.Errorf("got %+v", st)
	}
}
