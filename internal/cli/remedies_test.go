package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/remedy/planning"
)

// A control may name what a plan can propose, and nothing else.
func TestRemediesOfControlsAreThoseOfPlans(t *testing.T) {
	if diff := cmp.Diff(planning.IDs(), control.Remedies()); diff != "" {
		t.Error(diff)
	}
}
