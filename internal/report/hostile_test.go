package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/terminal"
	"pgregory.net/rapid"
)

// hostileText draws what others may put into names, tags and messages.
func hostileText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{
			"\x1b[31m", "\x1b]0;t\x07", "\x1b]8;;http://x\x1b\\", "::error::", "##[group]", "##vso[task]", "=1+1", "<script>", "@team ", "](http://x)", "![i](x)", "\" onx=\"y", "</table><script>", "&amp;", "\"", "\uffff", "\u202e", "\u009b31m", "\x00", "\r", "\n", "\n::set-output::",
			"\xff\xfe", "\x7f", "\u200b", "\u2028", "orders", " ", strings.Repeat("x", 300), "表", "\U0001f469\u200d\U0001f467",
		}), 0, 8).Draw(t, "parts")
		return strings.Join(parts, "") + rapid.String().Draw(t, "rest")
	})
}

func hostileReport(t *rapid.T) (Head, []Entry, Tail) {
	text := hostileText()
	account, region := text.Draw(t, "account"), text.Draw(t, "region")
	head := Head{Tool: Tool{"restorable", "test"}, Scope: []Scope{{Account: &account, Region: &region, Tables: 1, Whole: true, Reached: true, ListedBy: text.Draw(t, "by")}}}
	var entries []Entry
	tally := NewTally(1)
	for range rapid.IntRange(0, 4).Draw(t, "findings") {
		e := entry(text.Draw(t, "name"), region, text.Draw(t, "control"), control.High, rapid.SampledFrom(control.Verdicts()).Draw(t, "verdict"), text.Draw(t, "reason"))
		e.Evidence[0].Value, e.Evidence[0].Message = text.Draw(t, "value"), text.Draw(t, "message")
		e.Follows = []string{text.Draw(t, "follows")}
		entries = append(entries, e)
		tally.Add(e)
	}
	problem := Problem{Account: account, Region: region, Operation: text.Draw(t, "operation"), Code: text.Draw(t, "code"), Message: text.Draw(t, "said"), Affects: 1}
	return head, entries, Tail{FinishedAt: estate.Instant(1_795_248_000_000), Summary: tally.Summary, Problems: []Problem{problem}}
}

// TestOtherPeoplesTextIsHarmlessInEveryFormat: no line of any report can act on a terminal or on the log of a CI system,
// none of the table is wider than the screen, and JSON stays JSON.
func TestOtherPeoplesTextIsHarmlessInEveryFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		head, entries, tail := hostileReport(t)
		width := rapid.SampledFrom([]int{40, 80, 120}).Draw(t, "width")
		for name, open := range map[string]func(*bytes.Buffer) Writer{
			"table": func(b *bytes.Buffer) Writer { return NewTable(b, TableOptions{Screen: terminal.Screen{Width: width}}) },
			"verbose": func(b *bytes.Buffer) Writer {
				return NewTable(b, TableOptions{Screen: terminal.Screen{Width: width}, Verbose: true})
			},
			"json":     func(b *bytes.Buffer) Writer { return NewJSON(b) },
			"jsonl":    func(b *bytes.Buffer) Writer { return NewJSONL(b) },
			"html":     func(b *bytes.Buffer) Writer { return newHTML(b) },
			"csv":      func(b *bytes.Buffer) Writer { return NewCSV(b) },
			"markdown": func(b *bytes.Buffer) Writer { return NewMarkdown(b) },
			"junit":    func(b *bytes.Buffer) Writer { return NewJUnit(b) },
			"sarif":    func(b *bytes.Buffer) Writer { return NewSARIF(b) },
			"gitlab":   func(b *bytes.Buffer) Writer { return NewGitLab(b) },
			"ocsf":     func(b *bytes.Buffer) Writer { return NewOCSF(b) },
		} {
			var b bytes.Buffer
			w := open(&b)
			for _, step := range []func() error{func() error { return w.Begin(head) }, func() error { return each(w, entries) }, func() error { return w.End(tail) }} {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			harmless(t, name, b.String())
			isTable := name == "table" || name == "verbose"
			for _, line := range strings.Split(b.String(), "\n") {
				if isTable && lipgloss.Width(line) > width {
					t.Fatalf("%s: wider than %d: %q", name, width, line)
				}
			}
			wellFormed(t, name, b.Bytes(), len(entries))
			if lines := strings.Count(b.String(), "\n"); name == "jsonl" && lines != len(entries) {
				t.Fatalf("%d lines for %d findings", lines, len(entries))
			}
		}
	})
}

// wellFormed: what others wrote did not break the format.
func wellFormed(t *rapid.T, format string, text []byte, findings int) {
	switch format {
	case "json", "sarif", "ocsf", "gitlab":
		if !json.Valid(text) {
			t.Fatalf("no JSON: %s", text)
		}
	case "csv":
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil || len(rows) != findings+1 {
			t.Fatalf("%d lines for %d findings: %v", len(rows), findings, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Fatalf("a formula: %q", cell)
				}
			}
		}
	case "junit":
		var doc junitDocument
		if err := xml.Unmarshal(text, &doc); err != nil {
			t.Fatalf("no XML: %v\n%s", err, text)
		}
	case "html":
		page := string(text)
		page = strings.Replace(strings.Replace(page, pageStyle, "", 1), pageScript, "", 1)
		if tag := regexp.MustCompile(`<script[^>]*>[^<]|<script>[^<]*<script|<(img|b|i)>[^<]*alert`).FindString(page); tag != "" {
			t.Fatalf("HTML acts: %q", tag)
		}
		if strings.Count(page, "<script") != 1 || strings.Contains(page, `" onx="`) {
			t.Fatalf("HTML acts: %s", page)
		}
	case "markdown":
		for _, sign := range []string{"@", "<script", "](", "![", "<b>"} {
			if strings.Contains(string(text), sign) {
				t.Fatalf("Markdown acts: %q in %s", sign, text)
			}
		}
	}
}

func each(w Writer, entries []Entry) error {
	for _, e := range entries {
		if err := w.Finding(e); err != nil {
			return err
		}
	}
	return nil
}

func harmless(t *rapid.T, format, text string) {
	for _, line := range strings.Split(text, "\n") {
		body := strings.TrimSpace(line)
		if strings.HasPrefix(body, "::") || strings.HasPrefix(body, "##[") || strings.HasPrefix(body, "##vso[") {
			t.Fatalf("%s: a command to a CI system: %q", format, line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
				t.Fatalf("%s: %q in %q", format, r, line)
			}
		}
	}
}
