package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// fileFunctions read files of the tree, and no others: what lies outside of it is not known.
func (r *run) fileFunctions() map[string]function.Function {
	return map[string]function.Function{
		"file": r.fileFunction(), "fileexists": r.existsFunction(), "fileset": r.filesetFunction(), "templatefile": r.templateFunction(),
		"basename": ofText(func(s string) (string, error) { return path.Base(s), nil }),
		"dirname":  ofText(func(s string) (string, error) { return path.Dir(s), nil }),
	}
}

// maxRead bounds files that functions read.
const maxRead = 1 << 20

// within is the path in the tree of what expressions name, from the root module's folder.
func (r *run) within(name cty.Value) (string, bool) {
	s := name.AsString()
	p := path.Join(r.root, s)
	return p, !path.IsAbs(s) && fs.ValidPath(p) && !symbolic(name)
}

func (r *run) textOf(name string) (string, error) {
	src, err := r.readFile(name, maxRead)
	switch {
	case err != nil:
		return "", fmt.Errorf("read %s: %w", name, err)
	case !utf8.Valid(src):
		return "", errors.New(name + " is no text")
	}
	return string(src), nil
}

func (r *run) fileFunction() function.Function {
	return function.New(&function.Spec{
		Params: textParameters("path"),
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			name, ok := r.within(args[0])
			if !ok {
				return cty.UnknownVal(t), nil
			}
			s, err := r.textOf(name)
			return cty.StringVal(s), err
		},
	})
}

func (r *run) existsFunction() function.Function {
	return function.New(&function.Spec{
		Params: textParameters("path"),
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			name, ok := r.within(args[0])
			if !ok {
				return cty.UnknownVal(t), nil
			}
			info, err := fs.Stat(r.fsys, name)
			return cty.BoolVal(err == nil && info.Mode().IsRegular()), nil
		},
	})
}

// templateFunction evaluates a file as a template, in which no further template may be
// (https://developer.hashicorp.com/terraform/language/functions/templatefile).
func (r *run) templateFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name, ok := r.within(args[0])
			if !ok {
				return cty.DynamicVal, nil
			}
			e, err := r.templateAt(name)
			if err != nil {
				return cty.NilVal, err
			}
			if t := args[1].Type(); !t.IsObjectType() && !t.IsMapType() {
				return cty.NilVal, errors.New("its second argument is a map")
			}
			functions := maps.Clone(r.functions)
			delete(functions, "templatefile")
			delete(functions, "core::templatefile")
			v, diags := r.budget.evaluate(e, args[1].AsValueMap(), functions)
			if diags.HasErrors() {
				return cty.NilVal, said(diags)
			}
			return v, nil
		},
	})
}

func (r *run) templateAt(name string) (hclsyntax.Expression, error) {
	if e := r.templates[name]; e != nil {
		return e, nil
	}
	src, err := r.textOf(name)
	if err != nil {
		return nil, err
	}
	tokens, _ := hclsyntax.LexTemplate([]byte(src), name, hcl.InitialPos)
	if err := checkNesting(tokens); err != nil {
		return nil, err
	}
	e, diags := hclsyntax.ParseTemplate([]byte(src), name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, said(diags)
	}
	bounded, err := r.bound(e)
	if err == nil {
		r.templates[name] = bounded
	}
	return bounded, err
}
