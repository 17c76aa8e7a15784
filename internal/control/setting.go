package control

import (
	"errors"
	"slices"

	"cel.dev/cel-go/common/types/ref"
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
func ParameterKey(control, name string) string { return control + "." + name }

// parameter is what the objective sets, or else what is set for all, or else the default.
func (e *evaluation) parameter(name string) (ref.Val, bool) {
	for i := range e.control.Parameters {
		p := &e.control.Parameters[i]
		if p.Name != name {
			continue
		}
		if value, ok := p.accept(e.subject.objective.Parameters[name]); ok {
			return e.run.rec.types.NativeToValue(value), true
		}
		return e.run.setting(e.control, p), true
	}
	return nil, false
}

// In is the default where some profiles were asked for.
func (p *Parameter) In(sets []string) any {
	for _, name := range sets {
		if value, ok := p.Sets[name]; ok {
			return value
		}
	}
	return p.Default
}

// setting is the value of a parameter that no objective sets: it is worked out once.
func (r *Run) setting(c *Control, p *Parameter) ref.Val {
	if known, ok := r.settings[p]; ok {
		return known
	}
	value := p.In(r.options.Sets)
	for _, given := range []any{r.options.Parameters[p.Name], r.options.Parameters[ParameterKey(c.ID, p.Name)]} {
		if fits, ok := p.accept(given); ok {
			value = fits
		}
	}
	if r.settings == nil {
		r.settings = map[*Parameter]ref.Val{}
	}
	r.settings[p] = r.rec.types.NativeToValue(value)
	return r.settings[p]
}
