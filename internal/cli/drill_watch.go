package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const drillWatchHelp = `AWS Backup's restore testing restores recovery points and removes the tables again; that a restore ends
is all it looks at. This compares each such table with its source, settings and items, tells AWS what came
of it (PutRestoreValidationResult, which cannot be changed afterwards) and leaves evidence. What cannot be
decided is not told: AWS then reports that nobody validated the restore in time.

  restorable drill watch                     what waits for a validation now
  restorable drill watch --every 5m          and what comes, until Ctrl-C

The window in which AWS waits is set in the selection of the restore testing plan (ValidationWindowHours).`

type drillWatchOptions struct {
	drillOptions

	every time.Duration
}

func (a *app) drillWatchCommand() *cobra.Command {
	var o drillWatchOptions
	cmd := &cobra.Command{
		Use: "watch", Short: "Compare what AWS's own restore testing restored, and tell AWS the result", Long: drillWatchHelp, Args: exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.watchRestores(ctx, cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	o.aws.register(f)
	registerDrillComparison(f, &o.wish)
	f.StringArrayVar(&o.invariants, "invariant", nil, "what must hold of the copy: `[NAME=]EXPRESSION` in CEL over item or count; repeatable")
	f.IntVar(&o.atOnce, "at-once", 4, "how many `tables` are compared at once")
	f.DurationVar(&o.every, "every", 0, "look again after so long, until Ctrl-C (default once)")
	o.evidence.register(f)
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
	return cmd
}

func (a *app) watchRestores(ctx, user context.Context, o drillWatchOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	if err := o.validate([]string{"*"}); err != nil {
		return err
	}
	if o.every != 0 && o.every < 10*time.Second {
		return misuse("--every 5m", "--every %s: want 10s or more", o.every)
	}
	for _, text := range o.invariants {
		o.wish.Invariants = append(o.wish.Invariants, namedInvariant(text))
	}
	if err := o.wish.Check(); err != nil {
		return wishMistake(err)
	}
	o.aws.writes = true
	w, err := a.openDrills(ctx, o.drillOptions)
	if err != nil {
		return err
	}
	defer w.close()
	if w.signer, err = a.drillSigner(ctx, w, o.evidence); err != nil {
		return err
	}
	return a.watchRounds(ctx, user, w, o, drillView{specs: specs, aws: o.aws})
}

// watchRounds looks once, or again and again. A round that ends badly is told, and ends the watch only when nothing can be asked any more.
func (a *app) watchRounds(ctx, user context.Context, w *drillWork, o drillWatchOptions, v drillView) error {
	for {
		err := a.watchRound(ctx, user, w, o, v)
		if o.every == 0 || ctx.Err() != nil || errors.Is(err, errNotWatched) {
			return err
		}
		a.tell(err)
		timer := time.NewTimer(o.every)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// errNotWatched says that AWS could not be asked which restores there are.
var errNotWatched = errors.New("restores could not be listed")

func (a *app) watchRound(ctx, user context.Context, w *drillWork, o drillWatchOptions, v drillView) error {
	e := a.drillEngine(w)
	asked := drill.Asked{Run: newDrillRun(w), Tool: toolName, Caller: w.who.ARN, CallerID: w.who.UserID, Partition: w.who.Partition, Endpoint: w.endpoint, Wish: o.wish}
	w.drills = nil
	for _, region := range w.regions {
		found, err := drill.Watched(ctx, e, asked, w.who.Account, region)
		if err != nil {
			return errors.Join(startFailure(err, o.aws), errNotWatched)
		}
		w.drills = append(w.drills, found...)
	}
	if len(w.drills) == 0 {
		a.note("No restore of AWS's restore testing waits for a validation.")
		return nil
	}
	for _, d := range w.drills {
		if err := e.Plan(ctx, d); err != nil {
			return storeFailure(err)
		}
	}
	return a.carryOutDrills(ctx, user, w, e, o.drillOptions, v)
}

// untoldResults complains of results that AWS did not take; nil: it took all. A watch looks at each test once, so that who mends the reason
// tells AWS by hand.
func untoldResults(drills []*drill.Drill, o awsOptions) error {
	var refused []*drill.Untold
	var commands []string
	for _, d := range drills {
		if d.Untold != nil {
			refused = append(refused, d.Untold)
			commands = append(commands, shellLine(tellingCommand(d, o)))
		}
	}
	if len(refused) == 0 {
		return nil
	}
	hint := "mend that, then tell AWS yourself before its window is over:"
	if strings.Contains(refused[0].Code, "AccessDenied") {
		hint = "restorable iam policy drill --watch prints the policy that it needs (backup:PutRestoreValidationResult). Then tell AWS yourself before its window is over:"
	}
	return &complaint{code: exitIncomplete, summary: "AWS did not take the result of " + terminal.Count(len(refused), "test"), detail: refused[0].Code + ": " + refused[0].Message, hint: hint, next: commands}
}

// tellingCommand is the command of AWS CLI that sets the result of a test.
func tellingCommand(d *drill.Drill, o awsOptions) []string {
	words := []string{"aws", "backup", "put-restore-validation-result", "--restore-job-id", d.Untold.Job, "--validation-status", d.Untold.Status, "--region", d.Target.Region}
	if o.profile != "" {
		words = append(words, "--profile", o.profile)
	}
	if o.endpoint != "" {
		words = append(words, "--endpoint-url", o.endpoint)
	}
	return words
}
