package planning

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

// headline is the control that says whether a table can be got back.
const headline = "recoverable"

// unbroken is the control that asks for backups without a gap: no change turns it at once, and time does.
const unbroken = "consecutive-recovery-points"

// mostWhy is how many findings an action names; the outcome has them all.
const mostWhy = 50

// conclude applies the plan to the estate in memory, asks the controls again and says what the findings will be, when the first recovery
// point is due and what it costs.
func (p *planner) conclude(plan *remedy.Plan) {
	units := make([]*estate.Unit, len(p.drafts))
	for i, d := range p.drafts {
		units[i] = d.unit
	}
	o := &plan.Outcome
	*o = remedy.Outcome{Turns: []remedy.Turn{}, Stays: []remedy.Stay{}, Before: map[string]int{}, After: map[string]int{}}
	due := p.firstPoints(plan)
	o.FirstPoint = sumPoints(due)
	after := make([][]finding, len(p.drafts))
	for i, d := range p.drafts {
		after[i] = d.before
	}
	if len(p.actions) > 0 {
		after = p.judge(units)
	}
	turned := map[string][]turn{}
	for i, d := range p.drafts {
		d.compare(o, after[i], due, turned)
	}
	for i := range plan.Actions {
		p.explain(&plan.Actions[i], p.helped[i], turned)
	}
	order(o)
	p.estimate(plan)
}

// turn is a finding that turns, with the remedy that its control asks for.
type turn struct {
	remedy.Turn
	remedy string
}

// question names a finding across the two evaluations.
type question struct {
	control  *control.Control
	resource string
}

// compare tells the findings of a Region before and after.
func (d *draft) compare(o *remedy.Outcome, after []finding, due map[string]remedy.FirstPoint, turned map[string][]turn) {
	before := make(map[question]control.Verdict, len(d.before))
	for i := range d.before {
		f := &d.before[i]
		before[question{f.control, f.resource}] = f.verdict
		o.Before[string(f.verdict)]++
		count(f, &o.Tables.Before)
	}
	for i := range after {
		f := &after[i]
		o.After[string(f.verdict)]++
		count(f, &o.Tables.After)
		if f.control.ID == headline {
			o.Tables.Tables++
		}
		was, known := before[question{f.control, f.resource}]
		if known && was != f.verdict && was != control.NotApplicable && (f.verdict == control.Pass || was == control.Pass && f.verdict != control.NotApplicable) {
			t := remedy.Turn{Control: f.control.ID, Resource: f.resource, From: string(was), To: string(f.verdict)}
			o.Turns = append(o.Turns, t)
			turned[f.resource] = append(turned[f.resource], turn{t, f.control.Remedy})
		}
		switch {
		case f.verdict != control.Fail && f.verdict != control.Unknown:
		case f.muted:
			o.Ignored++
		default:
			o.Stays = append(o.Stays, remedy.Stay{Control: f.control.ID, Resource: f.resource, Name: f.name, Verdict: string(f.verdict), Why: d.stays(f, due)})
		}
	}
}

// count counts a table that passes the headline's control.
func count(f *finding, passed *int) {
	if f.control.ID == headline && f.verdict == control.Pass {
		*passed++
	}
}

// stays says why a finding is not turned.
func (d *draft) stays(f *finding, due map[string]remedy.FirstPoint) string {
	ids := serving(f.control.Remedy)
	decisive := ids
	if f.control.ID == headline { // a scenario that copies alone survive
		decisive = append(slices.Clone(ids), AddCopies)
	}
	for _, id := range decisive {
		if reason, refused := d.refusals[id+" "+f.resource]; refused {
			return reason
		}
	}
	if point, ok := due[f.resource]; ok && f.verdict == control.Fail && (f.control.ID == unbroken || awaitsPoint(f.control.Remedy)) {
		until := "until its first recovery point,"
		if f.control.ID == unbroken {
			until = "until it has had recovery points for as long as is asked; the first is"
		}
		return fmt.Sprintf("%s due between %s and %s", until, minute(point.Earliest), minute(point.Latest))
	}
	switch {
	case f.verdict == control.Unknown:
		return "not known: " + shorten(f.reason)
	case f.table >= 0 && !d.targets[f.table].chosen:
		return "the table was not chosen"
	case f.control.Remedy == "":
		return "no remedy: " + shorten(f.reason)
	case !f.mended:
		return "it does not fail in the report that the plan was made from"
	case !slices.ContainsFunc(ids, d.asked), f.table >= 0 && !d.asksFor(&d.targets[f.table], f.control.Remedy):
		return d.notAsked(f)
	}
	return "the changes do not reach it: " + shorten(f.reason)
}

