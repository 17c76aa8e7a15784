package config

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/yamlfile"
)

// Setting is what the program can be told beside tiers: a flag, by its name.
type Setting struct {
	Name string
	Kind Kind
	List bool // several values, or one
	Help string
}

// Kind is what the value of a setting is.
type Kind string

// The kinds.
const (
	Text     Kind = "text"
	Bool     Kind = "bool"
	Whole    Kind = "whole"    // a whole number
	Number   Kind = "number"   //
	Duration Kind = "duration" // with its unit, as package time reads it; 0 needs none
)

// durationPattern is what the program accepts as the duration of a setting.
const durationPattern = `^0$|^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`

func (r *reader) setting(key string, n ast.Node, at yamlfile.Place) {
	s, ok := r.find(key)
	if !ok {
		hint := yamlfile.DidYouMean(key, r.keys())
		if hint == "" {
			hint = "restorable config show lists what can be set"
		}
		r.Add(at, hint, "unknown key %q", key)
		return
	}
	items := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		if !s.List {
			r.Add(yamlfile.At(n), "", "%s takes one value, found a list", key)
			return
		}
		items = list.Values
	}
	e := Entry{Key: key, Place: at}
	for _, item := range items {
		if text, ok := r.value(s, item); ok {
			e.Values = append(e.Values, text)
		}
	}
	r.out.Entries = append(r.out.Entries, e)
}

func (r *reader) find(key string) (Setting, bool) {
	for _, s := range r.settings {
		if s.Name == key {
			return s, true
		}
	}
	return Setting{}, false
}

func (r *reader) keys() []string {
	names := []string{keyTiers, keyMatch, keyDefault, keyAttest, keyAssume, keyParameters}
	for _, s := range r.settings {
		names = append(names, s.Name)
	}
	return names
}

// value reads one value and checks that it is of the setting's kind.
func (r *reader) value(s Setting, n ast.Node) (string, bool) {
	text, ok := yamlfile.Scalar(n)
	if ok {
		ok = s.Kind.fits(n, text)
	}
	if !ok {
		r.Add(yamlfile.At(n), "", "%s must be %s, found %s", s.Name, s.Kind.words(), found(n, text))
	}
	return text, ok
}

func found(n ast.Node, text string) string {
	if text == "" {
		return yamlfile.Describe(n)
	}
	return yamlfile.Describe(n) + " (" + text + ")"
}

func (k Kind) words() string {
	switch k {
	case Bool:
		return "true or false"
	case Whole:
		return "a whole number"
	case Number:
		return "a number"
	case Duration:
		return "a time with its unit, for example 90s or 10m"
	case Text:
	}
	return "text"
}

func (k Kind) fits(n ast.Node, text string) bool {
	_, whole := n.(*ast.IntegerNode)
	_, fraction := n.(*ast.FloatNode)
	_, truth := n.(*ast.BoolNode)
	switch k {
	case Bool:
		return truth
	case Whole:
		return whole
	case Number:
		return whole || fraction
	case Duration:
		d, err := time.ParseDuration(text)
		return err == nil && d >= 0 && !truth
	case Text:
	}
	return text != ""
}
