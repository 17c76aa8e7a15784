package yamlfile

import (
	"errors"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxBytes is the most that a file may have: it is a page of text, and one that is not must not take the program down.
const MaxBytes = 256 << 10

const maxDepth = 40

// Document reads the one YAML document of a file; ok is false when there is none, which is then a mistake already noted.
func (f *File) Document(text []byte) (ast.Node, bool) {
	bodies, ok := f.Documents(text)
	if ok && len(bodies) != 1 {
		f.Add(Place{}, "", "want one YAML document, found %d", len(bodies))
		return nil, false
	}
	if !ok {
		return nil, false
	}
	return bodies[0], true
}

// Documents reads the YAML documents of a file that hold anything; ok is false when it is no YAML, which is then a mistake already noted.
// Nodes of anchors, aliases, tags and merge keys are neither Scalar nor Mapping: they hide what a reader sees.
func (f *File) Documents(text []byte) ([]ast.Node, bool) {
	if len(text) > MaxBytes {
		f.Add(Place{}, "", "the file has %d bytes; the limit is %d", len(text), MaxBytes)
		return nil, false
	}
	if at, deep := tooDeep(string(text)); deep {
		f.Add(at, "", "nested deeper than %d levels", maxDepth)
		return nil, false
	}
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		f.addYAML(err)
		return nil, false
	}
	var bodies []ast.Node
	for _, doc := range parsed.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	return bodies, true
}

// tooDeep looks for flow collections nested beyond reason before the recursive parser meets them.
// Brackets inside of strings count too: nobody needs forty of them open at once.
func tooDeep(text string) (Place, bool) {
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
			return Place{line, i - start + 1}, true
		}
	}
	return Place{}, false
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

func (f *File) addYAML(err error) {
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		if key, ok := strings.CutPrefix(syntax.GetMessage(), "mapping key "); ok && strings.Contains(key, " already defined at ") {
			name, earlier, _ := strings.Cut(key, " already defined at ")
			f.Add(PlaceOf(syntax.GetToken()), "", "%s is given twice, first at %s", strings.Trim(name, `"`), strings.Trim(earlier, "[]"))
			return
		}
		if strings.Contains(syntax.GetMessage(), "'\t'") {
			f.Add(PlaceOf(syntax.GetToken()), "indent with spaces", "not YAML: a tab stands where YAML takes spaces alone")
			return
		}
		f.Add(PlaceOf(syntax.GetToken()), "", "not YAML: %s", syntax.GetMessage())
		return
	}
	f.Add(Place{}, "", "not YAML: %s", firstLine(err.Error()))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// PlaceOf is where a token stands.
func PlaceOf(t *token.Token) Place {
	if t == nil || t.Position == nil {
		return Place{}
	}
	return Place{t.Position.Line, t.Position.Column}
}

// At is where a node begins.
func At(n ast.Node) Place {
	if mapping, ok := n.(*ast.MappingNode); ok && len(mapping.Values) > 0 {
		return PlaceOf(mapping.Values[0].Key.GetToken())
	}
	if entry, ok := n.(*ast.MappingValueNode); ok {
		return PlaceOf(entry.Key.GetToken())
	}
	return PlaceOf(n.GetToken())
}

// Mapping is a YAML mapping with scalar keys, each once.
type Mapping struct {
	Place   Place
	Entries map[string]ast.Node
	Keys    map[string]Place
	Order   []string
}

// Mapping reads a node as a mapping; ok is false when it is none, which is then a mistake already noted.
func (f *File) Mapping(n ast.Node, what string) (Mapping, bool) {
	out := Mapping{Place: At(n), Entries: map[string]ast.Node{}, Keys: map[string]Place{}}
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		f.Add(At(n), "", "%s must be a mapping, found %s", what, Describe(n))
		return out, false
	}
	for _, v := range values {
		f.entry(&out, v)
	}
	return out, true
}

func (f *File) entry(out *Mapping, v *ast.MappingValueNode) {
	where := PlaceOf(v.Key.GetToken())
	key, ok := Scalar(v.Key)
	if !ok {
		f.Add(where, "", "a key must be plain text, found %s", Describe(v.Key))
		return
	}
	if _, twice := out.Entries[key]; twice {
		f.Add(where, "", "%s is given twice", key)
		return
	}
	out.Entries[key], out.Keys[key] = v.Value, where
	out.Order = append(out.Order, key)
}

// Only notes every key that is not among the known ones.
func (f *File) Only(in Mapping, known ...string) {
	for _, key := range in.Order {
		if !slices.Contains(known, key) {
			hint := DidYouMean(key, known)
			if hint == "" {
				hint = "known members: " + OneOf(known)
			}
			f.Add(in.Keys[key], hint, "unknown member %s", key)
		}
	}
}

// Describe says what kind of node it is.
func Describe(n ast.Node) string {
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

// Scalar is the text of a scalar that is, or reads as, a string.
func Scalar(n ast.Node) (string, bool) {
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
