package cfn

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// allowed are the values that a parameter may have, nil where it may have any. Those of parameters that are looked up are of their paths
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
func allowed(parameter *node) []string {
	if kind := parameter.get("Type"); kind != nil && strings.HasPrefix(kind.text, "AWS::SSM::") {
		return nil
	}
	values := parameter.get("AllowedValues")
	if values == nil || values.kind != list {
		return nil
	}
	var out []string
	for _, item := range values.items {
		if item.kind != scalar {
			return nil
		}
		out = append(out, item.text)
	}
	return out
}

// candidates are the values of which one is that of an expression: the one that it comes to, or those that the parameter allows that it
// refers to. nil: any.
func (s *stack) candidates(n *node) []string {
	if v, ok := s.evaluate(n).flat(); ok {
		return []string{v}
	}
	if name := n.get("Ref"); name != nil && len(n.entries) == 1 && name.kind == scalar {
		return allowed(s.root.get("Parameters").get(name.text))
	}
	return nil
}

// equal compares two expressions: they differ, too, where no value that a parameter allows is the other's.
func (s *stack) equal(a, b *node) truth {
	if t := same(s.evaluate(a), s.evaluate(b)); t != maybe {
		return t
	}
	left, right := s.candidates(a), s.candidates(b)
	if left == nil || right == nil || slices.ContainsFunc(left, func(v string) bool { return slices.Contains(right, v) }) {
		return maybe
	}
	return no
}

// permitted is a parameter's value where it allows that one: no stack is made with another.
func permitted(v value, name string, parameter *node, p build.Pos) value {
	may := allowed(parameter)
	given, ok := v.flat()
	switch {
	case v.form == nothing && len(may) == 1:
		return textOf(may[0], p)
	case ok && may != nil && !slices.Contains(may, given):
		return unknownOf(p, "parameter "+name+" does not allow the value "+given)
	}
	return v
}
