package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// sub evaluates Fn::Sub, with or without a mapping of its own; ${!x} is the text ${x}
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html).
func (s *stack) sub(n *node, p build.Pos) value {
	var own *node
	if n != nil && n.kind == list {
		args, ok := arguments(n, 1, 2)
		if !ok {
			return malformed(p, "Fn::Sub")
		}
		if len(args) == 2 {
			own = args[1]
		}
		n = args[0]
	}
	if n == nil || n.kind != scalar {
		return malformed(p, "Fn::Sub")
	}
	return s.substitute(n.text, own, p)
}

func (s *stack) substitute(rest string, own *node, p build.Pos) value {
	var b strings.Builder
	parts := map[string]value{} // each name is evaluated once: nested, the work would multiply at every level
	for b.Len() <= maxText {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			return made(b.String(), p)
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			b.WriteString("${" + after)
			return made(b.String(), p)
		}
		rest = tail
		if literal, is := strings.CutPrefix(name, "!"); is {
			// The text ${…} would read as a symbol of a resource: it becomes one of nothing in particular.
			b.WriteString(symbol(literalSign + literal))
			continue
		}
		v, had := parts[name]
		if !had {
			v = s.variable(strings.TrimSpace(name), own, p)
			parts[name] = v
		}
		part, ok := v.asText()
		if !ok {
			return unknownOf(p, "${"+name+"} is no text")
		}
		b.WriteString(part)
	}
	return made(b.String(), p)
}

func (s *stack) variable(name string, own *node, p build.Pos) value {
	if v := own.get(name); v != nil {
		return s.evaluate(v)
	}
	if id, attribute, found := strings.Cut(name, "."); found {
		return s.attribute(id, attribute, p)
	}
	return s.named(name, p)
}
