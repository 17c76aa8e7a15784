package objective

import (
	"path"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// tri is yes, no or maybe.
type tri int

const (
	no tri = iota
	maybe
	yes
)

// holds is whether a table is one that the match describes, with the unknown facts that stand in the way of an answer.
func (m *Match) holds(u *estate.Unit, t *estate.Table) (tri, []estate.Reading) {
	name, account, region, tags := m.named(t), oneOf(m.Accounts, u.Account, equal), oneOf(m.Regions, u.Region, glob), m.tagged(t)
	all := min(name, account, region, tags)
	if all != maybe {
		return all, nil
	}
	var missing []estate.Reading
	add := func(answer tri, fact func() estate.Reading) {
		if answer == maybe {
			missing = append(missing, fact())
		}
	}
	add(name, func() estate.Reading { return estate.Read("table.name", t.ID, t.Name) })
	add(account, func() estate.Reading { return estate.Read("unit.account", "", u.Account) })
	add(region, func() estate.Reading { return estate.Read("unit.region", "", u.Region) })
	add(tags, func() estate.Reading { return estate.Read("table.tags", t.ID, t.Tags) })
	return maybe, missing
}

func equal(a, b string) bool { return a == b }

func (m *Match) named(t *estate.Table) tri { return oneOf(m.Tables, t.Name, glob) }

// oneOf: no pattern asks for nothing. An account or Region that is absent is one that a template does not know yet.
func oneOf(patterns []string, f estate.Fact[string], same func(pattern, value string) bool) tri {
	if len(patterns) == 0 {
		return yes
	}
	value, ok := f.Get()
	if !ok || symbolic(value) {
		if slices.Contains(patterns, "*") {
			return yes
		}
		return maybe
	}
	if slices.ContainsFunc(patterns, func(p string) bool { return same(p, value) }) {
		return yes
	}
	return no
}

func (m *Match) tagged(t *estate.Table) tri {
	if len(m.Tags) == 0 {
		return yes
	}
	tags, ok := t.Tags.Get()
	if !ok && !t.Tags.IsAbsent() {
		return maybe
	}
	out := yes
	for key, pattern := range m.Tags {
		value, has := tags[key]
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

// glob: a value with a slash is matched piece by piece, as path.Match does; "*" alone matches all.
func glob(pattern, value string) bool {
	ok, err := path.Match(pattern, value)
	return pattern == "*" || ok && err == nil
}

// symbolic is text that a template fills in when it is deployed.
func symbolic(s string) bool { return strings.Contains(s, "${") }
