package cfn

import "strings"

// placeResources notes where the blocks of resources begin, and by which address people know them: the logical id, or the path of the
// construct where the CDK made the template, without the name that it gives the resource within the construct
// (https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html).
func (s *stack) placeResources() {
	for _, e := range s.resources() {
		s.places[e.key] = e.pos
		path := e.value.get("Metadata").get("aws:cdk:path")
		if path == nil || path.kind != scalar {
			continue
		}
		name := strings.TrimSuffix(strings.TrimSuffix(path.text, "/Resource"), "/Default")
		if name != "" {
			s.addresses[e.key] = name
		}
	}
}

// identity is unique among all that is read.
func (s *stack) identity(id string) string {
	if s.parent != nil {
		return s.label + "." + id
	}
	return s.label + "#" + id
}

// address is by what people know a resource: within a nested stack behind the resource that nests it.
func (s *stack) address(id string) string {
	if name, ok := s.addresses[id]; ok {
		return name
	}
	if s.parent != nil {
		return s.parent.address(s.id) + "." + id
	}
	return id
}

// resources are the entries of the section, none where it is missing.
func (s *stack) resources() []entry {
	if n := s.root.get("Resources"); n != nil {
		return n.entries
	}
	return nil
}
