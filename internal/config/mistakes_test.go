package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/yamlfile"
)

var update = flag.Bool("update", false, "write the golden files")

type mistakeCase struct {
	name, text string
	beyond     bool // no schema can say so
}

// mistakes are files with something wrong in them, one thing each.
func mistakes() []mistakeCase {
	return []mistakeCase{
		{"a list instead of settings", "- a\n- b", false},
		{"not YAML", "region: [a", true},
		{"a key that is no setting", "fail-on: high\nregoin: [a]\n", false},
		{"a key like none", "zzzzzzzz: 1\n", false},
		{"a key twice", "quiet: true\nquiet: false\n", true},
		{"two documents", "quiet: true\n---\nquiet: false\n", true},
		{"a setting without a value", "region:\n", false},
		{"a mapping as a value", "region: {a: b}\n", false},
		{"a list in a list", "region: [[b]]\n", false},
		{"a list for one value", "fail-on: [high, low]\n", false},
		{"text for a switch", "quiet: \"true\"\n", false},
		{"text for a number", "concurrency: many\n", false},
		{"a fraction for a whole number", "concurrency: 1.5\n", false},
		{"a time without a unit", "timeout: 10\n", false},
		{"a time before now", "timeout: -5m\n", false},
		{"an anchor", "quiet: &x true\n", true},
		{"tiers that are a list", "tiers: [gold]\n", false},
		{"a name that no plan could have", "tiers:\n  gold/silver: {}\n", false},
		{"a member that there is not", "tiers:\n  gold: {rop: 5m}\n", false},
		{"a tier that is text", "tiers:\n  gold: 5m\n", false},
		{"an rpo without a unit", "tiers:\n  gold: {rpo: 5}\n", false},
		{"an rpo in words", "tiers:\n  gold: {rpo: soon}\n", false},
		{"an rpo that nothing reaches", "tiers:\n  gold: {rpo: 1m}\n", true},
		{"no time at all to restore", "tiers:\n  gold: {rto: 0s}\n", true},
		{"backups every minute", "tiers:\n  gold: {interval: 1m}\n", true},
		{"kept for half a day", "tiers:\n  gold: {retention: 12h}\n", true},
		{"kept for ever and a day", "tiers:\n  gold: {retention: 36501d}\n", true},
		{"a year", "tiers:\n  gold: {retention: 1y}\n", false},
		{"a scenario misspelt", "tiers:\n  gold: {survive: [tabel-deleted]}\n", false},
		{"a scenario of fiction", "tiers:\n  gold: {survive: [meteor]}\n", false},
		{"a scenario twice", "tiers:\n  gold: {survive: [key-lost, key-lost]}\n", false},
		{"a scenario alone", "tiers:\n  gold: {survive: key-lost}\n", false},
		{"a level misspelt", "tiers:\n  gold: {encryption: custmer}\n", false},
		{"protection in words", "tiers:\n  gold: {deletion-protection: on please}\n", false},
		{"a tag with its value", "tiers:\n  gold: {tags: [Owner=me]}\n", false},
		{"copies that are text", "tiers:\n  gold: {copies: eu-central-1}\n", false},
		{"a Region misspelt", "tiers:\n  gold: {copies: [frankfurt]}\n", false},
		{"a vault that AWS would refuse", "tiers:\n  gold: {copies: ['eu-central-1:my vault']}\n", false},
		{"an account too short", "tiers:\n  gold: {copies: [{account: \"123\"}]}\n", false},
		{"a copy nowhere", "tiers:\n  gold: {copies: [{}]}\n", false},
		{"a copy with more than a place", "tiers:\n  gold: {copies: [{region: eu-central-1, days: 3}]}\n", false},
		{"a copy twice", "tiers:\n  gold: {copies: [eu-central-1, {region: eu-central-1}]}\n", true},
		{"a match of a tier that there is not", "tiers: {gold: {}}\nmatch:\n  - {table: a, tier: glod}\n", true},
		{"a match without a tier", "tiers: {gold: {}}\nmatch:\n  - {table: a}\n", false},
		{"a match that is no list", "tiers: {gold: {}}\nmatch: {table: a, tier: gold}\n", false},
		{"a match with another member", "tiers: {gold: {}}\nmatch:\n  - {tabel: a, tier: gold}\n", false},
		{"a bad glob", "tiers: {gold: {}}\nmatch:\n  - {table: 'a[', tier: gold}\n", true},
		{"no table at all", "tiers: {gold: {}}\nmatch:\n  - {table: [], tier: gold}\n", false},
		{"a tag without a value", "tiers: {gold: {}}\nmatch:\n  - {tag: Environment, tier: gold}\n", false},
		{"two values for one tag", "tiers: {gold: {}}\nmatch:\n  - {tag: [a=b, a=c], tier: gold}\n", true},
		{"no tag at all", "tiers: {gold: {}}\nmatch:\n  - {tag: {}, tier: gold}\n", false},
		{"a match of an empty list of accounts", "tiers: {gold: {}}\nmatch:\n  - {account: [], tier: gold}\n", false},
		{"a match of no account", "tiers: {gold: {}}\nmatch:\n  - {account: production, tier: gold}\n", false},
		{"a default that there is not", "default-tier: gold\n", true},
		{"several at once", "tiers:\n  gold: {rpo: 1m, retention: 12h}\nmatch:\n  - {tier: silver}\nregoin: a\n", false},
	}
}

// TestMistakesShowTheirPlace: file, line, column, the line itself with a caret, and what was probably meant.
func TestMistakesShowTheirPlace(t *testing.T) {
	var b strings.Builder
	for _, c := range mistakes() {
		_, err := Parse("r.yaml", []byte(c.text), some())
		var wrong *yamlfile.Error
		if !errors.As(err, &wrong) || len(wrong.Mistakes) == 0 {
			t.Errorf("%s: no mistake is found (%v)", c.name, err)
			continue
		}
		if c.name != "several at once" && len(wrong.Mistakes) != 1 {
			t.Errorf("%s: one mistake becomes %d: %v", c.name, len(wrong.Mistakes), err)
		}
		b.WriteString("## " + c.name + "\n" + err.Error() + "\n\n")
	}
	golden(t, "mistakes.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); run go test ./internal/config -update and read the change:\n%s", file, err, got)
	}
}
