package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const applyHelp = `Carries out a saved plan: looks at each thing again and refuses what has moved, writes a journal
before each call, reads back after it. Nothing begins before you have typed the account's id.
Ctrl-C finishes what is under way; a second one ends at once. Either way, --resume goes on.

  restorable plan -o json=plan.json
  restorable apply plan.json
  restorable apply plan.json --prove                     back each table up once, to see that it works
  restorable apply --resume r-20261121T120500Z-ab12cd    go on with a run that was stopped
  restorable backout r-20261121T120500Z-ab12cd           undo it`

type applyOptions struct {
	aws     awsOptions
	approve bool
	resume  string
	locks   []string
	prove   proveOptions
	outputs []string
	now     time.Time // AWS's, once it has answered
}

func (a *app) applyCommand() *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply PLAN",
		Short: "Carry out a saved plan, with a journal that can be backed out",
		Long:  applyHelp,
		Args:  atMostOne("a saved plan"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.apply(ctx, cmd.Context(), args, o)
		},
	}
	f := cmd.Flags()
	o.aws.register(f)
	f.BoolVar(&o.approve, "auto-approve", false, "do not ask: for pipelines")
	f.StringVar(&o.resume, "resume", "", "go on with a `run` that was stopped: its id, or the plan's file")
	f.StringSliceVar(&o.locks, "confirm-compliance-lock", nil, "with --auto-approve: lock this `vault` in compliance mode, which nobody can undo later")
	o.prove.register(f)
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
	return cmd
}

func (a *app) apply(ctx, user context.Context, args []string, o applyOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	if err := o.prove.validate(); err != nil {
		return err
	}
	store, err := a.runStore()
	if err != nil {
		return err
	}
	work, err := a.whatToApply(args, o, store)
	if err != nil {
		return err
	}
	if err := aroundPlan(work.Plan, &o.aws); err != nil {
		return err
	}
	if len(work.Plan.Actions) == 0 {
		a.note("the plan has nothing to do")
		return nil
	}
	o.aws.writes = true
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return err
	}
	defer session.Close()
	work.Endpoint, work.Concurrency = a.endpoint(o.aws), o.aws.concurrency
	if err := a.checkBefore(ctx, session, work, o.aws); err != nil {
		return err
	}
	o.now, _ = session.Accounts()[0].Home().Clock.Now()
	if err := a.confirmPlan(ctx, work, o); err != nil {
		return err
	}
	return a.carryOut(ctx, user, session, work, applyView{specs: specs, aws: o.aws, prove: o.prove})
}

// whatToApply is a plan's file, or a run to go on with.
func (a *app) whatToApply(args []string, o applyOptions, store journal.Store) (apply.Options, error) {
	work := apply.Options{Store: store, Tool: Version}
	if o.resume == "" && len(args) == 0 {
		return work, misuse("restorable plan -o json=plan.json, then restorable apply plan.json", "apply takes a saved plan, or --resume with a run")
	}
	if o.resume != "" && len(args) > 0 {
		return work, misuse("leave one of them out", "--resume goes on with the plan of its run, and %s is another", args[0])
	}
	if o.resume == "" {
		plan, err := loadPlan(args[0])
		work.Plan = plan
		return work, err
	}
	record, err := a.findRun(store, o.resume)
	if err != nil {
		return work, err
	}
	work.Resume, work.Plan = record.ID, record.PlanDocument
	return work, nil
}

// loadPlan reads a saved plan and says what is wrong with it.
func loadPlan(name string) (*remedy.Plan, error) {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &complaint{code: exitUsage, summary: name + ": no such file", hint: "restorable plan -o json=" + name + " writes one", err: err}
	}
	if err != nil {
		return nil, misuse("", "read %s: %s", name, plainCause(err))
	}
	defer f.Close()
	plan, err := remedy.Load(f)
	var format *remedy.FormatError
	if errors.As(err, &format) {
		return nil, misuse("restorable plan -o json="+name+" makes a new one", "%s cannot be applied: %s", name, format.Reason)
	}
	if err != nil {
		return nil, misuse("", "read %s: %s", name, plainCause(err))
	}
	return plan, nil
}

// aroundPlan makes the session's Regions those of the plan. A Region that the user named and the plan does not act in, or the other way
// round, is a mistake of one of them.
func aroundPlan(plan *remedy.Plan, o *awsOptions) error {
	for _, r := range plan.Regions {
		if len(o.regions) > 0 && o.regions[0] != "all" && !slices.Contains(o.regions, r) {
			return misuse("leave out --region: the plan names its Regions", "the plan is for %s, and --region says %s", strings.Join(plan.Regions, ", "), strings.Join(o.regions, ", "))
		}
	}
	if len(plan.Regions) > 0 {
		o.regions = plan.Regions
	}
	return nil
}

