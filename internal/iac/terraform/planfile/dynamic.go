package planfile

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// The configuration in a plan does not show dynamic blocks. A block that is not configured, and is unknown after the change, is made by one
// whose for_each is not known; unless the provider computes such blocks itself where there is none. Then a plan that creates the resource
// says the same of both.

// hiddenBlock reports whether the provider leaves out such blocks where none is configured.
func hiddenBlock(name string) bool {
	switch name {
	case "replica", "attribute", "global_secondary_index", "local_secondary_index", "on_demand_throughput", "import_table",
		"rule", "lifecycle", "copy_action", "advanced_backup_setting", "selection_tag", "scan_action", "scan_setting",
		"string_equals", "string_like", "string_not_equals", "string_not_like",
		"recovery_point_selection", "protected_resource_conditions", "event_selector", "advanced_event_selector", "data_resource",
		"field_selector", "target_tracking_scaling_policy_configuration", "step_scaling_policy_configuration", "predefined_metric_specification":
		return true
	}
	return false
}

// unshown notes of a block that the configuration does not show whether there may be one.
func (b body) unshown(out resource.Body, name string) {
	switch {
	case hiddenBlock(name), resource.Computes(name) && b.owner.deployed():
		out.Leave(name, afterApply)
	case resource.Computes(name) && b.hides():
		out.Leave(name, resource.PerhapsDynamic)
	}
}

// deployed reports whether a resource is there already and stays: what the provider computes of it is known.
func (p *planned) deployed() bool {
	return p.change.Change.Before != nil && !p.change.Change.Actions.Replace() && !p.change.Change.Actions.Create()
}

// hides reports whether the plan rests on something that only applying tells, and that no expression which it shows refers to: a dynamic
// block may, or a local value. Terraform 1.2 and later say on what a plan rests.
func (r *reader) hides() bool {
	if r.hidden == nil {
		hidden := r.hidesSome()
		r.hidden = &hidden
	}
	return *r.hidden
}

func (r *reader) hidesSome() bool {
	if r.plan.Config == nil || r.plan.Config.RootModule == nil || len(r.plan.RelevantAttributes) == 0 {
		return false
	}
	s := &shown{plan: r, seen: map[string]bool{}}
	s.module("")
	for _, o := range r.plan.Config.RootModule.Outputs {
		if o != nil {
			s.expression("", o.Expression)
		}
	}
	unsure := r.unsure()
	return slices.ContainsFunc(r.plan.RelevantAttributes, func(a tfjson.ResourceAttribute) bool {
		address, name := resource.Unkeyed(a.Resource), first(a.Attribute)
		if s.seen[address] || name != "" && s.seen[address+"."+name] {
			return false
		}
		return unsure[address+"."+name] || name == "" && unsure[address]
	})
}

// unsure are the attributes that only applying tells, by address without keys, and the addresses themselves.
func (r *reader) unsure() map[string]bool {
	out := map[string]bool{}
	for _, c := range r.plan.ResourceChanges {
		if c == nil || c.Change == nil {
			continue
		}
		address := resource.Unkeyed(c.Address)
		for name, v := range unknowns(c.Change.AfterUnknown) {
			if hasTrue(v) {
				out[address], out[address+"."+name] = true, true
			}
		}
	}
	return out
}

func first(path []json.RawMessage) string {
	name := ""
	if len(path) > 0 && json.Unmarshal(path[0], &name) != nil {
		return ""
	}
	return name
}

// shown is what the expressions in a plan refer to, through variables and outputs of modules; what local values do is not in a plan.
type shown struct {
	plan *reader
	seen map[string]bool // addresses without keys, with attributes
}

// module looks at all that a module declares, and the modules that it calls.
func (s *shown) module(address string) {
	m := s.plan.module(address)
	if m == nil {
		return
	}
	for _, r := range m.Resources {
		if r == nil {
			continue
		}
		s.expression(address, r.CountExpression)
		s.expression(address, r.ForEachExpression)
		s.expressions(address, r.Expressions)
	}
	for _, name := range slices.Sorted(maps.Keys(m.ModuleCalls)) {
		if call := m.ModuleCalls[name]; call != nil && strings.Count(address, "module.") < 32 {
			s.expression(address, call.CountExpression)
			s.expression(address, call.ForEachExpression)
			s.module(scope{address}.address("module." + name))
		}
	}
}

func (s *shown) expressions(module string, all map[string]*tfjson.Expression) {
	for _, e := range all {
		s.expression(module, e)
	}
}

func (s *shown) expression(module string, e *tfjson.Expression) {
	if e == nil || e.ExpressionData == nil {
		return
	}
	for _, reference := range longest(e.References) {
		s.reference(module, resource.Unkeyed(reference))
	}
	for _, inner := range e.NestedBlocks {
		s.expressions(module, inner)
	}
}

func (s *shown) reference(module, reference string) {
	key := scope{module}.address(reference)
	if s.seen[key] {
		return
	}
	s.seen[key] = true
	path := steps(reference)
	switch {
	case path[0] == "var" && len(path) > 1:
		if up, call := s.plan.parent(scope{module}); call != nil {
			s.expression(up.module, call.Expressions[path[1]])
		}
	case path[0] == "module" && len(path) > 2:
		inner := scope{module}.address("module." + path[1])
		if m := s.plan.module(inner); m != nil && m.Outputs[path[2]] != nil {
			s.expression(inner, m.Outputs[path[2]].Expression)
		}
	case path[0] == "data" && len(path) > 3:
		s.seen[scope{module}.address(strings.Join(path[:4], "."))] = true
	case len(path) > 2:
		s.seen[scope{module}.address(strings.Join(path[:3], "."))] = true
	}
}
