package sts

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/iam"
	"github.com/restorable/restorable/internal/awssim/world"
)

var (
	home    = world.Scope{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}
	machine = time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	virtual = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
)

func newFixture(t *testing.T) (*Service, *iam.Service) {
	t.Helper()
	clock := func() time.Time { return machine }
	i, err := iam.New(world.New(world.Options{Start: virtual, Real: clock, Seed: 1}))
	if err != nil {
		t.Fatal(err)
	}
	return New(i, clock), i
}

func addRole(t *testing.T, i *iam.Service, arn, principal, condition string) {
	t.Helper()
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"` + condition + `}}`
	allow := map[string]string{"all": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["dynamodb:*","sts:AssumeRole"],"Resource":"*"}}`}
	if err := i.AddRole(iam.RoleSeed{ARN: arn, Trust: trust, Inline: allow}); err != nil {
		t.Fatal(err)
	}
}

func call(p api.Principal) *api.Call {
	return &api.Call{Scope: home, Caller: p, Now: virtual, Operation: "AssumeRole"}
}

var root = api.Principal{Account: "111122223333", ARN: "arn:aws:iam::111122223333:root", UserID: "111122223333", AccessKey: "111122223333", Root: true}

func code(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestAssumeRoleIntoAnotherAccount(t *testing.T) {
	s, i := newFixture(t)
	arn := "arn:aws:iam::444455556666:role/team/auditor"
	addRole(t, i, arn, `{"AWS":"111122223333"}`, "")
	out, err := s.assumeRole(call(root), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("scan")})
	if err != nil {
		t.Fatal(err)
	}
	if *out.AssumedRoleUser.Arn != "arn:aws:sts::444455556666:assumed-role/auditor/scan" || !strings.HasSuffix(*out.AssumedRoleUser.AssumedRoleId, ":scan") {
		t.Errorf("got %+v", out.AssumedRoleUser)
	}
	if !out.Credentials.Expiration.Equal(machine.Add(time.Hour)) {
		t.Errorf("expires %v, which is not by the machine's clock", out.Credentials.Expiration)
	}
	p, secret, token, expires, ok := i.Lookup(*out.Credentials.AccessKeyId)
	if !ok || p.Account != "444455556666" || secret != *out.Credentials.SecretAccessKey || token != *out.Credentials.SessionToken || !expires.Equal(*out.Credentials.Expiration) {
		t.Errorf("lookup: %+v %v", p, ok)
	}
	who, err := s.getCallerIdentity(call(p), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Account != "444455556666" || *who.Arn != *out.AssumedRoleUser.Arn || *who.UserId != *out.AssumedRoleUser.AssumedRoleId {
		t.Errorf("identity: %+v, %v", who, err)
	}
}

func TestTrustDecidesWhoAssumes(t *testing.T) {
	s, i := newFixture(t)
	external := `,"Condition":{"StringEquals":{"sts:ExternalId":"s3cret"}}`
	for name, principal := range map[string]string{"account": `{"AWS":"arn:aws:iam::111122223333:root"}`, "foreign": `{"AWS":"999999999999"}`,
		"service": `{"Service":"backup.amazonaws.com"}`, "user": `{"AWS":"arn:aws:iam::111122223333:user/alice"}`} {
		addRole(t, i, "arn:aws:iam::111122223333:role/"+name, principal, "")
	}
	addRole(t, i, "arn:aws:iam::111122223333:role/external", `{"AWS":"111122223333"}`, external)
	alice := api.Principal{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/alice"}
	rows := []struct {
		role       string
		who        api.Principal
		externalID *string
		want       string
	}{
		{"account", root, nil, ""}, {"account", alice, nil, ""},
		{"user", alice, nil, ""}, {"user", root, nil, "AccessDenied"},
		{"foreign", root, nil, "AccessDenied"}, {"service", root, nil, "AccessDenied"}, {"none", root, nil, "AccessDenied"},
		{"external", root, aws.String("s3cret"), ""}, {"external", root, aws.String("wrong"), "AccessDenied"}, {"external", root, nil, "AccessDenied"},
	}
	for _, row := range rows {
		_, err := s.assumeRole(call(row.who), &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/" + row.role), RoleSessionName: aws.String("x"), ExternalId: row.externalID})
		if code(err) != row.want {
			t.Errorf("%s by %s: %v", row.role, row.who.ARN, err)
		}
	}
}

func TestSessionsAreLimitedInTimeAndByTheirPolicies(t *testing.T) {
	s, i := newFixture(t)
	arn := "arn:aws:iam::111122223333:role/r"
	addRole(t, i, arn, `{"AWS":["111122223333"]}`, "")
	in := &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("x"), DurationSeconds: aws.Int32(3601)}
	if _, err := s.assumeRole(call(root), in); code(err) != "ValidationError" {
		t.Errorf("longer than the role allows: %v", err)
	}
	in.DurationSeconds = aws.Int32(900)
	in.Policy = aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:List*","Resource":"*"}}`)
	out, err := s.assumeRole(call(root), in)
	if err != nil || !out.Credentials.Expiration.Equal(machine.Add(15*time.Minute)) {
		t.Fatalf("got %+v, %v", out, err)
	}
	p, _, _, _, _ := i.Lookup(*out.Credentials.AccessKeyId)
	if ok, why := i.Authorize(call(p), api.Access{Action: "dynamodb:ListTables", Resource: "*"}); !ok {
		t.Errorf("refused what both allow: %s", why)
	}
	if ok, why := i.Authorize(call(p), api.Access{Action: "dynamodb:DeleteTable", Resource: "*"}); ok || why != "no session policy allows the dynamodb:DeleteTable action" {
		t.Errorf("got %v, %s", ok, why)
	}
	in.Policy = nil
	in.PolicyArns = []types.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::aws:policy/None")}}
	if _, err := s.assumeRole(call(root), in); code(err) != "InvalidInputException" {
		t.Errorf("unknown session policy: %v", err)
	}
	in.PolicyArns, in.DurationSeconds = nil, aws.Int32(7200)
	if _, err := s.assumeRole(call(p), in); code(err) != "ValidationError" {
		t.Errorf("chained for two hours: %v", err)
	}
}

