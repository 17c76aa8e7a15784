package resource

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
)

// Body is what a block says. Readers fill it; it is not changed once it is handed over.
type Body struct {
	At         build.Pos
	attributes map[string]attribute
	blocks     map[string]*group
	open       string
}

type attribute struct {
	value cty.Value
	pos   build.Pos
	why   string
}

// group is all blocks of one name.
type group struct {
	bodies []Body
	open   string // why there may be more of them
}

// NewBody is the empty body of a block that begins at a place.
func NewBody(at build.Pos) Body {
	return Body{At: at, attributes: map[string]attribute{}, blocks: map[string]*group{}}
}

// Unread is a body of which nothing is known, and why.
func Unread(at build.Pos, why string) Body {
	b := NewBody(at)
	b.open = why
	return b
}

// Set notes an attribute: where its expression stands, and, if not all of its value is known, why.
func (b Body) Set(name string, v cty.Value, pos build.Pos, why string) {
	b.attributes[name] = attribute{v, pos, why}
}

// Add notes a nested block.
func (b Body) Add(name string, inner Body) {
	g := b.group(name)
	g.bodies = append(g.bodies, inner)
}

// Leave notes why there may be more blocks of a name than those that were added.
func (b Body) Leave(name, why string) { b.group(name).open = why }

func (b Body) group(name string) *group {
	g := b.blocks[name]
	if g == nil {
		g = &group{}
		b.blocks[name] = g
	}
	return g
}

// Value is an attribute and where its expression stands. What is not set, or null, is null, at the place of the block that lacks it. A value,
// or a part of it, that is not known is an unknown value of cty; a text that only deployment knows is a known text that holds symbols, ${…}.
func (b Body) Value(name string) (v cty.Value, pos build.Pos, set bool) {
	a, ok := b.attributes[name]
	switch {
	case !ok && b.open != "":
		return cty.DynamicVal, b.At, true
	case !ok:
		return cty.NullVal(cty.DynamicPseudoType), b.At, false
	case a.value.IsNull():
		return a.value, b.At, false
	}
	return a.value, a.pos, true
}

// WhyUnknown says why an attribute, or whether there are more blocks of a name, is not known; empty where it is.
func (b Body) WhyUnknown(name string) string {
	if g := b.blocks[name]; g != nil && g.open != "" {
		return g.open
	}
	if a, ok := b.attributes[name]; ok {
		return a.why
	}
	return b.open
}

// Blocks are the nested blocks of a name, in order; whole is false where there may be more. An attribute that holds an object, or a list of
// them, counts as blocks, as plans and JSON configuration write them.
func (b Body) Blocks(name string) (bodies []Body, whole bool) {
	if g := b.blocks[name]; g != nil {
		return g.bodies, g.open == ""
	}
	a, ok := b.attributes[name]
	if !ok {
		return nil, b.open == ""
	}
	return bodiesOf(a)
}

func bodiesOf(a attribute) (bodies []Body, whole bool) {
	t := a.value.Type()
	switch {
	case a.value.IsNull():
		return nil, true
	case !a.value.IsKnown():
		return nil, false
	case t.IsObjectType() || t.IsMapType():
		return []Body{bodyOf(a)}, true
	case t.IsTupleType() || t.IsListType() || t.IsSetType():
		whole = true
		for it := a.value.ElementIterator(); it.Next(); {
			_, v := it.Element()
			inner, all := bodiesOf(attribute{v, a.pos, a.why})
			bodies, whole = append(bodies, inner...), whole && all
		}
		return bodies, whole
	}
	return nil, true
}

func bodyOf(a attribute) Body {
	b := NewBody(a.pos)
	for it := a.value.ElementIterator(); it.Next(); {
		k, v := it.Element()
		why := a.why
		if v.IsWhollyKnown() {
			why = ""
		}
		b.Set(k.AsString(), v, a.pos, why)
	}
	return b
}

// text is an attribute that is a text.
func (b Body) text(name string) (string, bool) {
	v, _, set := b.Value(name)
	if !set || !v.IsKnown() || v.Type() != cty.String || v.AsString() == "" {
		return "", false
	}
	return v.AsString(), true
}

// Fields are attributes by name, with nested blocks as lists of objects, as expressions refer to them; why tells of what is not known.
func (b Body) Fields() (fields map[string]cty.Value, why string) {
	fields = map[string]cty.Value{}
	for name, a := range b.attributes {
		fields[name] = a.value
		if why == "" {
			why = a.why
		}
	}
	for name, g := range b.blocks {
		if _, has := fields[name]; has {
			continue
		}
		var items []cty.Value
		for _, inner := range g.bodies {
			of, more := inner.Fields()
			items = append(items, cty.ObjectVal(of))
			if why == "" {
				why = more
			}
		}
		fields[name] = cty.TupleVal(items)
		if g.open != "" {
			fields[name], why = cty.DynamicVal, g.open
		}
	}
	if why == "" {
		why = b.open
	}
	return fields, why
}
