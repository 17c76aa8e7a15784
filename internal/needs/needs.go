// Package needs says which AWS calls the answers of controls rest on: what nobody asked about is not read.
package needs

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
)

// measured are the groups that each control of the catalogue needs, found out by taking facts away from the examples of all of them:
// UPDATE_NEEDS=1 go test ./internal/needs writes it anew.
//
//go:embed needs.json
var measured []byte

// Needs knows what the controls of a catalogue rest on. It is only read once it is loaded.
type Needs struct {
	catalogue *control.Catalogue
	measured  map[string][]awsapi.Group
}

// Load reads what was measured.
func Load(c *control.Catalogue) (*Needs, error) {
	n := &Needs{catalogue: c}
	if err := json.Unmarshal(measured, &n.measured); err != nil {
		return nil, fmt.Errorf("read what controls need: %w", err)
	}
	return n, nil
}

// Of returns the groups of calls that the controls need. Every control of tables needs tags too: they tell what drills restored.
// What takes a further call for each table is left out for controls of the default profile unless they were chosen by name: they have an
// answer without it, if not always.
func (n *Needs) Of(controls []*control.Control, named func(id string) bool) (map[awsapi.Group]bool, error) {
	groups := map[awsapi.Group]bool{awsapi.GroupStart: true, awsapi.GroupTables: true}
	for _, k := range controls {
		list, err := n.groups(k)
		if err != nil {
			return nil, err
		}
		cheap := slices.Contains(k.Profiles, control.DefaultProfile) && !named(k.ID)
		for _, g := range list {
			groups[g] = groups[g] || !cheap || !ExtraPerTable(g)
		}
		if k.Resource == control.TypeTable {
			groups[awsapi.GroupTags] = true
		}
	}
	return groups, nil
}

// groups of one control: as measured, or as supposed of one that was not.
func (n *Needs) groups(k *control.Control) ([]awsapi.Group, error) {
	list, ok := n.measured[k.ID]
	if !ok || !k.Builtin {
		return supposed(n.catalogue, k)
	}
	return slices.Concat(list, elsewhere(k.ID)), nil
}

// Rests reports whether a control may lose an answer without a group of calls.
func (n *Needs) Rests(k *control.Control, g awsapi.Group) bool {
	groups, err := n.Of([]*control.Control{k}, func(string) bool { return true })
	return err == nil && groups[g]
}

// elsewhere are the groups that a control needs of other Regions and accounts: no example shows them, since each is of one unit.
func elsewhere(id string) []awsapi.Group {
	switch id {
	case "replica-recovery": // a replica counts when it is protected itself
		return []awsapi.Group{awsapi.GroupPITR, awsapi.GroupVaults, awsapi.GroupPoints, awsapi.GroupBackups, awsapi.GroupKeys}
	case "copy-cross-region", "copy-cross-account": // a copy counts when its key can be used, and is declared when a rule can work
		return []awsapi.Group{awsapi.GroupKeys, awsapi.GroupRoles, awsapi.GroupSettings}
	}
	return nil
}

// supposed are the groups of a control that was not measured, such as a user's own: what its examples show, and as long as it may rest
// on more than they show, all that the foundation reads.
func supposed(c *control.Catalogue, k *control.Control) ([]awsapi.Group, error) {
	groups := awsapi.Foundation()
	for _, g := range optional() {
		rests, err := c.DependsOn(k, factsOf(g))
		if err != nil {
			return nil, err
		}
		groups[g] = groups[g] || rests
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(groups)), func(g awsapi.Group) bool { return !groups[g] }), nil
}

// ExtraPerTable reports whether a group takes a call for each table beyond the two that the foundation makes. What AWS Backup remembers of a
// table does not count: only tables that it ever backed up are asked for, beside DescribeContinuousBackups and at the same rate, so that no
// scan takes longer, and without it whether a table was ever restored would be unknown of nearly all.
func ExtraPerTable(g awsapi.Group) bool {
	return g != awsapi.GroupProtectedDetails && g != awsapi.GroupTables && g != awsapi.GroupPITR && slices.ContainsFunc(awsapi.Calls(), func(c awsapi.Call) bool { return c.Group == g && c.PerTable })
}

