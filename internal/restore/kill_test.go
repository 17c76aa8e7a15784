package restore_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/settings"
)

// killed is what a process that ends in the middle leaves of itself: nothing.
type killed struct{}

// dying runs a restore and ends it at a moment, without another line of it run; ended is false when the restore came to its end before.
func (s *stage) dying(o restore.Options, at int) (moment string, ended bool) {
	s.t.Helper()
	n := 0
	o.Watch = func(m string) {
		if n++; n == at {
			moment = m
			panic(killed{})
		}
	}
	run, err := restore.Start(s.t.Context(), s.session.Accounts()[0], o)
	s.must(err)
	defer func() { _ = run.Close() }()
	defer func() {
		if p := recover(); p != nil {
			if _, ours := p.(killed); !ours {
				panic(p)
			}
		}
	}()
	_, err = run.Wait(s.t.Context())
	s.must(err)
	return "", true
}

// TestKilledAnywhereItIsFoundAgain ends a restore at each moment before and after a durable step, and resumes it: it comes to the same end, and
// AWS is asked for each table once.
func TestKilledAnywhereItIsFoundAgain(t *testing.T) {
	for _, c := range []struct {
		kind   settings.Kind
		region string
		call   string
		stride func(at int) int
		change map[settings.Setting]settings.Outcome
	}{
		{settings.ByPITR, simtest.Region, "dynamodb:RestoreTableToPointInTime", func(int) int { return 1 }, nil},
		{settings.ByPoint, other, "backup:StartCopyJob", func(at int) int { // what follows the restore is the same as with PITR
			if at < 16 {
				return 1
			}
			return 7
		}, map[settings.Setting]settings.Outcome{settings.Encryption: settings.Same, settings.Kinesis: settings.NotPossible}},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			source := s.source()
			var all sync.WaitGroup
			slots := make(chan struct{}, 12)
			runs, over := 0, make(chan struct{})
			var once sync.Once
			for at := 1; ; at += c.stride(at) {
				select {
				case <-over:
				case slots <- struct{}{}:
					runs++
					all.Go(func() {
						defer func() { <-slots }()
						if s.killAt(c.kind, c.region, source, at, c.change) {
							once.Do(func() { close(over) })
						}
					})
					continue
				}
				break
			}
			all.Wait()
			if runs < 15 {
				t.Errorf("only %d moments", runs)
			}
			// A copy job that was asked for again with its token is the same job.
			if n := s.sim.Calls()[c.call]; n != runs && (c.kind == settings.ByPITR || n > runs+13) {
				t.Errorf("%s was called %d times for %d restores", c.call, n, runs)
			}
		})
	}
}

// killAt kills one restore and resumes it; true when it ended by itself.
func (s *stage) killAt(kind settings.Kind, region string, source restore.Source, at int, change map[settings.Setting]settings.Outcome) bool {
	r := s.request(kind, region)
	r.Target = fmt.Sprintf("restored-%d", at)
	o := s.optionsOf(r, source)
	o.ID = fmt.Sprintf("rt-%d", at)
	moment, ended := s.dying(o, at)
	run, err := restore.Resume(s.t.Context(), s.session.Accounts()[0], restore.Options{ID: o.ID, Store: s.store, Settle: o.Settle, Pause: o.Pause})
	if err != nil {
		s.t.Errorf("killed %s: resume: %v", moment, err)
		return ended
	}
	defer func() { _ = run.Close() }()
	got, err := run.Wait(s.t.Context())
	if err != nil || got.State != restore.Done || got.TableID == "" {
		s.t.Errorf("killed %s: %v, %+v", moment, err, got)
		return ended
	}
	// A step whose call was made and not noted is found done, so that it may read as the same.
	lines := outcomes(got.Lines)
	if diff := cmp.Diff(complete(change), lines); diff != "" {
		s.t.Errorf("killed %s: %s", moment, diff)
	}
	if n := s.items(region, r.Target); n != 20 {
		s.t.Errorf("killed %s: %d items", moment, n)
	}
	return ended
}
