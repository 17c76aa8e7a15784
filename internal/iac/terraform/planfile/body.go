package planfile

import (
	"encoding/json"
	"maps"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

const afterApply = "it is known after the plan is applied"

// body makes the body of a resource, or of a block in it.
type body struct {
	*reader
	owner *planned
	at    build.Pos
}

// unknowns are the members of an object of after_unknown.
func unknowns(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// of makes a body of what is known after the change, what is not, and what the configuration says; said is nil where that is not known.
func (b body) of(after, unknown map[string]any, at *place, said map[string]*tfjson.Expression) resource.Body {
	out := resource.NewBody(b.at)
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if isTrue(unknown[name]) {
			continue
		}
		b.attribute(out, name, after[name], unknown[name], at.child(name), said)
	}
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		if _, has := after[name]; isTrue(unknown[name]) || !has && hasTrue(unknown[name]) {
			b.unknown(out, name, said)
		}
	}
	return out
}

func isTrue(v any) bool { return v == true }

// hasTrue reports whether anything in a value of after_unknown is unknown.
func hasTrue(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case map[string]any:
		for _, inner := range v {
			if hasTrue(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasTrue)
	}
	return false
}

func (b body) attribute(out resource.Body, name string, v, unknown any, at *place, said map[string]*tfjson.Expression) {
	pos := b.at
	if at != nil {
		pos = b.places.pos(at)
	}
	if list, ok := v.([]any); ok && isBlocks(list) {
		b.blocks(out, name, list, unknown, at, said)
		return
	}
	value, whole := b.value(v, unknown)
	if list, ok := v.([]any); ok && !whole {
		if symbols := b.elements(name, list, unknown, said); symbols != cty.NilVal {
			value, whole = symbols, true
		}
	}
	why := ""
	if !whole {
		why = afterApply
	}
	out.Set(name, value, pos, why)
}

// isBlocks reports whether a list holds objects alone, as blocks are written.
func isBlocks(list []any) bool {
	for _, item := range list {
		if _, ok := item.(map[string]any); !ok {
			return false
		}
	}
	return len(list) > 0
}

func (b body) blocks(out resource.Body, name string, list []any, unknown any, at *place, said map[string]*tfjson.Expression) {
	unsure, _ := unknown.([]any)
	for i, item := range list {
		after := item.(map[string]any)
		inner := b
		if p := at.item(i); p != nil {
			inner.at = b.places.pos(p)
		}
		var unset any
		if i < len(unsure) {
			unset = unsure[i]
		}
		if isTrue(unset) {
			out.Leave(name, afterApply)
			continue
		}
		out.Add(name, inner.of(after, unknowns(unset), at.item(i), nested(said, name, after)))
	}
}

// nested is what the configuration says of a block: of the only one of its name, or of the only one whose constants are these. A block that
// the configuration does not show was made by a dynamic one: what is said of it is not known.
func nested(said map[string]*tfjson.Expression, name string, after map[string]any) map[string]*tfjson.Expression {
	e := said[name]
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	if len(e.NestedBlocks) == 1 {
		return e.NestedBlocks[0]
	}
	var found map[string]*tfjson.Expression
	for _, block := range e.NestedBlocks {
		if !agrees(block, after) {
			continue
		}
		if found != nil {
			return nil
		}
		found = block
	}
	return found
}

func agrees(block map[string]*tfjson.Expression, after map[string]any) bool {
	for name, e := range block {
		if e == nil || e.ExpressionData == nil {
			continue
		}
		if constant, ok := e.ConstantValue.(string); ok {
			if known, ok := after[name].(string); ok && known != constant {
				return false
			}
		}
	}
	return true
}

// unknown notes what only applying tells. What the configuration does not set is the provider's to compute: for the facts that are read that
// is what AWS does by default. A reference to a resource becomes its symbol.
func (b body) unknown(out resource.Body, name string, said map[string]*tfjson.Expression) {
	if said == nil {
		out.Set(name, cty.DynamicVal, b.at, afterApply)
		out.Leave(name, afterApply)
		return
	}
	e := said[name]
	if e == nil || e.ExpressionData == nil {
		if name == "tags_all" && b.owner.tagged {
			out.Set(name, cty.DynamicVal, b.at, afterApply)
		}
		b.unshown(out, name)
		return
	}
	if len(e.NestedBlocks) > 0 {
		out.Leave(name, afterApply)
		return
	}
	if b.leftToProvider(name, e) {
		return
	}
	out.Set(name, b.symbols(name, e), b.at, afterApply)
}

// value converts a value; what is unknown in it becomes an unknown value.
func (b body) value(v, unknown any) (_ cty.Value, whole bool) {
	if isTrue(unknown) {
		return cty.DynamicVal, false
	}
	switch v := v.(type) {
	case string:
		return cty.StringVal(v), true
	case bool:
		return cty.BoolVal(v), true
	case json.Number:
		n, err := cty.ParseNumberVal(v.String())
		if err != nil {
			return cty.DynamicVal, false
		}
		return n, true
	case []any:
		return b.list(v, unknown)
	case map[string]any:
		return b.object(v, unknowns(unknown))
	}
	return cty.NullVal(cty.DynamicPseudoType), true
}

func (b body) list(v []any, unknown any) (cty.Value, bool) {
	unsure, _ := unknown.([]any)
	items, whole := make([]cty.Value, len(v)), true
	for i := range v {
		var u any
		if i < len(unsure) {
			u = unsure[i]
		}
		item, all := b.value(v[i], u)
		items[i], whole = item, whole && all
	}
	return cty.TupleVal(items), whole
}

func (b body) object(v, unknown map[string]any) (cty.Value, bool) {
	members, whole := map[string]cty.Value{}, true
	for key, inner := range v {
		member, all := b.value(inner, unknown[key])
		members[key], whole = member, whole && all
	}
	for key, inner := range unknown {
		if _, has := v[key]; !has && hasTrue(inner) {
			members[key], whole = cty.DynamicVal, false
		}
	}
	return cty.ObjectVal(members), whole
}
