package cfn

import "github.com/restorable/restorable/internal/iac/build"

// maxLookups bounds how many entries of a mapping are compared where keys are not known.
const maxLookups = 200

// findInMap evaluates Fn::FindInMap, with the DefaultValue of AWS::LanguageExtensions. Where a key is a parameter of which only the allowed
// values are known, the value is what all entries agree on that it may find.
func (s *stack) findInMap(n *node, p build.Pos) value {
	args, ok := arguments(n, 3, 4)
	if !ok {
		return malformed(p, "Fn::FindInMap")
	}
	const why = "a key of Fn::FindInMap is not known"
	var keys [3][]string
	number := 1
	for i, arg := range args[:3] {
		keys[i] = s.candidates(arg)
		number *= len(keys[i])
	}
	if number == 0 || number > maxLookups {
		return unknownOf(p, why)
	}
	var found *value
	for _, name := range keys[0] {
		for _, first := range keys[1] {
			for _, second := range keys[2] {
				v := s.lookup(s.root.get("Mappings").get(name).get(first).get(second), args, p)
				if found != nil {
					v = agreed(*found, v, why)
				}
				found = &v
			}
		}
	}
	return *found
}

// lookup is an entry of a mapping, or else the default.
func (s *stack) lookup(at *node, args []*node, p build.Pos) value {
	if at == nil && len(args) == 4 {
		at = args[3].get("DefaultValue")
	}
	if at == nil {
		return unknownOf(p, "Fn::FindInMap finds nothing")
	}
	return s.evaluate(at)
}
