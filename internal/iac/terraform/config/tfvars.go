package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// given are the values of a root module's variables, in Terraform's order: the environment, terraform.tfvars, *.auto.tfvars, then files and values that are named
// (https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence).
func (r *run) given(m *module) (map[string]value, error) {
	s := newScope(r, m)
	raw := map[string]value{}
	for name, b := range m.variables {
		if written := r.environment("TF_VAR_" + name); written != "" {
			v, err := argument(name, written, b)
			if err != nil {
				return nil, fmt.Errorf("TF_VAR_%s: %w", name, err)
			}
			raw[name] = v
		}
	}
	for _, name := range r.variableFiles() {
		if err := r.readVariables(name, raw); err != nil {
			return nil, err
		}
	}
	for name, written := range r.options.Variables {
		if b := m.variables[name]; b != nil {
			v, err := argument(name, written, b)
			if err != nil {
				return nil, err
			}
			raw[name] = v
		}
	}
	for name, v := range r.options.Values {
		raw[name] = value{v: v}
	}
	out := map[string]value{}
	for name, v := range raw {
		if b := m.variables[name]; b != nil {
			out[name] = s.typed(name, b, &v)
		}
	}
	for name, b := range m.variables {
		if _, has := out[name]; !has {
			out[name] = s.typed(name, b, nil)
		}
	}
	return out, nil
}

func (r *run) variableFiles() []string {
	var files []string
	for _, name := range []string{"terraform.tfvars", "terraform.tfvars.json"} {
		if _, err := fs.Stat(r.fsys, path.Join(r.root, name)); err == nil {
			files = append(files, path.Join(r.root, name))
		}
	}
	entries, err := fs.ReadDir(r.fsys, r.root)
	if err != nil {
		return append(files, r.options.VarFiles...)
	}
	for _, e := range entries { // ReadDir sorts them, as Terraform does
		if strings.HasSuffix(e.Name(), ".auto.tfvars") || strings.HasSuffix(e.Name(), ".auto.tfvars.json") {
			files = append(files, path.Join(r.root, e.Name()))
		}
	}
	return append(files, r.options.VarFiles...)
}

func (r *run) readVariables(name string, into map[string]value) error {
	src, err := r.readFile(name, maxFile)
	if err != nil {
		return fmt.Errorf("read variables: %w", err)
	}
	if src, err = utf8Text(name, src); err != nil {
		return err
	}
	var body *hclsyntax.Body
	if strings.HasSuffix(name, ".json") {
		body, err = parseJSONValues(src, name)
	} else {
		body, err = parseNative(src, name)
	}
	if err != nil {
		return err
	}
	for key, a := range body.Attributes {
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			return said(diags)
		}
		if size(v, maxSize) > maxSize {
			return fmt.Errorf("%s: the value is too large", place(a.SrcRange))
		}
		into[key] = value{v: v}
	}
	return nil
}

// argument is a value as the command line takes it: text as it is for variables that are texts, or else an expression.
func argument(name, written string, b *hclsyntax.Block) (value, error) {
	a := b.Body.Attributes["type"]
	if a == nil || keyword(a.Expr) == "string" || keyword(a.Expr) == "number" || keyword(a.Expr) == "bool" {
		return text(written), nil
	}
	file := "variable " + name
	tokens, _ := hclsyntax.LexExpression([]byte(written), file, hcl.InitialPos)
	if err := checkNesting(tokens); err != nil {
		return value{}, err
	}
	e, diags := hclsyntax.ParseExpression([]byte(written), file, hcl.InitialPos)
	if diags.HasErrors() {
		return value{}, said(diags)
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() {
		return value{}, said(diags)
	}
	if v == cty.NilVal || size(v, maxSize) > maxSize {
		return value{}, errors.New(file + ": the value is too large")
	}
	return value{v: v}, nil
}
