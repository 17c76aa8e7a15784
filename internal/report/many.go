package report

import (
	"fmt"
	"strconv"

	"github.com/restorable/restorable/internal/control"
)

// many counts findings that are alike: an account holds hundreds of thousands of recovery points, and nobody reads, or could keep in memory,
// more than the first of each kind. The other formats have them all.
type many map[alike]int

// alike are findings of one control with one verdict and one overlay.
type alike struct {
	control string
	verdict control.Verdict
	covered string
}

// countless reports whether resources of a type are shown as one group.
func countless(t control.Type) bool { return t == control.TypeRecoveryPoint }

// repeats counts an entry and reports whether another one like it stands in the group already.
func (g *group) repeats(e Entry) bool {
	if g.many == nil || e.Excused && !e.Muted && e.Attestation == nil { // what the baseline knows is only counted
		return false
	}
	k := alike{e.Control, e.Verdict, e.covered()}
	g.many[k]++
	return g.many[k] > 1
}

// tell adds to the first of each kind how many others there are.
func (g *group) tell() {
	if g.many == nil {
		return
	}
	counts := map[alike]int{}
	for k, n := range g.many {
		if k.covered == "" {
			counts[alike{control: k.control, verdict: k.verdict}] += n
		}
	}
	more := func(text string, n int) string {
		if n > 1 {
			text += fmt.Sprintf(" (and %d more like it)", n-1)
		}
		return text
	}
	for i := range g.rows {
		r := &g.rows[i]
		r.reason = more(r.reason, counts[alike{control: r.control, verdict: r.verdict}])
	}
	for i, id := range g.passed {
		g.passed[i] += " (" + strconv.Itoa(counts[alike{control: id, verdict: control.Pass}]) + ")"
	}
	for i := range g.covered {
		r := &g.covered[i]
		n := 0
		for k, each := range g.many {
			if k.control == r.control && k.covered == r.by {
				n += each
			}
		}
		r.reason = more(r.reason, n)
	}
}
