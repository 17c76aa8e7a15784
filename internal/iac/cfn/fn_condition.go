package cfn

import "github.com/restorable/restorable/internal/iac/build"

// condition is a condition of the template by its name, evaluated once. One that rests on itself is not known.
func (s *stack) condition(name string) truth {
	if t, ok := s.conditions[name]; ok {
		return t
	}
	n := s.root.get("Conditions").get(name)
	key := "condition " + name
	if n == nil || s.open[key] {
		return maybe
	}
	s.open[key] = true
	t := s.decide(n)
	delete(s.open, key)
	s.conditions[name] = t
	return t
}

// decide evaluates the body of a condition
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html).
func (s *stack) decide(n *node) truth {
	if s.depth > 3*maxDepth || len(n.entries) != 1 {
		return maybe
	}
	s.depth++
	defer func() { s.depth-- }()
	body := n.entries[0].value
	switch n.entries[0].key {
	case "Condition":
		if body.kind == scalar {
			return s.condition(body.text)
		}
	case "Fn::Equals":
		if args, ok := arguments(body, 2, 2); ok {
			return s.equal(args[0], args[1])
		}
	case "Fn::Not":
		if args, ok := arguments(body, 1, 1); ok {
			return s.decide(args[0]).not()
		}
	case "Fn::And":
		return s.decideAll(body, yes, truth.and)
	case "Fn::Or":
		return s.decideAll(body, no, truth.or)
	}
	return maybe
}

func (s *stack) decideAll(n *node, t truth, with func(a, b truth) truth) truth {
	args, ok := arguments(n, 1, 10)
	if !ok {
		return maybe
	}
	for _, arg := range args {
		t = with(t, s.decide(arg))
	}
	return t
}

// conditionValue is a condition function where a value is asked for. {Condition: X} may as well be a plain property, as in a policy.
func (s *stack) conditionValue(key string, n *node, p build.Pos) (value, bool) {
	if key == "Condition" && (n == nil || n.kind != scalar || s.root.get("Conditions").get(n.text) == nil) {
		return value{}, false
	}
	switch s.decide(&node{kind: mapping, pos: p, entries: []entry{{key, p, n}}}) {
	case yes:
		return textOf("true", p), true
	case no:
		return textOf("false", p), true
	}
	return unknownOf(p, "the condition is not known"), true
}
