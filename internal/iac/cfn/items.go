package cfn

import (
	"strconv"

	"github.com/restorable/restorable/internal/estate"
)

// items reads what a fact holds as a whole: why is the first thing that kept it from being known.
type items struct{ why string }

func (r *items) fail(why string) {
	if r.why == "" {
		r.why = why
	}
}

// child is a member, nothing where it is not written.
func (r *items) child(v value, name string) value {
	if v.form == nothing {
		return v
	}
	if v.form != object {
		r.fail(orText(v.why, "a mapping is expected here"))
		return value{form: nothing}
	}
	member, _, has := v.field(name)
	switch {
	case !has && v.open != "":
		r.fail(v.open)
		return value{form: nothing}
	case !has:
		return value{form: nothing}
	case member.form == unresolved:
		r.fail(member.why)
		return value{form: nothing}
	}
	return member
}

// name is a text that identifies something, empty where it is not written; symbols stay.
func (r *items) name(v value, member string) string {
	m := r.child(v, member)
	s, ok := m.asText()
	if !ok {
		r.fail("a text is expected here")
	}
	return s
}

// word is a text of which the value matters.
func (r *items) word(v value, member string) string {
	s := r.name(v, member)
	if symbolic(s) {
		r.fail(known)
	}
	return s
}

func (r *items) number(v value, member string) float64 {
	s := r.word(v, member)
	if s == "" || r.why != "" {
		return 0
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n != n || n > 1e15 || n < -1e15 {
		r.fail("a number is expected here")
		return 0
	}
	return n
}

func (r *items) whole(v value, member string) int64 { return int64(r.number(v, member)) }

// flag is a member that is true or false, or else the given one.
func (r *items) flag(v value, member string, other bool) bool {
	switch s := r.word(v, member); s {
	case "":
		return other
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	}
	r.fail("true or false is expected here")
	return other
}

// list is a member's elements, none where it is not written.
func (r *items) list(v value, member string) []value {
	m := r.child(v, member)
	if m.form == nothing {
		return nil
	}
	for _, e := range m.elements() {
		if e.form == unresolved {
			r.fail(e.why)
			return nil
		}
	}
	return m.elements()
}

func (r *items) names(v value, member string) []string {
	var out []string
	for _, e := range r.list(v, member) {
		s, ok := e.asText()
		if !ok {
			r.fail("a text is expected here")
		}
		out = append(out, s)
	}
	return out
}

// listOf reads a property as a whole; not written, it is empty.
func listOf[T any](k block, name string, of func(*items, value) T) estate.Fact[[]T] {
	f := read(k, name, func(v value) ([]T, string) {
		r, out := &items{}, []T{}
		for _, e := range v.elements() {
			if e.form == unresolved {
				r.fail(e.why)
				continue
			}
			out = append(out, of(r, e))
		}
		return out, r.why
	})
	return or(k, f, []T{})
}

// either is the first fact that is written.
func either[T any](facts ...estate.Fact[T]) estate.Fact[T] {
	for _, f := range facts {
		if !f.IsAbsent() {
			return f
		}
	}
	return facts[len(facts)-1]
}
