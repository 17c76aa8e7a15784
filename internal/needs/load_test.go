package needs_test

import (
	"maps"
	"sync"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/needs"
)

// What was loaded is asked any number of times, side by side, and answers alike: nothing of it changes.
func TestNeedsAreOnlyRead(t *testing.T) {
	c, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	shared, err := needs.Load(c)
	if err != nil {
		t.Fatal(err)
	}
	always := func(string) bool { return true }
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			for _, k := range c.Controls() {
				fresh, err := needs.Load(c)
				if err != nil {
					t.Error(err)
					return
				}
				want, err := fresh.Of([]*control.Control{k}, always)
				got, err2 := shared.Of([]*control.Control{k}, always)
				if err != nil || err2 != nil || !maps.Equal(got, want) {
					t.Errorf("%s: got %v (%v), want %v (%v)", k.ID, got, err2, want, err)
				}
			}
		})
	}
	wait.Wait()
}
