package drill_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/restorable/restorable/internal/drill"
)

// states are those that a drill was in, by the store.
func (s *stage) states(d *drill.Drill) []string {
	s.t.Helper()
	history, err := s.store.History(s.t.Context(), drill.Kind, d.ID)
	s.must(err)
	var out []string
	for _, t := range history {
		out = append(out, t.To)
	}
	return out
}

func TestADrillRestoresComparesAndCleansUp(t *testing.T) {
	s := newStage(t)
	e := s.engine()
	d := s.drill(e)
	s.must(e.Run(t.Context(), d))
	if d.Verdict != drill.Passed || d.State != drill.Done || d.Cleanup.State != drill.Removed {
		t.Errorf("%s, %s, %+v: %+v", d.Verdict, d.State, d.Cleanup, d.Reasons)
	}
	if want := []string{"planned", "restoring", "completing", "comparing", "cleaning", "done"}; !slices.Equal(s.states(d), want) {
		t.Errorf("states %v, want %v", s.states(d), want)
	}
	if got := s.tables(); !slices.Equal(got, []string{"orders"}) {
		t.Errorf("tables left: %v", got)
	}
	for _, took := range []func() (any, bool){func() (any, bool) { return d.Times.ToActive() }, func() (any, bool) { return d.Times.ToVerified() }} {
		if v, ok := took(); !ok {
			t.Errorf("a time was not measured: %v of %+v", v, d.Times)
		}
	}
	kept, err := drill.Load(t.Context(), s.store, d.ID)
	s.must(err)
	if kept.Verdict != drill.Passed || kept.State != drill.Done {
		t.Errorf("the store says %s, %s", kept.Verdict, kept.State)
	}
}

// TestADrillGoesOnFromEveryState stops a drill before each of its moves, and runs it again.
func TestADrillGoesOnFromEveryState(t *testing.T) {
	for _, at := range drill.States()[1:] {
		if at == drill.Failed {
			continue
		}
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			e := s.engine()
			d := s.drill(e)
			ctx, stop := context.WithCancel(t.Context())
			e.Before = func(_ *drill.Drill, to drill.State) {
				if to == at {
					stop()
				}
			}
			err := e.Run(ctx, d)
			var stopped *drill.StoppedError
			if at != drill.Done && !errors.As(err, &stopped) {
				t.Fatalf("stopped before %s: %v", at, err)
			}
			e.Before = nil
			s.must(e.Run(t.Context(), d))
			if d.Verdict != drill.Passed || d.Cleanup.State != drill.Removed || len(s.tables()) != 1 {
				t.Errorf("%s, %+v, tables %v: %+v", d.Verdict, d.Cleanup, s.tables(), d.Reasons)
			}
		})
	}
}
