package overlay

import (
	"path"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
)

// tri is yes, no or maybe. Maybe never covers a finding: what is not known opens no gate.
type tri int

const (
	no tri = iota
	maybe
	yes
)

// describes is whether a finding is one that is meant. Tags are those of its resource.
func (e *Exception) describes(f *control.Finding, tags estate.Fact[map[string]string]) tri {
	if len(e.Controls) > 0 && !slices.Contains(e.Controls, f.Control) {
		return no
	}
	if len(e.Tables) > 0 && f.Resource.Type != control.TypeTable {
		return no
	}
	return min(oneOf(e.Tables, f.Resource.Name, glob), oneOf(e.Resources, f.Resource.Name, glob),
		oneOf(e.Accounts, f.Resource.Account, equal), oneOf(e.Regions, f.Resource.Region, glob), e.tagged(tags))
}

func equal(a, b string) bool { return a == b }

// oneOf: no pattern asks for nothing. What is empty is not known, as in a template that may be deployed anywhere.
func oneOf(patterns []string, value string, same func(pattern, value string) bool) tri {
	switch {
	case len(patterns) == 0 || slices.Contains(patterns, "*"):
		return yes
	case value == "" || symbolic(value):
		return maybe
	case slices.ContainsFunc(patterns, func(p string) bool { return same(p, value) }):
		return yes
	}
	return no
}

func (e *Exception) tagged(tags estate.Fact[map[string]string]) tri {
	if len(e.Tags) == 0 {
		return yes
	}
	values, ok := tags.Get()
	if !ok && !tags.IsAbsent() {
		return maybe
	}
	out := yes
	for key, pattern := range e.Tags {
		value, has := values[key]
		switch {
		case !has:
			return no
		case glob(pattern, value):
		case symbolic(value):
			out = maybe
		default:
			return no
		}
	}
	return out
}

func glob(pattern, value string) bool {
	ok, err := path.Match(pattern, value)
	return pattern == "*" || ok && err == nil
}

// symbolic is text that a template fills in when it is deployed.
func symbolic(s string) bool { return strings.Contains(s, "${") }
