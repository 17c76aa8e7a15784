package config

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// coalesce is the first argument that is neither null nor an empty text
// (https://developer.hashicorp.com/terraform/language/functions/coalesce).
func coalesce() function.Function {
	p := anything("values")
	return function.New(&function.Spec{
		VarParam: &p,
		Type: func(args []cty.Value) (cty.Type, error) {
			types := make([]cty.Type, len(args))
			for i, a := range args {
				types[i] = a.Type()
			}
			t, _ := convert.UnifyUnsafe(types)
			if t == cty.NilType {
				return t, errors.New("all arguments must have the same type")
			}
			return t, nil
		},
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			for _, a := range args {
				v, err := convert.Convert(a, t)
				switch {
				case err != nil:
					return cty.NilVal, err
				case !v.IsKnown(), wholeSymbol(v) && !standing(v):
					return cty.UnknownVal(t), nil
				case !v.IsNull() && !v.RawEquals(cty.StringVal("")):
					return v, nil
				}
			}
			return cty.NilVal, errors.New("no argument has a value")
		},
	})
}

// lookup finds a key of a map, or gives a default; other elements need not be known.
func lookup() function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{anything("map"), anything("key")},
		VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true},
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			m, key := args[0], args[1]
			switch {
			case !m.IsKnown() || !key.IsKnown() || symbolic(key):
				return cty.DynamicVal, nil
			case m.IsNull() || key.IsNull() || key.Type() != cty.String || (!m.Type().IsMapType() && !m.Type().IsObjectType()):
				return cty.NilVal, errors.New("it takes a map and a key")
			}
			if m.Type().IsObjectType() && m.Type().HasAttribute(key.AsString()) {
				return m.GetAttr(key.AsString()), nil
			}
			if m.Type().IsMapType() && m.HasIndex(key).True() {
				return m.Index(key), nil
			}
			switch {
			case len(args) < 3:
				return cty.NilVal, errors.New("the map has no such key, and there is no default")
			case m.Type().IsMapType():
				return convert.Convert(args[2], m.Type().ElementType())
			}
			return args[2], nil
		},
	})
}

// elements are the parts of a list, a set or a tuple.
func elements(v cty.Value) ([]cty.Value, error) {
	if t := v.Type(); !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
		return nil, errors.New("it takes a list, a set or a tuple")
	}
	return v.AsValueSlice(), nil
}

// overElements is a function of the elements of its one argument. They need not be known.
func overElements(t cty.Type, f func([]cty.Value) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(t),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			items, err := elements(args[0])
			if err != nil {
				return cty.NilVal, err
			}
			return f(items)
		},
	})
}

func one() function.Function {
	return overElements(cty.DynamicPseudoType, func(items []cty.Value) (cty.Value, error) {
		switch len(items) {
		case 0:
			return cty.NullVal(cty.DynamicPseudoType), nil
		case 1:
			return items[0], nil
		}
		return cty.NilVal, errors.New("it takes a list of one element at most")
	})
}

func allTrue() function.Function { return truths(cty.False) }

func anyTrue() function.Function { return truths(cty.True) }

// truths is decided by the first element of one kind.
func truths(deciding cty.Value) function.Function {
	return overElements(cty.Bool, func(items []cty.Value) (cty.Value, error) {
		open := false
		for _, item := range items {
			v, err := convert.Convert(item, cty.Bool)
			switch {
			case err != nil:
				return cty.NilVal, err
			case !v.IsKnown():
				open = true
			case v.RawEquals(deciding), v.IsNull() && deciding.False():
				return deciding, nil
			}
		}
		if open {
			return cty.UnknownVal(cty.Bool), nil
		}
		return deciding.Not(), nil
	})
}

func sum() function.Function {
	return overElements(cty.Number, func(items []cty.Value) (cty.Value, error) {
		total := cty.Zero
		for _, item := range items {
			v, err := convert.Convert(item, cty.Number)
			if err != nil || v.IsNull() {
				return cty.NilVal, errors.New("it takes numbers")
			}
			total = total.Add(v)
		}
		return total, nil
	})
}

// length counts signs of texts as people see them, and elements.
func length() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v := args[0]
			switch t := v.Type(); {
			case t == cty.String:
				return stdlib.Strlen(v)
			case t.IsTupleType():
				return cty.NumberIntVal(int64(len(t.TupleElementTypes()))), nil
			case t.IsObjectType():
				return cty.NumberIntVal(int64(len(t.AttributeTypes()))), nil
			case t == cty.DynamicPseudoType:
				return cty.UnknownVal(cty.Number), nil
			case t.IsCollectionType():
				return v.Length(), nil
			}
			return cty.NilVal, errors.New("it takes a text or a collection")
		},
	})
}

// index is where a list has an element.
func index() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			items, err := elements(args[0])
			if err != nil {
				return cty.NilVal, err
			}
			for i, item := range items {
				same, err := stdlib.Equal(item, args[1])
				switch {
				case err != nil:
					return cty.NilVal, err
				case !same.IsKnown():
					return cty.UnknownVal(cty.Number), nil
				case same.True():
					return cty.NumberIntVal(int64(i)), nil
				}
			}
			return cty.NilVal, errors.New("the list has no such element")
		},
	})
}

// matchKeys takes the values whose key is among those that are searched.
func matchKeys() function.Function {
	list := func(name string) function.Parameter {
		return function.Parameter{Name: name, Type: cty.DynamicPseudoType}
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{list("values"), list("keys"), list("searched")},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() || !args[2].IsWhollyKnown() {
				return cty.DynamicVal, nil
			}
			values, err := elements(args[0])
			keys, err2 := elements(args[1])
			searched, err3 := elements(args[2])
			if err := errors.Join(err, err2, err3); err != nil || len(values) != len(keys) {
				return cty.NilVal, errors.New("it takes values, as many keys, and keys that are searched")
			}
			var out []cty.Value
			for i, k := range keys {
				for _, s := range searched {
					if k.RawEquals(s) {
						out = append(out, values[i])
						break
					}
				}
			}
			return cty.TupleVal(out), nil
		},
	})
}

// transpose turns a map of lists of keys around.
func transpose() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "map", Type: cty.Map(cty.List(cty.String))}},
		Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() {
				return cty.UnknownVal(t), nil
			}
			turned := map[string][]cty.Value{}
			for it := args[0].ElementIterator(); it.Next(); {
				key, list := it.Element()
				if list.IsNull() {
					return cty.NilVal, errors.New("it takes lists that are not null")
				}
				for _, v := range list.AsValueSlice() {
					if v.IsNull() {
						return cty.NilVal, errors.New("it takes texts that are not null")
					}
					turned[v.AsString()] = append(turned[v.AsString()], key)
				}
			}
			if len(turned) == 0 {
				return cty.MapValEmpty(cty.List(cty.String)), nil
			}
			out := map[string]cty.Value{}
			for name, keys := range turned {
				out[name] = cty.ListVal(keys)
			}
			return cty.MapVal(out), nil
		},
	})
}
