package apply

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// engine is one run, or one backout, under way.
type engine struct {
	way   *way
	run   *journal.Run
	o     Options
	plan  *remedy.Plan
	prior *journal.Progress // what the journal said before we began

	// soft ends when the user interrupts: nothing new begins, no wait goes on. hard ends a while later: calls under way break off.
	soft, hard context.Context

	mu      sync.Mutex
	outputs map[string]map[string]string
	results map[string]ActionResult
	ended   int
	cause   error
}

func newEngine(w *way, run *journal.Run, o Options) *engine {
	e := &engine{way: w, run: run, o: o, plan: run.Plan, prior: journal.Fold(run.Journal.Events()),
		outputs: map[string]map[string]string{}, results: map[string]ActionResult{}}
	for id, a := range e.prior.Actions {
		e.outputs[id] = a.Outputs
	}
	return e
}

// bear prepares the two contexts. The function returned ends them.
func (e *engine) bear(ctx context.Context) (end func()) {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e.soft, e.hard = ctx, hard
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-hard.Done():
		}
	})
	return func() {
		stop()
		cancel()
	}
}

// apply carries out what the journal does not say is done.
func (e *engine) apply(ctx context.Context) *Result {
	defer e.bear(ctx)()
	if e.o.Resume != "" {
		e.write(journal.Event{Kind: journal.Resume})
	}
	steps := ordered(e.plan.Actions)
	for i, s := range steps {
		a := &e.plan.Actions[i]
		s.work = func() { e.settle(e.do(a)) }
	}
	schedule(ctx, steps, e.o.Concurrency, e.halted)
	if e.cause == nil && ctx.Err() != nil {
		e.cause = ctx.Err()
	}
	r := e.result(Pending)
	r.State = applied(r)
	e.write(journal.Event{Kind: journal.Ended, State: r.State, Reason: reason(r.Cause)})
	r.Cause = e.cause
	return r
}

// applied is the state of a run that has ended.
func applied(r *Result) journal.State {
	made := r.Count(Done) + r.Count(Adopted)
	switch {
	case r.Cause != nil || r.Count(Pending)+r.Count(Open) > 0:
		return journal.Stopped
	case made == len(r.Actions):
		return journal.Finished
	case made == 0:
		return journal.Unmade
	}
	return journal.Partial
}

// result gathers what became of each action; others is what became of those that were not begun.
func (e *engine) result(others Outcome) *Result {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := &Result{Run: e.run.Head.ID, Plan: e.plan, Cause: e.cause}
	for i := range e.plan.Actions {
		a := &e.plan.Actions[i]
		one, ok := e.results[a.ID]
		if !ok {
			one = ActionResult{Action: a, Outcome: others}
		}
		r.Actions = append(r.Actions, one)
	}
	return r
}

// settle keeps what became of an action and tells whoever watches.
func (e *engine) settle(r ActionResult) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.results[r.Action.ID] = r
	if len(r.Outputs) > 0 {
		e.outputs[r.Action.ID] = r.Outputs
	}
	e.ended++
	e.o.Progress(Progress{Run: e.run.Head.ID, Done: e.ended, Total: len(e.plan.Actions), Latest: r.Action.Summary})
}

func (e *engine) outcome(id string) Outcome {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.results[id].Outcome
}

func (e *engine) output(id string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.outputs[id]["id"]
}

// write appends to the journal. What the journal does not take stops the run: false.
func (e *engine) write(ev journal.Event) bool {
	err := e.run.Journal.Append(ev)
	if err != nil {
		e.halt(err)
	}
	return err == nil
}

// halt lets nothing new begin; the first cause is the one to tell.
func (e *engine) halt(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cause == nil {
		e.cause = err
	}
}

func (e *engine) halted() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.cause != nil
}

// job prepares an action for a change of it: its own, or its inverse.
func (e *engine) job(a *remedy.Action, change remedy.Change, before, after remedy.State) (*job, error) {
	resolved, err := resolve(change, e.output)
	if err != nil {
		return nil, err
	}
	j := &job{action: a, change: resolved, before: before, after: after, scope: e.way.account.Scope(a.Region), token: tokenOf(e.run.Head.ID, a.ID),
		run: e.run.Head.ID, account: e.way.who.Account, needs: len(needs(a)) > 0}
	for _, region := range e.plan.Regions {
		j.everywhere = append(j.everywhere, e.way.account.Scope(region))
	}
	return j, nil
}

// do carries out one action, unless the journal says that it is done.
func (e *engine) do(a *remedy.Action) ActionResult {
	prior := e.prior.Of(a.ID)
	if prior.Phase == journal.Done || prior.Phase == journal.Adopted {
		return ActionResult{Action: a, Outcome: Outcome(prior.Phase), Outputs: prior.Outputs}
	}
	if lacking := e.lacking(a); lacking != "" {
		return e.end(a, journal.Skipped, verdict{outcome: Skipped, reason: "it needs " + lacking + ", which is not done"})
	}
	j, err := e.job(a, a.Change, a.Before, a.After)
	if err != nil {
		return e.end(a, journal.Failed, verdict{outcome: Failed, reason: err.Error()})
	}
	if prior.Called {
		j.since, j.outputs = prior.At, prior.Outputs
	}
	v := e.perform(j, prior.Called, journal.Intent)
	return e.end(a, kindFor(v.outcome), v)
}

// lacking is the id of an action that a needs and that is not done; empty: there is none.
func (e *engine) lacking(a *remedy.Action) string {
	for _, id := range needs(a) {
		if o := e.outcome(id); o != Done && o != Adopted {
			return id
		}
	}
	return ""
}

func kindFor(o Outcome) journal.Kind {
	switch o {
	case Done, Adopted, Refused, Failed, Open:
		return journal.Kind(o)
	}
	return ""
}

// end writes down what became of an action. What could not be written down is not known to have been done: Open.
func (e *engine) end(a *remedy.Action, kind journal.Kind, v verdict) ActionResult {
	r := ActionResult{Action: a, Outcome: v.outcome, Code: v.code, Reason: v.reason, Outputs: v.outputs}
	if kind == "" {
		return r
	}
	ev := journal.Event{Kind: kind, Action: a.ID, Code: v.code, Reason: v.reason, Outputs: v.outputs, RequestID: v.request}
	if !e.write(ev) && v.outcome == Done {
		r.Outcome, r.Reason = Open, "it was done, but the journal could not be written"
	}
	return r
}

// verdict is what became of a change.
type verdict struct {
	outcome Outcome
	code    string
	reason  string
	outputs map[string]string
	request string
	already bool // with Refused: what was observed is what the change would make
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func failed(err error) verdict {
	var call *awsapi.CallError
	if errors.As(err, &call) {
		v := verdict{outcome: Failed, code: call.Code, reason: call.Message, request: call.Answer.RequestID}
		if call.Kind == awsapi.KindDenied {
			v.reason += " (allow " + string(call.Answer.Call) + ")"
		}
		return v
	}
	return verdict{outcome: Failed, reason: err.Error()}
}

func refused(moved []string) verdict {
	return verdict{outcome: Refused, reason: strings.Join(moved, "; ")}
}

// stops reports whether an error ends the whole run: without credentials no action can go on.
func stops(err error) bool { return awsapi.NoEntry(err) }
