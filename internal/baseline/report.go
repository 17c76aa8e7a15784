// Package baseline reads earlier reports and says what is new against them; findings are followed by their fingerprints.
package baseline

import (
	"cmp"
	"slices"

	"github.com/restorable/restorable/internal/control"
)

// Report is what is kept of a JSON report: one short record for each finding.
type Report struct {
	Tool       string // name and version of the program that wrote it
	StartedAt  string
	FinishedAt string
	Complete   bool
	Scope      []Scope
	Findings   map[string]Record // by fingerprint
}

// Scope is a unit that the report judged.
type Scope struct {
	Account  string `json:"account"` // empty: not known
	Region   string `json:"region"`
	Tables   int    `json:"tables"`
	Whole    bool   `json:"whole"`
	Filtered bool   `json:"filtered"`
	Reached  bool   `json:"reached"`
}

// Record is one finding, without what it rests on.
type Record struct {
	Control     string           `json:"control"`
	Severity    control.Severity `json:"severity"`
	Verdict     control.Verdict  `json:"verdict"`
	Muted       bool             `json:"muted"`
	Attested    bool             `json:"attested"`
	Resource    control.Resource `json:"resource"`
	Address     string           `json:"address,omitempty"`
	Reason      string           `json:"reason"` // empty where nothing is wrong
	Fingerprint string           `json:"fingerprint"`
}

// Open reports whether something is wrong, or not known.
func (r *Record) Open() bool { return r.Verdict == control.Fail || r.Verdict == control.Unknown }

// Counts reports whether the record may decide an exit code.
func (r *Record) Counts() bool {
	return r.Open() && !r.Muted && !r.Attested && r.Severity != control.Info
}

// Excuses reports whether a finding of an earlier report makes one of the present no news: it was as bad then, and nobody had covered
// it up. What was muted or attested and is so no longer is news; so is a FAIL where it was UNKNOWN before.
func (r *Record) Excuses(now control.Verdict) bool {
	return r.Open() && !r.Muted && !r.Attested && (r.Verdict == control.Fail || r.Verdict == now)
}

// Knows reports whether the report excuses a finding.
func (b *Report) Knows(f *control.Finding) bool {
	r, ok := b.Findings[f.Fingerprint]
	return ok && r.Excuses(f.Verdict)
}

// Change is a finding that is not what it was.
type Change struct {
	Before *Record // nil: there was no such finding
	After  *Record // nil: there is none any more
}

// Record is the finding as it is now, or as it was where it is gone.
func (c Change) Record() *Record { return cmp.Or(c.After, c.Before) }

// News reports whether the finding is a failure that counts and that the earlier report does not excuse.
func (c Change) News() bool {
	return c.After != nil && c.After.Verdict == control.Fail && c.After.Counts() && (c.Before == nil || !c.Before.Excuses(control.Fail))
}

// Diff is the difference between two reports, worst first.
type Diff struct {
	New       []Change // wrong or not known now, and not so before
	Resolved  []Change // wrong or not known before: it passes now, does not apply, or the resource is gone
	Changed   []Change // wrong or not known both times, and yet not the same: another verdict, severity or exception
	Unseen    []Change // wrong or not known before, and not looked at now: nobody knows
	Unchanged int      // wrong or not known, as before
}

// Compare follows every finding from one report to another.
func Compare(before, after *Report) *Diff {
	d := &Diff{}
	for key := range after.Findings {
		now := after.Findings[key]
		then, there := before.Findings[key]
		d.both(pick(&then, there), &now)
	}
	asked := after.controls()
	for key := range before.Findings {
		then := before.Findings[key]
		if _, still := after.Findings[key]; still || !then.Open() {
			continue
		}
		if asked[then.Control] && after.saw(&then) {
			d.Resolved = append(d.Resolved, Change{Before: &then})
		} else {
			d.Unseen = append(d.Unseen, Change{Before: &then})
		}
	}
	for _, list := range [][]Change{d.New, d.Resolved, d.Changed, d.Unseen} {
		slices.SortFunc(list, order)
	}
	return d
}

func pick(r *Record, there bool) *Record {
	if there {
		return r
	}
	return nil
}

func (d *Diff) both(then, now *Record) {
	was := then != nil && then.Open()
	switch {
	case now.Open() && !was:
		d.New = append(d.New, Change{then, now})
	case was && !now.Open():
		d.Resolved = append(d.Resolved, Change{then, now})
	case !was:
	case then.Verdict != now.Verdict || then.Severity != now.Severity || then.Muted != now.Muted || then.Attested != now.Attested:
		d.Changed = append(d.Changed, Change{then, now})
	default:
		d.Unchanged++
	}
}

// saw reports whether the place of a finding's resource was looked at whole, so that the finding would be there if the resource still were.
func (b *Report) saw(r *Record) bool {
	return slices.ContainsFunc(b.Scope, func(s Scope) bool {
		return s.Account == r.Resource.Account && s.Region == r.Resource.Region && s.Reached && s.Whole
	})
}

// controls are those that the report has an answer of.
func (b *Report) controls() map[string]bool {
	out := map[string]bool{}
	for _, r := range b.Findings {
		out[r.Control] = true
	}
	return out
}

// order puts the worst first.
func order(a, b Change) int {
	x, y := a.Record(), b.Record()
	return cmp.Or(cmp.Compare(weight(y), weight(x)), cmp.Compare(x.Resource.Name, y.Resource.Name), cmp.Compare(x.Resource.Account, y.Resource.Account),
		cmp.Compare(x.Resource.Region, y.Resource.Region), cmp.Compare(x.Control, y.Control), cmp.Compare(x.Fingerprint, y.Fingerprint))
}

func weight(r *Record) int {
	w := 2 * r.Severity.Rank()
	if r.Verdict == control.Fail {
		w++
	}
	return w
}
