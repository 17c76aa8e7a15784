package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// split evaluates Fn::Split of a text that is wholly known: a symbol may hold the delimiter.
func (s *stack) split(n *node, p build.Pos) value {
	args, ok := arguments(n, 2, 2)
	if !ok || args[0].kind != scalar || args[0].text == "" {
		return malformed(p, "Fn::Split")
	}
	whole, ok := s.evaluate(args[1]).flat()
	if !ok {
		return unknownOf(p, "the text that Fn::Split divides is not known")
	}
	out := value{form: listing, pos: p}
	for _, part := range strings.Split(whole, args[0].text) {
		out.items = append(out.items, textOf(part, p))
	}
	return out
}
