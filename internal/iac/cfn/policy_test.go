package cfn

import (
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/iampolicy"
)

const policies = `Parameters:
  Who: {Type: String}
  More: {Type: CommaDelimitedList}
Conditions:
  Unsure: !Equals [!Ref Who, x]
Resources:
  T: {Type: AWS::DynamoDB::Table}
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: !Sub "backup.${AWS::URLSuffix}"}, Action: "sts:AssumeRole"}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - STATEMENT
`

// What a statement says of a declared table, whatever of the rest is known.
func TestPoliciesAreReadStatementByStatement(t *testing.T) {
	const all = ", Action: '*', Resource: '*'}"
	for _, row := range []struct {
		name, statement string
		want            iampolicy.Answer
	}{
		{"the table by reference", `{Effect: Allow, Action: "dynamodb:DescribeTable", Resource: !GetAtt T.Arn}`, iampolicy.Yes},
		{"its indexes alone", `{Effect: Allow, Action: "dynamodb:DescribeTable", Resource: !Sub "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/x/index/*"}`, iampolicy.Maybe},
		{"a parameter among actions", `{Effect: Allow, Action: ["dynamodb:DescribeTable", !Ref Who], Resource: "*"}`, iampolicy.Yes},
		{"a parameter is the action", `{Effect: Allow, Action: !Ref Who, Resource: "*"}`, iampolicy.Maybe},
		{"a list is the action", `{Effect: Allow, Action: !Ref More, Resource: "*"}`, iampolicy.Maybe},
		{"all but what a parameter says", `{Effect: Allow, NotAction: [!Ref Who], Resource: "*"}`, iampolicy.Maybe},
		{"an effect on a condition", `{Effect: !If [Unsure, Allow, Deny]` + all, iampolicy.Maybe},
		{"a statement on a condition", `!If [Unsure, {Effect: Allow` + all + `, !Ref "AWS::NoValue"]`, iampolicy.Maybe},
		{"what both branches say", `!If [Unsure, {Sid: a, Effect: Allow` + all + `, {Sid: b, Effect: Allow` + all + `]`, iampolicy.Yes},
		{"a denial on a condition", `{Effect: Allow` + all + "\n              - !If [Unsure, {Effect: Deny" + all + `, !Ref "AWS::NoValue"]`, iampolicy.Maybe},
		{"a resource that is not known", `{Effect: Allow, Action: "*", Resource: !Ref More}`, iampolicy.Maybe},
		{"all but what is not known", `{Effect: Allow, Action: "*", NotResource: !Ref More}`, iampolicy.Maybe},
		{"a condition on a parameter", `{Effect: Allow, Action: "*", Resource: "*", Condition: {StringEquals: {"aws:RequestedRegion": !Ref Who}}}`, iampolicy.Maybe},
		{"a condition that is not known", `{Effect: Allow, Action: "*", Resource: "*", Condition: !If [Unsure, {Bool: {"aws:SecureTransport": true}}, !Ref "AWS::NoValue"]}`, iampolicy.Maybe},
		{"a variable of the policy language", `{Effect: Allow, Action: "*", Resource: !Sub "arn:${AWS::Partition}:dynamodb:*:*:index/${!aws:username}"}`, iampolicy.No},
		{"what a macro adds", `{Effect: Allow, "Fn::Transform": {Name: AWS::Include}` + all, iampolicy.Maybe},
	} {
		u := readText(t, strings.Replace(policies, "STATEMENT", row.statement, 1), Options{})[0]
		role := u.Roles.Items[0]
		doc, err := iampolicy.Parse(iampolicy.Identity, role.Policies.Items[0].Text.Or(""))
		if err != nil {
			t.Errorf("%s: %v: %s", row.name, err, role.Policies.Items[0].Text)
			continue
		}
		r := iampolicy.Request{Action: "dynamodb:DescribeTable", Resource: u.Tables.Items[0].ARN.Or(""), Principal: iampolicy.Principal{Account: "1", ARN: "arn:aws:iam::1:role/r"}, ResourceAccount: "1",
			Context: iampolicy.Context{"aws:RequestedRegion": {"eu-west-1"}, "aws:SecureTransport": {"true"}, "aws:username": {"alice"}}}
		if got := iampolicy.Evaluate(r, iampolicy.Policies{Identity: []iampolicy.Named{{Document: doc}}}); got.Answer != row.want {
			t.Errorf("%s: %s, want %s: %s", row.name, got.Answer, row.want, role.Policies.Items[0].Text)
		}
		trust, err := iampolicy.Parse(iampolicy.Trust, role.Trust.Or(""))
		if err != nil || iampolicy.Trusts(trust, "backup.amazonaws.com") != iampolicy.Yes {
			t.Errorf("%s: trust %v, %v", row.name, role.Trust, err)
		}
	}
}

// A policy of which no statement is known is not known.
func TestPoliciesThatAreNotKnown(t *testing.T) {
	for _, document := range []string{"!Ref Who", "!If [Unsure, {Statement: []}, !Ref 'AWS::NoValue']", "{Statement: !Ref More}", "{Statement: !If [Unsure, [], [{Effect: Allow}]]}", "{Version: !GetAZs '', Statement: []}"} {
		text := strings.Replace(policies, "Statement: [{Effect: Allow, Principal", "Statement: [{Effect: Deny, Principal", 1)
		text = strings.Replace(text, `{Version: "2012-10-17", Statement: [{Effect: Deny, Principal: {Service: !Sub "backup.${AWS::URLSuffix}"}, Action: "sts:AssumeRole"}]}`, document, 1)
		text = strings.Replace(text, "STATEMENT", "{Effect: Allow, Action: '*', Resource: '*'}", 1)
		trust := readText(t, text, Options{})[0].Roles.Items[0].Trust
		if v, ok := trust.Get(); ok {
			if _, err := iampolicy.Parse(iampolicy.Trust, v); err == nil {
				t.Errorf("%s: %s", document, v)
			}
		}
	}
}

// Each element that may be anything becomes the widest that it may be, in policies of every kind.
func TestWidestStatements(t *testing.T) {
	const template = `Parameters: {More: {Type: CommaDelimitedList}}
Resources:
  V:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: v
      AccessPolicy: {Version: "2012-10-17", Statement: [!Ref More, {Effect: Deny, Principal: !Ref More, Action: "backup:*", Resource: "*"}]}
`
	policy := readText(t, template, Options{})[0].Vaults.Items[0].Policy
	doc, err := iampolicy.Parse(iampolicy.Resource, policy.Or(""))
	if err != nil || len(doc.Statements) != 3 {
		t.Fatalf("%v: %s", err, policy)
	}
	r := iampolicy.Request{Action: "backup:DeleteRecoveryPoint", Resource: "arn:aws:backup:eu-west-1:1:recovery-point:x", Principal: iampolicy.Principal{Account: "1", ARN: "arn:aws:iam::1:role/r"}}
	everything := iampolicy.Policies{Identity: []iampolicy.Named{{Document: &iampolicy.Document{Statements: []iampolicy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}}},
		Resource: &iampolicy.Named{Document: doc}}
	if got := iampolicy.Evaluate(r, everything).Answer; got != iampolicy.Maybe {
		t.Errorf("got %s", got)
	}
}
