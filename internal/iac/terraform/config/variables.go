package config

import (
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// variable is an input of the module: what its call gives, or else its default
// (https://developer.hashicorp.com/terraform/language/values/variables).
func (s *scope) variable(name string) value {
	b := s.module.variables[name]
	if b == nil {
		return unknown("var." + name + " is not declared")
	}
	if m := s.variables[name]; m != nil && s.parent == nil {
		return m.get("var."+name, nil)
	}
	return memoOf(s.variables, name).get("var."+name, func() value { return s.input(name, b) })
}

func (s *scope) input(name string, b *hclsyntax.Block) value {
	var given *value
	if s.parent != nil {
		if a := s.call.Body.Attributes[name]; a != nil {
			v := s.parent.evaluate(a.Expr, frame{instance: s.instance})
			given = &v
		}
	}
	return s.typed(name, b, given)
}

// typed is a variable's value, converted to its type.
func (s *scope) typed(name string, b *hclsyntax.Block, given *value) value {
	t, defaults := cty.DynamicPseudoType, (*typeexpr.Defaults)(nil)
	if a := b.Body.Attributes["type"]; a != nil {
		constraint, d, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
		if diags.HasErrors() {
			return unknown(said(diags).Error())
		}
		t, defaults = constraint, d
	}
	initial := b.Body.Attributes["default"]
	if given == nil || (given.v.IsNull() && initial != nil && !s.nullable(b)) {
		if initial == nil {
			return s.ungiven(name, t)
		}
		v := s.evaluate(initial.Expr, frame{})
		given = &v
	}
	v := given.v
	if !s.budget.spend(conversion(v)) {
		return unknown(s.budget.err.Error())
	}
	if defaults != nil && !v.IsNull() && v.IsKnown() {
		v = defaults.Apply(v)
	}
	out, err := convert.Convert(v, t)
	if err == nil {
		return value{out, given.why}
	}
	if out, blinded := convert.Convert(blind(v), t); blinded == nil && holdsSymbol(v) {
		return value{out, "var." + name + " is known after deployment"}
	}
	return unknown("var." + name + " is given a value of another type: " + err.Error())
}

// ungiven is a variable that has no value. A text of a root module is a symbol: wherever it is used, it is the same.
func (s *scope) ungiven(name string, t cty.Type) value {
	if t == cty.String && s.parent == nil {
		return text(s.symbol("var." + name))
	}
	return value{cty.UnknownVal(t), "var." + name + " has no value"}
}

func (s *scope) nullable(b *hclsyntax.Block) bool {
	a := b.Body.Attributes["nullable"]
	if a == nil {
		return true
	}
	v := s.evaluate(a.Expr, frame{})
	return !v.v.RawEquals(cty.False)
}
