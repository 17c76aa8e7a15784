package apply

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// BackoutOptions say which run to undo, and which losses to accept. Of the other options Store, Concurrency, Settle and Progress count.
type BackoutOptions struct {
	Options
	Run  string
	Drop []remedy.Drop
}

// Backout undoes what a run did, in reverse, and nothing that changed since. It can be repeated until nothing is left to undo. An error
// means that nothing was begun; whatever happens later is in the result.
func Backout(ctx context.Context, session *awsapi.Session, o BackoutOptions) (*Result, error) {
	o.Options = o.withDefaults()
	o.Plan, o.Resume = nil, ""
	way, err := reach(ctx, session, o.Options)
	if err != nil {
		return nil, err
	}
	run, err := way.reopen(o.Store, o.Run)
	if err != nil {
		return nil, err
	}
	b := &backout{engine: newEngine(way, run, o.Options), drop: o.Drop, needing: map[string][]*remedy.Action{}}
	r := b.undo(ctx)
	return r, run.Close()
}

type backout struct {
	*engine
	drop    []remedy.Drop
	needing map[string][]*remedy.Action // by the action that they need
}

func (b *backout) undo(ctx context.Context) *Result {
	defer b.bear(ctx)()
	var dropped []string
	for _, d := range b.drop {
		dropped = append(dropped, string(d))
	}
	b.write(journal.Event{Kind: journal.Undo, Reason: strings.Join(dropped, ",")})
	byID := map[string]*remedy.Action{}
	for i := range b.plan.Actions {
		a := &b.plan.Actions[i]
		byID[a.ID] = a
		for _, id := range needs(a) {
			b.needing[id] = append(b.needing[id], a)
		}
	}
	steps := reversed(ordered(b.plan.Actions))
	for _, s := range steps {
		a := byID[s.id]
		s.work = func() { b.settle(b.back(a)) }
	}
	schedule(ctx, steps, b.o.Concurrency, b.halted)
	if b.cause == nil && ctx.Err() != nil {
		b.cause = ctx.Err()
	}
	r := b.result(Pending)
	r.State = journal.BackedOut
	if r.Cause != nil || r.Count(Failed)+r.Count(Open)+r.Count(Pending) > 0 {
		r.State = journal.BackingOut
	}
	b.write(journal.Event{Kind: journal.UndoEnded, State: r.State, Reason: reason(r.Cause)})
	r.Cause = b.cause
	return r
}

// back undoes one action, if the run did it.
func (b *backout) back(a *remedy.Action) ActionResult {
	prior := b.prior.Of(a.ID)
	if prior.Undo == journal.Undone {
		return ActionResult{Action: a, Outcome: Undone}
	}
	if prior.Phase != journal.Done && prior.Undo == "" {
		if !prior.Called {
			return ActionResult{Action: a, Outcome: Nothing}
		}
		if r, done := b.clear(a); !done {
			return r
		}
	}
	if why := b.loses(a); why != "" {
		return b.stays(a, why)
	}
	if on := b.restsOn(a); on != "" {
		return b.stays(a, "this rests on it, and is not undone: "+on)
	}
	j, err := b.job(a, *a.Inverse.Change, a.After, a.Before)
	if err != nil {
		return b.ended(a, verdict{outcome: Failed, reason: err.Error()})
	}
	if prior.Undo != journal.Undoing {
		if r, kept := b.kept(a, j); kept {
			return r
		}
	}
	return b.ended(a, b.perform(j, prior.Undo == journal.Undoing, journal.Undoing))
}

// loses says why an action is not undone without being asked to; empty: it is.
func (b *backout) loses(a *remedy.Action) string {
	inv := a.Inverse
	switch {
	case inv.Change == nil && inv.Loses != "":
		return inv.Loses
	case inv.Change == nil:
		return "nothing undoes it"
	case inv.Drop == remedy.DropPoint:
		return "recovery points are never deleted"
	case inv.Drop != "" && !slices.Contains(b.drop, inv.Drop):
		why := "it does not come back"
		if inv.Loses != "" {
			why = "this would be lost: " + inv.Loses
		}
		return why + "; --drop " + string(inv.Drop) + " undoes it all the same"
	}
	return ""
}

// restsOn is the summary of an action that needs a and still stands; empty: none does.
func (b *backout) restsOn(a *remedy.Action) string {
	for _, other := range b.needing[a.ID] {
		if o := b.outcome(other.ID); o != Undone && o != Nothing {
			return other.Summary
		}
	}
	return ""
}

// kept looks whether others rest on a thing that itself is as the run left it.
func (b *backout) kept(a *remedy.Action, j *job) (ActionResult, bool) {
	k, err := kindOf(j.change)
	if err != nil {
		return b.ended(a, failed(err)), true
	}
	g, ok := k.(guard)
	if !ok {
		return ActionResult{}, false
	}
	why, err := g.keeps(b.hard, j)
	if err != nil {
		return b.ended(a, b.unseen(err)), true
	}
	if why != "" {
		return b.stays(a, why), true
	}
	return ActionResult{}, false
}

// lateness is how long a call whose process was killed may take to show.
const lateness = time.Second

// clear finds out whether an action whose call may have been made was done. done is false when there is nothing to undo, or nobody can tell.
func (b *backout) clear(a *remedy.Action) (r ActionResult, done bool) {
	j, err := b.job(a, a.Change, a.Before, a.After)
	if err != nil {
		return ActionResult{Action: a, Outcome: Nothing}, false // what it rests on was not made, so neither was this
	}
	j.since, j.outputs = b.prior.Of(a.ID).At, b.prior.Of(a.ID).Outputs
	k, err := kindOf(j.change)
	if err != nil {
		return b.ended(a, failed(err)), false
	}
	for late := awsapi.WaitUntil(time.Now().Add(lateness)); ; {
		s, err := b.look(k, j, time.Now().Add(b.o.Settle))
		if err != nil {
			return b.ended(a, b.unseen(err)), false
		}
		if isDone(k, s, j) {
			return b.owned(a, j, s)
		}
		if moved := j.before.Moved(s.state); len(moved) > 0 {
			return b.stays(a, "its call may have been made, and it changed since: "+strings.Join(moved, "; ")), false
		}
		if !late.Next(b.soft) {
			return ActionResult{Action: a, Outcome: Nothing}, false
		}
	}
}

func (b *backout) owned(a *remedy.Action, j *job, s seen) (ActionResult, bool) {
	if v := b.ours(s, j); v.outcome != Done {
		return b.stays(a, v.reason), false
	}
	b.mu.Lock()
	b.outputs[a.ID] = s.outputs
	b.mu.Unlock()
	return ActionResult{}, b.write(journal.Event{Kind: journal.Done, Action: a.ID, Outputs: s.outputs})
}

func (b *backout) stays(a *remedy.Action, why string) ActionResult {
	b.write(journal.Event{Kind: journal.Stays, Action: a.ID, Reason: why})
	return ActionResult{Action: a, Outcome: Stays, Reason: why}
}

// ended writes down what became of undoing an action. What has moved since the run left it stays as it is.
func (b *backout) ended(a *remedy.Action, v verdict) ActionResult {
	switch v.outcome {
	case Done:
		v.outcome = Undone
		return b.end(a, journal.Undone, v)
	case Refused:
		if v.already {
			return b.end(a, journal.Undone, verdict{outcome: Undone, reason: "somebody had undone it already"})
		}
		return b.stays(a, "it changed since: "+v.reason)
	case Failed:
		return b.end(a, journal.NotUndone, v)
	}
	return ActionResult{Action: a, Outcome: v.outcome, Code: v.code, Reason: v.reason}
}
