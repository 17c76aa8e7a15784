package planning

import (
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// asking makes a plan for a bare table under some controls.
func asking(t *testing.T, change func(in *Input), ids ...string) *remedy.Plan {
	t.Helper()
	in := Input{Estate: &estate.Estate{Units: []*estate.Unit{bareUnit("orders")}}, Catalogue: testCatalogue(t), Tool: remedy.Tool{Name: "test"}}
	for _, id := range ids {
		c, ok := in.Catalogue.Control(id)
		if !ok {
			t.Fatalf("there is no control %s", id)
		}
		in.Controls = append(in.Controls, c)
	}
	if change != nil {
		change(&in)
	}
	p, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func why(t *testing.T, p *remedy.Plan, control string) string {
	t.Helper()
	i := slices.IndexFunc(p.Outcome.Stays, func(s remedy.Stay) bool { return s.Control == control })
	if i < 0 {
		t.Fatalf("%s does not stay: %+v", control, p.Outcome)
	}
	return p.Outcome.Stays[i].Why
}

// TestOnlyWhatABackupTurnsWaitsForOne: a plan that brings a table into backups says of nothing else that the first of them will mend it.
func TestOnlyWhatABackupTurnsWaitsForOne(t *testing.T) {
	waits := []string{"any-recovery-point", "recent-recovery-point", "consecutive-recovery-points"}
	others := []string{"stream-backup", "encryption-kms", "restore-tested", "client-side-encryption", "restore-time"}
	p := asking(t, nil, slices.Concat(waits, others, []string{"backup-plan-membership"})...)
	if p.Outcome.FirstPoint == nil {
		t.Fatal("no first recovery point is due")
	}
	for _, id := range waits {
		if text := why(t, p, id); !strings.HasPrefix(text, "until ") || !strings.Contains(text, "due between") {
			t.Errorf("%s stays: %s", id, text)
		}
	}
	for _, id := range others {
		if text := why(t, p, id); strings.HasPrefix(text, "until ") {
			t.Errorf("%s stays: %s", id, text)
		}
	}
}

// TestWhatControlsAreAskedWith: a plan asks its controls as a scan does, by what was set for them and by the profile that was named.
func TestWhatControlsAreAskedWith(t *testing.T) {
	if p := asking(t, nil, "required-tags"); len(p.Outcome.Stays) > 0 {
		t.Fatalf("no tag is asked for: %+v", p.Outcome.Stays)
	}
	profile := func(in *Input) { in.Sets = []string{"aws-best-practices"} }
	set := func(in *Input) {
		in.Parameters = map[string]any{control.ParameterKey("required-tags", "keys"): []string{"Owner", "Data class", "Unit=shop"}}
	}
	for name, c := range map[string]struct {
		change func(in *Input)
		says   []string
	}{
		"a profile": {profile, []string{"--only tag-tables --require-tag Security=VALUE --require-tag Confidentiality=VALUE --require-tag Environment=VALUE; by hand: aws dynamodb tag-resource " +
			"--resource-arn " + arnOf("orders") + " --region us-east-1 --tags Key=Security,Value=VALUE Key=Confidentiality,Value=VALUE Key=Environment,Value=VALUE"}},
		"a parameter": {set, []string{"--require-tag Owner=VALUE --require-tag 'Data class=VALUE'; by hand", "'Key=Data class,Value=VALUE'"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := why(t, asking(t, c.change, "required-tags"), "required-tags")
			for _, part := range c.says {
				if !strings.Contains(text, part) {
					t.Errorf("%q is not in: %s", part, text)
				}
			}
			named := asking(t, func(in *Input) { c.change(in); in.Options.Only = []string{TagTables} }, "required-tags")
			i := slices.IndexFunc(named.Refused, func(r remedy.Refusal) bool {
				return r.Remedy == TagTables && strings.Contains(r.Next, "by hand: aws dynamodb tag-resource")
			})
			if i < 0 {
				t.Errorf("refused: %+v", named.Refused)
			}
		})
	}
	p := asking(t, func(in *Input) { set(in); in.Options.Only = []string{TagTables} }, "required-tags")
	if len(p.Actions) != 1 || p.Actions[0].Change.TableTags == nil || p.Actions[0].Change.TableTags.Set["Unit"] != "shop" {
		t.Errorf("a value that the demand itself names is set: %+v", summaries(p))
	}
}

// TestWhatIsRefusedIsCalledByItsName: the ARN of a backup plan holds an id that nobody knows it by.
func TestWhatIsRefusedIsCalledByItsName(t *testing.T) {
	u := bareUnit("orders")
	u.Plans.Items = []estate.Plan{plainPlan("daily")}
	p, err := newPlanner(Input{Estate: &estate.Estate{Units: []*estate.Unit{u}}, Catalogue: testCatalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	p.refuse(RaiseRetention, u.Plans.Items[0].ARN.Or(u.Plans.Items[0].ID), "because", "")
	p.refuse(AssignToPlan, u.Plans.Items[0].ID, "because", "")
	for _, r := range p.refused {
		if r.Name != "daily" {
			t.Errorf("%+v", r)
		}
	}
}

// TestShortenKeepsLetters: a reason is cut between letters, and one sees that it was.
func TestShortenKeepsLetters(t *testing.T) {
	long := strings.Repeat("ä", 400)
	if got := shorten(long); !strings.HasSuffix(got, "ä…") || !strings.HasPrefix(long, strings.TrimSuffix(got, "…")) {
		t.Errorf("%q", got)
	}
	if got := shorten("short"); got != "short" {
		t.Error(got)
	}
}
