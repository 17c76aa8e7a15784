package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/store"
	"github.com/restorable/restorable/internal/terminal"
)

// runDrills writes all drills down, runs them, and shows what came of them.
func (a *app) runDrills(ctx, user context.Context, w *drillWork, o drillOptions, v drillView) error {
	e := a.drillEngine(w)
	for _, d := range w.drills {
		if err := e.Plan(ctx, d); err != nil {
			return storeFailure(err)
		}
	}
	return a.carryOutDrills(ctx, user, w, e, o, v)
}

// resumeDrills goes on with drills that were stopped.
func (a *app) resumeDrills(ctx, user context.Context, o drillOptions, v drillView) error {
	w, err := a.openDrills(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	if w.signer, err = a.drillSigner(ctx, w, o.evidence); err != nil {
		return err
	}
	if w.drills, err = findDrills(ctx, w.store, o.resume); err != nil {
		return err
	}
	for _, d := range w.drills {
		if d.Comparison {
			return misuse("restorable drill cleanup "+d.ID+" removes what it restored; then compare again", "%s is a comparison, which is not gone on with", d.ID)
		}
	}
	return a.carryOutDrills(ctx, user, w, a.drillEngine(w), o, v)
}

// carryOutDrills runs drills side by side, leaves their evidence and shows them.
func (a *app) carryOutDrills(ctx, user context.Context, w *drillWork, e *drill.Engine, o drillOptions, v drillView) error {
	status := a.status()
	board := newBoard(len(w.drills))
	e.Progress = func(d *drill.Drill, doing string) { status.Show(board.update(d, doing)) }
	problems := make([]error, len(w.drills))
	slots := make(chan struct{}, max(o.atOnce, 1))
	var wait sync.WaitGroup
	for i, d := range w.drills {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			if !d.State.Ended() {
				problems[i] = e.Run(ctx, d)
			}
			board.end(d)
		})
	}
	wait.Wait()
	status.Clear()
	several := len(w.drills) > 1
	var unwritten error
	for _, d := range w.drills {
		if d.Verdict == "" || d.Evidence != "" {
			continue
		}
		unwritten = errors.Join(unwritten, a.leaveEvidence(ctx, e, d, w.signer, o.evidence, several))
	}
	v.problems = problems
	if err := a.showDrills(w.drills, v); err != nil {
		return err
	}
	return a.drilled(user, w.drills, problems, unwritten, o)
}

// board says in one line how several drills are doing.
type board struct {
	mu    sync.Mutex
	total int
	ended int
}

func newBoard(total int) *board { return &board{total: total} }

func (b *board) update(d *drill.Drill, doing string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.total == 1 {
		return d.Source.Name + ": " + doing
	}
	return fmt.Sprintf("%d of %s: %s: %s", b.ended, terminal.Count(b.total, "drill"), d.Source.Name, doing)
}

func (b *board) end(*drill.Drill) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended++
}

// drilled is how a command ends that ran drills. A drill that failed beats one that was stopped, and that one beats what is not known.
func (a *app) drilled(user context.Context, drills []*drill.Drill, problems []error, unwritten error, o drillOptions) error {
	var stopped error
	failed, unknown := false, false
	untold := untoldResults(drills, o.aws)
	for i, d := range drills {
		failed = failed || d.Verdict == drill.Refuted
		unknown = unknown || d.Verdict != drill.Passed
		if problems[i] != nil && stopped == nil {
			stopped = a.stoppedDrill(user, d, problems[i], o.aws)
		}
	}
	switch {
	case user.Err() != nil && stopped != nil:
		return stopped
	case failed:
		a.tell(stopped)
		a.tell(unwritten)
		a.tell(untold)
		return ended(exitRestoreFailed)
	case stopped != nil:
		a.tell(untold)
		return stopped
	case unwritten != nil:
		a.tell(untold)
		return unwritten
	case untold != nil:
		return untold
	case unknown:
		return ended(exitIncomplete)
	}
	return nil
}

// stoppedDrill says why a drill did not come to its end, and how to go on.
func (a *app) stoppedDrill(user context.Context, d *drill.Drill, err error, o awsOptions) error {
	goOn := "restorable drill --resume " + d.ID + ", or restorable drill cleanup " + d.ID
	var (
		stop *drill.StoppedError
		left *drill.LeftError
	)
	switch {
	case errors.Is(err, store.ErrBusy):
		return &complaint{code: exitStale, summary: "another process works on drill " + d.ID, hint: "wait until it ends", err: err}
	case !errors.As(err, &stop):
		return storeFailure(err)
	case errors.As(err, &left):
		return &complaint{code: exitIncomplete, summary: "the restored table " + left.Table + " is still there", detail: left.Reason, hint: "restorable drill cleanup " + d.ID, err: err}
	case user.Err() != nil:
		return &complaint{code: exitInterrupted, summary: "interrupted while " + string(stop.State) + " " + d.Source.Name, hint: goOn, err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &complaint{code: exitIncomplete, summary: "the time given with --timeout is over", hint: goOn, err: err}
	}
	failure := startFailure(stop.Err, o)
	var c *complaint
	if errors.As(failure, &c) {
		c.summary = "drill " + d.ID + " stopped while " + string(stop.State) + ": " + c.summary
		c.hint += "; then " + goOn
	}
	return failure
}
