package planfile

import (
	"encoding/json"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// Outline is what the configuration that the plan carries declares.
func (f *File) Outline() resource.Outline {
	out := resource.Outline{Resources: map[string]resource.Said{}}
	if f.plan.Config != nil {
		outline(out, f.plan.Config.RootModule, "", 0)
	}
	return out
}

func outline(out resource.Outline, m *tfjson.ConfigModule, address string, level int) {
	if m == nil || level > 32 {
		return
	}
	for _, r := range m.Resources {
		if r != nil && r.Mode == tfjson.ManagedResourceMode {
			out.Resources[address+r.Type+"."+r.Name] = saidOf(r.Expressions)
		}
	}
	for name, call := range m.ModuleCalls {
		if call != nil {
			outline(out, call.Module, address+"module."+name+".", level+1)
		}
	}
}

func saidOf(expressions map[string]*tfjson.Expression) resource.Said {
	out := resource.Said{Constants: map[string]string{}, Blocks: map[string][]resource.Said{}}
	for name, e := range expressions {
		if e == nil || e.ExpressionData == nil {
			continue
		}
		if len(e.NestedBlocks) == 0 {
			out.Constants[name] = constant(e.ConstantValue)
		}
		for _, inner := range e.NestedBlocks {
			out.Blocks[name] = append(out.Blocks[name], saidOf(inner))
		}
	}
	return out
}

func constant(v any) string {
	if number, is := v.(float64); is {
		return resource.Constant(cty.NumberFloatVal(number))
	}
	value, _ := body{}.value(v, nil)
	return resource.Constant(value)
}

// Values are those of the root's variables.
func (f *File) Values() map[string]cty.Value {
	out := map[string]cty.Value{}
	for name, v := range f.plan.Variables {
		if v == nil {
			continue
		}
		if number, is := v.Value.(float64); is {
			out[name] = cty.NumberFloatVal(number)
			continue
		}
		out[name], _ = body{}.value(v.Value, nil)
	}
	return out
}

// Partial reports whether the plan leaves out some of what its configuration declares, as one with -target does.
func (f *File) Partial() bool {
	var errored struct{ Errored bool }
	_ = json.Unmarshal(f.text, &errored) // it was read before
	return errored.Errored || f.plan.Complete != nil && !*f.plan.Complete
}
