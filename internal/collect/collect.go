package collect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// Options say what is collected. The zero value reads the foundation's facts of every table in the session's scope.
type Options struct {
	Tool        string                 // name and version, for the estate
	Tables      func(name string) bool // nil: every table
	Backups     string                 // name of the one table whose native backups are read; empty: those of every table
	Needs       map[awsapi.Group]bool  // groups of facts to read; nil: awsapi.Foundation
	Full        bool                   // read also every setting that a restore drops
	Beside      func(Place) Named      // what is read of a unit beside what its own facts refer to; nil: nothing
	Units       int                    // accounts and Regions in memory at a time; 0 means 8
	Concurrency int                    // requests of one kind under way at a time within a unit; 0 means 128
	Progress    func(Progress)         // called from many goroutines, one at a time; nil: nobody watches
	Notice      func(Notice)           // told of what is left out by its nature, such as disabled Regions; as Progress
	Now         func() time.Time       // the machine's clock, for CollectedAt alone; nil means time.Now
}

// Notice tells of something that was left out, and is no failure.
type Notice struct {
	Account, Region string
	Code            string
	Message         string
}

// Where is the place that was left out: a Region, with the account where there are several.
func (n Notice) Where(several bool) string {
	if n.Region == "" {
		return n.Account
	}
	if several && n.Account != "" {
		return n.Account + " " + n.Region
	}
	return n.Region
}

// StartError says that nothing can be collected: no credentials, or AWS refuses them, or cannot be reached at all.
type StartError struct{ Err *awsapi.CallError }

func (e *StartError) Error() string { return "start collecting: " + e.Err.Error() }

// Unwrap returns the call that failed.
func (e *StartError) Unwrap() error { return e.Err }

// Collect reads the session's accounts and Regions. When ctx ends, the estate holds what was read so far and the rest is unknown with code
// "Interrupted"; that is not an error. The error is a *StartError when no account can be worked with, or says that the Regions could not be listed.
func Collect(ctx context.Context, s *awsapi.Session, o Options) (*estate.Estate, error) {
	o = o.withDefaults()
	result := &estate.Estate{Tool: o.Tool, CollectedAt: estate.At(o.Now())}
	err := Each(ctx, s, o, func(p Part) error {
		if result.Units == nil {
			result.Units = make([]*estate.Unit, p.Of)
		}
		result.Units[p.Place] = p.Unit
		return nil
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

func (o Options) withDefaults() Options {
	if o.Needs == nil {
		o.Needs = awsapi.Foundation()
	}
	if o.Full {
		all := awsapi.Everything()
		maps.Copy(all, o.Needs)
		o.Needs = all
	}
	if o.Units == 0 {
		o.Units = 8
	}
	if o.Concurrency == 0 {
		o.Concurrency = 128
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Progress, o.Notice = serial(o.Progress), serial(o.Notice)
	return o
}

// serial makes f callable from many goroutines; nil becomes a function that does nothing.
func serial[T any](f func(T)) func(T) {
	if f == nil {
		return func(T) {}
	}
	var mu sync.Mutex
	return func(v T) {
		mu.Lock()
		defer mu.Unlock()
		f(v)
	}
}

// identity is who we are in an account, or why that is not known.
type identity struct {
	awsapi.Identity
	answer awsapi.Answer
	err    *awsapi.CallError
}

func identify(ctx context.Context, account *awsapi.Account) identity {
	id, answer, err := account.Identify(ctx)
	return identity{Identity: id, answer: answer, err: asCall(err)}
}

// asCall is the call that failed, if it was one; nil for no error. All errors of package awsapi are calls.
func asCall(err error) *awsapi.CallError {
	var call *awsapi.CallError
	if !errors.As(err, &call) && err != nil {
		call = &awsapi.CallError{Code: awsapi.CodeOther, Message: err.Error(), Err: err}
	}
	return call
}

// startError says that not even the accounts are known.
func startError(err error) error { return &StartError{Err: asCall(err)} }

// fatal reports whether no other call can do better. A malformed or late answer of STS alone does not stop the rest.
func (w identity) fatal() bool {
	if w.err == nil {
		return false
	}
	return slices.Contains([]awsapi.Kind{
		awsapi.KindDenied, awsapi.KindExpired, awsapi.KindNoCredentials, awsapi.KindInvalidCredentials, awsapi.KindUnreachable, awsapi.KindTLS, awsapi.KindRegion,
	}, w.err.Kind)
}