// awaitsPoint reports whether a finding with a remedy turns once the table has a recovery point: what backups bring, and nothing else.
func awaitsPoint(remedy string) bool {
	return remedy == CreateBackup || remedy == MakeRecoverable || slices.Contains(serving(remedy), AssignToPlan)
}

// shorten keeps a reason to a length at which many of them can be read.
func shorten(reason string) string {
	const most = 300
	for i := range reason {
		if i > most {
			return strings.TrimRight(reason[:i], " ,;:") + "…"
		}
	}
	return reason
}

// notAsked says why the remedy of a finding was left out, and what would change that: nothing is suggested that would be refused.
func (d *draft) notAsked(f *finding) string {
	reason, next := d.whyNot(f.control.Remedy)
	if f.control.Remedy == CreateBackup && f.table >= 0 && next != "" {
		if obstacle := d.backupWouldFail(&d.targets[f.table]); obstacle != "" {
			return reason + ", and would not help: " + obstacle
		}
	}
	if f.control.Remedy == TagTables && f.table >= 0 && next != "" {
		if missing, _ := d.missingTags(&d.targets[f.table]); len(missing) > 0 {
			next = "--only " + TagTables + " " + d.tagsNext(&d.targets[f.table], missing)
		}
	}
	if next != "" {
		reason += ": " + next
	}
	return reason
}

// explain names the findings that an action helps to turn.
func (p *planner) explain(a *remedy.Action, tables []helped, turned map[string][]turn) {
	a.Why = []remedy.Turn{}
	more := 0
	note := func(resource string) {
		for _, t := range turned[resource] {
			switch {
			case !helps(a.Remedy, t.remedy):
			case len(a.Why) < mostWhy:
				a.Why = append(a.Why, t.Turn)
			default:
				more++
			}
		}
	}
	if a.Remedy == OptIn {
		note(p.account + "/" + a.Region)
	}
	if a.Resource.ARN != "" && a.Resource.Type != "table" {
		note(a.Resource.ARN)
	}
	for _, h := range tables {
		note(h.draft.targets[h.table].arn)
	}
	a.WhyMore = more
}

// helps reports whether an action of a remedy may turn findings that ask for another one.
func helps(remedy, asked string) bool {
	if slices.Contains(serving(asked), remedy) {
		return true
	}
	return slices.Contains(parts(MendPlan), remedy) && (asked == RaiseFrequency || asked == RaiseRetention)
}

// estimate adds up what the actions cost.
func (p *planner) estimate(plan *remedy.Plan) {
	plan.Cost.Known = true
	if p.Prices == nil {
		plan.Cost = remedy.Cost{Basis: "not estimated"}
		return
	}
	plan.Prices = p.Prices.List()
	for i := range plan.Actions {
		a := &plan.Actions[i]
		unit := p.unitOf(a.Region)
		var tables []*estate.Table
		for _, h := range p.helped[i] {
			if h.draft.unit == unit {
				tables = append(tables, &unit.Tables.Items[h.table])
			}
		}
		a.Cost = p.Prices.Cost(unit, a, tables)
		plan.Cost.Monthly += a.Cost.Monthly
		plan.Cost.Once += a.Cost.Once
		plan.Cost.Known = plan.Cost.Known && a.Cost.Known
	}
}

func (p *planner) unitOf(region string) *estate.Unit {
	for _, d := range p.drafts {
		if d.region == region {
			return d.unit
		}
	}
	return p.drafts[0].unit
}

