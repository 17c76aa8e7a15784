package overlay

import (
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/matching"
)

// describes is whether a finding is one that is meant. Tags are those of its resource. Maybe never covers a finding: what is not known opens
// no gate.
func (e *Exception) describes(f *control.Finding, tags estate.Fact[map[string]string]) matching.Answer {
	if len(e.Controls) > 0 && !slices.Contains(e.Controls, f.Control) {
		return matching.No
	}
	if len(e.Tables) > 0 && f.Resource.Type != control.TypeTable {
		return matching.No
	}
	return min(matching.OneOf(e.Tables, said(f.Resource.Name), matching.Glob), matching.OneOf(e.Resources, said(f.Resource.Name), matching.Glob),
		matching.OneOf(e.Accounts, said(f.Resource.Account), matching.Equal), matching.OneOf(e.Regions, said(f.Resource.Region), matching.Glob),
		matching.Tagged(e.Tags, tags))
}

// said is a value of a finding as a fact: what is empty is not known, as in a template that may be deployed anywhere.
func said(value string) estate.Fact[string] {
	if value == "" {
		return estate.UnknownFact[string](0)
	}
	return estate.KnownFact(value, 0)
}
