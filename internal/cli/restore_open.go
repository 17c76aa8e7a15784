package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/restore"
	setting "github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/store"
)

// restoreWork is what a command about restores works with.
type restoreWork struct {
	session *awsapi.Session
	account *awsapi.Account
	who     awsapi.Identity
	store   *store.Store
}

func (w *restoreWork) close() {
	w.session.Close()
	_ = w.store.Close() // every record is on the disk already
}

// openRestores opens a session that may write, and the store of the place that it leads to.
func (a *app) openRestores(ctx context.Context, o restoreOptions) (*restoreWork, error) {
	o.aws.writes = true
	if len(o.aws.accounts) > 1 {
		return nil, misuse("--accounts with the one that the table is to be restored in", "a restore is made in one account, and --accounts names %d", len(o.aws.accounts))
	}
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return nil, err
	}
	w := &restoreWork{session: session, account: session.Accounts()[0]}
	w.who, _, err = w.account.Identify(ctx)
	if err != nil {
		session.Close()
		return nil, startFailure(err, o.aws)
	}
	w.store, err = a.openStore(ctx, journal.Place{Partition: w.who.Partition, Account: w.who.Account, Endpoint: a.endpoint(o.aws)})
	if err != nil {
		session.Close()
		return nil, err
	}
	return w, nil
}

// under is an unfinished restore of the same table to the same name, which the same command given again goes on with; nil: there is none.
func (w *restoreWork) under(ctx context.Context, o restoreOptions, name string) (*restore.Record, error) {
	all, err := restore.All(ctx, w.store)
	if err != nil {
		return nil, storeFailure(err)
	}
	for _, r := range slices.Backward(all) {
		same := r.Request.Target == o.to && (r.Request.Table == name || tableName(r.Request.Table) == name) && (o.ways.target == "" || o.ways.target == r.Request.TargetRegion)
		if same && !r.State.Ended() && (len(o.aws.regions) == 0 || o.aws.regions[0] == awsapi.AllRegions || slices.Contains(o.aws.regions, r.Request.Region)) {
			return r, nil
		}
	}
	return nil, nil
}

func tableName(arn string) string {
	_, name, _ := strings.Cut(arn, ":table/")
	return name
}

// findRestore finds a run by its id.
func (w *restoreWork) findRestore(ctx context.Context, id string) (*restore.Record, error) {
	r, err := restore.Load(ctx, w.store, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &complaint{code: exitNothing, summary: "there is no restore " + id, hint: "restorable restore --runs", err: err}
	}
	if err != nil {
		return nil, storeFailure(err)
	}
	return r, nil
}

// resumeRestore goes on with a run. Nobody is asked: it was agreed to when it began.
func (a *app) resumeRestore(ctx, user context.Context, o restoreOptions) error {
	w, err := a.openRestores(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	record, err := w.findRestore(ctx, o.resume)
	if err != nil {
		return err
	}
	return a.carryOutRestore(ctx, user, w, restore.Options{ID: record.ID}, o, restoreView{output: o.ways.output})
}

// carryOutRestore runs a restore to its end and shows what came of it.
func (a *app) carryOutRestore(ctx, user context.Context, w *restoreWork, work restore.Options, o restoreOptions, v restoreView) error {
	status := a.status()
	work.Store, work.Tool = w.store, Version
	work.Progress = func(p restore.Progress) { status.Show(strings.TrimSpace(p.Doing + " " + p.Status)) }
	run, err := restore.Start(ctx, w.account, work)
	if err != nil {
		status.Clear()
		return a.restoreFailure(user, nil, err, o)
	}
	defer func() { _ = run.Close() }() // the kernel lets go of it in any case
	result, err := run.Wait(ctx)
	status.Clear()
	if err != nil {
		return a.restoreFailure(user, result, err, o)
	}
	v.result = result
	if err := a.showRestore(v); err != nil {
		return err
	}
	return ended(restoredCode(result))
}

// restoredCode: the table is there; what could not be put back, differs without having been asked for, or is not known, makes it incomplete.
func restoredCode(r *restore.Result) int {
	if r.State == restore.Incomplete {
		return exitIncomplete
	}
	chosen := r.Request.Route().Chosen
	for _, l := range r.Lines {
		if l.Outcome == setting.Unknown || l.Outcome == setting.Differs && chosen[l.Setting] == "" && (l.Setting != setting.Attributes || chosen[setting.Global] == "") {
			return exitIncomplete
		}
	}
	return exitClean
}

// restoreFailure says why a restore did not come to its end, and how to go on.
func (a *app) restoreFailure(user context.Context, r *restore.Result, err error, o restoreOptions) error {
	var (
		bad    *restore.InvalidError
		taken  *restore.TakenError
		gone   *restore.GoneError
		failed *restore.FailedError
	)
	goOn := ""
	if r != nil {
		goOn = "restorable restore --resume " + r.Run
	}
	switch {
	case errors.As(err, &bad):
		return &complaint{code: exitUsage, summary: bad.Reason, hint: bad.Hint, err: err}
	case errors.As(err, &taken):
		return &complaint{code: exitStale, summary: fmt.Sprintf("there is a table %s in %s already", taken.Table, taken.Region), detail: "AWS says of it: " + taken.Status, hint: "choose another name with --to; a restore never overwrites", err: err}
	case errors.As(err, &gone):
		return &complaint{code: exitStale, summary: gone.What, hint: "restorable restore TABLE --list shows what there is now", err: err}
	case errors.As(err, &failed):
		hint, next := failedHint(failed, o)
		return &complaint{code: exitRestoreFailed, summary: "the restore failed", detail: failed.Code + ": " + failed.Message, hint: hint, next: next, err: err}
	case user.Err() != nil:
		return &complaint{code: exitInterrupted, summary: "interrupted; AWS goes on with a restore that was asked for", hint: goOn, err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &complaint{code: exitIncomplete, summary: "the time given with --timeout is over; AWS goes on with a restore that was asked for", hint: goOn, err: err}
	}
	return brokenRestore(err, goOn, o)
}

// brokenRestore is an end by the way to AWS, or by the store.
func brokenRestore(err error, goOn string, o restoreOptions) error {
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return storeFailure(err)
	}
	var c *complaint
	if failure := startFailure(err, o.aws); errors.As(failure, &c) {
		if call.Kind == awsapi.KindDenied {
			c.summary, c.hint = "not permitted: "+string(call.Answer.Call), "restorable iam policy restore prints the policy that a restore needs"
		}
		if goOn != "" {
			c.hint = strings.TrimPrefix(c.hint+"; then "+goOn, "; then ")
		}
	}
	return c
}

func failedHint(e *restore.FailedError, o restoreOptions) (hint string, next []string) {
	switch role := restore.OtherRole(e.Message, o.role, o.madeWith); {
	case role != "":
		return "the recovery point was made with another role, which AWS Backup can assume; if it may restore (AWSBackupServiceRolePolicyForRestores):",
			[]string{shellLine(append(o.again, "--role", role))}
	case strings.Contains(e.Message, "cannot be assumed"):
		return "--role with the ARN of a role that AWS Backup may assume and that may restore (AWSBackupServiceRolePolicyForRestores)", nil
	}
	return "mend that and restore again, or choose another point: restorable restore TABLE --list", nil
}
