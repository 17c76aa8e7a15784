// Package report writes what a scan found, one file per format. A report is a stream: a head, any number of findings, a tail.
package report

import (
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/overlay"
)

// SchemaVersion is the version of the JSON report. It grows by additions only.
const SchemaVersion = "1"

// Tool names the program.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Head is what is known before the first finding.
type Head struct {
	Tool      Tool
	StartedAt estate.Instant // machine time, for people
	Scope     []Scope
	LeftOut   []LeftOut
	Controls  []*control.Control // those that are asked, in their order
	From      []string           // paths that were read instead of live AWS
	Unasked   []string           // ids of those that are asked of no template, since only what is deployed answers them
	Some      bool               // the user chose some tables: nothing else was asked
}

// Scope is one unit: an account in a Region, or a template. An auditor reads from it whether the population is complete.
type Scope struct {
	Account  *string         `json:"account"`
	Region   *string         `json:"region"`
	Now      *estate.Instant `json:"now"`                // AWS's time, by which ages are judged; null for a template
	Tables   int             `json:"tables"`             // tables read
	Whole    bool            `json:"whole"`              // whether that is all of them
	Filtered bool            `json:"filtered,omitempty"` // not whole only because the user chose some tables
	Reached  bool            `json:"reached"`            // whether anything answered
	ListedBy string          `json:"listed_by"`          // how tables were listed
	Source   string          `json:"source,omitempty"`
}

// Entry is a finding with its overlays.
type Entry struct {
	control.Finding
	Overlays
	Muted bool

	// ByHand says how to check the finding without us. It may be asked while a Writer looks at the entry, not afterwards; nil: nobody knows.
	ByHand func() control.ByHand
	// Timeline makes what there is to go back to, of a table. It may be asked while a Writer looks at the entry; nil: there is none.
	Timeline func() *Timeline
}

// Listed reports whether the scope's tables are those that there are, or those that the user chose.
func (s Scope) Listed() bool { return s.Reached && (s.Whole || s.Filtered) }

// Problem is something that could not be read or evaluated, and how many facts or findings it left unknown.
type Problem struct {
	Account   string `json:"account"`
	Region    string `json:"region"`
	Operation string `json:"operation"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	Affects   int    `json:"affects"`
}

// Tail is what is known after the last finding.
type Tail struct {
	FinishedAt estate.Instant
	Complete   bool // nothing is UNKNOWN for want of a read, and there is no problem
	Summary    Summary
	Problems   []Problem
	Exceptions []overlay.Use       // what came of every exception; nil: there is none
	Frameworks []FrameworkStanding // how far those that were asked for are met; nil: none was
}

// incompleteness says why a report is not complete: a call that failed is among the problems, what nobody asked for is not.
func (t Tail) incompleteness() string {
	if len(t.Problems) == 0 {
		return "This report is incomplete: some verdicts are unknown because what they rest on was not looked at."
	}
	return "This report is incomplete: some verdicts are unknown because something could not be read."
}

// Summary counts.
type Summary struct {
	Tables      int                     `json:"tables"`
	Recoverable int                     `json:"recoverable"` // tables whose "recoverable" control passes
	Verdicts    map[control.Verdict]int `json:"verdicts"`
	Muted       int                     `json:"muted"`
	Attested    int                     `json:"attested,omitempty"`
	New         int                     `json:"new,omitempty"`   // FAIL and UNKNOWN that the baseline does not know
	Known       int                     `json:"known,omitempty"` // and those that it knows
}

// Writer is one output. Begin comes once, then Finding any number of times, then End once. A Writer does not close what it writes to.
type Writer interface {
	Begin(Head) error
	Finding(Entry) error
	End(Tail) error
}

// Tally counts findings while they stream by.
type Tally struct {
	Summary
	WorstFail    control.Severity // worst severity among the failures that count; empty: none
	WorstUnknown control.Severity // likewise for UNKNOWN
	Unread       bool             // some verdict is UNKNOWN for want of a read
	Unlisted     bool             // in some unit not even the list of tables could be read whole: nobody knows what was not judged
}

// NewTally counts from nothing.
func NewTally(tables int) *Tally {
	t := &Tally{Summary: Summary{Tables: tables, Verdicts: map[control.Verdict]int{}}}
	for _, v := range control.Verdicts() {
		t.Verdicts[v] = 0
	}
	return t
}

// Add counts one finding.
func (t *Tally) Add(e Entry) {
	t.Verdicts[e.Verdict]++
	t.overlays(e)
	if e.Control == "recoverable" && e.Verdict == control.Pass {
		t.Recoverable++
	}
	t.Unread = t.Unread || e.Verdict == control.Unknown && unread(e.Evidence)
	if !e.Counts() {
		return
	}
	switch e.Verdict {
	case control.Fail:
		t.WorstFail = worse(t.WorstFail, e.Severity)
	case control.Unknown:
		t.WorstUnknown = worse(t.WorstUnknown, e.Severity)
	case control.Pass, control.NotApplicable:
	}
}

// unread reports whether some fact behind a verdict could not be read. An UNKNOWN may also rest on known facts:
// no job in the 30 days that AWS keeps, and none due.
func unread(evidence []control.Evidence) bool {
	return slices.ContainsFunc(evidence, func(e control.Evidence) bool { return e.State == estate.Unknown.String() })
}

func worse(a, b control.Severity) control.Severity {
	if a == "" || b.Rank() > a.Rank() {
		return b
	}
	return a
}
