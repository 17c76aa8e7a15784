package restore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore/settings"
)

// todo is one call that brings a setting nearer to what is wanted.
type todo struct {
	what string
	do   func(ctx context.Context) (awsapi.Answer, error)
}

// step puts one setting back. It looks at the table and returns the next call, or nil when the table has all that is wanted.
type step func(ctx context.Context) (*todo, error)

// impossible says why a setting cannot be put back on this table, whatever is tried.
type impossible struct{ why string }

func (e *impossible) Error() string { return e.why }

// completing puts back what AWS leaves out, in an order that matters: what guards access comes first, what deletes items last. A setting
// that cannot be put back does not stop the others.
func (r *Run) completing(ctx context.Context) error {
	if r.Purpose == settings.ToDrill {
		return r.finish(ctx)
	}
	source := r.source.Settings()
	for _, name := range order() {
		if name == settings.TTL {
			if err := r.countExpired(ctx, source.Value(name)); err != nil {
				return err
			}
		}
		put := r.stepFor(name, source)
		if put == nil || r.Steps[name].Done || name == settings.TTL && r.uncounted() {
			continue
		}
		r.tell("putting back: "+string(name), "")
		if err := r.put(ctx, name, put); err != nil {
			return err
		}
	}
	return r.finish(ctx)
}

// order: what a restore job could not choose is mended after what guards access.
func order() []settings.Setting {
	rest := settings.Completed()
	return slices.Concat(rest[:2], []settings.Setting{settings.Global, settings.Billing}, rest[2:])
}

// put looks, announces, calls and looks again until the table has the setting or AWS refuses for good. Only what ends everything is an error.
func (r *Run) put(ctx context.Context, name settings.Setting, next step) error {
	if r.Steps == nil {
		r.Steps = map[settings.Setting]Step{}
	}
	at := r.Steps[name]
	at.Code, at.Reason = "", ""
	called, since := "", time.Time{}
	for wait := r.wait(r.settle(name)); ; {
		todo, err := next(ctx)
		switch {
		case err == nil && todo == nil:
			at.Done = true
			return r.note(ctx, name, at)
		case err == nil && (todo.what != called || time.Since(since) > showWithin):
			at.Calls++
			if err := r.note(ctx, name, at); err != nil {
				return err
			}
			if err = r.call(ctx, todo); err == nil {
				called, since = todo.what, time.Now()
				wait.From(r.o.Pause)
			}
			err = r.settled(ctx, &at, err, wait)
			if err != nil {
				return err
			}
		default:
			if err := r.settled(ctx, &at, err, wait); err != nil {
				return err
			}
		}
		if at.Reason != "" {
			return r.note(ctx, name, at)
		}
		if !wait.Next(ctx) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			at.Code, at.Reason = "NotShown", "AWS took the change, but does not show it"
			return r.note(ctx, name, at)
		}
	}
}

// showWithin is how long AWS may take to show a change before it is asked for once more.
const showWithin = time.Minute

// settled sorts an error of a step: it ends everything, it may pass, or it is written into the step.
func (r *Run) settled(ctx context.Context, at *Step, err error, w *awsapi.Wait) error {
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	case stops(err):
		return err
	case r.mayPass(err) && w.Left():
	default:
		at.Code, at.Reason = explain(err)
	}
	return nil
}

// settle: time to live that was changed a moment ago cannot be changed for half an hour.
func (r *Run) settle(name settings.Setting) time.Duration {
	if name == settings.TTL && r.o.Settle == defaultSettle {
		return 40 * time.Minute
	}
	return r.o.Settle
}

// mayPass: besides what passes anywhere, a table that has just become ACTIVE is not known to every part of DynamoDB for some seconds, and a
// cool-down of time to live comes as a validation error.
func (r *Run) mayPass(err error) bool {
	code, message, kind := awsapi.Classify(err)
	if code == "PolicyNotFoundException" {
		return false
	}
	fresh := kind == awsapi.KindNotFound && r.now().Sub(r.Active) < showWithin
	return passing(err) || fresh || strings.Contains(message, "modified multiple times within a fixed interval")
}

// stops reports whether an error ends every call.
func stops(err error) bool {
	_, _, kind := awsapi.Classify(err)
	return isStart(err) || slices.Contains([]awsapi.Kind{awsapi.KindExpired, awsapi.KindNoCredentials, awsapi.KindInvalidCredentials, awsapi.KindCancelled}, kind)
}

// explain is an error as a line of the result shows it.
func explain(err error) (code, reason string) {
	if no, ok := err.(*impossible); ok { //nolint:errorlint // steps return it as it is
		return codeImpossible, no.why
	}
	code, message, kind := awsapi.Classify(err)
	if call := callOf(err); kind == awsapi.KindDenied && call != "" {
		message += " (allow " + call + ")"
	}
	return code, message
}

// codeImpossible marks a step that no second try would help.
const codeImpossible = "NotPossible"

func (r *Run) call(ctx context.Context, t *todo) error {
	answer, err := t.do(ctx)
	if err == nil {
		r.asked(answer)
	}
	return err
}

func (r *Run) note(ctx context.Context, name settings.Setting, at Step) error {
	r.Steps[name] = at
	return r.save(ctx, "step "+string(name))
}

// finish reads the table back and sets it beside its source.
func (r *Run) finish(ctx context.Context) error {
	r.tell("reading back", "")
	target, err := Read(ctx, r.account, r.Request.TargetRegion, r.Request.Target)
	if err != nil {
		return err
	}
	if target.Table == nil || target.Table.TableID.Or(r.TableID) != r.TableID {
		return &GoneError{What: "the restored table " + r.Request.Target + " was deleted in the meantime"}
	}
	source := r.source.Settings()
	r.Lines = r.judge(settings.Compare(source, target.Settings(), r.Request.Route(), r.Purpose), source)
	r.Completed = r.now()
	for _, at := range r.Steps {
		if !at.Done && at.Code != codeImpossible {
			return r.move(ctx, Incomplete)
		}
	}
	return r.move(ctx, Done)
}

// judge adds to the comparison what only the one knows who did it.
func (r *Run) judge(lines []settings.Line, source settings.Settings) []settings.Line {
	for i := range lines {
		l := &lines[i]
		at, tried := r.Steps[l.Setting]
		switch {
		case !tried:
		case at.Done && l.Outcome == settings.Same && at.Calls > 0 && !source.Value(l.Setting).Off():
			l.Outcome = settings.Reapplied
		case at.Code == codeImpossible:
			l.Outcome, l.Reason = settings.NotPossible, at.Reason
		case !at.Done && at.Reason != "" && l.Outcome != settings.Unknown:
			l.Outcome, l.Reason = settings.Differs, at.Code+": "+at.Reason
		}
	}
	return lines
}