// optional are the groups that the foundation does not read.
func optional() []awsapi.Group {
	foundation := awsapi.Foundation()
	var out []awsapi.Group
	for _, g := range slices.Sorted(maps.Keys(awsapi.Everything())) {
		if !foundation[g] {
			out = append(out, g)
		}
	}
	return out
}

// factsOf are the facts that the calls of a group feed.
func factsOf(g awsapi.Group) []string {
	var out []string
	for _, call := range awsapi.Calls() {
		if call.Group == g {
			out = append(out, call.Facts...)
		}
	}
	return out
}

// Measure finds out which groups each control needs: those without which it says something else of some unit of the examples.
func Measure(c *control.Catalogue) (map[string][]awsapi.Group, error) {
	found := map[string]map[awsapi.Group]bool{}
	for _, k := range c.Controls() {
		found[k.ID] = map[awsapi.Group]bool{}
	}
	for _, k := range c.Controls() {
		alike := slices.DeleteFunc(slices.Clone(c.Controls()), func(other *control.Control) bool { return other.Resource != k.Resource })
		examples, err := k.Examples()
		if err != nil {
			return nil, err
		}
		for _, e := range examples {
			compare(c, alike, e, found)
		}
	}
	out := map[string][]awsapi.Group{}
	for id, groups := range found {
		out[id] = slices.Sorted(maps.Keys(groups))
	}
	return out, nil
}

// compare asks controls of an example's unit, as it is and without each group.
func compare(c *control.Catalogue, controls []*control.Control, e control.Example, found map[string]map[awsapi.Group]bool) {
	u, err := estate.DecodeUnit(e.Unit)
	if err != nil {
		return // the catalogue's own tests say so
	}
	whole, there := said(c, controls, u, e), map[string]bool{}
	estate.EachFact(u, func(path string, f estate.AnyFact) {
		if f.Ref().State() != estate.Unknown {
			there[control.FactName(path)] = true
		}
	})
	for g := range awsapi.Everything() {
		facts := factsOf(g)
		if g == awsapi.GroupStart || g == awsapi.GroupTables || !slices.ContainsFunc(facts, func(f string) bool { return there[f] }) {
			continue
		}
		less, err := estate.DecodeUnit(e.Unit)
		if err != nil {
			continue
		}
		without(less, facts)
		now := said(c, controls, less, e)
		for at, text := range whole {
			if now[at] != text { // it says something else, or there is nothing to speak of any more
				found[at.control][g] = true
			}
		}
	}
}

type answer struct{ control, resource string }

// said is the verdict and the reason for each control and resource.
func said(c *control.Catalogue, controls []*control.Control, u *estate.Unit, e control.Example) map[answer]string {
	out := map[answer]string{}
	run := c.Evaluate(u, control.Options{Controls: controls, Objective: func(*estate.Unit, *estate.Table) control.Objective {
		return control.Objective{Parameters: e.Parameters}
	}})
	for f := range run.Findings() {
		out[answer{f.Control, string(f.Resource.Type) + " " + f.Resource.ID}] = string(f.Verdict) + " " + f.Reason
	}
	return out
}

// without takes facts away, and with a list that nobody asked for its members.
func without(u *estate.Unit, facts []string) {
	estate.EachFact(u, func(path string, f estate.AnyFact) {
		if slices.Contains(facts, control.FactName(path)) {
			f.Forget()
		}
	})
	empty(reflect.ValueOf(u).Elem(), "unit", facts)
}

// empty removes the members of the lists among the facts.
func empty(v reflect.Value, owner string, facts []string) {
	for i := range v.NumField() {
		name, _ := v.Type().Field(i).Tag.Lookup("json")
		items := v.Field(i)
		if items.Kind() != reflect.Struct || !strings.HasPrefix(items.Type().Name(), "List[") {
			continue
		}
		items = items.FieldByName("Items")
		if slices.Contains(facts, owner+"."+name) {
			items.SetZero()
			continue
		}
		member, _, _ := strings.Cut(control.FactName(name+"[0].x"), ".")
		for k := range items.Len() {
			empty(items.Index(k), member, facts)
		}
	}
}
