package config

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// module is the configuration in one folder. It is read once and used for every call.
type module struct {
	dir       string
	variables map[string]*hclsyntax.Block
	locals    map[string]*hclsyntax.Attribute
	outputs   map[string]*hclsyntax.Block
	resources map[string]*hclsyntax.Block // managed ones, by type.name
	data      map[string]*hclsyntax.Block // by type.name
	calls     []*hclsyntax.Block
	providers []*hclsyntax.Block
	order     []*hclsyntax.Block // managed resources as they are written
	bodies    []*hclsyntax.Body  // of its files
	asked     *attributes
	err       error
}

// maxFile bounds one file.
const maxFile = 4 << 20

// module reads a folder's configuration, once.
func (p *project) module(dir string) (*module, error) {
	m, ok := p.modules[dir]
	if !ok {
		m = p.parseModule(dir)
		p.modules[dir] = m
	}
	return m, m.err
}

// parseModule may be called side by side.
func (p *project) parseModule(dir string) *module {
	m := &module{dir: dir, variables: map[string]*hclsyntax.Block{}, locals: map[string]*hclsyntax.Attribute{},
		outputs: map[string]*hclsyntax.Block{}, resources: map[string]*hclsyntax.Block{}, data: map[string]*hclsyntax.Block{}}
	m.err = p.load(m)
	return m
}

func (p *project) load(m *module) error {
	entries, err := fs.ReadDir(p.fsys, m.dir)
	if err != nil {
		return fmt.Errorf("read module: %w", err)
	}
	var overrides []*hclsyntax.Body
	for _, e := range entries {
		if e.IsDir() || !isConfig(e.Name()) || shadowed(e.Name(), entries) {
			continue
		}
		body, err := p.parse(path.Join(m.dir, e.Name()))
		if err != nil {
			return err
		}
		m.bodies = append(m.bodies, body)
		if isOverride(e.Name()) {
			overrides = append(overrides, body)
			continue
		}
		if err := m.take(body); err != nil {
			return err
		}
	}
	for _, o := range overrides {
		m.override(o)
	}
	return nil
}

// take sorts a file's blocks.
func (m *module) take(body *hclsyntax.Body) error {
	for _, b := range body.Blocks {
		if first := m.declared(b); first != nil {
			return fmt.Errorf("%s: %s %s is declared already, at %s", header(b), b.Type, strings.Join(b.Labels, "."), header(first))
		}
		switch {
		case b.Type == "locals":
			for name, a := range b.Body.Attributes {
				m.locals[name] = a
			}
		case b.Type == "resource" && len(b.Labels) == 2:
			m.resources[b.Labels[0]+"."+b.Labels[1]] = b
			m.order = append(m.order, b)
		case b.Type == "data" && len(b.Labels) == 2:
			m.data[b.Labels[0]+"."+b.Labels[1]] = b
		case len(b.Labels) == 1:
			m.takeNamed(b)
		}
	}
	return nil
}

func (m *module) takeNamed(b *hclsyntax.Block) {
	switch b.Type {
	case "variable":
		m.variables[b.Labels[0]] = b
	case "output":
		m.outputs[b.Labels[0]] = b
	case "module":
		m.calls = append(m.calls, b)
	case "provider":
		m.providers = append(m.providers, b)
	}
}

// call is the block that calls a module by a name.
func (m *module) call(name string) *hclsyntax.Block {
	for _, b := range m.calls {
		if b.Labels[0] == name {
			return b
		}
	}
	return nil
}

// literal is an attribute that is written as a plain text.
func literal(b *hclsyntax.Body, name string) (string, bool) {
	a := b.Attributes[name]
	if a == nil || len(a.Expr.Variables()) > 0 {
		return "", false
	}
	v, diags := a.Expr.Value(nil)
	if diags.HasErrors() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// localSource is a module's source within the same tree
// (https://developer.hashicorp.com/terraform/language/modules/sources#local-paths).
func localSource(call *hclsyntax.Block) (source string, local bool) {
	source, ok := literal(call.Body, "source")
	return source, ok && (strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../") || source == "." || source == "..")
}
