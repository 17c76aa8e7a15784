package iampolicy

import (
	"slices"
	"strings"
)

// Context holds the condition keys of a request and their values. A key with an empty list is known to be absent;
// a key that is not in the map is not known, unless the request says that its context is complete. Keys ignore case.
type Context map[string][]string

// environment answers for keys and remembers those that it could not answer. Most statements ask for none.
type environment struct {
	request Request
	keys    map[string][]string // by lower-case name; nil until one is asked for
	missing map[string]bool
}

func (e *environment) fill() {
	r := e.request
	e.keys, e.missing = map[string][]string{}, map[string]bool{}
	if r.Principal.ARN != "" {
		e.keys["aws:principalarn"] = []string{r.Principal.conditionARN()}
	}
	if r.Principal.Account != "" {
		e.keys["aws:principalaccount"] = []string{r.Principal.Account}
	}
	if account := r.resourceAccount(); account != "" {
		e.keys["aws:resourceaccount"] = []string{account}
	}
	for k, v := range r.Context {
		e.keys[strings.ToLower(k)] = v
	}
}

// lookup is Yes with the values, No when the key is known to be absent, and Maybe.
func (e *environment) lookup(key string) ([]string, Answer) {
	if e.keys == nil {
		e.fill()
	}
	values, ok := e.keys[strings.ToLower(key)]
	switch {
	case strings.HasPrefix(key, symbolStart): // of a template: nobody knows what is asked
	case ok && len(values) > 0:
		return values, Yes
	case ok || e.request.Complete:
		return nil, No
	}
	e.missing[key] = true
	return nil, Maybe
}

func (e *environment) missingKeys() []string {
	keys := make([]string, 0, len(e.missing))
	for k := range e.missing {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (c Condition) holds(variables bool, env *environment) Answer {
	have, known := env.lookup(c.Key)
	if c.op.base == "Null" {
		return c.null(known)
	}
	switch known {
	case Maybe:
		return Maybe
	case No:
		return answer(c.op.ifExists || c.op.forAll || c.op.negated && !c.op.forAny)
	default:
	}
	switch {
	case c.op.forAll:
		return c.every(have, variables, env)
	case c.op.forAny || len(have) == 1:
		return c.some(have, variables, env)
	}
	return Maybe // AWS does not say what an operator without a quantifier does with several values
}

func (c Condition) null(present Answer) Answer {
	var results []Answer
	for _, v := range c.Values {
		want := present // "false": the key exists
		if strings.EqualFold(v, "true") {
			want = present.not()
		}
		results = append(results, want)
	}
	return or(results...)
}

func (c Condition) every(have []string, variables bool, env *environment) Answer {
	result := Yes
	for _, h := range have {
		result = and(result, c.one(h, variables, env))
	}
	return result
}

func (c Condition) some(have []string, variables bool, env *environment) Answer {
	result := No
	for _, h := range have {
		result = or(result, c.one(h, variables, env))
	}
	return result
}

// one compares one value of the request with all of the policy's: any may match, or for a negated operator none.
func (c Condition) one(have string, variables bool, env *environment) Answer {
	result := No
	for _, v := range c.Values {
		want, certain := expand(v, variables, c.op.wildcards(), env)
		switch certain {
		case No:
			continue
		case Maybe:
			result = or(result, c.uncertain(have, want))
		default:
			result = or(result, c.compare(have, want))
		}
	}
	if c.op.negated {
		return result.not()
	}
	return result
}

// compare compares texts of which either may hold symbols.
func (c Condition) compare(have string, want pattern) Answer {
	text := seal(have)
	switch {
	case c.op.compare(text, want):
		return Yes
	case text == have && !want.holdsSymbol():
		return No
	case strings.HasPrefix(c.op.base, "String"):
		return answer(!want.fold().apart(literal(strings.ToLower(text)), false)).and(Maybe)
	}
	return Maybe
}

// uncertain answers for a value with an unknown variable in it: No where no value of the variable could match.
func (c Condition) uncertain(have string, want pattern) Answer {
	if strings.HasPrefix(c.op.base, "String") && !want.fold().matches(strings.ToLower(have)) {
		return No
	}
	return Maybe
}
