package iampolicy

// covers says whether the statement is about the request, its Principal element aside.
func (s *Statement) covers(r Request, variables bool, env *environment) Answer {
	result := s.coversAction(r.Action)
	if result == No {
		return No
	}
	result = s.coversResource(r.Resource, variables, env)
	for _, c := range s.Conditions {
		if result == No {
			return No
		}
		result = and(result, c.holds(variables, env))
	}
	return result
}

func (s *Statement) coversAction(action string) Answer {
	list, inverted := s.Actions, false
	if len(list) == 0 {
		list, inverted = s.NotActions, true
	}
	for _, a := range list {
		if MatchAction(a, action) {
			return answer(!inverted)
		}
	}
	return answer(inverted)
}

func (s *Statement) coversResource(resource string, variables bool, env *environment) Answer {
	switch {
	case len(s.Resources) > 0:
		return anyResource(s.Resources, resource, variables, env)
	case len(s.NotResources) > 0:
		return anyResource(s.NotResources, resource, variables, env).not()
	}
	return Yes // a trust policy: the role itself
}

func anyResource(patterns []string, resource string, variables bool, env *environment) Answer {
	result := No
	for _, text := range patterns {
		if text == "*" {
			return Yes
		}
		p, certain := expand(text, variables, true, env)
		if certain != No {
			result = or(result, and(certain, p.coversARN(resource)))
		}
	}
	return result
}
