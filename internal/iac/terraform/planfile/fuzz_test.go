package planfile

import (
	"testing"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// FuzzRead: whatever a file holds, reading it ends, with resources or an error.
func FuzzRead(f *testing.F) {
	f.Add(shop(f))
	f.Add(dynamicPlan(f))
	f.Add(planText(`{"actions":["create"],"after":{"name":"t","tags":{"a":1e999999999}},"after_unknown":{"tags":[true]}}`, ""))
	f.Add(planText(`{"actions":["create"],"after":{"rule":[{"a":[[[]]]},{}]},"after_unknown":{"rule":[true,{"a":[[true]]}]}}`, ""))
	f.Add([]byte(`{"format_version":"1.0","resource_changes":[null,{"change":{}},{}],"configuration":{"root_module":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("plan.json", text)
		if err != nil {
			return
		}
		list := file.Resources("plan.json")
		if outline := file.Outline(); outline.Differs(outline) != "" {
			t.Errorf("a plan is none of its own configuration: %s", outline.Differs(outline))
		}
		file.Values()
		file.Partial()
		for _, r := range resource.Placed(list, list) {
			if r.At.Line < 1 || r.Address == "" && r.Type == "" {
				t.Errorf("%+v", r)
			}
		}
		for i := range list {
			if list[i].At.Line < 1 || list[i].At.Column < 1 {
				t.Errorf("%s is at %s", list[i].Address, list[i].At)
			}
			list[i].Attribute("arn")
		}
	})
}
