package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const runsHelp = `What was applied and restored from this machine, in all accounts, and how it stands. Reads what is kept
here only; calls nobody. Drills have a list of their own: restorable drill list.

  restorable runs list
  restorable runs show r-20261121T120500Z-ab12cd`

func (a *app) runsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "runs", Short: "List what was applied and restored, and show one run", Long: runsHelp}
	group(cmd)
	var list, show []string
	listed := &cobra.Command{
		Use: "list", Short: "List the runs, newest last", Example: "  restorable runs list -o json", Args: exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listRuns(cmd.Context(), list) },
	}
	listed.Flags().StringArrayVarP(&list, "output", "o", nil, "table or json, with =`FILE`; repeatable")
	shown := &cobra.Command{
		Use: "show RUN", Short: "Show what one run did", Example: "  restorable runs show r-20261121T120500Z-ab12cd", Args: exactArgs(1, "a run"),
		RunE: func(_ *cobra.Command, args []string) error { return a.showRun(args[0], show) },
	}
	shown.Flags().StringArrayVarP(&show, "output", "o", nil, "table or json, with =`FILE`; repeatable")
	cmd.AddCommand(listed, shown)
	return cmd
}

func (a *app) listRuns(ctx context.Context, outputs []string) error {
	specs, err := resultOutputs(outputs)
	if err != nil {
		return err
	}
	store, err := a.runStore()
	if err != nil {
		return err
	}
	plans, damaged := store.List()
	restores, unread := a.keptRestores(ctx)
	runs := listedRuns(plans, restores)
	if err := a.toOutputs(specs, func(w io.Writer) { a.runsTable(w, runs) }, runs); err != nil {
		return err
	}
	if damaged != nil {
		if err := runFailure(damaged); err != nil {
			return err
		}
		return misuse("", "%v", damaged)
	}
	return unread
}

func (a *app) runsTable(w io.Writer, runs []any) {
	p := printer{w: w, screen: a.screen(w)}
	if len(runs) == 0 {
		p.put("No plan was applied from here, and nothing was restored.")
		return
	}
	p.put(p.screen.Paint(terminal.Strong, fmt.Sprintf("%-25s  %-11s  %-12s  %-20s  %s", "RUN", "STATE", "ACCOUNT", "STARTED", "PLAN OR RESTORE")))
	row := func(id, state, account string, started time.Time, what string) {
		p.put(terminal.Clean(fmt.Sprintf("%-25s  %-11s  %-12s  %-20s  %s", id, state, account, moment(started), what)))
	}
	var open []listedRestore
	for _, run := range runs {
		switch r := run.(type) {
		case listedPlan:
			row(r.ID, string(r.State), r.Account, r.StartedAt, r.Plan)
		case listedRestore:
			row(r.ID, string(r.State), r.Account, r.StartedAt, tableName(r.Table)+" to "+r.Target+" in "+strings.Join(r.Regions, ", "))
			if !r.State.Ended() {
				open = append(open, r)
			}
		}
	}
	for _, r := range open {
		p.put(terminal.Clean("restorable restore --resume " + r.ID + "     goes on with it, in account " + r.Account))
	}
}

// shownRun is the JSON of one run: the summary, what became of each action, and the journal.
type shownRun struct {
	journal.Summary
	Actions []shownAction   `json:"actions"`
	Journal []journal.Event `json:"journal"`
}

type shownAction struct {
	actionResult
	Undo       journal.Kind `json:"undo,omitempty"` // undone, stays, not-undone, undoing
	UndoReason string       `json:"undo_reason,omitempty"`
}

func (a *app) showRun(id string, outputs []string) error {
	specs, err := resultOutputs(outputs)
	if err != nil {
		return err
	}
	store, err := a.runStore()
	if err != nil {
		return err
	}
	r, err := a.findRun(store, id)
	if err != nil {
		return err
	}
	shown := shownRun{Summary: r.Summary, Actions: []shownAction{}, Journal: r.Events}
	for i := range r.PlanDocument.Actions {
		shown.Actions = append(shown.Actions, actionOf(r, i))
	}
	return a.toOutputs(specs, func(w io.Writer) { a.runTable(w, shown) }, shown)
}

func actionOf(r *journal.Record, i int) shownAction {
	act := &r.PlanDocument.Actions[i]
	at := r.Progress.Of(act.ID)
	outcome := apply.Outcome(at.Phase)
	switch at.Phase {
	case "":
		outcome = apply.Pending
	case journal.Intent:
		outcome = apply.Open
	}
	one := shownAction{actionResult: actionResult{ID: act.ID, Remedy: act.Remedy, Summary: act.Summary, Region: act.Region,
		Resource: resultResource{act.Resource.Type, act.Resource.Name, act.Resource.ARN}, Call: act.Call, Outcome: outcome, Code: at.Code, Reason: at.Reason, Outputs: at.Outputs}}
	if at.Undo != "" {
		one.Undo, one.UndoReason, one.Code, one.Reason = at.Undo, at.Reason, "", ""
	}
	return one
}

func (a *app) runTable(w io.Writer, r shownRun) {
	p := printer{w: w, screen: a.screen(w)}
	p.title(fmt.Sprintf("Run %s of plan %s: %s", r.ID, r.Plan, r.State))
	p.text("", fmt.Sprintf("account %s, started %s by %s", r.Account, moment(r.StartedAt), r.Caller))
	var lines []resultLine
	for _, one := range r.Actions {
		word := string(one.Outcome)
		if one.Undo != "" {
			word = string(one.Undo)
		}
		lines = append(lines, resultLine{word: word, tone: toneOf(word), summary: one.Summary, reason: one.Reason + one.UndoReason})
	}
	a.resultLines(p, lines)
	p.put("")
	switch r.State {
	case journal.Stopped:
		p.put("restorable apply --resume " + r.ID + "     goes on with it")
	case journal.BackingOut:
		p.put("restorable backout " + r.ID + "     goes on with it")
	}
	if r.State != journal.BackedOut && r.State != journal.BackingOut && r.State != journal.Running {
		p.put("restorable backout " + r.ID + "     undoes it")
	}
}
