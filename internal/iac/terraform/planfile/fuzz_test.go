package planfile

import "testing"

// FuzzRead: whatever a file holds, reading it ends, with resources or an error.
func FuzzRead(f *testing.F) {
	f.Add(shop(f))
	f.Add(planText(`{"actions":["create"],"after":{"name":"t","tags":{"a":1e999999999}},"after_unknown":{"tags":[true]}}`, ""))
	f.Add(planText(`{"actions":["create"],"after":{"rule":[{"a":[[[]]]},{}]},"after_unknown":{"rule":[true,{"a":[[true]]}]}}`, ""))
	f.Add([]byte(`{"format_version":"1.0","resource_changes":[null,{"change":{}},{}],"configuration":{"root_module":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := Read("plan.json", text)
		if err != nil {
			return
		}
		for i := range list {
			if list[i].At.Line < 1 || list[i].At.Column < 1 {
				t.Errorf("%s is at %s", list[i].Address, list[i].At)
			}
			list[i].Attribute("arn")
		}
	})
}
