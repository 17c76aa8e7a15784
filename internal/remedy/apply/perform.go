package apply

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// perform looks, writes the intent down, calls and reads back. called says that an earlier process wrote the intent of this change down
// and may have called; then a thing that is as it should be was done by it, and one that is as it was is changed once more.
func (e *engine) perform(j *job, called bool, intent journal.Kind) verdict {
	k, err := kindOf(j.change)
	if err != nil {
		return failed(err)
	}
	deadline := time.Now().Add(e.o.Settle)
	s, err := e.look(k, j, deadline)
	if err != nil {
		return e.unseen(err)
	}
	if called && isDone(k, s, j) {
		return e.ours(s, j)
	}
	if moved := j.before.Moved(s.state); len(moved) > 0 {
		return e.drifted(k, s, j, moved)
	}
	if !e.write(journal.Event{Kind: intent, Action: j.action.ID, Token: j.token}) {
		return verdict{outcome: Pending}
	}
	if j.since.IsZero() {
		j.since = e.way.now()
	}
	return e.change(k, j, deadline)
}

// drifted is the verdict on what is no longer as it was observed. A Region's settings that our own first vault or plan there has set are no drift.
func (e *engine) drifted(k kind, s seen, j *job, moved []string) verdict {
	v := refused(moved)
	v.already = isDone(k, s, j)
	if v.already && j.change.RegionSettings != nil && e.usedFirst(j.action.Region) {
		return verdict{outcome: Adopted, reason: "AWS did it when the first vault or plan of the Region was made"}
	}
	return v
}

// usedFirst reports whether this run made a vault or a plan in a Region.
func (e *engine) usedFirst(region string) bool {
	for i := range e.plan.Actions {
		a := &e.plan.Actions[i]
		made := a.Change.Vault != nil && a.Change.Vault.Step == remedy.Create || a.Change.Plan != nil && a.Change.Plan.Step == remedy.Create
		if made && a.Region == region && e.outcome(a.ID) == Done {
			return true
		}
	}
	return false
}

// decider is a kind whose state does not tell whether the change was made.
type decider interface {
	done(s seen, j *job) bool
}

func isDone(k kind, s seen, j *job) bool {
	if d, ok := k.(decider); ok {
		return d.done(s, j)
	}
	return len(j.after.Moved(s.state)) == 0
}

// ours is the verdict on a thing that is as it should be after a call whose answer nobody has: AWS's record of the request, where it
// keeps one, tells whether it was our call.
func (e *engine) ours(s seen, j *job) verdict {
	if s.token != "" && s.token != j.token {
		return verdict{outcome: Refused, reason: foreign}
	}
	return verdict{outcome: Done, outputs: s.outputs}
}

const foreign = "somebody else made it in the meantime"

// exists reports whether AWS says that there is such a thing already. A request of ours that is repeated is told so only where AWS
// knows no tokens, and what we made there carries our tag.
func exists(err error) bool { return awsapi.Is(err, awsapi.KindExists) }

// look observes, and observes again while AWS is busy or does not yet know what an action before has made.
func (e *engine) look(k kind, j *job, deadline time.Time) (seen, error) {
	for wait := awsapi.WaitUntil(deadline); ; {
		s, err := k.observe(e.hard, j)
		if err == nil || !e.passing(err, j) || !wait.Next(e.soft) {
			return s, err
		}
	}
}

// unseen is the verdict when nobody could look before the call: nothing was changed.
func (e *engine) unseen(err error) verdict {
	if stops(err) {
		e.halt(err)
		return verdict{outcome: Pending}
	}
	var call *awsapi.CallError
	if errors.As(err, &call) && call.Kind == awsapi.KindCancelled {
		return verdict{outcome: Pending}
	}
	v := failed(err)
	if gone(err) {
		v.outcome, v.reason = Refused, "it is gone: "+v.reason
	}
	return v
}

// change calls until the change is made, AWS refuses for good, or the time is up.
func (e *engine) change(k kind, j *job, deadline time.Time) verdict {
	for wait := awsapi.WaitUntil(deadline); ; {
		m, err := k.call(e.hard, j)
		if err == nil {
			return e.readBack(k, j, m, deadline)
		}
		if v, decided := e.afterError(k, j, err, deadline); decided {
			return v
		}
		if !e.passing(err, j) || !wait.Next(e.soft) {
			return failed(err)
		}
	}
}

// afterError looks whether a call that ended in an error has happened all the same: its answer may have been lost, or the error is the
// answer to the SDK's second attempt. decided is false when it has not happened.
func (e *engine) afterError(k kind, j *job, err error, deadline time.Time) (v verdict, decided bool) {
	if stops(err) {
		e.halt(err)
	}
	s, lookErr := e.look(k, j, deadline)
	switch {
	case lookErr != nil:
		v := failed(err)
		v.outcome, v.reason = Open, v.reason+"; and whether it happened could not be looked up: "+reason(lookErr)
		return v, true
	case isDone(k, s, j) && exists(err) && s.token != j.token:
		return verdict{outcome: Refused, reason: foreign}, true
	case isDone(k, s, j):
		return e.ours(s, j), true
	case len(j.before.Moved(s.state)) > 0:
		return refused(j.before.Moved(s.state)), true
	case stops(err):
		return verdict{outcome: Pending}, true
	}
	return verdict{}, false
}

// readBack waits until AWS shows what was called.
func (e *engine) readBack(k kind, j *job, m made, deadline time.Time) verdict {
	j.outputs = m.outputs
	for wait := awsapi.WaitUntil(deadline); ; {
		s, err := k.observe(e.hard, j)
		if err == nil && isDone(k, s, j) {
			outputs := m.outputs
			if outputs == nil {
				outputs = s.outputs
			}
			return verdict{outcome: Done, outputs: outputs, request: m.answer.RequestID}
		}
		if err != nil && stops(err) {
			e.halt(err)
			return verdict{outcome: Open, outputs: m.outputs, request: m.answer.RequestID, reason: "AWS took the call; then it could not be read back: " + reason(err)}
		}
		if err != nil && !e.passing(err, j) || !wait.Next(e.soft) {
			return unread(m, s, err, j)
		}
	}
}

// unread is the verdict on a call that AWS took and does not show.
func unread(m made, s seen, err error, j *job) verdict {
	why := reason(err)
	if err == nil {
		why = strings.Join(j.after.Moved(s.state), "; ")
	}
	return verdict{outcome: Open, outputs: m.outputs, request: m.answer.RequestID, reason: "AWS took the call, but does not show the change: " + why}
}

// passing reports whether an error may go away by itself: AWS throttles, is busy or did not answer, or has not yet heard everywhere of
// what an action before has made (a new role cannot be assumed for some seconds).
func (e *engine) passing(err error, j *job) bool {
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return false
	}
	if awsapi.Retryable(err) || slices.Contains([]awsapi.Kind{awsapi.KindTimeout, awsapi.KindUnreachable, awsapi.KindMalformed}, call.Kind) {
		return true
	}
	switch call.Code {
	case "InternalServerError", "InternalFailure", "ServiceUnavailable", "ServiceFailure", "InternalError":
		return true
	}
	return j.needs && (call.Kind == awsapi.KindNotFound || strings.Contains(call.Message, "cannot be assumed") || strings.Contains(call.Message, "not authorized to call tag:GetResources"))
}

// stopped is whether the user asked to stop, or the time is up.
func stopped(ctx context.Context) bool { return ctx.Err() != nil }
