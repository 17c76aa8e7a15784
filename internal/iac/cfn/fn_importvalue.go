package cfn

import "github.com/restorable/restorable/internal/iac/build"

// importValue evaluates Fn::ImportValue: what a template that is read together with this one exports, or else a symbol of the export.
func (s *stack) importValue(n *node, p build.Pos) value {
	name := s.evaluate(n)
	if name.form == unresolved {
		return name
	}
	if name.form != text {
		return malformed(p, "Fn::ImportValue")
	}
	e := s.project.exports[name.text]
	if e == nil {
		return textOf(symbol("ImportValue:"+name.text), p)
	}
	if e.open {
		return unknownOf(p, "the export rests on itself")
	}
	if e.value == nil {
		e.open = true
		v := e.stack.evaluate(e.node)
		e.value, e.open = &v, false
	}
	return *e.value
}

// readExports notes what a template exports, unless a condition may keep it from doing so. A name that two templates export is nobody's.
func (s *stack) readExports() {
	outputs := s.root.get("Outputs")
	if outputs == nil {
		return
	}
	for _, o := range outputs.entries {
		exported := o.value.get("Export").get("Name")
		if exported == nil || s.exists(o.value) != yes {
			continue
		}
		name := s.evaluate(exported)
		if name.form != text {
			continue
		}
		if _, taken := s.project.exports[name.text]; taken {
			s.project.exports[name.text] = nil
			continue
		}
		s.project.exports[name.text] = &export{stack: s, node: o.value.get("Value")}
	}
}

// exists is whether the condition of a resource or an output holds.
func (s *stack) exists(n *node) truth {
	c := n.get("Condition")
	switch {
	case c == nil:
		return s.certain
	case c.kind != scalar:
		return maybe
	}
	return s.certain.and(s.condition(c.text))
}
