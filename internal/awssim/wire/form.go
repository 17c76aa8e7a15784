package wire

import (
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/awssim/model"
)

// formNode is a form's parameters as a tree of their dotted names.
type formNode struct {
	value    string
	set      bool
	children map[string]*formNode
}

// maxFormDepth bounds a name such as a.b.c…: no modelled structure is that deep.
const maxFormDepth = 32

func parseForm(input *model.Shape, form url.Values, ec2 bool) map[string]any {
	root := &formNode{}
	for name, values := range form {
		parts := strings.Split(name, ".")
		if len(values) == 0 || len(parts) > maxFormDepth {
			continue
		}
		root.put(parts, values[0])
	}
	tree, _ := formReader{ec2: ec2}.structure(input, root).(map[string]any)
	return tree
}

func (n *formNode) put(path []string, value string) {
	if len(path) == 0 {
		n.value, n.set = value, true
		return
	}
	if n.children == nil {
		n.children = map[string]*formNode{}
	}
	child := n.children[path[0]]
	if child == nil {
		child = &formNode{}
		n.children[path[0]] = child
	}
	child.put(path[1:], value)
}

// numbered gives the children named 1, 2, 3 … in numeric order.
func (n *formNode) numbered() []*formNode {
	var keys []int
	for k := range n.children {
		if i, err := strconv.Atoi(k); err == nil && i > 0 {
			keys = append(keys, i)
		}
	}
	sort.Ints(keys)
	var out []*formNode
	for _, i := range keys {
		if child := n.children[strconv.Itoa(i)]; child != nil {
			out = append(out, child)
		}
	}
	return out
}

type formReader struct{ ec2 bool }

func (f formReader) name(m *model.Ref) string {
	switch {
	case !f.ec2:
		if m.Shape.Type == "list" && m.Shape.Flattened && m.Shape.Member.LocationName != "" {
			return m.Shape.Member.LocationName
		}
		return m.Wire()
	case m.QueryName != "":
		return m.QueryName
	default:
		return upperFirst(m.Wire())
	}
}

func (f formReader) structure(s *model.Shape, n *formNode) any {
	tree := map[string]any{}
	for _, m := range s.Members {
		if child := n.children[f.name(m)]; child != nil {
			tree[treeKey(m)] = f.value(m.Shape, child)
		}
	}
	return tree
}

func (f formReader) value(s *model.Shape, n *formNode) any {
	switch s.Type {
	case "structure":
		return f.structure(s, n)
	case "list":
		return f.list(s, n)
	case "map":
		return f.mapping(s, n)
	}
	if !n.set {
		return nil
	}
	return text(n.value)
}

func (f formReader) list(s *model.Shape, n *formNode) any {
	if !s.Flattened && !f.ec2 {
		member := s.Member.LocationName
		if member == "" {
			member = "member"
		}
		if child := n.children[member]; child != nil {
			n = child
		}
	}
	list := []any{}
	for _, child := range n.numbered() {
		list = append(list, f.value(s.Member.Shape, child))
	}
	return list
}

func (f formReader) mapping(s *model.Shape, n *formNode) any {
	if child := n.children["entry"]; child != nil && !s.Flattened {
		n = child
	}
	key, value := orElse(s.Key.LocationName, "key"), orElse(s.Value.LocationName, "value")
	tree := map[string]any{}
	for _, child := range n.numbered() {
		k, v := child.children[key], child.children[value]
		if k != nil && v != nil {
			tree[k.value] = f.value(s.Value.Shape, v)
		}
	}
	return tree
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
