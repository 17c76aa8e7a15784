package cli

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/baseline"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// diffView is what people see of the difference between two reports.
type diffView struct{ printer }

func (v diffView) show(then, now *baseline.Report, d *baseline.Diff) {
	v.title(fmt.Sprintf("%d new, %d resolved, %d changed, %d not looked at any more; %d as before", len(d.New), len(d.Resolved), len(d.Changed), len(d.Unseen), d.Unchanged))
	v.text("", "from "+reportLine(then)+" to "+reportLine(now))
	v.list("New", d.New)
	v.list("Resolved", d.Resolved)
	v.list("Changed", d.Changed)
	v.list("Not looked at any more: nobody knows", d.Unseen)
}

func reportLine(r *baseline.Report) string {
	text := strings.TrimSuffix(r.StartedAt, "Z")
	if at, _, ok := strings.Cut(text, "."); ok {
		text = at
	}
	text = strings.Replace(text, "T", " ", 1) + " UTC"
	if !r.Complete {
		text += " (incomplete)"
	}
	return text
}

func (v diffView) list(title string, changes []baseline.Change) {
	if len(changes) == 0 {
		return
	}
	v.section(title)
	for _, c := range changes {
		r := c.Record()
		v.text("  ", fmt.Sprintf("%s %s, %s: %s", r.Resource.Type, r.Resource.Name, whereOf(c), r.Control))
		v.text("    ", becameText(c))
		if r.Reason != "" {
			v.text("    ", terminal.Short(r.Reason, 300))
		}
	}
}

// whereOf is the address in a template, which is kept of what is wrong alone, or the account and Region.
func whereOf(c baseline.Change) string {
	r := c.Record()
	if r.Address == "" && c.Before != nil {
		r = c.Before
	}
	if r.Address != "" {
		return r.Address
	}
	return strings.TrimSpace(r.Resource.Region + " " + r.Resource.Account)
}

// becameText says what a finding was and is.
func becameText(c baseline.Change) string {
	switch {
	case c.Before == nil:
		return stateText(c.After) + ", not in the earlier report"
	case c.After == nil:
		return "was " + stateText(c.Before) + ", not in the later report"
	}
	return stateText(c.Before) + " → " + stateText(c.After)
}

func stateText(r *baseline.Record) string {
	text := string(r.Verdict)
	if r.Verdict == control.Fail || r.Verdict == control.Unknown {
		text += " (" + string(r.Severity) + ")"
	}
	if r.Muted {
		text += " muted"
	}
	if r.Attested {
		text += " attested"
	}
	return text
}

// diffDocument is the JSON form (docs/schemas/diff-v1.schema.json).
type diffDocument struct {
	Version   string       `json:"schema_version"`
	Before    diffedReport `json:"before"`
	After     diffedReport `json:"after"`
	New       []diffed     `json:"new"`
	Resolved  []diffed     `json:"resolved"`
	Changed   []diffed     `json:"changed"`
	Unseen    []diffed     `json:"unseen"`
	Unchanged int          `json:"unchanged"`
}

type diffedReport struct {
	Tool      string `json:"tool"`
	StartedAt string `json:"started_at"`
	Complete  bool   `json:"complete"`
	Findings  int    `json:"findings"`
}

type diffed struct {
	Control     string         `json:"control"`
	Fingerprint string         `json:"fingerprint"`
	Resource    diffedResource `json:"resource"`
	Address     string         `json:"address,omitempty"`
	Reason      string         `json:"reason"`
	Before      *diffedState   `json:"before"`
	After       *diffedState   `json:"after"`
	News        bool           `json:"news"`
}

type diffedResource struct {
	Type    control.Type `json:"type"`
	Name    string       `json:"name"`
	ARN     string       `json:"arn,omitempty"`
	Account string       `json:"account,omitempty"`
	Region  string       `json:"region,omitempty"`
}

type diffedState struct {
	Verdict  control.Verdict  `json:"verdict"`
	Severity control.Severity `json:"severity"`
	Muted    bool             `json:"muted"`
	Attested bool             `json:"attested"`
}

func diffDocumentOf(then, now *baseline.Report, d *baseline.Diff) diffDocument {
	return diffDocument{Version: "1", Before: diffedReportOf(then), After: diffedReportOf(now),
		New: diffedList(d.New), Resolved: diffedList(d.Resolved), Changed: diffedList(d.Changed), Unseen: diffedList(d.Unseen), Unchanged: d.Unchanged}
}

func diffedReportOf(r *baseline.Report) diffedReport {
	return diffedReport{Tool: r.Tool, StartedAt: r.StartedAt, Complete: r.Complete, Findings: len(r.Findings)}
}

func diffedList(changes []baseline.Change) []diffed {
	out := make([]diffed, 0, len(changes))
	for _, c := range changes {
		r := c.Record()
		out = append(out, diffed{Control: r.Control, Fingerprint: r.Fingerprint, Address: r.Address, Reason: r.Reason, News: c.News(),
			Resource: diffedResource{r.Resource.Type, r.Resource.Name, r.Resource.ARN, r.Resource.Account, r.Resource.Region},
			Before:   diffedStateOf(c.Before), After: diffedStateOf(c.After)})
	}
	return out
}

func diffedStateOf(r *baseline.Record) *diffedState {
	if r == nil {
		return nil
	}
	return &diffedState{r.Verdict, r.Severity, r.Muted, r.Attested}
}
