package config

import (
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/yamlfile"
)

const keyParameters = "parameters"

// ControlSetting is a value for a parameter of one control: what no tier sets, such as who may reach the backups of an account.
type ControlSetting struct {
	Control, Name string
	Values        []string // one, or those of a list
	List          bool
	At            yamlfile.Place // of the control's name
	ValueAt       yamlfile.Place
}

// parameters reads "parameters: {CONTROL: {NAME: VALUE}}".
func (r *reader) parameters(n ast.Node) {
	if _, none := n.(*ast.NullNode); none {
		return
	}
	in, ok := r.Mapping(n, keyParameters)
	if !ok {
		return
	}
	for _, control := range in.Order {
		values, ok := r.Mapping(in.Entries[control], "the parameters of "+control)
		if !ok {
			continue
		}
		for _, name := range values.Order {
			r.parameter(ControlSetting{Control: control, Name: name, At: in.Keys[control]}, values.Entries[name])
		}
	}
}

func (r *reader) parameter(s ControlSetting, n ast.Node) {
	s.ValueAt = yamlfile.At(n)
	items := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		s.List, items = true, list.Values
	}
	for _, item := range items {
		text, ok := yamlfile.Scalar(item)
		if !ok {
			r.Add(yamlfile.At(item), "", "%s must be a value or a list of them, found %s", s.Name, yamlfile.Describe(item))
			return
		}
		s.Values = append(s.Values, text)
	}
	if !slices.ContainsFunc(r.out.Parameters, func(o ControlSetting) bool { return o.Control == s.Control && o.Name == s.Name }) {
		r.out.Parameters = append(r.out.Parameters, s)
	}
}

func parametersSchema() map[string]any {
	value := map[string]any{"anyOf": []any{textSchema(), map[string]any{"type": "array", "items": textSchema()}}}
	return map[string]any{"type": []string{"object", "null"}, "additionalProperties": map[string]any{"type": "object", "additionalProperties": value}}
}