// ahead is how many days the forecast looks ahead for a first recovery point: a rule may start once a year.
const ahead = 8

// firstPoints forecasts the first recovery point of each table that the plan takes into backups, and notes how each could be proven.
func (p *planner) firstPoints(plan *remedy.Plan) map[string]remedy.FirstPoint {
	actions := p.coverers()
	due := make(map[string]remedy.FirstPoint, len(actions))
	for _, d := range p.drafts {
		for i := range d.targets {
			t := &d.targets[i]
			if len(actions[helped{d, i}]) == 0 {
				continue
			}
			c := d.cover(t)
			ids := d.carriers(c, actions[helped{d, i}])
			if len(ids) == 0 {
				continue
			}
			d.proof(plan, t, c, ids)
			now := d.unit.Now.Or(0)
			f := c.Forecast(now, ahead)
			for days := ahead * 5; len(f.Coming) == 0 && days <= 400; days *= 10 {
				f = c.Forecast(now, days)
			}
			if len(f.Coming) > 0 {
				due[t.arn] = remedy.FirstPoint{Earliest: f.Coming[0].Scheduled, Latest: f.Coming[0].Latest, Tables: 1}
			}
		}
	}
	return due
}

// coverers are the actions that may take each table into backups.
func (p *planner) coverers() map[helped][]*remedy.Action {
	out := map[helped][]*remedy.Action{}
	for i := range p.actions {
		if !slices.Contains(parts(MendPlan), p.actions[i].Remedy) {
			continue
		}
		for _, h := range p.helped[i] {
			out[h] = append(out[h], &p.actions[i])
		}
	}
	return out
}

// carriers are the ids of the actions that a table's rules rest on. A role or a vault that is made for something else, such as a backup
// at once, makes no rule of the table work.
func (d *draft) carriers(c *protection.Coverage, actions []*remedy.Action) []string {
	used := map[string]bool{}
	for i := range c.Plans.Items {
		for k := range c.Plans.Items[i].Rules {
			role, vault := d.namedBy(&c.Plans.Items[i], &c.Plans.Items[i].Rules[k])
			used[role], used[d.vaultARN(vault)] = true, true
		}
	}
	var ids []string
	for _, a := range actions {
		if a.Remedy != CreateRole && a.Remedy != CreateVault || used[a.Resource.ARN] {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// sumPoints is the span in which the tables' first recovery points are due; nil without any.
func sumPoints(due map[string]remedy.FirstPoint) *remedy.FirstPoint {
	var out *remedy.FirstPoint
	for _, f := range due {
		if out == nil {
			out = &remedy.FirstPoint{Earliest: f.Earliest, Latest: f.Latest}
		}
		out.Earliest, out.Latest = min(out.Earliest, f.Earliest), max(out.Latest, f.Latest)
		out.Tables++
	}
	return out
}

// proof notes by which rule a job can show that a table is backed up.
func (d *draft) proof(plan *remedy.Plan, t *target, c *protection.Coverage, ids []string) {
	for i := range c.Plans.Items {
		p := &c.Plans.Items[i]
		for k := range p.Rules {
			r := &p.Rules[k]
			if !is(r.Effective, true) || is(r.AirGapped, true) {
				continue
			}
			role, vault := d.namedBy(p, r)
			plan.Proofs = append(plan.Proofs, remedy.Proof{Table: t.name, ARN: t.arn, Region: d.region, Plan: p.Plan, Vault: vault, RoleARN: role, Actions: ids})
			return
		}
	}
}

// order puts turns and stays into an order of their own, so that the same plan is always the same file.
func order(o *remedy.Outcome) {
	slices.SortStableFunc(o.Turns, func(a, b remedy.Turn) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Control, b.Control))
	})
	slices.SortStableFunc(o.Stays, func(a, b remedy.Stay) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Control, b.Control))
	})
}

// minute writes a moment for people, as every view does.
func minute(at estate.Instant) string { return at.Time().Format("2006-01-02 15:04 UTC") }
