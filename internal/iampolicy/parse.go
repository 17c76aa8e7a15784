package iampolicy

import (
	"encoding/json"
	"strings"
)

// Parse reads a policy document strictly: an unknown element, a missing one, a wrong type or an element given twice is an error,
// always a *ParseError that says where.
func Parse(kind Kind, text string) (*Document, error) {
	r, root, err := readTree(text)
	if err != nil {
		return nil, err
	}
	return (&parser{reader: r, kind: kind}).document(root)
}

type parser struct {
	*reader
	kind Kind
}

func (p *parser) document(root node) (*Document, error) {
	if !root.object {
		return nil, p.fail(root.at, "a policy is a JSON object")
	}
	doc := &Document{Version: versionOld}
	statements := false
	for _, f := range root.fields() {
		var err error
		switch f.name {
		case "Version":
			doc.Version, err = p.version(f.node)
		case "Id":
			doc.ID, err = p.text(f)
		case "Statement":
			statements = true
			doc.Statements, err = p.statements(f.node)
		default:
			err = p.fail(f.at, "unknown element %q", f.name)
		}
		if err != nil {
			return nil, err
		}
	}
	if !statements {
		return nil, p.fail(root.at, "no Statement")
	}
	return doc, p.sidsDiffer(root, doc)
}

// sidsDiffer holds identity and trust policies to AWS's rule that statement ids are unique.
func (p *parser) sidsDiffer(root node, doc *Document) error {
	seen := map[string]bool{}
	for _, s := range doc.Statements {
		if s.Sid != "" && seen[s.Sid] && p.kind != Resource {
			return p.fail(root.at, "statement id %q is used twice", s.Sid)
		}
		seen[s.Sid] = true
	}
	return nil
}

func (p *parser) version(n node) (string, error) {
	if n.value != versionOld && n.value != versionNew {
		return "", p.fail(n.at, "Version is %q or %q", versionNew, versionOld)
	}
	return n.value.(string), nil
}

func (p *parser) text(f field) (string, error) {
	s, ok := f.node.value.(string)
	if !ok {
		return "", p.fail(f.node.at, "%s is a string", f.name)
	}
	return s, nil
}

