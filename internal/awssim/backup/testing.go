package backup

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const (
	maxTests      = 40 // concurrent restore tests of DynamoDB, fixed (semantics 5.1)
	deletionDelay = time.Minute
)

// testPlan is a restore testing plan.
type testPlan struct {
	area       *area
	name, arn  string
	seq        uint64
	request    string
	created    time.Time
	updated    time.Time
	lastRun    time.Time
	schedule   Schedule
	expression string
	zone       string
	hours      int32 // start window
	points     types.RestoreTestingRecoveryPointSelection
	tags       map[string]string
	selections []*testSelection
	generation int
	deleted    bool
}

// testSelection says which protected resources a plan tests.
type testSelection struct {
	name       string
	seq        uint64
	request    string
	created    time.Time
	role       string
	resources  []string
	conditions *types.ProtectedResourceConditions
	overrides  map[string]string
	hours      int32 // validation window
}

func (t *testPlan) rank() rank      { return rank{At: -int64(t.seq), Seq: t.seq} }
func (x *testSelection) rank() rank { return rank{At: -int64(x.seq), Seq: x.seq} }

// scheduleTest puts the plan's next run after a moment on the clock.
func (s *Service) scheduleTest(t *testPlan, after time.Time) {
	generation := t.generation
	if at := t.schedule.Next(after); !at.IsZero() {
		s.w.At(at, func() {
			if !t.deleted && t.generation == generation {
				s.runTest(t, at.UTC())
			}
		})
	}
}

// runTest restores one eligible recovery point of every selected resource; a resource without one is skipped silently (semantics 5.1).
func (s *Service) runTest(t *testPlan, at time.Time) {
	s.scheduleTest(t, at)
	t.lastRun = at
	t.area.restores.prune(s.monthAgo())
	window := time.Duration(t.hours) * time.Hour
	for _, x := range t.selections {
		for _, arn := range sortedKeys(t.area.resources) {
			r := t.area.resources[arn]
			if !x.takes(r) {
				continue
			}
			if p := s.pick(t, r, at); p != nil {
				s.testRestore(t, x, p, window)
			}
		}
	}
}

// takes tells whether a resource is selected. Tag conditions look at the tags of its latest recovery point, under bare keys (assumed: UNCONFIRMED 14).
func (x *testSelection) takes(r *resource) bool {
	last := r.points.last()
	if last == nil {
		return false
	}
	if len(x.resources) > 0 && !slices.Contains(x.resources, "*") && !slices.Contains(x.resources, r.arn) {
		return false
	}
	if x.conditions == nil {
		return true
	}
	for _, c := range x.conditions.StringEquals {
		if v, has := last.tags[deref(c.Key)]; !has || v != deref(c.Value) {
			return false
		}
	}
	for _, c := range x.conditions.StringNotEquals {
		if v, has := last.tags[deref(c.Key)]; has && v == deref(c.Value) {
			return false
		}
	}
	return true
}

// pick chooses the recovery point to restore, nil when none is eligible.
func (s *Service) pick(t *testPlan, r *resource, at time.Time) *point {
	if !slices.Contains(t.points.RecoveryPointTypes, types.RestoreTestingRecoveryPointTypeSnapshot) {
		return nil // tables have snapshots only
	}
	from := at.Add(-time.Duration(t.points.SelectionWindowDays) * day)
	var eligible []*point
	for p := range r.points.newest() {
		if p.created.Before(from) {
			break
		}
		if p.status == types.RecoveryPointStatusCompleted && matchesAny(t.points.IncludeVaults, p.vault.arn) && !matchesAny(t.points.ExcludeVaults, p.vault.arn) {
			eligible = append(eligible, p)
		}
	}
	switch {
	case len(eligible) == 0:
		return nil
	case t.points.Algorithm == types.RestoreTestingRecoveryPointSelectionAlgorithmRandomWithinWindow:
		return eligible[int(s.w.Duration(time.Duration(len(eligible))))]
	}
	return eligible[0]
}

