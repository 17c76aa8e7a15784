package control

import (
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/yamlfile"
)

// source is a text of a file and where its characters stand, so that an error inside of an expression can be shown in the file.
type source struct {
	text string
	full string // the whole scalar, when text is a stretch of it
	skip int    // characters of full before text
	node ast.Node
	at   place
}

// text reads a member that must be text.
func (m *mistakes) text(in mapping, key string, required bool) source {
	n, ok := in.Entries[key]
	if !ok {
		if required {
			m.Add(in.Place, "", "member %s is missing", key)
		}
		return source{at: in.Place}
	}
	return m.textNode(n, key)
}

func (m *mistakes) textNode(n ast.Node, what string) source {
	text, ok := yamlfile.Scalar(n)
	if !ok {
		m.Add(yamlfile.At(n), "", "%s must be text, found %s", what, yamlfile.Describe(n))
		return source{at: yamlfile.At(n)}
	}
	if text == "" {
		m.Add(yamlfile.At(n), "", "%s is empty", what)
	}
	return source{text: text, full: text, node: n, at: yamlfile.At(n)}
}

// choice reads a member that must be one of the given words.
func (m *mistakes) choice(in mapping, key string, allowed []string) string {
	s := m.text(in, key, true)
	if s.node == nil || s.text == "" || slices.Contains(allowed, s.text) {
		return s.text
	}
	hint := yamlfile.DidYouMean(s.text, allowed)
	if hint == "" {
		hint = "allowed: " + yamlfile.OneOf(allowed)
	}
	m.Add(s.at, hint, "%s is no %s", s.text, key)
	return s.text
}

// list reads a member that must be a list; an absent one is empty.
func (m *mistakes) list(in mapping, key string) []ast.Node {
	n, ok := in.Entries[key]
	if !ok {
		return nil
	}
	return m.listNode(n, key)
}

func (m *mistakes) listNode(n ast.Node, what string) []ast.Node {
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		m.Add(yamlfile.At(n), "", "%s must be a list, found %s", what, yamlfile.Describe(n))
		return nil
	}
	return sequence.Values
}

// texts reads a member that must be a list of texts.
func (m *mistakes) texts(in mapping, key string) []string {
	var out []string
	for _, n := range m.list(in, key) {
		out = append(out, m.textNode(n, key).text)
	}
	return out
}

// sub reads a member that must be a mapping; an absent one is empty.
func (m *mistakes) sub(in mapping, key string) mapping {
	n, ok := in.Entries[key]
	if !ok {
		return mapping{Place: in.Place}
	}
	out, _ := m.Mapping(n, key)
	return out
}

// integer reads a member that must be a whole number.
func (m *mistakes) integer(in mapping, key string) int {
	n, ok := in.Entries[key]
	if !ok {
		m.Add(in.Place, "", "member %s is missing", key)
		return 0
	}
	if number, ok := n.(*ast.IntegerNode); ok {
		if v, ok := number.Value.(uint64); ok && v < 1<<31 {
			return int(v)
		}
	}
	m.Add(yamlfile.At(n), "", "%s must be a whole number, found %s", key, yamlfile.Describe(n))
	return 0
}
