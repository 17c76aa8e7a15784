package control

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mistake is one thing wrong in a control or framework file, at the place where it stands.
type Mistake struct {
	File    string
	Line    int // 1-based; 0 when the mistake has no place
	Column  int // 1-based, in characters
	Message string
	Hint    string // what to write instead; may be empty
	Excerpt string // the source line; empty when the mistake has no place
}

// Error shows the place, the source line with a caret and the hint.
func (m Mistake) Error() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", m.Line, m.Column)
	}
	b.WriteString(": " + m.Message)
	if m.Excerpt != "" {
		number := fmt.Sprintf("%4d", m.Line)
		fmt.Fprintf(&b, "\n%s | %s\n%s | %s^", number, m.Excerpt, strings.Repeat(" ", len(number)), padding(m.Excerpt, m.Column-1))
	}
	if m.Hint != "" {
		b.WriteString("\n     hint: " + m.Hint)
	}
	return b.String()
}

// padding is as wide as the first n characters of a line, tabs kept.
func padding(line string, n int) string {
	var b strings.Builder
	for _, r := range line {
		if n <= 0 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
		n--
	}
	return b.String() + strings.Repeat(" ", max(n, 0))
}

// LoadError is every mistake found in the files, so that they can all be mended at once.
type LoadError struct{ Mistakes []Mistake }

func (e *LoadError) Error() string {
	texts := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		texts[i] = m.Error()
	}
	return strings.Join(texts, "\n")
}

// mistakes collects what is wrong in one file.
type mistakes struct {
	file  string
	lines []string
	found []Mistake
}

func newMistakes(file string, text []byte) *mistakes {
	return &mistakes{file: file, lines: strings.Split(string(text), "\n")}
}

// place is a position in a source file, both 1-based.
type place struct{ line, column int }

func (m *mistakes) add(at place, hint, format string, args ...any) {
	found := Mistake{File: m.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...), Hint: hint}
	if at.line > 0 && at.line <= len(m.lines) {
		found.Excerpt = excerpt(m.lines[at.line-1])
	}
	m.found = append(m.found, found)
}

// excerpt cuts a line that nobody could read in a terminal.
func excerpt(line string) string {
	const limit = 240
	line = strings.TrimRight(strings.ToValidUTF8(line, "\uFFFD"), "\r")
	if utf8.RuneCountInString(line) <= limit {
		return line
	}
	return string([]rune(line)[:limit]) + "…"
}

// err is nil when nothing is wrong.
func (m *mistakes) err() error { return loadError(m.found) }

func loadError(found []Mistake) error {
	if len(found) == 0 {
		return nil
	}
	slices.SortStableFunc(found, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &LoadError{Mistakes: found}
}