// list accepts a string or a list of strings, as most elements do.
func (p *parser) list(f field) ([]string, error) {
	if s, ok := f.node.value.(string); ok {
		return []string{s}, nil
	}
	if !f.node.array {
		return nil, p.fail(f.node.at, "%s is a string or a list of strings", f.name)
	}
	out := make([]string, 0, len(f.node.items()))
	for _, item := range f.node.items() {
		s, ok := item.value.(string)
		if !ok {
			return nil, p.fail(item.at, "%s holds strings", f.name)
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, p.fail(f.node.at, "%s is empty", f.name)
	}
	return out, nil
}

func (p *parser) statements(n node) ([]Statement, error) {
	nodes := n.items()
	if n.object {
		nodes = []node{n}
	}
	if len(nodes) == 0 {
		return nil, p.fail(n.at, "Statement is an object or a list of objects")
	}
	out := make([]Statement, 0, len(nodes))
	for _, item := range nodes {
		s, err := p.statement(item)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (p *parser) statement(n node) (Statement, error) {
	var s Statement
	if !n.object {
		return s, p.fail(n.at, "a statement is an object")
	}
	seen := map[string]bool{}
	for _, f := range n.fields() {
		seen[f.name] = true
		if err := p.element(&s, f); err != nil {
			return s, err
		}
	}
	return s, p.complete(n, seen)
}

func (p *parser) element(s *Statement, f field) (err error) {
	switch f.name {
	case "Sid":
		s.Sid, err = p.text(f)
	case "Effect":
		s.Deny, err = p.effect(f.node)
	case "Action":
		s.Actions, err = p.actions(f)
	case "NotAction":
		s.NotActions, err = p.actions(f)
	case "Resource":
		s.Resources, err = p.resources(f)
	case "NotResource":
		s.NotResources, err = p.resources(f)
	case "Principal", "NotPrincipal":
		s.NotPrincipal = f.name == "NotPrincipal"
		s.Principals, err = p.principals(f.node)
	case "Condition":
		s.Conditions, err = p.conditions(f.node)
	default:
		err = p.fail(f.at, "unknown element %q in a statement", f.name)
	}
	return err
}

func (p *parser) complete(n node, seen map[string]bool) error {
	if !seen["Effect"] {
		return p.fail(n.at, "a statement needs an Effect")
	}
	if seen["Action"] == seen["NotAction"] {
		return p.fail(n.at, "a statement needs either Action or NotAction")
	}
	if seen["Resource"] && seen["NotResource"] {
		return p.fail(n.at, "a statement has Resource and NotResource")
	}
	if seen["Principal"] && seen["NotPrincipal"] {
		return p.fail(n.at, "a statement has Principal and NotPrincipal")
	}
	hasPrincipal, hasResource := seen["Principal"] || seen["NotPrincipal"], seen["Resource"] || seen["NotResource"]
	switch {
	case p.kind == Identity && hasPrincipal:
		return p.fail(n.at, "an identity policy has no Principal")
	case p.kind != Identity && !hasPrincipal:
		return p.fail(n.at, "the statement needs a Principal")
	case p.kind == Trust && hasResource:
		return p.fail(n.at, "a trust policy has no Resource")
	case p.kind != Trust && !hasResource:
		return p.fail(n.at, "the statement needs a Resource")
	}
	return nil
}

func (p *parser) effect(n node) (deny bool, err error) {
	if n.value != "Allow" && n.value != "Deny" {
		return false, p.fail(n.at, `Effect is "Allow" or "Deny"`)
	}
	return n.value == "Deny", nil
}

func (p *parser) actions(f field) ([]string, error) {
	list, err := p.list(f)
	for _, a := range list {
		vendor, name, ok := strings.Cut(a, ":")
		if a != "*" && (!ok || vendor == "" || name == "") {
			return nil, p.fail(f.node.at, "action %q is not of the form service:Action", a)
		}
	}
	return list, err
}

func (p *parser) resources(f field) ([]string, error) {
	list, err := p.list(f)
	for _, r := range list {
		if r != "*" && !strings.HasPrefix(r, "arn:") && !strings.HasPrefix(r, "${") && !strings.HasPrefix(r, "*") {
			return nil, p.fail(f.node.at, `resource %q is neither an ARN nor "*"`, r)
		}
	}
	return list, err
}

func (p *parser) principals(n node) (*Principals, error) {
	if n.value == "*" {
		return &Principals{Anyone: true}, nil
	}
	if !n.object || len(n.fields()) == 0 {
		return nil, p.fail(n.at, `Principal is "*" or an object of AWS, Service, Federated or CanonicalUser`)
	}
	out := &Principals{}
	for _, f := range n.fields() {
		list, err := p.list(f)
		if err != nil {
			return nil, err
		}
		if err := p.principalType(out, f, list); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *parser) principalType(out *Principals, f field, list []string) error {
	switch f.name {
	case "AWS":
		for _, v := range list {
			out.Anyone = out.Anyone || v == "*"
		}
		out.AWS = list
	case "Service":
		out.Service = list
	case "Federated":
		out.Federated = list
	case "CanonicalUser":
		out.Canonical = list
	default:
		return p.fail(f.at, "unknown principal type %q", f.name)
	}
	return nil
}

func (p *parser) conditions(n node) ([]Condition, error) {
	if !n.object {
		return nil, p.fail(n.at, "Condition is an object of operators")
	}
	var out []Condition
	for _, f := range n.fields() {
		op, ok := parseOperator(f.name)
		if !ok {
			return nil, p.fail(f.at, "unknown condition operator %q", f.name)
		}
		if !f.node.object {
			return nil, p.fail(f.node.at, "%s is an object of condition keys", f.name)
		}
		for _, k := range f.node.fields() {
			c := Condition{Operator: f.name, Key: k.name, op: op}
			values, err := p.conditionValues(k)
			if err != nil {
				return nil, err
			}
			c.Values = values
			if bad := op.badValue(values); bad != "" {
				return nil, p.fail(k.node.at, "%s cannot compare with %q", f.name, bad)
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func (p *parser) conditionValues(k field) ([]string, error) {
	nodes := k.node.items()
	if !k.node.array {
		nodes = []node{k.node}
	}
	out := make([]string, 0, len(nodes))
	for _, n := range nodes {
		switch v := n.value.(type) {
		case string:
			out = append(out, v)
		case json.Number:
			out = append(out, v.String())
		case bool:
			out = append(out, map[bool]string{true: "true", false: "false"}[v])
		default:
			return nil, p.fail(n.at, "the values of %s are strings, numbers or booleans", k.name)
		}
	}
	return out, nil
}
