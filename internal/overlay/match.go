package overlay

import (
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/matching"
)

// describes is whether a finding is one that is meant, of a resource that its block declares, if it has one. Tags are those of the resource.
// Maybe never covers a finding: what is not known opens no gate.
func (e *Exception) describes(f *control.Finding, tags estate.Fact[map[string]string]) matching.Answer {
	if len(e.Controls) > 0 && !slices.Contains(e.Controls, f.Control) {
		return matching.No
	}
	if len(e.Tables) > 0 && f.Resource.Type != control.TypeTable {
		return matching.No
	}
	return min(named(e.Tables, f), named(e.Resources, f),
		matching.OneOf(e.Accounts, said(f.Resource.Account), matching.Equal), matching.OneOf(e.Regions, said(f.Resource.Region), matching.Glob),
		matching.Tagged(e.Tags, tags))
}

// named is whether a glob matches the resource's name or, in a template, the address by which the report shows it. A name that only
// deployment tells may match anything.
func named(globs []string, f *control.Finding) matching.Answer {
	name := said(f.Resource.Name)
	if f.Address == "" {
		return matching.OneOf(globs, name, matching.Glob)
	}
	if f.Resource.Name == f.Address {
		name = estate.UnknownFact[string](0)
	}
	return max(matching.OneOf(globs, name, matching.Glob), matching.OneOf(globs, said(f.Address), matching.Glob))
}

// said is a value of a finding as a fact: what is empty is not known, as in a template that may be deployed anywhere.
func said(value string) estate.Fact[string] {
	if value == "" {
		return estate.UnknownFact[string](0)
	}
	return estate.KnownFact(value, 0)
}
