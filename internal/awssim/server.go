// Package awssim is a simulated AWS behind AWS's own wire protocols: any AWS client works against it.
package awssim

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/cloudtrail"
	"github.com/restorable/restorable/internal/awssim/model"
	"github.com/restorable/restorable/internal/awssim/sign"
	"github.com/restorable/restorable/internal/awssim/wire"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Options configures a simulated AWS. The zero value is usable: the machine's clock, no latency, no rate limits, no IAM enforcement, every service, nothing in it.
type Options struct {
	World   world.Options
	Latency time.Duration // slept before each answer, in real time
	Rates   bool          // AWS's rate limits, concurrency limits and raisable quotas
	Enforce bool          // IAM: identity policies decide, signatures of issued keys are checked
	// Assemble makes the services afresh, at the start and at each reset; nil means Assemble. Load fills what it made.
	Assemble func(Options) (*Assembly, error)
	Load     func(*Assembly) error
	// Estate writes the present state as an estate file for GET /_sim/estate; nil means that there is none.
	Estate func(*Assembly, io.Writer) error
	// Panicked is told of a panic inside a handler; the client gets an error answer in any case. nil means no one.
	Panicked func(operation string, value any, stack []byte)
}

// Authorizer decides whether a caller may do something. It is called with the world's lock held; why completes the sentence
// "User: … is not authorized to perform: … on resource: … because ", or begins with "with" in place of that "because"; it may be empty.
type Authorizer interface {
	Authorize(c *api.Call, access api.Access) (allowed bool, why string)
}

// Regions knows which Regions an account may use. It is called with the world's lock held.
type Regions interface {
	RegionEnabled(sc world.Scope) bool
}

// Recorder is told of every call that a service answered, or refused its caller. It is called with the world's lock held.
type Recorder interface {
	Record(e cloudtrail.Entry)
}

// Assembly is one generation of the simulated AWS: a reset makes a new one.
type Assembly struct {
	World      *world.World
	Services   []api.Service
	Keys       []sign.Keys
	Authorizer Authorizer // nil: everything is allowed, even under Enforce
	Regions    Regions    // nil: every Region is enabled for every account
	Recorder   Recorder   // nil: nobody is told of calls
	Parts      Parts      // the services themselves, for Options.Load and Options.Estate
}

// Server answers AWS requests. It is an http.Handler; Listen serves it on an address.
type Server struct {
	options Options
	state   atomic.Pointer[state]
	reset   sync.Mutex
	codecs  map[string]*wire.Codec // by model, kept over resets; guarded by reset
}

// state is one generation with everything that a reset forgets.
type state struct {
	*Assembly
	routes *routes
	faults *faults
	rates  *rates
	calls  *calls
}

// New makes a server.
func New(o Options) (*Server, error) {
	if o.Assemble == nil {
		o.Assemble = Assemble
	}
	s := &Server{options: o, codecs: map[string]*wire.Codec{}}
	if err := s.Reset(); err != nil {
		return nil, err
	}
	return s, nil
}

// Reset goes back to the loaded state: clock, services, counts, faults and buckets. Requests under way end in the old state.
func (s *Server) Reset() error {
	s.reset.Lock()
	defer s.reset.Unlock()
	a, err := s.options.Assemble(s.options)
	if err != nil {
		return fmt.Errorf("assemble services: %w", err)
	}
	r, err := newRoutes(a.Services, s.codec)
	if err != nil {
		return err
	}
	if s.options.Load != nil {
		if err := s.options.Load(a); err != nil {
			return fmt.Errorf("load state: %w", err)
		}
	}
	s.state.Store(&state{Assembly: a, routes: r, faults: &faults{}, rates: newRates(), calls: newCalls()})
	return nil
}

// codec loads a model once.
func (s *Server) codec(name string) (*wire.Codec, error) {
	if c := s.codecs[name]; c != nil {
		return c, nil
	}
	m, err := model.Load(name)
	if err != nil {
		return nil, err
	}
	s.codecs[name] = wire.New(m)
	return s.codecs[name], nil
}

// Assembly is the present generation, for tests and for the program that runs the server.
func (s *Server) Assembly() *Assembly { return s.state.Load().Assembly }

// Calls counts the requests since the start or the last reset, failed ones too, by "prefix:Operation" as IAM names actions.
func (s *Server) Calls() map[string]int { return s.state.Load().calls.snapshot() }

// SetFaults replaces the faults.
func (s *Server) SetFaults(list []Fault) error { return s.state.Load().faults.replace(list) }

// Advance moves the virtual clock.
func (s *Server) Advance(d time.Duration) time.Time {
	return advance(context.Background(), s.state.Load().World, d)
}

// Now is the virtual time.
func (s *Server) Now() time.Time {
	var now time.Time
	w := s.state.Load().World
	w.Do(func() { now = w.Now() })
	return now
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isControl(r) {
		s.control(w, r)
		return
	}
	s.serve(w, r)
}
