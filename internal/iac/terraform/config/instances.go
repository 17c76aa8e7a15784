package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// how a block is repeated.
type repeat uint8

const (
	once repeat = iota
	counted
	keyed
	unforeseen // how often is not known
)

// instance is one of the instances of a block that count or for_each may repeat.
type instance struct {
	key   string // [0], ["x"], [*] where instances are not known; empty for one that stands alone
	index cty.Value
	value value // each.value
	why   string
}

// repetition is what count or for_each comes to.
type repetition struct {
	how       repeat
	why       string
	instances []*instance
}

// own is count.index, each.key or each.value.
func (i *instance) own(root, name string) value {
	switch {
	case i == nil:
		return unknown(root + "." + name + " stands where nothing is repeated")
	case i.why != "":
		return unknown(i.why)
	case root == "count" && name == "index", root == "each" && name == "key":
		return value{v: i.index}
	case root == "each" && name == "value":
		return i.value
	}
	return unknown("there is no " + root + "." + name)
}

// repeats evaluates count or for_each of a block
// (https://developer.hashicorp.com/terraform/language/meta-arguments).
func (s *scope) repeats(b *hclsyntax.Block) repetition {
	if a := b.Body.Attributes["count"]; a != nil {
		return s.counts(a)
	}
	if a := b.Body.Attributes["for_each"]; a != nil {
		return s.keys(a)
	}
	return repetition{how: once, instances: []*instance{{}}}
}

func unforeseeable(why string) repetition {
	return repetition{how: unforeseen, why: why, instances: []*instance{{key: "[*]", why: why}}}
}

func (s *scope) counts(a *hclsyntax.Attribute) repetition {
	v := s.evaluate(a.Expr, frame{})
	n, err := convert.Convert(v.v, cty.Number)
	switch {
	case v.why != "":
		return unforeseeable("count is not known: " + v.why)
	case err != nil || n.IsNull() || !n.IsKnown():
		return unforeseeable("count is no number")
	}
	most, accuracy := n.AsBigFloat().Int64()
	if accuracy != 0 || most < 0 {
		return unforeseeable("count is no whole number")
	}
	out := repetition{how: counted}
	for i := int64(0); i < most; i++ {
		if !s.budget.instance(place(a.SrcRange)) {
			break
		}
		out.instances = append(out.instances, &instance{key: fmt.Sprintf("[%d]", i), index: cty.NumberIntVal(i)})
	}
	return out
}

func (s *scope) keys(a *hclsyntax.Attribute) repetition {
	v := s.evaluate(a.Expr, frame{})
	t := v.v.Type()
	switch {
	case !v.v.IsKnown():
		return unforeseeable("for_each is not known: " + v.why)
	case v.v.IsNull() || t.IsPrimitiveType():
		return unforeseeable("for_each is neither a map nor a set")
	}
	out := repetition{how: keyed}
	for it := v.v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if t.IsSetType() || t.IsTupleType() || t.IsListType() {
			k = e
		}
		if !k.IsKnown() || k.IsNull() || k.Type() != cty.String {
			return unforeseeable("for_each has keys that are not known: " + v.why)
		}
		if !s.budget.instance(place(a.SrcRange)) {
			break
		}
		inner := value{v: e}
		if !e.IsWhollyKnown() {
			inner.why = v.why
		}
		out.instances = append(out.instances, &instance{key: "[" + quoted(k.AsString()) + "]", index: k, value: inner})
	}
	return out
}

// quoted is a key as Terraform writes it in addresses.
func quoted(key string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(key) + `"`
}

// collect puts what instances come to together, as references see it.
func (r repetition) collect(each func(*instance) value) value {
	switch r.how {
	case unforeseen:
		return unknown(r.why)
	case once:
		return each(r.instances[0])
	}
	items, keys, why := make([]cty.Value, len(r.instances)), map[string]cty.Value{}, ""
	for i, inst := range r.instances {
		v := each(inst)
		items[i] = v.v
		if why == "" {
			why = v.why
		}
		if r.how == keyed {
			keys[inst.index.AsString()] = v.v
		}
	}
	if r.how == counted {
		return value{cty.TupleVal(items), why}
	}
	return value{cty.ObjectVal(keys), why}
}
