package config

import (
	"errors"
	"regexp"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// wrap bounds a function by what it is given and what it makes; where it inspects texts, symbols are unknown to it.
func (b *budget) wrap(name string, f function.Function, inspects bool) function.Function {
	seen := func(args []cty.Value) []cty.Value {
		if !inspects {
			return args
		}
		out := make([]cty.Value, len(args))
		for i, a := range args {
			out[i] = blind(a)
		}
		return out
	}
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := b.admit(name, args); err != nil {
				return cty.NilType, err
			}
			return f.ReturnTypeForValues(seen(args))
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(seen(args))
			if err != nil {
				return v, err
			}
			n := size(v, maxSize)
			if !b.spend(n) {
				return cty.NilVal, b.err
			}
			if n > maxSize {
				return cty.UnknownVal(v.Type()), nil
			}
			return v, nil
		},
	})
}

// admit counts what a call costs, before it is made.
func (b *budget) admit(name string, args []cty.Value) error {
	sum, product := int64(1), int64(1)
	for _, a := range args {
		n := size(a, maxSize)
		if n > maxSize {
			return errors.New("its arguments are too large")
		}
		sum += n
		product = min(product, maxWork) * n
	}
	cost := sum
	switch name {
	case "setproduct", "formatlist", "replace", "join", "matchkeys":
		cost += product / 8
	case "distinct":
		cost += sum * sum / 8
	case "indent":
		cost += sum * 8
	}
	if (name == "format" || name == "formatlist" || name == "indent") && wide(args) {
		return errors.New("it is asked for more signs than are read")
	}
	if cost > maxWork/4 {
		return errors.New("its result is too large")
	}
	if !b.spend(cost) {
		return b.err
	}
	return nil
}

// wide reports whether a format asks for padding without end.
func wide(args []cty.Value) bool {
	if len(args) == 0 || !args[0].IsKnown() || args[0].IsNull() {
		return false
	}
	switch args[0].Type() {
	case cty.String:
		return regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{4}`).MatchString(args[0].AsString())
	case cty.Number:
		f, _ := args[0].AsBigFloat().Float64()
		return f > 1000
	}
	return false
}
