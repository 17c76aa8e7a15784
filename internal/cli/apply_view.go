package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
)

// applyView says how a result is shown.
type applyView struct {
	specs []outputSpec
	aws   awsOptions
}

// doing is what was done: it chooses the words.
type doing string

const (
	applied   doing = "apply"
	backedOut doing = "backout"
)

// resultOutputs reads -o of the commands whose product is a result: table or json.
func resultOutputs(given []string) ([]outputSpec, error) {
	for _, text := range given {
		if format, _, _ := strings.Cut(text, "="); format != "table" && format != "json" {
			hint := "-o table or -o json"
			if near := suggest.Nearest(format, []string{"table", "json"}); near != "" {
				hint = "did you mean -o " + near + "?"
			}
			return nil, misuse(hint, "-o %s: unknown format", format)
		}
	}
	return parseOutputs(given)
}

// runResult is the JSON of a result, version 1.
type runResult struct {
	SchemaVersion string         `json:"schema_version"`
	Command       string         `json:"command"` // apply or backout
	Run           string         `json:"run"`
	Plan          string         `json:"plan"`
	Account       string         `json:"account"`
	State         journal.State  `json:"state"`
	Counts        map[string]int `json:"counts"` // outcome -> actions
	Actions       []actionResult `json:"actions"`
}

type actionResult struct {
	ID       string            `json:"id"`
	Remedy   string            `json:"remedy"`
	Summary  string            `json:"summary"`
	Region   string            `json:"region"`
	Resource resultResource    `json:"resource"`
	Call     string            `json:"call"`
	Outcome  apply.Outcome     `json:"outcome"`
	Code     string            `json:"code,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	Outputs  map[string]string `json:"outputs,omitempty"`
}

type resultResource struct {
	Type string `json:"type"`
	Name string `json:"name"`
	ARN  string `json:"arn,omitempty"`
}

func resultJSON(r *apply.Result, what doing) runResult {
	out := runResult{SchemaVersion: "1", Command: string(what), Run: r.Run, Plan: r.Plan.ID, Account: r.Plan.Account, State: r.State,
		Counts: map[string]int{}, Actions: []actionResult{}}
	for _, a := range r.Actions {
		out.Counts[string(a.Outcome)]++
		out.Actions = append(out.Actions, actionResult{ID: a.Action.ID, Remedy: a.Action.Remedy, Summary: a.Action.Summary, Region: a.Action.Region,
			Resource: resultResource{a.Action.Resource.Type, a.Action.Resource.Name, a.Action.Resource.ARN}, Call: a.Action.Call,
			Outcome: a.Outcome, Code: a.Code, Reason: a.Reason, Outputs: a.Outputs})
	}
	return out
}

// showResult writes a result in every format asked for.
func (a *app) showResult(r *apply.Result, v applyView, what doing) error {
	return a.toOutputs(v.specs, func(w io.Writer) { a.resultTable(w, r, what) }, resultJSON(r, what))
}

// toOutputs writes a table or a JSON document to each output.
func (a *app) toOutputs(specs []outputSpec, table func(io.Writer), document any) error {
	for _, s := range specs {
		if err := a.toOutput(s, table, document); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) toOutput(s outputSpec, table func(io.Writer), document any) error {
	w, finish := a.std.Out, func() error { return nil }
	if s.file != "" {
		f, err := createAside(s.file)
		if err != nil {
			return misuse("choose another file", "%v", err)
		}
		defer f.discard()
		w, finish = f, f.commit
	}
	if s.format == "table" {
		table(w)
		return finish()
	}
	raw, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	if _, err := w.Write(append(terminal.JSON(raw), '\n')); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return finish()
}

// resultTable shows counts first, then what needs a look; what is done line by line only when it is little, or with --verbose.
func (a *app) resultTable(w io.Writer, r *apply.Result, what doing) {
	p := printer{w: w, screen: a.screen(w)}
	p.title(fmt.Sprintf("Run %s: %s", r.Run, headline(r, what)))
	good := map[apply.Outcome]bool{apply.Done: true, apply.Undone: true, apply.Nothing: true}
	const few = 25
	for _, one := range r.Actions {
		if good[one.Outcome] && len(r.Actions) > few && !a.global.verbose {
			continue
		}
		tone := terminal.Good
		if !good[one.Outcome] {
			tone = terminal.Doubtful
		}
		if one.Outcome == apply.Failed || one.Outcome == apply.Refused {
			tone = terminal.Bad
		}
		p.put("  " + p.screen.Paint(tone, fmt.Sprintf("%-8s", one.Outcome)) + " " + terminal.Clean(terminal.Short(one.Action.Summary, 200)))
		if one.Reason != "" {
			p.text("           ", reasonOf(one))
		}
	}
	p.put("")
	for _, line := range nextSteps(r, what) {
		p.put(line)
	}
}

func reasonOf(one apply.ActionResult) string {
	if one.Code == "" {
		return one.Reason
	}
	text := one.Code + ": " + one.Reason
	if one.Code == "AccessDeniedException" || one.Code == "AccessDenied" {
		text += " (allow " + one.Action.Call + ")"
	}
	return text
}

// headline counts the outcomes in a fixed order.
func headline(r *apply.Result, what doing) string {
	order := []apply.Outcome{apply.Done, apply.Adopted, apply.Refused, apply.Skipped, apply.Failed, apply.Open, apply.Pending}
	if what == backedOut {
		order = []apply.Outcome{apply.Undone, apply.Stays, apply.Nothing, apply.Failed, apply.Open, apply.Pending}
	}
	text := terminal.Count(len(r.Actions), "action")
	for _, o := range order {
		if n := r.Count(o); n > 0 {
			text += fmt.Sprintf(", %d %s", n, outcomeWords(o))
		}
	}
	return text
}

func outcomeWords(o apply.Outcome) string {
	switch o {
	case apply.Adopted:
		return "that AWS had done already"
	case apply.Pending:
		return "not begun"
	case apply.Open:
		return "that may have happened"
	case apply.Nothing:
		return "that had not been done"
	case apply.Stays:
		return "left as they are"
	}
	return string(o)
}

// nextSteps are the commands that go on from here.
func nextSteps(r *apply.Result, what doing) []string {
	if what == backedOut {
		if r.State == journal.BackedOut {
			return []string{"restorable runs show " + r.Run + "     what was done and undone"}
		}
		return []string{"restorable backout " + r.Run + "     goes on"}
	}
	var lines []string
	if r.State != journal.Finished {
		lines = append(lines, "restorable apply --resume "+r.Run+"     goes on with it")
	}
	if r.Count(apply.Done) > 0 {
		lines = append(lines, "restorable backout "+r.Run+"     undoes it")
	}
	if r.Count(apply.Refused) > 0 {
		lines = append(lines, "restorable plan     makes a new plan of what is left")
	}
	return lines
}
