package expr

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

const (
	errPath    = item.Error("The document path provided in the update expression is invalid for update")
	errOperand = item.Error("An operand in the update expression has an incorrect data type")
	errMissing = item.Error("The provided expression refers to an attribute that does not exist in the item")
)

// Apply answers the item after the update; old is not changed and may be empty. All operands are read from old.
func (u *Update) Apply(old item.Item) (item.Item, error) {
	out := maps.Clone(old)
	if out == nil {
		out = item.Item{}
	}
	var removals []Path
	for _, a := range u.ordered() {
		if a.verb == "REMOVE" {
			removals = append(removals, a.path)
			continue
		}
		if err := write(maps.Clone(out), a.path, nil); err != nil { // where it goes is looked at before what it is
			return nil, err
		}
		v, err := a.result(old)
		if err != nil {
			return nil, err
		}
		if a.verb == "DELETE" && v == nil {
			if a.path.Get(old) != nil {
				removals = append(removals, a.path)
			}
			continue
		}
		if err := write(out, a.path, v); err != nil {
			return nil, err
		}
	}
	return out, removeAll(out, removals)
}

// ordered puts writes to the same list in the order of their indexes, so that those past the end are appended in that order.
func (u *Update) ordered() []action {
	out := slices.Clone(u.actions)
	slices.SortStableFunc(out, func(a, b action) int {
		if x, y := a.path[len(a.path)-1], b.path[len(b.path)-1]; x.IsIndex && y.IsIndex {
			return cmp.Compare(x.Index, y.Index)
		}
		return 0
	})
	return out
}

// Changed answers the top-level attributes of m whose paths the update named and which exist in m: what UPDATED_OLD and UPDATED_NEW return.
// For a nested path the whole attribute is returned, as DynamoDB Local does.
func (u *Update) Changed(m item.Item) item.Item {
	out := item.Item{}
	for _, a := range u.actions {
		if a.path.Get(m) != nil {
			out[a.path[0].Name] = m[a.path[0].Name]
		}
	}
	return out
}

// result is the value to write; nil means nothing is left of a set.
func (a action) result(old item.Item) (item.Value, error) {
	switch a.verb {
	case "SET":
		return evaluate(a.value, old)
	case "ADD":
		return added(a.path.Get(old), a.value.(literal).v)
	}
	return without(a.path.Get(old), a.value.(literal).v)
}

func evaluate(n node, old item.Item) (item.Value, error) {
	switch n := n.(type) {
	case literal:
		return n.v, nil
	case Path:
		if v := n.Get(old); v != nil {
			return v, nil
		}
		return nil, errMissing
	case ifMissing:
		if v := n.path.Get(old); v != nil {
			return v, nil
		}
		return evaluate(n.or, old)
	case plus:
		return sum(n.a, n.b, old, false)
	case minus:
		return sum(n.a, n.b, old, true)
	case appended:
		return joined(n, old)
	}
	return nil, errOperand
}

func sum(a, b node, old item.Item, negate bool) (item.Value, error) {
	x, err := numberOf(a, old)
	if err != nil {
		return nil, err
	}
	y, err := numberOf(b, old)
	if err != nil {
		return nil, err
	}
	if negate {
		y = y.Negate()
	}
	z, err := x.Add(y)
	return &types.AttributeValueMemberN{Value: z.String()}, err
}

func numberOf(n node, old item.Item) (item.Number, error) {
	v, err := evaluate(n, old)
	if err != nil {
		return item.Number{}, err
	}
	num, ok := v.(*types.AttributeValueMemberN)
	if !ok {
		return item.Number{}, errOperand
	}
	return item.ParseNumber(num.Value)
}

func joined(n appended, old item.Item) (item.Value, error) {
	var out []item.Value
	for _, x := range []node{n.a, n.b} {
		v, err := evaluate(x, old)
		if err != nil {
			return nil, err
		}
		list, ok := v.(*types.AttributeValueMemberL)
		if !ok {
			return nil, errOperand
		}
		out = append(out, list.Value...)
	}
	return &types.AttributeValueMemberL{Value: out}, nil
}

// write sets the value at a path, copying what lies on the way: out shares its values with the old item.
func write(out item.Item, path Path, v item.Value) error {
	if len(path) == 1 {
		out[path[0].Name] = v
		return nil
	}
	parent, err := rebuild(out[path[0].Name], path[1:], func(s Step, holder item.Value) (item.Value, error) { return put(holder, s, v) })
	if err != nil {
		return err
	}
	out[path[0].Name] = parent
	return nil
}

// rebuild copies the containers along the steps and lets f change the last one.
func rebuild(holder item.Value, steps Path, f func(Step, item.Value) (item.Value, error)) (item.Value, error) {
	if len(steps) == 1 {
		return f(steps[0], holder)
	}
	child := step(holder, steps[0])
	if child == nil {
		return nil, errPath
	}
	changed, err := rebuild(child, steps[1:], f)
	if err != nil {
		return nil, err
	}
	return put(holder, steps[0], changed)
}

// put answers a copy of a map or list with one element set; an index past the end appends.
func put(holder item.Value, s Step, v item.Value) (item.Value, error) {
	switch h := holder.(type) {
	case *types.AttributeValueMemberM:
		if !s.IsIndex {
			m := maps.Clone(h.Value)
			m[s.Name] = v
			return &types.AttributeValueMemberM{Value: m}, nil
		}
	case *types.AttributeValueMemberL:
		if s.IsIndex {
			list := slices.Clone(h.Value)
			if s.Index < len(list) {
				list[s.Index] = v
			} else {
				list = append(list, v)
			}
			return &types.AttributeValueMemberL{Value: list}, nil
		}
	}
	return nil, errPath
}

// removeAll removes from the highest index down, so that earlier removals do not shift later ones.
func removeAll(out item.Item, paths []Path) error {
	slices.SortStableFunc(paths, func(a, b Path) int {
		for i := range min(len(a), len(b)) {
			if a[i].IsIndex && b[i].IsIndex && a[i].Index != b[i].Index {
				return cmp.Compare(b[i].Index, a[i].Index)
			}
		}
		return 0
	})
	for _, p := range paths {
		if len(p) == 1 {
			delete(out, p[0].Name)
			continue
		}
		changed, err := rebuild(out[p[0].Name], p[1:], take)
		if err != nil {
			return err
		}
		out[p[0].Name] = changed
	}
	return nil
}

func take(s Step, holder item.Value) (item.Value, error) {
	switch h := holder.(type) {
	case *types.AttributeValueMemberM:
		if !s.IsIndex {
			m := maps.Clone(h.Value)
			delete(m, s.Name)
			return &types.AttributeValueMemberM{Value: m}, nil
		}
	case *types.AttributeValueMemberL:
		if s.IsIndex {
			if s.Index >= len(h.Value) {
				return holder, nil
			}
			return &types.AttributeValueMemberL{Value: slices.Delete(slices.Clone(h.Value), s.Index, s.Index+1)}, nil
		}
	}
	return nil, errPath
}
