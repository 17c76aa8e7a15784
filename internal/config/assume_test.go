package config

import (
	"strings"
	"testing"
	"time"
)

const assumed = `assume:
  account: "111122223333"
  region: eu-west-1
  opt-in: true
  advanced-features: false
  roles: ["arn:aws:iam::*:role/backup"]
  vaults: [central]
  parameters: {Stage: prod, Size: 012}
  plans:
    - {name: daily, schedule: cron(0 5 ? * * *), retention: 35d, start-window: 1h, completion-window: 2h, table: "orders*", tag: {backup: daily}}
    - name: all
      schedule: cron(0 1 ? * * *)
`

func TestWhatIsAssumedOfTemplates(t *testing.T) {
	f, err := Parse("restorable.yaml", []byte(assumed), some())
	if err != nil {
		t.Fatal(err)
	}
	a := f.Assumed
	if a.Account != "111122223333" || a.Region != "eu-west-1" || !*a.OptIn || *a.Advanced || !a.PlansSaid || len(a.Plans) != 2 || a.Place.Line == 0 {
		t.Errorf("got %+v", a)
	}
	if a.Parameters["Size"] != "012" || a.Roles[0] != "arn:aws:iam::*:role/backup" || a.Vaults[0] != "central" {
		t.Errorf("got %+v", a)
	}
	p := a.Plans[0]
	if p.Retention != 35 || p.Start != time.Hour || p.Complete != 2*time.Hour || p.Tables[0] != "orders*" || p.Tags["backup"] != "daily" || p.Place.Line != 10 {
		t.Errorf("got %+v", p)
	}
	if p := a.Plans[1]; p.Retention != 0 || len(p.Tables)+len(p.Tags) != 0 {
		t.Errorf("got %+v", p)
	}
	if err := compiled(t).Validate(asJSON(t, assumed)); err != nil {
		t.Errorf("the schema refuses what is right: %v", err)
	}
	if f, err := Parse("restorable.yaml", []byte("assume: {plans: []}\n"), some()); err != nil || !f.Assumed.PlansSaid || len(f.Assumed.Plans) > 0 {
		t.Errorf("no plans at all: %v", err)
	}
	if f, err := Parse("restorable.yaml", []byte("assume:\n"), some()); err != nil || f.Assumed.PlansSaid || f.Assumed.Place.Line != 0 {
		t.Errorf("nothing: %v", err)
	}
}

func TestMistakesInWhatIsAssumed(t *testing.T) {
	for text, want := range map[string]string{
		"assume: [a]":                                   "assume must be a mapping",
		"assume: {plan: []}":                            "unknown member plan",
		"assume: {region: europe}":                      `"europe" is not the name of a Region`,
		"assume: {account: 12}":                         "is no account",
		"assume: {opt-in: maybe}":                       "opt-in must be true or false",
		"assume: {plans: none}":                         "plans must be a list",
		"assume: {plans: [{name: a}]}":                  "a plan needs schedule",
		"assume: {vaults: [a/b]}":                       "is not the name of a vault",
		"assume: {parameters: {A: [b]}}":                "parameter A must be text",
		"assume: {parameters: {A: {b: c}}":              "restorable.yaml",
		"assume: {plans: [{name: a, schedule: daily}]}": "restorable.yaml:1",
		"assume: {plans: [{name: a, schedule: cron(0 5 ? * * *), table: 'a?'}]}":           "AWS Backup knows no sign but *",
		"assume: {plans: [{name: a, schedule: cron(0 5 ? * * *), start-window: 5m}]}":      "want an hour or more",
		"assume: {plans: [{name: a, schedule: cron(0 5 ? * * *), retention: 90m}]}":        "retention",
		"assume: {plans: [{name: a, schedule: cron(0 5 ? * * *), windows: 1h}]}":           "unknown member windows",
		"assume: {plans: [{name: a, schedule: cron(0 5 ? * * *), tag: [novalue]}]}":        "want KEY=VALUE",
		"assume: {plans: [{name: a, schedule: cron(0 5 ? * * *), retention: 35d}, plain]}": "a plan must be a mapping",
	} {
		if _, err := Parse("restorable.yaml", []byte(text+"\n"), some()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
