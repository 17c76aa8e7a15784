package demo

import (
	"time"

	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/world"
)

// hand does things in the company's account, as its root, and lets time pass.
type hand struct {
	world *world.World
	*inside.Hand
}

func scope(region string) world.Scope {
	return world.Scope{Partition: "aws", Account: Account, Region: region}
}

// all performs operations of one service one after another and stops at the first error.
func (h *hand) all(service, region string, inputs ...any) (err error) {
	h.world.Do(func() {
		for _, in := range inputs {
			if _, err = h.Do(scope(region), service, in); err != nil {
				return
			}
		}
	})
	return err
}

// ask performs an operation and returns its typed output.
func ask[O any](h *hand, service, region string, in any) (out *O, err error) {
	h.world.Do(func() { out, err = inside.Ask[O](h.Hand, scope(region), service, in) })
	return out, err
}

func (h *hand) now() (now time.Time) {
	h.world.Do(func() { now = h.world.Now() })
	return now
}

// until lets time pass, with all that happens in it. A moment that is over already is now: a fast clock runs on while we work.
func (h *hand) until(t time.Time) {
	if left := t.Sub(h.now()); left > 0 {
		h.world.Advance(left)
	}
}
