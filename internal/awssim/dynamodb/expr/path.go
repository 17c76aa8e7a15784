package expr

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// Step is one step of a document path: a name, or an index into a list.
type Step struct {
	Name    string
	Index   int
	IsIndex bool
}

// Path leads to a value inside an item. The first step is an attribute's name.
type Path []Step

// String is the form that AWS's messages use: [a, [1], b].
func (p Path) String() string {
	parts := make([]string, len(p))
	for i, s := range p {
		parts[i] = s.Name
		if s.IsIndex {
			parts[i] = "[" + itoa(s.Index) + "]"
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func itoa(n int) string { return strconv.Itoa(n) }

// Get follows the path; nil when it leads nowhere.
func (p Path) Get(m item.Item) item.Value {
	v := m[p[0].Name]
	for _, s := range p[1:] {
		v = step(v, s)
	}
	return v
}

func step(v item.Value, s Step) item.Value {
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		if !s.IsIndex {
			return v.Value[s.Name]
		}
	case *types.AttributeValueMemberL:
		if s.IsIndex && s.Index < len(v.Value) {
			return v.Value[s.Index]
		}
	}
	return nil
}

func (p Path) equal(q Path) bool {
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if p[i] != q[i] {
			return false
		}
	}
	return true
}

// clash finds two paths that cannot both be written: one within the other, or one taking for a list what the other takes for a map.
func (l *lexer) clash(paths []Path) error {
	for i, p := range paths {
		for _, q := range paths[:i] {
			if what := clashOf(q, p); what != "" {
				return l.invalid("Two document paths " + what + " with each other; must remove or rewrite one of these paths; path one: " +
					q.String() + ", path two: " + p.String())
			}
		}
	}
	return nil
}

func clashOf(p, q Path) string {
	for i := range min(len(p), len(q)) {
		if p[i] == q[i] {
			continue
		}
		if p[i].IsIndex != q[i].IsIndex {
			return "conflict"
		}
		return ""
	}
	return "overlap"
}
