package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Functions that expressions are made to call, beside Terraform's own. No configuration can name them.
const (
	meterFunction   = "(meter)"   // counts the elements of a value, times what is done with each
	unknownFunction = "(unknown)" // stands for functions of providers, and of Terraform to come: try takes no call of them for a mistake
	plainFunction   = "(plain)"   // makes symbols unknown where a text decides
)

// prepare makes all expressions of a body bounded, and blind to what symbols are made of: a symbol compares as what it stands for, which is
// not known, and never by its text.
func (p *project) prepare(body *hclsyntax.Body, kind string) error {
	for name, a := range body.Attributes {
		if static(kind, name) {
			continue
		}
		e, err := p.bound(a.Expr)
		if err != nil {
			return err
		}
		a.Expr = e
	}
	for _, b := range body.Blocks {
		if err := p.prepare(b.Body, b.Type); err != nil {
			return err
		}
	}
	return nil
}

// static reports whether an attribute is read as it is written, and never evaluated.
func static(kind, name string) bool {
	switch name {
	case "depends_on", "provider", "ignore_changes", "replace_triggered_by":
		return true
	case "type":
		return kind == "variable"
	case "providers":
		return kind == "module"
	case "iterator":
		return kind == "dynamic"
	}
	return false
}

// bound prepares one expression.
func (p *project) bound(e hclsyntax.Expression) (hclsyntax.Expression, error) {
	diags := hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		switch e := n.(type) {
		case *hclsyntax.TupleConsExpr:
			meterAll(e.Exprs)
			return crowded(len(e.Exprs), e.SrcRange)
		case *hclsyntax.ObjectConsExpr:
			for i := range e.Items {
				e.Items[i].ValueExpr = meterOne(e.Items[i].ValueExpr)
			}
			return crowded(len(e.Items), e.SrcRange)
		case *hclsyntax.FunctionCallExpr:
			if !p.evaluates(e.Name) {
				e.Name = unknownFunction
			}
			if e.Name != meterFunction {
				meterAll(e.Args)
			}
		case *hclsyntax.BinaryOpExpr:
			e.Op = p.operation(e.Op)
			e.LHS, e.RHS = meterOne(e.LHS), meterOne(e.RHS)
		case *hclsyntax.ForExpr:
			e.CollExpr = metered(e.CollExpr, 10+count(e.ValExpr)+count(e.KeyExpr)+count(e.CondExpr))
		case *hclsyntax.SplatExpr:
			e.Source = metered(e.Source, 3+count(e.Each))
		case *hclsyntax.IndexExpr:
			e.Key = called(plainFunction, e.Key)
		case *hclsyntax.TemplateExpr:
			meterAll(e.Parts)
		}
		return nil
	})
	if diags.HasErrors() {
		return nil, said(diags)
	}
	return e, nil
}

func meterAll(list []hclsyntax.Expression) {
	for i := range list {
		list[i] = meterOne(list[i])
	}
}

// meterOne meters what may be put in many places at once; what is written out is as large as it is written.
func meterOne(e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr:
		return e
	case *hclsyntax.FunctionCallExpr:
		if e.Name == meterFunction {
			return e
		}
	}
	return metered(e, 1)
}

func crowded(n int, r hcl.Range) hcl.Diagnostics {
	if n <= maxElements {
		return nil
	}
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Too many elements", Detail: fmt.Sprintf("a list or an object has at most %d", maxElements), Subject: &r}}
}

func count(e hclsyntax.Expression) int64 {
	if e == nil {
		return 0
	}
	var n int64
	_ = hclsyntax.VisitAll(e, func(hclsyntax.Node) hcl.Diagnostics {
		n++
		return nil
	})
	return n
}

func metered(e hclsyntax.Expression, weight int64) hclsyntax.Expression {
	return called(meterFunction, e, &hclsyntax.LiteralValueExpr{Val: cty.NumberIntVal(weight), SrcRange: e.Range()})
}

func called(name string, args ...hclsyntax.Expression) hclsyntax.Expression {
	r := args[0].Range()
	return &hclsyntax.FunctionCallExpr{Name: name, Args: args, NameRange: r, OpenParenRange: r, CloseParenRange: r}
}

// anything is a parameter that takes whatever there is.
func anything(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}
}

func sameType(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil }

// meter passes a value through and counts it.
func (b *budget) meter() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{anything("value"), anything("weight")},
		Type:   sameType,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			weight, _ := args[1].AsBigFloat().Int64()
			n := b.size(args[0])
			if !b.spend(n * weight) {
				return cty.NilVal, b.err
			}
			if n > maxSize {
				return cty.UnknownVal(args[0].Type()), nil
			}
			return args[0], nil
		},
	})
}

// plain passes a key through unless it is a symbol.
func plain() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{anything("key")},
		Type:   sameType,
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return blind(args[0]), nil },
	})
}

// operation is an operator that takes symbols for unknown and makes no number beyond bounds.
func (p *project) operation(op *hclsyntax.Operation) *hclsyntax.Operation {
	out := *op
	switch op {
	case hclsyntax.OpEqual:
		out.Impl = p.budget.comparison(op.Impl, cty.BoolVal)
	case hclsyntax.OpNotEqual:
		out.Impl = p.budget.comparison(op.Impl, func(same bool) cty.Value { return cty.BoolVal(!same) })
	default:
		out.Impl = p.budget.bounded(op.Impl)
	}
	return &out
}

// comparison answers for symbols what is certain of them: they equal themselves, and those of what is declared are neither null nor empty.
func (b *budget) comparison(f function.Function, answer func(same bool) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(),
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			a, b := args[0], args[1]
			switch {
			case a.IsKnown() && b.IsKnown() && !a.ContainsMarked() && !b.ContainsMarked() && a.RawEquals(b):
				return answer(true), nil
			case empty(a) && standing(b), empty(b) && standing(a):
				return answer(false), nil
			case a.IsNull() && wholeSymbol(b), b.IsNull() && wholeSymbol(a):
				return cty.UnknownVal(cty.Bool), nil
			}
			return f.Call([]cty.Value{blind(a), blind(b)})
		},
	})
}

// bounded is an operator on numbers or truth.
func (b *budget) bounded(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(),
		Type:   func(args []cty.Value) (cty.Type, error) { return f.ReturnTypeForValues(args) },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil && size(v, maxSize) > maxSize {
				return cty.UnknownVal(v.Type()), nil
			}
			return v, err
		},
	})
}
