package terminal

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"charm.land/lipgloss/v2"
	"pgregory.net/rapid"
)

func TestCleanTakesOutWhatCouldActOnATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"orders":                       "orders",
		"größe 表":                      "größe 表",
		"\x1b[31mred\x1b[0m":           "red",
		"\x1b]0;title\x07after":        "after",
		"\x1b]8;;http://x\x1b\\link":   "link",
		"a\x1b":                        "a",
		"two\nlines\tand\rmore":        "two lines and more",
		"bell\a nul\x00 del\x7f":       "bell nul del",
		"c1\u009b31m":                  "c131m",
		"rtl\u202eevil\u2066x\u200b.":  "rtlevilx.",
		"bad\xffutf8":                  "bad�utf8",
		"unterminated \x1b]0;keep me?": "unterminated 0;keep me?",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanLeavesNothingHarmful(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching("[\x1b\\[\\];0-9m\u202e\x07\\\\a]{0,20}")).Draw(t, "text")
		for _, r := range Clean(s) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("Clean(%q) keeps %q", s, r)
			}
		}
	})
}

func TestLinesAreNoCICommands(t *testing.T) {
	for in, want := range map[string]string{
		"::error file=x::boom": ": :error file=x::boom",
		"   ::set-output::":    "   : :set-output::",
		"##[error]x":           "# #[error]x",
		"##vso[task]":          "# #vso[task]",
		"arn:aws:iam::1":       "arn:aws:iam::1",
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWrapKeepsTheWidthAndTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Clean(rapid.StringMatching(`([a-z表]{1,30} ){0,12}[a-z]{0,60}`).Draw(t, "text"))
		width := rapid.IntRange(8, 60).Draw(t, "width")
		lines := Wrap(text, width)
		for _, line := range lines {
			if lipgloss.Width(line) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(strings.Join(lines, " ")) != squeeze(text) {
			t.Fatalf("Wrap(%q) lost text: %q", text, lines)
		}
	})
}

func TestStatusIsSilentWhereNobodyWatches(t *testing.T) {
	var b bytes.Buffer
	s := NewStatus(&b, Screen{Width: 80}, false)
	s.Show("reading")
	s.Clear()
	if b.Len() != 0 {
		t.Errorf("wrote %q", b.String())
	}
	s = NewStatus(&b, Screen{Width: 20, Live: true}, false)
	s.Show("reading \x1b[2J a very long line indeed")
	s.Clear()
	if got := b.String(); strings.Contains(got, "[2J") || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("wrote %q", got)
	}
}

func TestJSONKeepsItsMeaningAndHidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching("[\u202e\u009b\x7f\U000e0041\u200ba\"\\\\\n]{0,12}")).Draw(t, "text")
		raw, err := json.Marshal(map[string]string{"a": text})
		if err != nil {
			t.Fatal(err)
		}
		safe := JSON(raw)
		for _, r := range string(safe) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q keeps %q", safe, r)
			}
		}
		var before, after map[string]string
		if json.Unmarshal(raw, &before) != nil || json.Unmarshal(safe, &after) != nil || before["a"] != after["a"] {
			t.Fatalf("%q became %q", raw, safe)
		}
	})
}

func TestCountsAgreeWithTheirNouns(t *testing.T) {
	for want, got := range map[string]string{"1 table": Count(1, "table"), "0 tables": Count(0, "table"), "2 entries": Count(2, "entry"), "1 entry": Count(1, "entry")} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestColumnsSetsTheWidthAndNonsenseDoesNot(t *testing.T) {
	for asked, want := range map[string]int{"": PlainWidth, "60": 60, "200": 200, "1": Narrowest, "0": PlainWidth, "-5": PlainWidth, "wide": PlainWidth} {
		lookup := func(name string) string { return map[string]string{"COLUMNS": asked}[name] }
		if got := Look(&bytes.Buffer{}, lookup, false); got != (Screen{Width: want}) {
			t.Errorf("COLUMNS=%q: %+v, want a width of %d", asked, got, want)
		}
	}
}
