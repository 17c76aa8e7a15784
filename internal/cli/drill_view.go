package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/terminal"
)

// drillView says how drills are shown.
type drillView struct {
	specs    []outputSpec
	aws      awsOptions
	problems []error // of each drill; nil: it came to its end
}

// drillResult is the JSON of drills, version 1 (docs/schemas/drill-result-v1.schema.json).
type drillResult struct {
	SchemaVersion string         `json:"schema_version"`
	Command       string         `json:"command"`
	Counts        map[string]int `json:"counts"` // by verdict; stopped: none yet
	Drills        []drill.Shown  `json:"drills"`
}

func drillsJSON(command string, drills []*drill.Drill) drillResult {
	out := drillResult{SchemaVersion: "1", Command: command, Counts: map[string]int{}, Drills: []drill.Shown{}}
	for _, d := range drills {
		out.Counts[verdictWord(d)]++
		out.Drills = append(out.Drills, d.Show())
	}
	return out
}

func verdictWord(d *drill.Drill) string {
	if d.Verdict == "" {
		return "stopped"
	}
	return string(d.Verdict)
}

func (a *app) showDrills(drills []*drill.Drill, v drillView) error {
	return a.toOutputs(v.specs, func(w io.Writer) { a.drillTable(w, drills) }, drillsJSON("drill", drills))
}

// drillTable shows each drill; of many, first how many ended how.
func (a *app) drillTable(w io.Writer, drills []*drill.Drill) {
	p := printer{w: w, screen: a.screen(w)}
	if len(drills) > 1 {
		counts := drillsJSON("", drills).Counts
		var parts []string
		for _, word := range []string{"passed", "failed", "unknown", "stopped"} {
			if n := counts[word]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, word))
			}
		}
		p.title(terminal.Count(len(drills), "drill") + ": " + strings.Join(parts, ", "))
		p.put("")
	}
	for i, d := range drills {
		if i > 0 {
			p.put("")
		}
		a.oneDrill(p, d)
	}
}

func verdictTone(d *drill.Drill) terminal.Tone {
	switch d.Verdict {
	case drill.Passed:
		return terminal.Good
	case drill.Refuted:
		return terminal.Bad
	}
	return terminal.Doubtful
}

// oneDrill shows one: the verdict, why, what was measured, what is left.
func (a *app) oneDrill(p printer, d *drill.Drill) {
	word := strings.ToUpper(verdictWord(d))
	if d.Verdict == "" {
		word = "STOPPED while " + string(d.State)
	}
	p.put(p.screen.Paint(verdictTone(d), word) + "  " + p.screen.Paint(terminal.Strong, terminal.Clean(d.Source.Name)) + "  " + terminal.Clean(d.Source.Region))
	for _, r := range d.Reasons {
		tone := terminal.Doubtful
		if r.Verdict == drill.Refuted {
			tone = terminal.Bad
		}
		p.toned("  ", tone, r.String())
	}
	row := func(name, text string) {
		if text == "" {
			return
		}
		for i, line := range terminal.Wrap(terminal.Clean(terminal.Short(text, 1000)), p.screen.Width-12) {
			if i > 0 {
				name = ""
			}
			p.put(fmt.Sprintf("  %-9s %s", name, terminal.Line(line)))
		}
	}
	row("drill", d.ID)
	if d.From.Kind != "" {
		row("from", pointText(d))
	}
	row("time", timeText(d))
	row("objective", objectiveText(d))
	row("settings", settingsText(d))
	row("items", itemsText(d))
	for _, i := range d.Invariants {
		row("invariant", fmt.Sprintf("%s: %s, over %s", i.Expression, i.Verdict, terminal.Count(int(i.Checked), "item")))
	}
	row("clean-up", cleanupText(d))
	if d.Evidence != "" { // a file's name is not broken: it is copied
		p.put(fmt.Sprintf("  %-9s %s", "evidence", terminal.Clean(filepath.Base(d.Evidence))))
		row("", signedText(d))
	}
	for _, text := range d.Remarks {
		row("note", text)
	}
	if d.TryRole != "" { // a command is not broken either
		row("note", "the recovery point was made with another role, which AWS Backup can assume; if it may restore (AWSBackupServiceRolePolicyForRestores):")
		p.put("  next      " + terminal.Clean(shellLine([]string{"restorable", "drill", d.Source.Name, "--from", d.From.ARN, "--role", d.TryRole, "--region", d.From.Region})))
	}
	a.drillDetails(p, d)
}

