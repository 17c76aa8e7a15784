package terraform

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

const deployed = "only deployment tells what it comes to"

// block is a body whose facts are read into a unit.
type block struct {
	b    *build.Builder
	body resource.Body
	none bool // there is no such block: nothing in it is set

	managed map[nameIn]string // ARNs of the keys that AWS manages, by unit and service
}

// within is a nested body of the same unit.
func (k block) within(body resource.Body) block {
	k.body, k.none = body, false
	return k
}

func (k block) at() build.Pos { return k.body.At }

// inner is the first nested block of a name. Where there is none, nothing in it is set; where that is not known, nothing in it is known.
func (k block) inner(name string) block {
	bodies, whole := k.body.Blocks(name)
	switch {
	case k.none:
		return k
	case len(bodies) > 0:
		return k.within(bodies[0])
	case !whole:
		return k.within(resource.Unread(k.at(), orText(k.body.WhyUnknown(name), deployed)))
	}
	return k.nothing()
}

// blocks are the nested blocks of a name, and whether they are all.
func (k block) blocks(name string) ([]block, estate.Fact[bool]) {
	bodies, whole := k.body.Blocks(name)
	out := make([]block, len(bodies))
	for i, body := range bodies {
		out[i] = k.within(body)
	}
	if !whole {
		return out, unknownFact[bool](k.b, k.at(), orText(k.body.WhyUnknown(name), deployed))
	}
	return out, build.Known(k.b, true, k.at())
}

func read[T any](k block, name string, of func(cty.Value, build.Pos) (T, string)) estate.Fact[T] {
	v, pos, set := k.body.Value(name)
	switch {
	case !set:
		return build.Absent[T](k.b, pos)
	case !v.IsKnown():
		return unknownFact[T](k.b, pos, orText(k.body.WhyUnknown(name), deployed))
	}
	got, why := of(v, pos)
	if why != "" {
		return unknownFact[T](k.b, pos, why)
	}
	return build.Known(k.b, got, pos)
}

