package protection

import (
	"time"
	_ "time/tzdata" // so that a saved estate judges alike on every machine

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection/awscron"
)

// Defaults of a rule (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html).
const (
	defaultSchedule         = "cron(0 5 ? * * *)"
	defaultStartWindow      = 480    // minutes
	defaultCompletionWindow = 10_080 // minutes
	minStartWindow          = 60     // minutes
	maxStartWindow          = 52_560_000
	defaultZone             = "UTC"
)

// standardYear is where intervals are measured for a schedule that runs for ever, so that they do not depend on the present.
func standardYear() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// lastYear is so late that a schedule with a start after it runs for ever, as far as anybody cares.
func lastYear() time.Time { return time.Date(2190, 1, 1, 0, 0, 0, 0, time.UTC) }

// schedule is a rule's schedule in its time zone.
type schedule struct {
	cron    awscron.Schedule
	zone    *time.Location
	state   tri // yes: valid; no: problem says why not; maybe: not known
	problem string
	forever bool          // runs beyond every horizon
	longest time.Duration // between two starts, in the standard year; 0 unless forever
	basis   []estate.Reading
}

// scheduleKey is what a schedule is made of.
type scheduleKey struct{ expression, zone string }

// schedules compiles each distinct schedule once.
type schedules struct {
	compiled map[scheduleKey]schedule
	zones    map[string]*time.Location
}

func newSchedules() *schedules {
	return &schedules{compiled: map[scheduleKey]schedule{}, zones: map[string]*time.Location{}}
}

func (c *schedules) of(r *estate.Rule) schedule {
	expression, known := textOr(r.Schedule, defaultSchedule)
	zone, knownZone := textOr(r.Timezone, defaultZone)
	basis := []estate.Reading{estate.Read("rule.schedule", r.ID, r.Schedule), estate.Read("rule.timezone", r.ID, r.Timezone)}
	if !known || symbolic(expression) {
		return schedule{problem: "the schedule is not known", basis: basis[:1]}
	}
	if !knownZone || symbolic(zone) {
		return schedule{problem: "the schedule's time zone is not known", basis: basis[1:]}
	}
	key := scheduleKey{expression, zone}
	s, ok := c.compiled[key]
	if !ok {
		s = c.compile(expression, zone)
		c.compiled[key] = s
	}
	s.basis = basis
	return s
}

func (c *schedules) compile(expression, zone string) schedule {
	cron, err := awscron.Parse(expression)
	if err != nil {
		return schedule{state: no, problem: "the schedule is not valid: " + err.Error()}
	}
	loc, ok := c.zones[zone]
	if !ok {
		// "Local" would be this machine's zone.
		if loc, err = time.LoadLocation(zone); err != nil || zone == "Local" {
			loc = nil
		}
		c.zones[zone] = loc
	}
	if loc == nil {
		return schedule{state: no, problem: "there is no time zone " + quote(zone)}
	}
	s := schedule{cron: cron, zone: loc, state: yes}
	if _, s.forever = cron.Next(lastYear(), loc); s.forever {
		_, s.longest = cron.SmallestInterval(loc, standardYear())
	}
	return s
}

// textOr is a fact's text, or what AWS takes when it is absent; ok is false when it is not known.
func textOr(f estate.Fact[string], other string) (string, bool) {
	if f.IsAbsent() {
		return other, true
	}
	return f.Get()
}

func numberOr(f estate.Fact[int64], other int64) (int64, bool) {
	if f.IsAbsent() {
		return other, true
	}
	return f.Get()
}

// runs is whether the schedule is valid and has a start to come.
func (s *schedule) runs(now estate.Fact[estate.Instant]) Answer[bool] {
	if s.state != yes {
		return answered(s.state, s.problem, s.basis...)
	}
	if s.forever {
		return answered(yes, "the schedule runs", s.basis...)
	}
	basis := append([]estate.Reading{estate.Read("unit.now", "", now)}, s.basis...)
	at, ok := now.Get()
	if !ok {
		return answered(maybe, "the schedule ends one day, and the present is not known", basis...)
	}
	if _, more := s.cron.Next(at.Time(), s.zone); !more {
		return answered(no, "the schedule has no start to come", basis...)
	}
	return answered(yes, "the schedule runs, but not for ever", basis...)
}

// next is the next scheduled start; absent when there is none.
func (s *schedule) next(now estate.Fact[estate.Instant]) Answer[estate.Instant] {
	basis := append([]estate.Reading{estate.Read("unit.now", "", now)}, s.basis...)
	at, ok := now.Get()
	if !ok || s.state == maybe {
		return unknown[estate.Instant]("the present or the schedule is not known", basis...)
	}
	if s.state == no {
		return absent[estate.Instant](s.problem, basis...)
	}
	next, more := s.cron.Next(at.Time(), s.zone)
	if !more {
		return absent[estate.Instant]("the schedule has no start to come", basis...)
	}
	return known(estate.At(next), "scheduled start", basis...)
}

// interval is the longest time between two starts, in seconds, daylight saving included.
func (s *schedule) interval(now estate.Fact[estate.Instant]) Answer[int64] {
	switch s.state {
	case maybe:
		return unknown[int64](s.problem, s.basis...)
	case no:
		return absent[int64](s.problem, s.basis...)
	}
	longest := s.longest
	if !s.forever {
		at, ok := now.Get()
		if !ok {
			return unknown[int64]("the schedule ends one day, and the present is not known", estate.Read("unit.now", "", now))
		}
		_, longest = s.cron.SmallestInterval(s.zone, at.Time())
	}
	if longest == 0 {
		return known(Forever, "the schedule never runs twice", s.basis...)
	}
	return known(seconds(longest), "longest time between two scheduled starts", s.basis...)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// sum adds durations of which one may be Forever.
func sum(a, b int64) int64 {
	if a >= Forever-b {
		return Forever
	}
	return a + b
}
