// Package planning makes plans: an estate, what its tables need and what the controls found go in, a sealed plan of changes comes out.
// Every plan is applied to the estate in memory before anybody sees it, so that it says what will be better and what will not.
// It is pure: nothing is read, nothing is written, and the same input makes the same plan.
package planning

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
)

// validFor is how long a plan may be carried out unless it is told otherwise: what was observed grows old.
const validFor = 24 * time.Hour

// Input is everything that a plan is made from. Nothing of it is changed.
type Input struct {
	Estate    *estate.Estate // of one account, in any number of Regions
	Catalogue *control.Catalogue
	Controls  []*control.Control                                      // whose findings are to turn; nil: those of the default profile
	Policy    *objective.Policy                                       // what each table needs; nil: the built-in objective
	Objective func(u *estate.Unit, t *estate.Table) control.Objective // parameters of controls by table, from the same policy; nil: the defaults
	// Parameters of controls for what no objective sets, and the profiles and frameworks that were asked for: as control.Options has them.
	Parameters map[string]any
	Sets       []string

	Wants    func(u *estate.Unit, t *estate.Table) bool        // tables to act on; nil: all
	Failed   func(f control.Finding) bool                      // of the findings that FAIL, those to turn; nil: all
	Muted    func(u *estate.Unit) func(f control.Finding) bool // which findings of a unit somebody looks away from; asked side by side; nil: none
	Prices   Pricer                                            // nil: nothing is estimated
	Options  Options
	Tool     remedy.Tool
	Caller   string
	Endpoint string
}

// Pricer estimates what actions cost.
type Pricer interface {
	// Cost is what an action costs. The unit is the one in which it acts, as it will be once all actions are done, so that it holds the
	// rules of the plan that a selection belongs to; tables are those that the action changes or takes into backups.
	Cost(u *estate.Unit, a *remedy.Action, tables []*estate.Table) remedy.Cost
	// List names the prices.
	List() remedy.PriceList
}

// AccountsError says that an estate holds more than the one account that a plan can be for.
type AccountsError struct{ Accounts []string }

func (e *AccountsError) Error() string {
	return fmt.Sprintf("make plan: the estate holds %d accounts, and a plan is for one", len(e.Accounts))
}

// ErrNoScope says that nothing is known of where the estate is: without account, Region and time no action can be addressed.
var ErrNoScope = errors.New("make plan: account, Region or time of the estate is not known")

// Make makes a plan and checks it. It is sealed. The error is an *AccountsError, an *OptionError or ErrNoScope; what cannot be done for
// single resources is no error: the plan says so in Refused.
func Make(in Input) (*remedy.Plan, error) {
	p, err := newPlanner(in)
	if err != nil {
		return nil, err
	}
	if err := p.draft(); err != nil {
		return nil, err
	}
	plan := p.plan()
	p.conclude(plan)
	if err := plan.Seal(); err != nil {
		return nil, err
	}
	if err := plan.Check(); err != nil {
		return nil, fmt.Errorf("check the plan made: %w", err)
	}
	return plan, nil
}

// planner makes one plan.
type planner struct {
	Input
	account   string
	partition string
	now       estate.Instant
	goal      goal
	drafts    []*draft
	actions   []remedy.Action
	helped    [][]helped // of each action
	checks    []remedy.Check
	refused   []remedy.Refusal
	refusals  map[string]string // remedy and resource -> reason, so that each is said once and stays can be explained
}

// helped is a table that an action helps, in the draft that holds it.
type helped struct {
	draft *draft
	table int // index into the unit's tables
}

func newPlanner(in Input) (*planner, error) {
	p := &planner{Input: in, refusals: map[string]string{}}
	if p.Controls == nil {
		chosen, err := in.Catalogue.Select(control.Selection{})
		if err != nil {
			return nil, fmt.Errorf("make plan: %w", err)
		}
		p.Controls = chosen
	}
	if err := p.Options.fill(); err != nil {
		return nil, err
	}
	if err := p.locate(); err != nil {
		return nil, err
	}
	p.goal = newGoal(p.Options, p.Controls, p.Policy)
	for _, u := range in.Estate.Units {
		p.drafts = append(p.drafts, newDraft(p, u))
	}
	return p, nil
}

// locate finds the one account that the plan is for, and the present.
func (p *planner) locate() error {
	var accounts []string
	for _, u := range p.Estate.Units {
		account, ok := u.Account.Get()
		partition, ok2 := u.Partition.Get()
		now, ok3 := u.Now.Get()
		if _, ok4 := u.Region.Get(); !ok || !ok2 || !ok3 || !ok4 {
			return ErrNoScope
		}
		if !slices.Contains(accounts, account) {
			accounts = append(accounts, account)
		}
		p.account, p.partition, p.now = account, partition, max(p.now, now)
	}
	switch {
	case len(accounts) > 1:
		slices.Sort(accounts)
		return &AccountsError{accounts}
	case len(accounts) == 0:
		return ErrNoScope
	}
	return nil
}

// draft runs the remedies.
func (p *planner) draft() error {
	p.look()
	for _, step := range remedies() {
		if !p.asked(step.id) {
			continue
		}
		for _, d := range p.drafts {
			if err := step.run(d); err != nil {
				return fmt.Errorf("plan %s in %s: %w", step.id, d.region, err)
			}
		}
	}
	return nil
}

// plan lays out what has been drafted.
func (p *planner) plan() *remedy.Plan {
	plan := &remedy.Plan{
		Tool: p.Tool, Partition: p.partition, Account: p.account, Regions: []string{}, Caller: p.Caller, Endpoint: p.Endpoint,
		CreatedAt: p.now, ExpiresAt: p.now.Add(p.Options.Expires),
		Goal:    remedy.Goal{Controls: []string{}, Only: p.Options.Only, Skip: p.Options.Skip, Tables: p.Options.Tables, Replace: p.Options.Replace},
		Actions: orEmpty(p.actions), Checks: orEmpty(p.checks), Refused: orEmpty(p.refused),
	}
	for _, c := range p.Controls {
		plan.Goal.Controls = append(plan.Goal.Controls, c.ID)
	}
	for i := range p.actions {
		if r := p.actions[i].Region; !slices.Contains(plan.Regions, r) {
			plan.Regions = append(plan.Regions, r)
		}
	}
	slices.Sort(plan.Regions)
	return plan
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
