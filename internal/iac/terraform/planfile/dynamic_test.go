package planfile

import (
	"bytes"
	"os"
	"testing"
)

func dynamicPlan(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/dynamic.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// blocksSay is what a test expects of blocks of a resource, by address and path.
type blocksSay map[[2]string]string

func (want blocksSay) of(t *testing.T, text []byte) {
	t.Helper()
	all := mustRead(t, text)
	for at, says := range want {
		if got := word(all[at[0]].Body, at[1]); got != says {
			t.Errorf("%s of %s: %q, want %q", at[1], at[0], got, says)
		}
	}
}

// A block that a dynamic one may make is not known; unknown is not no.
func TestDynamicBlocksOverWhatOnlyApplyingTells(t *testing.T) {
	blocksSay{
		{"aws_dynamodb_table.unsure", "point_in_time_recovery.enabled"}:     "unknown",
		{"aws_dynamodb_table.unsure", "replica.region_name"}:                "unknown",
		{"aws_dynamodb_table.sure", "point_in_time_recovery.enabled"}:       "true",
		{"aws_dynamodb_table.sure", "replica.region_name"}:                  "not set",
		{"aws_dynamodb_table.none", "point_in_time_recovery.enabled"}:       "unknown", // the plan does not tell it from unsure's
		{"aws_dynamodb_table.none", "replica.region_name"}:                  "not set",
		{"aws_backup_plan.daily", "rule.lifecycle.delete_after"}:            "unknown",
		{"aws_backup_plan.daily", "rule.copy_action.destination_vault_arn"}: "unknown",
		{"aws_backup_plan.daily", "advanced_backup_setting.resource_type"}:  "not set",
		{"aws_backup_selection.some", "selection_tag.key"}:                  "unknown",
		{"aws_backup_selection.some", "condition.string_equals.key"}:        "unknown",
		{"aws_dynamodb_table.sure", "server_side_encryption.kms_key_arn"}:   "unknown",
		{"aws_backup_selection.some", "resources"}:                          "*",
	}.of(t, dynamicPlan(t))
}

// What the provider computes where nothing is configured is not set, as long as all that the plan rests on can be seen to be used elsewhere.
func TestWhatTheProviderComputesIsNotSet(t *testing.T) {
	text := bytes.Replace(dynamicPlan(t), []byte(`"relevant_attributes"`), []byte(`"irrelevant"`), 1)
	blocksSay{
		{"aws_dynamodb_table.none", "point_in_time_recovery.enabled"}: "not set",
		{"aws_dynamodb_table.none", "ttl.enabled"}:                    "not set",
		{"aws_dynamodb_table.unsure", "replica.region_name"}:          "unknown",
		{"aws_backup_plan.daily", "rule.lifecycle.delete_after"}:      "unknown",
	}.of(t, text)
	blocksSay{{"aws_dynamodb_table.users[\"a\"]", "point_in_time_recovery.enabled"}: "not set"}.of(t, shop(t)) // its key's ARN is used for all to see
}

// Of a table that is there the provider knows what it computes: what it does not know is made by a dynamic block.
func TestUnknownBlocksOfWhatIsDeployed(t *testing.T) {
	const known = `"before":{"name":"t","point_in_time_recovery":[{"enabled":false}]},"after":{"name":"t"},"after_unknown":{"point_in_time_recovery":true}}`
	for actions, want := range map[string]string{`["update"]`: "unknown", `["delete","create"]`: "not set"} {
		blocksSay{{"aws_dynamodb_table.t", "point_in_time_recovery.enabled"}: want}.of(t, planText(`{"actions":`+actions+`,`+known, ""))
	}
}

// A variable that a module uses for all to see, or hands on, hides nothing; one that it does not seem to use does.
func TestWhatModulesUse(t *testing.T) {
	for used, want := range map[string]string{`"tags":{"references":["var.id"]}`: "not set", `"name":{"constant_value":"t"}`: "unknown"} {
		text := `{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{}},"resource_changes":[
 {"address":"terraform_data.x","mode":"managed","type":"terraform_data","name":"x","change":{"actions":["create"],"after":{},"after_unknown":{"id":true}}},
 {"address":"module.m[0].aws_dynamodb_table.t","module_address":"module.m[0]","mode":"managed","type":"aws_dynamodb_table","name":"t",
  "change":{"actions":["create"],"after":{"name":"t"},"after_unknown":{"point_in_time_recovery":true}}}],
 "relevant_attributes":[{"resource":"terraform_data.x","attribute":["id"]}],
 "configuration":{"root_module":{"resources":[{"address":"terraform_data.x","mode":"managed","type":"terraform_data","name":"x"}],
  "module_calls":{"m":{"expressions":{"id":{"references":["terraform_data.x.id","terraform_data.x"]}},"module":{"variables":{"id":{}},
   "resources":[{"address":"aws_dynamodb_table.t","mode":"managed","type":"aws_dynamodb_table","name":"t","expressions":{` + used + `}}]}}}}}}`
		blocksSay{{"module.m[0].aws_dynamodb_table.t", "point_in_time_recovery.enabled"}: want}.of(t, []byte(text))
	}
}
