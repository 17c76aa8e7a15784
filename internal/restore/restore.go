package restore

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/store"
)

// Options say what to restore and how. With an ID that the store knows, everything but Store, Progress and the times is taken from there.
type Options struct {
	ID      string // of the run; empty makes one. Whoever keeps records of its own names it, and finds it again by it
	Request Request
	Source  Source           // the table that is brought back, as far as it is known
	Purpose settings.Purpose // empty is to use
	Store   *store.Store
	Tool    string // version of the program
	// Settle is how long AWS may take to accept or show one change of the new table; 0 means 15 minutes.
	Settle   time.Duration
	Pause    time.Duration  // before AWS is first asked again; 0 means 200 ms. It grows to 15 s
	Progress func(Progress) // nil: nobody watches
	// Watch is called before and after each durable step, for tests that interfere; nil: nobody does.
	Watch func(moment string)
}

// Progress is what a restore is doing.
type Progress struct {
	Run    string
	State  State
	Doing  string
	Status string // of AWS's, such as CREATING or 40%
}

const defaultSettle = 15 * time.Minute

func (o Options) withDefaults() Options {
	if o.Settle <= 0 {
		o.Settle = defaultSettle
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Watch == nil {
		o.Watch = func(string) {}
	}
	if o.Purpose == "" {
		o.Purpose = settings.ToUse
	}
	return o
}

// Run is a restore under way. This process alone works on it until Close.
type Run struct {
	*Record
	o       Options
	account *awsapi.Account
	source  Source
	untried bool // the intent is this process's, and AWS was not asked yet
	release func() error
}

// Result is what became of a restore.
type Result struct {
	Run        string
	State      State
	Request    Request
	Account    string
	Source     Source    // the table that was brought back, as it was known
	Requested  time.Time // when AWS took the request for the table; AWS's time, like the others
	Active     time.Time
	Completed  time.Time // when everything that could be put back was
	Asked      []Asked
	RestoreJob string // id at AWS Backup; empty with native restores
	CopyJob    string
	TableARN   string
	TableID    string
	Adopted    bool // found by name and age alone, after AWS's answer was lost
	Lines      []settings.Line
	Expired    *int64 // items that time to live would delete at once; nil: not counted
	Failure    *Failure
}

// TakenError says that there is a table of the target's name which this restore did not make.
type TakenError struct{ Table, Region, Status string }

func (e *TakenError) Error() string {
	return fmt.Sprintf("restore to %s: there is a table of that name in %s (%s)", e.Table, e.Region, e.Status)
}

// GoneError says that what was to be restored is no longer there, or no longer as it was.
type GoneError struct {
	What string
	Err  error // AWS's answer; may be nil
}

func (e *GoneError) Error() string { return "restore: " + e.What }

// Unwrap returns AWS's answer.
func (e *GoneError) Unwrap() error { return e.Err }

// FailedError says that AWS could not make the table.
type FailedError struct{ Code, Message string }

func (e *FailedError) Error() string { return "restore: " + e.Code + ": " + e.Message }

// OtherRole is the role to try when AWS refused a restore for the sake of its role: the one that AWS Backup made the recovery point with exists
// and can be assumed; whether it may restore is for AWS to say. Empty: the role was not the reason, or no other one is known.
func OtherRole(message, used, madeWith string) string {
	if !strings.Contains(strings.ToLower(message), "role") || madeWith == used {
		return ""
	}
	return madeWith
}

// NewID makes the id of a run from AWS's time.
func NewID(now time.Time) string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails: https://pkg.go.dev/crypto/rand#Read
	return "rt-" + now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(b[:])
}

// Start writes a restore down and takes it for this process, or finds the one of that ID. Nothing is asked of AWS but who we are: Wait does
// the rest. Close the run. Errors are *InvalidError, *awsapi.CallError, store.ErrBusy or the store's.
func Start(ctx context.Context, account *awsapi.Account, o Options) (*Run, error) {
	o = o.withDefaults()
	who, _, err := account.Identify(ctx)
	if err != nil {
		return nil, err
	}
	if o.ID != "" {
		r, err := open(ctx, account, o)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return r, err
		}
	}
	if err := o.Request.Check(); err != nil {
		return nil, err
	}
	now, _ := account.Home().Clock.Now()
	if o.ID == "" {
		o.ID = NewID(now)
	}
	raw, err := o.Source.Encode()
	if err != nil {
		return nil, err
	}
	data := Data{Tool: o.Tool, Caller: who.ARN, Account: who.Account, Partition: who.Partition, Purpose: o.Purpose, Request: o.Request, Facts: raw}
	text, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("write restore %s: %w", o.ID, err)
	}
	if err := o.Store.Create(ctx, store.Record{Kind: Kind, ID: o.ID, State: string(Planned), Data: text}); err != nil {
		return nil, err
	}
	return open(ctx, account, o)
}