// checkBefore says what stands against a plan before anybody is asked. A run that is gone on with was checked when it began.
func (a *app) checkBefore(ctx context.Context, session *awsapi.Session, work apply.Options, o awsOptions) error {
	if work.Resume != "" {
		return nil
	}
	_, err := apply.Check(ctx, session, work)
	return applyFailure(err, o)
}

// carryOut runs the plan and shows what became of it.
func (a *app) carryOut(ctx, user context.Context, session *awsapi.Session, work apply.Options, v applyView) error {
	status := a.status()
	work.Progress = func(p apply.Progress) {
		status.Show(fmt.Sprintf("%d of %s: %s", p.Done, terminal.Count(p.Total, "action"), p.Latest))
	}
	if work.Resume != "" {
		work.Plan = nil
	}
	result, err := apply.Run(ctx, session, work)
	status.Clear()
	if result == nil {
		return applyFailure(err, v.aws)
	}
	work.Plan, work.Resume = nil, ""
	proofs, unproved := a.prove(ctx, session, result, work, v)
	v.proofs = proofs
	if err := a.showResult(result, v, applied); err != nil {
		return err
	}
	if err := a.applied(user, result, v.aws); err != nil || unproved != nil {
		return errors.Join(err, unproved)
	}
	if proofs == nil {
		return nil
	}
	return a.proven(user, proofs, v.aws)
}

// applied is how an apply ends.
func (a *app) applied(user context.Context, r *apply.Result, o awsOptions) error {
	goOn := "restorable apply --resume " + r.Run
	switch {
	case r.Cause != nil:
		return stoppedRun(user, r, goOn, o)
	case r.Count(apply.Refused) > 0:
		return ended(exitStale)
	case r.State != journal.Finished:
		return ended(exitIncomplete)
	}
	return nil
}

// stoppedRun says why a run or a backout ended early, and how to go on.
func stoppedRun(user context.Context, r *apply.Result, goOn string, o awsOptions) error {
	var disk *journal.WriteError
	switch {
	case errors.As(r.Cause, &disk):
		return &complaint{code: exitIncomplete, summary: "the journal cannot be written, so nothing more was called", detail: plainCause(disk), hint: "make room, then " + goOn, err: r.Cause}
	case user.Err() != nil:
		return &complaint{code: exitInterrupted, summary: "interrupted", hint: goOn, err: r.Cause}
	case errors.Is(r.Cause, context.DeadlineExceeded):
		return &complaint{code: exitIncomplete, summary: "the time given with --timeout is over", hint: goOn, err: r.Cause}
	}
	err := startFailure(r.Cause, o)
	var c *complaint
	if errors.As(err, &c) {
		c.hint += "; then " + goOn
	}
	return err
}

// applyFailure says why nothing was begun.
func applyFailure(err error, o awsOptions) error {
	if err == nil {
		return nil
	}
	var (
		other   *apply.Mismatch
		old     *apply.ExpiredError
		earlier *journal.AppliedError
		back    *apply.BackedOutError
	)
	switch {
	case errors.As(err, &other):
		return &complaint{code: exitUsage, summary: "the plan is for " + other.What + " " + other.Plan + ", and this is " + other.Session, hint: "choose the right --profile, --role-arn or --endpoint-url, or make a plan here", err: err}
	case errors.As(err, &old):
		return &complaint{code: exitStale, summary: "the plan has expired", detail: "it was good until " + moment(old.At) + ", and AWS's time is " + moment(old.Now), hint: "restorable plan makes a new one", err: err}
	case errors.As(err, &earlier):
		return alreadyApplied(earlier)
	case errors.As(err, &back):
		return &complaint{code: exitStale, summary: "run " + back.Run + " was backed out", hint: "restorable plan makes a new plan", err: err}
	}
	if c := runFailure(err); c != nil {
		return c
	}
	return startFailure(err, o)
}

func alreadyApplied(e *journal.AppliedError) error {
	c := &complaint{code: exitStale, summary: "the plan was applied already, by run " + e.Run.ID, detail: "a plan is good for one run", hint: "restorable runs show " + e.Run.ID, err: e}
	switch e.Run.State {
	case journal.Running:
		c.detail, c.hint = "another process is at work on it now", "restorable runs show "+e.Run.ID+" tells how far it is"
	case journal.Stopped:
		c.detail = "that run was stopped before its end"
		c.hint = "restorable apply --resume " + e.Run.ID
	case journal.Partial:
		c.detail = "that run could not do everything"
		c.hint = "restorable apply --resume " + e.Run.ID + " tries again what it could not do"
	}
	return c
}
