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
			if !b.spend(converting(name, f, args)) {
				return cty.NilType, b.err
			}
			return f.ReturnTypeForValues(seen(args))
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(seen(args))
			if err != nil {
				return v, err
			}
			n := b.size(v)
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

// maxProduct bounds functions that put each part of one argument beside each part of another, in bytes or elements.
const maxProduct = 1 << 24

// length64 is how long a text is.
func length64(v cty.Value) int64 {
	if v.Type() != cty.String || !v.IsKnown() || v.IsNull() {
		return 0
	}
	return int64(len(v.AsString()))
}

// admit counts what a call costs, before it is made.
func (b *budget) admit(name string, args []cty.Value) error {
	sum, product := int64(1), int64(1)
	for _, a := range args {
		n := b.size(a)
		if n > maxSize {
			return errors.New("its arguments are too large")
		}
		sum += n
		product = min(product, maxProduct+1) * max(1, length64(a), n)
	}
	cost := sum
	switch name {
	case "yamldecode", "jsondecode", "csvdecode":
		cost += length64(args[0])
	case "setproduct", "formatlist", "replace", "join", "matchkeys", "regex", "regexall":
		if cost += product / 256; product > maxProduct {
			return errors.New("its result is too large")
		}
	case "distinct":
		cost += sum * sum / 8
	case "indent":
		cost += sum * 8
	}
	if (name == "format" || name == "formatlist" || name == "indent") && wide(args) {
		return errors.New("it is asked for more signs than are read")
	}
	if cost > maxWork {
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

// converting is what it costs that a function takes lists or maps of one type.
func converting(name string, f function.Function, args []cty.Value) int64 {
	cost := int64(0)
	for i, a := range args {
		p := f.VarParam()
		if i < len(f.Params()) {
			p = &f.Params()[i]
		}
		if p.Type.IsCollectionType() || name == "tolist" || name == "toset" || name == "tomap" {
			cost += conversion(a)
		}
	}
	return cost
}
