package planfile

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

func shop(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func mustRead(t *testing.T, text []byte) map[string]resource.Resource {
	t.Helper()
	list, err := Read("plan.json", text)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]resource.Resource{}
	for _, r := range list {
		out[r.Address] = r
	}
	return out
}

// word is a text of an attribute at a path of blocks, "unknown", or "not set".
func word(b resource.Body, path string) string {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		bodies, whole := b.Blocks(name)
		switch {
		case len(bodies) > 0:
			b = bodies[0]
		case whole:
			return "not set"
		default:
			return "unknown"
		}
	}
	v, _, set := b.Value(names[len(names)-1])
	switch {
	case !set:
		return "not set"
	case !v.IsKnown():
		return "unknown"
	case v.Type().FriendlyName() == "bool":
		return map[bool]string{true: "true", false: "false"}[v.True()]
	case v.Type().IsTupleType():
		var out []string
		for it := v.ElementIterator(); it.Next(); {
			if _, item := it.Element(); item.IsKnown() {
				out = append(out, item.AsString())
			} else {
				out = append(out, "unknown")
			}
		}
		return strings.Join(out, " ")
	case v.Type().FriendlyName() == "number":
		return v.AsBigFloat().String()
	}
	return v.AsString()
}

func TestWhatAPlanTells(t *testing.T) {
	all := mustRead(t, shop(t))
	const key = "arn:aws:kms:eu-west-1:${AWS::AccountId}:key/${!plan.json#aws_kms_key.main}"
	for _, row := range []struct{ address, path, want string }{
		{"aws_dynamodb_table.orders", "name", "orders"},
		{"aws_dynamodb_table.orders", "point_in_time_recovery.enabled", "true"},
		{"aws_dynamodb_table.orders", "point_in_time_recovery.recovery_period_in_days", "not set"}, // the provider's to compute
		{"aws_dynamodb_table.orders", "server_side_encryption.kms_key_arn", key},
		{"aws_dynamodb_table.made", "point_in_time_recovery.enabled", "not set"},
		{"aws_dynamodb_table.made", "name", "unknown"}, // it is made of a key's id, not the id
		{"aws_dynamodb_table.made", "tags_all", "unknown"},
		{"module.store[1].aws_dynamodb_table.this", "server_side_encryption.kms_key_arn", key}, // by a variable of the module
		{"module.store[1].aws_dynamodb_table.this", "point_in_time_recovery.recovery_period_in_days", "14"},
		{"aws_backup_selection.one", "plan_id", "${!plan.json#aws_backup_plan.daily}"},
		{"aws_backup_selection.one", "iam_role_arn", "arn:aws:iam::${AWS::AccountId}:role/backup"},
		{"aws_backup_selection.one", "resources", "arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/orders unknown"},
		{"aws_backup_selection.one", "not_resources", "not set"},
		{"aws_backup_selection.tags", "resources", "not set"},
		{"aws_backup_plan.daily", "rule.copy_action.destination_vault_arn", "arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:lag"},
		{"aws_backup_restore_testing_plan.t", "recovery_point_selection.include_vaults", "arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:main"},
		{"aws_backup_vault_policy.main", "policy", "unknown"},
		{"aws_lambda_event_source_mapping.m", "event_source_arn", "${plan.json#aws_dynamodb_table.orders.stream_arn}"},
	} {
		r, ok := all[row.address]
		if !ok {
			t.Errorf("%s is not read", row.address)
			continue
		}
		if got := word(r.Body, row.path); got != row.want {
			t.Errorf("%s of %s: %q, want %q", row.path, row.address, got, row.want)
		}
		if r.Region != "eu-west-1" || r.Maybe != "" {
			t.Errorf("%s: Region %q, maybe %q", row.address, r.Region, r.Maybe)
		}
	}
}

