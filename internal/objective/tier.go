package objective

import (
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/matching"
)

// Tier is a named objective.
type Tier struct {
	Name      string // empty: the built-in objective
	Objective Objective
}

// Match gives the tables it describes a tier. Every member that is set must hold; an empty one holds for all.
// Globs are those of path.Match.
type Match struct {
	Tables   []string          // globs on the name, one of which must match
	Tags     map[string]string // key to a glob on the value; all must match
	Accounts []string          // ids of 12 digits, one of which must be the table's
	Regions  []string          // globs, one of which must match
	Tier     string
}

// All reports whether the match asks for nothing, so that it holds for every table.
func (m Match) All() bool {
	return len(m.Tables) == 0 && len(m.Tags) == 0 && len(m.Accounts) == 0 && len(m.Regions) == 0
}

// Text says for people what the match asks for.
func (m Match) Text() string {
	var parts []string
	add := func(what string, values []string) {
		if len(values) > 0 {
			parts = append(parts, what+" "+strings.Join(values, " or "))
		}
	}
	add("table", m.Tables)
	for _, key := range slices.Sorted(maps.Keys(m.Tags)) {
		add("tag", []string{key + "=" + m.Tags[key]})
	}
	add("account", m.Accounts)
	add("Region", m.Regions)
	if len(parts) == 0 {
		return "every table"
	}
	return strings.Join(parts, ", ")
}

// Policy says which table needs what: the first match wins, then the default tier. The zero Policy gives every table Default().
type Policy struct {
	Tiers   []Tier
	Matches []Match
	Default string // name of the tier of tables that nothing matches; empty: Default()'s objective, and they are reported
}

// Assignment is what a table needs and why.
type Assignment struct {
	Tier      string // empty: no tier, the built-in objective
	Objective Objective
	Match     int  // number of the match that decided, from 0; -1: none did
	Known     bool // false: a fact that a match asks for is unknown, so that the tier may be another one

	// Where Known is false, Tier is the one that the table has if every match in doubt does not hold.
	Candidates []Tier           // all that it may have: those of the matches in doubt in their order, Tier last; nil where Known
	Doubt      []estate.Reading // the facts that keep one from knowing; nil where Known
}

// Tier returns a tier by its name.
func (p *Policy) Tier(name string) (Tier, bool) {
	i := slices.IndexFunc(p.Tiers, func(t Tier) bool { return t.Name == name })
	if i < 0 || name == "" {
		return Tier{Objective: Default()}, false
	}
	return p.Tiers[i], true
}

// For returns what a table needs. A match in doubt does not hide those after it, and they do not hide it: as long as it would give
// another tier, the tier is not known.
func (p *Policy) For(u *estate.Unit, t *estate.Table) Assignment {
	var open []Tier
	var doubt []estate.Reading
	for i := range p.Matches {
		holds, missing := p.Matches[i].holds(u, t)
		tier, _ := p.Tier(p.Matches[i].Tier)
		switch holds {
		case matching.Yes:
			return decided(tier, i, open, doubt)
		case matching.Maybe:
			open, doubt = append(open, tier), append(doubt, missing...)
		case matching.No:
		}
	}
	last, _ := p.Tier(p.Default)
	return decided(last, -1, open, doubt)
}

func decided(tier Tier, match int, open []Tier, doubt []estate.Reading) Assignment {
	a := Assignment{Tier: tier.Name, Objective: tier.Objective, Match: match, Known: true}
	for _, other := range append(open, tier) {
		if !slices.ContainsFunc(a.Candidates, func(c Tier) bool { return c.Name == other.Name }) {
			a.Candidates = append(a.Candidates, other)
		}
	}
	if len(a.Candidates) == 1 { // whatever the doubt, it comes to the same tier
		a.Candidates = nil
		return a
	}
	a.Known, a.Doubt = false, once(doubt)
	return a
}

func once(readings []estate.Reading) []estate.Reading {
	var out []estate.Reading
	for _, r := range readings {
		if !slices.ContainsFunc(out, func(o estate.Reading) bool { return o.Fact == r.Fact && o.Resource == r.Resource }) {
			out = append(out, r)
		}
	}
	return out
}