// Resume takes up a restore that the store knows. Errors wrap store.ErrNotFound or store.ErrBusy, or are the store's.
func Resume(ctx context.Context, account *awsapi.Account, o Options) (*Run, error) {
	if _, _, err := account.Identify(ctx); err != nil {
		return nil, err
	}
	return open(ctx, account, o.withDefaults())
}

func open(ctx context.Context, account *awsapi.Account, o Options) (*Run, error) {
	if _, err := o.Store.Get(ctx, Kind, o.ID); err != nil {
		return nil, err
	}
	release, err := o.Store.Lock(Kind, o.ID)
	if err != nil {
		return nil, err
	}
	record, err := Load(ctx, o.Store, o.ID)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	source, err := DecodeSource(record.Facts)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	return &Run{Record: record, o: o, account: account, source: source, release: release}, nil
}

// Close lets another process take the run up.
func (r *Run) Close() error { return r.release() }

// Wait brings the restore to its end from wherever it is: AWS is asked, unless it was asked before; the table is waited for and completed,
// and everything is read back. Of a drill nothing is put back. Errors are *TakenError, *GoneError, *FailedError, *awsapi.CallError, the
// context's, or the store's; unless the error says that it failed, resuming goes on from there.
func (r *Run) Wait(ctx context.Context) (*Result, error) {
	for {
		err := r.step(ctx)
		if err != nil || r.State.Ended() || r.State == Incomplete {
			return r.result(), err
		}
	}
}

// step does what the state asks for, and moves on.
func (r *Run) step(ctx context.Context) error {
	switch r.State {
	case Planned:
		return r.begin(ctx)
	case Copying:
		return r.copying(ctx)
	case Restoring:
		return r.restoring(ctx)
	case Completing:
		return r.completing(ctx)
	case Incomplete:
		return r.move(ctx, Completing)
	case Failed:
		return &FailedError{Code: r.Failure.Code, Message: r.Failure.Message}
	}
	return nil
}

// begin looks whether the target's name is free before anything is asked.
func (r *Run) begin(ctx context.Context) error {
	t, err := r.describe(ctx)
	if err != nil {
		return err
	}
	if t != nil {
		return r.refused(ctx, &TakenError{Table: r.Request.Target, Region: r.Request.TargetRegion, Status: string(t.TableStatus)})
	}
	if r.Request.Kind == settings.ByPoint && r.Request.CrossRegion() {
		return r.move(ctx, Copying)
	}
	return r.intend(ctx)
}

// intend writes down that the table is about to be asked for, and when.
func (r *Run) intend(ctx context.Context) error {
	r.Intent, r.untried = r.now(), true
	return r.move(ctx, Restoring)
}

// now is AWS's time where the new table is to be.
func (r *Run) now() time.Time {
	now, ok := r.target().Clock.Now()
	if !ok {
		now, _ = r.account.Home().Clock.Now()
	}
	return now
}

func (r *Run) target() *awsapi.Scope { return r.account.Scope(r.Request.TargetRegion) }

func (r *Run) move(ctx context.Context, to State) error {
	if err := r.write(ctx, string(to), to); err != nil {
		return err
	}
	r.State = to
	return nil
}

// save writes down what was learned within a state.
func (r *Run) save(ctx context.Context, step string) error { return r.write(ctx, step, r.State) }

// write does not break off with the user's context: what AWS was asked must be on the disk.
func (r *Run) write(ctx context.Context, step string, to State) error {
	r.o.Watch("before " + step)
	defer r.o.Watch("after " + step)
	raw, err := json.Marshal(r.Data)
	if err != nil {
		return fmt.Errorf("write restore %s: %w", r.ID, err)
	}
	return r.o.Store.Move(context.WithoutCancel(ctx), Kind, r.ID, string(r.State), string(to), raw)
}

// fail ends the restore: there is no table.
func (r *Run) fail(ctx context.Context, code, message string) error {
	r.Failure = &Failure{Code: code, Message: message}
	if err := r.move(ctx, Failed); err != nil {
		return err
	}
	return &FailedError{Code: code, Message: message}
}

func (r *Run) tell(doing, status string) {
	r.o.Progress(Progress{Run: r.ID, State: r.State, Doing: doing, Status: status})
}

func (r *Run) asked(a awsapi.Answer) {
	if a.RequestID != "" {
		r.Asked = append(r.Asked, Asked{Call: string(a.Call), RequestID: a.RequestID, At: a.Date})
	}
}

func (r *Run) result() *Result { return r.Result() }

// Result is what the store knows of a restore.
func (r *Record) Result() *Result {
	source, err := DecodeSource(r.Facts)
	if err != nil {
		source = Source{} // it was written by us; what cannot be read is not known
	}
	return &Result{Run: r.ID, State: r.State, Request: r.Request, Account: r.Account, Source: source, Requested: r.Requested, Active: r.Active, Completed: r.Completed,
		Asked: r.Asked, RestoreJob: r.Job, CopyJob: r.CopyJob, TableARN: r.TableARN, TableID: r.TableID, Adopted: r.ByName, Lines: r.Lines, Expired: r.Expired, Failure: r.Failure}
}
