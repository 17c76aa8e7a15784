package config

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// body evaluates a block's attributes and nested blocks, but for those that are left out.
func (s *scope) body(b *hclsyntax.Body, at build.Pos, f frame, leave func(string) bool) resource.Body {
	out := resource.NewBody(at)
	for name, a := range b.Attributes {
		if leave(name) {
			continue
		}
		v := s.evaluate(a.Expr, f)
		out.Set(name, v.v, place(a.Expr.Range()), v.why)
	}
	for _, inner := range b.Blocks {
		switch {
		case leave(inner.Type):
		case inner.Type == "dynamic" && len(inner.Labels) == 1:
			s.dynamic(out, inner, f)
		default:
			out.Add(inner.Type, s.body(inner.Body, header(inner), f, nothing))
		}
	}
	return out
}

func nothing(string) bool { return false }

// dynamic makes the blocks of a dynamic block
// (https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks).
func (s *scope) dynamic(out resource.Body, b *hclsyntax.Block, f frame) {
	name := b.Labels[0]
	content, each := contentOf(b), b.Body.Attributes["for_each"]
	if content == nil || each == nil {
		out.Leave(name, "the dynamic block "+name+" lacks for_each or content")
		return
	}
	v := s.evaluate(each.Expr, f)
	switch t := v.v.Type(); {
	case !v.v.IsKnown():
		out.Leave(name, "for_each of the dynamic block "+name+" is not known: "+v.why)
		return
	case v.v.IsNull() || t.IsPrimitiveType():
		out.Leave(name, "for_each of the dynamic block "+name+" is no collection")
		return
	}
	for it := v.v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if v.v.Type().IsSetType() {
			k = e
		}
		if !s.budget.spend(1) {
			return
		}
		out.Add(name, s.body(content.Body, header(b), f.with(iteratorName(b), k, e, v.why), nothing))
	}
}

func contentOf(b *hclsyntax.Block) *hclsyntax.Block {
	for _, inner := range b.Body.Blocks {
		if inner.Type == "content" {
			return inner
		}
	}
	return nil
}

// iteratorName is what content calls the element.
func iteratorName(b *hclsyntax.Block) string {
	if a := b.Body.Attributes["iterator"]; a != nil {
		if name := keyword(a.Expr); name != "" {
			return name
		}
	}
	return b.Labels[0]
}

// with is a frame in which an iterator stands for an element as well.
func (f frame) with(name string, key, element cty.Value, why string) frame {
	out := frame{instance: f.instance, iterators: map[string]value{}}
	for k, v := range f.iterators {
		out.iterators[k] = v
	}
	v := cty.ObjectVal(map[string]cty.Value{"key": key, "value": element})
	if v.IsWhollyKnown() {
		why = ""
	}
	out.iterators[name] = value{v, why}
	return out
}
