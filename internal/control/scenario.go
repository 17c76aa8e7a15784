package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// Scenario is a file of tests for controls: fragments of an estate, and the verdicts that they must lead to
// (docs/schemas/scenario-v1.schema.json). Units are written as those of examples are.
type Scenario struct {
	Name  string
	File  string
	Cases []Case
}

// Case is one estate with what is expected of it.
type Case struct {
	Name       string
	Units      json.RawMessage // one unit, or a list of them
	Parameters map[string]any  // as an objective would set them
	Expect     []Expectation

	place place
}

// Expectation is a verdict that a control must come to.
type Expectation struct {
	Control  *Control
	Resource string // id or name; empty: there is but one that the control judges
	Account  string // empty: any
	Region   string // empty: any
	Verdict  Verdict
	Reason   string // when not empty, the reason must contain it

	place place
}

// ScenarioResult is what came of one expectation.
type ScenarioResult struct {
	Case    string
	Place   string // "file:line"
	Finding Finding
	Err     error // nil: it holds
}

// ParseScenario reads a scenario file. Everything wrong with it is in the *LoadError.
func (c *Catalogue) ParseScenario(file string, text []byte) (*Scenario, error) {
	m := newMistakes(file, text)
	root, ok := m.Document(text)
	if !ok {
		return nil, m.Err()
	}
	in, ok := m.Mapping(root, "a scenario file")
	if !ok {
		return nil, m.Err()
	}
	m.Only(in, "name", "base", "cases")
	out := &Scenario{File: file, Name: m.text(in, "name", true).text}
	if _, given := in.Entries["cases"]; !given {
		m.Add(in.Place, "", "member cases is missing")
	}
	for _, n := range m.list(in, "cases") {
		if sub, ok := m.Mapping(n, "a case"); ok {
			out.Cases = append(out.Cases, c.scenarioCase(m, sub, in.Entries["base"]))
		}
	}
	return out, m.Err()
}

func (c *Catalogue) scenarioCase(m *mistakes, in mapping, base ast.Node) Case {
	m.Only(in, "name", "unit", "units", "change", "forget", "parameters", "expect")
	out := Case{place: in.Place, Name: m.text(in, "name", true).text}
	if several, ok := in.Entries["units"]; ok {
		if _, both := in.Entries["unit"]; both {
			m.Add(in.Keys["units"], "put all of them under units", "unit and units are both given")
		}
		in.Entries["unit"] = several
	}
	out.Units = m.exampleUnit(in, base)
	if _, given := in.Entries["expect"]; !given {
		m.Add(in.Place, "- {control: recoverable, resource: orders, verdict: PASS}", "member expect is missing")
	}
	for _, n := range m.list(in, "expect") {
		if sub, ok := m.Mapping(n, "an expectation"); ok {
			out.Expect = append(out.Expect, c.expectation(m, sub)...)
		}
	}
	out.Parameters = m.caseParameters(in, out.Expect)
	return out
}

func (c *Catalogue) expectation(m *mistakes, in mapping) []Expectation {
	m.Only(in, "control", "resource", "account", "region", "verdict", "reason")
	e := Expectation{place: in.Place, Resource: m.text(in, "resource", false).text, Account: m.text(in, "account", false).text, Region: m.text(in, "region", false).text}
	e.Verdict = Verdict(m.choice(in, "verdict", asStrings(Verdicts())))
	e.Reason = oneLine(m.text(in, "reason", false).text)
	name := m.text(in, "control", true)
	if name.text == "" {
		return nil
	}
	found, err := c.named(name.text)
	var unknown *SelectionError
	if errors.As(err, &unknown) {
		hint := unknown.Hint
		if hint == "" {
			hint = "restorable controls list shows the ids; --controls DIR names a folder of your own"
		}
		m.Add(name.at, hint, "there is no control %s", name.text)
	}
	var out []Expectation
	for _, k := range found {
		each := e
		each.Control = k
		out = append(out, each)
	}
	return out
}

