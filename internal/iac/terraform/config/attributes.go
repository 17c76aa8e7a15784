package config

import (
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// attributes are the names of attributes that a module's expressions ask of resources: what deployment alone knows has no other list.
type attributes struct {
	of    map[string]map[string]bool // by address within the module, as type.name
	loose map[string]bool            // of values that may be resources: within for, splat and each
}

// wanted collects the attributes that are asked for, once for a module.
func (m *module) wanted() *attributes {
	if m.asked != nil {
		return m.asked
	}
	m.asked = &attributes{of: map[string]map[string]bool{}, loose: map[string]bool{}}
	for _, body := range m.bodies {
		_ = hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
			switch e := n.(type) {
			case *hclsyntax.ScopeTraversalExpr:
				m.asked.take(e.Traversal)
			case *hclsyntax.RelativeTraversalExpr:
				m.asked.relative(e.Traversal)
			}
			return nil
		})
	}
	return m.asked
}

func (a *attributes) take(t hcl.Traversal) {
	root := t.RootName()
	from := 1
	switch {
	case root == "data":
		from = 3
	case strings.Contains(root, "_"):
		from = 2
	}
	if len(t) <= from {
		return
	}
	if from == 1 {
		a.relative(t[1:])
		return
	}
	address := root
	for i := 1; i < from; i++ {
		address += "." + step(t, i)
	}
	if a.of[address] == nil {
		a.of[address] = map[string]bool{}
	}
	for i, s := range t[from:] {
		if attr, is := s.(hcl.TraverseAttr); is {
			a.of[address][attr.Name] = true
			a.relative(t[from+i+1:]) // of nested blocks
			return
		}
	}
}

// nested gives the objects that stand for nested blocks the attributes that may be asked of them: those that are not written are not known.
func nested(v cty.Value, loose map[string]bool) cty.Value {
	if !v.IsKnown() || !v.Type().IsTupleType() {
		return v
	}
	items := v.AsValueSlice()
	for i, item := range items {
		if !item.Type().IsObjectType() || !item.IsKnown() || item.IsNull() {
			return v
		}
		fields := map[string]cty.Value{}
		for name := range loose {
			fields[name] = cty.DynamicVal
		}
		for name, inner := range item.AsValueMap() {
			fields[name] = nested(inner, loose)
		}
		items[i] = cty.ObjectVal(fields)
	}
	return cty.TupleVal(items)
}

func (a *attributes) relative(t hcl.Traversal) {
	for _, s := range t {
		if attr, is := s.(hcl.TraverseAttr); is {
			a.loose[attr.Name] = true
		}
	}
}

// each calls f with every name that may be asked of an address, loose ones of other modules among them.
func (a *attributes) each(address string, loose map[string]bool, f func(name string)) {
	for name := range a.of[address] {
		f(name)
	}
	for name := range loose {
		f(name)
	}
	f("arn")
	f("id")
}

// deployed is an attribute that is not written: text where its name says that it is one, else not known at all.
func (i *declared) deployed(r *resource.Resource, name string) cty.Value {
	switch {
	case !isText(name):
		return cty.DynamicVal
	case strings.HasPrefix(i.address, "data."):
		return found(r, name)
	case r.Type == "aws_kms_alias" && name == "target_key_arn":
		return aliased(r)
	}
	return cty.StringVal(r.Attribute(name))
}

func isText(name string) bool {
	switch name {
	case "arn", "id", "name", "url", "result", "hex", "domain", "bucket", "value", "secret_string":
		return true
	}
	return strings.HasSuffix(name, "_arn") || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_name") || strings.HasSuffix(name, "_url")
}

// aliased is the ARN of the key that an alias stands for, which is written as an ARN or as a key's id.
func aliased(r *resource.Resource) cty.Value {
	v, _, set := r.Body.Value("target_key_id")
	if !set || !v.IsKnown() || v.Type() != cty.String {
		return cty.StringVal(r.Attribute("target_key_arn"))
	}
	if id := v.AsString(); !strings.HasPrefix(id, "arn:") {
		return cty.StringVal("arn:" + build.PartitionOf(r.Region) + ":kms:" + resource.RegionText(r.Region) + ":" + resource.AccountText(r.Account) + ":key/" + id)
	}
	return v
}

// reachable collects what all modules that a root module reaches ask of values that may be resources: outputs hand those on whole.
func (r *run) reachable(m *module, steps string, seen map[*module]bool) {
	if seen[m] {
		return
	}
	seen[m] = true
	for name := range m.wanted().loose {
		r.loose[name] = true
	}
	for _, call := range m.calls {
		next := dotted(steps, call.Labels[0])
		dir, found := r.installed[next]
		if source, local := localSource(call); local {
			dir, found = path.Join(m.dir, source), true
		}
		if !found || !fs.ValidPath(dir) {
			continue
		}
		if inner, err := r.module(dir); err == nil { // what is wrong with it is told where it is called
			r.reachable(inner, next, seen)
		}
	}
}
