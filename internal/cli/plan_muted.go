package cli

import (
	"cmp"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/remedy/planning"
)

// muteFindings keeps a plan from mending what somebody looks away from: by the ignore file, or in the saved reports that it is made from.
// Each evaluation has a set of exceptions of its own, since a set is used by one goroutine.
func (a *app) muteFindings(in *planning.Input, o planOptions) error {
	said, err := a.overlays(gateOptions{ignoreFile: o.ignoreFile}, in.Catalogue, in.Controls, o.filter.given())
	if err != nil {
		return err
	}
	for _, u := range in.Estate.Units {
		if err := said.tooFar(u.Now.Or(estate.At(a.now()))); err != nil {
			return err
		}
	}
	muted, err := mutedIn(o.reports)
	if err != nil {
		return err
	}
	now := estate.At(a.now())
	in.Muted = func(u *estate.Unit) func(control.Finding) bool {
		view := overlay.NewSet(said.written).Unit(u, now, false)
		return func(f control.Finding) bool {
			mute, _ := view.Of(&f)
			return mute != nil || muted[f.Fingerprint]
		}
	}
	return nil
}

// called is how people know a resource: a plan's ARN holds an id.
func called(name, resource string) string { return cmp.Or(name, short(resource)) }
