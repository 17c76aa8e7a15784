package terraform

import (
	"bytes"
	"os"
	"testing"
	"testing/fstest"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/config"
	"github.com/restorable/restorable/internal/iac/terraform/planfile"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// FuzzAdd: whatever a plan or a module declares, it comes to an estate that can be written and read again.
func FuzzAdd(f *testing.F) {
	for _, name := range []string{"planfile/testdata/shop.json", "planfile/testdata/shop/main.tf"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(provider + global))
	f.Add([]byte(daily + "  plan_id = 7\n  resources = [null, 1, {}]\n  selection_tag {\n    key = []\n  }\n}\n"))
	f.Add([]byte(`resource "aws_backup_plan" "p" { rule = [[{}], 1, null] }`))
	f.Add([]byte(`resource "aws_appautoscaling_target" "t" { min_capacity = 1e99999999 }`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var resources []resource.Resource
		if bytes.HasPrefix(text, []byte("{")) {
			resources, _ = planfile.Read("plan.json", text)
		} else {
			resources, _ = config.Read(fstest.MapFS{"main.tf": {Data: text}}, ".", config.Options{})
		}
		b := build.New()
		Add(b, resources)
		var out bytes.Buffer
		if err := estate.Write(&out, &estate.Estate{Units: b.Units()}); err != nil {
			t.Fatal(err)
		}
		if _, err := estate.Load(&out); err != nil {
			t.Fatal(err)
		}
	})
}
