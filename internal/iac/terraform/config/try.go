package config

import (
	"errors"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// try is the first expression that does not fail. Terraform takes a value that is not known as a whole for one that may fail yet; a plain
// reference fails at once or never, so that parts of a resource pass through
// (https://developer.hashicorp.com/terraform/language/functions/try).
func try() function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
		Type: func(args []cty.Value) (cty.Type, error) {
			v, err := firstOf(args)
			return v.Type(), err
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return firstOf(args) },
	})
}

func firstOf(args []cty.Value) (cty.Value, error) {
	for _, arg := range args {
		closure := customdecode.ExpressionClosureFromVal(arg)
		v, diags := closure.Value()
		switch {
		case diags.HasErrors():
			continue
		case v.IsWhollyKnown(), v.IsKnown() && isReference(closure.Expression):
			return v, nil
		}
		return cty.DynamicVal, nil
	}
	return cty.DynamicVal, errors.New("no expression succeeds")
}

// isReference reports whether an expression does nothing but refer.
func isReference(e hcl.Expression) bool {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return true
	case *hclsyntax.RelativeTraversalExpr:
		return isReference(e.Source)
	case *hclsyntax.FunctionCallExpr:
		return e.Name == meterFunction && isReference(e.Args[0])
	}
	return false
}
