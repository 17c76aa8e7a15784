package protection

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// tagPrefix stands before a tag's key in Conditions.
const tagPrefix = "aws:ResourceTag/"

// selectionIndex is a selection, compiled.
type selectionIndex struct {
	sel  *estate.Selection
	plan *planIndex // nil when the selection is judged on its own

	include patternSet // Resources
	exclude patternSet // NotResources
	tags    []tagEntry // ListOfTags
	tagged  tri        // maybe: ListOfTags is not known
	// namesType is whether Resources names tables as a type: then matches by tag do not need the opt-in either.
	namesType  tri
	conditions []condition

	role   prerequisites
	covers []RuleCover // the rules, as far as no table is needed to judge them
}

// patternSet is a list of ARNs and patterns: exact ones by look-up, the others tried one by one.
type patternSet struct {
	known    tri // maybe: the list is not known
	all      []string
	exact    map[string]int  // index into all
	open     []string        // those of exact that may be a table whose ARN is not known
	declared map[string]bool // ARNs of resources that templates declare: each is one of them, and no other one
	wild     []int           // indexes into all
}

// newPatternSet compiles a list; tables are the ARNs of those that templates declare in the unit, by name or by symbol.
func newPatternSet(f estate.Fact[[]string], tables map[string]bool) patternSet {
	list, ok := f.Get()
	s := patternSet{known: whole(ok || f.IsAbsent()), all: list}
	for i, p := range list {
		if declares(p) || symbolic(p) && tables[p] {
			if s.declared == nil {
				s.declared = make(map[string]bool)
			}
			s.declared[p] = true
			continue
		}
		if strings.Contains(p, "*") || symbolic(p) {
			s.wild = append(s.wild, i)
			continue
		}
		if s.exact == nil {
			s.exact = make(map[string]int, len(list))
		}
		if _, dup := s.exact[p]; dup {
			continue
		}
		s.exact[p] = i
		if !tables[p] {
			s.open = append(s.open, p)
		}
	}
	return s
}

// match tries every entry and returns whether one matches at all, and whether one does that names tables.
func (s *patternSet) match(x *subject) (some, typed tri) {
	if s.known == maybe {
		return maybe, maybe
	}
	if x.arn != "" {
		if _, ok := s.exact[x.arn]; ok {
			return yes, yes
		}
		some, typed = s.matchDeclared(x)
	} else {
		if s.declared[x.symbol] {
			return yes, yes
		}
		// Another declared resource is not this one: tables that are declared without a name are never tried one by one.
		some, typed = s.matchOutline(x)
	}
	for _, i := range s.wild {
		t := matchPattern(s.all[i], x)
		if t == no {
			continue
		}
		some = some.or(t)
		if typed != yes && scopeOf(s.all[i]) == tables {
			typed = typed.or(t)
		}
		if typed == yes {
			break
		}
	}
	return some, typed
}

// matchDeclared tries declared resources against a table whose ARN is known: a deployed table may be one of them, another declared one not.
func (s *patternSet) matchDeclared(x *subject) (some, typed tri) {
	some, typed = no, no
	if x.declared {
		return no, no
	}
	for p := range s.declared {
		t := matchPattern(p, x)
		some = some.or(t)
		if scopeOf(p) == tables {
			typed = typed.or(t)
		}
	}
	return some, typed
}

// matchOutline tries the entries without wildcard against a table whose ARN is not known.
func (s *patternSet) matchOutline(x *subject) (some, typed tri) {
	some, typed = no, no
	for _, p := range s.open {
		t := matchPattern(p, x)
		some = some.or(t)
		if scopeOf(p) == tables {
			typed = typed.or(t)
		}
	}
	return some, typed
}

// matchPattern matches one entry of Resources or NotResources. A symbol of a template equals itself; what it could stand for decides the rest.
func matchPattern(pattern string, x *subject) tri {
	if x.arn != "" && !symbolic(pattern) {
		return truth(glob(pattern, x.arn))
	}
	if pattern == x.symbol && pattern != "" {
		return yes
	}
	if x.symbol != "" && symbolic(pattern) && glob(seal(pattern), seal(x.symbol)) {
		return yes
	}
	if !alike(pattern, x.symbol) {
		return no
	}
	punched := punch(pattern)
	if pattern == punched && glob(pattern, x.outline) {
		return yes
	}
	if overlaps(punched, x.outline) {
		return maybe
	}
	return no
}

// tagEntry is an entry of ListOfTags.
type tagEntry struct {
	key, value string
	prefixed   bool
}

