package objective

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
)

// Tier is a named objective.
type Tier struct {
	Name      string
	Objective Objective
}

// Match gives the tables it describes a tier. Every member that is set must hold; an empty one holds for all.
type Match struct {
	Tables   []string          // globs on the name, one of which must match
	Tags     map[string]string // key to a glob on the value; all must match
	Accounts []string
	Regions  []string
	Tier     string
}

// Policy says which table needs what: the first match wins, then the default tier.
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
}

// For returns what a table needs.
func (p *Policy) For(_ *estate.Unit, _ *estate.Table) Assignment {
	return p.fallback(true)
}

func (p *Policy) fallback(known bool) Assignment {
	if i := slices.IndexFunc(p.Tiers, func(t Tier) bool { return t.Name == p.Default && p.Default != "" }); i >= 0 {
		return Assignment{Tier: p.Tiers[i].Name, Objective: p.Tiers[i].Objective, Match: -1, Known: known}
	}
	return Assignment{Objective: Default(), Match: -1, Known: known}
}
