package config

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// symbolic reports whether a value is a text with symbols.
func symbolic(v cty.Value) bool {
	return v.Type() == cty.String && v.IsKnown() && !v.IsNull() && !v.IsMarked() && resource.Symbolic(v.AsString())
}

// wholeSymbol reports whether a value is one symbol and nothing beside it.
func wholeSymbol(v cty.Value) bool {
	if !symbolic(v) {
		return false
	}
	s := v.AsString()
	return strings.HasPrefix(s, "${") && strings.IndexByte(s, '}') == len(s)-1
}

// standing reports whether a text cannot be null or empty once it is deployed: it has signs of its own, or names what is declared or found.
func standing(v cty.Value) bool {
	if !symbolic(v) {
		return false
	}
	s := v.AsString()
	switch {
	case !wholeSymbol(v), strings.HasPrefix(s, "${!"), strings.HasPrefix(s, "${AWS::"):
		return true
	}
	return !strings.Contains(s, "var.") && (strings.HasSuffix(s, ".arn}") || strings.HasSuffix(s, ".id}"))
}

// empty reports whether a value is null, or a text without signs.
func empty(v cty.Value) bool {
	return v.IsNull() || v.RawEquals(cty.StringVal(""))
}

// blind makes every symbol within a value unknown.
func blind(v cty.Value) cty.Value {
	if !v.IsKnown() || v.IsNull() {
		return v
	}
	if t := v.Type(); t.IsPrimitiveType() {
		if symbolic(v) {
			return cty.UnknownVal(cty.String).RefineNotNull()
		}
		return v
	}
	if !holdsSymbol(v) {
		return v
	}
	out, err := cty.Transform(v, func(_ cty.Path, e cty.Value) (cty.Value, error) {
		if symbolic(e) {
			return cty.UnknownVal(cty.String), nil
		}
		return e, nil
	})
	if err != nil {
		return cty.UnknownVal(v.Type())
	}
	return out
}

func holdsSymbol(v cty.Value) bool {
	found := false
	_ = cty.Walk(v, func(_ cty.Path, e cty.Value) (bool, error) { // the visitor has no errors
		found = found || symbolic(e)
		return !found, nil
	})
	return found
}