// newTagEntries accepts bare keys, as the guide writes them, and prefixed ones, as CloudFormation's page does.
// Which the service strips is UNCONFIRMED (semantics 1.4, list 10 number 3).
func newTagEntries(list []estate.TagMatch) []tagEntry {
	out := make([]tagEntry, len(list))
	for i, t := range list {
		key, prefixed := strings.CutPrefix(t.Key, tagPrefix)
		out[i] = tagEntry{key: key, value: t.Value, prefixed: prefixed}
	}
	return out
}

func (e tagEntry) match(tags map[string]string) tri {
	v, has := tags[e.key]
	if !has {
		return no
	}
	return equalText(v, e.value)
}

// equalText compares texts of which either may hold symbols.
func equalText(a, b string) tri {
	switch {
	case a == b:
		return yes
	case !symbolic(a) && !symbolic(b):
		return no
	case overlaps(punch(a), punch(b)):
		return maybe
	}
	return no
}

// likeText matches a text with a pattern, of which either may hold symbols.
func likeText(pattern, text string) tri {
	switch {
	case !symbolic(pattern) && !symbolic(text):
		return truth(glob(pattern, text))
	case overlaps(punch(pattern), punch(text)):
		return maybe
	}
	return no
}

func newSelectionIndex(s *estate.Selection, p *planIndex, tables map[string]bool) *selectionIndex {
	list, ok := s.ListOfTags.Get()
	x := &selectionIndex{
		sel: s, plan: p,
		include: newPatternSet(s.Resources, tables), exclude: newPatternSet(s.NotResources, tables),
		tags: newTagEntries(list), tagged: maybe,
		conditions: newConditions(s),
	}
	if ok || s.ListOfTags.IsAbsent() {
		x.tagged = yes
	}
	x.namesType = x.include.known.choose(no, maybe)
	for _, pattern := range x.include.all {
		x.namesType = x.namesType.or(truth(wholeType(pattern)))
	}
	return x
}

// byTag matches ListOfTags.
func (s *selectionIndex) byTag(x *subject) tri {
	if s.tagged == maybe {
		return maybe
	}
	if len(s.tags) == 0 {
		return no
	}
	if x.tagged == maybe {
		return maybe
	}
	t := no
	for i := range s.tags {
		if t = t.or(s.tags[i].match(x.tags)); t == yes {
			return yes
		}
	}
	return t
}

// empty reports whether the selection includes nothing at all.
func (s *selectionIndex) empty() bool {
	return s.include.known == yes && len(s.include.all) == 0 && s.tagged == yes && len(s.tags) == 0
}

// decide says whether the selection selects a table. It follows semantics 1.2: what Resources or ListOfTags include, less NotResources,
// then every entry of Conditions; then the opt-in by match path (1.6) and artefacts of restore testing (1.8).
// A no that known facts decide stands whatever else is unknown.
func (s *selectionIndex) decide(x *subject, optIn tri) Decision {
	d := Decision{Selects: estate.KnownFact(false, s.sel.Resources.Source()), sel: s, table: x.table}
	anyARN, typed := s.include.match(x)
	tag := s.byTag(x)
	candidate := anyARN.or(tag)
	if candidate == no {
		if d.Reason = NoMatch; s.empty() {
			d.Reason = NothingIncluded
		}
		return d
	}
	excluded, _ := s.exclude.match(x)
	filter := s.filter(x)
	opted := typed.or(tag.and(s.namesType)).or(optIn)
	selects := candidate.and(excluded.not()).and(filter).and(x.test.not()).and(opted)
	switch {
	case selects == yes:
		d.Selects = estate.KnownFact(true, s.sel.Resources.Source())
		if d.Reason = ByTag; anyARN == yes {
			d.Reason = ByARN
		}
	case selects == maybe:
		d.Selects, d.Reason = estate.UnknownFact[bool](s.sel.Resources.Source()), Undecided
	case excluded == yes:
		d.Reason = Excluded
	case filter == no:
		d.Reason = FilteredOut
	case x.test == yes:
		d.Reason = RestoreTest
	default:
		d.Reason = NotOptedIn
	}
	return d
}

// Selector judges a selection on its own, outside of an estate: what the simulated AWS Backup asks at each scheduled run.
type Selector struct{ index *selectionIndex }

// NewSelector compiles a selection.
func NewSelector(s *estate.Selection) Selector { return Selector{newSelectionIndex(s, nil, nil)} }

// Decide says whether the selection selects a table of a unit, of which only partition, account and Region are read, under an opt-in.
func (s Selector) Decide(u *estate.Unit, t *estate.Table, optedIn bool) (bool, Reason) {
	x := newSubject(u, t)
	d := s.index.decide(&x, truth(optedIn))
	return holds(d.Selects) == yes, d.Reason
}
