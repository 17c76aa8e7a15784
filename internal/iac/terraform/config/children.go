package config

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// children are the instances of a module that is called.
type children struct {
	repetition
	scopes  []*scope
	missing string // why the module could not be read; empty: it was
	open    bool
}

// child reads the module that a block calls; why says why it could not be.
func (s *scope) child(call *hclsyntax.Block) *children {
	name := call.Labels[0]
	if c := s.children[name]; c != nil {
		return c
	}
	c := &children{}
	s.children[name] = c
	m, why := s.called(call)
	if m == nil {
		c.missing = why
		return c
	}
	c.open = true
	c.repetition = s.repeats(call)
	for _, i := range c.instances {
		if !s.budget.instance(header(call)) {
			break
		}
		inner := newScope(s.run, m)
		inner.parent, inner.call, inner.instance, inner.level = s, call, i, s.level+1
		inner.address = s.qualified("module." + name + i.key)
		inner.steps = dotted(s.steps, name)
		c.scopes = append(c.scopes, inner)
	}
	c.open = false
	return c
}

func dotted(steps, name string) string {
	if steps == "" {
		return name
	}
	return steps + "." + name
}

// called finds the module of a call: in the same tree, or where Terraform installed it.
func (s *scope) called(call *hclsyntax.Block) (m *module, why string) {
	s.budget.at = header(call)
	if s.level >= maxModules {
		s.budget.fail(fmt.Sprintf("modules call one another more than %d deep", maxModules))
		return nil, s.budget.err.Error()
	}
	name := call.Labels[0]
	dir, installed := s.installed[dotted(s.steps, name)]
	if source, local := localSource(call); local {
		dir = path.Join(s.module.dir, source)
	} else if !installed {
		return nil, "module " + name + " is not installed: run terraform init"
	}
	if !fs.ValidPath(dir) {
		return nil, "module " + name + " lies outside of what is read"
	}
	m, err := s.project.module(dir)
	if err != nil {
		s.mistake(header(call), "read module %s: %v", name, err)
		return nil, err.Error()
	}
	return m, ""
}

// unread stands for a module that could not be read.
func unread(s *scope, call *hclsyntax.Block, why string) resource.Resource {
	return resource.Resource{Root: s.root, Address: s.qualified("module." + call.Labels[0]), Type: resource.TypeModule, At: header(call),
		Maybe: why, Body: resource.Unread(header(call), why)}
}

// installedModules reads what terraform init leaves: the folder of every module, by its path of calls.
func (p *project) installedModules(root string) map[string]string {
	src, err := p.readFile(path.Join(root, ".terraform/modules/modules.json"), maxFile)
	if err != nil {
		return nil // nothing is installed
	}
	var manifest struct {
		Modules []struct{ Key, Dir string }
	}
	if json.Unmarshal(src, &manifest) != nil {
		return nil
	}
	out := map[string]string{}
	for _, m := range manifest.Modules {
		out[m.Key] = path.Join(root, path.Clean(m.Dir))
	}
	return out
}

// moduleName resolves a reference to a module's outputs: the one that is asked for, or all of them where it is not plain which.
func (s *scope) moduleName(n *names, name string, t hcl.Traversal) {
	call := s.module.call(name)
	if call == nil {
		n.set(unknown("module."+name+" is not declared"), "module", name)
		return
	}
	c := s.child(call)
	output := step(t, 2)
	switch {
	case c.missing != "":
		n.set(unknown(c.missing), "module", name)
	case c.open:
		n.set(unknown("module."+name+" rests on itself"), "module", name)
	case c.how == once && output != "" && len(c.scopes) == 1:
		n.set(c.scopes[0].output(output), "module", name, output)
	default:
		n.set(c.outputs(), "module", name)
	}
}

// outputs are all outputs of all instances.
func (c *children) outputs() value {
	if len(c.scopes) < len(c.instances) {
		return unknown("there are too many modules")
	}
	next := 0
	return c.collect(func(*instance) value {
		inner := c.scopes[next]
		next++
		out, why := map[string]cty.Value{}, ""
		for name := range inner.module.outputs {
			v := inner.output(name)
			out[name] = v.v
			if why == "" {
				why = v.why
			}
		}
		return value{cty.ObjectVal(out), why}
	})
}
