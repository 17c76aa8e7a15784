package cli

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/spf13/cobra"
)

const explainHelp = `Why a table can, or cannot, be got back: every plan, selection and rule considered with its reason,
what is there, what is coming, and how much would be lost now and over the next week.

  restorable explain orders --region eu-west-1
  restorable explain orders --from estate.json -o json`

type explainOptions struct {
	source sourceOptions
	output string
}

func (a *app) explainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain TABLE",
		Short: "Why a table is, or is not, recoverable",
		Long:  explainHelp,
		Args:  exactArgs(1, "the name or ARN of a table"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			if err := a.liveOnly(o.source); err != nil {
				return err
			}
			return a.explain(ctx, cmd.Context(), o, args[0])
		},
	}
	f := cmd.Flags()
	o.source.aws.registerMany(f)
	o.source.templates.register(f)
	f.StringArrayVar(&o.source.files, "from", nil, "`path` of an estate file, or of templates, instead of live AWS")
	f.StringVarP(&o.output, "output", "o", "text", "`format`: text or json")
	return cmd
}

func (a *app) explain(ctx, user context.Context, o explainOptions, name string) error {
	if strings.TrimSpace(name) == "" {
		return misuse("restorable explain orders", "restorable explain takes the name or ARN of a table, got an empty one")
	}
	if o.output != "text" && o.output != "json" {
		return misuse("-o text or -o json", "-o %s: unknown format", o.output)
	}
	s := &seen{}
	o.source.match = s.match(name)
	es, err := a.obtain(ctx, o.source)
	if err != nil {
		return err
	}
	if user.Err() != nil {
		return interrupted(user.Err())
	}
	found := explanations(es, name, a.objectives())
	if len(found) == 0 {
		return noSuchTable(es, s.names, name)
	}
	catalogue, err := a.catalogue(nil)
	if err != nil {
		return err
	}
	if o.output == "json" {
		return a.explainJSON(found, catalogue)
	}
	for i, e := range found {
		v := explainView{printer: printer{w: a.std.Out, screen: a.screen(a.std.Out)}, verbose: a.global.verbose, file: a.file, catalogue: catalogue}
		if i > 0 {
			v.put("")
		}
		v.said = control.Readable(e.unit)
		v.show(e)
	}
	return nil
}

// explained is a table of a unit and what there is to say about it.
type explained struct {
	unit  *estate.Unit
	table *estate.Table
	index *protection.Index
	protection.Explanation
	needs *objective.Assignment // nil: there are no tiers
}

// explanations finds the table in every unit: the same name in two Regions is two tables.
func explanations(es *estate.Estate, name string, policy *objective.Policy) []explained {
	var found []explained
	indexes := protection.NewIndexes(es)
	for _, u := range es.Units {
		called := declaredAs(u, name)
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			if t.Name.Or("") != name && t.ARN.Or("") != name && !called[t.ID] {
				continue
			}
			c := protection.Cover(u, t, indexes[u])
			e := explained{unit: u, table: t, index: indexes[u], Explanation: protection.Explain(c)}
			if len(policy.Tiers) > 0 {
				needs := policy.For(u, t)
				e.needs = &needs
			}
			found = append(found, e)
		}
	}
	return found
}

// seen remembers the names of the tables that collection came across, so that a misspelt one can be told.
type seen struct {
	mu    sync.Mutex
	names []string
}

func (s *seen) match(wanted string) func(string) bool {
	return func(name string) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.names = append(s.names, name)
		return name == wanted || strings.HasSuffix(wanted, ":table/"+name)
	}
}

// noSuchTable looks for what was probably meant.
func noSuchTable(es *estate.Estate, names []string, name string) error {
	c := &complaint{code: exitNothing, summary: "no table " + name, hint: "restorable scan shows the tables there are; --region names other Regions"}
	whole, declared := true, false
	for _, u := range es.Units {
		c.detail = join(c.detail, u.Region.Or(""))
		for i := range u.Tables.Items {
			names = append(names, known(u, &u.Tables.Items[i])...)
		}
		declared = declared || iac.Declared(u)
		whole = whole && (u.Tables.IsWhole() || filtered(u) || iac.Declared(u) && iac.Whole(u))
	}
	if c.detail != "" {
		c.detail = "looked in " + c.detail
	}
	if !whole {
		c.code, c.detail = exitIncomplete, "the list of tables could not be read whole, so it may be there"
		c.hint = "restorable doctor says which permission is missing"
	}
	if declared {
		c.hint = "restorable scan with the same paths shows what they declare, and what could not be read"
	}
	if near := suggest.Nearest(name, names); near != "" && near != name {
		c.hint = "did you mean " + near + "?"
	}
	return c
}

// known is what people call a table.
func known(u *estate.Unit, t *estate.Table) []string {
	names := []string{control.Readable(u)(t.Name.Or(""))}
	if d := declaration(u, t.ID); d != nil {
		names = append(names, d.Address)
	}
	return names
}

func join(list, next string) string {
	if list == "" || next == "" {
		return list + next
	}
	return list + ", " + next
}

