package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// isOverride reports whether a file changes what other files declare
// (https://developer.hashicorp.com/terraform/language/files/override).
func isOverride(name string) bool {
	base := strings.TrimSuffix(name, ".json")
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".tf"), ".tofu")
	return base == "override" || strings.HasSuffix(base, "_override")
}

// override merges a file's blocks into those that are declared: attributes one by one, nested blocks by their type.
func (m *module) override(body *hclsyntax.Body) {
	for _, b := range body.Blocks {
		if b.Type == "locals" {
			for name, a := range b.Body.Attributes {
				m.locals[name] = a
			}
			continue
		}
		if at := m.declared(b); at != nil {
			merge(at.Body, b.Body)
		}
	}
}

// declared is the block that another one changes.
func (m *module) declared(b *hclsyntax.Block) *hclsyntax.Block {
	switch {
	case len(b.Labels) == 2 && b.Type == "resource":
		return m.resources[b.Labels[0]+"."+b.Labels[1]]
	case len(b.Labels) == 2 && b.Type == "data":
		return m.data[b.Labels[0]+"."+b.Labels[1]]
	case len(b.Labels) != 1:
		return nil
	}
	switch b.Type {
	case "variable":
		return m.variables[b.Labels[0]]
	case "output":
		return m.outputs[b.Labels[0]]
	case "module":
		return m.call(b.Labels[0])
	case "provider":
		alias, _ := literal(b.Body, "alias")
		for _, p := range m.providers {
			if other, _ := literal(p.Body, "alias"); p.Labels[0] == b.Labels[0] && other == alias {
				return p
			}
		}
	}
	return nil
}

func merge(into, from *hclsyntax.Body) {
	for name, a := range from.Attributes {
		into.Attributes[name] = a
	}
	replaced := map[string]bool{}
	for _, b := range from.Blocks {
		name := blockName(b)
		if replaced[name] = true; from.Attributes[name] == nil {
			delete(into.Attributes, name) // JSON is read both ways
		}
	}
	into.Blocks = append(slices.DeleteFunc(slices.Clone(into.Blocks), func(b *hclsyntax.Block) bool { return replaced[blockName(b)] }), from.Blocks...)
}

// blockName is the type of a nested block, those that are made dynamically included.
func blockName(b *hclsyntax.Block) string {
	if b.Type == "dynamic" && len(b.Labels) == 1 {
		return b.Labels[0]
	}
	return b.Type
}
