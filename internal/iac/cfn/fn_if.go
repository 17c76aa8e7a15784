package cfn

import "github.com/restorable/restorable/internal/iac/build"

// ifThen evaluates Fn::If. Where the condition is not known, the value is that of both branches if they agree.
func (s *stack) ifThen(n *node, p build.Pos) value {
	args, ok := arguments(n, 3, 3)
	if !ok || args[0].kind != scalar {
		return malformed(p, "Fn::If")
	}
	switch s.condition(args[0].text) {
	case yes:
		return s.evaluate(args[1])
	case no:
		return s.evaluate(args[2])
	}
	then, other := s.evaluate(args[1]), s.evaluate(args[2])
	if same(then, other) == yes {
		return then
	}
	return unknownOf(p, "condition "+args[0].text+" is not known")
}
