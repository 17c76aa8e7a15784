package expr

import "github.com/restorable/restorable/internal/awssim/dynamodb/item"

// KeyCondition is a parsed key condition expression: one partition and, perhaps, a condition on the sort key.
type KeyCondition struct {
	Hash item.Value
	Op   string // "", "=", "<", "<=", ">", ">=", "BETWEEN" or "begins_with"
	A, B item.Value
}

// keyTest is one condition on one key attribute.
type keyTest struct {
	name string
	op   string
	a, b item.Value
}

// KeyCondition parses src for a table or index with these key attributes; sort is empty when there is none.
func (p *Params) KeyCondition(src, hash, sort string) (*KeyCondition, error) {
	root, err := p.condition("KeyConditionExpression", src)
	if err != nil {
		return nil, err
	}
	tests, err := keyTests(root)
	if err != nil {
		return nil, err
	}
	seen := map[string]keyTest{}
	for _, t := range tests {
		if _, twice := seen[t.name]; twice {
			return nil, item.Error("KeyConditionExpressions must only contain one condition per key")
		}
		seen[t.name] = t
	}
	return assemble(seen, hash, sort)
}

func assemble(seen map[string]keyTest, hash, sort string) (*KeyCondition, error) {
	h, ok := seen[hash]
	if !ok {
		return nil, item.Error("Query condition missed key schema element: " + hash)
	}
	if h.op != "=" {
		return nil, item.Error("Query key condition not supported")
	}
	out := &KeyCondition{Hash: h.a}
	if len(seen) == 1 {
		return out, nil
	}
	r, ok := seen[sort]
	if sort == "" || !ok {
		return nil, item.Error("Query condition missed key schema element: " + sort)
	}
	if len(seen) > 2 {
		return nil, item.Error("Conditions can be of length 1 or 2 only")
	}
	out.Op, out.A, out.B = r.op, r.a, r.b
	return out, nil
}

func keyTests(n node) ([]keyTest, error) {
	switch n := n.(type) {
	case parens:
		return keyTests(n.x)
	case logical:
		if n.op == "OR" {
			return nil, badKeyOperator("OR")
		}
		a, err := keyTests(n.a)
		if err != nil {
			return nil, err
		}
		b, err := keyTests(n.b)
		return append(a, b...), err
	case not:
		return nil, badKeyOperator("NOT")
	case within:
		return nil, badKeyOperator("IN")
	case call:
		if n.name != "begins_with" {
			return nil, badKeyOperator(n.name)
		}
		return keyTestOf(n.name, n.args[0], n.args[1], nil)
	case between:
		return keyTestOf("BETWEEN", n.x, n.low, n.high)
	case compare:
		return comparisonTest(n)
	}
	return nil, item.Error("Query key condition not supported")
}

func badKeyOperator(op string) error {
	return item.Error("Invalid operator used in KeyConditionExpression: " + op)
}

func comparisonTest(n compare) ([]keyTest, error) {
	if n.op == "<>" {
		return nil, badKeyOperator("<>")
	}
	if _, ok := n.a.(literal); ok {
		n.a, n.b = n.b, n.a
		n.op = mirrored(n.op)
	}
	return keyTestOf(n.op, n.a, n.b, nil)
}

func mirrored(op string) string {
	switch op {
	case "<":
		return ">"
	case "<=":
		return ">="
	case ">":
		return "<"
	case ">=":
		return "<="
	}
	return op
}

func keyTestOf(op string, key, a, b node) ([]keyTest, error) {
	for _, n := range []node{key, a, b} {
		if _, nested := n.(sizeOf); nested {
			return nil, item.Error("KeyConditionExpressions cannot contain nested operations")
		}
	}
	path, ok := key.(Path)
	if !ok {
		return nil, item.Error("Invalid condition in KeyConditionExpression: No key attribute specified")
	}
	if len(path) > 1 {
		return nil, item.Error("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: " + path[0].Name)
	}
	t := keyTest{name: path[0].Name, op: op}
	for i, n := range []node{a, b} {
		if n == nil {
			continue
		}
		l, ok := n.(literal)
		if !ok {
			return nil, item.Error("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
		}
		if i == 0 {
			t.a = l.v
		} else {
			t.b = l.v
		}
	}
	return []keyTest{t}, nil
}
