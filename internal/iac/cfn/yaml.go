package cfn

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/restorable/restorable/internal/iac/build"
)

// yamlReader turns YAML's nodes into ours.
type yamlReader struct {
	file    string
	anchors map[string]ast.Node
	open    map[string]bool // aliases being written out
	nodes   int
}

func parseYAML(file string, text []byte) (*node, error) {
	if line, column, deep := tooDeep(string(text)); deep {
		return nil, mistake(build.Pos{File: file, Line: line, Column: column}, "nested deeper than %d levels", maxDepth)
	}
	if strings.ContainsRune(string(text), stand) {
		return nil, mistake(build.Pos{File: file}, "the sign U+E0FF has no meaning that two programs agree on: leave it out")
	}
	tokens := mend(lexer.Tokenize(hideColons(strings.ReplaceAll(string(text), "\r\n", "\n")))) // of which the lexer counts some twice
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, syntaxError(file, err)
	}
	straighten(tokens)
	r := &yamlReader{file: file, anchors: map[string]ast.Node{}, open: map[string]bool{}}
	var root *node
	for _, doc := range parsed.Docs {
		if _, directive := doc.Body.(*ast.DirectiveNode); directive || doc.Body == nil {
			continue
		}
		if root != nil {
			return nil, mistake(r.at(doc.Body), "a template is one YAML document")
		}
		if root, err = r.read(doc.Body, 0); err != nil {
			return nil, err
		}
	}
	if root == nil {
		return nil, mistake(build.Pos{File: file}, "the file is empty")
	}
	return root, nil
}

// stand stands for one colon of two that a letter follows, as in AWS::Region and Fn::If: within braces the lexer takes them for YAML's own.
const stand = '\uE0FF'

const hidden = string(stand) + string(stand)

// hideColons leaves every column as it is.
func hideColons(s string) string {
	var b strings.Builder
	for {
		at := strings.Index(s, "::")
		if at < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:at])
		if s = s[at:]; len(s) > 2 && s[2]|0x20 >= 'a' && s[2]|0x20 <= 'z' {
			b.WriteString(hidden)
			s = s[2:]
			continue
		}
		b.WriteByte(':')
		s = s[1:]
	}
}

func showColons(s string) string { return strings.ReplaceAll(s, hidden, "::") }

// mend puts plain texts together that the lexer divides at colons within braces, as in {a: [arn:aws:s3]}: a colon is a sign of YAML's
// only with space behind it (https://yaml.org/spec/1.2.2/#733-plain-style).
func mend(in token.Tokens) token.Tokens {
	var out token.Tokens
	for i := 0; i < len(in); i++ {
		t := in[i]
		for i+2 < len(in) && divided(t, in[i+1], in[i+2]) {
			t.Value += ":" + in[i+2].Value
			t.Origin += in[i+1].Origin + in[i+2].Origin
			i += 2
		}
		out.Add(t)
	}
	return out
}

// straighten gives tokens their true columns: behind each tag of a line the lexer counts one too few.
func straighten(tokens token.Tokens) {
	line, tags := 0, 0
	var last *token.Position // tokens side by side may share one
	for _, t := range tokens {
		if t.Position == nil || t.Position == last {
			continue
		}
		if last = t.Position; last.Line != line {
			line, tags = last.Line, 0
		}
		last.Column += tags
		if t.Type == token.TagType {
			tags++
		}
	}
}

func divided(before, colon, after *token.Token) bool {
	return before.Type == token.StringType && colon.Type == token.MappingValueType && after.Type == token.StringType &&
		colon.Position.Line == after.Position.Line && colon.Position.Column+1 == after.Position.Column
}

func syntaxError(file string, err error) error {
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		p := build.Pos{File: file}
		if t := syntax.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Column = t.Position.Line, t.Position.Column
		}
		return mistake(p, "not YAML: %s", showColons(syntax.GetMessage()))
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return mistake(build.Pos{File: file}, "not YAML: %s", showColons(line))
}

// tooDeep looks for collections nested beyond reason before the recursive parser meets them: brackets anywhere, and indentation.
func tooDeep(text string) (line, column int, deep bool) {
	depth, line, start, blank, dashes := 0, 1, 0, true, 0
	for i := range len(text) {
		switch c := text[i]; c {
		case '\n':
			line, start, blank, dashes = line+1, i+1, true, 0
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case '-', '?', ':':
			dashes++
		case ' ':
		default:
			blank = false
		}
		if depth > maxDepth || blank && (dashes > maxDepth || i-start > 20*maxDepth) && text[i] != ' ' {
			return line, i - start + 1, true
		}
	}
	return 0, 0, false
}

