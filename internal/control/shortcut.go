package control

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types/ref"
)

// shortcut answers for an expression that needs no interpreter: a literal, a variable, or members of one down to a value, as in "{vault.name}".
// Half of all expressions are such, and a report evaluates them a million times.
type shortcut struct {
	literal ref.Val
	name    string // of a variable
	members []*field
}

// shortcut of a checked expression; nil when it has none.
func (t *typeTable) shortcut(checked *cel.Ast) *shortcut {
	tree := checked.NativeRep()
	expr := tree.Expr()
	if expr.Kind() == ast.LiteralKind {
		return &shortcut{literal: expr.AsLiteral()}
	}
	var names []string
	for expr.Kind() == ast.SelectKind && !expr.AsSelect().IsTestOnly() {
		names, expr = append(names, expr.AsSelect().FieldName()), expr.AsSelect().Operand()
	}
	variable := tree.ReferenceMap()[expr.ID()]
	if expr.Kind() != ast.IdentKind || variable == nil || variable.Value != nil {
		return nil
	}
	s := &shortcut{name: variable.Name}
	of := t.byName[tree.GetType(expr.ID()).TypeName()]
	for i := len(names) - 1; i >= 0; i-- {
		if of == nil {
			return nil
		}
		member := of.fields[names[i]]
		if i > 0 && member.kind != objectField {
			return nil
		}
		s.members, of = append(s.members, member), member.elem
	}
	return s
}

// value is what the expression comes to; ok is false when the interpreter must say.
func (s *shortcut) value(e *evaluation) (value ref.Val, ok bool) {
	if s.literal != nil {
		return s.literal, true
	}
	found, ok := e.ResolveName(s.name)
	if !ok {
		return nil, false
	}
	for _, member := range s.members {
		of, ok := found.(*view)
		if !ok {
			return nil, false
		}
		found = of.get(member)
	}
	value, ok = found.(ref.Val)
	return value, ok
}

// eval evaluates an expression for a resource; details are nil where nothing was counted.
func (p *program) eval(e *evaluation) (ref.Val, *cel.EvalDetails, error) {
	if p.short != nil {
		if value, ok := p.short.value(e); ok {
			return value, nil, nil
		}
	}
	return p.Eval(e)
}