func unknownFact[T any](b *build.Builder, p build.Pos, why string) estate.Fact[T] {
	return build.Unknown[T](b, p, build.NotResolved, why)
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// or puts a default where nothing is written.
func or[T any](k block, f estate.Fact[T], standard T) estate.Fact[T] {
	if f.IsAbsent() {
		return build.Known(k.b, standard, k.at())
	}
	return f
}

// name reads a text that identifies something: symbols stay, since they compare. An empty text is as good as none.
func (k block) name(name string) estate.Fact[string] {
	return emptyIsAbsent(read(k, name, func(v cty.Value, _ build.Pos) (string, string) {
		if s, ok := textOf(v); ok {
			return s, ""
		}
		return "", "a text is expected here"
	}))
}

// word reads a text of which the value matters.
func (k block) word(name string) estate.Fact[string] { return emptyIsAbsent(read(k, name, flatText)) }

func emptyIsAbsent(f estate.Fact[string]) estate.Fact[string] {
	if s, ok := f.Get(); ok && s == "" {
		return estate.AbsentFact[string](f.Source())
	}
	return f
}

// longest is how many binary digits a number may have before or after its point to be written out.
const longest = 4096

func flatText(v cty.Value, _ build.Pos) (string, string) {
	switch s, ok := textOf(v); {
	case !ok:
		return "", "a text is expected here"
	case resource.Symbolic(s):
		return "", deployed
	default:
		return s, ""
	}
}

// textOf is a known value as Terraform makes a text of it.
func textOf(v cty.Value) (string, bool) {
	switch {
	case v.IsNull() || !v.IsKnown():
		return "", false
	case v.Type() == cty.String:
		return v.AsString(), true
	case v.Type() == cty.Number && (v.AsBigFloat().IsInf() || abs(v.AsBigFloat().MantExp(nil)) > longest):
		return "", false
	case v.Type() == cty.Number:
		return v.AsBigFloat().Text('f', -1), true
	case v.Type() == cty.Bool:
		return strconv.FormatBool(v.True()), true
	}
	return "", false
}

func (k block) flag(name string) estate.Fact[bool] {
	return read(k, name, func(v cty.Value, pos build.Pos) (bool, string) {
		s, why := flatText(v, pos)
		switch s {
		case "true":
			return true, why
		case "false":
			return false, why
		}
		return false, orText(why, "true or false is expected here")
	})
}

func (k block) number(name string) estate.Fact[int64] {
	return read(k, name, func(v cty.Value, pos build.Pos) (int64, string) {
		s, why := flatText(v, pos)
		if why != "" {
			return 0, why
		}
		f, ok := new(big.Float).SetString(s)
		if !ok || !f.IsInt() {
			return 0, "a whole number is expected here"
		}
		n, exact := f.Int64()
		if exact != big.Exact {
			return 0, "the number is too large"
		}
		return n, ""
	})
}

// real reads a number that need not be whole.
func (k block) real(name string) estate.Fact[float64] {
	return read(k, name, func(v cty.Value, pos build.Pos) (float64, string) {
		s, why := flatText(v, pos)
		f, err := strconv.ParseFloat(s, 64)
		if why == "" && err != nil {
			why = "a number is expected here"
		}
		return f, why
	})
}

func abs(n int) int { return max(n, -n) }

// nothing is a block in which nothing is set.
func (k block) nothing() block {
	k.body, k.none = resource.NewBody(k.at()), true
	return k
}

// days reads a number of which the provider takes 0 as none.
func (k block) days(name string) estate.Fact[int64] {
	f := k.number(name)
	if n, ok := f.Get(); ok && n == 0 {
		return estate.AbsentFact[int64](f.Source())
	}
	return f
}

// names reads a list of texts that identify something. One that is not known becomes a symbol of its place, equal to itself alone.
func (k block) names(name string) estate.Fact[[]string] {
	return read(k, name, func(v cty.Value, pos build.Pos) ([]string, string) {
		if !isList(v) {
			return nil, "a list is expected here"
		}
		out := []string{}
		for it := v.ElementIterator(); it.Next(); {
			_, item := it.Element()
			s, ok := nameOf(item, pos)
			if !ok {
				return nil, "a text is expected here"
			}
			out = append(out, s)
		}
		return out, ""
	})
}

// nameOf is a text, or what stands for one that is not known.
func nameOf(v cty.Value, pos build.Pos) (string, bool) {
	if !v.IsKnown() {
		return resource.Symbol("?" + pos.String()), true
	}
	return textOf(v)
}

func isList(v cty.Value) bool {
	t := v.Type()
	return t.IsTupleType() || t.IsListType() || t.IsSetType()
}

func isMap(v cty.Value) bool { return v.Type().IsObjectType() || v.Type().IsMapType() }

// texts reads {key: text}. A text that is not known becomes a symbol of its place.
func (k block) texts(name string) estate.Fact[map[string]string] {
	return read(k, name, func(v cty.Value, pos build.Pos) (map[string]string, string) {
		if !isMap(v) {
			return nil, "a map is expected here"
		}
		out := map[string]string{}
		for it := v.ElementIterator(); it.Next(); {
			key, item := it.Element()
			s, ok := nameOf(item, pos)
			switch {
			case ok:
				out[key.AsString()] = s
			case !item.IsNull():
				return nil, "a text is expected here"
			}
		}
		return out, ""
	})
}

// flags reads {key: bool}.
func (k block) flags(name string) estate.Fact[map[string]bool] {
	return read(k, name, func(v cty.Value, pos build.Pos) (map[string]bool, string) {
		if !isMap(v) {
			return nil, "a map is expected here"
		}
		out := map[string]bool{}
		for it := v.ElementIterator(); it.Next(); {
			key, item := it.Element()
			s, why := flatText(item, pos)
			if why != "" || s != "true" && s != "false" {
				return nil, orText(why, "true or false is expected here")
			}
			out[key.AsString()] = s == "true"
		}
		return out, ""
	})
}

// document reads a policy as JSON text. What only deployment tells of it stays in it as symbols; where it is one as a whole, it is not known.
func (k block) document(name string) estate.Fact[string] {
	return read(k, name, func(v cty.Value, _ build.Pos) (string, string) {
		switch s, ok := textOf(v); {
		case !ok || strings.TrimSpace(s) == "":
			return "", "a policy is expected here"
		case wholly(s):
			return "", deployed
		default:
			return s, ""
		}
	})
}

// wholly reports whether a text is one symbol and nothing else. Those within a policy stay: the policy language has none of their form.
func wholly(s string) bool {
	return strings.HasPrefix(s, "${") && strings.IndexByte(s, '}') == len(s)-1
}

// tags are what a resource is tagged with, the provider's default tags included; their place is where the resource's own stand.
func (k block) tags() estate.Fact[map[string]string] {
	own, all := k.texts("tags"), k.texts("tags_all")
	if own.IsUnknown() || all.IsAbsent() {
		return or(k, own, map[string]string{})
	}
	if m, ok := all.Get(); ok && !own.IsAbsent() {
		return estate.KnownFact(m, own.Source())
	}
	return all
}

// textOrHole reads a text as a selection compares it: one that is not known is a symbol of its place.
func textOrHole(v cty.Value, pos build.Pos) (string, string) {
	if s, ok := nameOf(v, pos); ok {
		return s, ""
	}
	return "", "a text is expected here"
}
