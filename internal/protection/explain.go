package protection

import (
	"cmp"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// weekDays is how far an explanation looks ahead.
const weekDays = 7

// Explanation is everything there is to say about one table: why it can, or cannot, be got back.
type Explanation struct {
	Coverage *Coverage
	Plans    []PlanExplanation // every plan, selecting or not, in the order of the estate
	Timeline []Event           // in order of time
	Forecast Forecast          // over the next week
	LossNow  Answer[int64]     // seconds that would be lost if items were damaged now
	LossWeek Answer[int64]     // seconds that may be lost at the worst moment of the next week

	Warnings []Warning    // all, each once
	Assumed  []Assumption // all readings that any decision rests on, each once
}

// PlanExplanation is one plan with each of its selections and, if it selects the table or may, each of its rules.
type PlanExplanation struct {
	ID, Plan   string
	Selects    Answer[bool]
	Effective  Answer[bool] // absent when the plan does not select the table
	Selections []Detail
	Rules      []RuleExplanation
}

// RuleExplanation is one rule with its prerequisites in the order in which they are judged.
type RuleExplanation struct {
	Cover         RuleCover
	Prerequisites []Prerequisite
	Warnings      []Warning
	Assumed       []Assumption
}

// Prerequisite is one thing that must hold.
type Prerequisite struct {
	Name   string
	Answer Answer[bool]
}

// Kinds of events.
const (
	EventTable   = "table-created"
	EventPoint   = "recovery-point"
	EventNative  = "native-backup"
	EventJob     = "backup-job" // a job that did not succeed, or is under way
	EventNow     = "now"
	EventComing  = "coming"
	EventExpires = "expires"
	EventFull    = "pitr-full"
)

// Event is one entry of the timeline.
type Event struct {
	At    estate.Instant
	Until estate.Instant // end of a span, for coming points: when they are there at the latest; 0: none
	Kind  string
	Text  string
}

// Explain gathers what the explain command shows.
func Explain(c *Coverage) Explanation {
	e := Explanation{Coverage: c, Plans: c.explainPlans()}
	e.Forecast = c.Forecast(c.unit.Now.Or(0), weekDays)
	if !c.unit.Now.IsKnown() { // points that are to come are to come from some present on
		e.Forecast.Coming = nil
	}
	e.LossNow, e.LossWeek = c.lossNow(), e.Forecast.MaxLoss
	e.Timeline = c.timeline(&e.Forecast)
	for i := range e.Plans {
		for k := range e.Plans[i].Selections {
			d := &e.Plans[i].Selections[k]
			e.add(d.Warnings, d.Assumed)
		}
		for k := range e.Plans[i].Rules {
			r := &e.Plans[i].Rules[k]
			e.add(r.Warnings, r.Assumed)
		}
	}
	return e
}

func (e *Explanation) add(warnings []Warning, assumed []Assumption) {
	for _, w := range warnings {
		if !slices.Contains(e.Warnings, w) {
			e.Warnings = append(e.Warnings, w)
		}
	}
	for _, a := range assumed {
		if !slices.Contains(e.Assumed, a) {
			e.Assumed = append(e.Assumed, a)
		}
	}
}

func (c *Coverage) lossNow() Answer[int64] {
	for i := range c.Scenarios {
		if c.Scenarios[i].Name == objective.ItemsDamaged {
			return c.Scenarios[i].LossNow
		}
	}
	return Answer[int64]{}
}

func (c *Coverage) explainPlans() []PlanExplanation {
	out := make([]PlanExplanation, 0, len(c.index.plans))
	byPlan := map[*planIndex][]Detail{}
	for i := range c.Considered {
		p := c.Considered[i].sel.plan
		byPlan[p] = append(byPlan[p], c.Considered[i].Detail())
	}
	for _, p := range c.index.plans {
		pe := PlanExplanation{ID: p.plan.ID, Plan: p.name, Selections: byPlan[p]}
		pe.Selects = selectsWhole(p, pe.Selections)
		pe.Effective = absent[bool]("the plan does not select the table")
		for i := range c.Plans.Items {
			if pc := &c.Plans.Items[i]; pc.plan == p {
				pe.Effective = pc.Effective
				for k := range pc.Rules {
					pe.Rules = append(pe.Rules, pc.Rules[k].explain())
				}
			}
		}
		out = append(out, pe)
	}
	return out
}

func selectsWhole(p *planIndex, details []Detail) Answer[bool] {
	t, why := no, "no selection of the plan matches"
	for i := range details {
		if s := holds(details[i].Selects); t.or(s) != t {
			t, why = t.or(s), details[i].Sentence
		}
	}
	if len(details) == 0 {
		why = "the plan has no selections"
	}
	if !p.plan.Selections.IsWhole() && t == no {
		return answered(maybe, "the plan's selections are not all known", estate.Read("plan.selections", p.plan.ID, p.plan.Selections.Whole))
	}
	return answered(t, why)
}

func (r *RuleCover) explain() RuleExplanation {
	e := RuleExplanation{Cover: *r, Warnings: r.warnings(), Prerequisites: []Prerequisite{
		{"selects the table", r.Selects},
		{"the vault exists", r.VaultExists},
		{"the role exists", r.RoleExists},
		{"the role trusts AWS Backup", r.RoleTrusted},
		{"the schedule runs", r.ScheduleRuns},
		{"the windows are valid", r.WindowsValid},
		{"the lifecycle is valid", r.LifecycleValid},
		{"the retention fits the vault's lock", r.RetentionFitsLock},
		{"the encryption key is usable", r.KeyUsable},
	}}
	if triOf(r.RetentionFitsLock) == no && r.RetentionDays.Or(0) == Forever { // number 8
		e.Assumed = append(e.Assumed, Assumption{"for-ever-against-maximum", "keeping for ever exceeds a vault lock's maximum"})
	}
	return e
}

// timeline puts past and coming points, failed jobs and the present in order.
func (c *Coverage) timeline(f *Forecast) []Event {
	var out []Event
	add := func(at, until estate.Instant, kind, text string) { out = append(out, Event{at, until, kind, text}) }
	if at, ok := c.Table.CreatedAt.Get(); ok {
		add(at, 0, EventTable, "the table was created")
	}
	for i := range f.Existing {
		p := &f.Existing[i]
		kind, text := EventPoint, "recovery point in vault "+quote(p.Vault)
		if p.Vault == "" {
			kind, text = EventNative, "DynamoDB backup"
		}
		add(p.Created, 0, kind, text)
		if at, ok := p.Expires.Get(); ok {
			add(at, 0, EventExpires, "the point of "+date(p.Created.Time())+" expires")
		}
	}
	out = append(out, c.jobEvents()...)
	for _, p := range f.Coming {
		add(p.Scheduled, p.Latest, EventComing, "rule "+quote(p.Rule)+" of plan "+quote(p.Plan)+" into vault "+quote(vaultLabel(p.Vault)))
	}
	if now, ok := c.unit.Now.Get(); ok {
		add(now, 0, EventNow, "now")
	}
	if at, ok := c.PITR.FullOn.Get(); ok && triOf(c.PITR.Full) == no {
		add(at, 0, EventFull, "the window of point-in-time recovery is full")
	}
	slices.SortStableFunc(out, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	return out
}

// vaultLabel is the name of a vault that is known by its ARN or by its name.
func vaultLabel(v string) string { return v[strings.LastIndexByte(v, ':')+1:] }

// jobEvents are the jobs that did not succeed and those under way.
func (c *Coverage) jobEvents() []Event {
	jobs, _ := c.index.jobsOf(c.Table)
	var out []Event
	for _, j := range jobs {
		at, ok := j.CreatedAt.Get()
		if !ok || jobSucceeded(j) == yes {
			continue
		}
		text := "backup job " + state(j.State.Or("UNKNOWN"))
		if m, ok := j.Message.Get(); ok && m != "" {
			text += ": " + message(m)
		}
		out = append(out, Event{at, 0, EventJob, text})
	}
	return out
}
