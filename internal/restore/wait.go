package restore

import (
	"context"
	"time"
)

const (
	firstPause = 200 * time.Millisecond
	lastPause  = 15 * time.Second
)

// wait is a pause that grows from 200 ms to 15 s.
type wait struct {
	pause    time.Duration
	deadline time.Time // zero: none
}

// wait begins to wait for at most so long; 0 means without end.
func (r *Run) wait(within time.Duration) *wait {
	w := &wait{pause: r.o.Pause}
	if within > 0 {
		w.deadline = time.Now().Add(within)
	}
	return w
}

// left reports whether there is time left.
func (w *wait) left() bool { return w.deadline.IsZero() || time.Now().Before(w.deadline) }

// next pauses; false: the time is up, or ctx has ended.
func (w *wait) next(ctx context.Context) bool {
	pause := w.pause
	if !w.deadline.IsZero() {
		pause = min(pause, time.Until(w.deadline))
	}
	if pause <= 0 || ctx.Err() != nil {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	w.pause = min(w.pause*3/2, lastPause)
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
