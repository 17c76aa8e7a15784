package report

import (
	"slices"

	"github.com/restorable/restorable/internal/control"
)

// Standing says how far a requirement of a framework is met, as far as a machine can see.
type Standing string

// The standings. A finding that somebody looks away from counts as it is: a framework does not know our exceptions. What is attested counts as met by other means.
const (
	Met           Standing = "met"
	NotMet        Standing = "not met"
	NotKnown      Standing = "not known"
	NotApplicable Standing = "not applicable" // there is nothing that its controls could judge
)

// FrameworkStanding is how far a framework is met.
type FrameworkStanding struct {
	ID           string                `json:"id"`
	Title        string                `json:"title"`
	Version      string                `json:"version"`
	Publisher    string                `json:"publisher"`
	URL          string                `json:"url"`
	Standings    map[Standing]int      `json:"standings"` // how many requirements stand so
	Requirements []RequirementStanding `json:"requirements"`
}

// RequirementStanding is how far one requirement is met, with the counts that say so.
type RequirementStanding struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Standing Standing          `json:"standing"`
	People   string            `json:"people,omitempty"` // what no machine can check of it
	Controls []ControlStanding `json:"controls"`
}

// ControlStanding counts the findings of one control.
type ControlStanding struct {
	Control       string   `json:"control"`
	Sources       []string `json:"sources"` // who maps it: docs/controls, "Sources"
	Asked         bool     `json:"asked"`   // whether this report asked it
	Fail          int      `json:"fail"`
	Unknown       int      `json:"unknown"`
	Pass          int      `json:"pass"`
	NotApplicable int      `json:"not_applicable"`
	Muted         int      `json:"muted"`    // of all of them
	Attested      int      `json:"attested"` // FAIL and UNKNOWN that are met by other means; not among fail and unknown
}

// frameworkTally counts findings by requirement while they stream by.
type frameworkTally struct {
	list   []*control.Framework
	asked  map[string]bool
	counts map[string]*ControlStanding
}

// newFrameworkTally counts from nothing, for the frameworks that the user asked for; asked are the controls of the report.
func newFrameworkTally(list []*control.Framework, asked []*control.Control) *frameworkTally {
	f := &frameworkTally{list: list, asked: map[string]bool{}, counts: map[string]*ControlStanding{}}
	for _, c := range asked {
		f.asked[c.ID] = true
	}
	return f
}

// add counts one finding.
func (f *frameworkTally) add(e Entry) {
	if len(f.list) == 0 {
		return
	}
	c := f.counts[e.Control]
	if c == nil {
		c = &ControlStanding{}
		f.counts[e.Control] = c
	}
	if e.Muted {
		c.Muted++
	}
	switch {
	case e.Attestation != nil && (e.Verdict == control.Fail || e.Verdict == control.Unknown):
		c.Attested++
	case e.Verdict == control.Fail:
		c.Fail++
	case e.Verdict == control.Unknown:
		c.Unknown++
	case e.Verdict == control.Pass:
		c.Pass++
	default:
		c.NotApplicable++
	}
}

// standings says how far each framework is met. listed is whether all tables are known: where they are not, nobody knows what was not judged,
// and no requirement is met. Nil without frameworks.
func (f *frameworkTally) standings(listed bool) []FrameworkStanding {
	var out []FrameworkStanding
	for _, each := range f.list {
		s := FrameworkStanding{ID: each.ID, Title: each.Title, Version: each.Version, Publisher: each.Publisher, URL: each.URL,
			Standings: map[Standing]int{Met: 0, NotMet: 0, NotKnown: 0, NotApplicable: 0}}
		for _, r := range each.Requirements {
			standing := f.requirement(r, listed)
			s.Standings[standing.Standing]++
			s.Requirements = append(s.Requirements, standing)
		}
		out = append(out, s)
	}
	return out
}

func (f *frameworkTally) requirement(r control.Requirement, listed bool) RequirementStanding {
	out := RequirementStanding{ID: r.ID, Title: r.Title, People: r.People}
	for _, m := range r.Mappings {
		c := ControlStanding{}
		if counted := f.counts[m.Control]; counted != nil {
			c = *counted
		}
		c.Control, c.Sources, c.Asked = m.Control, m.Sources, f.asked[m.Control]
		out.Controls = append(out.Controls, c)
	}
	out.Standing = standingOf(out.Controls, listed)
	return out
}

// standingOf: one FAIL decides; without one, anything that was not asked or not answered leaves it open.
func standingOf(controls []ControlStanding, listed bool) Standing {
	fails := func(c ControlStanding) bool { return c.Fail > 0 }
	open := func(c ControlStanding) bool { return !c.Asked || c.Unknown > 0 }
	shown := func(c ControlStanding) bool { return c.Pass+c.Attested > 0 }
	switch {
	case slices.ContainsFunc(controls, fails):
		return NotMet
	case !listed, slices.ContainsFunc(controls, open):
		return NotKnown
	case slices.ContainsFunc(controls, shown):
		return Met
	}
	return NotApplicable
}

// withStandings counts what passes by to another writer.
type withStandings struct {
	Writer
	list   []*control.Framework
	counts *frameworkTally
	listed bool
}

// WithStandings makes a report say how far the frameworks are met. Without frameworks it is the report itself.
func WithStandings(w Writer, list []*control.Framework) Writer {
	if len(list) == 0 {
		return w
	}
	return &withStandings{Writer: w, list: list}
}

// asked are the controls that something was asked of: not those of plans and accounts where the user chose some tables, nor those that no
// template answers where there is nothing else.
func (h Head) asked() []*control.Control {
	live := slices.ContainsFunc(h.Scope, func(s Scope) bool { return s.Source == "" })
	return slices.DeleteFunc(slices.Clone(h.Controls), func(c *control.Control) bool {
		return h.Some && c.Resource != control.TypeTable || !live && slices.Contains(h.Unasked, c.ID)
	})
}

// Begin implements Writer.
func (w *withStandings) Begin(h Head) error {
	w.counts, w.listed = newFrameworkTally(w.list, h.asked()), wholly(h.Scope)
	return w.Writer.Begin(h)
}

// Finding implements Writer.
func (w *withStandings) Finding(e Entry) error {
	w.counts.add(e)
	return w.Writer.Finding(e)
}

// End implements Writer.
func (w *withStandings) End(t Tail) error {
	t.Frameworks = w.counts.standings(w.listed)
	return w.Writer.End(t)
}
