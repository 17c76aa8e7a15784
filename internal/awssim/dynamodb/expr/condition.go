package expr

import (
	"strings"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// The nodes of a parsed condition. An operand is a Path, a literal or a sizeOf; the rest are conditions.
type (
	node    any
	literal struct{ v item.Value }
	sizeOf  struct{ of node }

	compare struct {
		op   string
		a, b node
	}
	between struct{ x, low, high node }
	within  struct {
		x    node
		list []node
	}
	call struct {
		name string
		args []node
	}
	logical struct {
		op   string // AND, OR
		a, b node
	}
	not struct{ x node }
	// parens remembers that a condition stood in parentheses: doubled ones are refused.
	parens struct{ x node }
)

// Condition is a parsed condition or filter expression.
type Condition struct{ root node }

// Condition parses src; kind is the parameter's name, for messages.
func (p *Params) Condition(kind, src string) (*Condition, error) {
	root, err := p.condition(kind, src)
	if err != nil {
		return nil, err
	}
	return &Condition{root}, nil
}

func (p *Params) condition(kind, src string) (node, error) {
	ps, err := p.parser(kind, src)
	if err != nil {
		return nil, err
	}
	root, err := ps.or(0)
	if err != nil {
		return nil, err
	}
	if ps.peek().kind != tokEnd {
		return nil, ps.syntax()
	}
	return root, ps.mustBeCondition(root)
}

// maxNesting keeps hostile input from exhausting the stack; AWS allows 300 operators in an expression.
const maxNesting = 300

func (p *parser) or(depth int) (node, error) { return p.binary("OR", depth, p.and) }

func (p *parser) and(depth int) (node, error) { return p.binary("AND", depth, p.not) }

func (p *parser) binary(word string, depth int, inner func(int) (node, error)) (node, error) {
	a, err := inner(depth)
	for err == nil && p.atKeyword(word) {
		if err = p.mustBeCondition(a); err != nil {
			break
		}
		p.next()
		var b node
		if b, err = inner(depth); err == nil {
			err = p.mustBeCondition(b)
		}
		a = logical{word, a, b}
	}
	return a, err
}

func (p *parser) not(depth int) (node, error) {
	if depth > maxNesting {
		return nil, p.invalid("The expression contains too many nested operators;")
	}
	if !p.keyword("NOT") {
		return p.comparison(depth)
	}
	x, err := p.not(depth + 1)
	if err != nil {
		return nil, err
	}
	return not{x}, p.mustBeCondition(x)
}

func (p *parser) mustBeCondition(n node) error {
	switch n.(type) {
	case Path, literal:
		return p.syntax()
	case sizeOf:
		return p.misused("size")
	}
	return nil
}

func (p *parser) misused(function string) error {
	return p.invalid("The function is not allowed to be used this way in an expression; function: " + function)
}

func (p *parser) comparison(depth int) (node, error) {
	a, err := p.term(depth)
	if err != nil {
		return nil, err
	}
	t := p.peek()
	switch {
	case t.kind == tokSign && isComparator(t.text):
		if err := p.mustBeOperand(a); err != nil {
			return nil, err
		}
		p.next()
		b, err := p.operand(depth)
		if err != nil {
			return nil, err
		}
		return p.checked(compare{t.text, a, b})
	case p.atKeyword("BETWEEN"):
		if err := p.mustBeOperand(a); err != nil {
			return nil, err
		}
		return p.between(a, depth)
	case p.atKeyword("IN"):
		if err := p.mustBeOperand(a); err != nil {
			return nil, err
		}
		return p.within(a, depth)
	}
	return a, nil
}

func isComparator(s string) bool { return strings.Contains(" = <> < <= > >= ", " "+s+" ") }

func (p *parser) mustBeOperand(n node) error {
	switch n := n.(type) {
	case Path, literal, sizeOf:
		return nil
	case call:
		return p.misused(n.name)
	}
	return p.syntax()
}

func (p *parser) between(x node, depth int) (node, error) {
	p.next()
	low, err := p.operand(depth)
	if err != nil {
		return nil, err
	}
	if !p.keyword("AND") {
		return nil, p.syntax()
	}
	high, err := p.operand(depth)
	if err != nil {
		return nil, err
	}
	return p.checked(between{x, low, high})
}

// maxIn is the number of operands of IN by "Condition and filter expressions".
const maxIn = 100

func (p *parser) within(x node, depth int) (node, error) {
	p.next()
	list, err := p.arguments(depth)
	if err != nil {
		return nil, err
	}
	if len(list) > maxIn {
		return nil, p.invalid("The IN operator is provided with too many operands; number of operands: " + itoa(len(list)))
	}
	return p.checked(within{x, list})
}

// arguments parses ( operand, … ), at least one.
func (p *parser) arguments(depth int) ([]node, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var out []node
	for {
		n, err := p.operand(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		if !p.accept(",") {
			return out, p.expect(")")
		}
	}
}

func (p *parser) operand(depth int) (node, error) {
	n, err := p.term(depth)
	if err != nil {
		return nil, err
	}
	return n, p.mustBeOperand(n)
}

// term parses an operand, a function call or something in parentheses.
func (p *parser) term(depth int) (node, error) {
	if depth > maxNesting {
		return nil, p.invalid("The expression contains too many nested operators;")
	}
	t := p.peek()
	switch {
	case t.kind == tokSign && t.text == "(":
		return p.parenthesised(depth)
	case t.kind == tokValue:
		return p.value()
	case t.kind == tokWord && p.tokens[p.pos+1].text == "(" && !grammarWord(strings.ToUpper(t.text)):
		return p.function(depth)
	}
	return p.path()
}

func (p *parser) parenthesised(depth int) (node, error) {
	p.next()
	x, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	switch x.(type) {
	case parens:
		return nil, p.invalid("The expression has redundant parentheses;")
	case Path, literal, sizeOf:
		return x, nil
	}
	return parens{x}, nil
}

func (p *parser) function(depth int) (node, error) {
	name := p.next().text
	args, err := p.arguments(depth + 1)
	if err != nil {
		return nil, err
	}
	return p.checked(call{name, args})
}
