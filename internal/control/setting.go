package control

import (
	"errors"
	"fmt"
	"slices"
)

// Read understands a value of the parameter as a file of people gives it: one text, or those of a list. The result is what Options.Parameters
// takes; the error says what was wanted.
func (p Parameter) Read(values []string, list bool) (any, error) {
	switch {
	case p.Type == ListParameter:
		return slices.Clone(values), nil
	case list:
		return nil, errors.New("want one value, found a list")
	case len(values) != 1 || values[0] == "":
		return nil, errors.New("want a value")
	}
	return p.parse(values[0])
}

// ParameterKey is the name under which Options.Parameters holds a value for one control alone.
func ParameterKey(control, name string) string { return fmt.Sprintf("%s.%s", control, name) }