func (a *app) explainJSON(found []explained, catalogue *control.Catalogue) error {
	type document struct {
		Account string          `json:"account"`
		Region  string          `json:"region"`
		Table   string          `json:"table"`
		ARN     string          `json:"arn"`
		Tier    string          `json:"tier,omitempty"`
		Tiers   []string        `json:"possible_tiers,omitempty"` // where it is not known; "" is the built-in objective
		Now     *estate.Instant `json:"now"`
		Verdict []scenarioJSON  `json:"scenarios"`
		Plans   []planJSON      `json:"plans"`
		Time    []eventJSON     `json:"timeline"`
		LossNow *int64          `json:"loss_now_seconds"`
		Week    *int64          `json:"worst_loss_next_week_seconds"`
		Assumed []string        `json:"assumed"`
		Warns   []string        `json:"warnings"`
		ByHand  byHandJSON      `json:"by_hand"`
	}
	out := make([]document, 0, len(found))
	for _, e := range found {
		d := document{Account: e.unit.Account.Or(""), Region: e.unit.Region.Or(""), Table: e.table.Name.Or(""), ARN: e.table.ARN.Or(""), LossNow: bounded(e.LossNow), Week: bounded(e.LossWeek),
			Verdict: scenariosJSON(e), Plans: plansJSON(e), Time: timelineJSON(e), Assumed: []string{}, Warns: []string{}, ByHand: e.byHand(catalogue)}
		if now, ok := e.unit.Now.Get(); ok {
			d.Now = &now
		}
		d.Tier, d.Tiers = e.tiers()
		for _, x := range e.Assumed {
			d.Assumed = append(d.Assumed, x.Text)
		}
		for _, x := range e.Warnings {
			d.Warns = append(d.Warns, x.Text)
		}
		out = append(out, d)
	}
	return a.printJSON(out)
}

// bounded is nil for what is unknown, absent or without bound.
func bounded(x protection.Answer[int64]) *int64 {
	if v, ok := x.Get(); ok && v != protection.Forever {
		return &v
	}
	return nil
}

type scenarioJSON struct {
	Scenario    string `json:"scenario"`
	Recoverable string `json:"recoverable"` // yes, no or unknown
	By          string `json:"by,omitempty"`
	Why         string `json:"why"`
	LossNow     *int64 `json:"loss_now_seconds"`
	WorstLoss   *int64 `json:"worst_loss_seconds"`
	Asked       *bool  `json:"asked,omitempty"` // by the table's tier; absent without tiers, or where the tier is not known
	Meets       string `json:"meets,omitempty"` // the tier's rpo and retention: yes, no or unknown
}

func scenariosJSON(e explained) []scenarioJSON {
	out := []scenarioJSON{}
	for _, s := range e.Coverage.Scenarios {
		j := scenarioJSON{Scenario: s.Name, Recoverable: word(s.Recoverable), By: s.By, Why: s.Recoverable.Why, LossNow: bounded(s.LossNow), WorstLoss: bounded(s.WorstLoss)}
		if e.needs != nil && e.needs.Known {
			asked := e.needs.Objective.Asks(s.Name)
			if j.Asked = &asked; asked {
				j.Meets = word(s.Meets(e.needs.Objective))
			}
		}
		out = append(out, j)
	}
	return out
}

// word is yes, no or unknown; absent reads as no.
func word(x protection.Answer[bool]) string {
	v, ok := x.Get()
	switch {
	case x.IsUnknown():
		return "unknown"
	case ok && v:
		return "yes"
	}
	return "no"
}

type planJSON struct {
	Plan       string          `json:"plan"`
	Selects    string          `json:"selects"`
	Selections []selectionJSON `json:"selections"`
	Rules      []ruleJSON      `json:"rules"`
}

type selectionJSON struct {
	Selection string `json:"selection"`
	Selects   string `json:"selects"`
	Reason    string `json:"reason"`
	Why       string `json:"why"`
}

type ruleJSON struct {
	Rule          string             `json:"rule"`
	Effective     string             `json:"effective"`
	Why           string             `json:"why"`
	Prerequisites []prerequisiteJSON `json:"prerequisites"`
}

type prerequisiteJSON struct {
	Name string `json:"name"`
	Met  string `json:"met"`
	Why  string `json:"why"`
}

func plansJSON(e explained) []planJSON {
	out := []planJSON{}
	for _, p := range e.Plans {
		plan := planJSON{Plan: p.Plan, Selects: word(p.Selects), Selections: []selectionJSON{}, Rules: []ruleJSON{}}
		for _, s := range p.Selections {
			plan.Selections = append(plan.Selections, selectionJSON{s.Selection, word(protection.Answer[bool]{Fact: s.Selects}), string(s.Reason), s.Sentence})
		}
		for _, r := range p.Rules {
			rule := ruleJSON{Rule: r.Cover.Rule, Effective: word(r.Cover.Effective), Why: r.Cover.Effective.Why, Prerequisites: []prerequisiteJSON{}}
			for _, q := range r.Prerequisites {
				rule.Prerequisites = append(rule.Prerequisites, prerequisiteJSON{q.Name, word(q.Answer), q.Answer.Why})
			}
			plan.Rules = append(plan.Rules, rule)
		}
		out = append(out, plan)
	}
	return out
}

type eventJSON struct {
	At   estate.Instant `json:"at"`
	Kind string         `json:"kind"`
	Text string         `json:"text"`
}

func timelineJSON(e explained) []eventJSON {
	out := make([]eventJSON, 0, len(e.Timeline))
	for _, ev := range e.Timeline {
		out = append(out, eventJSON{ev.At, ev.Kind, ev.Text})
	}
	slices.SortStableFunc(out, func(a, b eventJSON) int { return int(min(1, max(-1, a.At-b.At))) })
	return out
}
