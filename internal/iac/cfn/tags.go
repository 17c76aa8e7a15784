package cfn

import (
	"maps"

	"github.com/restorable/restorable/internal/estate"
)

// tags are a resource's own with those of its stack, which its own outrule
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html).
func (r *resource) tags(own estate.Fact[map[string]string]) estate.Fact[map[string]string] {
	given, why := r.stack.tags()
	written, ok := own.Get()
	switch {
	case !ok:
		return own
	case why != "":
		return unknownFact[map[string]string](r.properties.b, r.at, why)
	case len(given) == 0:
		return own
	}
	all := maps.Clone(given)
	maps.Copy(all, written)
	return estate.KnownFact(all, own.Source())
}

// tags are those of the stack: what the user says of them all, and of a nested one what nests it adds.
func (s *stack) tags() (given map[string]string, why string) {
	if s.parent == nil {
		given = s.project.options.Tags
		if own := s.project.options.Stacks[s.file].Tags; len(own) > 0 {
			own = maps.Clone(own)
			maps.Copy(own, given)
			return own, ""
		}
		return given, ""
	}
	if s.tagged == nil {
		s.tagged = &stackTags{}
		s.tagged.given, s.tagged.why = s.inherited()
	}
	return s.tagged.given, s.tagged.why
}

type stackTags struct {
	given map[string]string
	why   string
}

func (s *stack) inherited() (given map[string]string, why string) {
	above, why := s.parent.tags()
	if why != "" {
		return nil, why
	}
	given = maps.Clone(above)
	if given == nil {
		given = map[string]string{}
	}
	n := s.parent.resource(s.id).get("Properties").get("Tags")
	if n == nil {
		return given, ""
	}
	v := s.parent.evaluate(n)
	if v.form == nothing {
		return given, ""
	}
	own, why := tagMapOf(v)
	if typeOf(s.parent.resource(s.id)) == typeStack {
		own, why = tagListOf(v)
	}
	maps.Copy(given, own)
	return given, why
}