func (r *yamlReader) at(n ast.Node) build.Pos {
	switch x := n.(type) {
	case *ast.MappingNode:
		if len(x.Values) > 0 {
			return r.at(x.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return r.at(x.Key)
	case *ast.MappingKeyNode:
		if x.Value != nil {
			return r.at(x.Value)
		}
	}
	return r.token(n.GetToken())
}

func (r *yamlReader) token(t *token.Token) build.Pos {
	p := build.Pos{File: r.file}
	if t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	return p
}

func (r *yamlReader) read(n ast.Node, depth int) (*node, error) {
	pos := r.at(n)
	if r.nodes++; r.nodes > maxNodes {
		return nil, mistake(pos, "more than %d values with every alias written out", maxNodes)
	}
	if depth > maxDepth {
		return nil, mistake(pos, "nested deeper than %d levels", maxDepth)
	}
	switch x := n.(type) {
	case *ast.MappingNode:
		return r.mapping(pos, x.Values, depth)
	case *ast.MappingValueNode:
		return r.mapping(pos, []*ast.MappingValueNode{x}, depth)
	case *ast.SequenceNode:
		return r.sequence(pos, x, depth)
	case *ast.AnchorNode:
		r.anchors[x.Name.GetToken().Value] = x.Value
		return r.read(x.Value, depth+1)
	case *ast.AliasNode:
		return r.alias(pos, x, depth)
	case *ast.TagNode:
		return r.tag(x, depth)
	case *ast.NullNode:
		return &node{kind: null, pos: pos}, nil
	}
	text, ok := scalarText(n)
	if !ok {
		return nil, mistake(pos, "%s is not understood here", n.Type())
	}
	return &node{pos: pos, text: text}, nil
}

// scalarText is a scalar as it is spelled: CloudFormation converts what it needs.
func scalarText(n ast.Node) (string, bool) {
	switch x := n.(type) {
	case *ast.StringNode:
		return showColons(x.Value), true
	case *ast.LiteralNode:
		if x.Value == nil {
			return "", true
		}
		return showColons(x.Value.Value), true
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(n.GetToken().Value), true
	}
	return "", false
}

// keyText is a key as it is spelled, behind the question mark that may stand before it.
func keyText(n ast.Node) (string, bool) {
	if marked, ok := n.(*ast.MappingKeyNode); ok && marked.Value != nil {
		n = marked.Value
	}
	return scalarText(n)
}

func (r *yamlReader) sequence(pos build.Pos, x *ast.SequenceNode, depth int) (*node, error) {
	out := &node{kind: list, pos: pos}
	for _, v := range x.Values {
		if v == nil {
			continue
		}
		item, err := r.read(v, depth+1)
		if err != nil {
			return nil, err
		}
		out.items = append(out.items, item)
	}
	return out, nil
}

func (r *yamlReader) mapping(pos build.Pos, values []*ast.MappingValueNode, depth int) (*node, error) {
	out := &node{kind: mapping, pos: pos}
	seen := map[string]bool{}
	var merged []entry
	for _, v := range values {
		value, err := r.read(v.Value, depth+1)
		if err != nil {
			return nil, err
		}
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			merged = append(merged, mergedEntries(value)...)
			continue
		}
		key, ok := keyText(v.Key)
		if !ok {
			return nil, mistake(r.at(v.Key), "a key must be a plain text")
		}
		if strings.Contains(key, ": ") {
			return nil, mistake(r.at(v.Key), "within braces, write a key that holds colons in quotes")
		}
		if seen[key] {
			return nil, mistake(r.at(v.Key), "%s is given twice", key)
		}
		seen[key] = true
		out.entries = append(out.entries, entry{key, r.at(v.Key), value})
	}
	for _, e := range merged {
		if !seen[e.key] {
			seen[e.key] = true
			out.entries = append(out.entries, e)
		}
	}
	return out, nil
}

func mergedEntries(n *node) []entry {
	if n.kind != list {
		return n.entries
	}
	var out []entry
	for _, item := range n.items {
		out = append(out, item.entries...)
	}
	return out
}

func (r *yamlReader) alias(pos build.Pos, x *ast.AliasNode, depth int) (*node, error) {
	name := x.Value.GetToken().Value
	target, ok := r.anchors[name]
	switch {
	case !ok:
		return nil, mistake(pos, "there is no anchor &%s before this alias", name)
	case r.open[name]:
		return nil, mistake(pos, "the alias *%s holds itself", name)
	}
	r.open[name] = true
	defer delete(r.open, name)
	return r.read(target, depth+1)
}

// tag writes CloudFormation's short forms out.
func (r *yamlReader) tag(x *ast.TagNode, depth int) (*node, error) {
	name := x.Start.Value
	pos := r.token(x.Start)
	value := &node{kind: null, pos: pos}
	if x.Value != nil {
		var err error
		if value, err = r.read(x.Value, depth+1); err != nil {
			return nil, err
		}
	}
	if strings.HasPrefix(name, "!!") {
		return value, nil
	}
	long := "Fn::" + strings.TrimPrefix(name, "!")
	if name == "!Ref" || name == "!Condition" {
		long = strings.TrimPrefix(name, "!")
	}
	return &node{kind: mapping, pos: pos, entries: []entry{{long, pos, value}}}, nil
}
