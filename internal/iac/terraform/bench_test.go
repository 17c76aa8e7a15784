package terraform

import (
	"fmt"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/planfile"
)

// largePlan is a plan with so many tables, each with a tag and a name that only deployment tells, and a selection of all.
func largePlan(tables int) []byte {
	var changes, configs strings.Builder
	for i := range tables {
		fmt.Fprintf(&changes, `{"address":"aws_dynamodb_table.t%d","mode":"managed","type":"aws_dynamodb_table","name":"t%d","change":{"actions":["create"],"after":{"billing_mode":"PAY_PER_REQUEST","hash_key":"pk","attribute":[{"name":"pk","type":"S"}],"tags":{"backup":"gold"}},"after_unknown":{"arn":true,"id":true,"name":true,"point_in_time_recovery":true,"server_side_encryption":[{"kms_key_arn":true}]}}},`, i, i)
		fmt.Fprintf(&changes, `{"address":"aws_dynamodb_tag.t%d","mode":"managed","type":"aws_dynamodb_tag","name":"t%d","change":{"actions":["create"],"after":{"key":"k","value":"v"},"after_unknown":{"resource_arn":true}}},`, i, i)
		fmt.Fprintf(&configs, `{"address":"aws_dynamodb_table.t%d","mode":"managed","type":"aws_dynamodb_table","name":"t%d","expressions":{"name":{"references":["random_id.x.hex","random_id.x"]},"server_side_encryption":[{"kms_key_arn":{"references":["aws_kms_key.k.arn","aws_kms_key.k"]}}]}},`, i, i)
		fmt.Fprintf(&configs, `{"address":"aws_dynamodb_tag.t%d","mode":"managed","type":"aws_dynamodb_tag","name":"t%d","expressions":{"resource_arn":{"references":["aws_dynamodb_table.t%d.arn","aws_dynamodb_table.t%d"]}}},`, i, i, i, i)
	}
	return []byte(`{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{}},"resource_changes":[` + strings.TrimSuffix(changes.String(), ",") +
		`],"configuration":{"root_module":{"resources":[` + strings.TrimSuffix(configs.String(), ",") + `]}}}`)
}

func BenchmarkPlanOfManyTables(b *testing.B) {
	text := largePlan(10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for range b.N {
		resources, err := planfile.Read("plan.json", text)
		if err != nil {
			b.Fatal(err)
		}
		unit := build.New()
		Add(unit, resources)
		if n := len(unit.Unit.Tables.Items); n != 10_000 {
			b.Fatalf("%d tables", n)
		}
	}
}
