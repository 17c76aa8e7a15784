package iampolicy

import (
	"slices"
	"testing"
)

func TestConditions(t *testing.T) {
	context := Context{"k": {"Value"}, "n": {"5"}, "d": {"2026-03-01T00:00:00Z"}, "b": {"true"}, "ip": {"10.1.2.3"},
		"arn": {orders}, "many": {"a", "b"}, "gone": nil}
	rows := []struct {
		condition string
		want      Answer
	}{
		{`{"StringEquals":{"k":"Value"}}`, Yes},
		{`{"StringEquals":{"K":"Value"}}`, Yes},
		{`{"StringEquals":{"k":["x","Value"]}}`, Yes},
		{`{"StringEquals":{"k":"value"}}`, No},
		{`{"StringEquals":{"k":"V*"}}`, No},
		{`{"StringEqualsIgnoreCase":{"k":"value"}}`, Yes},
		{`{"StringNotEquals":{"k":["x","Value"]}}`, No},
		{`{"StringNotEquals":{"k":["x","y"]}}`, Yes},
		{`{"StringNotEqualsIgnoreCase":{"k":"VALUE"}}`, No},
		{`{"StringLike":{"k":"V*e"}}`, Yes},
		{`{"StringNotLike":{"k":"V*e"}}`, No},
		{`{"StringEquals":{"unknown":"x"}}`, Maybe},
		{`{"StringNotEquals":{"unknown":"x"}}`, Maybe},
		{`{"StringEqualsIfExists":{"unknown":"x"}}`, Maybe},
		{`{"StringEquals":{"gone":"x"}}`, No},
		{`{"StringNotEquals":{"gone":"x"}}`, Yes},
		{`{"StringEqualsIfExists":{"gone":"x"}}`, Yes},
		{`{"StringEqualsIfExists":{"k":"x"}}`, No},
		{`{"Null":{"gone":"true"}}`, Yes},
		{`{"Null":{"gone":false}}`, No},
		{`{"Null":{"k":"false"}}`, Yes},
		{`{"Null":{"unknown":"true"}}`, Maybe},
		{`{"Bool":{"b":true}}`, Yes},
		{`{"Bool":{"b":"False"}}`, No},
		{`{"NumericEquals":{"n":"5.0"}}`, Yes},
		{`{"NumericNotEquals":{"n":5}}`, No},
		{`{"NumericLessThan":{"n":5}}`, No},
		{`{"NumericLessThanEquals":{"n":5}}`, Yes},
		{`{"NumericGreaterThan":{"n":4.9}}`, Yes},
		{`{"NumericGreaterThanEquals":{"n":5.1}}`, No},
		{`{"DateGreaterThan":{"d":"2026-02-28"}}`, Yes},
		{`{"DateLessThan":{"d":"2026-02-28"}}`, No},
		{`{"DateEquals":{"d":"1772323200"}}`, Yes},
		{`{"IpAddress":{"ip":"10.1.0.0/16"}}`, Yes},
		{`{"NotIpAddress":{"ip":["10.1.0.0/16","::1"]}}`, No},
		{`{"IpAddress":{"ip":"10.1.2.4"}}`, No},
		{`{"ArnLike":{"arn":"arn:aws:dynamodb:*:111122223333:table/*"}}`, Yes},
		{`{"ArnEquals":{"arn":"arn:aws:dynamodb:*:111122223333:table/*"}}`, Yes},
		{`{"ArnNotLike":{"arn":"arn:aws:dynamodb:*:*:table/orders"}}`, No},
		{`{"ArnLike":{"arn":"arn:aws:*orders"}}`, No},
		{`{"ForAnyValue:StringEquals":{"many":["b","c"]}}`, Yes},
		{`{"ForAllValues:StringEquals":{"many":["b","c"]}}`, No},
		{`{"ForAllValues:StringEquals":{"many":["a","b","c"]}}`, Yes},
		{`{"ForAllValues:StringEquals":{"gone":"x"}}`, Yes},
		{`{"ForAnyValue:StringEquals":{"gone":"x"}}`, No},
		{`{"ForAnyValue:StringNotEquals":{"gone":"x"}}`, No},
		{`{"ForAnyValue:StringNotEquals":{"many":"a"}}`, Yes},
		{`{"ForAllValues:StringNotEquals":{"many":"a"}}`, No},
		{`{"StringEquals":{"many":"a"}}`, Maybe},
		{`{"StringEquals":{"k":"Value","n":"6"}}`, No},
		{`{"StringEquals":{"k":"Value"},"Bool":{"unknown":"true"}}`, Maybe},
		{`{"StringEquals":{"k":"other"},"Bool":{"unknown":"true"}}`, No},
		{`{"StringEquals":{"k":"${unknown}"}}`, Maybe},
		{`{"StringEquals":{"k":"x${unknown}"}}`, No},
		{`{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}`, Yes},
		{`{"StringLike":{"k":"${*}alue"}}`, No},
		{`{"BinaryEquals":{"k":"Value"}}`, Yes},
	}
	for _, row := range rows {
		t.Run(row.condition, func(t *testing.T) {
			r := Request{Action: "dynamodb:GetItem", Resource: orders, Principal: Principal{ARN: alice, Account: "111122223333"}, Context: context}
			got := Evaluate(r, Policies{Identity: identity(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":`+row.condition+`}`)})
			if got.Answer != row.want {
				t.Fatalf("got %v, want %v", got.Answer, row.want)
			}
		})
	}
}

func TestACompleteContextLeavesNoMaybe(t *testing.T) {
	r := Request{Action: "dynamodb:GetItem", Resource: orders, Principal: Principal{ARN: alice, Account: "111122223333"}, Complete: true}
	for condition, want := range map[string]Answer{
		`{"StringEquals":{"unknown":"x"}}`:         No,
		`{"StringNotEquals":{"unknown":"x"}}`:      Yes,
		`{"StringEqualsIfExists":{"unknown":"x"}}`: Yes,
		`{"Null":{"unknown":"true"}}`:              Yes,
	} {
		got := Evaluate(r, Policies{Identity: identity(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":`+condition+`}`)})
		if got.Answer != want {
			t.Errorf("%s: got %v, want %v", condition, got.Answer, want)
		}
	}
}

func TestUndecidedNamesTheMissingKeys(t *testing.T) {
	r := Request{Action: "dynamodb:GetItem", Resource: orders, Principal: Principal{ARN: alice, Account: "111122223333"}}
	got := Evaluate(r, Policies{Identity: identity(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"z":"true"},"StringEquals":{"a":"x"}}}`)})
	if !slices.Equal(got.Undecided, []string{"a", "z"}) {
		t.Fatalf("got %v", got.Undecided)
	}
}