// drillDetails are the settings one by one, and which items differ, with --verbose.
func (a *app) drillDetails(p printer, d *drill.Drill) {
	if !a.global.verbose {
		return
	}
	for _, s := range d.Settings {
		p.text("    ", fmt.Sprintf("%s: %s. Source: %s. Copy: %s. %s", s.Setting, s.Outcome, s.Source, s.Restored, s.Reason))
	}
	if d.Items == nil {
		return
	}
	for _, x := range d.Items.Differences {
		name := x.Key
		if name == "" {
			name = "key hash " + x.MAC
		}
		why := x.Explanation
		if why == "" {
			why = "nothing explains it"
		}
		p.text("    ", fmt.Sprintf("%s %s: %s", x.Kind, name, why))
	}
	if d.Items.More > 0 {
		p.text("    ", fmt.Sprintf("and %d more", d.Items.More))
	}
}

func timeText(d *drill.Drill) string {
	var parts []string
	for _, step := range []struct {
		name string
		took func() (time.Duration, bool)
	}{{"there", d.Times.ToActive}, {"complete", d.Times.ToCompleted}, {"verified", d.Times.ToVerified}} {
		if took, ok := step.took(); ok {
			parts = append(parts, fmt.Sprintf("%s after %s", step.name, seconds(int64(took.Seconds()))))
		}
	}
	return strings.Join(parts, ", ")
}

func objectiveText(d *drill.Drill) string {
	if d.Objective.RTO == 0 {
		return ""
	}
	text := fmt.Sprintf("%s to get it back (tier %s)", seconds(d.Objective.RTO), d.Objective.Tier)
	if took, ok := d.Times.ToCompleted(); ok {
		if took <= d.RTO() {
			return text + ": met"
		}
		return text + ": missed"
	}
	return text
}

// settingsText counts outcomes, and names what is not plainly alike.
func settingsText(d *drill.Drill) string {
	if len(d.Settings) == 0 {
		return ""
	}
	alike := 0
	named := map[evidence.Outcome][]string{}
	for _, s := range d.Settings {
		if s.Outcome == evidence.Carried || s.Outcome == evidence.Same || s.Outcome == evidence.Reapplied {
			alike++
			continue
		}
		named[s.Outcome] = append(named[s.Outcome], s.Setting)
	}
	parts := []string{fmt.Sprintf("%d alike", alike)}
	for _, o := range []struct {
		outcome evidence.Outcome
		words   string
	}{{evidence.Differs, "differing"}, {evidence.NotKnown, "not known"}, {evidence.NotPossible, "not possible"}, {evidence.ExpectedLoss, "to be put back after a real restore"}} {
		if names := named[o.outcome]; len(names) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s (%s)", len(names), o.words, strings.Join(names, ", ")))
		}
	}
	return strings.Join(parts, "; ")
}

func itemsText(d *drill.Drill) string {
	i := d.Items
	if i == nil {
		return ""
	}
	if i.Method == evidence.Nothing && d.Wish.Sample > 0 {
		return fmt.Sprintf("a sample of %s was read of what was restored (there is no table to compare them with)", terminal.Count(int(i.Restored.Count), "item"))
	}
	if i.Method == evidence.Nothing {
		return terminal.Count(int(i.Restored.Count), "item") + " restored (there is no table to compare them with)"
	}
	text := fmt.Sprintf("%s the same", terminal.Count(int(i.Same), "item"))
	if n := i.Changed + i.OnlySource + i.OnlyRestored; n > 0 {
		text += fmt.Sprintf("; %d changed, %d only in the source, %d only in the copy: %d explained, %d not", i.Changed, i.OnlySource, i.OnlyRestored, i.Explained, i.Unexplained)
	}
	how := map[evidence.Method]string{
		evidence.Exact: "exact: every item was compared", evidence.Bounded: "bounded by when items say they were changed", evidence.Drift: "every item was compared; nothing says what changed since",
		evidence.Sample: "a sample: it does not stand for the rest",
	}[i.Method]
	return text + " (" + how + ")"
}

func cleanupText(d *drill.Drill) string {
	switch d.Cleanup.State {
	case drill.Removed:
		return "the copy is gone from AWS's list"
	case drill.Kept:
		return d.Target.Name + " is kept, and costs; restorable drill cleanup " + d.ID + " removes it"
	case drill.Left:
		return d.Target.Name + " is still there: " + d.Cleanup.Reason + "; restorable drill cleanup " + d.ID
	case drill.NoTable:
		return "no table was made"
	}
	return "not yet: restorable drill --resume " + d.ID + " goes on, restorable drill cleanup " + d.ID + " ends it"
}

func signedText(d *drill.Drill) string {
	if !d.Signed {
		return "unsigned: --key or --kms would let others trust it"
	}
	return "signed; restorable verify"
}
