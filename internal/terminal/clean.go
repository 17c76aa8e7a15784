// Package terminal is how the program talks to a person: width, colour, cleaned text, wrapping and the one status line.
//
// Its rules: names, tags and messages belong to others and are cleaned before they are shown; colour only adds to words;
// nothing is wider than the terminal; what is not the product goes to stderr; a pipe gets the same words without colour.
package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes other people's text harmless on a terminal: escape sequences, control characters and characters that reorder
// text are taken out, line breaks become spaces.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		if n := escapeLength(rest); n > 0 {
			rest = rest[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r == utf8.RuneError && size == 1:
			b.WriteRune('�')
		case !isHarmful(r):
			b.WriteRune(r)
		}
		rest = rest[size:]
	}
	return b.String()
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isHarmful: control characters, and format characters such as the bidirectional overrides and zero-width ones.
func isHarmful(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// escapeLength is the length of the ANSI escape sequence (ECMA-48: CSI, OSC and the like) that the text begins with; 0 for none.
func escapeLength(s string) int {
	if s[0] != 0x1b || len(s) == 1 {
		return 0
	}
	switch s[1] {
	case '[':
		return csiLength(s)
	case ']', 'P', 'X', '^', '_':
		return stringLength(s)
	}
	return 2
}

func csiLength(s string) int {
	for i := 2; i < len(s); i++ {
		if s[i] >= 0x40 && s[i] <= 0x7e {
			return i + 1
		}
		if s[i] < 0x20 || s[i] > 0x7e {
			return i
		}
	}
	return len(s)
}

// stringLength ends at BEL or at ESC backslash; without either only the introducer goes, so that text is not lost.
func stringLength(s string) int {
	for i := 2; i < len(s); i++ {
		if s[i] == 0x07 {
			return i + 1
		}
		if s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\' {
			return i + 2
		}
	}
	return 2
}

// Line makes a finished line safe for the logs of CI systems, which take lines that begin with :: or ##[ for commands.
func Line(s string) string {
	body := strings.TrimLeftFunc(s, unicode.IsSpace)
	for _, command := range []string{"::", "##[", "##vso["} {
		if strings.HasPrefix(body, command) {
			return s[:len(s)-len(body)] + body[:1] + " " + body[1:]
		}
	}
	return s
}

// Short cuts text to a number of characters, the last one an ellipsis.
func Short(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(s)
	return string(runes[:limit-1]) + "…"
}
