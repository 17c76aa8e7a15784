package backup

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/store"
)

// Options say how the work is done.
type Options struct {
	Request
	Store  *store.Store  // what a killed process had begun
	AtOnce int           // tables under way at a time; 0 means 100. AWS's rates are kept whatever it is
	Within time.Duration // how long a backup may take until AWS shows it; 0 means 4 hours
	Settle time.Duration // how long AWS may take to know a new table, or a new backup everywhere; 0 means 2 minutes
	// Progress is told of each table that ends, one call at a time; nil is none.
	Progress func(Progress)
}

// Progress is how far it is.
type Progress struct {
	Done, Total int
	Latest      string // table that ended last
	Outcome     Outcome
}

// Defaults. On-demand jobs normally start within the hour: https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-on-demand-backup.html
const (
	DefaultWithin = 4 * time.Hour
	defaultAtOnce = 100
	defaultSettle = 2 * time.Minute
	grace         = 10 * time.Second // for calls under way, once the user has interrupted
)

func (o Options) filled() Options {
	o.AtOnce, o.Within, o.Settle = cmp.Or(o.AtOnce, defaultAtOnce), cmp.Or(o.Within, DefaultWithin), cmp.Or(o.Settle, defaultSettle)
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return o
}

// engine is the work on all tables.
type engine struct {
	o       Options
	account *awsapi.Account
	// soft ends when the user interrupts: nothing new begins, no wait goes on. hard ends a while later: calls under way break off.
	soft, hard context.Context
	regions    regions

	mu    sync.Mutex
	ended int
	cause error
	open  []openRecord
}

// openRecord is what is still written down of a backup that has ended.
type openRecord struct{ id, state string }

func (e *engine) ending(id, state string) {
	if state == "" {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open = append(e.open, openRecord{id, state})
}

// Run backs the targets up. The session must be open for writing, and the request valid. Whatever goes wrong is in the report. What was made
// stays written down until Forget, so that a process that dies before it has told its result gives the same one when it is asked again.
func Run(ctx context.Context, account *awsapi.Account, targets []Target, o Options) *Report {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-hard.Done():
		}
	})()
	e := &engine{o: o.filled(), account: account, soft: ctx, hard: hard}
	r := &Report{Results: make([]Result, len(targets))}
	room, all := make(chan struct{}, e.o.AtOnce), sync.WaitGroup{}
	for i, t := range targets {
		r.Results[i] = Result{Target: t, Outcome: Pending, Bytes: -1}
		if !e.enter(room) {
			continue
		}
		all.Go(func() {
			defer func() { <-room }()
			r.Results[i] = e.backUp(t)
			e.tell(r.Results[i], len(targets))
		})
	}
	all.Wait()
	r.store, r.open = e.o.Store, e.open
	if r.Cause = e.cause; r.Cause == nil {
		r.Cause = ctx.Err()
	}
	return r
}

// enter waits for room; false: nothing new begins.
func (e *engine) enter(room chan struct{}) bool {
	select {
	case room <- struct{}{}:
	case <-e.soft.Done():
		return false
	}
	if e.soft.Err() == nil && e.stopped() == nil {
		return true
	}
	<-room
	return false
}

func (e *engine) stopped() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.cause
}

// halt ends the whole: without credentials, or without a place to write down what is begun, no table can be begun.
func (e *engine) halt(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cause == nil {
		e.cause = err
	}
}

func (e *engine) tell(r Result, total int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended++
	e.o.Progress(Progress{Done: e.ended, Total: total, Latest: r.Target.Name(), Outcome: r.Outcome})
}
