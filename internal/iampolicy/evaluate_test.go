package iampolicy

import (
	"strings"
	"testing"
)

const (
	alice   = "arn:aws:iam::111122223333:user/alice"
	role    = "arn:aws:iam::111122223333:role/backup"
	session = "arn:aws:sts::111122223333:assumed-role/backup/nightly"
	orders  = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
	foreign = "arn:aws:dynamodb:eu-west-1:444455556666:table/orders"
)

func mustParse(t testing.TB, kind Kind, text string) *Document {
	t.Helper()
	doc, err := Parse(kind, text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return doc
}

func policy(t testing.TB, kind Kind, statements ...string) *Named {
	t.Helper()
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	return &Named{Name: "p", Document: mustParse(t, kind, text)}
}

func identity(t testing.TB, statements ...string) []Named {
	return []Named{*policy(t, Identity, statements...)}
}

const (
	allowRead  = `{"Effect":"Allow","Action":"dynamodb:Describe*","Resource":"*"}`
	denyRead   = `{"Sid":"never","Effect":"Deny","Action":"dynamodb:DescribeTable","Resource":"*"}`
	allowOther = `{"Effect":"Allow","Action":"dynamodb:ListTables","Resource":"*"}`
)

func granting(principal string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":"dynamodb:DescribeTable","Resource":"*"}`
}

// The cases follow the evaluation logic page, one row a sentence of it.
func TestEvaluationLogic(t *testing.T) {
	user := Principal{ARN: alice, Account: "111122223333"}
	assumed := Principal{ARN: session, Account: "111122223333", RoleARN: role}
	root := Principal{ARN: "arn:aws:iam::111122223333:root", Account: "111122223333", Root: true}
	service := Principal{Service: "backup.amazonaws.com"}
	rows := []struct {
		name     string
		who      Principal
		resource string
		policies Policies
		want     Answer
		reason   Reason
	}{
		{"nothing allows: implicit deny", user, orders, Policies{}, No, NoIdentity},
		{"an identity policy allows", user, orders, Policies{Identity: identity(t, allowRead)}, Yes, Granted},
		{"an identity policy allows something else", user, orders, Policies{Identity: identity(t, allowOther)}, No, NoIdentity},
		{"an explicit deny wins in the same policy", user, orders, Policies{Identity: identity(t, allowRead, denyRead)}, No, ExplicitDeny},
		{"an explicit deny wins over the resource's allow", user, orders, Policies{Identity: identity(t, denyRead), Resource: policy(t, Resource, granting(`"*"`))}, No, ExplicitDeny},
		{"in one account the resource's policy is enough", user, orders, Policies{Resource: policy(t, Resource, granting(`{"AWS":"`+alice+`"}`))}, Yes, Granted},
		{"naming the account only delegates", user, orders, Policies{Resource: policy(t, Resource, granting(`{"AWS":"111122223333"}`))}, No, NoIdentity},
		{"across accounts identity alone is not enough", user, foreign, Policies{Identity: identity(t, allowRead)}, No, NoResource},
		{"across accounts the resource alone is not enough", user, foreign, Policies{Resource: policy(t, Resource, granting(`{"AWS":"`+alice+`"}`))}, No, NoIdentity},
		{"across accounts both allow", user, foreign, Policies{Identity: identity(t, allowRead), Resource: policy(t, Resource, granting(`{"AWS":"arn:aws:iam::111122223333:root"}`))}, Yes, Granted},
		{"a boundary alone grants nothing", user, orders, Policies{Boundary: policy(t, Identity, allowRead)}, No, NoIdentity},
		{"a boundary cuts identity policies down", user, orders, Policies{Identity: identity(t, allowRead), Boundary: policy(t, Identity, allowOther)}, No, NoBoundary},
		{"boundary and identity both allow", user, orders, Policies{Identity: identity(t, allowRead), Boundary: policy(t, Identity, allowRead)}, Yes, Granted},
		{"a boundary does not cut down what the resource gives a user by name", user, orders, Policies{Resource: policy(t, Resource, granting(`{"AWS":"`+alice+`"}`)), Boundary: policy(t, Identity, allowOther)}, Yes, Granted},
		{"a boundary cuts down what the resource gives a role by name", assumed, orders, Policies{Resource: policy(t, Resource, granting(`{"AWS":"`+role+`"}`)), Boundary: policy(t, Identity, allowOther)}, No, NoIdentity},
		{"a boundary does not cut down what the resource gives a session by name", assumed, orders, Policies{Resource: policy(t, Resource, granting(`{"AWS":"`+session+`"}`)), Boundary: policy(t, Identity, allowOther)}, Yes, Granted},
		{"a boundary's deny binds all the same", user, orders, Policies{Resource: policy(t, Resource, granting(`{"AWS":"`+alice+`"}`)), Boundary: policy(t, Identity, denyRead)}, No, ExplicitDeny},
		{"session policies cut the role down", assumed, orders, Policies{Identity: identity(t, allowRead), Session: identity(t, allowOther)}, No, NoSession},
		{"session policies and role both allow", assumed, orders, Policies{Identity: identity(t, allowRead), Session: identity(t, allowRead)}, Yes, Granted},
		{"root needs no policy", root, orders, Policies{}, Yes, Granted},
		{"root is bound by the resource's deny", root, orders, Policies{Resource: policy(t, Resource, `{"Effect":"Deny","Principal":"*","Action":"dynamodb:*","Resource":"*"}`)}, No, ExplicitDeny},
		{"a service is allowed by the resource alone", service, orders, Policies{Resource: policy(t, Resource, granting(`{"Service":"backup.amazonaws.com"}`))}, Yes, Granted},
		{"another service is not", service, orders, Policies{Resource: policy(t, Resource, granting(`{"Service":"ec2.amazonaws.com"}`))}, No, NoResource},
		{"a key policy that says nothing of the user beats his identity policy", user, orders, Policies{Identity: identity(t, allowRead), Resource: policy(t, Resource, granting(`{"AWS":"`+role+`"}`)), ResourceDecides: true}, No, NoResource},
		{"a key policy that names the account lets identity policies decide", user, orders, Policies{Identity: identity(t, allowRead), Resource: policy(t, Resource, granting(`{"AWS":"111122223333"}`)), ResourceDecides: true}, Yes, Granted},
		{"a policy that could not be read may allow", user, orders, Policies{Identity: []Named{{Name: "unread"}}}, Maybe, Undecided},
		{"a policy that could not be read may deny", user, orders, Policies{Identity: append(identity(t, allowRead), Named{Name: "unread"})}, Maybe, Undecided},
		{"what is denied stays denied beside an unread policy", user, orders, Policies{Identity: append(identity(t, denyRead), Named{Name: "unread"})}, No, ExplicitDeny},
		{"NotPrincipal spares those it names", user, orders, Policies{Identity: identity(t, allowRead), Resource: policy(t, Resource, `{"Effect":"Deny","NotPrincipal":{"AWS":["`+alice+`","arn:aws:iam::111122223333:root"]},"Action":"*","Resource":"*"}`)}, Yes, Granted},
		{"NotPrincipal with the user alone may hit his account, and so him", user, orders, Policies{Identity: identity(t, allowRead), Resource: policy(t, Resource, `{"Effect":"Deny","NotPrincipal":{"AWS":"`+alice+`"},"Action":"*","Resource":"*"}`)}, Maybe, Undecided},
		{"NotPrincipal with the account alone hits its users", user, orders, Policies{Identity: identity(t, allowRead), Resource: policy(t, Resource, `{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}`)}, No, ExplicitDeny},
		{"an organisation grants nothing", user, orders, Policies{Organization: [][]Named{identity(t, allowRead)}}, No, NoIdentity},
		{"each level of an organisation must allow", user, orders, Policies{Identity: identity(t, allowRead), Organization: [][]Named{identity(t, allowRead), identity(t, allowOther)}}, No, NoOrganization},
		{"all levels allow", user, orders, Policies{Identity: identity(t, allowRead), Organization: [][]Named{identity(t, allowRead), identity(t, allowOther, allowRead)}}, Yes, Granted},
		{"a level without policies allows nothing", user, orders, Policies{Identity: identity(t, allowRead), Organization: [][]Named{identity(t, allowRead), nil}}, No, NoOrganization},
		{"an organisation's deny wins over the resource's allow", user, orders, Policies{Organization: [][]Named{identity(t, allowRead, denyRead)}, Resource: policy(t, Resource, granting(`{"AWS":"`+alice+`"}`))}, No, ExplicitDeny},
		{"an organisation binds the root", root, orders, Policies{Organization: [][]Named{identity(t, denyRead, allowRead)}}, No, ExplicitDeny},
		{"an organisation does not bind services", service, orders, Policies{Organization: [][]Named{identity(t, denyRead)}, Resource: policy(t, Resource, granting(`{"Service":"backup.amazonaws.com"}`))}, Yes, Granted},
		{"a boundary that could not be read may allow or deny", user, orders, Policies{Identity: identity(t, allowRead), Boundary: &Named{Name: "unread"}}, Maybe, Undecided},
		{"NotPrincipal hits everyone else", assumed, orders, Policies{Identity: identity(t, allowRead), Resource: policy(t, Resource, `{"Effect":"Deny","NotPrincipal":{"AWS":"`+alice+`"},"Action":"*","Resource":"*"}`)}, No, ExplicitDeny},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := Evaluate(Request{Action: "dynamodb:DescribeTable", Resource: row.resource, Principal: row.who}, row.policies)
			if got.Answer != row.want || got.Reason != row.reason {
				t.Fatalf("got %v, reason %d; want %v, reason %d", got.Answer, got.Reason, row.want, row.reason)
			}
		})
	}
}

