// Package world holds what every simulated AWS service shares: one lock, one virtual clock with its scheduled events, and identifiers.
package world

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Scope is where a request lands: one account in one Region of one partition.
type Scope struct {
	Partition string // "aws", "aws-cn", "aws-us-gov"
	Account   string // 12 digits
	Region    string // for example "eu-west-1"; global services use "us-east-1"
}

// ARN builds an ARN in the scope, for example s.ARN("dynamodb", "table/orders").
func (s Scope) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", s.Partition, service, s.Region, s.Account, resource)
}

// GlobalARN builds an ARN without a Region, as IAM and STS use.
func (s Scope) GlobalARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", s.Partition, service, s.Account, resource)
}

// World is the shared state. Everything but Do and DoAt is called with the lock held, that is, from inside a handler or an event:
// one lock makes the simulation deterministic, and handlers take microseconds.
type World struct {
	mu     sync.Mutex
	real   func() time.Time
	origin time.Time // real time at which the virtual clock stood at base
	base   time.Time
	speed  float64
	now    time.Time
	events eventHeap
	seq    uint64
	rng    *rand.Rand
}

// Options sets the clock. The zero value follows the machine's clock at its own pace.
type Options struct {
	Start time.Time        // virtual time at which the world begins; zero means the machine's time
	Speed float64          // virtual seconds per real second; zero means 1
	Real  func() time.Time // the machine's clock; nil means time.Now
	Seed  uint64           // identifiers and random moments are drawn from it
}

// New makes a world whose clock starts now.
func New(o Options) *World {
	if o.Real == nil {
		o.Real = time.Now
	}
	if o.Speed == 0 {
		o.Speed = 1
	}
	origin := o.Real()
	if o.Start.IsZero() {
		o.Start = origin
	}
	start := o.Start.UTC()
	return &World{real: o.Real, origin: origin, base: start, now: start, speed: o.Speed, rng: rand.New(rand.NewPCG(o.Seed, 20181115))}
}

// Do runs f with the lock held, after every event that has come due.
func (w *World) Do(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.catchUp(w.base.Add(time.Duration(float64(w.real().Sub(w.origin)) * w.speed)))
	f()
}

// Advance moves the virtual clock forward and runs every event on the way, in order. It takes the lock itself.
func (w *World) Advance(d time.Duration) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.base = w.base.Add(d)
	w.catchUp(w.base.Add(time.Duration(float64(w.real().Sub(w.origin)) * w.speed)))
	return w.now
}

// SetSpeed makes the virtual clock run so many times as fast as the machine's from here on. It takes the lock itself.
func (w *World) SetSpeed(speed float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.real()
	w.base = w.base.Add(time.Duration(float64(now.Sub(w.origin)) * w.speed))
	w.origin, w.speed = now, speed
}

// Now is the virtual time, UTC. During an event it is the moment for which the event was scheduled.
func (w *World) Now() time.Time { return w.now }

// At schedules f for virtual time t; a past t runs at the next opportunity. Events of one moment run in the order of scheduling.
func (w *World) At(t time.Time, f func()) {
	w.seq++
	heap.Push(&w.events, event{at: t, seq: w.seq, run: f})
}

// After schedules f for d from now.
func (w *World) After(d time.Duration, f func()) { w.At(w.now.Add(d), f) }

func (w *World) catchUp(to time.Time) {
	for len(w.events) > 0 && !w.events[0].at.After(to) {
		e := heap.Pop(&w.events).(event)
		if e.at.After(w.now) {
			w.now = e.at
		}
		e.run()
	}
	if to.After(w.now) {
		w.now = to
	}
}

// Stir makes what is drawn from here on depend on the present virtual time as well. A world that takes over another one's state must not
// draw the identifiers that are in it already. Call it with the lock held.
func (w *World) Stir() { w.rng = rand.New(rand.NewPCG(w.rng.Uint64(), uint64(w.now.UnixNano()))) }

// UUID draws a random identifier in the form of a version 4 UUID.
func (w *World) UUID() string {
	a, b := w.rng.Uint64(), w.rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// Hex draws n random hexadecimal digits, n at most 16.
func (w *World) Hex(n int) string { return fmt.Sprintf("%016x", w.rng.Uint64())[:n] }

// Duration draws a duration in [0, limit).
func (w *World) Duration(limit time.Duration) time.Duration {
	if limit <= 0 {
		return 0
	}
	return time.Duration(w.rng.Int64N(int64(limit)))
}

type event struct {
	at  time.Time
	seq uint64
	run func()
}

type eventHeap []event

func (h eventHeap) Len() int { return len(h) }
func (h eventHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *eventHeap) Push(x any)   { *h = append(*h, x.(event)) }
func (h *eventHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*h = old[:len(old)-1]
	return last
}
