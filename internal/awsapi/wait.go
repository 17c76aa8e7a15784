package awsapi

import (
	"context"
	"time"
)

const (
	firstPause = 200 * time.Millisecond
	lastPause  = 15 * time.Second
)

// Wait is the pause between two looks at something that AWS is still at: from 200 ms, half as long again each time, to 15 s.
type Wait struct {
	pause    time.Duration
	deadline time.Time // zero: none
}

// WaitUntil begins to wait; a zero deadline means without end.
func WaitUntil(deadline time.Time) *Wait { return &Wait{pause: firstPause, deadline: deadline} }

// WaitFor begins to wait for at most so long; 0 means without end.
func WaitFor(d time.Duration) *Wait {
	if d <= 0 {
		return WaitUntil(time.Time{})
	}
	return WaitUntil(time.Now().Add(d))
}

// From sets the next pause, from which later ones grow; 0 means 200 ms.
func (w *Wait) From(pause time.Duration) *Wait {
	if pause <= 0 {
		pause = firstPause
	}
	w.pause = pause
	return w
}

// Left reports whether there is time left.
func (w *Wait) Left() bool { return w.deadline.IsZero() || time.Now().Before(w.deadline) }

// Next pauses; false: the time is up, or ctx has ended.
func (w *Wait) Next(ctx context.Context) bool {
	pause := w.pause
	if !w.deadline.IsZero() {
		pause = min(pause, time.Until(w.deadline))
	}
	if pause <= 0 || ctx.Err() != nil {
		return false
	}
	w.pause = min(w.pause*3/2, lastPause)
	return Pause(ctx, pause) == nil
}

// Pause waits, or ends with the context's error.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