// planText is a plan with one table, of which the change and the configuration are given.
func planText(change, config string) []byte {
	return []byte(`{"format_version":"1.2","terraform_version":"1.11.4","variables":{"region":{"value":"eu-central-1"}},
 "planned_values":{"root_module":{}},
 "resource_changes":[
  {"address":"aws_dynamodb_table.t","mode":"managed","type":"aws_dynamodb_table","name":"t","provider_name":"registry.terraform.io/hashicorp/aws",
   "change":` + change + `}],
 "configuration":{"provider_config":{"aws":{"name":"aws","expressions":{"region":{"references":["var.region"]}` + config + `}}},
  "root_module":{"resources":[{"address":"aws_dynamodb_table.t","mode":"managed","type":"aws_dynamodb_table","name":"t","provider_config_key":"aws",
   "expressions":{"name":{"constant_value":"t"},"deletion_protection_enabled":{"references":["aws_kms_key.k.key_id","aws_kms_key.k"]}}}]}}}`)
}

func TestChanges(t *testing.T) {
	const after = `"after":{"name":"t"},"after_unknown":{"arn":true,"tags_all":true,"deletion_protection_enabled":true}`
	for _, row := range []struct {
		name, change, config string
		there                bool
		path, want           string
	}{
		{name: "created", change: `{"actions":["create"],"before":null,` + after + `}`, there: true, path: "name", want: "t"},
		{name: "deleted", change: `{"actions":["delete"],"before":{"name":"t"},"after":null,"after_unknown":{}}`},
		{name: "forgotten", change: `{"actions":["forget"],"before":{"name":"t"},"after":null,"after_unknown":{}}`},
		{name: "replaced", change: `{"actions":["delete","create"],"before":{"name":"s"},` + after + `}`, there: true, path: "name", want: "t"},
		{name: "unknown after the plan is applied", change: `{"actions":["create"],` + after + `}`, there: true, path: "deletion_protection_enabled", want: "unknown"},
		{name: "computed, with no default tags", change: `{"actions":["create"],` + after + `}`, there: true, path: "tags_all", want: "not set"},
		{name: "computed, of default tags", change: `{"actions":["create"],` + after + `}`, config: `,"default_tags":[{"tags":{"references":["data.x.y.tags"]}}]`,
			there: true, path: "tags_all", want: "unknown"},
		{name: "in part", change: `{"actions":["update"],"after":{"name":"t","tags":{"a":"b"}},"after_unknown":{"tags":{"c":true}}}`, there: true, path: "tags.c", want: "unknown"},
		{name: "in part, what is known", change: `{"actions":["update"],"after":{"name":"t","tags":{"a":"b"}},"after_unknown":{"tags":{"c":true}}}`, there: true, path: "tags.a", want: "b"},
	} {
		r, there := mustRead(t, planText(row.change, row.config))["aws_dynamodb_table.t"]
		if there != row.there {
			t.Errorf("%s: it is there: %v", row.name, there)
			continue
		}
		if !there {
			continue
		}
		if got := word(r.Body, row.path); got != row.want {
			t.Errorf("%s: %s is %q, want %q", row.name, row.path, got, row.want)
		}
		if r.Region != "eu-central-1" {
			t.Errorf("%s: Region %q", row.name, r.Region)
		}
	}
}

func TestWhatIsDeployedHasItsARN(t *testing.T) {
	const arn = "arn:aws:dynamodb:ap-south-1:111122223333:table/t"
	r := mustRead(t, planText(`{"actions":["no-op"],"after":{"name":"t","id":"t","arn":"`+arn+`"},"after_unknown":{}}`, ""))["aws_dynamodb_table.t"]
	if r.Region != "ap-south-1" || r.Account != "111122223333" || r.Text("arn") != arn || r.Attribute("arn") != arn {
		t.Errorf("Region %q, account %q, ARN %q or %q", r.Region, r.Account, r.Text("arn"), r.Attribute("arn"))
	}
}

