// Package matching says whether a resource is one that a person described by globs, ids and tags, in three values: what is not known is neither yes nor no.
package matching

import (
	"path"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// Answer is yes, no or maybe. They are ordered, so that what must hold together is the least of them.
type Answer int

// The answers.
const (
	No Answer = iota
	Maybe
	Yes
)

// OneOf reports whether a value is like one of the patterns. No pattern asks for nothing. A value that is absent is one that a template
// does not know yet, and "*" takes that too.
func OneOf(patterns []string, f estate.Fact[string], same func(pattern, value string) bool) Answer {
	value, ok := f.Get()
	switch {
	case len(patterns) == 0 || slices.Contains(patterns, "*"):
		return Yes
	case !ok || symbolic(value):
		return Maybe
	case slices.ContainsFunc(patterns, func(p string) bool { return same(p, value) }):
		return Yes
	}
	return No
}

// Tagged reports whether tags have all the wanted keys, each with a value like its glob.
func Tagged(wanted map[string]string, tags estate.Fact[map[string]string]) Answer {
	if len(wanted) == 0 {
		return Yes
	}
	values, ok := tags.Get()
	if !ok && !tags.IsAbsent() {
		return Maybe
	}
	out := Yes
	for key, pattern := range wanted {
		value, has := values[key]
		switch {
		case !has:
			return No
		case Glob(pattern, value):
		case symbolic(value):
			out = Maybe
		default:
			return No
		}
	}
	return out
}

// Equal takes a pattern at its word.
func Equal(pattern, value string) bool { return pattern == value }

// Glob matches a value with a slash piece by piece, as path.Match does; "*" alone matches all.
func Glob(pattern, value string) bool {
	ok, err := path.Match(pattern, value)
	return pattern == "*" || ok && err == nil
}

// symbolic is text that a template fills in when it is deployed.
func symbolic(s string) bool { return strings.Contains(s, "${") }
