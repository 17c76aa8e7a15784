package cli

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/estate"
)

func tagged(name string, tags map[string]string) estate.Table {
	return estate.Table{ID: name, Name: estate.KnownFact(name, 0), Tags: estate.KnownFact(tags, 0)}
}

func draftOf(t interface{ Fatalf(string, ...any) }, tables ...estate.Table) (*config.File, string) {
	u := &estate.Unit{Region: estate.KnownFact("eu-west-1", 0), Tables: estate.List[estate.Table]{Items: tables, Whole: estate.KnownFact(true, 0)}}
	text := newDraft(&estate.Estate{Units: []*estate.Unit{u}}).text()
	f, err := config.Parse("restorable.yaml", text, []config.Setting{{Name: "region", Kind: config.Text, List: true}})
	if err != nil {
		t.Fatalf("the draft is not accepted: %v\n%s", err, text)
	}
	if len(f.Warnings) > 0 {
		t.Fatalf("the draft is not meant so: %v\n%s", f.Warnings, text)
	}
	return f, string(text)
}

func TestADraftGuessesFromTags(t *testing.T) {
	tables := []estate.Table{
		tagged("orders", map[string]string{"Criticality": "High", "Environment": "prod"}),
		tagged("carts", map[string]string{"Environment": "prod"}),
		tagged("scratch", map[string]string{"env": "dev"}),
		tagged("plain", nil),
	}
	f, text := draftOf(t, tables...)
	for i, want := range []string{tierCritical, tierProduction, tierDevelopment, tierProduction} {
		if a := f.Policy.For(&estate.Unit{}, &tables[i]); a.Tier != want || !a.Known {
			t.Errorf("%s is %s, want %s\n%s", tables[i].ID, a.Tier, want, text)
		}
	}
	if f, text = draftOf(t, tables[3]); len(f.Policy.Tiers) != 1 || f.Policy.Default != tierStandard || !strings.Contains(text, "# match:") {
		t.Errorf("nothing to guess from:\n%s", text)
	}
	draftOf(t)
}

// TestADraftOfAnythingIsAccepted: names and tags are other people's text.
func TestADraftOfAnythingIsAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		strange := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a: b", "#", "'", "\"", "\n- x", "*", "[", "\\", "{a: b}", "\u2028", "\u202e", "\U000e0041", "\x1b[2J", "production", "dev"}))
		key := rapid.OneOf(rapid.SampledFrom([]string{"Environment", "env", "STAGE", "criticality", "data-class", "data_class"}), strange)
		value := rapid.OneOf(rapid.SampledFrom([]string{"prod", "Production", "DEV", "critical", "low", "qa"}), strange)
		var tables []estate.Table
		for range rapid.IntRange(0, 4).Draw(t, "tables") {
			tables = append(tables, tagged(strange.Draw(t, "name"), rapid.MapOfN(key, value, 0, 3).Draw(t, "tags")))
		}
		f, text := draftOf(t, tables...)
		if strings.ContainsAny(text, "\x1b\u202e\u2028") {
			t.Fatalf("the draft acts on a terminal:\n%q", text)
		}
		for i := range tables {
			for k, v := range tables[i].Tags.Or(nil) {
				if tierOf(k, v) == tierCritical {
					if a := f.Policy.For(&estate.Unit{}, &tables[i]); a.Tier != tierCritical {
						t.Fatalf("%q=%q is %s:\n%s", k, v, a.Tier, text)
					}
				}
			}
		}
	})
}
