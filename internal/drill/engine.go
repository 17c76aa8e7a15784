package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/store"
)

// Parts are what a drill is made of besides its own states. Each works in the account and Region of the drill's target.
type Parts struct {
	// Restore asks AWS for the table, or finds that it was asked already, and waits until it is ACTIVE. It fills in the drill's Restore,
	// its target's TableID and its times, and calls save each time that something was learned which must not be lost.
	Restore func(ctx context.Context, d *Drill, save func() error) error
	// Settings compares the settings of source and copy as they would be completed.
	Settings func(ctx context.Context, d *Drill) ([]evidence.Setting, error)
	// Items compares the items of source and copy, and fills in the drill's Items and Invariants.
	Items func(ctx context.Context, d *Drill) error
}

// Engine runs drills. It is safe for concurrent use.
type Engine struct {
	Store    *store.Store
	Scope    func(account, region string) *awsapi.Scope
	Parts    Parts
	Progress func(d *Drill, doing string) // nil: nobody watches
	// Before is called before each move to another state, for tests that interfere; nil: nobody does.
	Before func(d *Drill, to State)
}

// StoppedError says that a drill ended before its end and can go on from where it is.
type StoppedError struct {
	ID    string
	State State
	Err   error
}

func (e *StoppedError) Error() string {
	return fmt.Sprintf("run drill %s: stopped while %s: %v", e.ID, e.State, e.Err)
}

// Unwrap returns what stopped it.
func (e *StoppedError) Unwrap() error { return e.Err }

// Plan writes a drill down. Nothing is asked of AWS.
func (e *Engine) Plan(ctx context.Context, d *Drill) error {
	d.State, d.Reasons = Planned, []Reason{}
	d.Settings, d.Invariants, d.Calls = []evidence.Setting{}, []evidence.Invariant{}, []evidence.Call{}
	d.Times.Planned = e.now(d)
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write drill: %w", err)
	}
	if err := e.Store.Create(ctx, store.Record{Kind: Kind, ID: d.ID, State: string(d.State), Data: raw}); err != nil || d.refused.Text == "" {
		return err
	}
	d.Reasons, d.Verdict, d.Cleanup = []Reason{d.refused}, d.refused.Verdict, Cleanup{State: NoTable}
	return e.move(ctx, d, d.end())
}

// Load reads a drill from the store. Errors wrap store.ErrNotFound.
func Load(ctx context.Context, s *store.Store, id string) (*Drill, error) {
	r, err := s.Get(ctx, Kind, id)
	if err != nil {
		return nil, err
	}
	return decode(r)
}

// All reads every drill in the store, oldest first.
func All(ctx context.Context, s *store.Store) ([]*Drill, error) {
	records, err := s.List(ctx, Kind)
	if err != nil {
		return nil, err
	}
	var out []*Drill
	for _, r := range records {
		d, err := decode(r)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func decode(r store.Record) (*Drill, error) {
	d := &Drill{}
	if err := json.Unmarshal(r.Data, d); err != nil {
		return nil, fmt.Errorf("read drill %s: %w", r.ID, err)
	}
	d.State = State(r.State)
	return d, nil
}

// Run brings a drill to its end from whatever state it is in. It returns a *StoppedError when it could not: the drill then stands in the
// store as it is. Errors of the store, and store.ErrBusy when another process works on the drill, come as they are.
func (e *Engine) Run(ctx context.Context, d *Drill) error {
	release, err := e.Store.Lock(Kind, d.ID)
	if err != nil {
		return err
	}
	defer func() { _ = release() }() // the kernel lets go of it in any case
	fresh, err := Load(ctx, e.Store, d.ID)
	if err != nil {
		return err
	}
	*d = *fresh
	for !d.State.Ended() {
		if ctx.Err() != nil {
			return &StoppedError{ID: d.ID, State: d.State, Err: ctx.Err()}
		}
		next, err := e.step(ctx, d)
		if err != nil {
			return &StoppedError{ID: d.ID, State: d.State, Err: errors.Join(err, e.save(ctx, d))}
		}
		if err := e.move(ctx, d, next); err != nil {
			return err
		}
	}
	return nil
}

// step does what the drill's state asks for, and says which state comes next. What it does may have been done before, in part or whole.
func (e *Engine) step(ctx context.Context, d *Drill) (State, error) {
	switch d.State {
	case Planned:
		return Restoring, nil
	case Restoring:
		return e.restoring(ctx, d)
	case Completing:
		return e.completing(ctx, d)
	case Comparing:
		return e.comparing(ctx, d)
	case Cleaning:
		return e.cleaning(ctx, d)
	}
	return "", fmt.Errorf("run drill %s: no such state: %s", d.ID, d.State)
}

// move writes the next state down. Only when it returns may be done what that state announces.
func (e *Engine) move(ctx context.Context, d *Drill, to State) error {
	if e.Before != nil {
		e.Before(d, to)
	}
	if !mayFollow(d.State, to) {
		return fmt.Errorf("move drill %s: %s does not follow %s", d.ID, to, d.State)
	}
	from := d.State
	d.State = to
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write drill %s: %w", d.ID, err)
	}
	return e.Store.Move(context.WithoutCancel(ctx), Kind, d.ID, string(from), string(to), raw)
}

// save writes down what was learned within a state.
func (e *Engine) save(ctx context.Context, d *Drill) error {
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write drill %s: %w", d.ID, err)
	}
	return e.Store.Move(context.WithoutCancel(ctx), Kind, d.ID, string(d.State), string(d.State), raw)
}

// Note keeps something that was learned after a drill ended: the file of its evidence.
func (e *Engine) Note(ctx context.Context, d *Drill) error { return e.save(ctx, d) }

// at is where a table is.
func (e *Engine) at(t Table) *awsapi.Scope { return e.Scope(t.Account, t.Region) }

func (e *Engine) tell(d *Drill, doing string) {
	if e.Progress != nil {
		e.Progress(d, doing)
	}
}

// now is AWS's time in the Region of the copy. Whether the machine's clock is right does not matter.
func (e *Engine) now(d *Drill) time.Time {
	now, _ := e.at(d.Target).Clock.Now()
	return now
}
