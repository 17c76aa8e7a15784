package config

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// Outline is what the root module in a folder declares, with the modules that it calls. A folder without configuration is an fs.ErrNotExist.
func Outline(fsys fs.FS, dir string) (resource.Outline, error) {
	p := newProject(fsys, Options{})
	root, err := p.module(dir)
	switch {
	case err != nil:
		return resource.Outline{}, err
	case len(root.bodies) == 0:
		return resource.Outline{}, fmt.Errorf("read module %s: %w", dir, fs.ErrNotExist)
	}
	o := &outliner{project: p, installed: p.installedModules(dir), out: resource.Outline{Resources: map[string]resource.Said{}}}
	o.module(root, "", "", 0)
	return o.out, nil
}

type outliner struct {
	*project
	installed map[string]string
	seen      int
	out       resource.Outline
}

// maxOutline bounds how many modules are looked into: those that are called by each other in ever more ways end there.
const maxOutline = 10_000

func (o *outliner) module(m *module, address, called string, level int) {
	for name, b := range m.resources {
		o.out.Resources[address+name] = saidOf(b.Body, true)
	}
	for _, call := range m.calls {
		name := call.Labels[0]
		inner, steps := address+"module."+name, dotted(called, name)
		dir, found := o.installed[steps]
		if source, local := localSource(call); local {
			dir, found = path.Join(m.dir, source), true
		}
		o.seen++
		if !found || level >= maxModules || o.seen > maxOutline || !fs.ValidPath(dir) {
			o.out.Unread = append(o.out.Unread, inner)
			continue
		}
		of, err := o.project.module(dir)
		if err != nil {
			o.out.Unread = append(o.out.Unread, inner)
			continue
		}
		o.module(of, inner+".", steps, level+1)
	}
}

// saidOf is what a block is written with.
func saidOf(b *hclsyntax.Body, top bool) resource.Said {
	out := resource.Said{Constants: map[string]string{}, Blocks: map[string][]resource.Said{}}
	for _, inner := range b.Blocks {
		if inner.Type != "dynamic" && (!top || !metaArguments(inner.Type)) {
			out.Blocks[inner.Type] = append(out.Blocks[inner.Type], saidOf(inner.Body, false))
		}
	}
	for name, a := range b.Attributes {
		switch _, block := out.Blocks[name]; {
		case top && metaArguments(name), name == "dynamic":
		case block: // JSON is read both ways
			delete(out.Blocks, name)
			out.Constants[name] = ""
		default:
			out.Constants[name] = constant(a.Expr)
		}
	}
	return out
}

// constant is a text, a number or truth that is written as such, as text.
func constant(e hclsyntax.Expression) string {
	switch e.(type) {
	case *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr:
	default:
		return ""
	}
	if len(e.Variables()) > 0 {
		return ""
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() {
		return ""
	}
	return resource.Constant(v)
}