func (s *Service) testRestore(t *testPlan, x *testSelection, p *point, window time.Duration) {
	metadata := s.inferred(p)
	maps.Copy(metadata, x.overrides)
	j := s.newRestore(p, x.role, metadata)
	j.test, j.testing, j.tags = t, x, map[string]string{restoreTestTag: j.id}
	until := s.w.Now().Add(window)
	s.w.After(s.w.Duration(window), func() { s.attemptTest(j, until) })
}

// inferred is the metadata that restore testing works out for a table.
func (s *Service) inferred(*point) map[string]string {
	name := restoreTestTag + "-" + s.w.Hex(12)
	return map[string]string{"deletionProtection": "false", "encryptionType": "Default", "targetTableName": name}
}

// attemptTest starts a restore test when fewer than 40 run (a limit that lifted quotas lift too), or tries again until the start window is over.
func (s *Service) attemptTest(j *restoreJob, until time.Time) {
	if s.o.LiftQuotas || s.runningTests(j.area) < maxTests {
		s.runRestore(j)
		return
	}
	if again := s.w.Now().Add(retryEvery); again.Before(until) {
		s.w.At(again, func() { s.attemptTest(j, until) })
		return
	}
	s.endRestore(j, types.RestoreJobStatusFailed, "Restore job was unable to start within the specified start window. Try increasing your start window.")
}

func (s *Service) runningTests(a *area) (n int) {
	for j := range a.restores.newest() {
		if j.test != nil && j.status == types.RestoreJobStatusRunning {
			n++
		}
	}
	return n
}

// awaitValidation keeps a restored table for the validation window.
func (s *Service) awaitValidation(j *restoreJob) {
	window := time.Duration(j.testing.hours) * time.Hour
	if window == 0 {
		s.w.After(deletionDelay, func() { s.deleteRestored(j) })
		return
	}
	j.validation = types.RestoreValidationStatusValidating
	s.w.After(window, func() {
		if j.validation == types.RestoreValidationStatusValidating {
			j.validation = types.RestoreValidationStatusTimedOut
		}
		s.deleteRestored(j)
	})
}

// deleteRestored deletes the table of a restore test, once, unless its tag was taken away. AWS's own service-linked role deletes it, not the selection's.
func (s *Service) deleteRestored(j *restoreJob) {
	if j.deletion != "" {
		return
	}
	fail := func(why string) { j.deletion, j.deletionIs = types.RestoreDeletionStatusFailed, why }
	sc, name, _ := tableOf(j.tableARN)
	view, exists := s.o.Tables.Lookup(sc, name)
	if !exists {
		j.deletion = types.RestoreDeletionStatusSuccessful
		return
	}
	if _, tagged := view.Tags[restoreTestTag]; !tagged {
		fail("The restored resource does not carry the tag " + restoreTestTag + " and was not deleted.")
		return
	}
	if err := s.o.Tables.Delete(sc, name); err != nil {
		why := err.Error()
		var e *api.Error
		if errors.As(err, &e) {
			why = e.Message
		}
		fail(why)
		return
	}
	j.deletion = types.RestoreDeletionStatusDeleting
	s.w.After(deletionDelay, func() { s.confirmDeletion(j) })
}

func (s *Service) confirmDeletion(j *restoreJob) {
	sc, name, _ := tableOf(j.tableARN)
	if _, exists := s.o.Tables.Lookup(sc, name); exists {
		s.w.After(deletionDelay, func() { s.confirmDeletion(j) })
		return
	}
	j.deletion = types.RestoreDeletionStatusSuccessful
}

// overridable are the inferred metadata that a selection may override for tables.
func overridable(key string) bool {
	return strings.EqualFold(key, "encryptionType") || strings.EqualFold(key, "kmsMasterKeyArn")
}
