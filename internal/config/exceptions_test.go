package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/yamlfile"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const ignoring = `ignore:
  - control: [pitr-window, recoverable]
    table: "staging-*"
    tag: {Environment: dev*, Owner: "*"}
    account: "111122223333"
    region: [eu-west-1, us-*]
    owner: jane@example.com
    reason: rebuilt nightly
    expires: 2026-12-31
  - {control: "*", resource: scratch, owner: jo, reason: nobody needs it, expires: "2026-12-01"}
`

func TestAnIgnoreFile(t *testing.T) {
	x, err := ParseIgnore("i.yaml", []byte(ignoring))
	if err != nil || len(x.List) != 2 {
		t.Fatalf("%v %v", x, err)
	}
	if err := x.Resolve(func(name string) ([]string, string) { return []string{name}, "" }); err != nil {
		t.Fatal(err)
	}
	e := x.List[0]
	if got := e.Text(); got != "pitr-window, recoverable of table staging-*, tag Environment=dev*, tag Owner=*, account 111122223333, Region eu-west-1 or us-*" {
		t.Error(got)
	}
	if e.Kind != overlay.Mute || e.Owner != "jane@example.com" || e.Reason != "rebuilt nightly" || e.Day() != "2026-12-31" || e.Place() != "i.yaml:2" {
		t.Errorf("%+v", e)
	}
	if got := x.List[1].Text(); got != "every control of resource scratch" || x.List[1].Place() != "i.yaml:10" {
		t.Errorf("%s at %s", got, x.List[1].Place())
	}
}

func TestAnIgnoreFileMayHoldNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "ignore:\n", "ignore: []\n", "---\n"} {
		if x, err := ParseIgnore("i.yaml", []byte(text)); err != nil || len(x.List) != 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func ignoreMistakes() []mistakeCase {
	entry := func(members string) string { return "ignore:\n  - {" + members + "}\n" }
	const rest = ", owner: o, reason: r, expires: 2026-12-31"
	return []mistakeCase{
		{"a list", "- control: a\n", false},
		{"another member", "ignores: []\n", false},
		{"entries that are no list", "ignore: {control: a}\n", false},
		{"an entry that is text", "ignore: [a]\n", false},
		{"no control", entry("table: a" + rest), false},
		{"an empty list of controls", entry("control: []" + rest), false},
		{"every control of everything", entry("control: '*', account: '111122223333'" + rest), true},
		{"no owner", entry("control: a, reason: r, expires: 2026-12-31"), false},
		{"an empty owner", entry("control: a, owner: '', reason: r, expires: 2026-12-31"), false},
		{"a blank owner", entry("control: a, owner: ' ', reason: r, expires: 2026-12-31"), false},
		{"a blank reason", entry("control: a, owner: o, reason: '  ', expires: 2026-12-31"), false},
		{"no reason", entry("control: a, owner: o, expires: 2026-12-31"), false},
		{"no last day", entry("control: a, owner: o, reason: r"), false},
		{"a last day in words", entry("control: a, owner: o, reason: r, expires: never"), false},
		{"a day that there is not", entry("control: a, owner: o, reason: r, expires: 2026-02-30"), true},
		{"a moment", entry("control: a, owner: o, reason: r, expires: '2026-12-31T00:00:00Z'"), false},
		{"a member misspelt", entry("control: a, tabel: x" + rest), false},
		{"a bad glob", entry("control: a, table: 'a['" + rest), true},
		{"no table at all", entry("control: a, table: []" + rest), false},
		{"an account in words", entry("control: a, account: production" + rest), false},
		{"a tag without a value", entry("control: a, tag: Environment" + rest), false},
		{"an entry of the configuration file", entry("control: a, what: w" + rest), false},
		{"an anchor", "ignore: &x []\n", true},
		{"two documents", "ignore: []\n---\nignore: []\n", true},
		{"not YAML", "ignore: [\n", true},
		{"not text", "ignore:\x00", true},
		{"too large", "#" + strings.Repeat("x", yamlfile.MaxBytes), true},
		{"too deep", "ignore: " + strings.Repeat("[", 100), true},
		{"several at once", "ignore:\n  - {control: a}\n  - {tabel: x, owner: o, reason: r, expires: soon}\n", false},
	}
}

func TestMistakesInAnIgnoreFile(t *testing.T) {
	var b strings.Builder
	for _, c := range ignoreMistakes() {
		_, err := ParseIgnore("i.yaml", []byte(c.text))
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
	golden(t, "ignore-mistakes.txt", b.String())
}

func TestTheIgnoreSchemaSaysWhatTheReaderSays(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "schemas", "ignore-v1.schema.json")
	want, err := IgnoreSchema()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs (%v): run go run ./tools/generate", file, err)
	}
	s, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{ignoring, "# nothing\n", "ignore:\n"} {
		if err := s.Validate(asJSON(t, text)); err != nil {
			t.Errorf("the schema refuses %s: %v", text, err)
		}
	}
	for _, c := range ignoreMistakes() {
		if !c.beyond && s.Validate(asJSON(t, c.text)) == nil {
			t.Errorf("%s: the schema accepts %s", c.name, c.text)
		}
	}
}

func TestAttestationsOfTheConfiguration(t *testing.T) {
	const text = "attestations:\n  - {control: client-side-encryption, table: orders, what: encrypted by the application, evidence: ADR-17, owner: jo, until: 2029-12-31}\n"
	f, err := Parse("r.yaml", []byte(text), some())
	if err != nil || len(f.Attested.List) != 1 {
		t.Fatal(err)
	}
	if e := f.Attested.List[0]; e.Kind != overlay.Attest || e.Reason != "encrypted by the application" || e.Evidence != "ADR-17" || e.Day() != "2029-12-31" || e.Place() != "r.yaml:2" {
		t.Errorf("%+v", e)
	}
	if err := compiled(t).Validate(asJSON(t, text)); err != nil {
		t.Error(err)
	}
	err = f.Attested.Resolve(func(string) ([]string, string) { return nil, "did you mean b?" })
	if err == nil || !strings.Contains(err.Error(), "r.yaml:2:15: there is no control client-side-encryption") || !strings.Contains(err.Error(), "did you mean b?") {
		t.Errorf("got %v", err)
	}
	for _, missing := range []string{", what: encrypted by the application", ", evidence: ADR-17", ", owner: jo", ", until: 2029-12-31"} {
		if _, err := Parse("r.yaml", []byte(strings.Replace(text, missing, "", 1)), some()); err == nil || !strings.Contains(err.Error(), "r.yaml:2:6: an attestation must have the member") {
			t.Errorf("without %s: %v", missing, err)
		}
	}
}

// placed demands of an error that each mistake says where it is.
func placed(t *testing.T, err error) {
	t.Helper()
	var wrong *yamlfile.Error
	if err == nil {
		return
	}
	if !errors.As(err, &wrong) {
		if !strings.HasPrefix(err.Error(), "read configuration: ") {
			t.Fatalf("an error that is no list of mistakes: %v", err)
		}
		return
	}
	for _, m := range wrong.Mistakes {
		if m.File == "" || m.Message == "" || m.Line < 0 || m.Line > 0 && m.Column < 1 {
			t.Fatalf("a mistake without its place: %+v", m)
		}
	}
}

func FuzzIgnoreFile(f *testing.F) {
	f.Add(ignoring)
	for _, c := range ignoreMistakes() {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := ParseIgnore("i.yaml", []byte(text))
		placed(t, err)
		if err != nil {
			return
		}
		placed(t, x.Resolve(func(name string) ([]string, string) { return []string{name}[:len(name)%2], "" }))
		for i := range x.List {
			if e := &x.List[i]; e.Owner == "" || e.Reason == "" || e.Until.IsZero() || e.Line < 1 {
				t.Fatalf("an entry without what it must have: %+v", e)
			}
		}
	})
}
