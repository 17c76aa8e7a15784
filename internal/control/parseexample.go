package control

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/yamlfile"
)

// An example's unit is written out, or is the control's base with some facts changed and some forgotten:
// a path is member names and list positions with dots between them, as in plans.0.rules.0.vault.

// Examples are what the control's file shows of it. Those of a built-in control are read when they are asked for: they are two thirds
// of its file, and a scan needs none of them.
func (c *Control) Examples() ([]Example, error) { return c.examples() }

// question is the part of a built-in file that says what is asked; the examples, and the unit that they rest on, stand at its end.
func question(text []byte) []byte {
	end := len(text)
	for _, member := range []string{"\nbase:", "\nexamples:"} {
		if i := bytes.Index(text, []byte(member)); i >= 0 {
			end = min(end, i+1)
		}
	}
	return text[:end]
}

func examplesIn(file string, text []byte, c *Control) ([]Example, error) {
	m := newMistakes(file, text)
	in, ok := m.control(text)
	if !ok {
		return nil, m.Err()
	}
	out := m.examples(in, c)
	return out, m.Err()
}

func (m *mistakes) examples(in mapping, c *Control) []Example {
	base := in.Entries["base"]
	var out []Example
	for _, n := range m.list(in, "examples") {
		sub, ok := m.Mapping(n, "an example")
		if !ok {
			continue
		}
		m.Only(sub, "name", "verdict", "resource", "reason", "parameters", "unit", "change", "forget")
		e := Example{place: sub.Place, Name: m.text(sub, "name", true).text, Resource: m.text(sub, "resource", true).text}
		e.Verdict = Verdict(m.choice(sub, "verdict", asStrings(Verdicts())))
		e.Reason = oneLine(m.text(sub, "reason", false).text)
		e.Parameters = m.exampleParameters(sub, c)
		e.Unit = m.exampleUnit(sub, base)
		out = append(out, e)
	}
	for _, want := range possible(in) {
		if !slices.ContainsFunc(out, func(e Example) bool { return e.Verdict == want }) {
			m.Add(in.Place, "", "an example with the verdict %s is missing", want)
		}
	}
	return out
}

// possible are the verdicts that a control may come to besides NOT_APPLICABLE. One that is never decided asks what no fact can tell:
// only people can, by an attestation.
func possible(in mapping) []Verdict {
	if text, ok := yamlfile.Scalar(in.Entries["passes"]); ok && oneLine(text) == neverDecided {
		return []Verdict{Unknown}
	}
	return []Verdict{Pass, Fail, Unknown}
}

// neverDecided is the expression of a control that asks what no fact can tell.
const neverDecided = "undecided"

func (m *mistakes) exampleParameters(in mapping, c *Control) map[string]any {
	sub := m.sub(in, "parameters")
	out := map[string]any{}
	for _, name := range sub.Order {
		i := slices.IndexFunc(c.Parameters, func(p Parameter) bool { return p.Name == name })
		if i < 0 {
			m.Add(sub.Keys[name], "", "the control has no parameter %s", name)
			continue
		}
		out[name] = m.parameterValue(c.Parameters[i], sub.Entries[name])
	}
	return out
}

func (m *mistakes) exampleUnit(in mapping, base ast.Node) json.RawMessage {
	n, own := in.Entries["unit"]
	if !own {
		n = base
	}
	if n == nil {
		m.Add(in.Place, "write a unit, or give the control a base", "member unit is missing")
		return nil
	}
	unit := m.plainValue(n)
	changes := m.sub(in, "change")
	for _, path := range changes.Order {
		if !edit(unit, strings.Split(path, "."), m.plainValue(changes.Entries[path]), false) {
			m.Add(changes.Keys[path], "", "there is no %s in the unit", path)
		}
	}
	for _, n := range m.list(in, "forget") {
		path := m.textNode(n, "forget")
		if !edit(unit, strings.Split(path.text, "."), nil, true) {
			m.Add(path.at, "", "there is no %s in the unit", path.text)
		}
	}
	text, err := json.Marshal(unit)
	if err != nil {
		m.Add(yamlfile.At(n), "", "read unit: %v", err)
	}
	return text
}

// edit sets or removes what a path leads to; false when the path leads nowhere. A member that is set need not exist before.
func edit(in any, path []string, value any, remove bool) bool {
	last := len(path) == 1
	switch in := in.(type) {
	case map[string]any:
		if _, there := in[path[0]]; !there && (remove || !last) {
			return false
		}
		switch {
		case last && remove:
			maps.DeleteFunc(in, func(key string, _ any) bool { return key == path[0] })
			return true
		case last:
			in[path[0]] = value
			return true
		}
		return edit(in[path[0]], path[1:], value, remove)
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= len(in) || last && remove {
			return false
		}
		if last {
			in[i] = value
			return true
		}
		return edit(in[i], path[1:], value, remove)
	}
	return false
}
