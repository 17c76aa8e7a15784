package iam

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	backupTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	forBackup   = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
	forRestores = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
	readTables  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:Describe*","Resource":"*"}]}`
	orders      = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
)

var home = world.Scope{Partition: "aws", Account: "111122223333", Region: "us-east-1"}

type fixture struct {
	t *testing.T
	*Service
	call *api.Call
	ops  map[string]api.Operation
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s, err := New(world.New(world.Options{Start: start, Real: func() time.Time { return start }, Seed: 1}))
	if err != nil {
		t.Fatal(err)
	}
	f := fixture{t, s, &api.Call{Scope: home, Now: start, Caller: api.Principal{Account: home.Account, ARN: "arn:aws:iam::111122223333:root", Root: true}}, map[string]api.Operation{}}
	for _, op := range s.API().Operations {
		f.ops[op.Name] = op
	}
	return f
}

// do runs an operation by its name, as the server does.
func do[O any](f fixture, name string, in any) (*O, error) {
	f.t.Helper()
	op, ok := f.ops[name]
	if !ok {
		f.t.Fatalf("no operation %s", name)
	}
	f.call.Operation = name
	out, err := op.Handle(f.call, in)
	if err != nil {
		return nil, err
	}
	return out.(*O), nil
}

func must[O any](f fixture, name string, in any) *O {
	f.t.Helper()
	out, err := do[O](f, name, in)
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
	return out
}

func refused(f fixture, want, text, name string, in any) {
	f.t.Helper()
	f.call.Operation = name
	_, err := f.ops[name].Handle(f.call, in)
	var e *api.Error
	if !errors.As(err, &e) || e.Code != want || !strings.Contains(e.Message, text) {
		f.t.Errorf("%s: got %v, want %s with %q", name, err, want, text)
	}
}

func (f fixture) role(name string) *types.Role {
	f.t.Helper()
	return must[iam.CreateRoleOutput](f, "CreateRole", &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(backupTrust)}).Role
}

