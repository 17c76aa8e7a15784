package cfn

import (
	"strconv"

	"github.com/restorable/restorable/internal/iac/build"
)

// length evaluates Fn::Length. An item that is not known may be no item at all, so that the number is not known either.
func (s *stack) length(n *node, p build.Pos) value {
	v := s.evaluate(n)
	if v.form != listing {
		return unknownOf(p, "the list that Fn::Length counts is not known")
	}
	for _, item := range v.items {
		if item.form == unresolved {
			return unknownOf(p, "the list that Fn::Length counts is not wholly known")
		}
	}
	return textOf(strconv.Itoa(len(v.items)), p)
}
