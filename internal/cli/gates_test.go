package cli

import (
	"fmt"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/report"
)

// gated is one finding with what people say of it.
type gated struct {
	severity control.Severity
	verdict  control.Verdict
	cover    string // muted, attested, known (by the baseline), or nothing
}

func (g gated) entry(newOnly bool) report.Entry {
	e := report.Entry{Finding: control.Finding{Control: "x", Severity: g.severity, Verdict: g.verdict}}
	switch g.cover {
	case "muted":
		e.Muted, e.Mute = true, &overlay.Exception{}
	case "attested":
		e.Attestation = &overlay.Exception{Kind: overlay.Attest}
	case "known":
		e.Baseline, e.Excused = report.KnownFinding, newOnly
	}
	return e
}

// byHand is the exit code of one finding as docs/exit-codes.md says it, written without the program's own functions.
func byHand(g gated, failOn string, unknownToo, newOnly, unlisted bool) int {
	if failOn == "none" {
		return 0
	}
	order := map[string]int{"low": 1, "medium": 2, "high": 3, "critical": 4} // info is 0
	silent := g.cover == "muted" || g.cover == "attested" || g.cover == "known" && newOnly
	reaches := !silent && g.severity != "info" && order[string(g.severity)] >= order[failOn]
	doubt := unlisted || reaches && g.verdict == "UNKNOWN"
	switch {
	case reaches && g.verdict == "FAIL":
		return 1
	case doubt && unknownToo:
		return 1
	case doubt:
		return 3
	}
	return 0
}

func allGated() []gated {
	var out []gated
	for _, s := range control.Severities() {
		for _, v := range control.Verdicts() {
			for _, c := range []string{"", "muted", "attested", "known"} {
				out = append(out, gated{s, v, c})
			}
		}
	}
	return out
}

// TestEveryGate goes through every pair of findings under every combination of the flags: 1 beats 3, and nothing that is covered counts.
func TestEveryGate(t *testing.T) {
	all := allGated()
	for _, failOn := range []string{"none", "low", "medium", "high", "critical"} {
		for flags := range 8 {
			unknownToo, newOnly, unlisted := flags&1 > 0, flags&2 > 0, flags&4 > 0
			o := gateOptions{failOn: failOn, failOnUnknown: unknownToo, newOnly: newOnly}
			for i := range all {
				for k := i; k < len(all); k++ {
					want := worstOf(byHand(all[i], failOn, unknownToo, newOnly, unlisted), byHand(all[k], failOn, unknownToo, newOnly, unlisted))
					tally := report.NewTally(1)
					tally.Unlisted = unlisted
					tally.Add(all[i].entry(newOnly))
					tally.Add(all[k].entry(newOnly))
					if got := o.code(tally); got != want {
						t.Fatalf("--fail-on %s unknown %t new-only %t unlisted %t: %v and %v: exit code %d, want %d", failOn, unknownToo, newOnly, unlisted, all[i], all[k], got, want)
					}
				}
			}
		}
	}
}

func worstOf(a, b int) int {
	if a == 1 || b == 1 {
		return 1
	}
	return max(a, b)
}

func TestWhatFailOnTakes(t *testing.T) {
	for value, hint := range map[string]string{"critical": "", "high": "", "medium": "", "low": "", "none": "",
		"info": "--fail-on critical, high, medium, low or none; controls of severity info never count", "hihg": "did you mean --fail-on high?", "zzz": "--fail-on critical, high, medium, low or none"} {
		err := validFailOn(value)
		if (err == nil) != (hint == "") || err != nil && asComplaint(err).hint != hint {
			t.Errorf("%s: %v", value, fmt.Sprint(err))
		}
	}
}
