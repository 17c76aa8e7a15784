package drill

import (
	"fmt"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/restore/settings"
)

// judge decides the verdict of what is known now. Anything that differs without an explanation refutes; anything that is not known keeps
// the drill from having passed.
func (d *Drill) judge() {
	own := d.Reasons[:0]
	for _, r := range d.Reasons {
		if r.Step != judged {
			own = append(own, r)
		}
	}
	d.Reasons = own
	d.judgeSettings()
	d.judgeItems()
	d.judgeTime()
	d.Verdict = Passed
	for _, r := range d.Reasons {
		if r.Verdict == Refuted {
			d.Verdict = Refuted
			return
		}
		if r.Verdict == Unknown {
			d.Verdict = Unknown
		}
	}
}

// judged marks the reasons that judging found, so that judging again does not repeat them.
const judged State = "judging"

func (d *Drill) find(v Verdict, format string, args ...any) {
	d.Reasons = append(d.Reasons, Reason{Step: judged, Verdict: v, Text: fmt.Sprintf(format, args...)})
}

// restored reports whether there is anything to judge: without a table, why there is none is reason enough.
func (d *Drill) restored() bool { return !d.Times.Active.IsZero() }

func (d *Drill) judgeSettings() {
	if !d.restored() || d.Comparison {
		return
	}
	compared, unknown := map[string]bool{}, map[string][]string{}
	var why []string // of unknown, in their order
	for _, s := range d.Settings {
		compared[s.Setting] = true
		switch s.Outcome {
		case evidence.Differs:
			d.find(Refuted, "setting %s differs: %s in the source, %s in the copy%s", s.Setting, orNone(s.Source), orNone(s.Restored), because(s.Reason))
		case evidence.NotKnown, "":
			if unknown[s.Reason] == nil {
				why = append(why, s.Reason)
			}
			unknown[s.Reason] = append(unknown[s.Reason], s.Setting)
		}
	}
	for _, reason := range why {
		d.find(Unknown, "%s not known%s", are(unknown[reason]), because(reason))
	}
	if len(d.Settings) == 0 {
		d.find(Unknown, "the settings were not compared")
		return
	}
	for _, name := range settings.All() {
		if !compared[string(name)] {
			d.find(Unknown, "setting %s was not compared", name)
		}
	}
}

// are names settings as the subject of a sentence.
func are(names []string) string {
	if len(names) == 1 {
		return "setting " + names[0] + " is"
	}
	last := len(names) - 1
	return "settings " + strings.Join(names[:last], ", ") + " and " + names[last] + " are"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func (d *Drill) judgeItems() {
	switch {
	case !d.restored():
		if len(d.Reasons) == 0 {
			d.find(Unknown, "nothing was restored")
		}
		return
	case d.Items == nil:
		d.find(Unknown, "the items were not compared")
		return
	}
	switch d.Items.Verdict {
	case evidence.ItemsEqual, evidence.ItemsWithinDrift:
	case evidence.ItemsDiffer:
		d.find(Refuted, "items differ%s", because(d.Items.Reason))
	default:
		d.find(Unknown, "whether the items are the same is not known%s", because(d.Items.Reason))
	}
	for _, i := range d.Invariants {
		switch i.Verdict {
		case evidence.Holds:
		case evidence.Broken:
			d.find(Refuted, "the invariant %s does not hold%s", i.Expression, because(i.Reason))
		default:
			d.find(Unknown, "whether the invariant %s holds is not known%s", i.Expression, because(i.Reason))
		}
	}
}

// judgeTime: getting a table back takes from the request until it could be used, settings and all.
func (d *Drill) judgeTime() {
	took, ok := d.Times.ToCompleted()
	switch {
	case !d.restored():
	case d.Objective.Unknown != "":
		d.find(Unknown, "whether it was fast enough is not known: %s", d.Objective.Unknown)
	case d.Objective.RTO == 0:
	case !ok:
		d.find(Unknown, "how long the restore took is not known")
	case took > d.RTO():
		d.find(Refuted, "getting the table back took %s, and tier %s allows %s", took, d.Objective.Tier, d.RTO())
	}
}

// RTO is how long getting the table back may take; 0: nothing is asked.
func (d *Drill) RTO() time.Duration { return time.Duration(d.Objective.RTO) * time.Second }
