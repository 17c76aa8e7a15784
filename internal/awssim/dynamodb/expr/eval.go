package expr

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// Holds answers whether the condition is true of an item; an item that does not exist is nil.
func (c *Condition) Holds(m item.Item) bool { return holds(c.root, m) }

// Attributes lists the top-level attributes that the condition reads.
func (c *Condition) Attributes() []string {
	var out []string
	walk(c.root, func(p Path) { out = append(out, p[0].Name) })
	return out
}

func walk(n node, f func(Path)) {
	switch n := n.(type) {
	case Path:
		f(n)
	case sizeOf:
		walk(n.of, f)
	case compare:
		walkAll(f, n.a, n.b)
	case between:
		walkAll(f, n.x, n.low, n.high)
	case within:
		walk(n.x, f)
		walkAll(f, n.list...)
	case call:
		walkAll(f, n.args...)
	case logical:
		walkAll(f, n.a, n.b)
	case not:
		walk(n.x, f)
	case parens:
		walk(n.x, f)
	}
}

func walkAll(f func(Path), nodes ...node) {
	for _, n := range nodes {
		walk(n, f)
	}
}

func holds(n node, m item.Item) bool {
	switch n := n.(type) {
	case logical:
		if n.op == "AND" {
			return holds(n.a, m) && holds(n.b, m)
		}
		return holds(n.a, m) || holds(n.b, m)
	case not:
		return !holds(n.x, m)
	case parens:
		return holds(n.x, m)
	case compare:
		return compares(n.op, eval(n.a, m), eval(n.b, m))
	case between:
		x := eval(n.x, m)
		return compares(">=", x, eval(n.low, m)) && compares("<=", x, eval(n.high, m))
	case within:
		x := eval(n.x, m)
		return slices.ContainsFunc(n.list, func(y node) bool { return compares("=", x, eval(y, m)) })
	case call:
		return calls(n, m)
	}
	return false
}

func eval(n node, m item.Item) item.Value {
	switch n := n.(type) {
	case literal:
		return n.v
	case Path:
		return n.Get(m)
	case sizeOf:
		if size, ok := measure(eval(n.of, m)); ok {
			return &types.AttributeValueMemberN{Value: itoa(size)}
		}
	}
	return nil
}

// compares treats a missing attribute as different from everything and unordered.
func compares(op string, a, b item.Value) bool {
	if a == nil || b == nil {
		return op == "<>" && (a != nil || b != nil)
	}
	if op == "=" || op == "<>" {
		return item.Equal(a, b) == (op == "=")
	}
	order, ok := item.Compare(a, b)
	if !ok {
		return false
	}
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// measure is size(): UTF-16 units of a string (as DynamoDB Local counts), bytes of a binary, elements of the rest.
func measure(v item.Value) (int, bool) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(utf16.Encode([]rune(v.Value))), true
	case *types.AttributeValueMemberB:
		return len(v.Value), true
	case *types.AttributeValueMemberSS:
		return len(v.Value), true
	case *types.AttributeValueMemberNS:
		return len(v.Value), true
	case *types.AttributeValueMemberBS:
		return len(v.Value), true
	case *types.AttributeValueMemberL:
		return len(v.Value), true
	case *types.AttributeValueMemberM:
		return len(v.Value), true
	}
	return 0, false
}

func calls(n call, m item.Item) bool {
	a := eval(n.args[0], m)
	switch n.name {
	case "attribute_exists":
		return a != nil
	case "attribute_not_exists":
		return a == nil
	}
	b := eval(n.args[1], m)
	if a == nil || b == nil {
		return false
	}
	switch n.name {
	case "attribute_type":
		name, ok := b.(*types.AttributeValueMemberS)
		return ok && item.TypeOf(a) == name.Value
	case "begins_with":
		return beginsWith(a, b)
	}
	return contains(a, b)
}

func beginsWith(a, b item.Value) bool {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		b, ok := b.(*types.AttributeValueMemberS)
		return ok && strings.HasPrefix(a.Value, b.Value)
	case *types.AttributeValueMemberB:
		b, ok := b.(*types.AttributeValueMemberB)
		return ok && bytes.HasPrefix(a.Value, b.Value)
	}
	return false
}

func contains(a, b item.Value) bool {
	switch a := a.(type) {
	case *types.AttributeValueMemberL:
		return slices.ContainsFunc(a.Value, func(e item.Value) bool { return item.Equal(e, b) })
	case *types.AttributeValueMemberNS:
		b, ok := b.(*types.AttributeValueMemberN)
		return ok && slices.Contains(a.Value, b.Value)
	}
	switch b := b.(type) {
	case *types.AttributeValueMemberS:
		return containsString(a, b.Value)
	case *types.AttributeValueMemberB:
		return containsBytes(a, b.Value)
	}
	return false
}

func containsString(a item.Value, s string) bool {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		return strings.Contains(a.Value, s)
	case *types.AttributeValueMemberSS:
		return slices.Contains(a.Value, s)
	}
	return false
}

func containsBytes(a item.Value, b []byte) bool {
	switch a := a.(type) {
	case *types.AttributeValueMemberB:
		return bytes.Contains(a.Value, b)
	case *types.AttributeValueMemberBS:
		return slices.ContainsFunc(a.Value, func(e []byte) bool { return bytes.Equal(e, b) })
	}
	return false
}
