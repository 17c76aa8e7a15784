package organizations

import (
	"encoding/json"
	"slices"
	"strings"
)

// The operators of management policies
// (https://docs.aws.amazon.com/organizations/latest/userguide/policy-operators.html).
const (
	opAssign  = "@@assign"
	opAppend  = "@@append"
	opRemove  = "@@remove"
	opControl = "@@operators_allowed_for_child_policies"
)

// operators is a set of value-setting operators.
type operators uint8

const (
	mayAssign operators = 1 << iota
	mayAppend
	mayRemove
	mayAll = mayAssign | mayAppend | mayRemove
)

func operatorNamed(name string) operators {
	switch name {
	case opAssign:
		return mayAssign
	case opAppend:
		return mayAppend
	case opRemove:
		return mayRemove
	case "@@all":
		return mayAll
	}
	return 0
}

// node is one key of the policy that is being merged.
type node struct {
	children map[string]*node
	value    any       // set on leaves
	forbids  operators // what policies further down may not do here and below
}

func (n *node) child(key string) *node {
	if n.children == nil {
		n.children = map[string]*node{}
	}
	c, ok := n.children[key]
	if !ok {
		c = &node{}
		n.children[key] = c
	}
	return c
}

// operation is one operator at one key of one document.
type operation struct {
	path    []string
	op      operators
	value   any
	control operators // for the control operator: what it forbids
}

// wellFormed says whether a document is acceptable when it is created: JSON, and for management policies operators at every leaf.
func wellFormed(p *policy) bool {
	var tree map[string]any
	if json.Unmarshal([]byte(p.content), &tree) != nil {
		return false
	}
	if p.kind == controlPolicy || p.kind == "RESOURCE_CONTROL_POLICY" {
		return tree["Statement"] != nil
	}
	if p.kind == backupPolicy && !onlyPlans(tree) {
		return false
	}
	_, ok := collect(tree, nil, nil)
	return ok
}

func onlyPlans(tree map[string]any) bool {
	for k := range tree {
		if k != "plans" {
			return false
		}
	}
	return tree["plans"] != nil
}

// collect lists the operations of a document; ok is false when a value stands without an operator or an operator is unknown.
func collect(tree map[string]any, path []string, out []operation) (_ []operation, ok bool) {
	for _, key := range sortedKeys(tree) {
		if !strings.HasPrefix(key, "@@") {
			below, isObject := tree[key].(map[string]any)
			if !isObject {
				return nil, false
			}
			if out, ok = collect(below, append(slices.Clone(path), strings.ToLower(key)), out); !ok {
				return nil, false
			}
			continue
		}
		o, known := newOperation(key, tree[key], path)
		if !known {
			return nil, false
		}
		out = append(out, o)
	}
	return out, true
}

func newOperation(key string, value any, path []string) (operation, bool) {
	o := operation{path: path, value: value, op: operatorNamed(key)}
	if key == opControl {
		allowed := operators(0)
		for _, name := range list(value) {
			if operatorNamed(name) == 0 && name != "@@none" {
				return o, false
			}
			allowed |= operatorNamed(name)
		}
		o.op, o.control = 0, mayAll&^allowed
		return o, true
	}
	_, isObject := value.(map[string]any)
	return o, (key == opAssign || key == opAppend || key == opRemove) && !isObject && value != nil
}

// list reads a string or a list of strings.
func list(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []string:
		return v
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// level merges the documents attached to one root, unit or account into what came from above.
// What a level above forbade has no effect. Of two documents that assign the same key, the one attached first wins.
func (n *node) level(documents []string) {
	var all []operation
	for _, text := range documents {
		var tree map[string]any
		if json.Unmarshal([]byte(text), &tree) != nil {
			continue // cannot have been created
		}
		if ops, ok := collect(tree, nil, nil); ok {
			all = append(all, ops...)
		}
	}
	all = slices.DeleteFunc(all, func(o operation) bool { return n.forbidden(o.path)&o.op != 0 })
	assigned := map[string]bool{}
	for _, kind := range []operators{mayAssign, mayAppend, mayRemove, 0} {
		for _, o := range all {
			if o.op == kind {
				n.apply(o, assigned)
			}
		}
	}
}

// forbidden joins the restrictions on the way to a key.
func (n *node) forbidden(path []string) operators {
	out := n.forbids
	for _, key := range path {
		next, ok := n.children[key]
		if !ok {
			break
		}
		n = next
		out |= n.forbids
	}
	return out
}

func (n *node) apply(o operation, assigned map[string]bool) {
	at := n
	for _, key := range o.path {
		at = at.child(key)
	}
	switch o.op {
	case mayAssign:
		if name := strings.Join(o.path, "\x00"); !assigned[name] {
			assigned[name] = true
			at.value = o.value
		}
	case mayAppend:
		have := list(at.value)
		for _, v := range list(o.value) {
			if !slices.Contains(have, v) {
				have = append(slices.Clone(have), v)
			}
		}
		at.value = have
	case mayRemove:
		gone := list(o.value)
		at.value = slices.DeleteFunc(slices.Clone(list(at.value)), func(v string) bool { return slices.Contains(gone, v) })
	default:
		at.forbids |= o.control
	}
}

// plain is the merged document without operators; nil for a node that holds nothing.
func (n *node) plain() any {
	if n.value != nil {
		return n.value
	}
	out := map[string]any{}
	for key, c := range n.children {
		if v := c.plain(); v != nil {
			out[key] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
