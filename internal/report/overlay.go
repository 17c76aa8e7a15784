package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/terminal"
)

// Overlays are what people say of a finding. None of them changes its verdict.
type Overlays struct {
	Mute        *overlay.Exception // who looks away from it, why and until when; nil: nobody
	Attestation *overlay.Exception // by what other means it is met; nil: none is attested
	Baseline    Baseline           // what an earlier report said; empty: none was given
	Excused     bool               // the earlier report knows it, and the user asked for what is new
}

// Baseline says whether an earlier report knows a finding.
type Baseline string

// What an earlier report says of a FAIL or an UNKNOWN.
const (
	NewFinding   Baseline = "new"   // it was not so
	KnownFinding Baseline = "known" // it was as bad
)

// setAside reports whether the finding has no say in the exit code, whatever its verdict.
func (o Overlays) setAside() bool { return o.Mute != nil || o.Attestation != nil || o.Excused }

// Counts reports whether the entry may decide the exit code.
func (e Entry) Counts() bool {
	return !e.Muted && !e.setAside() && e.Severity != control.Info
}

// overlays counts what covers an entry.
func (s *Summary) overlays(e Entry) {
	if e.Muted {
		s.Muted++
	}
	if e.Attestation != nil {
		s.Attested++
	}
	switch e.Baseline {
	case NewFinding:
		s.New++
	case KnownFinding:
		s.Known++
	}
}

// exception is the JSON form of what covers a finding.
type exception struct {
	Owner    string `json:"owner"`
	Reason   string `json:"reason,omitempty"`
	What     string `json:"what,omitempty"`
	Evidence string `json:"evidence,omitempty"`
	Expires  string `json:"expires,omitempty"`
	Until    string `json:"until,omitempty"`
	Place    string `json:"place"`
}

func exceptionJSON(e *overlay.Exception) *exception {
	switch {
	case e == nil:
		return nil
	case e.Kind == overlay.Attest:
		return &exception{Owner: e.Owner, What: e.Reason, Evidence: e.Evidence, Until: e.Day(), Place: e.Place()}
	}
	return &exception{Owner: e.Owner, Reason: e.Reason, Expires: e.Day(), Place: e.Place()}
}

// overlaysJSON is what a finding's JSON says of the exceptions that cover it.
type overlaysJSON struct {
	Attested    bool       `json:"attested,omitempty"`
	Mute        *exception `json:"mute,omitempty"`
	Attestation *exception `json:"attestation,omitempty"`
	Baseline    Baseline   `json:"baseline,omitempty"`
}

func (o Overlays) json() overlaysJSON {
	return overlaysJSON{Attested: o.Attestation != nil, Mute: exceptionJSON(o.Mute), Attestation: exceptionJSON(o.Attestation), Baseline: o.Baseline}
}

// exceptionUse is the JSON form of an exception and what came of it.
type exceptionUse struct {
	Kind      overlay.Kind  `json:"kind"`
	State     overlay.State `json:"state"`
	Findings  int           `json:"findings"`
	Doubtful  int           `json:"doubtful,omitempty"`
	EndsSoon  bool          `json:"ends_soon,omitempty"`
	Duplicate string        `json:"duplicate_of,omitempty"`
	Covers    string        `json:"covers"`
	Controls  []string      `json:"controls"`
	exception
}

func usesJSON(uses []overlay.Use) []exceptionUse {
	out := []exceptionUse{}
	for i := range uses {
		u := &uses[i]
		j := exceptionUse{Kind: u.Kind, State: u.State, Findings: u.Findings, Doubtful: u.Doubtful, EndsSoon: u.EndsSoon, Covers: u.Text(),
			Controls: nonNil(u.Controls), exception: *exceptionJSON(u.Exception)}
		if u.Duplicate != nil {
			j.Duplicate = u.Duplicate.Place()
		}
		out = append(out, j)
	}
	return out
}

// covered says in one line by whom a finding is covered.
func (e Entry) covered() string {
	var parts []string
	if e.Attestation != nil {
		parts = append(parts, fmt.Sprintf("met by other means: %s (evidence: %s; %s, until %s)", e.Attestation.Reason, e.Attestation.Evidence, e.Attestation.Owner, e.Attestation.Day()))
	}
	if e.Mute != nil {
		parts = append(parts, fmt.Sprintf("muted until %s: %s (%s)", e.Mute.Day(), e.Mute.Reason, e.Mute.Owner))
	}
	return strings.Join(parts, "; ")
}

// coveredWhere is SARIF's word for where the exception stands that covers a finding.
func (e Entry) coveredWhere() string {
	if e.Attestation == nil && e.Mute != nil && e.Mute.Inline() {
		return "inSource"
	}
	return "external"
}

// cover keeps apart what is muted, attested or known; false: the entry is none of these.
func (g *group) cover(e Entry) bool {
	switch {
	case e.Attestation != nil:
		g.covered = append(g.covered, row{control: e.Control, reason: e.Reason, spot: e.spot(), word: "attested", by: e.covered()})
	case e.Muted:
		g.covered = append(g.covered, row{control: e.Control, reason: e.Reason, spot: e.spot(), word: "muted", by: e.covered()})
	case e.Excused:
		g.known++
	default:
		return false
	}
	return true
}

// coveredRows prints what is muted or attested: no reader may take it for gone.
func (t *tableWriter) coveredRows(g *group) {
	slices.SortFunc(g.covered, func(a, b row) int { return strings.Compare(a.control, b.control) })
	for _, r := range g.covered {
		const indent = "            "
		lines := terminal.Wrap(terminal.Clean(terminal.Short(r.reason, 600)+" ["+r.control+r.spot+"]"), t.o.Screen.Width-len(indent)-1)
		for i, text := range lines {
			lead := indent
			if i == 0 {
				lead = "  " + t.o.Screen.Paint(terminal.Faint, fmt.Sprintf("%-8s", r.word)) + "  "
			}
			t.line(lead, t.o.Screen.Paint(terminal.Faint, terminal.Line(text)))
		}
		t.wrapped(indent, terminal.Faint, terminal.Short(r.by, 400))
	}
	if g.known > 0 {
		t.wrapped("  ", terminal.Faint, terminal.Count(g.known, "finding")+" that the baseline knows")
	}
}

// exceptions tells what people should look at among the exceptions.
func (t *tableWriter) exceptions(uses []overlay.Use) {
	var lines []string
	for i := range uses {
		if text := uses[i].Remark(); text != "" {
			lines = append(lines, text)
		}
	}
	if len(lines) == 0 {
		return
	}
	t.line("")
	t.line(t.o.Screen.Paint(terminal.Doubtful, "Exceptions to look at"))
	for _, text := range lines {
		t.wrapped("  ", terminal.Normal, terminal.Short(text, 600))
	}
}
