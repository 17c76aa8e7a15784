package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/yamlfile"
)

// some are settings of each kind.
func some() []Setting {
	return []Setting{
		{Name: "concurrency", Kind: Whole, Help: "requests at once"},
		{Name: "fail-on", Kind: Text, Help: "severity"},
		{Name: "max-cost", Kind: Number, Help: "money"},
		{Name: "quiet", Kind: Bool, Help: "less"},
		{Name: "region", Kind: Text, List: true, Help: "Regions"},
		{Name: "timeout", Kind: Duration, Help: "time"},
	}
}

func parse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("r.yaml", []byte(text), some())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSettingsKeepTheirPlaces(t *testing.T) {
	f := parse(t, "# ours\nregion: [eu-west-1, us-east-1]\n\nfail-on: high\nquiet: true\ntimeout: 10m\n")
	want := []Entry{
		{Key: "region", Values: []string{"eu-west-1", "us-east-1"}, Place: yamlfile.Place{Line: 2, Column: 1}},
		{Key: "fail-on", Values: []string{"high"}, Place: yamlfile.Place{Line: 4, Column: 1}},
		{Key: "quiet", Values: []string{"true"}, Place: yamlfile.Place{Line: 5, Column: 1}},
		{Key: "timeout", Values: []string{"10m"}, Place: yamlfile.Place{Line: 6, Column: 1}},
	}
	if diff := cmp.Diff(want, f.Entries); diff != "" {
		t.Error(diff)
	}
	if at := f.At(f.Entries[1].Place); at != "r.yaml:4" {
		t.Errorf("stands at %s", at)
	}
}

func TestAnEmptyFileSetsNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "\n\n", "---\n", "null\n"} {
		if f, err := Parse("r.yaml", []byte(text), some()); err != nil || len(f.Entries) != 0 || len(f.Policy.Tiers) != 0 {
			t.Errorf("%q: %v, %v", text, f, err)
		}
	}
}

const everything = `
tiers:
  gold:
    rpo: 5m
    rto: 1h30m
    interval: 1h
    retention: 365d
    survive: [items-damaged, table-deleted, region-lost]
    copies:
      - eu-central-1
      - eu-north-1:away
      - {account: 210987654321, region: eu-west-3, vault: bunker}
      - {account: "012345678901"}
    encryption: customer
    deletion-protection: true
    tags: [Owner]
  plain: {}
match:
  - {table: 'orders*', region: [eu-west-1, us-*], account: [123456789012, "012345678901"], tier: gold}
  - {tag: Environment=prod*, tier: gold}
  - tag: {Environment: production, Team: '*'}
    tier: gold
  - tag: [a=b, c=d=e]
    tier: plain
default-tier: plain
`

func TestTiersAndMatches(t *testing.T) {
	f := parse(t, everything)
	day := 24 * time.Hour
	want := objective.Policy{
		Tiers: []objective.Tier{
			{Name: "gold", Objective: objective.Objective{
				RPO: 5 * time.Minute, RTO: 90 * time.Minute, Interval: time.Hour, Retention: 365 * day,
				Scenarios: []string{objective.ItemsDamaged, objective.TableDeleted, objective.RegionLost},
				Copies: []objective.Copy{{Region: "eu-central-1"}, {Region: "eu-north-1", Vault: "away"},
					{Region: "eu-west-3", Account: "210987654321", Vault: "bunker"}, {Account: "012345678901"}},
				Encryption: objective.Customer, Protection: true, Tags: []string{"Owner"},
			}},
			{Name: "plain", Objective: objective.Default()},
		},
		Matches: []objective.Match{
			{Tables: []string{"orders*"}, Regions: []string{"eu-west-1", "us-*"}, Accounts: []string{"123456789012", "012345678901"}, Tier: "gold"},
			{Tags: map[string]string{"Environment": "prod*"}, Tier: "gold"},
			{Tags: map[string]string{"Environment": "production", "Team": "*"}, Tier: "gold"},
			{Tags: map[string]string{"a": "b", "c": "d=e"}, Tier: "plain"},
		},
		Default: "plain",
	}
	if diff := cmp.Diff(want, f.Policy); diff != "" {
		t.Error(diff)
	}
	if len(f.Warnings) != 0 {
		t.Errorf("warnings %v", f.Warnings)
	}
	if f.Places.Tiers["gold"].Line != 3 || f.Places.Matches[3].Line != 23 || f.Places.Default.Line != 25 {
		t.Errorf("places %+v", f.Places)
	}
}

