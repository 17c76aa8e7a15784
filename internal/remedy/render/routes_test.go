package render

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/remedy"
)

// TestWhatARouteCannotDoStandsAtTheTop of its main file, with the command of a route that can.
func TestWhatARouteCannotDoStandsAtTheTop(t *testing.T) {
	names, short := Routes()
	for _, as := range names {
		t.Run(string(as), func(t *testing.T) {
			if short[as] == "" {
				t.Error("not explained")
			}
			made, err := Render(invertible(t, largePlan(t)), as, Options{Plan: "my plans/it's.json"})
			if err != nil {
				t.Fatal(err)
			}
			head := strings.Join(strings.SplitN(string(made.Files[0].Content), "\n", 80)[:min(79, strings.Count(string(made.Files[0].Content), "\n"))], "\n")
			if !strings.Contains(head, Mark) {
				t.Errorf("no %q in the top:\n%s", Mark, head)
			}
			for _, g := range made.Gaps {
				if g.What == "" || g.Why == "" || len(g.Actions) == 0 || g.By == as || g.By == "" {
					t.Errorf("gap %+v", g)
				}
			}
			if (len(made.Gaps) > 0) != strings.Contains(head, "NOT in here") {
				t.Errorf("%d gaps, and the top says\n%s", len(made.Gaps), head)
			}
			if len(made.Gaps) > 0 && !strings.Contains(head, "restorable render --as cli ") {
				t.Errorf("no command of the route that can:\n%s", head)
			}
		})
	}
}