func TestTheDecidingStatementIsNamed(t *testing.T) {
	p := []Named{{Name: "reader", Document: policy(t, Identity, allowRead).Document}, {Name: "guard", Document: policy(t, Identity, allowOther, denyRead).Document}}
	got := Evaluate(Request{Action: "dynamodb:DescribeTable", Resource: orders, Principal: Principal{ARN: alice, Account: "111122223333"}}, Policies{Identity: p})
	if got.Policy != "guard" || got.Index != 1 || got.Sid != "never" || got.InPolicy.String() != "identity-based policy" {
		t.Fatalf("got %+v", got)
	}
}

func TestActionsAndResources(t *testing.T) {
	rows := []struct {
		name, statement, action, resource string
		want                              Answer
	}{
		{"actions ignore case", `"Action":"DynamoDB:describetable","Resource":"*"`, "dynamodb:DescribeTable", orders, Yes},
		{"a question mark is one character", `"Action":"dynamodb:?escribeTable","Resource":"*"`, "dynamodb:DescribeTable", orders, Yes},
		{"resources do not ignore case", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/Orders"`, "dynamodb:DescribeTable", orders, No},
		{"a star does not reach over an ARN's field", `"Action":"*","Resource":"arn:aws:*:table/orders"`, "dynamodb:DescribeTable", orders, No},
		{"a star crosses slashes", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/*"`, "dynamodb:DescribeTable", orders + "/backup/01", Yes},
		{"an incomplete ARN is completed with stars", `"Action":"*","Resource":"arn:aws:dynamodb"`, "dynamodb:DescribeTable", orders, Yes},
		{"NotAction allows everything else", `"NotAction":"iam:*","Resource":"*"`, "dynamodb:DescribeTable", orders, Yes},
		{"NotAction leaves out what it names", `"NotAction":["iam:*","dynamodb:Describe*"],"Resource":"*"`, "dynamodb:DescribeTable", orders, No},
		{"NotResource leaves out what it names", `"Action":"*","NotResource":"arn:aws:dynamodb:*:*:table/orders"`, "dynamodb:DescribeTable", orders, No},
		{"a variable that is known is literal", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${aws:username}"`, "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/alice", Yes},
		{"its value has no wildcards", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${x:star}"`, "dynamodb:GetItem", orders, No},
		{"a variable that is not known is maybe", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team}"`, "dynamodb:GetItem", orders, Maybe},
		{"unless no value could match", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/x-${aws:PrincipalTag/team}"`, "dynamodb:GetItem", orders, No},
		{"a variable known to be absent matches nothing", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${x:absent}*"`, "dynamodb:GetItem", orders, No},
		{"its default takes its place", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${x:absent, 'orders'}"`, "dynamodb:GetItem", orders, Yes},
		{"the escapes are literal", `"Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${*}"`, "dynamodb:GetItem", orders, No},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := Request{Action: row.action, Resource: row.resource, Principal: Principal{ARN: alice, Account: "111122223333"},
				Context: Context{"aws:username": {"alice"}, "x:star": {"*"}, "x:absent": nil}}
			got := Evaluate(r, Policies{Identity: identity(t, `{"Effect":"Allow",`+row.statement+`}`)})
			if got.Answer != row.want {
				t.Fatalf("got %v (missing %v), want %v", got.Answer, got.Undecided, row.want)
			}
		})
	}
}

func TestVariablesNeedTheNewerVersion(t *testing.T) {
	text := `{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${aws:username}"}}`
	r := Request{Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/alice",
		Principal: Principal{ARN: alice, Account: "111122223333"}, Context: Context{"aws:username": {"alice"}}}
	if got := Evaluate(r, Policies{Identity: []Named{{Document: mustParse(t, Identity, text)}}}); got.Answer != No {
		t.Fatalf("got %v", got.Answer)
	}
}

func TestTrusts(t *testing.T) {
	rows := []struct {
		name, statement string
		want            Answer
	}{
		{"names the service", `{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}`, Yes},
		{"names it in a list", `{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","backup.amazonaws.com"]},"Action":"sts:*"}`, Yes},
		{"names another service", `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`, No},
		{"allows another action", `{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:TagSession"}`, No},
		{"asks for a source account", `{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}`, Maybe},
		{"denies it", `{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}`, No},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := Trusts(policy(t, Trust, row.statement).Document, "backup.amazonaws.com"); got != row.want {
				t.Fatalf("got %v, want %v", got, row.want)
			}
		})
	}
}
