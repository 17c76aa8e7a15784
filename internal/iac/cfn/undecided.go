package cfn

import "strings"

// maxSaid bounds how much of a condition is looked through for the parameters that it rests on.
const maxSaid = 200

// undecided says why a condition is not known: which parameter has no value, and how one is given.
func (s *stack) undecided(name string) string {
	why := "condition " + name + " is not known"
	left := maxSaid
	if parameter := s.lacking(s.root.get("Conditions").get(name), &left); parameter != "" {
		why += ": " + parameter + " has no value"
		if s.parent == nil {
			why += "; --parameters " + parameter + "=... gives it"
		}
	}
	return why
}

// lacking is the first parameter without a value to which an expression refers, in conditions that it names, too; empty where there is none.
func (s *stack) lacking(n *node, left *int) string {
	if *left--; n == nil || *left < 0 {
		return ""
	}
	for _, item := range n.items {
		if found := s.lacking(item, left); found != "" {
			return found
		}
	}
	for _, e := range n.entries {
		var found string
		switch {
		case e.key == "Ref" && e.value != nil && e.value.kind == scalar:
			found = s.valueless(e.value.text)
		case e.key == "Condition" && e.value != nil && e.value.kind == scalar:
			found = s.lacking(s.root.get("Conditions").get(e.value.text), left)
		default:
			found = s.lacking(e.value, left)
		}
		if found != "" {
			return found
		}
	}
	return ""
}

// valueless is a name, where it is that of a parameter or of a pseudo parameter without a value.
func (s *stack) valueless(name string) string {
	if name == "AWS::Region" || name == "AWS::AccountId" {
		if _, given := s.project.options.Parameters[name]; !given {
			return name
		}
		return ""
	}
	n := s.root.get("Parameters").get(name)
	if n == nil || s.given(name, n).form != nothing {
		return ""
	}
	if kind := n.get("Type"); kind != nil && strings.HasPrefix(kind.text, "AWS::SSM::") {
		return ""
	}
	return name
}
