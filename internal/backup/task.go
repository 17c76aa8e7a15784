package backup

import (
	"errors"
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/store"
)

// task is the work on one table.
type task struct {
	*engine
	target Target
	scope  *awsapi.Scope
	id     string // of its record
	memory memory
	state  string // of its record; empty: there is none
	result Result
}

// backUp backs one table up.
func (e *engine) backUp(target Target) Result {
	t := &task{engine: e, target: target, scope: e.account.Scope(target.Region()), result: Result{Target: target, Outcome: Pending, Bytes: -1}}
	if e.o.Way == AWSBackup {
		t.result.Vault = e.o.Vault
	}
	if err := t.work(); err != nil {
		t.fail(err)
	}
	return t.result
}

// work locks the table's record, finds what was left open, and does what is missing.
func (t *task) work() error {
	id, err := t.identity(t.target)
	if err != nil {
		return err
	}
	t.id = id
	release, err := t.o.Store.Lock(Kind, id)
	if errors.Is(err, store.ErrBusy) {
		t.refuse("Busy", "another process makes the same backup of this table now", "wait until it ends")
		return nil
	}
	if err != nil {
		return &diskError{err}
	}
	defer func() { _ = release() }() // the kernel lets go of it anyway
	if err := t.prepare(); err != nil || t.result.Outcome == Refused {
		return err
	}
	if t.o.Way == Native {
		err = t.native()
	} else {
		err = t.job()
	}
	if err != nil {
		return err
	}
	if t.result.Outcome == Unfinished {
		return nil // what is written down lets the next one go on
	}
	t.ending(t.id, t.state)
	return nil
}

// prepare finds what an earlier process left open, or else looks whether the request can be granted and writes the intent down.
func (t *task) prepare() error {
	found, state, err := t.recall(t.hard)
	if err != nil {
		return t.disk(err)
	}
	if found != nil {
		t.memory, t.state, t.result.Resumed = *found, state, true
		t.result.Job, t.result.ARN, t.result.Name = found.Job, found.ARN, found.Name
		return nil
	}
	if t.o.Way == AWSBackup {
		if err := t.regions.refuse(t); err != nil || t.result.Outcome == Refused {
			return err
		}
	}
	t.result.Name = t.o.Name
	return t.disk(t.remember(t.hard))
}

// diskError is a store that does not take what has to be written down.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }

// Unwrap returns the store's error.
func (e *diskError) Unwrap() error { return e.err }

func (t *task) disk(err error) error {
	if err == nil {
		return nil
	}
	return &diskError{err}
}

// now is AWS's time as the Region last said it.
func (t *task) now() time.Time {
	if now, ok := t.scope.Clock.Now(); ok {
		return now
	}
	return t.target.Unit.Now.Or(0).Time() // what the table was collected with
}

func (t *task) refuse(code, reason, mend string) {
	t.result.Outcome, t.result.Code, t.result.Reason, t.result.Mend = Refused, code, reason, mend
}

// broken ends a task with what AWS says of it; mend helps.
func (t *task) broken(code, reason string) {
	t.result.Outcome, t.result.Code, t.result.Reason = Failed, code, reason
	t.result.Mend = Mend(code, reason, t.advice())
}

func (t *task) advice() Advice {
	return Advice{Vault: t.o.Vault, RoleARN: t.role(), Retention: "--retain", Policy: "restorable iam policy backup --with " + string(t.o.Way), Table: t.target.Name()}
}

// unfinished ends a task that AWS goes on with, or of which nobody knows.
func (t *task) unfinished(reason string, args ...any) {
	t.result.Outcome, t.result.Reason = Unfinished, fmt.Sprintf(reason, args...)
}

// fail ends a task that an error broke off.
func (t *task) fail(err error) {
	var disk *diskError
	call := callError(err)
	switch {
	case errors.As(err, &disk):
		t.halt(err)
		if t.result.ARN != "" || t.result.Job != "" {
			t.unfinished("AWS took it, and it could not be written down: %s", disk)
		}
	case ends(err):
		t.halt(err)
		t.leave(err.Error())
	case call != nil && call.Kind == awsapi.KindCancelled:
		t.leave("interrupted")
	case call != nil:
		t.broken(call.Code, call.Message)
		_ = t.forget(t.hard) // what failed is begun anew; a record left over is too old for that in an hour
	default:
		t.broken("", err.Error())
		_ = t.forget(t.hard)
	}
}

// leave ends a task that may go on at AWS.
func (t *task) leave(reason string) {
	if t.state == "" {
		t.result.Reason = reason // not begun
		return
	}
	t.unfinished("%s", reason)
}