// TestTheDocumentedFileIsOne: what docs/objectives.md shows is read without a mistake or a remark.
func TestTheDocumentedFileIsOne(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "objectives.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```yaml\n")
	text, _, ok := strings.Cut(text, "```")
	if f := parse(t, text); !ok || len(f.Policy.Tiers) != 2 || len(f.Policy.Matches) != 3 || len(f.Warnings) != 0 {
		t.Errorf("%+v", f)
	}
	if err := compiled(t).Validate(asJSON(t, text)); err != nil {
		t.Error(err)
	}
	for _, key := range memberKeys() {
		if !strings.Contains(text, key+":") {
			t.Errorf("the page does not show %s", key)
		}
	}
}

func TestWhatIsSurelyNotMeantIsSaid(t *testing.T) {
	for _, c := range []struct {
		name, text string
		line       int
		want       string
	}{
		{"a tier that nothing gives", "tiers:\n  gold: {}\n", 2, "no match gives any table the tier gold"},
		{"a match after one that takes all", "tiers: {gold: {}}\nmatch:\n  - {tier: gold}\n  - {table: a, tier: gold}\n", 4, "no table gets here: the match of line 3"},
		{"a match after a wider one", "tiers: {gold: {}}\nmatch:\n  - {table: [a, b], tier: gold}\n  - {table: b, region: eu-west-1, tier: gold}\n", 4, "the match of line 3"},
		{"the same tag again", "tiers: {gold: {}}\nmatch:\n  - {tag: a=b, tier: gold}\n  - {tag: [a=b, c=d], tier: gold}\n", 4, "the match of line 3"},
		{"what no mechanism can do", "tiers:\n  gold: {rpo: 5m, survive: [damaged-then-deleted]}\ndefault-tier: gold\n", 2, "no table can meet tier gold"},
	} {
		f := parse(t, c.text)
		if len(f.Warnings) != 1 || f.Warnings[0].Line != c.line || !strings.Contains(f.Warnings[0].Message, c.want) {
			t.Errorf("%s: %v", c.name, f.Warnings)
		}
	}
	for _, text := range []string{
		"tiers: {gold: {}}\nmatch:\n  - {table: a*, tier: gold}\n  - {table: b, tier: gold}\n",
		"tiers: {gold: {}}\nmatch:\n  - {tag: a=b, tier: gold}\n  - {tag: a=c, tier: gold}\n  - {tier: gold}\n",
	} {
		if f := parse(t, text); len(f.Warnings) != 0 {
			t.Errorf("%s%v", text, f.Warnings)
		}
	}
}

func TestFilesThatAreNoConfiguration(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"nul.yaml": "a: \x00", "bytes.yaml": "\xff\xfe", "long.yaml": strings.Repeat("# x\n", 1<<17)} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(file, some()); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := Read(filepath.Join(dir, "none.yaml"), some()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("region: [eu-west-1]\nquiet: true\n"))
	f.Add([]byte(everything))
	for _, c := range mistakes() {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("r.yaml", text, some())
		var wrong *yamlfile.Error
		if errors.As(err, &wrong) {
			for _, m := range wrong.Mistakes {
				if m.Message == "" || m.Line < 0 || m.Line > strings.Count(string(text), "\n")+strings.Count(string(text), "\r")+2 {
					t.Errorf("a mistake nowhere: %+v", m)
				}
			}
		}
		if err != nil {
			return
		}
		sound(t, file)
	})
}

// sound: whatever is accepted is something that the rest of the program can work with.
func sound(t *testing.T, f *File) {
	t.Helper()
	for _, e := range f.Entries {
		if e.Place.Line < 1 {
			t.Errorf("%q stands nowhere", e.Key)
		}
	}
	for _, tier := range f.Policy.Tiers {
		o := tier.Objective
		for _, err := range []error{objective.CheckRPO(o.RPO), objective.CheckInterval(o.Interval), objective.CheckRetention(o.Retention)} {
			if err != nil || o.RTO < 0 {
				t.Errorf("%s: %v", tier.Name, err)
			}
		}
	}
	for _, m := range f.Policy.Matches {
		if _, ok := f.Policy.Tier(m.Tier); !ok {
			t.Errorf("a match gives the tier %q, which there is not", m.Tier)
		}
	}
	if len(f.Places.Matches) != len(f.Policy.Matches) {
		t.Error("a match stands nowhere")
	}
}
