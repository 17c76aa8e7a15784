// Package yamlfile reads YAML that people write: every mistake is kept with its place, its line and what was probably meant.
package yamlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mistake is one thing wrong in a file, at the place where it stands.
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

// Error is every mistake found in one or more files, so that they can all be mended at once.
type Error struct{ Mistakes []Mistake }

func (e *Error) Error() string {
	texts := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		texts[i] = m.Error()
	}
	return strings.Join(texts, "\n")
}

// File collects what is wrong in one file.
type File struct {
	Name  string
	Lines []string
	Found []Mistake
}

// New prepares to read a file; nothing of it is looked at yet. Lines end as YAML's do: with CR, LF or both.
func New(name string, text []byte) *File {
	return &File{Name: name, Lines: strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text)), "\n")}
}

// Place is a position in a source file, both 1-based; the zero Place is nowhere.
type Place struct{ Line, Column int }

// Add notes a mistake; the hint may be empty.
func (f *File) Add(at Place, hint, format string, args ...any) {
	found := Mistake{File: f.Name, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...), Hint: hint}
	if at.Line > 0 && at.Line <= len(f.Lines) {
		found.Excerpt = excerpt(f.Lines[at.Line-1])
	}
	f.Found = append(f.Found, found)
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

// Err is an *Error, or nil when nothing is wrong.
func (f *File) Err() error { return Join(f.Found) }

// Join makes one *Error of mistakes, in the order of their places; nil of none.
func Join(found []Mistake) error {
	if len(found) == 0 {
		return nil
	}
	slices.SortStableFunc(found, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &Error{Mistakes: found}
}
