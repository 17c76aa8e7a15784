package config

import "github.com/restorable/restorable/internal/yamlfile"

// selectors say which tables a match or an exception is about: what is left out asks for nothing.
type selectors struct {
	tables, regions, accounts []string
	tags                      map[string]string
}

func (r *reader) selectors(in yamlfile.Mapping) selectors {
	var s selectors
	if n, ok := in.Entries["table"]; ok {
		s.tables = r.globs(n, "table")
	}
	if n, ok := in.Entries["region"]; ok {
		s.regions = r.globs(n, "region")
	}
	if n, ok := in.Entries["account"]; ok {
		ids, nodes := r.texts(n, "account")
		for i, id := range ids {
			r.account(id, nodes[i])
		}
		r.filled(n, "account")
		s.accounts = ids
	}
	if n, ok := in.Entries["tag"]; ok {
		s.tags = r.tags(n)
	}
	return s
}
