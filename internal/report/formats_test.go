package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/overlay"
)

func written(t *testing.T, open func(io.Writer) Writer) []byte {
	t.Helper()
	var b bytes.Buffer
	write(t, open(&b))
	return b.Bytes()
}

// TestGoldenFormats: every format, of the same findings.
func TestGoldenFormats(t *testing.T) {
	for name, open := range map[string]func(io.Writer) Writer{
		"report.html": newHTML, "report.csv": NewCSV, "report.md": NewMarkdown, "report.junit.xml": NewJUnit, "report.sarif": NewSARIF, "report.gitlab.json": NewGitLab, "report.ocsf.json": NewOCSF, "report.jsonl": NewJSONL,
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, written(t, open)) })
	}
}

func TestCSVHasTheSameColumnsInEveryLine(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, NewCSV))).ReadAll() // refuses lines of different lengths
	if err != nil {
		t.Fatal(err)
	}
	if _, entries, _ := sample(); len(rows) != len(entries)+1 || len(rows[0]) != len(csvColumns()) {
		t.Errorf("%d lines of %d columns", len(rows), len(rows[0]))
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for _, cell := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\x1b[31m=1"} {
		if got := csvCell(cell); !strings.HasPrefix(got, "'") {
			t.Errorf("%q stays %q", cell, got)
		}
	}
	for _, cell := range []string{"orders", "a=b", "", "arn:aws:dynamodb:x"} {
		if got := csvCell(cell); got != cell {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}

// junitDocument is what a reader of JUnit XML sees.
type junitDocument struct {
	XMLName xml.Name `xml:"testsuites"`
	Suites  []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Name    string    `xml:"name,attr"`
			Class   string    `xml:"classname,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func TestJUnitCountsWhatItHolds(t *testing.T) {
	var doc junitDocument
	if err := xml.Unmarshal(written(t, NewJUnit), &doc); err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, s := range doc.Suites {
		failures, errors, skipped := 0, 0, 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errors++
			}
			if c.Skipped != nil {
				skipped++
			}
			if c.Name == "" || c.Class == "" {
				t.Errorf("a case without a name: %+v", c)
			}
		}
		if s.Name == "" || s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != errors || s.Skipped != skipped {
			t.Errorf("%+v", s)
		}
		all += len(s.Cases)
	}
	if _, entries, tail := sample(); all != len(entries)+len(tail.Problems) {
		t.Errorf("%d cases", all)
	}
}

func TestJUnitFailsOnlyForWhatCounts(t *testing.T) {
	e := func(v control.Verdict, s control.Severity, muted bool) Entry {
		out := entry("orders", "eu-west-1", "recoverable", s, v, "x")
		out.Muted = muted
		return out
	}
	for _, c := range []struct {
		entry Entry
		want  junitOutcome
	}{
		{e(control.Fail, control.Low, false), junitFailure},
		{e(control.Unknown, control.Low, false), junitError},
		{e(control.Pass, control.High, false), junitPassed},
		{e(control.Pass, control.High, true), junitPassed},
		{e(control.NotApplicable, control.High, false), junitSkipped},
		{e(control.Fail, control.High, true), junitSkipped},
		{e(control.Unknown, control.High, true), junitSkipped},
		{e(control.Fail, control.Info, false), junitPassed},
	} {
		if got := junitOf(c.entry); got != c.want {
			t.Errorf("%s %s muted=%v is %q, want %q", c.entry.Severity, c.entry.Verdict, c.entry.Muted, got, c.want)
		}
	}
}

// TestSARIFIsReadByAnIndependentLibrary that knows every name of the standard. The standard's schema and GitHub's own rules judge the
// file in test/interop.
func TestSARIFIsReadByAnIndependentLibrary(t *testing.T) {
	text := written(t, NewSARIF)
	log, err := sarif.FromBytes(text, sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	_, entries, _ := sample()
	want := 0
	for _, e := range entries {
		if e.Verdict == control.Fail || e.Verdict == control.Unknown {
			want++
		}
	}
	if got := len(log.Runs[0].Results); got != want {
		t.Errorf("%d results for %d findings", got, want)
	}
	for _, r := range log.Runs[0].Results {
		if len(r.Locations) == 0 || r.Locations[0].PhysicalLocation == nil || *r.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" {
			t.Errorf("GitHub refuses a result without a physical location: %+v", r)
		}
		if r.PartialFingerprints["primaryLocationLineHash"] == "" || r.RuleID == nil || r.Message == nil {
			t.Errorf("no fingerprint, rule or message: %+v", r)
		}
	}
}

func TestSARIFRulesAreTheControls(t *testing.T) {
	catalogue, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	head, entries, tail := sample()
	head.Controls = catalogue.Controls()
	if err := run(NewSARIF(&b), head, entries, tail); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromBytes(b.Bytes(), sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	rules := log.Runs[0].Tool.Driver.Rules
	if len(rules) != len(head.Controls) {
		t.Fatalf("%d rules", len(rules))
	}
	for _, r := range log.Runs[0].Results {
		if got := *rules[r.RuleIndex].ID; got != *r.RuleID {
			t.Errorf("rule %d is %s, not %s", r.RuleIndex, got, *r.RuleID)
		}
	}
}

func TestASARIFLocationIsTheFileOfATemplateElseThePathOfTheResource(t *testing.T) {
	e := entry("orders", "eu-west-1", "recoverable", control.High, control.Fail, "x")
	if got := NewSARIF(nil).(*sarifWriter).location(e).Physical; got.Artifact.URI != "aws/123456789012/eu-west-1/table/orders" || got.Region.Line != 1 {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{"..": "aws/123456789012/eu-west-1/table/%252E%252E", "a/../b": "aws/123456789012/eu-west-1/table/a%2F..%2Fb"} {
		e.Resource.Name = name
		if got := NewSARIF(nil).(*sarifWriter).location(e).Physical.Artifact.URI; got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	e.Location = &control.Location{File: "infra/my tables.yaml", Line: 12, Column: 7}
	if got := NewSARIF(nil).(*sarifWriter).location(e).Physical; got.Artifact.URI != "infra/my%20tables.yaml" || got.Region != (sarifRegion{12, 7}) {
		t.Errorf("%+v", got)
	}
}

func TestSARIFMessagesMakeNoLinks(t *testing.T) {
	if got := sarifMessage(`see [here](http://x) \ `).Text; got != `see \[here\](http://x) \\ ` {
		t.Error(got)
	}
}

func TestOCSFHasWhatItsClassRequires(t *testing.T) {
	var events []map[string]any
	if err := json.Unmarshal(written(t, NewOCSF), &events); err != nil {
		t.Fatal(err)
	}
	_, entries, _ := sample()
	if len(events) != len(entries) {
		t.Fatalf("%d events", len(events))
	}
	for _, e := range events {
		for _, name := range []string{"activity_id", "category_uid", "class_uid", "compliance", "finding_info", "metadata", "severity_id", "time", "type_uid", "cloud", "resources"} {
			if e[name] == nil {
				t.Errorf("no %s: %v", name, e)
			}
		}
		if e["class_uid"] != 2003.0 || e["type_uid"] != 200301.0 || e["category_uid"] != 2.0 {
			t.Errorf("another class: %v", e)
		}
	}
}

func TestMarkdownFitsIntoAComment(t *testing.T) {
	head, _, tail := sample()
	var entries []Entry
	for i := range 5000 {
		entries = append(entries, entry(strings.Repeat("n", 1+i%250), "eu-west-1", "recoverable", control.Severities()[i%5], control.Verdicts()[i%2], strings.Repeat("all is lost. ", 200)))
	}
	var b bytes.Buffer
	if err := run(NewMarkdown(&b), head, entries, tail); err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCount(b.Bytes()); n > 65_536 || n < 50_000 {
		t.Errorf("%d characters", n)
	}
	if !strings.Contains(b.String(), " more, all of them in the JSON report") {
		t.Error("what was left out is not said")
	}
}

func TestMarkdownKeepsOtherPeoplesTextText(t *testing.T) {
	for text, want := range map[string]string{
		"*bold* _it_ `code`":      "&#42;bold&#42; &#95;it&#95; &#96;code&#96;",
		"[x](javascript:alert(1)": "&#91;x&#93;(javascript&#58;alert(1)",
		"<img src=x>":             "&#60;img src=x&#62;",
		"@everyone #12":           "<code>&#64;</code>everyone <code>&#35;</code>12",
		"https://x www.evil.com":  "https&#58;//x www&#46;evil&#46;com",
		"a | b":                   "a &#124; b",
	} {
		if got := markdownText(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := markdownCode("@a`|<"); got != "<code>&#64;a&#96;&#124;&#60;</code>" {
		t.Error(got)
	}
}

func run(w Writer, head Head, entries []Entry, tail Tail) error {
	if err := w.Begin(head); err != nil {
		return err
	}
	if err := each(w, entries); err != nil {
		return err
	}
	return w.End(tail)
}

// TestWhatIsMutedOrAttestedStaysAndSaysByWhom in every format.
func TestWhatIsMutedOrAttestedStaysAndSaysByWhom(t *testing.T) {
	until := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	muted := entry("orders", "eu-west-1", "recoverable", control.High, control.Fail, "x")
	muted.Muted, muted.Mute = true, &overlay.Exception{Kind: overlay.Mute, Owner: "alice", Reason: "moves in May", Until: until}
	attested := entry("orders", "eu-west-1", "client-side-encryption", control.High, control.Unknown, "y")
	attested.Attestation = &overlay.Exception{Kind: overlay.Attest, Owner: "carol", Reason: "the service encrypts", Evidence: "ADR 12", Until: until}
	head, _, tail := sample()
	tally := NewTally(1)
	tally.Add(muted)
	tally.Add(attested)
	tail.Summary = tally.Summary
	for name, open := range map[string]func(io.Writer) Writer{"csv": NewCSV, "markdown": NewMarkdown, "html": newHTML, "junit": NewJUnit, "sarif": NewSARIF, "gitlab": NewGitLab, "ocsf": NewOCSF, "json": NewJSON, "jsonl": NewJSONL} {
		var b bytes.Buffer
		if err := run(open(&b), head, []Entry{muted, attested}, tail); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"alice", "moves in May", "carol", "the service encrypts", "ADR 12", "2026", "recoverable", "encryption"} {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%s: no %q in %s", name, text, b.String())
			}
		}
		if fails := strings.Contains(b.String(), "<failure") || strings.Contains(b.String(), `<error type="high"`); name == "junit" && fails {
			t.Errorf("what is set aside fails: %s", b.String())
		}
		if name == "sarif" && strings.Count(b.String(), `"suppressions"`) != 2 {
			t.Errorf("not suppressed: %s", b.String())
		}
	}
}

func TestMarkdownTellsOfRecoveryPointsOnce(t *testing.T) {
	head, _, tail := sample()
	var entries []Entry
	for i := range 900 {
		e := entry(fmt.Sprintf("point-%d", i), "eu-west-1", "point-encrypted", control.Medium, control.Fail, "not encrypted")
		e.Resource.Type = control.TypeRecoveryPoint
		entries = append(entries, e)
	}
	var b bytes.Buffer
	if err := run(NewMarkdown(&b), head, entries, tail); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Count(text, "not encrypted") != 1 || !strings.Contains(text, "and 899 more like it") || !strings.Contains(text, "| failed | 0 | 0 | 900 |") || strings.Contains(text, "JSON report") {
		t.Error(text)
	}
}
