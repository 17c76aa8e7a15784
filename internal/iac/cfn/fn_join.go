package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// join evaluates Fn::Join; an entry that is not known leaves a symbol in its place.
func (s *stack) join(n *node, p build.Pos) value {
	args, ok := arguments(n, 2, 2)
	if !ok || args[0].kind != scalar {
		return malformed(p, "Fn::Join")
	}
	items := s.evaluate(args[1])
	if items.form == unresolved {
		return items
	}
	if items.form != listing {
		return malformed(p, "Fn::Join")
	}
	var b strings.Builder
	for i, item := range items.items {
		part, ok := item.asText()
		if !ok {
			return malformed(p, "Fn::Join")
		}
		if i > 0 {
			b.WriteString(args[0].text)
		}
		if b.WriteString(part); b.Len() > maxText {
			break
		}
	}
	return made(b.String(), p)
}
