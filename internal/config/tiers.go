package config

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/yamlfile"
)

// namePattern keeps names of tiers fit for the names of backup plans, which are made of them.
const namePattern = `^[A-Za-z0-9][A-Za-z0-9_.-]{0,29}$`

// member is one thing that a tier may say. It is the one place from which the reader, the schema and their agreement come.
type member struct {
	key    string
	help   string
	schema func() map[string]any
	read   func(r *reader, n ast.Node, key string, o *objective.Objective)
}

func members() []member {
	return []member{
		{"rpo", "how much may be lost, judged across all mechanisms: 5m needs point-in-time recovery (default 24h)", spanSchema,
			span(objective.CheckRPO, func(o *objective.Objective) *time.Duration { return &o.RPO })},
		{"rto", "how long getting the table back may take (default: any time)", spanSchema,
			span(objective.CheckRTO, func(o *objective.Objective) *time.Duration { return &o.RTO })},
		{"interval", "the longest time between two scheduled backups: what backup plans are judged by (default 24h)", spanSchema,
			span(objective.CheckInterval, func(o *objective.Objective) *time.Duration { return &o.Interval })},
		{"retention", "how far back one must be able to go, in whole days (default 35d)", spanSchema,
			span(objective.CheckRetention, func(o *objective.Objective) *time.Duration { return &o.Retention })},
		{"survive", "what must be survived (default items-damaged and table-deleted)", scenariosSchema, readScenarios},
		{"copies", "where copies of the recovery points must stand: a Region, Region:vault, or region, account and vault", copiesSchema, readCopies},
		{"encryption", "weakest key level allowed", encryptionSchema, readEncryption},
		{"deletion-protection", "true: deletion protection is asked for", boolSchema, readProtection},
		{"tags", "keys of tags that must be there", keysSchema, readTags},
	}
}

func memberKeys() []string {
	var keys []string
	for _, m := range members() {
		keys = append(keys, m.key)
	}
	return keys
}

func (r *reader) tiers(n ast.Node) {
	in, ok := r.Mapping(n, keyTiers)
	if !ok {
		return
	}
	for _, name := range in.Order {
		at := in.Keys[name]
		if !regexp.MustCompile(namePattern).MatchString(name) {
			r.Add(at, "letters, digits, - _ and ., at most 30: backup plans are named after tiers", "%q is no name for a tier", name)
		}
		r.out.Places.Tiers[name] = at
		r.out.Policy.Tiers = append(r.out.Policy.Tiers, objective.Tier{Name: name, Objective: r.tier(name, in.Entries[name])})
	}
}

func (r *reader) tier(name string, n ast.Node) objective.Objective {
	o := objective.Default()
	in, ok := r.Mapping(n, "tier "+name)
	if !ok {
		return o
	}
	r.Only(in, memberKeys()...)
	for _, m := range members() {
		if v, given := in.Entries[m.key]; given {
			m.read(r, v, m.key, &o)
		}
	}
	return o
}

// knownTier notes a name that no tier has.
func (r *reader) knownTier(name string, n ast.Node) bool {
	var names []string
	for _, t := range r.out.Policy.Tiers {
		names = append(names, t.Name)
	}
	if slices.Contains(names, name) {
		return true
	}
	hint := yamlfile.DidYouMean(name, names)
	switch {
	case hint == "" && len(names) == 0:
		hint = "say under tiers: what there is"
	case hint == "":
		hint = "tiers: " + yamlfile.OneOf(names)
	}
	r.Add(yamlfile.At(n), hint, "there is no tier %s", name)
	return false
}

// span reads a duration into a member of the objective.
func span(check func(time.Duration) error, of func(*objective.Objective) *time.Duration) func(*reader, ast.Node, string, *objective.Objective) {
	return func(r *reader, n ast.Node, key string, o *objective.Objective) {
		text, ok := r.text(n, key)
		if !ok {
			return
		}
		d, err := objective.ParseSpan(text)
		if _, bare := n.(*ast.IntegerNode); bare {
			r.Add(yamlfile.At(n), "write "+text+"d, "+text+"h or "+text+"m", "%s: %s has no unit", key, text)
			return
		}
		if err == nil {
			err = check(d)
		}
		if err != nil {
			r.Add(yamlfile.At(n), err.Error(), "%s: %s is not possible", key, text)
			return
		}
		*of(o) = d
	}
}

func readScenarios(r *reader, n ast.Node, key string, o *objective.Objective) {
	names, nodes := r.list(n, key)
	for i, name := range names {
		if !slices.Contains(objective.Scenarios(), name) {
			hint := yamlfile.DidYouMean(name, objective.Scenarios())
			if hint == "" {
				hint = "known: " + yamlfile.OneOf(objective.Scenarios())
			}
			r.Add(yamlfile.At(nodes[i]), hint, "%s is no scenario", name)
		}
	}
	o.Scenarios = append([]string{}, names...)
}

func readEncryption(r *reader, n ast.Node, key string, o *objective.Objective) {
	level, ok := r.text(n, key)
	if !ok {
		return
	}
	if !slices.Contains(objective.Encryptions(), level) {
		hint := yamlfile.DidYouMean(level, objective.Encryptions())
		if hint == "" {
			hint = "weakest first: " + yamlfile.OneOf(objective.Encryptions())
		}
		r.Add(yamlfile.At(n), hint, "%s is no level of encryption", level)
	}
	o.Encryption = objective.Encryption(level)
}

func readProtection(r *reader, n ast.Node, key string, o *objective.Objective) {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.Add(yamlfile.At(n), "", "%s must be true or false, found %s", key, yamlfile.Describe(n))
		return
	}
	o.Protection = b.Value
}

func readTags(r *reader, n ast.Node, key string, o *objective.Objective) {
	names, nodes := r.list(n, key)
	for i, name := range names {
		if strings.Contains(name, "=") {
			r.Add(yamlfile.At(nodes[i]), "name the key alone", "%s: %s is no key of a tag", key, name)
		}
	}
	o.Tags = names
}
