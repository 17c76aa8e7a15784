package planfile

import (
	"fmt"
	"testing"
)

// modulePlan is the plan of a module that selects by a plan, a role and tables of its own; expressions are those of its selection, called those
// with which it is called.
func modulePlan(tables, expressions, called string) []byte {
	return fmt.Appendf(nil, `{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{}},"resource_changes":[
 {"address":"module.b.aws_backup_plan.p[0]","module_address":"module.b","mode":"managed","type":"aws_backup_plan","name":"p","index":0,
  "provider_name":"registry.terraform.io/hashicorp/aws","change":{"actions":["create"],"before":null,"after":{"name":"daily"},"after_unknown":{"id":true}}},
 %s
 {"address":"module.b.aws_backup_selection.s[0]","module_address":"module.b","mode":"managed","type":"aws_backup_selection","name":"s","index":0,
  "provider_name":"registry.terraform.io/hashicorp/aws",
  "change":{"actions":["create"],"before":null,"after":{"name":"s","resources":[null]},"after_unknown":{"plan_id":true,"not_resources":true,"resources":[true]}}}],
 "configuration":{"provider_config":{"aws":{"name":"aws","expressions":{"region":{"constant_value":"eu-west-1"}}}},
  "root_module":{"module_calls":{"b":{"source":"./b","expressions":{%s},"module":{"variables":{"skip":{"default":[]}},"resources":[
   {"address":"aws_backup_plan.p","mode":"managed","type":"aws_backup_plan","name":"p","provider_config_key":"aws","count_expression":{"constant_value":1}},
   {"address":"aws_dynamodb_table.t","mode":"managed","type":"aws_dynamodb_table","name":"t","provider_config_key":"aws"},
   {"address":"aws_dynamodb_table.other","mode":"managed","type":"aws_dynamodb_table","name":"other","provider_config_key":"aws","count_expression":{"constant_value":0}},
   {"address":"aws_backup_selection.s","mode":"managed","type":"aws_backup_selection","name":"s","provider_config_key":"aws","expressions":{%s}}]}}}}}}`,
		tables, called, expressions)
}

func planTable(index int) string {
	return fmt.Sprintf(`{"address":"module.b.aws_dynamodb_table.t[%d]","module_address":"module.b","mode":"managed","type":"aws_dynamodb_table","name":"t","index":%[1]d,
  "provider_name":"registry.terraform.io/hashicorp/aws","change":{"actions":["create"],"before":null,"after":{"name":"t%[1]d"},"after_unknown":{"arn":true}}},`, index)
}

// TestReferencesToWholeResources: of join("", aws_backup_plan.p.*.id) and try(aws_dynamodb_table.t[0].arn, aws_dynamodb_table.other[0].arn, "") the
// configuration in a plan tells the resources only.
func TestReferencesToWholeResources(t *testing.T) {
	const plan, arn = "${!plan.json#module.b.aws_backup_plan.p[0]}", "arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/t"
	for name, row := range map[string]struct{ tables, expressions, called, path, want string }{
		"a plan's id":                    {"", `"plan_id":{"references":["aws_backup_plan.p"]}`, "", "plan_id", plan},
		"a plan's id, or something else": {"", `"plan_id":{"references":["aws_backup_plan.p","local.id"]}`, "", "plan_id", "unknown"},
		"a plan's id, or that of none":   {"", `"plan_id":{"references":["aws_backup_plan.p","aws_dynamodb_table.other"]}`, "", "plan_id", plan},
		"as many tables":                 {planTable(0), `"resources":{"references":["aws_dynamodb_table.t"]}`, "", "resources", arn + "0"},
		"some of the tables":             {planTable(0) + planTable(1), `"resources":{"references":["aws_dynamodb_table.t"]}`, "", "resources", "unknown"},
		"the first of two that is": {planTable(0), `"resources":{"references":["aws_dynamodb_table.t[0].arn","aws_dynamodb_table.t[0]","aws_dynamodb_table.t",
			"aws_dynamodb_table.other[0].arn","aws_dynamodb_table.other[0]","aws_dynamodb_table.other"]}`, "", "resources", arn + "0"},
		"what nobody declares":               {planTable(0), `"resources":{"references":["aws_dynamodb_table.t[0].arn","aws_dynamodb_table.gone[0].arn"]}`, "", "resources", "unknown"},
		"left to the provider by a default":  {"", `"not_resources":{"references":["var.skip"]}`, "", "not_resources", "not set"},
		"left to the provider by the caller": {"", `"not_resources":{"references":["var.skip"]}`, `"skip":{"references":["var.none"]}`, "not_resources", "not set"},
		"set to what is to be made":          {"", `"not_resources":{"references":["var.skip"]}`, `"skip":{"references":["local.some"]}`, "not_resources", "unknown"},
	} {
		all := mustRead(t, modulePlan(row.tables, row.expressions, row.called))
		if got := word(all["module.b.aws_backup_selection.s[0]"].Body, row.path); got != row.want {
			t.Errorf("%s: %s is %q, want %q", name, row.path, got, row.want)
		}
	}
}
