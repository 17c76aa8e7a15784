package config

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/yamlfile"
)

func (r *reader) matches(n ast.Node) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.Add(yamlfile.At(n), `one "- {table: 'orders*', tier: gold}" a line`, "%s must be a list, found %s", keyMatch, yamlfile.Describe(n))
		return
	}
	for _, item := range list.Values {
		in, ok := r.Mapping(item, "a match")
		if !ok {
			continue
		}
		r.out.Policy.Matches = append(r.out.Policy.Matches, r.match(in))
		r.out.Places.Matches = append(r.out.Places.Matches, in.Place)
	}
}

func (r *reader) match(in yamlfile.Mapping) objective.Match {
	r.Only(in, "table", "tag", "account", "region", "tier")
	of := r.selectors(in)
	m := objective.Match{Tables: of.tables, Tags: of.tags, Accounts: of.accounts, Regions: of.regions}
	n, ok := in.Entries["tier"]
	if !ok {
		r.Add(in.Place, "say tier: and one of those under tiers:", "a match must name a tier")
		return m
	}
	if name, ok := r.text(n, "tier"); ok && r.knownTier(name, n) {
		m.Tier = name
	}
	return m
}

// globs reads one or several; a list of none would match every table, which is surely not meant.
func (r *reader) globs(n ast.Node, key string) []string {
	patterns, nodes := r.texts(n, key)
	for i, p := range patterns {
		if err := objective.CheckGlob(p); err != nil {
			r.Add(yamlfile.At(nodes[i]), err.Error(), "%s is no glob", p)
		}
	}
	r.filled(n, key)
	return patterns
}

func (r *reader) filled(n ast.Node, key string) {
	if list, ok := n.(*ast.SequenceNode); ok && len(list.Values) == 0 {
		r.Add(yamlfile.At(n), "leave "+key+" out, and all match", "%s is an empty list", key)
	}
}

// tags reads KEY=VALUE, a list of them, or a mapping of keys to values.
func (r *reader) tags(n ast.Node) map[string]string {
	out := map[string]string{}
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		in, _ := r.Mapping(n, "tag")
		for _, key := range in.Order {
			if value, ok := r.text(in.Entries[key], "tag "+key); ok {
				r.tag(out, key, value, in.Entries[key])
			}
		}
		if len(in.Order) == 0 {
			r.Add(yamlfile.At(n), "leave tag out, and all match", "tag is empty")
		}
		return out
	}
	pairs, nodes := r.texts(n, "tag")
	for i, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" || value == "" {
			r.Add(yamlfile.At(nodes[i]), "Environment=production, or Environment=* for any value", "tag %s: want KEY=VALUE", pair)
			continue
		}
		r.tag(out, key, value, nodes[i])
	}
	r.filled(n, "tag")
	return out
}

func (r *reader) tag(out map[string]string, key, value string, n ast.Node) {
	if err := objective.CheckGlob(value); err != nil {
		r.Add(yamlfile.At(n), err.Error(), "%s is no glob", value)
	}
	if _, twice := out[key]; twice {
		r.Add(yamlfile.At(n), "a table has one value for each key", "tag %s is asked for twice", key)
	}
	out[key] = value
}

// remarks are what nobody can have meant, although it does no harm.
func (r *reader) remarks() {
	for _, t := range r.out.Policy.Tiers {
		if scenario := t.Objective.Impossible(); scenario != "" {
			r.warnings.Add(r.out.Places.Tiers[t.Name], "give "+scenario+" to a tier whose rpo leaves time for a backup",
				"no table can meet tier %s: only backups survive %s, and they are hourly at best", t.Name, scenario)
		}
	}
	used := map[string]bool{r.out.Policy.Default: true}
	for i, m := range r.out.Policy.Matches {
		used[m.Tier] = true
		for k, earlier := range r.out.Policy.Matches[:i] {
			if earlier.Covers(m) {
				r.warnings.Add(r.out.Places.Matches[i], "the first match wins: put the narrower one first",
					"no table gets here: the match of line %d takes every one", r.out.Places.Matches[k].Line)
				break
			}
		}
	}
	for _, t := range r.out.Policy.Tiers {
		if !used[t.Name] {
			r.warnings.Add(r.out.Places.Tiers[t.Name], "name it in match: or as default-tier:", "no match gives any table the tier %s", t.Name)
		}
	}
}