func TestARoleComesBackAsItWasMade(t *testing.T) {
	f := newFixture(t)
	must[iam.CreateRoleOutput](f, "CreateRole", &iam.CreateRoleInput{RoleName: aws.String("AWSBackupDefaultServiceRole"), Path: aws.String("/service-role/"),
		AssumeRolePolicyDocument: aws.String(backupTrust), Description: aws.String("d"), MaxSessionDuration: aws.Int32(7200), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}})
	r := must[iam.GetRoleOutput](f, "GetRole", &iam.GetRoleInput{RoleName: aws.String("AWSBackupDefaultServiceRole")}).Role
	if *r.Arn != "arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole" || *r.MaxSessionDuration != 7200 || *r.Tags[0].Value != "b" || !strings.HasPrefix(*r.RoleId, "AROA") || len(*r.RoleId) != 21 {
		t.Errorf("got %+v", r)
	}
	if text, err := url.PathUnescape(*r.AssumeRolePolicyDocument); err != nil || text != backupTrust || strings.ContainsAny(*r.AssumeRolePolicyDocument, `{" +`) {
		t.Errorf("trust %s, %v", *r.AssumeRolePolicyDocument, err)
	}
	listed := must[iam.ListRolesOutput](f, "ListRoles", &iam.ListRolesInput{PathPrefix: aws.String("/service-role/")}).Roles
	if len(listed) != 1 || listed[0].Tags != nil {
		t.Errorf("got %+v", listed)
	}
	refused(f, "EntityAlreadyExistsException", "already exists", "CreateRole", &iam.CreateRoleInput{RoleName: aws.String("awsbackupdefaultservicerole"), AssumeRolePolicyDocument: aws.String(backupTrust)})
	refused(f, "MalformedPolicyDocumentException", "Has prohibited field Resource", "CreateRole", &iam.CreateRoleInput{RoleName: aws.String("x"),
		AssumeRolePolicyDocument: aws.String(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}}`)})
	refused(f, "NoSuchEntityException", "The role with name none cannot be found.", "GetRole", &iam.GetRoleInput{RoleName: aws.String("none")})
}

func TestARoleIsDeletedOnlyWhenItIsBare(t *testing.T) {
	f := newFixture(t)
	name := f.role("r").RoleName
	must[iam.AttachRolePolicyOutput](f, "AttachRolePolicy", &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: aws.String(forBackup)})
	must[iam.PutRolePolicyOutput](f, "PutRolePolicy", &iam.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(readTables)})
	refused(f, "DeleteConflictException", "must detach all policies first", "DeleteRole", &iam.DeleteRoleInput{RoleName: name})
	must[iam.DetachRolePolicyOutput](f, "DetachRolePolicy", &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: aws.String(forBackup)})
	refused(f, "DeleteConflictException", "must delete policies first", "DeleteRole", &iam.DeleteRoleInput{RoleName: name})
	must[iam.DeleteRolePolicyOutput](f, "DeleteRolePolicy", &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String("p")})
	must[iam.DeleteRoleOutput](f, "DeleteRole", &iam.DeleteRoleInput{RoleName: name})
	refused(f, "NoSuchEntityException", "", "GetRole", &iam.GetRoleInput{RoleName: name})
	refused(f, "NoSuchEntityException", "was not found", "DetachRolePolicy", &iam.DetachRolePolicyInput{RoleName: f.role("s").RoleName, PolicyArn: aws.String(forBackup)})
}

func TestAManagedPolicyHasVersions(t *testing.T) {
	f := newFixture(t)
	p := must[iam.CreatePolicyOutput](f, "CreatePolicy", &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(readTables)}).Policy
	for range 4 {
		must[iam.CreatePolicyVersionOutput](f, "CreatePolicyVersion", &iam.CreatePolicyVersionInput{PolicyArn: p.Arn, PolicyDocument: aws.String(readTables), SetAsDefault: true})
	}
	refused(f, "LimitExceededException", "up to 5 versions", "CreatePolicyVersion", &iam.CreatePolicyVersionInput{PolicyArn: p.Arn, PolicyDocument: aws.String(readTables)})
	got := must[iam.GetPolicyOutput](f, "GetPolicy", &iam.GetPolicyInput{PolicyArn: p.Arn}).Policy
	if *got.DefaultVersionId != "v5" || *got.AttachmentCount != 0 {
		t.Errorf("got %+v", got)
	}
	refused(f, "DeleteConflictException", "default version", "DeletePolicyVersion", &iam.DeletePolicyVersionInput{PolicyArn: p.Arn, VersionId: aws.String("v5")})
	refused(f, "DeleteConflictException", "more than one version", "DeletePolicy", &iam.DeletePolicyInput{PolicyArn: p.Arn})
	refused(f, "AccessDenied", "", "DeletePolicy", &iam.DeletePolicyInput{PolicyArn: aws.String(forBackup)})
	r := f.role("r")
	must[iam.AttachRolePolicyOutput](f, "AttachRolePolicy", &iam.AttachRolePolicyInput{RoleName: r.RoleName, PolicyArn: p.Arn})
	refused(f, "DeleteConflictException", "attached to entities", "DeletePolicy", &iam.DeletePolicyInput{PolicyArn: p.Arn})
	entities := must[iam.ListEntitiesForPolicyOutput](f, "ListEntitiesForPolicy", &iam.ListEntitiesForPolicyInput{PolicyArn: p.Arn})
	if len(entities.PolicyRoles) != 1 || *entities.PolicyRoles[0].RoleName != "r" {
		t.Errorf("got %+v", entities)
	}
}

func TestWhatTheManagedBackupPoliciesAllow(t *testing.T) {
	f := newFixture(t)
	r := f.role("r")
	must[iam.AttachRolePolicyOutput](f, "AttachRolePolicy", &iam.AttachRolePolicyInput{RoleName: r.RoleName, PolicyArn: aws.String(forBackup)})
	key := "arn:aws:kms:eu-west-1:111122223333:key/k"
	via := map[string]string{"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}
	rows := []struct {
		action, resource string
		context          map[string]string
		want             bool
	}{
		{"dynamodb:CreateBackup", orders, nil, true},
		{"dynamodb:StartAwsBackupJob", orders, nil, true},
		{"dynamodb:DeleteBackup", orders + "/backup/01", nil, true},
		{"dynamodb:DeleteTable", orders, nil, false},
		{"kms:Decrypt", key, via, true},
		{"kms:Decrypt", key, nil, false},
		{"kms:CreateGrant", key, map[string]string{"kms:GrantIsForAWSResource": "true"}, true},
		{"dynamodb:RestoreTableFromAwsBackup", orders, nil, false},
		{"backup:TagResource", "arn:aws:backup:eu-west-1:111122223333:recovery-point:x", nil, true},
		{"backup:TagResource", "arn:aws:backup:eu-west-1:444455556666:recovery-point:x", nil, false},
	}
	for _, row := range rows {
		if got := f.Allows(*r.Arn, row.action, row.resource, row.context); got != row.want {
			t.Errorf("%s on %s: %v", row.action, row.resource, got)
		}
	}
	must[iam.AttachRolePolicyOutput](f, "AttachRolePolicy", &iam.AttachRolePolicyInput{RoleName: r.RoleName, PolicyArn: aws.String(forRestores)})
	if !f.Allows(*r.Arn, "dynamodb:RestoreTableFromAwsBackup", orders, nil) || !f.Allows(*r.Arn, "dynamodb:BatchWriteItem", orders, nil) {
		t.Error("the restore policy does not allow a restore")
	}
	must[iam.PutRolePermissionsBoundaryOutput](f, "PutRolePermissionsBoundary", &iam.PutRolePermissionsBoundaryInput{RoleName: r.RoleName, PermissionsBoundary: aws.String(forBackup)})
	if f.Allows(*r.Arn, "dynamodb:BatchWriteItem", orders, nil) {
		t.Error("the boundary does not bind")
	}
}

func TestOtherPartitionsHaveTheirOwnManagedPolicies(t *testing.T) {
	f := newFixture(t)
	role := "arn:aws-cn:iam::111122223333:role/r"
	attached := strings.Replace(forBackup, "arn:aws:", "arn:aws-cn:", 1)
	if err := f.AddPolicy("arn:aws-cn:iam::111122223333:policy/team/own", readTables); err != nil {
		t.Fatal(err)
	}
	if err := f.AddRole(RoleSeed{ARN: role, Attached: []string{attached, "arn:aws-cn:iam::111122223333:policy/team/own"}}); err != nil {
		t.Fatal(err)
	}
	here := "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/t"
	if !f.Allows(role, "dynamodb:CreateBackup", here, nil) || f.Allows(role, "dynamodb:CreateBackup", orders, nil) || !f.Allows(role, "dynamodb:DescribeTable", orders, nil) {
		t.Error("the policy is not the partition's own")
	}
	for _, p := range must[iam.ListPoliciesOutput](f, "ListPolicies", &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeAws}).Policies {
		if !strings.HasPrefix(*p.Arn, "arn:aws:") {
			t.Errorf("%s is listed in another partition", *p.Arn)
		}
	}
	if err := f.AddRole(RoleSeed{ARN: role, Attached: []string{"arn:aws-cn:iam::aws:policy/None"}}); err == nil {
		t.Error("a policy that does not exist was attached")
	}
}

func TestAssumableBy(t *testing.T) {
	f := newFixture(t)
	good := f.role("good")
	for name, trust := range map[string]string{
		"other":     strings.Replace(backupTrust, "backup.", "ec2.", 1),
		"elsewhere": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"999999999999"}}}}`,
	} {
		if err := f.AddRole(RoleSeed{ARN: "arn:aws:iam::111122223333:role/" + name, Trust: trust}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.AssumableBy(*good.Arn, "backup.amazonaws.com"); err != nil {
		t.Error(err)
	}
	for _, arn := range []string{"arn:aws:iam::111122223333:role/none", "arn:aws:iam::111122223333:role/other", "arn:aws:iam::111122223333:role/elsewhere",
		"arn:aws:iam::111122223333:role/service-role/good", "nonsense"} {
		var e *ErrNotAssumable
		if err := f.AssumableBy(arn, "backup.amazonaws.com"); !errors.As(err, &e) {
			t.Errorf("%s: %v", arn, err)
		}
	}
}

func (f fixture) as(p api.Principal) *api.Call {
	return &api.Call{Scope: home, Now: f.call.Now, Caller: p}
}

func TestAuthorize(t *testing.T) {
	f := newFixture(t)
	id, _, err := f.AddUser(home, "alice", map[string]string{"p": `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["dynamodb:Describe*","iam:PassRole"],"Resource":"*"},
		{"Effect":"Deny","Action":"dynamodb:DescribeBackup","Resource":"*"},
		{"Effect":"Allow","Action":"iam:GetUser","Resource":"arn:aws:iam::*:user/${aws:username}"},
		{"Effect":"Allow","Action":"backup:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"},"Bool":{"no:such":"true"}}}]}`})
	if err != nil {
		t.Fatal(err)
	}
	p, secret, token, expires, ok := f.Lookup(id)
	if !ok || p.ARN != "arn:aws:iam::111122223333:user/alice" || secret == "" || token != "" || !expires.IsZero() {
		t.Fatalf("got %+v %q %q %v %v", p, secret, token, expires, ok)
	}
	rows := []struct {
		access api.Access
		want   bool
		why    string
	}{
		{api.Access{Action: "dynamodb:DescribeTable", Resource: orders}, true, ""},
		{api.Access{Action: "dynamodb:DeleteTable", Resource: orders}, false, "no identity-based policy allows the dynamodb:DeleteTable action"},
		{api.Access{Action: "dynamodb:DescribeBackup", Resource: orders}, false, "with an explicit deny in an identity-based policy"},
		{api.Access{Action: "iam:GetUser", Resource: "arn:aws:iam::111122223333:user/alice"}, true, ""},
		{api.Access{Action: "iam:GetUser", Resource: "arn:aws:iam::111122223333:user/bob"}, false, "no identity-based policy allows the iam:GetUser action"},
		{api.Access{Action: "backup:ListBackupPlans", Resource: "*"}, false, "no identity-based policy allows the backup:ListBackupPlans action"},
		{api.Access{Action: "backup:ListBackupPlans", Resource: "*", Context: map[string]string{"no:such": "true"}}, true, ""},
	}
	for _, row := range rows {
		if got, why := f.Authorize(f.as(p), row.access); got != row.want || why != row.why {
			t.Errorf("%s: %v, %s", row.access.Action, got, why)
		}
	}
	must[iam.PutUserPermissionsBoundaryOutput](f, "PutUserPermissionsBoundary", &iam.PutUserPermissionsBoundaryInput{UserName: aws.String("alice"), PermissionsBoundary: aws.String(forRestores)})
	if got, why := f.Authorize(f.as(p), api.Access{Action: "iam:PassRole", Resource: "*"}); got || why != "no permissions boundary allows the iam:PassRole action" {
		t.Errorf("got %v, %s", got, why)
	}
	if ok, _ := f.Authorize(f.call, api.Access{Action: "x:y", Resource: "*"}); !ok {
		t.Error("root is refused")
	}
}

func TestWithoutANameTheUserIsTheCaller(t *testing.T) {
	f := newFixture(t)
	if root := must[iam.GetUserOutput](f, "GetUser", &iam.GetUserInput{}).User; *root.Arn != "arn:aws:iam::111122223333:root" {
		t.Errorf("got %s", *root.Arn)
	}
	refused(f, "ValidationError", "Must specify userName", "CreateAccessKey", &iam.CreateAccessKeyInput{})
	id, _, err := f.AddUser(home, "alice", nil)
	if err != nil {
		t.Fatal(err)
	}
	f.call.Caller, _, _, _, _ = f.Lookup(id)
	if u := must[iam.GetUserOutput](f, "GetUser", &iam.GetUserInput{}).User; *u.UserName != "alice" {
		t.Errorf("got %s", *u.UserName)
	}
	if keys := must[iam.ListAccessKeysOutput](f, "ListAccessKeys", &iam.ListAccessKeysInput{}).AccessKeyMetadata; len(keys) != 1 || *keys[0].AccessKeyId != id {
		t.Errorf("got %+v", keys)
	}
}

func TestKeysLiveAndDie(t *testing.T) {
	f := newFixture(t)
	must[iam.CreateUserOutput](f, "CreateUser", &iam.CreateUserInput{UserName: aws.String("u")})
	k := must[iam.CreateAccessKeyOutput](f, "CreateAccessKey", &iam.CreateAccessKeyInput{UserName: aws.String("u")}).AccessKey
	if len(*k.AccessKeyId) != 20 || len(*k.SecretAccessKey) != 40 {
		t.Errorf("got %s, %s", *k.AccessKeyId, *k.SecretAccessKey)
	}
	must[iam.CreateAccessKeyOutput](f, "CreateAccessKey", &iam.CreateAccessKeyInput{UserName: aws.String("u")})
	refused(f, "LimitExceededException", "AccessKeysPerUser", "CreateAccessKey", &iam.CreateAccessKeyInput{UserName: aws.String("u")})
	refused(f, "DeleteConflictException", "access keys", "DeleteUser", &iam.DeleteUserInput{UserName: aws.String("u")})
	must[iam.UpdateAccessKeyOutput](f, "UpdateAccessKey", &iam.UpdateAccessKeyInput{UserName: aws.String("u"), AccessKeyId: k.AccessKeyId, Status: types.StatusTypeInactive})
	if p, _, _, _, ok := f.Lookup(*k.AccessKeyId); !ok || p != (api.Principal{}) {
		t.Errorf("an inactive key is %+v, %v", p, ok)
	}
	must[iam.DeleteAccessKeyOutput](f, "DeleteAccessKey", &iam.DeleteAccessKeyInput{UserName: aws.String("u"), AccessKeyId: k.AccessKeyId})
	if p, _, _, _, ok := f.Lookup(*k.AccessKeyId); !ok || p != (api.Principal{}) {
		t.Errorf("a deleted key is %+v, %v", p, ok)
	}
	if _, _, _, _, ok := f.Lookup("AKIAIOSFODNN7EXAMPLE"); ok {
		t.Error("a key that was never issued is known")
	}
}

func TestAuthorizationDetailsArePaged(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"a", "b", "c"} {
		r := f.role(name)
		must[iam.AttachRolePolicyOutput](f, "AttachRolePolicy", &iam.AttachRolePolicyInput{RoleName: r.RoleName, PolicyArn: aws.String(forBackup)})
	}
	must[iam.CreateUserOutput](f, "CreateUser", &iam.CreateUserInput{UserName: aws.String("u")})
	must[iam.CreatePolicyOutput](f, "CreatePolicy", &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(readTables)})
	roles, users, policies := 0, 0, 0
	in := &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(2)}
	for range 4 {
		out := must[iam.GetAccountAuthorizationDetailsOutput](f, "GetAccountAuthorizationDetails", in)
		roles, users, policies = roles+len(out.RoleDetailList), users+len(out.UserDetailList), policies+len(out.Policies)
		if in.Marker = out.Marker; !out.IsTruncated {
			break
		}
	}
	if roles != 3 || users != 1 || policies != 2 {
		t.Errorf("got %d roles, %d users, %d policies", roles, users, policies)
	}
}

