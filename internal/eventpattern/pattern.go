package eventpattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Outcome says which events of a kind a pattern catches.
type Outcome uint8

// The outcomes.
const (
	Never     Outcome = iota
	Sometimes         // it depends on what the event does not tell
	Always
)

func (o Outcome) String() string { return [...]string{"never", "sometimes", "always"}[o] }

// Event is what is known of an event: a value is a string, a bool, a nested Event, Varies or None. A key that is not there varies too, and may be missing.
type Event map[string]any

// presence stands for values that are not known.
type presence uint8

// What an event may hold besides texts and records.
const (
	Varies presence = iota + 1 // always there, with a value that differs from event to event
	None                       // never there
)

// Pattern is a parsed event pattern.
type Pattern struct{ root map[string]any }

// Parse reads a pattern: a JSON object whose leaves are lists of values and operators.
func Parse(text string) (*Pattern, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var root map[string]any
	if err := d.Decode(&root); err != nil {
		return nil, fmt.Errorf("read event pattern: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read event pattern: there is more after its end")
	}
	if len(root) == 0 {
		return nil, errors.New("read event pattern: it is empty")
	}
	if err := check(root, "", 0); err != nil {
		return nil, fmt.Errorf("read event pattern: %w", err)
	}
	return &Pattern{root: root}, nil
}

// deepest is far past what EventBridge takes.
const deepest = 50

// check holds every member to the grammar, so that matching meets nothing that it does not know.
func check(object map[string]any, path string, depth int) error {
	if depth > deepest {
		return errors.New("it is nested too deeply")
	}
	for key, value := range object {
		at := path + "/" + key
		switch value := value.(type) {
		case map[string]any:
			if err := check(value, at, depth+1); err != nil {
				return err
			}
		case []any:
			if err := checkList(key, value, at, depth); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s is neither a list nor an object", at)
		}
	}
	return nil
}

func checkList(key string, list []any, at string, depth int) error {
	if len(list) == 0 {
		return fmt.Errorf("%s is an empty list", at)
	}
	for _, each := range list {
		object, isObject := each.(map[string]any)
		var err error
		switch {
		case key == "$or" && isObject:
			err = check(object, at, depth+1)
		case key == "$or":
			err = fmt.Errorf("%s holds something that is no pattern", at)
		case isObject:
			err = checkOperator(object, at)
		default:
			if _, isList := each.([]any); isList {
				err = fmt.Errorf("%s holds a list", at)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Match says which of the events that are described so the pattern catches.
func (p *Pattern) Match(e Event) Outcome { return matchObject(p.root, e) }

// matchObject: every key must match. e is nil where the event tells nothing.
func matchObject(pattern map[string]any, e Event) Outcome {
	result := Always
	for key, wanted := range pattern {
		result = min(result, matchKey(key, wanted, e))
	}
	return result
}

func matchKey(key string, wanted any, e Event) Outcome {
	if key == "$or" {
		result := Never
		for _, each := range wanted.([]any) {
			result = max(result, matchObject(each.(map[string]any), e))
		}
		return result
	}
	value, told := e[key]
	if nested, isObject := wanted.(map[string]any); isObject {
		return matchNested(nested, value, told)
	}
	result := Never
	for _, each := range wanted.([]any) {
		result = max(result, matchValue(each, value, told))
	}
	return result
}

// matchNested: what is missing below a record that is never there is missing itself, which exists: false asks for.
func matchNested(pattern map[string]any, value any, told bool) Outcome {
	inner, isRecord := value.(Event)
	switch {
	case isRecord:
		return matchObject(pattern, inner)
	case !told || value == Varies:
		return min(matchObject(pattern, nil), Sometimes)
	}
	empty := Event{}
	for key := range pattern {
		empty[key] = None
	}
	return matchObject(pattern, empty)
}
