package control

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

func TestSymbolsAreReadAsAddresses(t *testing.T) {
	p := newPlaces(&estate.Unit{Declared: []estate.Declared{
		{ID: "a b.yaml#Orders", Address: "Orders"}, {ID: "app#Shop", Address: "App/Shop"}, {ID: `module.m["x"].aws_dynamodb_table.t`, Address: `module.m["x"].aws_dynamodb_table.t`},
	}})
	for text, want := range map[string]string{
		"${!a_b.yaml#Orders}":             "Orders",
		"recovery of ${!app#Shop} is off": "recovery of App/Shop is off",
		"arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${!app#Shop}": "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${App/Shop}",
		"${a.yaml#Env}-orders":  "${Env}-orders",
		"${app#Shop.StreamArn}": "${App/Shop.StreamArn}",
		`by ${!module.m["x"].aws_dynamodb_table.t}, and ${!module.m["x"].aws_dynamodb_table.t.id}`: `by module.m["x"].aws_dynamodb_table.t, and ${module.m["x"].aws_dynamodb_table.t.id}`,
		"${?a.yaml:3:5}": "${a.yaml:3:5}",
		"${!app#Gone}":   "${Gone}",
		"${open":         "${open",
		"plain":          "plain",
	} {
		if got := p.readable(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if got := (places{}).readable("${!a#B}"); got != "${!a#B}" {
		t.Errorf("outside of templates: %s", got)
	}
}
