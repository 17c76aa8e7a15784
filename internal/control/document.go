package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of one file: a control is a page of text, and a file that is not must not take the program down.
const (
	maxFileBytes = 256 << 10
	maxDepth     = 40
)

// parseDocument reads the one YAML document of a file. Anchors, aliases, tags and merge keys are refused: they hide what a reader sees.
func parseDocument(m *mistakes, text []byte) (ast.Node, bool) {
	if len(text) > maxFileBytes {
		m.add(place{}, "", "the file has %d bytes; the limit is %d", len(text), maxFileBytes)
		return nil, false
	}
	if at, deep := tooDeep(string(text)); deep {
		m.add(at, "", "nested deeper than %d levels", maxDepth)
		return nil, false
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		m.addYAML(err)
		return nil, false
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	if len(bodies) != 1 {
		m.add(place{}, "", "want one YAML document, found %d", len(bodies))
		return nil, false
	}
	return bodies[0], true
}

// tooDeep looks for flow collections nested beyond reason before the recursive parser meets them.
// Brackets inside of strings count too: nobody needs forty of them open at once.
func tooDeep(text string) (place, bool) {
	depth, line, start := 0, 1, 0
	for i, c := range text {
		switch c {
		case '\n':
			line, start = line+1, i+1
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		}
		if depth > maxDepth || i-start > 4000 || indent(text, start, i) > 8*maxDepth {
			return place{line, i - start + 1}, true
		}
	}
	return place{}, false
}

// indent is the number of leading spaces and dashes when i is still among them.
func indent(text string, start, i int) int {
	if c := text[i]; c != ' ' && c != '-' {
		return 0
	}
	if i > start && strings.Trim(text[start:i], " -") != "" {
		return 0
	}
	return i - start
}

func (m *mistakes) addYAML(err error) {
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		m.add(placeOf(syntax.GetToken()), "", "not YAML: %s", syntax.GetMessage())
		return
	}
	m.add(place{}, "", "not YAML: %s", firstLine(err.Error()))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{t.Position.Line, t.Position.Column}
}

// at is where a node begins.
func at(n ast.Node) place {
	if mapping, ok := n.(*ast.MappingNode); ok && len(mapping.Values) > 0 {
		return placeOf(mapping.Values[0].Key.GetToken())
	}
	if entry, ok := n.(*ast.MappingValueNode); ok {
		return placeOf(entry.Key.GetToken())
	}
	return placeOf(n.GetToken())
}

// mapping is a YAML mapping with scalar keys, each once.
type mapping struct {
	place   place
	entries map[string]ast.Node
	keys    map[string]place
	order   []string
}

// mapping reads a node as a mapping; ok is false when it is none, which is then a mistake already noted.
func (m *mistakes) mapping(n ast.Node, what string) (mapping, bool) {
	out := mapping{place: at(n), entries: map[string]ast.Node{}, keys: map[string]place{}}
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		m.add(at(n), "", "%s must be a mapping, found %s", what, describeNode(n))
		return out, false
	}
	for _, v := range values {
		m.entry(&out, v)
	}
	return out, true
}

func (m *mistakes) entry(out *mapping, v *ast.MappingValueNode) {
	where := placeOf(v.Key.GetToken())
	key, ok := scalarText(v.Key)
	if !ok {
		m.add(where, "", "a key must be plain text, found %s", describeNode(v.Key))
		return
	}
	if _, twice := out.entries[key]; twice {
		m.add(where, "", "%s is given twice", key)
		return
	}
	out.entries[key], out.keys[key] = v.Value, where
	out.order = append(out.order, key)
}

// only notes every key that is not among the known ones.
func (m *mistakes) only(in mapping, known ...string) {
	for _, key := range in.order {
		if !slices.Contains(known, key) {
			hint := didYouMean(key, known)
			if hint == "" {
				hint = "known members: " + oneOf(known)
			}
			m.add(in.keys[key], hint, "unknown member %s", key)
		}
	}
}

func describeNode(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "nothing"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor or alias, which is not allowed here"
	case *ast.TagNode:
		return "a tag, which is not allowed here"
	}
	return "something else"
}

// scalarText is the text of a scalar that is, or reads as, a string.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

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
		text, _ := scalarText(n)
		return text
	case *ast.SequenceNode:
		out := make([]any, 0, len(n.Values))
		for _, v := range n.Values {
			out = append(out, m.plainValue(v))
		}
		return out
	case *ast.MappingNode, *ast.MappingValueNode:
		in, _ := m.mapping(n, "this")
		out := make(map[string]any, len(in.entries))
		for key := range maps.Keys(in.entries) {
			out[key] = m.plainValue(in.entries[key])
		}
		return out
	}
	m.add(at(n), "", "%s", describeNode(n))
	return nil
}
