package expr

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// Params are the placeholders of one request. All its expressions are parsed with the same Params, and Unused is asked at the end.
type Params struct {
	names      map[string]string
	values     map[string]item.Value
	usedNames  map[string]bool
	usedValues map[string]bool
	parsed     bool
}

// NewParams checks the placeholders of a request.
func NewParams(names map[string]string, values map[string]item.Value) (*Params, error) {
	p := &Params{names: names, values: map[string]item.Value{}, usedNames: map[string]bool{}, usedValues: map[string]bool{}}
	if names != nil && len(names) == 0 {
		return nil, item.Error("ExpressionAttributeNames must not be empty")
	}
	if values != nil && len(values) == 0 {
		return nil, item.Error("ExpressionAttributeValues must not be empty")
	}
	for _, k := range sortedKeys(names) {
		if !placeholder(k, '#') {
			return nil, item.Error(`ExpressionAttributeNames contains invalid key: Syntax error; key: "` + k + `"`)
		}
		if names[k] == "" {
			return nil, item.Error("ExpressionAttributeNames contains invalid value: Empty attribute name; key: " + k)
		}
	}
	for _, k := range sortedKeys(values) {
		if !placeholder(k, ':') {
			return nil, item.Error(`ExpressionAttributeValues contains invalid key: Syntax error; key: "` + k + `"`)
		}
		v, err := item.NormaliseValue(values[k])
		if err != nil {
			return nil, item.Error("ExpressionAttributeValues contains invalid value: " + err.Error() + " for key " + k)
		}
		p.values[k] = v
	}
	return p, nil
}

func placeholder(k string, lead byte) bool {
	if len(k) < 2 || k[0] != lead {
		return false
	}
	for i := 1; i < len(k); i++ {
		if !isNamePart(k[i]) {
			return false
		}
	}
	return true
}

// Unused answers an error when a placeholder was given that no expression uses. onlyConsidered names the expression
// that could have used it, for the message when the request had none at all.
func (p *Params) Unused(missing string) error {
	if !p.parsed {
		if len(p.names) > 0 {
			return item.Error("ExpressionAttributeNames can only be specified when using expressions")
		}
		if len(p.values) > 0 {
			return item.Error("ExpressionAttributeValues can only be specified when using expressions: " + missing + " is null")
		}
		return nil
	}
	if left := unused(p.names, p.usedNames); left != "" {
		return item.Error("Value provided in ExpressionAttributeNames unused in expressions: keys: {" + left + "}")
	}
	if left := unused(p.values, p.usedValues); left != "" {
		return item.Error("Value provided in ExpressionAttributeValues unused in expressions: keys: {" + left + "}")
	}
	return nil
}

func unused[V any](given map[string]V, used map[string]bool) string {
	var left []string
	for _, k := range sortedKeys(given) {
		if !used[k] {
			left = append(left, k)
		}
	}
	return strings.Join(left, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// parser is a lexer with the request's placeholders.
type parser struct {
	*lexer
	params *Params
}

func (p *Params) parser(kind, src string) (*parser, error) {
	p.parsed = true
	l, err := lex(kind, src)
	if err != nil {
		return nil, err
	}
	return &parser{lexer: l, params: p}, nil
}

func (p *parser) value() (literal, error) {
	t := p.next()
	v, ok := p.params.values[t.text]
	if !ok {
		return literal{}, p.invalid("An expression attribute value used in expression is not defined; attribute value: " + t.text)
	}
	p.params.usedValues[t.text] = true
	return literal{v}, nil
}

// path parses a document path: name(.name | [index])*.
func (p *parser) path() (Path, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	out := Path{{Name: name}}
	for {
		switch {
		case p.accept("."):
			name, err := p.name()
			if err != nil {
				return nil, err
			}
			out = append(out, Step{Name: name})
		case p.accept("["):
			index, err := p.index()
			if err != nil {
				return nil, err
			}
			out = append(out, Step{Index: index, IsIndex: true})
		default:
			return out, p.depth(out)
		}
	}
}

func (p *parser) depth(path Path) error {
	if len(path) > item.MaxDepth {
		return p.invalid("The document path has too many nesting elements; nesting levels: " + itoa(len(path)))
	}
	return nil
}

func (p *parser) index() (int, error) {
	t := p.peek()
	if t.kind != tokNumber {
		return 0, p.syntax()
	}
	p.next()
	if len(t.text) > 9 {
		return 0, p.invalid("List index is not within the allowable range; index: [" + t.text + "]")
	}
	n := 0
	for i := range len(t.text) {
		n = n*10 + int(t.text[i]-'0')
	}
	return n, p.expect("]")
}

func (p *parser) name() (string, error) {
	t := p.peek()
	switch t.kind {
	case tokName:
		name, ok := p.params.names[t.text]
		if !ok {
			return "", p.invalid("An expression attribute name used in the document path is not defined; attribute name: " + t.text)
		}
		p.params.usedNames[t.text] = true
		p.next()
		return name, nil
	case tokWord:
		upper := strings.ToUpper(t.text)
		if grammarWord(upper) {
			return "", p.syntax()
		}
		if reserved(upper) {
			return "", p.invalid("Attribute name is a reserved keyword; reserved keyword: " + t.text)
		}
		p.next()
		return t.text, nil
	default:
		return "", p.syntax()
	}
}
