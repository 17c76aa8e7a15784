package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const backoutHelp = `Undoes what a run did, in reverse: only what it did, and nothing that changed since. Recovery points
are never deleted. What would destroy recovery stays unless --drop names it: switching point-in-time
recovery off, deleting a role or a vault, opting out, removing a lock or a protection, going back to
an earlier key. What stays is listed with its reason, and is no failure.

  restorable backout r-20261121T120500Z-ab12cd
  restorable backout r-20261121T120500Z-ab12cd --drop pitr,role`

type backoutOptions struct {
	aws     awsOptions
	approve bool
	drop    []string
	outputs []string
}

func (a *app) backoutCommand() *cobra.Command {
	var o backoutOptions
	cmd := &cobra.Command{
		Use:   "backout RUN",
		Short: "Undo what a run did",
		Long:  backoutHelp,
		Args:  exactArgs(1, "a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.backout(ctx, cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	o.aws.register(f)
	f.BoolVar(&o.approve, "auto-approve", false, "do not ask: for pipelines")
	f.StringSliceVar(&o.drop, "drop", nil, "`losses` to accept: "+strings.Join(dropNames(), ", "))
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
	return cmd
}

// drops are the losses that can be asked for.
func drops() []remedy.Drop {
	return []remedy.Drop{remedy.DropPITR, remedy.DropRole, remedy.DropVault, remedy.DropOptIn, remedy.DropLock, remedy.DropProtection, remedy.DropKey}
}

func dropNames() []string {
	var names []string
	for _, d := range drops() {
		names = append(names, string(d))
	}
	return names
}

func (a *app) backout(ctx, user context.Context, run string, o backoutOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	drop, err := parseDrops(o.drop)
	if err != nil {
		return err
	}
	store, err := a.runStore()
	if err != nil {
		return err
	}
	record, err := a.findRun(store, run)
	if err != nil {
		return err
	}
	if err := aroundPlan(record.PlanDocument, &o.aws); err != nil {
		return err
	}
	if got := a.endpoint(o.aws); got != record.Endpoint {
		return applyFailure(&apply.Mismatch{What: "endpoint", Plan: record.Endpoint, Session: got}, o.aws)
	}
	if err := a.confirmBackout(ctx, record, drop, o.approve); err != nil {
		return err
	}
	o.aws.writes = true
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return err
	}
	defer session.Close()
	b := apply.BackoutOptions{Run: record.ID, Drop: drop, Options: apply.Options{Store: store, Concurrency: o.aws.concurrency}}
	return a.undo(ctx, user, session, b, applyView{specs: specs, aws: o.aws})
}

func (a *app) undo(ctx, user context.Context, session *awsapi.Session, b apply.BackoutOptions, v applyView) error {
	status := a.status()
	b.Progress = func(p apply.Progress) {
		status.Show(fmt.Sprintf("%d of %s: %s", p.Done, terminal.Count(p.Total, "action"), p.Latest))
	}
	result, err := apply.Backout(ctx, session, b)
	status.Clear()
	if result == nil {
		return applyFailure(err, v.aws)
	}
	if err := a.showResult(result, v, backedOut); err != nil {
		return err
	}
	switch {
	case result.Cause != nil:
		return stoppedRun(user, result, "restorable backout "+result.Run, v.aws)
	case result.State != journal.BackedOut:
		return ended(exitIncomplete)
	}
	return nil
}

func parseDrops(names []string) ([]remedy.Drop, error) {
	var out []remedy.Drop
	for _, name := range names {
		d := remedy.Drop(name)
		if d == remedy.DropPoint {
			return nil, misuse("", "--drop point: recovery points are never deleted by backing out")
		}
		if !slices.Contains(drops(), d) {
			hint := "--drop " + strings.Join(dropNames(), ",")
			if near := suggest.Nearest(name, dropNames()); near != "" {
				hint = "did you mean --drop " + near + "?"
			}
			return nil, misuse(hint, "--drop %s: no such loss", name)
		}
		out = append(out, d)
	}
	return out, nil
}

// confirmBackout names what would be lost and has the account's id typed.
func (a *app) confirmBackout(ctx context.Context, r *journal.Record, drop []remedy.Drop, approve bool) error {
	p := a.errPrinter()
	if !a.global.quiet {
		a.warnOfLosses(p, r, drop)
	}
	if approve {
		return nil
	}
	if !isTerminal(a.std.In) {
		return misuse("--auto-approve goes ahead without asking", "nobody can be asked: standard input is no terminal")
	}
	p.title(fmt.Sprintf("Back out of run %s: %s in account %s", r.ID, terminal.Count(len(r.PlanDocument.Actions), "action"), r.Account))
	if !a.confirmed(ctx, bufio.NewReader(a.std.In), fmt.Sprintf("Type the account's id, %s, to go ahead: ", r.Account), r.Account) {
		return unconfirmed(ctx, "", "not confirmed")
	}
	return nil
}

// warnOfLosses says what accepting the losses means, once for each loss.
func (a *app) warnOfLosses(p printer, r *journal.Record, drop []remedy.Drop) {
	for _, d := range drop {
		count, first := 0, &remedy.Action{}
		for i := range r.PlanDocument.Actions {
			act := &r.PlanDocument.Actions[i]
			if at := r.Progress.Of(act.ID); act.Inverse.Drop != d || at.Phase != journal.Done || at.Undo == journal.Undone {
				continue
			}
			if count == 0 {
				first = act
			}
			count++
		}
		if count > 0 {
			p.toned("", terminal.Doubtful, fmt.Sprintf("--drop %s: %s, such as: %s. This will be lost: %s", d, terminal.Count(count, "action"), first.Summary, first.Inverse.Loses))
		}
	}
}
