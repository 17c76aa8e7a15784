package backup

import (
	"slices"
	"time"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
)

// scheduleRule puts the rule's next run after a moment on the clock.
func (s *Service) scheduleRule(r *rule, after time.Time) {
	if at := r.schedule.Next(after); !at.IsZero() {
		s.w.At(at, func() { s.runRule(r, at.UTC()) })
	}
}

// runRule is one scheduled run: the tables that the plan selects at this very moment get a job each.
func (s *Service) runRule(r *rule, at time.Time) {
	p := r.version.plan
	if !p.alive() || p.current() != r.version {
		return
	}
	s.scheduleRule(r, at)
	p.lastRun = at
	p.area.jobs.prune(s.monthAgo())
	p.area.copies.prune(s.monthAgo())
	if r.overruled(at) {
		return
	}
	tables := s.o.Tables.Tables(p.area.Scope)
	taken := make(map[string]bool, len(tables)) // one job per rule and table, whichever selections match it (assumed: UNCONFIRMED 6)
	for _, x := range p.selections {
		s.runSelection(r, x, tables, taken)
	}
}

func (s *Service) runSelection(r *rule, x *selection, tables []dynamodb.TableView, taken map[string]bool) {
	p := r.version.plan
	if x.usesTags() && !s.readsTags(*x.shown.IamRoleArn) {
		return
	}
	in := s.optIns(p)
	for i := range tables {
		t := &tables[i]
		if taken[t.ARN] || t.Status == "DELETING" {
			continue
		}
		if selected, needsOptIn := matches(&x.shown, t); selected && (in || !needsOptIn) {
			taken[t.ARN] = true
			s.scheduledJob(r, t, *x.shown.IamRoleArn)
		}
	}
}

// readsTags tells whether the role may look tags up for a selection that needs them; without that nothing is found and no job comes to be (assumed).
// A role that cannot be assumed at all makes jobs that fail.
func (s *Service) readsTags(role string) bool {
	return s.o.Roles == nil || s.o.Roles.AssumableBy(role, principal) != nil || s.o.Roles.Allows(role, "tag:GetResources", "*", nil)
}

// optIns is the opt-in for tables that a plan is judged by: the management account's for organisation plans (semantics 1.6).
func (s *Service) optIns(p *plan) bool {
	a := p.area
	if p.opted {
		sc := a.Scope
		sc.Account = s.payer(sc.Account)
		a = s.area(sc)
	}
	return a.settings.optIn[resourceType]
}

// overruled tells whether a rule of the same plan that keeps longer runs in a start window that overlaps this run's (semantics 1.9). Of rules that
// keep equally long the first counts, and a run that is itself overruled overrules no other: neither is documented (assumed).
func (r *rule) overruled(at time.Time) bool {
	return make(settled).overruled(r, at)
}

// settled remembers the runs that were judged on the way to a verdict.
type settled map[ruleRun]bool

type ruleRun struct {
	rule *rule
	at   int64
}

func (s settled) overruled(r *rule, at time.Time) bool {
	key := ruleRun{r, at.Unix()}
	if lost, known := s[key]; known {
		return lost
	}
	lost := slices.ContainsFunc(r.version.rules, func(o *rule) bool { return o.outranks(r) && s.takes(o, r, at) })
	s[key] = lost
	return lost
}

// takes tells whether a run of rule o, which outranks r, takes the place of r's run.
func (s settled) takes(o, r *rule, at time.Time) bool {
	after := at.Add(-o.startWindow())
	if after.Before(r.version.created) {
		after = r.version.created
	}
	for run := o.schedule.Next(after); !run.IsZero() && run.Before(at.Add(r.startWindow())); run = o.schedule.Next(run) {
		if !s.overruled(o, run) {
			return true
		}
	}
	return false
}

// outranks orders the rules of a plan: by retention, then as they stand in the plan.
func (r *rule) outranks(o *rule) bool {
	if r.retention() != o.retention() {
		return r.retention() > o.retention()
	}
	return slices.Index(r.version.rules, r) < slices.Index(r.version.rules, o)
}
