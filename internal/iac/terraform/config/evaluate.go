package config

import (
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// frame is what an expression sees beside what its module declares.
type frame struct {
	instance  *instance        // count and each
	iterators map[string]value // of dynamic blocks
}

// evaluate is what an expression comes to. It never fails: what is wrong with it is why it is not known.
func (s *scope) evaluate(e hclsyntax.Expression, f frame) value {
	outer := s.budget.at
	defer func() { s.budget.at = outer; s.budget.depth-- }()
	s.budget.at = place(e.Range())
	if s.budget.depth++; s.budget.depth > maxDepth {
		s.budget.fail("names rest on each other more than 400 deep")
	}
	if !s.budget.spend(1) {
		return unknown(s.budget.err.Error())
	}
	names := s.names(e, f)
	v, diags := s.budget.evaluate(e, names.values(), s.functions)
	if s.budget.err != nil {
		return unknown(s.budget.err.Error())
	}
	s.budget.at = place(e.Range())
	return s.result(v, diags, names.why)
}

func (s *scope) result(v cty.Value, diags hcl.Diagnostics, why string) value {
	if diags.HasErrors() {
		if why != "" {
			return unknown(why)
		}
		return unknown(said(diags).Error())
	}
	n := s.budget.size(v)
	if !s.budget.spend(n) {
		return unknown(s.budget.err.Error())
	}
	switch {
	case n > maxSize:
		return unknown("its value is too large")
	case v.IsWhollyKnown():
		return value{v: v}
	case why == "":
		why = "only deployment tells its value"
	}
	return value{v, why}
}

// names is what the references of an expression come to: objects within objects, as the expression asks for them.
type names struct {
	tree map[string]any // cty.Value, or another map
	why  string         // of the first that is not known
}

func (n *names) values() map[string]cty.Value {
	out := make(map[string]cty.Value, len(n.tree))
	for name, v := range n.tree {
		out[name] = asValue(v)
	}
	return out
}

func asValue(v any) cty.Value {
	if v, is := v.(cty.Value); is {
		return v
	}
	out := map[string]cty.Value{}
	for name, inner := range v.(map[string]any) {
		out[name] = asValue(inner)
	}
	return cty.ObjectVal(out)
}

// set puts a value at a path.
func (n *names) set(v value, path ...string) {
	if v.why != "" && n.why == "" {
		n.why = v.why
	}
	at := n.tree
	for _, step := range path[:len(path)-1] {
		inner, ok := at[step].(map[string]any)
		if !ok {
			if at[step] != nil {
				return // the whole of it is there
			}
			inner = map[string]any{}
			at[step] = inner
		}
		at = inner
	}
	at[path[len(path)-1]] = v.v
}

func (s *scope) names(e hclsyntax.Expression, f frame) *names {
	n := &names{tree: map[string]any{}}
	for _, t := range e.Variables() {
		s.name(n, t, f)
		if s.budget.err != nil {
			break
		}
	}
	return n
}

// name resolves one reference
// (https://developer.hashicorp.com/terraform/language/expressions/references).
func (s *scope) name(n *names, t hcl.Traversal, f frame) {
	root := t.RootName()
	if v, is := f.iterators[root]; is {
		n.set(v, root)
		return
	}
	first := step(t, 1)
	switch root {
	case "var":
		n.set(s.variable(first), root, first)
	case "local":
		n.set(s.local(first), root, first)
	case "module":
		s.moduleName(n, first, t)
	case "path", "terraform":
		n.set(s.constant(root, first), root, first)
	case "count", "each":
		n.set(f.instance.own(root, first), root, first)
	case "self":
		n.set(unknown("self is known only while deploying"), root)
	default:
		s.resourceName(n, t)
	}
}

// resourceName resolves a reference to a resource or a data source.
func (s *scope) resourceName(n *names, t hcl.Traversal) {
	path := []string{t.RootName(), step(t, 1)}
	if path[0] == "ephemeral" {
		n.set(unknown("what is ephemeral is known only while deploying"), path[0])
		return
	}
	if path[0] == "data" {
		path = append(path, step(t, 2))
	}
	address := path[0]
	for _, p := range path[1:] {
		if p == "" {
			n.set(unknown(address+" names no resource"), path[0])
			return
		}
		address += "." + p
	}
	n.set(s.references(address), path...)
}

// step is the name that a traversal takes at a step; empty if it takes none.
func step(t hcl.Traversal, i int) string {
	if i >= len(t) {
		return ""
	}
	switch s := t[i].(type) {
	case hcl.TraverseAttr:
		return s.Name
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString()
		}
	}
	return ""
}

// constant is path.… or terraform.…
func (s *scope) constant(root, name string) value {
	switch root + "." + name {
	case "path.module":
		return text(relative(s.root, s.module.dir))
	case "path.root":
		return text(".")
	case "terraform.workspace":
		if s.workspace != "" {
			return text(s.workspace)
		}
		return text((&scope{run: s.run}).symbol("terraform.workspace"))
	}
	return unknown(root + "." + name + " depends on where Terraform runs")
}

func text(s string) value { return value{v: cty.StringVal(s)} }

func relative(from, to string) string {
	r, err := filepath.Rel(filepath.FromSlash(from), filepath.FromSlash(to))
	if err != nil {
		return to
	}
	return filepath.ToSlash(r)
}
