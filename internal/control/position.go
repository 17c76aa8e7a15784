package control

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/yamlfile"
)

// placeAt finds where the character at the given line and column of a text (both 1-based) stands in the file.
// It walks the text and the source side by side, so that it holds for plain, quoted, literal and folded scalars alike;
// where quoting changed the characters it stays at the last one that it could follow.
func (m *mistakes) placeAt(s source, line, column int) place {
	return m.placeAtOffset(s, runeOffset(s.text, line, column))
}

// placeAtOffset is placeAt for a number of characters before the place.
func (m *mistakes) placeAtOffset(s source, offset int) place {
	if s.node == nil {
		return s.at
	}
	walk := newSourceWalk(m.Lines, s)
	offset += s.skip
	for i, want := range []rune(s.full) {
		found := walk.follow(want)
		if i == offset || !found {
			return walk.found
		}
	}
	return walk.end()
}

// runeOffset counts the characters before a line and column.
func runeOffset(text string, line, column int) int {
	offset := 0
	for i, l := range strings.Split(text, "\n") {
		if i+1 == line {
			return offset + column - 1
		}
		offset += len([]rune(l)) + 1
	}
	return offset
}

// sourceWalk is a cursor in the lines of a file.
type sourceWalk struct {
	lines [][]rune
	at    place // next character to look at
	found place // where the last character was found
}

func newSourceWalk(lines []string, s source) *sourceWalk {
	w := &sourceWalk{at: s.at, found: s.at}
	for _, l := range lines {
		w.lines = append(w.lines, []rune(strings.TrimRight(l, "\r")))
	}
	if literal, ok := s.node.(*ast.LiteralNode); ok {
		w.at = place{Line: yamlfile.PlaceOf(literal.Start).Line, Column: 1}
		w.nextLine()
		w.found = w.at
	}
	return w
}

func (w *sourceWalk) rune() (rune, bool) {
	if w.at.Line < 1 || w.at.Line > len(w.lines) {
		return 0, false
	}
	line := w.lines[w.at.Line-1]
	switch {
	case w.at.Column-1 < len(line):
		return line[w.at.Column-1], true
	case w.at.Column-1 == len(line):
		return '\n', true
	}
	return 0, false
}

// nextLine goes to the first character of the next line that has one.
func (w *sourceWalk) nextLine() {
	for {
		w.at = place{Line: w.at.Line + 1, Column: 1}
		r, ok := w.rune()
		for ok && (r == ' ' || r == '\t') {
			w.at.Column++
			r, ok = w.rune()
		}
		if !ok || r != '\n' {
			return
		}
	}
}

// follow moves past one character of the text. A blank stands for a line break and the indentation after it, too.
func (w *sourceWalk) follow(want rune) bool {
	const quoting = 3 // a quote, a backslash and what it escapes
	for range quoting {
		r, ok := w.rune()
		if !ok {
			return false
		}
		if (want == ' ' || want == '\n') && r != want && r != '\n' {
			w.found = w.at // indentation that nextLine has passed already
			return true
		}
		if r == '\n' {
			w.found = w.at
			w.nextLine()
			if want == ' ' || want == '\n' {
				return true
			}
			continue
		}
		w.found = w.at
		w.at.Column++
		if r == want {
			return true
		}
	}
	return false
}

// end is where the text ends.
func (w *sourceWalk) end() place {
	if w.found.Column == 0 {
		return w.at
	}
	return place{Line: w.found.Line, Column: w.found.Column + 1}
}
