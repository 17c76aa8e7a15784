package backup

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// Target is a table to back up.
type Target struct {
	Unit  *estate.Unit
	Table *estate.Table
}

// Name of the table. It, the ARN, the id, the Region and the account are known of every target that is not doubtful.
func (t Target) Name() string { return t.Table.Name.Or("") }

// ARN of the table.
func (t Target) ARN() string { return t.Table.ARN.Or("") }

// ID tells incarnations of one name apart.
func (t Target) ID() string { return t.Table.TableID.Or("") }

// Region of the table.
func (t Target) Region() string { return t.Unit.Region.Or("") }

// Account of the table.
func (t Target) Account() string { return t.Unit.Account.Or("") }

// Wanted chooses tables: those that one of the patterns matches, a name, a glob or an ARN, and that have all the tags. Without patterns
// every table is meant.
type Wanted struct {
	Patterns []string
	Tags     map[string]string // key to a glob for the value
}

// Chosen is what Wanted comes to in an estate.
type Chosen struct {
	Targets   []Target // by Region and name
	Doubtful  []Target // whose name matches, and whose tags or description could not be read
	Unmatched []string // patterns that no table matches
	Unlisted  []string // Regions whose tables could not be listed whole: there may be more
}

// Now is AWS's time in the Region of the first target; ok is false when there is none.
func (c Chosen) Now() (now time.Time, ok bool) {
	if len(c.Targets) == 0 {
		return time.Time{}, false
	}
	at, ok := c.Targets[0].Unit.Now.Get()
	return at.Time(), ok
}

// ByName reports whether a table of that name may be wanted, whatever its tags.
func (w Wanted) ByName(name string) bool {
	return len(w.Patterns) == 0 || slices.ContainsFunc(w.Patterns, func(p string) bool { return named(p, name) })
}

// named matches a name by its pattern; an ARN is matched by the name at its end.
func named(pattern, name string) bool {
	if _, rest, ok := strings.Cut(pattern, ":table/"); ok {
		return rest == name
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// fits matches a table by a pattern.
func fits(pattern string, t *estate.Table) bool {
	if strings.Contains(pattern, ":table/") {
		return t.ARN.Or("") == pattern
	}
	return named(pattern, t.Name.Or(""))
}

// Choose finds the wanted tables.
func (w Wanted) Choose(es *estate.Estate) Chosen {
	var c Chosen
	met := map[string]bool{}
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			if !w.met(t, met) {
				continue
			}
			switch tagged := w.tagged(t); {
			case tagged == no:
			case tagged == unknown || !t.Name.IsKnown() || !t.ARN.IsKnown() || !t.TableID.IsKnown() || !u.Region.IsKnown():
				c.Doubtful = append(c.Doubtful, Target{u, t})
			default:
				c.Targets = append(c.Targets, Target{u, t})
			}
		}
		if !u.Tables.IsWhole() && !narrowed(u) {
			c.Unlisted = append(c.Unlisted, u.Region.Or("?"))
		}
	}
	for _, p := range w.Patterns {
		if !met[p] {
			c.Unmatched = append(c.Unmatched, p)
		}
	}
	byPlace := func(a, b Target) int { return strings.Compare(a.Region()+"\x00"+a.Name(), b.Region()+"\x00"+b.Name()) }
	slices.SortFunc(c.Targets, byPlace)
	slices.SortFunc(c.Doubtful, byPlace)
	return c
}

// met notes which patterns a table matches, and whether any.
func (w Wanted) met(t *estate.Table, met map[string]bool) bool {
	some := len(w.Patterns) == 0
	for _, p := range w.Patterns {
		if fits(p, t) {
			met[p], some = true, true
		}
	}
	return some
}

// answer is whether a table has tags.
type answer int

const (
	no answer = iota
	yes
	unknown
)

func (w Wanted) tagged(t *estate.Table) answer {
	if len(w.Tags) == 0 {
		return yes
	}
	if t.Tags.IsUnknown() {
		return unknown
	}
	tags := t.Tags.Or(nil)
	for key, pattern := range w.Tags {
		value, has := tags[key]
		if ok, err := path.Match(pattern, value); !has || !ok || err != nil {
			return no
		}
	}
	return yes
}

// narrowed reports whether a list is not whole only because other tables were not asked for.
func narrowed(u *estate.Unit) bool {
	whole, known := u.Tables.Whole.Get()
	return known && !whole
}