func TestServiceLinkedRoles(t *testing.T) {
	f := newFixture(t)
	service := aws.String("backup.amazonaws.com")
	r := must[iam.CreateServiceLinkedRoleOutput](f, "CreateServiceLinkedRole", &iam.CreateServiceLinkedRoleInput{AWSServiceName: service}).Role
	if *r.Arn != "arn:aws:iam::111122223333:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup" {
		t.Errorf("got %s", *r.Arn)
	}
	refused(f, "InvalidInputException", "has been taken", "CreateServiceLinkedRole", &iam.CreateServiceLinkedRoleInput{AWSServiceName: service})
	refused(f, "UnmodifiableEntityException", "only modifiable by AWS", "DeleteRole", &iam.DeleteRoleInput{RoleName: r.RoleName})
	if arn, ok := f.ServiceLinkedRole(home, *service); !ok || arn != *r.Arn {
		t.Errorf("got %s, %v", arn, ok)
	}
	if f.AssumableBy(*r.Arn, *service) != nil || !f.Allows(*r.Arn, "tag:GetResources", "*", nil) {
		t.Error("the linked role is of no use to its service")
	}
}

func TestARoleTakesTenManagedPolicies(t *testing.T) {
	f := newFixture(t)
	r := f.role("r")
	for i := range 11 {
		p := must[iam.CreatePolicyOutput](f, "CreatePolicy", &iam.CreatePolicyInput{PolicyName: aws.String(strings.Repeat("p", i+1)), PolicyDocument: aws.String(readTables)}).Policy
		in := &iam.AttachRolePolicyInput{RoleName: r.RoleName, PolicyArn: p.Arn}
		if i == 10 {
			refused(f, "LimitExceededException", "PoliciesPerRole: 10", "AttachRolePolicy", in)
			continue
		}
		must[iam.AttachRolePolicyOutput](f, "AttachRolePolicy", in)
		must[iam.AttachRolePolicyOutput](f, "AttachRolePolicy", in) // again: nothing happens
	}
	listed := must[iam.ListAttachedRolePoliciesOutput](f, "ListAttachedRolePolicies", &iam.ListAttachedRolePoliciesInput{RoleName: r.RoleName}).AttachedPolicies
	if len(listed) != 10 {
		t.Errorf("%d policies are attached", len(listed))
	}
}

