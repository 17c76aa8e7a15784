package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// form is what is known of a value.
type form uint8

const (
	unresolved form = iota // why says what keeps it from being known
	nothing                // AWS::NoValue, or null: as if it were not written
	text                   // may hold symbols, ${…}
	listing
	object
)

// value is what a node comes to. It keeps the place at which it is used, not the one of the parameter that it came of.
type value struct {
	form   form
	pos    build.Pos
	text   string
	items  []value
	fields []field
	why    string
	open   string // of an object: why it may hold more than its fields; empty: it does not
}

type field struct {
	key   string
	pos   build.Pos
	value value
}

func textOf(s string, p build.Pos) value { return value{form: text, text: s, pos: p} }

func unknownOf(p build.Pos, why string) value { return value{pos: p, why: why} }

// maxText bounds texts that functions make: nested, they could double at every level.
const maxText = 256 << 10

// made is a text that a function put together.
func made(s string, p build.Pos) value {
	if len(s) > maxText {
		return unknownOf(p, "the text is longer than 256 KiB")
	}
	return textOf(dynamic(s), p)
}

// literalSign begins the symbol of a text ${…} that means itself.
const literalSign = "="

const symbolOfText = "${" + literalSign

// symbolic reports whether a text names what is known only after deployment.
func symbolic(s string) bool { return strings.Contains(s, "${") }

// symbol is ${…} around a name, without the signs that patterns and symbols give a meaning.
func symbol(name string) string {
	return "${" + strings.Map(func(r rune) rune {
		if strings.ContainsRune("{}*", r) || r <= ' ' {
			return '_'
		}
		return r
	}, name) + "}"
}

// asText is a value within a text: one that is not known is a symbol of its place, equal to itself alone.
func (v value) asText() (string, bool) {
	switch v.form {
	case text:
		return v.text, true
	case unresolved:
		return symbol("?" + v.pos.String()), true
	case nothing:
		return "", true
	}
	return "", false
}

// flat is a text that holds no symbol.
func (v value) flat() (string, bool) {
	if v.form == text && !symbolic(v.text) {
		return v.text, true
	}
	return "", false
}

// same compares values: yes and no are certain.
func same(a, b value) truth {
	switch {
	case a.form == unresolved || b.form == unresolved || a.open != "" || b.open != "":
		return maybe
	case a.form != b.form:
		return no
	}
	switch a.form {
	case text:
		return sameText(a.text, b.text)
	case listing:
		return sameItems(a.items, b.items)
	case object:
		return sameFields(a, b)
	}
	return yes
}

func sameText(a, b string) truth {
	switch {
	case a == b:
		return yes
	case symbolic(a) || symbolic(b):
		return maybe
	}
	return no
}

func sameItems(a, b []value) truth {
	if len(a) != len(b) {
		return no
	}
	t := yes
	for i := range a {
		t = t.and(same(a[i], b[i]))
	}
	return t
}

func sameFields(a, b value) truth {
	if len(a.fields) != len(b.fields) {
		return no
	}
	t := yes
	for _, f := range a.fields {
		other, _, has := b.field(f.key)
		if !has {
			return no
		}
		t = t.and(same(f.value, other))
	}
	return t
}

func (v value) field(key string) (value, build.Pos, bool) {
	for _, f := range v.fields {
		if f.key == key {
			return f.value, f.pos, true
		}
	}
	return value{}, build.Pos{}, false
}

// truth is three-valued; the zero value is maybe.
type truth uint8

const (
	maybe truth = iota
	no
	yes
)

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return maybe
}

func (t truth) and(o truth) truth {
	switch {
	case t == no || o == no:
		return no
	case t == yes && o == yes:
		return yes
	}
	return maybe
}

func (t truth) or(o truth) truth { return t.not().and(o.not()).not() }
