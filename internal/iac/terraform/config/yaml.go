package config

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// yamlDecode reads one YAML document of plain values. Anchors, tags and merging are not evaluated
// (https://developer.hashicorp.com/terraform/language/functions/yamldecode).
func yamlDecode() function.Function {
	return function.New(&function.Spec{
		Params: textParameters("src"),
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			src := args[0].AsString()
			if yamlTooDeep(src) {
				return cty.NilVal, fmt.Errorf("values stand more than %d deep within each other", maxYAML)
			}
			f, err := parser.ParseBytes([]byte(src), 0)
			switch {
			case err != nil:
				first, _, _ := strings.Cut(err.Error(), "\n")
				return cty.NilVal, errors.New(first)
			case len(f.Docs) == 0 || f.Docs[0].Body == nil:
				return cty.NullVal(cty.DynamicPseudoType), nil
			case len(f.Docs) > 1:
				return cty.NilVal, errors.New("it takes one document")
			}
			return yamlValue(f.Docs[0].Body, 0)
		},
	})
}

const maxYAML = 100

// yamlTooDeep counts brackets and indentation, before anything descends.
func yamlTooDeep(src string) bool {
	flow := 0
	for line := range strings.Lines(src) {
		dashes := 0
		for i := range len(line) {
			switch c := line[i]; {
			case c == '{' || c == '[':
				flow++
			case c == '}' || c == ']':
				flow = max(flow-1, 0)
			case (c == '-' || c == '?' || c == ':') && i+1 < len(line) && line[i+1] == ' ':
				dashes++
			}
			if flow > maxYAML || dashes > maxYAML {
				return true
			}
		}
		if len(line)-len(strings.TrimLeft(line, " ")) > 20*maxYAML {
			return true
		}
	}
	return false
}

func yamlValue(n ast.Node, depth int) (cty.Value, error) {
	if depth > maxYAML {
		return cty.NilVal, fmt.Errorf("values stand more than %d deep within each other", maxYAML)
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return yamlMapping(n.Values, depth)
	case *ast.MappingValueNode:
		return yamlMapping([]*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		items := make([]cty.Value, len(n.Values))
		for i, item := range n.Values {
			v, err := yamlValue(item, depth+1)
			if err != nil {
				return v, err
			}
			items[i] = v
		}
		return cty.TupleVal(items), nil
	case *ast.LiteralNode:
		return cty.StringVal(n.Value.Value), nil
	case *ast.StringNode:
		return cty.StringVal(n.Value), nil
	case *ast.BoolNode:
		return cty.BoolVal(n.Value), nil
	case *ast.NullNode:
		return cty.NullVal(cty.DynamicPseudoType), nil
	case *ast.FloatNode:
		return cty.NumberVal(big.NewFloat(n.Value)), nil
	case *ast.IntegerNode:
		return cty.ParseNumberVal(fmt.Sprint(n.Value))
	}
	return cty.DynamicVal, nil
}

func yamlMapping(entries []*ast.MappingValueNode, depth int) (cty.Value, error) {
	out := map[string]cty.Value{}
	for _, e := range entries {
		key, ok := e.Key.(*ast.StringNode)
		if !ok {
			if e.Key.IsMergeKey() || e.Key.GetToken() == nil {
				return cty.DynamicVal, nil
			}
			key = &ast.StringNode{Value: e.Key.GetToken().Value}
		}
		v, err := yamlValue(e.Value, depth+1)
		if err != nil {
			return v, err
		}
		out[key.Value] = v
	}
	return cty.ObjectVal(out), nil
}