func TestAuthorizeAsksTheTrustPolicyToo(t *testing.T) {
	s, i := newFixture(t)
	id, _, err := i.AddUser(home, "alice", nil)
	if err != nil {
		t.Fatal(err)
	}
	addRole(t, i, "arn:aws:iam::111122223333:role/direct", `{"AWS":"arn:aws:iam::111122223333:user/alice"}`, "")
	addRole(t, i, "arn:aws:iam::111122223333:role/delegated", `{"AWS":"111122223333"}`, "")
	alice, _, _, _, _ := i.Lookup(id)
	for role, want := range map[string]bool{"direct": true, "delegated": false} {
		in := &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/" + role), RoleSessionName: aws.String("x")}
		for _, a := range assumeAccess(call(alice), in) {
			if got, why := i.Authorize(call(alice), a); got != want {
				t.Errorf("%s: %v, %s", role, got, why)
			}
		}
	}
	_ = s
}

func TestASessionDiesWithItsRole(t *testing.T) {
	s, i := newFixture(t)
	arn := "arn:aws:iam::111122223333:role/r"
	addRole(t, i, arn, `{"AWS":"111122223333"}`, "")
	out, err := s.assumeRole(call(root), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("x")})
	if err != nil {
		t.Fatal(err)
	}
	addRole(t, i, arn, `{"AWS":"111122223333"}`, "") // made anew: another role
	if p, _, _, _, ok := i.Lookup(*out.Credentials.AccessKeyId); !ok || p.Account != "" {
		t.Errorf("got %+v, %v", p, ok)
	}
}

func TestSmallOperations(t *testing.T) {
	s, _ := newFixture(t)
	info, err := s.getAccessKeyInfo(call(root), &sts.GetAccessKeyInfoInput{AccessKeyId: aws.String("123456789012")})
	if err != nil || *info.Account != "123456789012" {
		t.Errorf("got %+v, %v", info, err)
	}
	if _, err := s.decodeAuthorizationMessage(call(root), &sts.DecodeAuthorizationMessageInput{EncodedMessage: aws.String("abc")}); code(err) != "InvalidAuthorizationMessageException" {
		t.Errorf("got %v", err)
	}
	token, err := s.getSessionToken(call(root), &sts.GetSessionTokenInput{})
	if err != nil || !token.Credentials.Expiration.Equal(machine.Add(time.Hour)) {
		t.Errorf("a root's token lasts an hour, got %+v, %v", token, err)
	}
}
