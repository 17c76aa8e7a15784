package cfn

import (
	"strconv"

	"github.com/restorable/restorable/internal/iac/build"
)

// selectItem evaluates Fn::Select, which counts from 0.
func (s *stack) selectItem(n *node, p build.Pos) value {
	args, ok := arguments(n, 2, 2)
	if !ok {
		return malformed(p, "Fn::Select")
	}
	items := s.evaluate(args[1])
	if items.form == unresolved {
		return items
	}
	at, ok := s.evaluate(args[0]).flat()
	if !ok {
		return unknownOf(p, "the index of Fn::Select is not known")
	}
	i, err := strconv.Atoi(at)
	if err != nil || i < 0 || i >= len(items.items) {
		return unknownOf(p, "Fn::Select has no item "+at)
	}
	return items.items[i]
}
