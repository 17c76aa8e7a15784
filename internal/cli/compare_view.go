package cli

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/drill/compare"
	"github.com/restorable/restorable/internal/terminal"
)

// compareView shows a comparison: the answer first, then what it rests on, then each difference.
type compareView struct {
	printer
	keys int
}

func (v compareView) show(c *comparing, r *compare.Result, repaired *repairText) {
	b := r.B.Name
	if c.point != nil {
		b = c.b
	}
	v.title(terminal.Clean(terminal.Short(r.A.Name+" and "+b, 400)) + ": " + verdictText(r))
	v.text("  ", r.Reason)
	v.put("")
	if r.Readings > 0 || r.Cause != nil {
		v.side("A", r.A)
		v.side("B", r.B)
		v.text("  ", v.basis(r))
	}
	if c.point != nil {
		v.text("  ", c.point.text())
	}
	v.differences(r)
	v.invariants(r)
	for _, note := range r.Notes {
		v.put("")
		v.toned("", terminal.Doubtful, note)
	}
	if s := r.Stream; s != nil && s.Problem != "" {
		v.put("")
		v.toned("", terminal.Doubtful, "the stream explains nothing: "+s.Problem)
	}
	v.next(c, r, repaired)
}

func verdictText(r *compare.Result) string {
	switch r.Verdict {
	case compare.Equal:
		if r.Method == compare.Sampled {
			return "the same, as far as the sample goes"
		}
		if r.Explained > 0 {
			return "the same, but for what is explained"
		}
		return "the same"
	case compare.WithinDrift:
		return "within the drift that was allowed"
	case compare.Differs:
		if r.Items != compare.Differs {
			return "the same, but an invariant fails"
		}
		return "different"
	}
	return "not known"
}

func (v compareView) side(name string, t compare.Table) {
	place := ""
	if p := strings.SplitN(t.ARN, ":", 6); len(p) == 6 {
		place = " in " + p[3]
	}
	v.text("  ", fmt.Sprintf("%s  %s%s: %s, %.1f read capacity units", name, t.Name, place, count(t.Count), t.RCU))
}

// basis says how the answer was had.
func (v compareView) basis(r *compare.Result) string {
	reads := "consistent reads"
	if !r.Consistent {
		reads = "eventually consistent reads, which may lag behind"
	}
	text := fmt.Sprintf("method: %s, by %s", r.Method, reads)
	if !r.Moment.IsZero() {
		text += fmt.Sprintf("; restored to %s, to within %gs", r.Moment.UTC().Format("2006-01-02 15:04:05 UTC"), r.Tolerance)
	}
	if s := r.Stream; s != nil && s.Whole {
		text += fmt.Sprintf("; %d stream records, %s", s.Records, s.View)
	}
	return text
}

func (v compareView) differences(r *compare.Result) {
	if len(r.Differences) == 0 && r.Unexamined == 0 {
		return
	}
	v.section(fmt.Sprintf("Differences: %d changed, %d only in A, %d only in B, %d the same", r.Changed, r.OnlyA, r.OnlyB, r.Same))
	if r.Explained > 0 || r.Unexplained > 0 && !r.Moment.IsZero() {
		v.text("  ", fmt.Sprintf("%d explained, %d not", r.Explained, r.Unexplained))
	}
	if r.Unexamined > 0 {
		v.text("  ", fmt.Sprintf("%d more were not looked into", r.Unexamined))
	}
	for i, d := range r.Differences {
		if i == v.keys {
			break
		}
		tone := terminal.Bad
		if d.Explained {
			tone = terminal.Good
		}
		v.put("  " + v.screen.Paint(tone, fmt.Sprintf("%-8s", differenceText(d.Kind))) + " " + terminal.Clean(terminal.Short(string(d.Key), 300)))
		if d.Why != "" {
			v.text("           ", d.Why)
		}
	}
	if rest := r.Changed + r.OnlyA + r.OnlyB - int64(min(v.keys, len(r.Differences))); rest > 0 {
		v.put(fmt.Sprintf("  and %d more", rest))
	}
}

func differenceText(k compare.Kind) string {
	switch k {
	case compare.OnlyA:
		return "only A"
	case compare.OnlyB:
		return "only B"
	}
	return string(k)
}

func (v compareView) invariants(r *compare.Result) {
	if len(r.Invariants) == 0 {
		return
	}
	v.section("Invariants of B")
	for _, i := range r.Invariants {
		tone := map[compare.Outcome]terminal.Tone{compare.Holds: terminal.Good, compare.Fails: terminal.Bad, compare.Undecided: terminal.Doubtful}[i.Outcome]
		v.put("  " + v.screen.Paint(tone, fmt.Sprintf("%-8s", i.Outcome)) + " " + terminal.Clean(terminal.Short(i.Name, 200)))
		v.text("           ", i.Reason)
		for _, e := range i.Examples {
			v.put("           " + terminal.Clean(terminal.Short(e.Key, 300)))
		}
	}
}

// next says what can be done about it.
func (v compareView) next(c *comparing, r *compare.Result, repaired *repairText) {
	switch {
	case repaired != nil:
		v.put("")
		v.text("", fmt.Sprintf("%s: %s and %s of items of A; read it before you run it", repaired.File, terminal.Count(int(repaired.Puts), "write"), terminal.Count(int(repaired.Deletes), "deletion")))
		if repaired.Skipped > 0 {
			v.text("", fmt.Sprintf("%s skipped: the file says why", count(repaired.Skipped)))
		}
		if repaired.Missing > 0 {
			v.toned("", terminal.Doubtful, fmt.Sprintf("%d more differ that are not in the file: compare again after it", repaired.Missing))
		}
	case r.Items == compare.Differs && len(r.Differences) > 0 && r.Method != compare.Sampled:
		v.put("")
		v.put("restorable compare " + terminal.Clean(c.a) + " " + terminal.Clean(c.b) + " --repair repair.sh writes what would copy the items of B back")
	case r.Items == compare.Unknown && r.Cause != nil:
		v.put("")
		v.put("restorable compare again; --read-capacity N reads more slowly")
	}
}