// caseParameters reads each value in the unit that the expected controls give it.
func (m *mistakes) caseParameters(in mapping, expect []Expectation) map[string]any {
	sub := m.sub(in, "parameters")
	out := map[string]any{}
	for _, name := range sub.Order {
		for _, e := range expect {
			i := slices.IndexFunc(e.Control.Parameters, func(p Parameter) bool { return p.Name == name })
			if _, done := out[name]; i >= 0 && !done {
				out[name] = m.parameterValue(e.Control.Parameters[i], sub.Entries[name])
			}
		}
		if _, found := out[name]; !found {
			m.Add(sub.Keys[name], "restorable controls show ID lists a control's parameters", "no expected control has a parameter %s", name)
		}
	}
	return out
}

// RunScenario holds every expectation of a scenario file against what its controls say.
func (c *Catalogue) RunScenario(s *Scenario) []ScenarioResult {
	var out []ScenarioResult
	for i := range s.Cases {
		k := &s.Cases[i]
		findings, err := c.judgeCase(k)
		if err != nil {
			place := fmt.Sprintf("%s:%d", s.File, k.place.Line)
			out = append(out, ScenarioResult{Case: k.Name, Place: place, Err: fmt.Errorf("%s: case %q: read unit: %w", place, k.Name, err)})
			continue
		}
		for _, e := range k.Expect {
			r := ScenarioResult{Case: k.Name, Place: fmt.Sprintf("%s:%d", s.File, e.place.Line)}
			r.Finding, err = e.find(findings)
			if err != nil {
				r.Err = fmt.Errorf("%s: case %q: %w", r.Place, k.Name, err)
			}
			out = append(out, r)
		}
	}
	return out
}

func (c *Catalogue) judgeCase(k *Case) ([]Finding, error) {
	es, err := k.estate()
	if err != nil {
		return nil, err
	}
	var controls []*Control
	for _, e := range k.Expect {
		if !slices.Contains(controls, e.Control) {
			controls = append(controls, e.Control)
		}
	}
	indexes := protection.NewIndexes(es)
	var out []Finding
	for _, u := range es.Units {
		run := c.Evaluate(u, Options{Controls: controls, Index: indexes[u], Objective: func(*estate.Unit, *estate.Table) Objective {
			return Objective{Name: k.Name, Parameters: k.Parameters}
		}})
		for f := range run.Findings() {
			out = append(out, f)
		}
	}
	return out, nil
}

func (k *Case) estate() (*estate.Estate, error) {
	units := []json.RawMessage{k.Units}
	if strings.HasPrefix(string(k.Units), "[") {
		if err := json.Unmarshal(k.Units, &units); err != nil {
			return nil, err
		}
	}
	es := &estate.Estate{}
	for _, text := range units {
		u, err := estate.DecodeUnit(text)
		if err != nil {
			return nil, err
		}
		es.Units = append(es.Units, u)
	}
	return es, nil
}

// find returns the one finding that is meant; an error says what is wrong with it.
func (e *Expectation) find(findings []Finding) (Finding, error) {
	var met []Finding
	for _, f := range findings {
		r := f.Resource
		if f.Control == e.Control.ID && (e.Resource == "" || e.Resource == r.ID || e.Resource == r.Name) &&
			(e.Account == "" || e.Account == r.Account) && (e.Region == "" || e.Region == r.Region) {
			met = append(met, f)
		}
	}
	switch {
	case len(met) == 0:
		return Finding{}, fmt.Errorf("%s: there is no %s %q in the case", e.Control.ID, e.Control.Resource, e.Resource)
	case len(met) > 1:
		return Finding{}, fmt.Errorf("%s: %d findings are meant: say which resource, account or region", e.Control.ID, len(met))
	case met[0].Verdict != e.Verdict:
		return met[0], fmt.Errorf("%s: want %s, got %s: %s", e.Control.ID, e.Verdict, met[0].Verdict, met[0].Reason)
	case !strings.Contains(met[0].Reason, e.Reason):
		return met[0], fmt.Errorf("%s: want a reason with %q, got %q", e.Control.ID, e.Reason, met[0].Reason)
	}
	return met[0], nil
}