func TestUnknownRoutesAndHostilePlansAreRefused(t *testing.T) {
	var unknown *UnknownError
	if _, err := Render(smallPlan(t), "ansible", Options{}); !errors.As(err, &unknown) {
		t.Errorf("ansible: %v", err)
	}
	for name, spoil := range map[string]func(*remedy.Plan){
		"an account that is no number": func(p *remedy.Plan) { p.Account = "1; rm -rf ~" },
		"a Region that is none":        func(p *remedy.Plan) { p.Actions[0].Region = "eu-west-1 $(id)" },
		"an id that is none":           func(p *remedy.Plan) { p.Actions[0].ID = "a1; id" },
	} {
		p := smallPlan(t)
		spoil(p)
		var refusal *Refusal
		if _, err := Render(p, CLI, Options{}); !errors.As(err, &refusal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestConsoleStepsHoldAnyText: nothing that others wrote becomes markup, and a value can be read off as it is.
func TestConsoleStepsHoldAnyText(t *testing.T) {
	p := sealedPlan(t, []string{"eu-west-1"},
		act("a1", "eu-west-1", "tag-tables", remedy.Change{TableTags: &remedy.TableTags{Table: "orders", ARN: testTable("eu-west-1", "orders"), Set: map[string]string{"``x`": "a\n# b\n<script>"}}}))
	p.Actions[0].Risk = "<script>alert(1)</script>\n# not a heading\n[link](http://x)"
	text := string(rendered(t, p, Console).Files[0].Content)
	for _, bad := range []string{"\n# not", "\n# b", " <script>alert", "- Risk: <script>", " [link]("} {
		if strings.Contains(text, bad) {
			t.Errorf("%q became markup in\n%s", bad, text)
		}
	}
	for _, want := range []string{"``` ``x` ``` = `\"a\\n# b\\n<script>\"`", `\<script>`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestConsoleStepsAreGroupedAndComplete(t *testing.T) {
	p := invertible(t, largePlan(t))
	made := rendered(t, p, Console)
	text := string(made.Files[0].Content)
	left := map[string]bool{}
	for _, g := range made.Gaps {
		for _, id := range g.Actions {
			left[id] = true
		}
	}
	steps := strings.Count(text, "\n### ")
	if want := len(p.Actions) - len(left); steps != want {
		t.Errorf("%d steps for %d actions", steps, want)
	}
	if n := strings.Count(text, "\n- Check: "); n != steps {
		t.Errorf("%d of %d steps say how to see that they worked", n, steps)
	}
	if strings.Contains(text, "no words for") {
		t.Errorf("a kind without a guide:\n%s", text)
	}
}

// TestIAMPoliciesAreNarrowAndFit: valid, within IAM's room, no write on everything, roles for AWS Backup alone.
func TestIAMPoliciesAreNarrowAndFit(t *testing.T) {
	many := smallPlan(t)
	for i := range 300 {
		a := act("t"+strings.Repeat("x", i/26)+string(rune('a'+i%26)), "eu-west-1", "enable-pitr", remedy.Change{PITR: &remedy.PITR{Table: strings.Repeat("long-name-", 10) + strings.Repeat("x", i), Enabled: true}})
		if len(a.ID) <= 40 {
			many.Actions = append(many.Actions, a)
		}
	}
	for name, p := range map[string]*remedy.Plan{"small": smallPlan(t), "large": largePlan(t), "many tables": many} {
		t.Run(name, func(t *testing.T) {
			made := rendered(t, p, IAM)
			names := map[string]bool{}
			for _, f := range made.Files {
				if strings.HasSuffix(f.Name, ".json") {
					names[strings.TrimSuffix(f.Name, ".json")] = true
					narrow(t, f)
				}
			}
			for _, stem := range []string{"restorable-apply", "restorable-apply-script", "restorable-operate", "restorable-audit"} {
				if !names[stem] && !names[stem+"-1"] {
					t.Errorf("no policy %s among %v", stem, names)
				}
			}
			if readme := string(made.Files[0].Content); name == "many tables" && !strings.Contains(readme, "no room for the names of") {
				t.Errorf("nothing said about the tables that found no room:\n%s", readme)
			}
		})
	}
}

func narrow(t *testing.T, f File) {
	t.Helper()
	var doc struct {
		Version   string
		Statement []struct {
			Effect           string
			Action, Resource any
			Condition        map[string]map[string]string
		}
	}
	if err := json.Unmarshal(f.Content, &doc); err != nil || doc.Version != "2012-10-17" || len(doc.Statement) == 0 {
		t.Fatalf("%s: %v, %d statements", f.Name, err, len(doc.Statement))
	}
	if n := weight(f.Content); n > policyRoom {
		t.Errorf("%s has %d characters", f.Name, n)
	}
	for _, s := range doc.Statement {
		for _, action := range texts(s.Action) {
			switch _, verb, _ := strings.Cut(action, ":"); {
			case action == "iam:PassRole":
				if s.Condition["StringEquals"]["iam:PassedToService"] != "backup.amazonaws.com" || s.Resource == "*" {
					t.Errorf("%s: roles can be passed to %v, on %v", f.Name, s.Condition, s.Resource)
				}
			case strings.Contains(verb, "*") || strings.HasPrefix(verb, "DeleteTable") || strings.HasPrefix(verb, "DeleteRecoveryPoint") || verb == "DeleteBackup":
				t.Errorf("%s allows %s", f.Name, action)
			case s.Resource == "*" && !strings.HasPrefix(verb, "List") && !strings.HasPrefix(verb, "Get") && !strings.HasPrefix(verb, "Describe") && !wantsNoResource(action):
				t.Errorf("%s allows %s on everything", f.Name, action)
			}
		}
		if strings.Contains(f.Name, "audit") {
			for _, action := range texts(s.Action) {
				if _, verb, _ := strings.Cut(action, ":"); !strings.HasPrefix(verb, "List") && !strings.HasPrefix(verb, "Get") && !strings.HasPrefix(verb, "Describe") {
					t.Errorf("an auditor may %s", action)
				}
			}
		}
	}
}

// wantsNoResource lists the writes for which IAM knows no resource (service authorisation reference).
func wantsNoResource(action string) bool {
	switch action {
	case "backup:UpdateRegionSettings", "backup-storage:MountCapsule", "backup:CreateBackupPlan", "backup:CreateRestoreTestingPlan":
		return true
	}
	return false
}

func texts(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	var out []string
	if list, ok := v.([]any); ok {
		for _, e := range list {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

func TestGoldenFiles(t *testing.T) {
	for as, p := range map[Route]*remedy.Plan{CLI: smallPlan(t), Console: smallPlan(t), OrgBackupPolicy: smallPlan(t), IAM: smallPlan(t)} {
		for _, f := range rendered(t, invertible(t, p), as).Files {
			golden(t, string(as)+"."+f.Name, f.Content)
		}
	}
}