func TestPlacesInAPlan(t *testing.T) {
	text := planText(`{
    "actions":["create"],
    "before":{"name":"old"},
    "after":{"name":"t",
     "point_in_time_recovery":[
      {"enabled":true}]},
    "after_unknown":{"arn":true}}`, "")
	r := mustRead(t, text)["aws_dynamodb_table.t"]
	if got := r.At.String(); got != "plan.json:4:3" {
		t.Errorf("the table is at %s", got)
	}
	if _, pos, _ := r.Body.Value("name"); pos.String() != "plan.json:8:14" {
		t.Errorf("its name is at %s", pos)
	}
	blocks, _ := r.Body.Blocks("point_in_time_recovery")
	if len(blocks) != 1 || blocks[0].At.String() != "plan.json:10:7" {
		t.Fatalf("blocks: %+v", blocks)
	}
	if _, pos, _ := blocks[0].Value("enabled"); pos.String() != "plan.json:10:8" {
		t.Errorf("the flag is at %s", pos)
	}
}

func TestWhatIsNoPlan(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"JSON cut off", "{\"format_version\":\"1.2\",\n \"planned_values\": {", "plan.json:2:20"},
		{"no JSON", "resource {}", "plan.json:1:1"},
		{"a version of the future", `{"format_version":"9.0","terraform_version":"9.0.0"}`, "does not satisfy"},
		{"state", `{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}`, "this is no plan"},
		{"nothing", "", "plan.json"},
	} {
		_, err := Read("plan.json", []byte(row.text))
		var mistake *Error
		if !errors.As(err, &mistake) || !strings.Contains(err.Error(), row.want) || !strings.HasPrefix(err.Error(), "plan.json") {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if _, err := Read("plan.json", make([]byte, MaxBytes+1)); err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("a plan that is too large: %v", err)
	}
}

func TestDeferredResourcesMayExist(t *testing.T) {
	text := strings.Replace(string(planText(`{"actions":["delete"],"after":null}`, "")), `"configuration":`,
		`"deferred_changes":[{"reason":"instance_count_unknown","resource_change":{"address":"aws_dynamodb_table.later[*]","mode":"managed",
		"type":"aws_dynamodb_table","name":"later","change":{"actions":["create"],"after":{"name":"later"},"after_unknown":{}}}}],"configuration":`, 1)
	r, ok := mustRead(t, []byte(text))["aws_dynamodb_table.later[*]"]
	if !ok || !strings.Contains(r.Maybe, "instance_count_unknown") {
		t.Errorf("got %+v", r)
	}
}

// Outputs and variables that refer to one another without end, or in ever more ways, end the following of references.
func TestReferencesWithoutEnd(t *testing.T) {
	outputs := `"o":{"expression":{"references":["module.m.o","module.m.p"]}},"p":{"expression":{"references":["module.m.p","module.m.o"]}}`
	text := strings.Replace(string(planText(`{"actions":["create"],"after":{"name":"t"},"after_unknown":{"kms_key_arn":true}}`, "")),
		`"name":{"constant_value":"t"}`, `"kms_key_arn":{"references":["module.m.o"]}`, 1)
	inner := `{"outputs":{` + outputs + `}}`
	for range 40 {
		inner = `{"outputs":{` + outputs + `},"module_calls":{"m":{"module":` + inner + `}}}`
	}
	text = strings.Replace(text, `"root_module":{"resources":`, `"root_module":{"module_calls":{"m":{"module":`+inner+`}},"resources":`, 1)
	if got := word(mustRead(t, []byte(text))["aws_dynamodb_table.t"].Body, "kms_key_arn"); got != "unknown" {
		t.Errorf("got %q", got)
	}
}

func TestStepsOfAnAddress(t *testing.T) {
	got := steps(`module.a["x.y\"]."].aws_vpc.main[0]`)
	want := []string{"module", `a["x.y\"]."]`, "aws_vpc", "main[0]"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", got)
	}
}
