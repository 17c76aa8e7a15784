package planning

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

// remedyUnassign is the remedy id of every action that takes a table out of its backup plans. No control asks for it.
const remedyUnassign = "unassign"

// UnassignOptions say on whose behalf a table is taken out of its plans, and out of which.
type UnassignOptions struct {
	Tool     remedy.Tool
	Caller   string   // ARN; may be empty
	Endpoint string   // other than AWS's own
	Plans    []string // names or ids of backup plans; empty: all that select the table
	Owned    []string // tags that mark what a template owns, as in Options
}

// Unassignment is the change that takes one table out of its backup plans, and what that leaves.
type Unassignment struct {
	// Plan is sealed. It has no actions when no plan selects the table, or when anything is refused: half an unassignment is none.
	Plan *remedy.Plan
	// From names the backup plans that select the table and are to let go of it, in the order of the estate.
	From []string
	// Before and After are how the table is protected now, and once all actions are done.
	Before, After *protection.Coverage
	// Bare is true unless point-in-time recovery or some plan is known to go on protecting the table afterwards. Backups that are
	// there do not count: they expire.
	Bare bool
}

// Unassign plans to take a table of a unit out of its backup plans by the smallest change: a tag of the table, a selection without it
// beside the old one, or a selection that names nothing else deleted. No other table is without cover at any moment: selections
// cannot be changed (https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html), so that a new one is made
// before the old one goes. What is not known, and what others own, becomes a refusal of the plan.
func Unassign(es *estate.Estate, u *estate.Unit, t *estate.Table, o UnassignOptions) (*Unassignment, error) {
	w := &unassigning{estate: es, unit: u, table: t, options: o, owners: &planner{Input: Input{Options: Options{Owned: o.Owned}}}}
	w.read()
	from := w.from()
	if len(w.refused) == 0 {
		w.choose()
	}
	if len(w.refused) > 0 {
		w.actions = nil
	}
	out := &Unassignment{Plan: w.plan(), From: from}
	out.Before = protection.Cover(u, t, protection.NewIndexes(es)[u])
	out.After = out.Before
	if len(w.actions) > 0 {
		out.After = w.after()
	}
	out.Bare = !isYes(out.After.PITR.On.Fact) && !isYes(out.After.Effective.Fact)
	w.outcome(out)
	if err := out.Plan.Seal(); err != nil {
		return nil, fmt.Errorf("plan to unassign %s: %w", t.Name.Or(t.ID), err)
	}
	return out, nil
}

// unassigning is the work on one table.
type unassigning struct {
	estate  *estate.Estate
	unit    *estate.Unit
	table   *estate.Table
	options UnassignOptions
	owners  *planner // who owns what

	arn, name string
	members   []membership // every selection of the unit, in order
	keys      []string     // tags of the table to remove
	actions   []remedy.Action
	checks    []remedy.Check
	refused   []remedy.Refusal
}

// membership is one selection and what it says of the table.
type membership struct {
	plan    *estate.Plan
	sel     *estate.Selection
	selects bool
	leave   bool // the table is to leave it
	// instead is the selection that takes its place; nil: the selection is deleted, or a tag does it.
	instead *remedy.Selection
}

// read decides about every selection, and refuses what is not known.
func (w *unassigning) read() {
	w.arn, w.name = w.table.ARN.Or(""), w.table.Name.Or("")
	if w.arn == "" || w.name == "" {
		w.refuse(w.table.ID, "the table's name or ARN is not known", "restorable doctor")
		return
	}
	if !w.unit.Plans.IsWhole() {
		w.refuse(w.arn, "the backup plans of the Region could not all be read, so that one more may select the table", "restorable doctor")
	}
	for i := range w.unit.Plans.Items {
		w.readPlan(&w.unit.Plans.Items[i])
	}
	for _, wanted := range w.options.Plans {
		if !slices.ContainsFunc(w.members, func(m membership) bool { return m.selects && planIs(m.plan, wanted) }) {
			w.refuse(w.arn, "no backup plan "+strconv.Quote(wanted)+" selects the table", "restorable explain "+w.name+" shows those that do")
		}
	}
}

func (w *unassigning) readPlan(p *estate.Plan) {
	if !p.Selections.IsWhole() {
		w.refuse(p.ID, "the selections of plan "+planLabel(p)+" could not all be read, so that one more may select the table", "restorable doctor")
	}
	for i := range p.Selections.Items {
		s := &p.Selections.Items[i]
		selects, known := w.decide(p, s, w.table)
		if !known {
			w.refuse(p.ID, "whether selection "+s.Name.Or(s.ID)+" of plan "+planLabel(p)+" selects the table is not known", "restorable explain "+w.name+" says which fact is missing")
			continue
		}
		wanted := len(w.options.Plans) == 0 || slices.ContainsFunc(w.options.Plans, func(name string) bool { return planIs(p, name) })
		w.members = append(w.members, membership{plan: p, sel: s, selects: selects, leave: selects && wanted})
	}
}

// decide asks a selection about the table. A plan of an organisation goes by the management account's opt-in, which this account does
// not know: what it selects under either opt-in, the table is to leave.
func (w *unassigning) decide(p *estate.Plan, s *estate.Selection, t *estate.Table) (selects, known bool) {
	judge := protection.NewSelector(s)
	with, reason := judge.Decide(w.unit, t, true)
	without, other := judge.Decide(w.unit, t, false)
	if reason == protection.Undecided || other == protection.Undecided {
		return false, false
	}
	optIn, ok := w.unit.Settings.OptIn.Get()
	switch {
	case p.FromOrganization.Or(false):
		return with || without, true
	case !ok:
		return with, with == without
	case optIn["DynamoDB"]:
		return with, true
	}
	return without, true
}

func (w *unassigning) refuse(resource, reason, next string) {
	w.refused = append(w.refused, remedy.Refusal{Remedy: remedyUnassign, Resource: resource, Name: planName(w.unit, resource), Reason: reason, Next: next})
}

// from names the plans to leave, each once.
func (w *unassigning) from() []string {
	out := []string{}
	for _, m := range w.members {
		if name := planLabel(m.plan); m.leave && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// plan assembles what was decided.
func (w *unassigning) plan() *remedy.Plan {
	now := w.unit.Now.Or(0)
	return &remedy.Plan{
		Tool: w.options.Tool, Partition: w.unit.Partition.Or("aws"), Account: w.unit.Account.Or(""), Regions: []string{w.unit.Region.Or("")},
		Caller: w.options.Caller, Endpoint: w.options.Endpoint, CreatedAt: now, ExpiresAt: now.Add(validFor),
		Goal:    remedy.Goal{Controls: []string{}, Only: []string{remedyUnassign}, Tables: []string{w.name}},
		Actions: orEmpty(w.actions), Checks: orEmpty(w.checks), Refused: orEmpty(w.refused),
		Cost: remedy.Cost{Known: true},
	}
}

func planLabel(p *estate.Plan) string { return p.Name.Or(p.PlanID.Or(p.ID)) }

func planIs(p *estate.Plan, name string) bool {
	return p.Name.Or("") == name || p.PlanID.Or("") == name || p.ID == name
}

func isYes(f estate.Fact[bool]) bool { return f.Or(false) }
