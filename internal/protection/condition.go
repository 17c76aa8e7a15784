package protection

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// operator is one of the four of Conditions.
type operator uint8

const (
	stringEquals operator = iota
	stringNotEquals
	stringLike
	stringNotLike
)

func (o operator) String() string {
	return [...]string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike"}[o]
}

func (o operator) negated() bool { return o == stringNotEquals || o == stringNotLike }

// condition is one entry of Conditions. An operator whose entries are not known is one condition that is not known.
type condition struct {
	op    operator
	known bool
	key   string // without its prefix
	value string
	bare  bool // the prefix is missing: no tag is meant
	field string
	fact  estate.Ref
}

func newConditions(s *estate.Selection) []condition {
	var out []condition
	for _, o := range []struct {
		op    operator
		field string
		fact  estate.Fact[[]estate.TagMatch]
	}{
		{stringEquals, "string_equals", s.StringEquals},
		{stringLike, "string_like", s.StringLike},
		{stringNotEquals, "string_not_equals", s.StringNotEquals},
		{stringNotLike, "string_not_like", s.StringNotLike},
	} {
		list, ok := o.fact.Get()
		if !ok && !o.fact.IsAbsent() {
			out = append(out, condition{op: o.op, field: o.field, fact: o.fact.Ref()})
		}
		for _, t := range list {
			key, prefixed := strings.CutPrefix(t.Key, tagPrefix)
			out = append(out, condition{op: o.op, known: true, key: key, value: t.Value, bare: !prefixed, field: o.field, fact: o.fact.Ref()})
		}
	}
	return out
}

// filter is whether all conditions hold.
func (s *selectionIndex) filter(x *subject) tri {
	t := yes
	for i := range s.conditions {
		if t = t.and(s.conditions[i].holds(x)); t == no {
			return no
		}
	}
	return t
}

// holds judges one condition. A key without the prefix names no tag (semantics 1.4). A negated operator holds for a table without
// the tag: UNCONFIRMED, assumed because IAM does so and the guide's example needs it (semantics 1.2, list 10 number 1).
func (c *condition) holds(x *subject) tri {
	if !c.known {
		return maybe
	}
	match := no
	switch {
	case c.bare:
	case x.tagged == maybe:
		match = maybe
	default:
		if v, has := x.tags[c.key]; has {
			match = c.compare(v)
		}
	}
	if c.op.negated() {
		return match.not()
	}
	return match
}

func (c *condition) compare(v string) tri {
	if c.op == stringEquals || c.op == stringNotEquals {
		return equalText(v, c.value)
	}
	return likeText(c.value, v)
}
