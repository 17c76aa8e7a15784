package control

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/yamlfile"
)

// plainValue turns a node into what encoding/json writes.
func (m *mistakes) plainValue(n ast.Node) any {
	switch n := n.(type) {
	case *ast.NullNode:
		return nil
	case *ast.BoolNode:
		return n.Value
	case *ast.IntegerNode:
		return json.Number(fmt.Sprint(n.Value))
	case *ast.FloatNode:
		return n.Value
	case *ast.StringNode, *ast.LiteralNode:
		text, _ := yamlfile.Scalar(n)
		return text
	case *ast.SequenceNode:
		out := make([]any, 0, len(n.Values))
		for _, v := range n.Values {
			out = append(out, m.plainValue(v))
		}
		return out
	case *ast.MappingNode, *ast.MappingValueNode:
		in, _ := m.Mapping(n, "this")
		out := make(map[string]any, len(in.Entries))
		for key := range maps.Keys(in.Entries) {
			out[key] = m.plainValue(in.Entries[key])
		}
		return out
	}
	m.Add(yamlfile.At(n), "", "%s", yamlfile.Describe(n))
	return nil
}
