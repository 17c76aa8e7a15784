package expr

import (
	"strings"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// Update is a parsed update expression.
type Update struct{ actions []action }

// action is one change: SET path = value, REMOVE path, ADD path value or DELETE path value.
type action struct {
	verb  string
	path  Path
	value node
}

// The operands that only SET knows.
type (
	plus      struct{ a, b node }
	minus     struct{ a, b node }
	ifMissing struct {
		path Path
		or   node
	}
	appended struct{ a, b node }
)

// Update parses src.
func (p *Params) Update(src string) (*Update, error) {
	ps, err := p.parser("UpdateExpression", src)
	if err != nil {
		return nil, err
	}
	var out Update
	seen := map[string]bool{}
	for ps.peek().kind != tokEnd {
		verb := strings.ToUpper(ps.peek().text)
		switch verb {
		case "SET", "REMOVE", "ADD", "DELETE":
		default:
			return nil, ps.syntax()
		}
		if seen[verb] {
			return nil, ps.invalid(`The "` + verb + `" section can only be used once in an update expression;`)
		}
		seen[verb] = true
		ps.next()
		if err := ps.section(&out, verb); err != nil {
			return nil, err
		}
	}
	return &out, ps.clash(out.paths())
}

func (u *Update) paths() []Path {
	out := make([]Path, len(u.actions))
	for i, a := range u.actions {
		out[i] = a.path
	}
	return out
}

// Touches lists the top-level attributes that the update may change.
func (u *Update) Touches() []string {
	out := make([]string, len(u.actions))
	for i, a := range u.actions {
		out[i] = a.path[0].Name
	}
	return out
}

func (p *parser) section(u *Update, verb string) error {
	for {
		a, err := p.action(verb)
		if err != nil {
			return err
		}
		u.actions = append(u.actions, a)
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) action(verb string) (action, error) {
	path, err := p.path()
	if err != nil {
		return action{}, err
	}
	a := action{verb: verb, path: path}
	switch verb {
	case "SET":
		if err = p.expect("="); err == nil {
			a.value, err = p.sum()
		}
	case "ADD", "DELETE":
		if p.peek().kind != tokValue {
			return a, p.syntax()
		}
		var l literal
		if l, err = p.value(); err == nil {
			err = p.setOperand(verb, l)
		}
		a.value = l
	}
	return a, err
}

// longNames is how messages about ADD and DELETE call the types.
func longName(typeName string) string {
	switch typeName {
	case "S":
		return "STRING"
	case "N":
		return "NUMBER"
	case "B":
		return "BINARY"
	case "BOOL":
		return "BOOLEAN"
	case "L":
		return "LIST"
	case "M":
		return "MAP"
	}
	return typeName
}

func (p *parser) setOperand(verb string, l literal) error {
	got := item.TypeOf(l.v)
	switch got {
	case "SS", "NS", "BS":
		return nil
	case "N":
		if verb == "ADD" {
			return nil
		}
	}
	return p.invalid("Incorrect operand type for operator or function; operator: " + verb + ", operand type: " + longName(got) +
		", typeSet: ALLOWED_FOR_" + verb + "_OPERAND")
}

// sum parses operand [(+|-) operand].
func (p *parser) sum() (node, error) {
	a, err := p.updateOperand(0)
	if err != nil {
		return nil, err
	}
	return p.rest(a, 0)
}

func (p *parser) rest(a node, depth int) (node, error) {
	t := p.peek()
	if t.kind != tokSign || t.text != "+" && t.text != "-" {
		return a, nil
	}
	p.next()
	b, err := p.updateOperand(depth)
	if err != nil {
		return nil, err
	}
	for _, x := range []node{a, b} {
		if err := p.operandType(t.text, x, "N"); err != nil {
			return nil, err
		}
	}
	if t.text == "+" {
		return plus{a, b}, nil
	}
	return minus{a, b}, nil
}

func (p *parser) updateOperand(depth int) (node, error) {
	if depth > maxNesting {
		return nil, p.invalid("The expression contains too many nested operators;")
	}
	t := p.peek()
	switch {
	case p.accept("("):
		a, err := p.updateOperand(depth + 1)
		if err == nil {
			a, err = p.rest(a, depth+1)
		}
		if err != nil {
			return nil, err
		}
		return a, p.expect(")")
	case t.kind == tokValue:
		return p.value()
	case t.kind == tokWord && p.tokens[p.pos+1].text == "(" && !grammarWord(strings.ToUpper(t.text)):
		return p.updateFunction(depth)
	}
	return p.path()
}

func (p *parser) updateFunction(depth int) (node, error) {
	name := p.next().text
	if name != "if_not_exists" && name != "list_append" {
		if _, known := arity(name); known {
			return nil, p.invalid("The function is not allowed in an update expression; function: " + name)
		}
		return nil, p.invalid("Invalid function name; function: " + name)
	}
	args, err := p.updateArguments(depth + 1)
	if err != nil {
		return nil, err
	}
	if len(args) != 2 {
		return nil, p.wrongCount(name, len(args))
	}
	if name == "if_not_exists" {
		if err := p.mustBePath(name, args[0]); err != nil {
			return nil, err
		}
		return ifMissing{args[0].(Path), args[1]}, nil
	}
	for _, a := range args {
		if err := p.operandType(name, a, "L"); err != nil {
			return nil, err
		}
	}
	return appended{args[0], args[1]}, nil
}

func (p *parser) updateArguments(depth int) ([]node, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var out []node
	for {
		n, err := p.updateOperand(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		if !p.accept(",") {
			return out, p.expect(")")
		}
	}
}
