package render

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/remedy"
)

// TestTemplatesAreAsReviewed compares rendered files with those that people have read.
func TestTemplatesAreAsReviewed(t *testing.T) {
	for name, p := range map[string]*remedy.Plan{"small": smallPlan(t), "large": largePlan(t)} {
		for _, as := range []Route{CloudFormation, Terraform} {
			made, err := Render(p, as, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range made.Files {
				golden(t, string(as)+"."+name+"."+f.Name, f.Content)
			}
		}
	}
}

// TestEveryActionIsInTheFilesOrInAGap: nothing is dropped in silence, by no route that makes templates.
func TestEveryActionIsInTheFilesOrInAGap(t *testing.T) {
	p := largePlan(t)
	for as, want := range map[Route][]string{
		CloudFormation: {"a1", "a2", "a5", "a10", "a18", "a19", "a20", "a21", "a22", "a23"},
		Terraform:      {"a19", "a20", "a21", "a22", "a23"},
	} {
		made, err := Render(p, as, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var gaps []string
		for _, g := range made.Gaps {
			gaps = append(gaps, g.Actions...)
			if head, _, _ := bytes.Cut(made.Files[0].Content, []byte("\n\n")); !bytes.Contains(bytes.ReplaceAll(head, []byte("\n#   "), []byte(" ")), []byte(g.What)) {
				t.Errorf("%s: the top of the file does not say: %s", as, g.What)
			}
		}
		slices.Sort(gaps)
		slices.Sort(want)
		if diff := cmp.Diff(want, gaps); diff != "" {
			t.Errorf("%s: gaps (-want, +got):\n%s", as, diff)
		}
	}
}

func TestAPlanOfGapsAloneIsRefused(t *testing.T) {
	p := sealedPlan(t, []string{"eu-west-1"}, act("a1", "eu-west-1", "enable-pitr", remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true, PeriodDays: 35}}))
	for _, as := range []Route{CloudFormation, Terraform} {
		if _, err := Render(p, as, Options{}); err == nil || !strings.Contains(err.Error(), "--as cli") {
			t.Errorf("%s: %v, want a refusal that names the route that can", as, err)
		}
	}
}

// TestRulesOfANewPlanAreInTheNewPlan: a change of rules of a plan that is made in the same go is part of its making.
func TestRulesOfANewPlanAreInTheNewPlan(t *testing.T) {
	const r = "eu-west-1"
	p := sealedPlan(t, []string{r},
		act("a1", r, "create-plan", remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Create, Name: "daily", Rules: []remedy.Rule{{Name: "one", Vault: "Default", DeleteAfterDays: 7}, {Name: "two", Vault: "Default"}}}}),
		act("a2", r, "add-copies", remedy.Change{PlanRules: &remedy.PlanRules{Plan: remedy.From("a1"), Name: "daily", Set: []remedy.Rule{{Name: "one", Vault: "Default", DeleteAfterDays: 99}, {Name: "three", Vault: "Default"}}, Remove: []string{"two"}}}, "a1"),
		act("a3", r, "enable-pitr", remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true}}, "a1", "a2"))
	f := folded(p)
	want := []remedy.Rule{{Name: "one", Vault: "Default", DeleteAfterDays: 99}, {Name: "three", Vault: "Default"}}
	if len(f.Actions) != 2 || !reflect.DeepEqual(f.Actions[0].Change.Plan.Rules, want) || !slices.Equal(f.Actions[1].Needs, []string{"a1"}) {
		t.Errorf("folded to %+v", f.Actions)
	}
	if p.Actions[0].Change.Plan.Rules[0].DeleteAfterDays != 7 || len(p.Actions) != 3 || len(p.Actions[2].Needs) != 2 {
		t.Error("the plan itself was changed")
	}
	for _, as := range []Route{CloudFormation, Terraform} {
		made, err := Render(p, as, Options{})
		if err != nil || len(made.Gaps) != 1 || !slices.Equal(made.Gaps[0].Actions, []string{"a3"}) {
			t.Errorf("%s: %v, gaps %v", as, err, made.Gaps)
		}
	}
}

// TestNothingIsEvaluated: what CloudFormation would take for something of its own is refused.
func TestNothingIsEvaluated(t *testing.T) {
	for _, tags := range []map[string]string{{"a": "{{resolve:ssm:/password}}"}, {"Ref": "AWS::AccountId"}, {"Fn::Sub": "${x}"}} {
		p := smallPlan(t)
		p.Actions[3].Change.Vault.Tags = tags
		if _, err := Render(p, CloudFormation, Options{}); err == nil {
			t.Errorf("%v were rendered", tags)
		}
	}
}

// hostile draws texts that somebody would choose to break a file.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.StringMatching(`[${}%"'\\\n\t:#\-!&*|>@`+"`"+`\[\], ~?=<a]{0,12}`),
		rapid.SampledFrom([]string{"yes", "No", "on", "OFF", "true", "null", "~", "0123", "1e3", "012345678901", "2012-10-17", "12:30:45", "=", "<<", "", " ", "- a", "a: b", "a #b", "!Ref X", "${a}", "$${a}", "%{if}", "%%{", "<<EOT\nx\nEOT", "\u2028", "\ufeff", "\x00", "e\u0301"}))
}

func TestAnyTextSurvivesYAML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{"fixed": hostile().Draw(t, "value"), "k" + hostile().Draw(t, "key"): "v"}
		var got map[string]any
		text := yamlOf(yamlTags(want))
		if err := yaml.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%q came back as %#v from\n%s", v, got[k], text)
			}
		}
	})
}

func TestAnyTextSurvivesHCL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := hostile().Draw(t, "text")
		quoted := hclQuote(want)
		got, err := strconv.Unquote(quoted) // HCL's escapes are among Go's
		if err != nil || got != want {
			t.Errorf("%q is written %s, which is %q (%v)", want, quoted, got, err)
		}
		if strings.Contains(quoted, "${") || strings.Contains(quoted, "%{") || strings.ContainsFunc(quoted, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q is written %s: something in it is evaluated or hidden", want, quoted)
		}
	})
}
