package cfn

import "github.com/restorable/restorable/internal/iac/build"

// ifThen evaluates Fn::If. Where the condition is not known, the value is what both branches agree on.
func (s *stack) ifThen(n *node, p build.Pos) value {
	args, ok := arguments(n, 3, 3)
	if !ok || args[0].kind != scalar {
		return malformed(p, "Fn::If")
	}
	switch s.condition(args[0].text) {
	case yes:
		return s.evaluate(args[1])
	case no:
		return s.evaluate(args[2])
	}
	then, other := s.evaluate(args[1]), s.evaluate(args[2])
	return agreed(then, other, s.undecided(args[0].text))
}

// agreed is what two values have in common: of two mappings, and of two lists of one length, what both say; the rest is not known, for the
// reason that is given.
func agreed(a, b value, why string) value {
	switch {
	case same(a, b) == yes:
		return a
	case a.form == object && b.form == object:
		return agreedFields(a, b, why)
	case a.form == listing && b.form == listing && len(a.items) == len(b.items):
		out := value{form: listing, pos: a.pos}
		for i := range a.items {
			out.items = append(out.items, agreed(a.items[i], b.items[i], why))
		}
		return out
	}
	return unknownOf(a.pos, why)
}

func agreedFields(a, b value, why string) value {
	out := value{form: object, pos: a.pos, open: orText(a.open, b.open)}
	for _, f := range a.fields {
		if other, _, has := b.field(f.key); has {
			f.value = agreed(f.value, other, why)
		} else {
			f.value = unknownOf(f.value.pos, why)
		}
		out.fields = append(out.fields, f)
	}
	for _, f := range b.fields {
		if _, _, has := a.field(f.key); !has {
			out.fields = append(out.fields, field{f.key, f.pos, unknownOf(f.value.pos, why)})
		}
	}
	return out
}
