package restore_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/settings"
)

// complete is what a whole restore makes of a table that has everything.
func complete(change map[settings.Setting]settings.Outcome) map[settings.Setting]settings.Outcome {
	out := map[settings.Setting]settings.Outcome{settings.Replicas: settings.Same}
	for _, s := range settings.All() {
		switch {
		case s.Carried():
			out[s] = settings.Carried
		case s != settings.Replicas:
			out[s] = settings.Reapplied
		}
	}
	for s, o := range change {
		out[s] = o
	}
	return out
}

// TestEveryRouteBringsBackEverything: each point, in its Region and into another.
func TestEveryRouteBringsBackEverything(t *testing.T) {
	far := map[settings.Setting]settings.Outcome{settings.Encryption: settings.Same, settings.Kinesis: settings.NotPossible}
	for _, c := range []struct {
		name   string
		kind   settings.Kind
		region string
		change map[settings.Setting]settings.Outcome
	}{
		{"PITR in its Region", settings.ByPITR, simtest.Region, nil},
		{"PITR into another Region", settings.ByPITR, other, far},
		{"a native backup in its Region", settings.ByBackup, simtest.Region, nil},
		{"a native backup into another Region", settings.ByBackup, other, far},
		{"a recovery point in its Region", settings.ByPoint, simtest.Region, nil},
		{"a recovery point, copied into another Region", settings.ByPoint, other, far},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			before := s.sourceText()
			s.guardSource()
			got, err := s.run(s.options(s.request(c.kind, c.region)))
			s.must(err)
			if got.State != restore.Done || got.TableID == "" || got.Requested.IsZero() || got.Active.Before(got.Requested) || got.Completed.Before(got.Active) || len(got.Asked) == 0 {
				t.Errorf("result: %+v", got)
			}
			if diff := cmp.Diff(complete(c.change), outcomes(got.Lines)); diff != "" {
				t.Errorf("lines: %s\n%+v", diff, got.Lines)
			}
			if n := s.items(c.region, "restored"); n != 20 {
				t.Errorf("%d items", n)
			}
			if diff := cmp.Diff(before, s.sourceText()); diff != "" || s.items(simtest.Region, "orders") != 20 {
				t.Errorf("the source was touched: %s", diff)
			}
		})
	}
}
