package inline

import (
	"strings"
	"unicode"

	"github.com/restorable/restorable/internal/yamlfile"
)

// words takes a comment apart: words between spaces and commas, some with an equals sign and a value, which may be in quotes.
type words struct {
	text         string
	line, column int // of the text's first character; a column counts characters
	open         bool
}

func (w *words) at() yamlfile.Place { return yamlfile.Place{Line: w.line, Column: w.column} }

// take cuts the beginning off.
func (w *words) take(n int) string {
	cut := w.text[:n]
	w.text = w.text[n:]
	for _, c := range cut {
		if w.column++; c == '\n' {
			w.line, w.column = w.line+1, 1
		}
	}
	return cut
}

// next is the next word, and its value where it has one; not ok at the end. Afterwards open says whether a quote is not closed.
func (w *words) next() (key word, value *word, ok bool) {
	w.skip(func(c rune) bool { return unicode.IsSpace(c) || c == ',' })
	if w.text == "" {
		return word{}, nil, false
	}
	key.at = w.at()
	key.text = w.until(func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == '=' })
	if !strings.HasPrefix(w.text, "=") {
		return key, nil, true
	}
	w.take(1)
	v := word{at: w.at()}
	if quote := firstOf(w.text, `"'`); quote != 0 {
		v.text = w.quoted(quote)
	} else {
		v.text = w.until(unicode.IsSpace)
	}
	return key, &v, true
}

func (w *words) skip(what func(rune) bool) {
	w.take(len(w.text) - len(strings.TrimLeftFunc(w.text, what)))
}

func (w *words) until(stop func(rune) bool) string {
	n := strings.IndexFunc(w.text, stop)
	if n < 0 {
		n = len(w.text)
	}
	return w.take(n)
}

func firstOf(s, signs string) byte {
	if s != "" && strings.IndexByte(signs, s[0]) >= 0 {
		return s[0]
	}
	return 0
}

// quoted reads to the closing quote; a backslash before a quote or a backslash takes it as it is.
func (w *words) quoted(quote byte) string {
	var b strings.Builder
	for i := 1; i < len(w.text); i++ {
		switch c := w.text[i]; {
		case c == quote:
			w.take(i + 1)
			return b.String()
		case c == '\\' && i+1 < len(w.text) && (w.text[i+1] == quote || w.text[i+1] == '\\'):
			i++
			b.WriteByte(w.text[i])
		default:
			b.WriteByte(c)
		}
	}
	w.open = true
	w.take(len(w.text))
	return b.String()
}
