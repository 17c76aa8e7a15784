package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// getAtt evaluates Fn::GetAtt, written as a list or as Resource.Attribute
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html).
func (s *stack) getAtt(n *node, p build.Pos) value {
	if n != nil && n.kind == scalar {
		id, attribute, _ := strings.Cut(n.text, ".")
		return s.attribute(id, attribute, p)
	}
	args, ok := arguments(n, 2, 2)
	if !ok {
		return malformed(p, "Fn::GetAtt")
	}
	id, ok := s.evaluate(args[0]).flat()
	name, ok2 := s.evaluate(args[1]).flat()
	if !ok || !ok2 {
		return unknownOf(p, "the attribute's name is not known")
	}
	return s.attribute(id, name, p)
}

func (s *stack) attribute(id, name string, p build.Pos) value {
	if s.resource(id) == nil || name == "" {
		return unknownOf(p, "the template declares no resource that is called "+id)
	}
	if output, is := strings.CutPrefix(name, "Outputs."); is && s.children[id] != nil {
		return s.children[id].output(output, p)
	}
	return textOf(s.reference(id, name), p)
}
