package cli

import (
	"path"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/spf13/pflag"
)

// filterOptions choose tables.
type filterOptions struct {
	tables []string
	tags   []string
}

func (o *filterOptions) register(f *pflag.FlagSet) {
	f.StringArrayVar(&o.tables, "table", nil, "only tables whose name matches the `glob`; repeatable")
	f.StringArrayVar(&o.tags, "tag", nil, "only tables with the tag `key=value` (value may be a glob); repeatable, all must hold")
}

func (o filterOptions) validate() error {
	for _, pattern := range o.tables {
		if names := strings.Split(pattern, ","); len(names) > 1 { // no table's name has one
			return misuse("--table "+strings.Join(names, " --table "), "--table %s: takes one name or glob; say it again for another", pattern)
		}
		if _, err := path.Match(pattern, ""); err != nil {
			return misuse("quote the glob, as in --table 'prod-*'", "--table %s: not a glob", pattern)
		}
	}
	for _, tag := range o.tags {
		key, value, ok := strings.Cut(tag, "=")
		if _, err := path.Match(value, ""); !ok || key == "" || err != nil {
			return misuse("--tag Environment=production", "--tag %s: want key=value", tag)
		}
	}
	return nil
}

func (o filterOptions) given() bool { return len(o.tables)+len(o.tags) > 0 }

// byName is nil when every name is wanted, so that collection need not read the others.
func (o filterOptions) byName() func(name string) bool {
	if len(o.tables) == 0 {
		return nil
	}
	return func(name string) bool {
		for _, pattern := range o.tables {
			if ok, err := path.Match(pattern, name); ok && err == nil {
				return true
			}
		}
		return false
	}
}

// wants decides for a table that was read. A tag that could not be read keeps the table in: unknown is not no.
func (o filterOptions) wants(t *estate.Table) bool {
	if name, ok := t.Name.Get(); ok && len(o.tables) > 0 && !o.byName()(name) {
		return false
	}
	tags, ok := t.Tags.Get()
	if !ok && !t.Tags.IsAbsent() {
		return true
	}
	for _, tag := range o.tags {
		key, pattern, _ := strings.Cut(tag, "=")
		value, has := tags[key]
		if ok, err := path.Match(pattern, value); !has || !ok || err != nil {
			return false
		}
	}
	return true
}

// wantsDeclared decides for a table that only deployment names, by what people know it as: its address.
func (o filterOptions) wantsDeclared(u *estate.Unit, t *estate.Table) bool {
	if len(u.Declared) == 0 || len(o.tables) == 0 || !o.byName()(control.Readable(u)(t.Name.Or(""))) {
		return false
	}
	return filterOptions{tags: o.tags}.wants(t)
}

// narrow takes the unwanted tables out of an estate and returns how many stay.
func (o filterOptions) narrow(es *estate.Estate) int {
	left := 0
	for _, u := range es.Units {
		o.narrowUnit(u)
		left += len(u.Tables.Items)
	}
	return left
}

// narrowUnit takes the unwanted tables out of a unit.
func (o filterOptions) narrowUnit(u *estate.Unit) {
	kept := u.Tables.Items[:0]
	for i := range u.Tables.Items {
		if o.wants(&u.Tables.Items[i]) || o.wantsDeclared(u, &u.Tables.Items[i]) {
			kept = append(kept, u.Tables.Items[i])
		}
	}
	if len(kept) < len(u.Tables.Items) && u.Tables.IsWhole() {
		u.Tables.Whole = estate.KnownFact(false, u.Tables.Whole.Source())
	}
	u.Tables.Items = kept
}
