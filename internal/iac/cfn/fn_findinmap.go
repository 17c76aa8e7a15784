package cfn

import "github.com/restorable/restorable/internal/iac/build"

// findInMap evaluates Fn::FindInMap, with the DefaultValue of AWS::LanguageExtensions.
func (s *stack) findInMap(n *node, p build.Pos) value {
	args, ok := arguments(n, 3, 4)
	if !ok {
		return malformed(p, "Fn::FindInMap")
	}
	at := s.root.get("Mappings")
	for _, arg := range args[:3] {
		key, ok := s.evaluate(arg).flat()
		if !ok {
			return unknownOf(p, "a key of Fn::FindInMap is not known")
		}
		at = at.get(key)
	}
	if at == nil && len(args) == 4 {
		at = args[3].get("DefaultValue")
	}
	if at == nil {
		return unknownOf(p, "Fn::FindInMap finds nothing")
	}
	return s.evaluate(at)
}
