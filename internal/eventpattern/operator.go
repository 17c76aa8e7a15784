package eventpattern

import (
	"encoding/json"
	"fmt"
	"strings"
)

// checkOperator: one operator that is known, with an argument of a type that it takes.
func checkOperator(object map[string]any, at string) error {
	if len(object) != 1 {
		return fmt.Errorf("%s holds an operator with %d members", at, len(object))
	}
	for name, argument := range object {
		var ok bool
		switch name {
		case "exists":
			_, ok = argument.(bool)
		case "prefix", "suffix":
			_, ok = affix(argument)
		case "equals-ignore-case", "wildcard", "cidr":
			_, ok = argument.(string)
		case "numeric":
			_, ok = argument.([]any)
		case "anything-but":
			ok = argument != nil
		default:
			return fmt.Errorf("%s has an unknown operator %q", at, name)
		}
		if !ok {
			return fmt.Errorf("%s: the argument of %s has the wrong type", at, name)
		}
	}
	return nil
}

// affix is the text of a prefix or suffix, which may be wrapped to ignore the case.
func affix(argument any) (text string, ok bool) {
	if wrapped, is := argument.(map[string]any); is {
		argument = wrapped["equals-ignore-case"]
	}
	text, ok = argument.(string)
	return text, ok
}

// matchValue is one value or operator of a list against one value of an event.
func matchValue(wanted, value any, told bool) Outcome {
	if object, ok := wanted.(map[string]any); ok {
		if exists, ok := object["exists"].(bool); ok {
			return matchExists(exists, value, told)
		}
	}
	text, known := value.(string)
	flag, isBool := value.(bool)
	switch {
	case value == None:
		return Never
	case isBool:
		return outcome(acceptsBool(wanted, flag))
	case !known || !told:
		return Sometimes
	}
	return outcome(accepts(wanted, text))
}

func matchExists(exists bool, value any, told bool) Outcome {
	if !told {
		return Sometimes
	}
	_, isRecord := value.(Event) // only leaves exist
	return outcome(exists == (value != None && !isRecord))
}

func outcome(caught bool) Outcome {
	if caught {
		return Always
	}
	return Never
}

// accepts compares a text. Numbers, addresses and null never match one.
func accepts(wanted any, text string) bool {
	switch wanted := wanted.(type) {
	case string:
		return wanted == text
	case json.Number, bool, nil:
		return false
	case map[string]any:
		for name, argument := range wanted {
			return operate(name, argument, text)
		}
	}
	return false
}

// acceptsBool compares a boolean, which operators on texts never match; anything-but does not take one.
func acceptsBool(wanted any, flag bool) bool {
	if object, ok := wanted.(map[string]any); ok {
		_, not := object["anything-but"]
		return not
	}
	return wanted == flag
}

func operate(name string, argument any, text string) bool {
	switch name {
	case "prefix", "suffix":
		part, _ := affix(argument)
		if _, folded := argument.(map[string]any); folded {
			part, text = strings.ToLower(part), strings.ToLower(text)
		}
		if name == "prefix" {
			return strings.HasPrefix(text, part)
		}
		return strings.HasSuffix(text, part)
	case "equals-ignore-case":
		return strings.EqualFold(argument.(string), text)
	case "wildcard":
		return wildcard(argument.(string), text)
	case "anything-but":
		return !anyOf(argument, text)
	}
	return false
}

// anyOf is what anything-but excludes: a value, a list of them, or an operator whose argument may be a list.
func anyOf(argument any, text string) bool {
	switch argument := argument.(type) {
	case []any:
		for _, each := range argument {
			if accepts(each, text) {
				return true
			}
		}
		return false
	case map[string]any:
		for name, inner := range argument {
			list, isList := inner.([]any)
			if !isList {
				list = []any{inner}
			}
			for _, each := range list {
				if _, isText := each.(string); isText && operate(name, each, text) {
					return true
				}
			}
		}
		return false
	}
	return accepts(argument, text)
}

// wildcard: * stands for any number of characters; a backslash takes its meaning away.
func wildcard(pattern, text string) bool {
	parts := literals(pattern)
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return text == first
	}
	if !strings.HasPrefix(text, first) || len(text) < len(first)+len(last) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

// literals are the stretches of a wildcard pattern between its stars.
func literals(pattern string) []string {
	parts, current := []string{}, []byte{}
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '*':
			parts, current = append(parts, string(current)), nil
		case pattern[i] == '\\' && i+1 < len(pattern):
			i++
			current = append(current, pattern[i])
		default:
			current = append(current, pattern[i])
		}
	}
	return append(parts, string(current))
}
