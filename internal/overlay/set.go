package overlay

import (
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/matching"
)

// Set applies exceptions to findings and counts what came of each. It is used by one goroutine.
type Set struct {
	uses    []Use
	written []int // those that stand in files of their own, by their places in uses
	inline  []int // those that stand in templates, likewise
	tagged  bool
	now     estate.Instant // the latest that any unit knew
}

// Use is an exception and what came of it.
type Use struct {
	*Exception
	State     State
	Findings  int        // that it covers
	Settled   int        // that it describes and that need no exception: they pass, or do not apply
	Shadowed  int        // that it describes and that an earlier one covers already
	Doubtful  int        // that it may describe: what it asks for is not known of them, so that it covers none of them
	EndsSoon  bool       // 14 days left at most
	Duplicate *Exception // an earlier one that says the same; nil: there is none

	met bool // in a unit that it may be about
}

// State is what came of an exception.
type State string

// The states.
const (
	Applied  State = "applied"  // it covers findings
	Expired  State = "expired"  // its last day is over, and it covers nothing any more
	Shadowed State = "shadowed" // earlier ones cover all that it describes
	Settled  State = "settled"  // what it describes needs no exception any more
	Unused   State = "unused"   // it describes nothing there is
	Unasked  State = "unasked"  // what it is about was not looked at, so that nobody can say
	Unsure   State = "unsure"   // whether it describes anything is not known
)

// NewSet makes a set of exceptions, in the order in which they win; those that stand in templates come last.
func NewSet(exceptions []Exception) *Set {
	s := &Set{}
	earlier := map[Block][]*Exception{} // the zero Block stands for what is written elsewhere
	for i := range exceptions {
		u := Use{Exception: &exceptions[i]}
		var at Block
		if u.Inline() {
			at, s.inline = *u.Block, append(s.inline, i)
		} else {
			s.written = append(s.written, i)
		}
		for _, other := range earlier[at] {
			if u.Duplicate == nil && other.same(u.Exception) {
				u.Duplicate = other
			}
		}
		earlier[at] = append(earlier[at], u.Exception)
		s.tagged = s.tagged || len(u.Tags) > 0
		s.uses = append(s.uses, u)
	}
	return s
}

// View is a set held against the findings of one unit.
type View struct {
	set  *Set
	unit *estate.Unit
	now  estate.Instant
	tags map[string]estate.Fact[map[string]string] // by type and id of the resource
	by   map[string][]int                          // exceptions in the block that declares a resource, by its id
}

// Unit holds the set against a unit. Whether exceptions hold is judged by the unit's own time, or by the given one where it has none.
// Listed says whether all that is in the unit is looked at: only then may one say that an exception describes nothing.
func (s *Set) Unit(u *estate.Unit, otherwise estate.Instant, listed bool) *View {
	v := &View{set: s, unit: u, now: u.Now.Or(otherwise)}
	s.now = max(s.now, v.now)
	if s.tagged {
		v.tags = tagsOf(u)
	}
	if len(s.inline) > 0 {
		v.by = s.blocks(u)
	}
	for i := range s.uses {
		use := &s.uses[i]
		use.met = use.met || listed && min(matching.OneOf(use.Accounts, u.Account, matching.Equal), matching.OneOf(use.Regions, u.Region, matching.Glob)) == matching.Yes
	}
	return v
}

func tagsOf(u *estate.Unit) map[string]estate.Fact[map[string]string] {
	out := map[string]estate.Fact[map[string]string]{}
	for i := range u.Tables.Items {
		out[tagKey(control.TypeTable, u.Tables.Items[i].ID)] = u.Tables.Items[i].Tags
	}
	for i := range u.Vaults.Items {
		out[tagKey(control.TypeVault, u.Vaults.Items[i].ID)] = u.Vaults.Items[i].Tags
	}
	for i := range u.Plans.Items {
		out[tagKey(control.TypePlan, u.Plans.Items[i].ID)] = u.Plans.Items[i].Tags
	}
	return out
}

// blocks finds what each resource of a unit is told by its own block: a repository may hold thousands of both.
func (s *Set) blocks(u *estate.Unit) map[string][]int {
	said := map[string][]int{} // by file
	for _, i := range s.inline {
		said[s.uses[i].Block.File] = append(said[s.uses[i].Block.File], i)
	}
	out := map[string][]int{}
	for k := range u.Declared {
		d := &u.Declared[k]
		for _, i := range said[d.File] {
			if s.uses[i].Block.holds(d) {
				out[d.ID] = append(out[d.ID], i)
			}
		}
	}
	return out
}

func tagKey(t control.Type, id string) string { return string(t) + " " + id }

// tagsFor: what cannot carry tags, or carries none that anybody reads, has none.
func (v *View) tagsFor(r control.Resource) estate.Fact[map[string]string] {
	if tags, ok := v.tags[tagKey(r.Type, r.ID)]; ok {
		return tags
	}
	return estate.AbsentFact[map[string]string](0)
}

// Of returns what covers a finding: the first exception of each kind that describes it and holds, or nil.
// Only a FAIL or an UNKNOWN is ever covered.
func (v *View) Of(f *control.Finding) (mute, attested *Exception) {
	hold := func(u *Use) {
		switch found := v.meet(u, f); {
		case !found:
		case u.Kind == Mute:
			u.cover(&mute)
		case u.Kind == Attest:
			u.cover(&attested)
		}
	}
	for _, i := range v.set.written {
		hold(&v.set.uses[i])
	}
	for _, i := range v.by[f.Resource.ID] {
		hold(&v.set.uses[i])
	}
	return mute, attested
}

// meet holds an exception against a finding and notes what comes of it; it is true where the exception describes one that needs it.
func (v *View) meet(u *Use, f *control.Finding) bool {
	open := f.Verdict == control.Fail || f.Verdict == control.Unknown
	answer := u.describes(f, v.tagsFor(f.Resource))
	switch {
	case answer == matching.No || !u.Holds(v.now):
	case !open && answer == matching.Yes:
		u.Settled++
	case !open:
	case answer == matching.Maybe:
		u.Doubtful++
	default:
		return true
	}
	return false
}

// cover takes a finding that no earlier exception has taken.
func (u *Use) cover(by **Exception) {
	if *by != nil {
		u.Shadowed++
		return
	}
	*by = u.Exception
	u.Findings++
}

// Uses is what came of every exception, once all units were looked at; asked are the controls that were.
func (s *Set) Uses(asked []string) []Use {
	out := slices.Clone(s.uses)
	for i := range out {
		u := &out[i]
		u.EndsSoon = u.Exception.EndsSoon(s.now)
		u.State = u.state(s.now, asked)
	}
	return out
}

func (u *Use) state(now estate.Instant, asked []string) State {
	named := len(u.Controls) == 0 || slices.ContainsFunc(u.Controls, func(id string) bool { return slices.Contains(asked, id) })
	switch {
	case u.Findings > 0:
		return Applied
	case !u.Holds(now) && now > 0:
		return Expired
	case u.Doubtful > 0:
		return Unsure
	case !named || !u.met:
		return Unasked
	case u.Shadowed > 0:
		return Shadowed
	case u.Settled > 0:
		return Settled
	}
	return Unused
}

// TooFar lists the exceptions of a kind that would hold for more than a year from the time of a unit.
func (s *Set) TooFar(k Kind, now estate.Instant) []*Exception {
	var out []*Exception
	for _, u := range s.uses {
		if u.Kind == k && u.TooFar(now) {
			out = append(out, u.Exception)
		}
	}
	return out
}
