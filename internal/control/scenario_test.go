package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const scenario = `name: the orders of a shop
base:
  {account: "111122223333", region: eu-west-1, now: 2026-11-21T12:00:00Z, reached: true,
   tables: [{id: orders, name: orders, deletion_protection: true, pitr_status: ENABLED, pitr_period_days: 7, status: ACTIVE}]}
cases:
  - name: as it is
    expect:
      - {control: deletion-protection, resource: orders, verdict: PASS, reason: cannot be deleted}
      - {control: pitr-window, verdict: FAIL}
  - name: a week is enough
    parameters: {window: 7d}
    expect:
      - {control: pitr-window, resource: orders, verdict: PASS}
  - name: nobody may look
    forget: [tables.0.deletion_protection]
    expect:
      - {control: dynamodb_table_deletion_protection_enabled, verdict: UNKNOWN}
  - name: another Region
    units:
      - {account: "111122223333", region: eu-west-1, tables: [{id: orders, name: orders, deletion_protection: true}]}
      - {account: "111122223333", region: eu-west-2, tables: [{id: orders, name: orders, deletion_protection: false}]}
    expect:
      - {control: deletion-protection, resource: orders, region: eu-west-2, verdict: FAIL}
`

func TestAScenarioFile(t *testing.T) {
	c := catalogue(t)
	s, err := c.ParseScenario("s.yaml", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	results := c.RunScenario(s)
	if len(results) != 5 {
		t.Errorf("%d results", len(results))
	}
	for _, r := range results {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
}

func TestWhatDoesNotHoldIsToldWithItsLine(t *testing.T) {
	c := catalogue(t)
	for _, row := range []struct{ old, replacement, want string }{
		{"verdict: PASS, reason: cannot", "verdict: FAIL, reason: cannot", `s.yaml:8: case "as it is": deletion-protection: want FAIL, got PASS: `},
		{"reason: cannot be deleted", "reason: can be deleted", `s.yaml:8: case "as it is": deletion-protection: want a reason with "can be deleted", got`},
		{"resource: orders, verdict: PASS, reason", "resource: users, verdict: PASS, reason", `s.yaml:8: case "as it is": deletion-protection: there is no table "users" in the case`},
		{", region: eu-west-2, verdict", ", verdict", `s.yaml:23: case "another Region": deletion-protection: 2 findings are meant: say which resource, account or region`},
		{"deletion_protection: false", "deletion_protectoin: false", `s.yaml:18: case "another Region": read unit: `},
	} {
		if !strings.Contains(scenario, row.old) {
			t.Fatalf("nothing to replace: %s", row.old)
		}
		s, err := c.ParseScenario("s.yaml", []byte(strings.Replace(scenario, row.old, row.replacement, 1)))
		if err != nil {
			t.Fatal(err)
		}
		var failed []string
		for _, r := range c.RunScenario(s) {
			if r.Err != nil {
				failed = append(failed, r.Err.Error())
			}
		}
		if len(failed) != 1 || !strings.HasPrefix(failed[0], row.want) {
			t.Errorf("got %q, want %s", failed, row.want)
		}
	}
}

func TestMistakesInAScenarioFile(t *testing.T) {
	c := catalogue(t)
	for _, row := range []struct {
		name, old, replacement, message, hint string
		line, column                          int
	}{
		{"unknown member", "cases:", "casse:", "unknown member casse", "did you mean cases?", 5, 1},
		{"unknown member of a case", "    forget:", "    forgt:", "unknown member forgt", "did you mean forget?", 15, 5},
		{"unknown control", "control: pitr-window, verdict", "control: pitr-windw, verdict", "there is no control pitr-windw", "did you mean pitr-window?", 9, 19},
		{"unknown verdict", "verdict: FAIL}\n  - name: a week", "verdict: FIAL}\n  - name: a week", "FIAL", "did you mean FAIL?", 9, 41},
		{"no such path", "tables.0.deletion_protection]", "tables.1.deletion_protection]", "there is no tables.1.deletion_protection in the unit", "", 15, 14},
		{"no such parameter", "{window: 7d}", "{windowx: 7d}", "no expected control has a parameter windowx", "controls show", 11, 18},
		{"a bad parameter", "{window: 7d}", "{window: soon}", "is no number of days", "", 11, 26},
		{"no name", "name: the orders of a shop\n", "", "member name is missing", "", 1, 1},
		{"no verdict", "control: pitr-window, verdict: FAIL", "control: pitr-window", "member verdict is missing", "", 9, 10},
		{"both unit and units", "    units:\n", "    unit: {}\n    units:\n", "unit and units are both given", "under units", 20, 5},
	} {
		if !strings.Contains(scenario, row.old) {
			t.Fatalf("%s: nothing to replace: %s", row.name, row.old)
		}
		_, err := c.ParseScenario("s.yaml", []byte(strings.Replace(scenario, row.old, row.replacement, 1)))
		var load *LoadError
		if !errors.As(err, &load) {
			t.Errorf("%s: got %v", row.name, err)
			continue
		}
		found := false
		for _, m := range load.Mistakes {
			found = found || strings.Contains(m.Message, row.message) && strings.Contains(m.Hint, row.hint) && m.Line == row.line && m.Column == row.column
		}
		if !found {
			t.Errorf("%s: want %d:%d %s (%s), got\n%v", row.name, row.line, row.column, row.message, row.hint, err)
		}
	}
}

func fileSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func asDocument(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestTheSchemasAcceptWhatTheReaderAccepts: every built-in control, and a scenario that uses all there is.
func TestTheSchemasAcceptWhatTheReaderAccepts(t *testing.T) {
	s := fileSchema(t, "control-v1.schema.json")
	files, err := builtin.ReadDir("catalogue")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := builtin.ReadFile("catalogue/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(asDocument(t, text)); err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		}
	}
	if err := fileSchema(t, "scenario-v1.schema.json").Validate(asDocument(t, []byte(scenario))); err != nil {
		t.Error(err)
	}
}

func TestTheSchemasRefuseWhatTheReaderRefuses(t *testing.T) {
	refuses := func(schema, text, old, replacement string) {
		t.Helper()
		if !strings.Contains(text, old) {
			t.Fatalf("nothing to replace: %s", old)
		}
		if fileSchema(t, schema).Validate(asDocument(t, []byte(strings.Replace(text, old, replacement, 1)))) == nil {
			t.Errorf("%s accepts %s", schema, replacement)
		}
	}
	for old, replacement := range map[string]string{"severity: low": "severity: hihg", "resource: table": "resource: tabel", "level: 1": "level: 3", "severity: low\n": "severty: low\n",
		"id: tables-are-named": "id: Tables Are", "title: Tables have an owner\n": "", "type: string": "type: strng", "kind: preventative": "kind: none"} {
		refuses("control-v1.schema.json", own, old, replacement)
	}
	for old, replacement := range map[string]string{"cases:": "casse:", "verdict: FAIL": "verdict: FIAL", "    forget:": "    forgt:", "name: the orders of a shop\n": ""} {
		refuses("scenario-v1.schema.json", scenario, old, replacement)
	}
}

func TestThePublishedSchemasAreThoseOfTheProgram(t *testing.T) {
	for name, of := range map[string]func() ([]byte, error){"control-v1.schema.json": FileSchema, "scenario-v1.schema.json": ScenarioSchema} {
		want, err := of()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "..", "docs", "schemas", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/schemas/%s differs (%v): run go run ./tools/generate", name, err)
		}
	}
}

// placed demands of an error that each mistake names the file, and its line where it has one.
func placed(t *testing.T, err error, file string) {
	t.Helper()
	var load *LoadError
	if err == nil {
		return
	}
	if !errors.As(err, &load) || len(load.Mistakes) == 0 {
		t.Fatalf("an error that is no list of mistakes: %v", err)
	}
	for _, m := range load.Mistakes {
		if m.File != file || m.Message == "" || m.Line < 0 {
			t.Fatalf("a mistake without its place: %+v", m)
		}
	}
}

func FuzzScenarioFile(f *testing.F) {
	c, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(scenario)
	f.Add("cases: [{}]")
	f.Add("name: a\nbase: []\ncases: [{name: b, change: {0.x: 1}, expect: [{control: recoverable, verdict: PASS}]}]")
	f.Add("name: a\ncases: [{name: b, units: [{tables: 3}], expect: []}]")
	f.Add("\x00")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := c.ParseScenario("s.yaml", []byte(text))
		placed(t, err, "s.yaml")
		if err == nil {
			c.RunScenario(s)
		}
	})
}
