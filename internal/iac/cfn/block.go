package cfn

import (
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// block is a mapping of properties whose facts are read.
type block struct {
	b   *build.Builder
	at  build.Pos // of what lacks a property that is not written
	v   value
	off string // why nothing in it is known, although it is written; empty: it counts
}

// property is a block's value under a name: nothing when it is known not to be written.
func (k block) property(name string) (value, build.Pos) {
	switch {
	case k.off != "":
		return unknownOf(k.at, k.off), k.at
	case k.v.form == unresolved:
		return k.v, k.v.pos
	case k.v.form == nothing:
		return k.v, k.at
	case k.v.form != object:
		return unknownOf(k.v.pos, "a mapping is expected here"), k.v.pos
	}
	if v, pos, ok := k.v.field(name); ok {
		return v, pos
	}
	if k.v.open != "" {
		return unknownOf(k.at, k.v.open), k.at
	}
	return value{form: nothing}, k.at
}

// block is the mapping under a name.
func (k block) block(name string) block {
	v, pos := k.property(name)
	return block{b: k.b, at: pos, v: v}
}

func read[T any](k block, name string, of func(value) (T, string)) estate.Fact[T] {
	v, pos := k.property(name)
	switch v.form {
	case nothing:
		return build.Absent[T](k.b, pos)
	case unresolved:
		return unknownFact[T](k.b, pos, v.why)
	}
	got, why := of(v)
	if why != "" {
		return unknownFact[T](k.b, pos, why)
	}
	return build.Known(k.b, got, pos)
}

func unknownFact[T any](b *build.Builder, p build.Pos, why string) estate.Fact[T] {
	return build.Unknown[T](b, p, build.NotResolved, why)
}

// or puts AWS's default where nothing is written.
func or[T any](k block, f estate.Fact[T], standard T) estate.Fact[T] {
	if f.IsAbsent() {
		return build.Known(k.b, standard, k.at)
	}
	return f
}

const known = "only deployment tells what it comes to"

// name reads a text that identifies something: symbols stay, since they compare.
func (k block) name(name string) estate.Fact[string] {
	return read(k, name, func(v value) (string, string) {
		s, ok := v.asText()
		if !ok {
			return "", "a text is expected here"
		}
		return s, ""
	})
}

// word reads a text of which the value matters.
func (k block) word(name string) estate.Fact[string] { return read(k, name, flatText) }

func flatText(v value) (string, string) {
	if s, ok := v.flat(); ok {
		return s, ""
	}
	return "", known
}

func (k block) flag(name string) estate.Fact[bool] {
	return read(k, name, func(v value) (bool, string) {
		s, why := flatText(v)
		switch strings.ToLower(s) {
		case "true", "yes", "on": // YAML 1.1, which CloudFormation reads
			return true, why
		case "false", "no", "off":
			return false, why
		}
		return false, orText(why, "true or false is expected here")
	})
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (k block) number(name string) estate.Fact[int64] {
	return read(k, name, func(v value) (int64, string) {
		s, why := flatText(v)
		if why != "" {
			return 0, why
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, "a whole number is expected here"
		}
		return n, ""
	})
}

// elements are a list's; CloudFormation takes a single value as a list of one.
func (v value) elements() []value {
	if v.form == listing {
		return v.items
	}
	return []value{v}
}

// names reads a list of texts that identify something. What is not known of one becomes a symbol.
func (k block) names(name string) estate.Fact[[]string] {
	return read(k, name, func(v value) ([]string, string) {
		items := v.elements()
		out := []string{}
		for _, item := range items {
			s, ok := item.asText()
			if !ok {
				return nil, "a text is expected here"
			}
			out = append(out, s)
		}
		return out, ""
	})
}

// tagList reads [{Key, Value}].
func (k block) tagList(name string) estate.Fact[map[string]string] { return read(k, name, tagListOf) }

func tagListOf(v value) (map[string]string, string) {
	r, tags := &items{}, map[string]string{}
	if v.form == unresolved {
		return nil, v.why
	}
	for _, item := range v.elements() {
		if item.form == unresolved {
			return nil, item.why
		}
		content, _, _ := item.field("Value")
		text, ok := content.asText() // one that is not known equals itself alone
		if !ok {
			r.fail("a text is expected here")
		}
		tags[r.word(item, "Key")] = text
	}
	return tags, r.why
}

// tagMap reads {key: value}.
func (k block) tagMap(name string) estate.Fact[map[string]string] { return read(k, name, tagMapOf) }

func tagMapOf(v value) (map[string]string, string) {
	if v.form != object || v.open != "" {
		return nil, orText(orText(v.why, v.open), "a mapping is expected here")
	}
	tags := map[string]string{}
	for _, f := range v.fields {
		content, ok := f.value.asText()
		if !ok {
			return nil, "a text is expected here"
		}
		tags[f.key] = content
	}
	return tags, ""
}

// blocks are the mappings of a list, and whether they are all.
func (k block) blocks(name string) ([]block, estate.Fact[bool]) {
	v, pos := k.property(name)
	switch v.form {
	case nothing:
		return nil, build.Known(k.b, true, pos)
	case unresolved:
		return nil, unknownFact[bool](k.b, pos, v.why)
	case object: // CloudFormation takes one as a list
		return []block{{b: k.b, at: v.pos, v: v}}, build.Known(k.b, true, pos)
	}
	whole := build.Known(k.b, true, pos)
	var out []block
	for _, item := range v.items {
		if item.form != object {
			whole = unknownFact[bool](k.b, item.pos, orText(item.why, "a mapping is expected here"))
			continue
		}
		out = append(out, block{b: k.b, at: item.pos, v: item})
	}
	return out, whole
}
