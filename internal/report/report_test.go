package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func ptr[T any](v T) *T { return &v }

// hostileName holds, one after another, what could act on a terminal, a CI log, a spreadsheet and a page.
const hostileName = "\x1b[31m::error::=1+1<b>\u202e\x00\n##[group]"

func entry(name, region, id string, sev control.Severity, v control.Verdict, reason string) Entry {
	return Entry{Finding: control.Finding{
		Control: id, Severity: sev, Verdict: v, Reason: reason, Fingerprint: "0123456789abcdef",
		Resource: control.Resource{Type: control.TypeTable, ARN: "arn:aws:dynamodb:" + region + ":123456789012:table/" + name, Name: name, Account: "123456789012", Region: region},
		Evidence: []control.Evidence{{Fact: "table.pitr_status", State: "known", Value: "DISABLED", Source: "dynamodb:DescribeContinuousBackups", ObservedAt: 1_790_000_000_000}},
	}}
}

func sample() (Head, []Entry, Tail) {
	now := estate.Instant(1_795_248_000_000)
	head := Head{Tool: Tool{"restorable", "test"}, StartedAt: now, Scope: []Scope{
		{Account: ptr("123456789012"), Region: ptr("eu-west-1"), Now: &now, Tables: 4, Whole: true, Reached: true, ListedBy: "dynamodb:ListTables"},
		{Account: ptr("123456789012"), Region: ptr("us-east-1"), Tables: 0, ListedBy: "dynamodb:ListTables"},
	}}
	entries := []Entry{
		entry("orders", "eu-west-1", "deletion-protection", control.Medium, control.Fail, "orders can be deleted by one call"),
		entry("orders", "eu-west-1", "recoverable", control.Critical, control.Fail, "orders cannot be got back: items damaged: point-in-time recovery is off and no restorable backup exists, so every item as of now would be lost for good"),
		entry("orders", "eu-west-1", "backup-opt-in", control.Medium, control.Pass, "fine"),
		entry("sessions", "eu-west-1", "recoverable", control.Critical, control.Unknown, "sessions: not known, dynamodb:DescribeContinuousBackups was denied"),
		entry("sessions", "eu-west-1", "point-in-time-recovery", control.Medium, control.Unknown, "not known"),
		entry("users", "eu-west-1", "recoverable", control.Critical, control.Pass, "users can be got back"),
		entry(hostileName, "eu-west-1", "recoverable", control.Critical, control.Fail, hostileName+" cannot be got back ::warning:: "+strings.Repeat("x", 2000)),
	}
	entries[3].Objectives = []string{"gold", ""}
	entries[5].Objective = "gold"
	tally := NewTally(4)
	for _, e := range entries {
		tally.Add(e)
	}
	tail := Tail{FinishedAt: now, Summary: tally.Summary, Problems: []Problem{
		{Account: "123456789012", Region: "eu-west-1", Operation: "dynamodb:DescribeContinuousBackups", Code: "AccessDeniedException", Message: "User: arn:aws:iam::123456789012:user/x is not authorized " + hostileName, Affects: 4},
	}}
	return head, entries, tail
}

func write(t *testing.T, w Writer) {
	t.Helper()
	head, entries, tail := sample()
	if err := w.Begin(head); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := w.Finding(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(tail); err != nil {
		t.Fatal(err)
	}
}

func schema(t *testing.T, at string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	s, err := c.Compile(filepath.Join("..", "..", "docs", "schemas", "report-v1.schema.json") + at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := s.Validate(doc); err != nil {
		t.Error(err)
	}
}

func TestJSONSatisfiesItsSchema(t *testing.T) {
	var b bytes.Buffer
	write(t, NewJSON(&b))
	validate(t, schema(t, ""), b.Bytes())
	golden(t, "report.json", b.Bytes())
}

func TestAReportWithoutFindingsIsStillWhole(t *testing.T) {
	var b bytes.Buffer
	w := NewJSON(&b)
	if err := w.Begin(Head{}); err != nil {
		t.Fatal(err)
	}
	if err := w.End(Tail{Summary: NewTally(0).Summary, Complete: true}); err != nil {
		t.Fatal(err)
	}
	validate(t, schema(t, ""), b.Bytes())
}

func TestEveryJSONLineIsAFinding(t *testing.T) {
	var b bytes.Buffer
	write(t, NewJSONL(&b))
	s := schema(t, "#/$defs/finding")
	lines := bytes.Split(bytes.TrimSpace(b.Bytes()), []byte("\n"))
	if _, entries, _ := sample(); len(lines) != len(entries) {
		t.Errorf("%d lines for %d findings", len(lines), len(entries))
	}
	for _, line := range lines {
		validate(t, s, line)
	}
}

func TestTemplatesHaveNullForWhatTheyDoNotKnow(t *testing.T) {
	e := entry("orders", "", "recoverable", control.Critical, control.Unknown, "x")
	e.Resource.ARN, e.Resource.Account = "", ""
	raw, err := json.Marshal(toJSON(e))
	if err != nil || !strings.Contains(string(raw), `"arn":null,"name":"orders","account":null,"region":null`) {
		t.Errorf("%s %v", raw, err)
	}
}

func TestTable(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		var b bytes.Buffer
		write(t, NewTable(&b, TableOptions{Screen: terminal.Screen{Width: width}}))
		for _, line := range strings.Split(b.String(), "\n") {
			if lipgloss.Width(line) > width {
				t.Errorf("wider than %d: %q", width, line)
			}
			body := strings.TrimSpace(line)
			if strings.HasPrefix(body, "::") || strings.HasPrefix(body, "##[") || strings.ContainsAny(line, "\x1b\x00\u202e") {
				t.Errorf("acts on a terminal or a CI log: %q", line)
			}
		}
		if width == 80 {
			golden(t, "report.txt", b.Bytes())
		}
	}
}

func TestColourSaysNothingThatWordsDoNot(t *testing.T) {
	var plain, colour bytes.Buffer
	write(t, NewTable(&plain, TableOptions{Screen: terminal.Screen{Width: 80}}))
	write(t, NewTable(&colour, TableOptions{Screen: terminal.Screen{Width: 80, Color: true}}))
	if plain.String() == colour.String() {
		t.Error("no colour at all")
	}
	var stripped []string
	for _, line := range strings.Split(colour.String(), "\n") {
		stripped = append(stripped, terminal.Clean(line))
	}
	if strings.Join(stripped, "\n") != plain.String() {
		t.Errorf("colour changes the words:\n%s\n%s", plain.String(), strings.Join(stripped, "\n"))
	}
}

func TestTally(t *testing.T) {
	tally := NewTally(3)
	muted := entry("a", "r", "x", control.Critical, control.Fail, "")
	muted.Muted = true
	for _, e := range []Entry{
		muted,
		entry("a", "r", "x", control.Info, control.Fail, ""),
		entry("a", "r", "x", control.Low, control.Fail, ""),
		entry("a", "r", "x", control.High, control.Unknown, ""),
	} {
		tally.Add(e)
	}
	if tally.WorstFail != control.Low || tally.WorstUnknown != control.High || tally.Muted != 1 || tally.Verdicts[control.Fail] != 3 {
		t.Errorf("%+v", tally)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs (%v); run go test ./internal/report -update and read the change:\n%s", file, err, got)
	}
}
