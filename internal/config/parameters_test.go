package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParametersOfControls(t *testing.T) {
	f, err := Parse("c.yaml", []byte("parameters:\n  backup-access-restricted: {allowed: [role/Admin, user/ops-*]}\n  vault-policy-exposure:\n    trusted_accounts: [444455556666]\n  any: {days: 7d}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []ControlSetting{
		{Control: "backup-access-restricted", Name: "allowed", Values: []string{"role/Admin", "user/ops-*"}, List: true},
		{Control: "vault-policy-exposure", Name: "trusted_accounts", Values: []string{"444455556666"}, List: true},
		{Control: "any", Name: "days", Values: []string{"7d"}},
	}
	if diff := cmp.Diff(want, f.Parameters, cmpopts.IgnoreFields(ControlSetting{}, "At", "ValueAt")); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesInParameters(t *testing.T) {
	for text, want := range map[string]string{
		"parameters: 7\n":               "c.yaml:1:13",
		"parameters:\n  a: [b]\n":       "c.yaml:2:6",
		"parameters:\n  a: {b: {c: d}}": "b must be a value or a list of them",
		"parameters:\n  a: {b: [[c]]}":  "b must be a value or a list of them",
	} {
		if _, err := Parse("c.yaml", []byte(text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
