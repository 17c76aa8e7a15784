package config

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// fileFunctions read files of the tree, and no others: what lies outside of it is not known.
func (r *run) fileFunctions() map[string]function.Function {
	base64Of := func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
	return map[string]function.Function{
		"filebase64": r.contentFunction(base64Of), "filemd5": r.contentFunction(hexOf(md5Sum)), "filesha1": r.contentFunction(hexOf(sha1Sum)),
		"filesha256": r.contentFunction(hexOf(sha256Sum)), "filesha512": r.contentFunction(hexOf(sha512Sum)),
		"filebase64sha256": r.contentFunction(func(b []byte) string { return base64Of(sha256Sum(b)) }),
		"filebase64sha512": r.contentFunction(func(b []byte) string { return base64Of(sha512Sum(b)) }),
		"templatestring":   r.textTemplateFunction(),
		"file":             r.fileFunction(), "fileexists": r.existsFunction(), "fileset": r.filesetFunction(), "templatefile": r.templateFunction(),
		"basename": ofText(func(s string) (string, error) { return path.Base(s), nil }),
		"dirname":  ofText(func(s string) (string, error) { return path.Dir(s), nil }),
	}
}

// ofFiles reports whether a function is one of these.
func ofFiles(name string) bool {
	switch name {
	case "file", "fileexists", "fileset", "templatefile", "templatestring", "basename", "dirname", "filebase64", "filemd5", "filesha1", "filesha256",
		"filesha512", "filebase64sha256", "filebase64sha512":
		return true
	}
	return false
}

func hexOf(sum func([]byte) []byte) func([]byte) string {
	return func(b []byte) string { return hex.EncodeToString(sum(b)) }
}

// pathFunction is of one path in the tree; what it comes to is unknown where the path leads out of it, or is not known itself.
func (r *run) pathFunction(gives cty.Type, of func(name string) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		Params: textParameters("path"),
		Type:   function.StaticReturnType(gives),
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			name, ok := r.within(args[0])
			if !ok {
				return cty.UnknownVal(t), nil
			}
			return of(name)
		},
	})
}

// contentFunction is of a file's bytes.
func (r *run) contentFunction(of func([]byte) string) function.Function {
	return r.pathFunction(cty.String, func(name string) (cty.Value, error) {
		src, err := r.readFile(name, maxRead)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(of(src)), nil
	})
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
	return r.pathFunction(cty.String, func(name string) (cty.Value, error) {
		s, err := r.textOf(name)
		return cty.StringVal(s), err
	})
}

func (r *run) existsFunction() function.Function {
	return r.pathFunction(cty.Bool, func(name string) (cty.Value, error) {
		info, err := fs.Stat(r.fsys, name)
		return cty.BoolVal(err == nil && info.Mode().IsRegular()), nil
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
			return r.fill(e, args[1])
		},
	})
}

// textTemplateFunction evaluates a text as a template (https://developer.hashicorp.com/terraform/language/functions/templatestring).
func (r *run) textTemplateFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "template", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			// A text that only deployment knows has names in it that no template can give a value to.
			e, err := r.parseTemplate([]byte(args[0].AsString()), "template")
			if err != nil {
				return cty.NilVal, err
			}
			v, err := r.fill(e, args[1])
			if err != nil {
				return cty.NilVal, err
			}
			return convert.Convert(v, t)
		},
	})
}

// fill evaluates a template, in which no further one may be.
func (r *run) fill(e hclsyntax.Expression, vars cty.Value) (cty.Value, error) {
	if t := vars.Type(); !t.IsObjectType() && !t.IsMapType() {
		return cty.NilVal, errors.New("its second argument is a map")
	}
	functions := maps.Clone(r.functions)
	for _, name := range []string{"templatefile", "templatestring"} {
		delete(functions, name)
		delete(functions, "core::"+name)
	}
	v, diags := r.budget.evaluate(e, vars.AsValueMap(), functions)
	if diags.HasErrors() {
		return cty.NilVal, said(diags)
	}
	return v, nil
}

func (r *run) templateAt(name string) (hclsyntax.Expression, error) {
	if e := r.templates[name]; e != nil {
		return e, nil
	}
	src, err := r.textOf(name)
	if err != nil {
		return nil, err
	}
	bounded, err := r.parseTemplate([]byte(src), name)
	if err == nil {
		r.templates[name] = bounded
	}
	return bounded, err
}

func (r *run) parseTemplate(src []byte, name string) (hclsyntax.Expression, error) {
	if !r.budget.spend(int64(len(src))) {
		return nil, r.budget.err
	}
	tokens, _ := hclsyntax.LexTemplate(src, name, hcl.InitialPos)
	if err := checkNesting(tokens); err != nil {
		return nil, err
	}
	e, diags := hclsyntax.ParseTemplate(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, said(diags)
	}
	return r.bound(e)
}
