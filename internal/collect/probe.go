package collect

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
)

// Outcome is what came of trying a call.
type Outcome string

// The outcomes.
const (
	Allowed Outcome = "allowed"
	Denied  Outcome = "denied"
	Failed  Outcome = "failed"  // neither: Code and Message say what happened
	Untried Outcome = "untried" // there was nothing to ask about, for example no vault
)

// Trial is one declared call as it went in one account and Region.
type Trial struct {
	Account, Region string
	Call            awsapi.Call
	Outcome         Outcome
	Code, Message   string // AWS's, unless Allowed
	Kind            awsapi.Kind
	Skew            *time.Duration // of this machine's clock against AWS's there; nil: nothing answered
}

// Probe tries each declared read of the groups that o needs once per account and Region: one page of each list, one table, plan, vault, key and role.
// The trials are in the order of awsapi.Calls, account by account and Region by Region; of an account that nobody may look into, one for each Region. Errors are those of Collect.
func Probe(ctx context.Context, s *awsapi.Session, o Options) ([]Trial, error) {
	o = o.withDefaults()
	o.Tables = nil
	sites, err := plan(ctx, s, o)
	if err != nil {
		return nil, err
	}
	work := newPool(o.Units, func(u *unitRun) { u.collect(ctx) })
	runs := make([]func() []Trial, 0, len(sites))
	for _, t := range sites {
		if t.lost != nil {
			runs = append(runs, t.lostTrial)
			continue
		}
		u := newUnitRun(t.account.Scope(t.region), t.who, t.home, o)
		runs = append(runs, func() []Trial { return u.trials.list(u) })
		u.trials = &trials{seen: map[awsapi.CallID]error{}, claimed: map[awsapi.CallID]bool{}}
		u.trials.note(awsapi.GetCallerIdentity, u.who.asError())
		work.add(u)
	}
	work.wait()
	var all []Trial
	for _, list := range runs {
		all = append(all, list()...)
	}
	return all, nil
}

// lostTrial is that nobody may look into an account at all.
func (t *site) lostTrial() []Trial {
	trial := Trial{Account: cmp.Or(t.account.Wanted(), t.who.Account), Region: t.region, Call: awsapi.Call{ID: t.lost.Answer.Call, Group: awsapi.GroupStart}, Kind: t.lost.Kind}
	trial.Outcome, trial.Code, trial.Message = judge(t.lost)
	return []Trial{trial}
}

func (w identity) asError() error {
	if w.err == nil {
		return nil
	}
	return w.err
}

// trials keeps the worst that each call met. A nil *trials keeps nothing.
type trials struct {
	mu      sync.Mutex
	seen    map[awsapi.CallID]error
	claimed map[awsapi.CallID]bool
}

func (t *trials) note(call awsapi.CallID, err error) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if before, ok := t.seen[call]; !ok || before == nil {
		t.seen[call] = err
	}
}

// first reports whether a call of which several may be at hand is now to be tried: once while probing, always otherwise.
func (t *trials) first(call awsapi.CallID) bool {
	if t == nil {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.claimed[call] {
		return false
	}
	t.claimed[call] = true
	return true
}

func (t *trials) list(u *unitRun) []Trial {
	var list []Trial
	var skew *time.Duration
	if d, ok := u.scope.Clock.Skew(); ok {
		skew = &d
	}
	for _, call := range awsapi.Select(u.opts.Needs) {
		if call.ID == awsapi.ListRegions {
			continue // asked per account, and only for all Regions
		}
		trial := Trial{Account: u.who.Account, Region: u.scope.Region, Call: call, Outcome: Untried, Skew: skew}
		if err, ok := t.seen[call.ID]; ok {
			trial.Outcome, trial.Code, trial.Message = judge(err)
			if call := new(awsapi.CallError); errors.As(err, &call) {
				trial.Kind = call.Kind
			}
		}
		list = append(list, trial)
	}
	return list
}

// judge: "there is no such thing" is an answer, and AWS gives it only to those who may ask.
func judge(err error) (outcome Outcome, code, message string) {
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return Allowed, "", ""
	}
	if call.Kind == awsapi.KindNotFound {
		return Allowed, "", ""
	}
	if call.Kind == awsapi.KindDenied {
		return Denied, call.Code, call.Message
	}
	return Failed, call.Code, call.Message
}

// some is all of v, or its first element while probing.
func some[T any](u *unitRun, v []T) []T {
	if u.trials != nil && len(v) > 1 {
		return v[:1]
	}
	return v
}
