package iampolicy

import "strings"

// expand turns a policy's text into a pattern with its variables put in
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
// certain is No when a variable is known to be without a value, so that nothing can match; it is Maybe when a variable is not known,
// in which case the pattern has a star in its place: what does not match that, matches no value. Symbols of templates are sealed.
func expand(text string, variables, wildcards bool, env *environment) (p pattern, certain Answer) {
	plain := literal
	if wildcards {
		plain = wild
	}
	certain = Yes
	for {
		before, rest, found := strings.Cut(text, symbolStart)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			break
		}
		value, known := sealed(name), Yes
		switch {
		case !variable(name):
		case variables:
			value, known = env.variable(name)
		default: // as it is written
			value = literal(symbolStart + name + "}")
		}
		p = append(append(p, plain(before)...), value...)
		certain = and(certain, known)
		text = after
	}
	return append(p, plain(text)...), certain
}

// variable resolves what stands between ${ and }: a key, a key with a default, or one of the three escapes.
func (e *environment) variable(name string) (pattern, Answer) {
	switch name {
	case "*", "?", "$":
		return literal(name), Yes
	}
	key, fallback, hasDefault := strings.Cut(name, ",")
	values, known := e.lookup(strings.TrimSpace(key))
	switch {
	case known == Maybe:
		return pattern{anyRun}, Maybe
	case known == Yes && len(values) == 1:
		return literal(seal(values[0])), Yes
	case known == Yes: // multivalued keys cannot be variables
		return nil, No
	case hasDefault:
		return literal(strings.Trim(strings.TrimSpace(fallback), "'")), Yes
	}
	return nil, No
}
