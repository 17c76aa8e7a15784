package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
)

// applyView says how a result is shown.
type applyView struct {
	specs  []outputSpec
	aws    awsOptions
	prove  proveOptions
	proofs *apply.ProveResult // nil: nothing was to be proved
}

// doing is what was done: it chooses the words.
type doing string

const (
	applied   doing = "apply"
	backedOut doing = "backout"
)

// resultOutputs reads -o of the commands whose product is a result: table or json. A file that cannot be written is said before anything
// is done whose result would be lost.
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
	specs, err := parseOutputs(given)
	if err != nil {
		return nil, err
	}
	for _, s := range specs {
		if err := writable(s.file); err != nil {
			return nil, err
		}
	}
	return specs, nil
}

// writable tries to write a file beside the one of this name. Standard output, devices and pipes are not tried: opening those does something.
func writable(name string) error {
	if info, err := os.Stat(name); name == "" || err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil
	} else if err == nil && info.IsDir() {
		return misuse("choose another file", "write %s: is a directory", name)
	}
	f, err := createAside(name)
	if err != nil {
		return misuse("choose another file", "%v", err)
	}
	f.discard()
	return nil
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
	Proofs        *proofsJSON    `json:"proofs,omitempty"` // of apply --prove
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
	document := resultJSON(r, what)
	document.Proofs = provedJSON(v.proofs)
	if err := a.toOutputs(v.specs, func(w io.Writer) { a.resultTable(w, r, v, what) }, document); err != nil {
		return &complaint{code: exitUsage, summary: err.Error(), detail: fmt.Sprintf("run %s ended all the same: %s", r.Run, headline(r, what)),
			hint: "restorable runs show " + r.Run, err: err}
	}
	return nil
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

// resultTable shows counts first, then what became of each action.
func (a *app) resultTable(w io.Writer, r *apply.Result, v applyView, what doing) {
	p := printer{w: w, screen: a.screen(w)}
	p.title(fmt.Sprintf("Run %s: %s", r.Run, headline(r, what)))
	var lines []resultLine
	for _, one := range r.Actions {
		lines = append(lines, resultLine{word: string(one.Outcome), tone: toneOf(string(one.Outcome)), summary: one.Action.Summary, reason: reasonOf(one)})
	}
	a.resultLines(p, lines)
	a.proofTable(p, v.proofs)
	p.put("")
	for _, line := range nextSteps(r, what) {
		p.put(line)
	}
}

// resultLine is what became of one action.
type resultLine struct {
	word    string
	tone    terminal.Tone
	summary string
	reason  string
}

// fewLines is how many lines alike are still read one by one.
const fewLines = 20

// resultLines groups what ended alike for the same reason; --verbose shows each.
func (a *app) resultLines(p printer, lines []resultLine) {
	groups := map[[2]string][]resultLine{}
	var order [][2]string
	for _, l := range lines {
		key := [2]string{l.word, alike(l.reason)}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], l)
	}
	for _, key := range order {
		all := groups[key]
		shown := all
		if len(all) > fewLines && !a.global.verbose {
			shown = all[:fewLines/2]
		}
		for _, l := range shown {
			p.outcome(l)
		}
		if more := len(all) - len(shown); more > 0 {
			p.put(fmt.Sprintf("            and %d more alike (--verbose lists them)", more))
		}
		if reason := all[0].reason; reason != "" {
			if slices.ContainsFunc(all, func(l resultLine) bool { return l.reason != reason }) {
				reason = "the first of them: " + reason
			}
			p.text("            ", reason)
		}
	}
}

// alike is what reasons have in common that are one to whoever mends them: AWS names the thing in each denial, and the mend is the action.
func alike(reason string) string {
	if at := strings.LastIndex(reason, "(allow "); at >= 0 && strings.HasSuffix(reason, ")") {
		return reason[at:]
	}
	return reason
}

// outcome prints one line of a result, wrapped under its summary.
func (p printer) outcome(l resultLine) {
	lead := "  " + p.screen.Paint(l.tone, fmt.Sprintf("%-9s", l.word)) + " "
	for _, line := range terminal.Wrap(terminal.Clean(terminal.Short(l.summary, 200)), p.screen.Width-12) {
		p.put(lead + line)
		lead = strings.Repeat(" ", 14)
	}
}

func toneOf(word string) terminal.Tone {
	switch word {
	case string(apply.Done), string(apply.Undone), string(apply.Nothing):
		return terminal.Good
	case string(apply.Failed), string(apply.Refused), string(journal.NotUndone):
		return terminal.Bad
	}
	return terminal.Doubtful
}

func reasonOf(one apply.ActionResult) string {
	if one.Code == "" || one.Reason == "" {
		return one.Reason
	}
	return one.Code + ": " + one.Reason
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
		return "left in place"
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
