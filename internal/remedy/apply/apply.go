// Package apply carries out plans and backs out of what was carried out: each action is looked at again, written into the journal, called
// and read back, and whatever ends the process, the journal and AWS together say how to go on.
package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// Options say what to carry out and how.
type Options struct {
	Plan        *remedy.Plan // nil with Resume
	Resume      string       // id of a run to go on with
	Store       journal.Store
	Endpoint    string // other than AWS's own; a part of where runs are kept
	Tool        string // version of the program
	Concurrency int    // actions under way at once; 0 means 64
	// Settle is how long AWS may take to show a change, or to accept one that rests on another; 0 means 2 minutes.
	Settle   time.Duration
	Progress func(Progress) // called as actions end, one call at a time; nil is none
}

// Progress is how far a run is.
type Progress struct {
	Run         string
	Done, Total int
	Latest      string // summary of the action that ended last
}

const (
	defaultConcurrency = 64
	defaultSettle      = 2 * time.Minute
	grace              = 10 * time.Second // for the actions under way, once the user has interrupted
)

func (o Options) withDefaults() Options {
	if o.Concurrency <= 0 {
		o.Concurrency = defaultConcurrency
	}
	if o.Settle <= 0 {
		o.Settle = defaultSettle
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return o
}

// Outcome is what became of an action.
type Outcome string

// The outcomes. Those of a backout are the last three and Failed.
const (
	Done    Outcome = "done"
	Adopted Outcome = "adopted" // AWS had it already when the call came: nothing was changed, and backing out leaves it
	Refused Outcome = "refused" // what was observed has moved
	Skipped Outcome = "skipped" // an action that it needs was not done
	Failed  Outcome = "failed"
	Pending Outcome = "pending" // not begun: the run stopped before
	Open    Outcome = "open"    // called, and nobody could look whether it happened
	Undone  Outcome = "undone"
	Stays   Outcome = "stays"
	Nothing Outcome = "nothing" // was not done, so there is nothing to undo
)

// Result is what became of a run or a backout.
type Result struct {
	Run     string
	Plan    *remedy.Plan
	State   journal.State
	Actions []ActionResult // in the plan's order
	Cause   error          // why the run stopped early: credentials, the journal's disk, the user; nil otherwise
}

// ActionResult is what became of one action.
type ActionResult struct {
	Action  *remedy.Action
	Outcome Outcome
	Code    string            // AWS's error code, or one of ours
	Reason  string            // for people; empty when it is done
	Outputs map[string]string // what AWS named: "id", "arn"
}

// Interrupted is whether something stopped the run before its end: the user, AWS, or a disk.
func (r *Result) Interrupted() bool { return r.Cause != nil }

// Count returns how many actions ended so.
func (r *Result) Count(o Outcome) int {
	n := 0
	for _, a := range r.Actions {
		if a.Outcome == o {
			n++
		}
	}
	return n
}

// Run carries out a plan, or goes on with a run. The session must be open for writing. An error means that nothing was begun: a *Mismatch,
// an *awsapi.CallError when AWS does not say who we are, or one of package journal. Whatever happens later is in the result.
func Run(ctx context.Context, session *awsapi.Session, o Options) (*Result, error) {
	o = o.withDefaults()
	way, err := reach(ctx, session, o)
	if err != nil {
		return nil, err
	}
	run, err := way.open(o)
	if err != nil {
		return nil, err
	}
	e := newEngine(way, run, o)
	result := e.apply(ctx)
	return result, run.Close()
}

// way is the account that a plan acts in.
type way struct {
	account *awsapi.Account
	who     awsapi.Identity
}

// reach finds out who we are: AWS's time is known from then on.
func reach(ctx context.Context, session *awsapi.Session, o Options) (*way, error) {
	account := session.Accounts()[0]
	if o.Plan != nil {
		i := slices.IndexFunc(session.Accounts(), func(a *awsapi.Account) bool { return a.Wanted() == o.Plan.Account })
		account = session.Accounts()[max(i, 0)]
	}
	who, _, err := account.Identify(ctx)
	if err != nil {
		return nil, err
	}
	w := &way{account: account, who: who}
	if o.Plan != nil {
		return w, w.fits(o.Plan)
	}
	return w, nil
}

// Mismatch says that a plan is for another place than the one that the credentials reach.
type Mismatch struct{ What, Plan, Session string }

func (e *Mismatch) Error() string {
	return fmt.Sprintf("check plan: it is for %s %s, and this is %s", e.What, e.Plan, e.Session)
}

func (w *way) fits(p *remedy.Plan) error {
	if p.Account != w.who.Account {
		return &Mismatch{"account", p.Account, w.who.Account}
	}
	if p.Partition != w.who.Partition {
		return &Mismatch{"partition", p.Partition, w.who.Partition}
	}
	return nil
}

// ExpiredError says that a plan was observed too long ago.
type ExpiredError struct{ At, Now time.Time }

func (e *ExpiredError) Error() string {
	return fmt.Sprintf("check plan: it expired at %s, and AWS's time is %s", e.At.Format(time.RFC3339), e.Now.Format(time.RFC3339))
}

// Check finds what stands against applying a plan before anything is begun: errors are *Mismatch, *ExpiredError, *journal.AppliedError, an
// *awsapi.CallError when AWS does not say who we are, or the operating system's.
func Check(ctx context.Context, session *awsapi.Session, o Options) (awsapi.Identity, error) {
	way, err := reach(ctx, session, o)
	if err != nil {
		return awsapi.Identity{}, err
	}
	if o.Plan.Endpoint != o.Endpoint {
		return way.who, &Mismatch{"endpoint", endpointName(o.Plan.Endpoint), endpointName(o.Endpoint)}
	}
	earlier, err := o.Store.OfPlan(journal.Place{Partition: way.who.Partition, Account: way.who.Account, Endpoint: o.Endpoint}, o.Plan.ID)
	if err != nil {
		return way.who, err
	}
	if earlier != nil {
		return way.who, &journal.AppliedError{Run: *earlier}
	}
	if now := way.now(); now.After(o.Plan.ExpiresAt.Time()) {
		return way.who, &ExpiredError{At: o.Plan.ExpiresAt.Time(), Now: now}
	}
	return way.who, nil
}

func endpointName(endpoint string) string {
	if endpoint == "" {
		return "AWS itself"
	}
	return endpoint
}

// now is AWS's time, as last heard.
func (w *way) now() time.Time {
	now, _ := w.account.Home().Clock.Now()
	return now
}

func (w *way) open(o Options) (*journal.Run, error) {
	if o.Resume == "" {
		head := journal.Head{Tool: o.Tool, Caller: w.who.ARN, Regions: o.Plan.Regions}
		place := journal.Place{Partition: w.who.Partition, Account: w.who.Account, Endpoint: o.Endpoint}
		return o.Store.Create(o.Plan, place, head, w.now)
	}
	run, err := w.reopen(o.Store, o.Resume)
	if err != nil {
		return nil, err
	}
	if p := journal.Fold(run.Journal.Events()); p.Undoing {
		return nil, errors.Join(&BackedOutError{Run: o.Resume}, run.Close())
	}
	return run, nil
}

// reopen opens a run of the account that we are in.
func (w *way) reopen(store journal.Store, id string) (*journal.Run, error) {
	run, err := store.Open(id, w.now)
	if err != nil {
		return nil, err
	}
	if err := w.fits(run.Plan); err != nil {
		return nil, errors.Join(err, run.Close())
	}
	return run, nil
}

// BackedOutError says that a run cannot be gone on with, because backing out of it has begun.
type BackedOutError struct{ Run string }

func (e *BackedOutError) Error() string { return "resume run " + e.Run + ": it was backed out" }
