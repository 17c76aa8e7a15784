package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"

	"charm.land/lipgloss/v2"
)

// Status is the one line of progress, redrawn in place on a terminal and silent elsewhere.
type Status struct {
	mu     sync.Mutex
	w      io.Writer
	screen Screen
	off    bool
	last   time.Time
	shown  bool
}

// NewStatus makes a status line on w; quiet keeps it silent.
func NewStatus(w io.Writer, screen Screen, quiet bool) *Status {
	return &Status{w: w, screen: screen, off: quiet || !screen.Live}
}

// Show replaces the line, at most ten times a second.
func (s *Status) Show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.off || time.Since(s.last) < 100*time.Millisecond {
		return
	}
	s.last, s.shown = time.Now(), true
	line := Clean(text)
	for lipgloss.Width(line) >= s.screen.Width {
		line = Short(line, s.screen.Width-1)
	}
	fmt.Fprintf(s.w, "\r\x1b[K%s", s.screen.Paint(Faint, line))
}

// Clear takes the line away, before anything else is written.
func (s *Status) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown {
		fmt.Fprint(s.w, "\r\x1b[K")
		s.shown = false
	}
}
