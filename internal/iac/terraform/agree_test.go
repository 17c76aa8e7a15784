package terraform

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/config"
	"github.com/restorable/restorable/internal/iac/terraform/planfile"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// facts are all facts of a value by their paths, in words.
func facts(path string, v reflect.Value, out map[string]string) {
	if f, ok := v.Addr().Interface().(estate.AnyFact); ok {
		if f.Ref().State() == estate.Known {
			out[path] = fmt.Sprint(f.Any())
		} else {
			out[path] = f.Ref().State().String()
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Provenance" && name != "Declared" {
				facts(path+"."+name, v.Field(i), out)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			item := v.Index(i)
			at := strconv.Itoa(i)
			if id := item.FieldByName("ID"); id.IsValid() {
				at = id.String()
			}
			facts(path+"["+at+"]", item, out)
		}
	}
}

func factsOf(resources []resource.Resource) map[string]string {
	b := build.New()
	Add(b, resources)
	out := map[string]string{}
	for _, u := range b.Units() {
		facts(u.Region.Or("?"), reflect.ValueOf(u).Elem(), out)
	}
	return out
}

// TestPlanAndConfigurationAgree reads a module and the plan that Terraform made of it, and compares what they come to, fact by fact.
func TestPlanAndConfigurationAgree(t *testing.T) {
	text, err := os.ReadFile("planfile/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	planned, err := planfile.Read(".", text) // as a root that is not shown in addresses
	if err != nil {
		t.Fatal(err)
	}
	written, err := config.Read(os.DirFS("planfile/testdata/shop"), ".", config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	inPlan, inConfig := factsOf(planned), factsOf(written)
	paths := maps.Clone(inPlan)
	maps.Copy(paths, inConfig)
	if len(paths) < 500 {
		t.Errorf("%d facts alone were compared", len(paths))
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		plan, config := inPlan[path], inConfig[path]
		if want, differs := planSays[path]; differs && plan != want || !differs && plan != config {
			t.Errorf("%s: the plan has %q, the configuration %q", path, plan, config)
		}
	}
}

const (
	tables     = "eu-west-1.Tables.Items[aws_dynamodb_table."
	selections = "eu-west-1.Plans.Items[aws_backup_plan.daily].Selections.Items[aws_backup_selection."
)

// planSays is what a plan tells otherwise than the configuration: less, where the configuration that it carries names references alone, and
// sets in another order.
var planSays = map[string]string{
	selections + "arns].Resources":                         "[arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/orders ${?.:1230:3}]",
	selections + "one].Resources":                          "[arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/orders ${?.:1256:3}]",
	"eu-west-1.Vaults.Items[aws_backup_vault.main].Policy": "unknown",
	tables + "made].Name":                                  "${!aws_dynamodb_table.made}",
	tables + "made].ARN":                                   "arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/${!aws_dynamodb_table.made}",
	tables + "made].Tags":                                  "unknown",
	tables + "orders].Attributes":                          "[{by S} {pk S} {sk N}]",
	"us-east-1.Tables.Items[aws_dynamodb_table.orders/us-east-1].Attributes": "[{by S} {pk S} {sk N}]",
}