func TestInlinePoliciesHaveASumOfSizes(t *testing.T) {
	f := newFixture(t)
	r := f.role("r")
	big := `{"Version":"2012-10-17","Statement":[{"Sid":"` + strings.Repeat("x", 6000) + `","Effect":"Allow","Action":"*","Resource":"*"}]}`
	must[iam.PutRolePolicyOutput](f, "PutRolePolicy", &iam.PutRolePolicyInput{RoleName: r.RoleName, PolicyName: aws.String("a"), PolicyDocument: &big})
	must[iam.PutRolePolicyOutput](f, "PutRolePolicy", &iam.PutRolePolicyInput{RoleName: r.RoleName, PolicyName: aws.String("a"), PolicyDocument: &big})
	refused(f, "LimitExceededException", "Maximum policy size of 10240 bytes exceeded for role r", "PutRolePolicy", &iam.PutRolePolicyInput{RoleName: r.RoleName, PolicyName: aws.String("b"), PolicyDocument: &big})
	refused(f, "MalformedPolicyDocumentException", "vendor", "PutRolePolicy", &iam.PutRolePolicyInput{RoleName: r.RoleName, PolicyName: aws.String("b"),
		PolicyDocument: aws.String(`{"Statement":{"Effect":"Allow","Action":"GetItem","Resource":"*"}}`)})
}
