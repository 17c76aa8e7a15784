package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// unsure are findings of n tables that are not known for the same reason, each named and each pointing to its own line; the first has a failure, too.
func unsure(n int) []Entry {
	var out []Entry
	for i := range n {
		name, file := fmt.Sprintf("orders%d", i), fmt.Sprintf("stack%d.yaml", i)
		e := entry(name, "eu-west-1", "plan-frequency", control.Medium, control.Unknown,
			fmt.Sprintf("how often backups of %s start is not known: plan.selections (%s:7: more selections may exist outside of the templates)", name, file))
		e.Evidence = []control.Evidence{{Fact: "plan.selections", State: "unknown", Message: "more selections may exist outside of the templates", Location: &control.Location{File: file, Line: 7, Column: 1}}}
		out = append(out, e)
	}
	return append(out, entry("orders0", "eu-west-1", "deletion-protection", control.Medium, control.Fail, "orders0 can be deleted"))
}

func told(t *testing.T, open func(io.Writer) Writer, entries []Entry) string {
	t.Helper()
	var b bytes.Buffer
	tally := NewTally(len(entries))
	for _, e := range entries {
		tally.Add(e)
	}
	head, _, _ := sample()
	if err := run(open(&b), head, entries, Tail{Summary: tally.Summary, Complete: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func wide(w io.Writer) Writer { return NewTable(w, TableOptions{Screen: terminal.Screen{Width: 200}}) }

func TestWhatIsNotKnownForOneReasonIsToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		open func(io.Writer) Writer
		want []string
	}{
		"table": {wide, []string{
			"not known, as told below: plan-frequency", "how often backups of orders0 start is not known",
			"and 8 more like it: orders1, orders2, orders3, orders4 and 4 more", "orders0 can be deleted [deletion-protection]", "1 failed, 9 unknown",
		}},
		"markdown": {NewMarkdown, []string{
			"<br>and 8 more like it: <code>orders1</code>, <code>orders2</code>, <code>orders3</code>, <code>orders4</code> and 4 more |",
			"orders0 can be deleted", "| unknown | 0 | 0 | 9 | 0 | 0 |", "1 failed, 9 unknown",
		}},
	} {
		text := told(t, c.open, unsure(9))
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, text)
			}
		}
		if n := strings.Count(text, "how often backups of"); n != 1 {
			t.Errorf("%s: told %d times", name, n)
		}
		if strings.Contains(text, "JSON report") {
			t.Errorf("%s: says that something was left out:\n%s", name, text)
		}
	}
}

func TestVerboseTellsOfEach(t *testing.T) {
	text := told(t, func(w io.Writer) Writer {
		return NewTable(w, TableOptions{Screen: terminal.Screen{Width: 200}, Verbose: true})
	}, unsure(9))
	if n := strings.Count(text, "how often backups of"); n != 9 {
		t.Errorf("told %d times:\n%s", n, text)
	}
}

// TestOnlyTheSameIsFolded: failures never, and neither what has another reason, another control or another severity, or is muted.
func TestOnlyTheSameIsFolded(t *testing.T) {
	one := func(name string, change func(*Entry)) Entry {
		e := entry(name, "eu-west-1", "plan-frequency", control.Medium, control.Unknown, "the plan of "+name+" is not known")
		change(&e)
		return e
	}
	for name, change := range map[string]func(*Entry){
		"failures":         func(e *Entry) { e.Verdict = control.Fail },
		"another reason":   func(e *Entry) { e.Reason += ": denied" },
		"another control":  func(e *Entry) { e.Control = "plan-retention" },
		"another severity": func(e *Entry) { e.Severity = control.High },
	} {
		entries := []Entry{one("a", func(*Entry) {}), one("b", change)}
		if name == "failures" {
			change(&entries[0])
		}
		for _, open := range []func(io.Writer) Writer{wide, NewMarkdown} {
			if text := told(t, open, entries); strings.Contains(text, "more like it") || !strings.Contains(text, "the plan of a") || !strings.Contains(text, "the plan of b") {
				t.Errorf("%s:\n%s", name, text)
			}
		}
	}
}

func TestANameIsTakenOutOnlyAsAWord(t *testing.T) {
	for text, want := range map[string]string{
		"orders, orders. orders":      "\x02, \x02. \x02",
		"reorders orders2 orders-old": "reorders orders2 orders-old",
		"table/orders is":             "table/\x02 is",
		"ordersorders":                "ordersorders",
	} {
		if got := without(text, "orders"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
