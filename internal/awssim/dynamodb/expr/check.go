package expr

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// What each condition function takes, by "Condition and filter expressions, operators, and functions".
func arity(function string) (n int, known bool) {
	switch function {
	case "attribute_exists", "attribute_not_exists", "size":
		return 1, true
	case "attribute_type", "begins_with", "contains":
		return 2, true
	}
	return 0, false
}

// checked refuses what AWS refuses before it looks at any item, and turns size() into an operand.
func (p *parser) checked(n node) (node, error) {
	switch n := n.(type) {
	case compare:
		return n, p.checkCompare(n)
	case between:
		return n, p.checkBetween(n)
	case within:
		return n, p.distinct("IN", append([]node{n.x}, n.list...))
	case call:
		if err := p.checkCall(n); err != nil {
			return nil, err
		}
		if n.name == "size" {
			return sizeOf{n.args[0]}, nil
		}
		return n, nil
	}
	return n, nil
}

func (p *parser) checkCompare(n compare) error {
	if n.op != "=" && n.op != "<>" {
		for _, x := range []node{n.a, n.b} {
			if err := p.operandType(n.op, x, "S N B"); err != nil {
				return err
			}
		}
	}
	return p.distinct(n.op, []node{n.a, n.b})
}

func (p *parser) checkBetween(n between) error {
	for _, x := range []node{n.x, n.low, n.high} {
		if err := p.operandType("BETWEEN", x, "S N B"); err != nil {
			return err
		}
	}
	low, ok1 := n.low.(literal)
	high, ok2 := n.high.(literal)
	if !ok1 || !ok2 {
		return nil
	}
	bounds := "; lower bound operand: AttributeValue: " + show(low.v) + ", upper bound operand: AttributeValue: " + show(high.v)
	order, same := item.Compare(low.v, high.v)
	if !same {
		return p.invalid("The BETWEEN operator requires same data type for lower and upper bounds" + bounds)
	}
	if order > 0 {
		return p.invalid("The BETWEEN operator requires upper bound to be greater than or equal to lower bound" + bounds)
	}
	return nil
}

func show(v item.Value) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return "{S:" + v.Value + "}"
	case *types.AttributeValueMemberN:
		return "{N:" + v.Value + "}"
	}
	return "{" + item.TypeOf(v) + "}"
}

// operandType refuses a literal of a type that can never fit.
func (p *parser) operandType(operator string, x node, allowed string) error {
	got := "N" // of size()
	switch x := x.(type) {
	case literal:
		got = item.TypeOf(x.v)
	case sizeOf:
	default:
		return nil
	}
	if slices.Contains(strings.Fields(allowed), got) {
		return nil
	}
	return p.invalid("Incorrect operand type for operator or function; operator or function: " + operator + ", operand type: " + got)
}

func (p *parser) distinct(operator string, nodes []node) error {
	first, ok := nodes[0].(Path)
	if !ok {
		return nil
	}
	for _, n := range nodes[1:] {
		if q, ok := n.(Path); ok && first.equal(q) {
			return p.invalid("The first operand must be distinct from the remaining operands for this operator or function; operator: " +
				operator + ", first operand: " + first.String())
		}
	}
	return nil
}

func (p *parser) checkCall(n call) error {
	want, known := arity(n.name)
	if !known {
		if n.name == "if_not_exists" || n.name == "list_append" {
			return p.invalid("The function is not allowed in a condition expression; function: " + n.name)
		}
		return p.invalid("Invalid function name; function: " + n.name)
	}
	if len(n.args) != want {
		return p.wrongCount(n.name, len(n.args))
	}
	switch n.name {
	case "attribute_exists", "attribute_not_exists":
		return p.mustBePath(n.name, n.args[0])
	case "attribute_type":
		return p.checkAttributeType(n)
	case "begins_with":
		for _, a := range n.args {
			if err := p.operandType(n.name, a, "S B"); err != nil {
				return err
			}
		}
	case "size":
		return p.operandType(n.name, n.args[0], "S B SS NS BS L M")
	}
	return p.distinct(n.name, n.args)
}

func (p *parser) wrongCount(function string, n int) error {
	return p.invalid("Incorrect number of operands for operator or function; operator or function: " + function + ", number of operands: " + itoa(n))
}

func (p *parser) mustBePath(function string, n node) error {
	if _, ok := n.(Path); !ok {
		return p.invalid("Operator or function requires a document path; operator or function: " + function)
	}
	return nil
}

const typeNames = "N BS L B NULL M S SS NS BOOL"

func (p *parser) checkAttributeType(n call) error {
	if err := p.mustBePath(n.name, n.args[0]); err != nil {
		return err
	}
	if err := p.operandType(n.name, n.args[1], "S"); err != nil {
		return err
	}
	names := "{" + strings.ReplaceAll(typeNames, " ", ",") + "}"
	l, ok := n.args[1].(literal)
	if !ok { // a path could hold anything
		return p.invalid("Incorrect operand type for operator or function; operator or function: attribute_type, operand type: " + names)
	}
	name := l.v.(*types.AttributeValueMemberS).Value
	if !slices.Contains(strings.Fields(typeNames), name) {
		return p.invalid("Invalid attribute type name found; type: " + name + ", valid types: " + names)
	}
	return nil
}
