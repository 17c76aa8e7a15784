package terraform

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/config"
)

const provider = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nvariable \"unknown\" {}\n"

// declared is what configuration, in main.tf, comes to.
func declared(t *testing.T, text string) *build.Builder {
	t.Helper()
	resources, err := config.Read(fstest.MapFS{"main.tf": {Data: []byte(text)}}, ".", config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := build.New()
	Add(b, resources)
	return b
}

// factsIn are the facts of all units, by paths that begin with the Region.
func factsIn(b *build.Builder) map[string]string {
	out := map[string]string{}
	for _, u := range b.Units() {
		facts(u.Region.Or("?"), reflect.ValueOf(u).Elem(), out)
	}
	return out
}

const (
	table     = "eu-west-1.Tables.Items[aws_dynamodb_table.t]."
	vault     = "eu-west-1.Vaults.Items[aws_backup_vault.v]."
	tableText = "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"pk\"\n"
	vaultText = "resource \"aws_backup_vault\" \"v\" {\n  name = \"v\"\n}\n"
	tableARN  = "arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/t"
)

type typeCase struct {
	name, text string
	want       map[string]string // facts by their paths; one that begins with ! has no value there
}

func checkTypes(t *testing.T, cases []typeCase) {
	t.Helper()
	for _, c := range cases {
		got := factsIn(declared(t, provider+c.text))
		for _, path := range slices.Sorted(maps.Keys(c.want)) {
			if key, gone := strings.CutPrefix(path, "!"); gone {
				if _, there := got[key]; there {
					t.Errorf("%s: %s is there", c.name, key)
				}
				continue
			}
			if got[path] != c.want[path] {
				t.Errorf("%s: %s is %q, want %q", c.name, path, got[path], c.want[path])
			}
		}
	}
}

func TestTables(t *testing.T) {
	checkTypes(t, []typeCase{
		{"nothing said", tableText + "}", map[string]string{
			table + "ARN": tableARN, table + "Name": "t", table + "BillingMode": "PROVISIONED", table + "TableClass": "STANDARD",
			table + "DeletionProtection": "false", table + "PITRStatus": "DISABLED", table + "PITRPeriodDays": "absent", table + "PITREarliest": "absent",
			table + "SSEType": "absent", table + "KeyARN": "absent", table + "StreamEnabled": "false", table + "StreamARN": "absent",
			table + "TTLStatus": "DISABLED", table + "TTLAttribute": "absent", table + "Tags": "map[]", table + "Replicas": "[]", table + "GSIs": "[]",
			table + "KeySchema": "[{pk HASH}]", table + "ResourcePolicy": "absent", table + "KinesisStreams": "[]", table + "ContributorInsights": "DISABLED",
			table + "Scaling": "unknown", table + "CreatedAt": "unknown", table + "Status": "unknown", table + "ReadCapacity": "absent"}},
		{"everything said", tableText + `
  range_key = "sk"
  billing_mode = "PROVISIONED"
  read_capacity = 5
  write_capacity = "6"
  table_class = "STANDARD_INFREQUENT_ACCESS"
  deletion_protection_enabled = true
  stream_enabled = true
  stream_view_type = "NEW_IMAGE"
  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "N"
  }
  global_secondary_index {
    name = "g"
    hash_key = "sk"
    range_key = "pk"
    projection_type = "INCLUDE"
    non_key_attributes = ["a"]
    read_capacity = 1
    write_capacity = 2
  }
  local_secondary_index {
    name = "l"
    range_key = "sk"
    projection_type = "ALL"
  }
  point_in_time_recovery {
    enabled = true
    recovery_period_in_days = 7
  }
  server_side_encryption {
    enabled = true
  }
  ttl {
    attribute_name = "gone"
    enabled = true
  }
  tags = { a = "b" }
}`, map[string]string{
			table + "ReadCapacity": "5", table + "WriteCapacity": "6", table + "TableClass": "STANDARD_INFREQUENT_ACCESS", table + "DeletionProtection": "true",
			table + "StreamEnabled": "true", table + "StreamView": "NEW_IMAGE", table + "StreamARN": "${aws_dynamodb_table.t.stream_arn}",
			table + "KeySchema": "[{pk HASH} {sk RANGE}]", table + "Attributes": "[{pk S} {sk N}]",
			table + "GSIs": "[{g [{sk HASH} {pk RANGE}] INCLUDE [a] 1 2 }]", table + "LSIs": "[{l [{pk HASH} {sk RANGE}] ALL [] 0 0 }]",
			table + "PITRStatus": "ENABLED", table + "PITRPeriodDays": "7", table + "PITREarliest": "unknown",
			table + "SSEType": "KMS", table + "KeyARN": "arn:aws:kms:eu-west-1:${AWS::AccountId}:key/${!alias/aws/dynamodb}",
			"eu-west-1.Keys.Items[alias/aws/dynamodb].Manager": "AWS",
			table + "TTLStatus": "ENABLED", table + "TTLAttribute": "gone", table + "Tags": "map[a:b]"}},
		{"on demand, with maxima", tableText + `
  billing_mode = "PAY_PER_REQUEST"
  read_capacity = 5
  on_demand_throughput {
    max_read_request_units = 10
    max_write_request_units = -1
  }
}`, map[string]string{table + "ReadCapacity": "absent", table + "MaxReadRequests": "10", table + "MaxWriteRequests": "absent"}},
		{"beside what has no Region", tableText + "}\nresource \"random_id\" \"r\" {\n  byte_length = 2\n}\nmodule \"m\" {\n  source = \"a/b/c\"\n}\n", map[string]string{"eu-west-1.Region": "eu-west-1", table + "ARN": tableARN}},
		{"what is not known", tableText + `
  billing_mode = var.unknown
  deletion_protection_enabled = var.unknown
  stream_enabled = var.unknown
  point_in_time_recovery {
    enabled = var.unknown
  }
  server_side_encryption {
    enabled = var.unknown
  }
  tags = var.unknown
  dynamic "ttl" {
    for_each = var.unknown
    content {
      enabled = true
    }
  }
  dynamic "replica" {
    for_each = var.unknown
    content {
      region_name = replica.value
    }
  }
}`, map[string]string{
			table + "BillingMode": "unknown", table + "ReadCapacity": "unknown", table + "DeletionProtection": "unknown", table + "StreamEnabled": "unknown",
			table + "StreamARN": "unknown", table + "PITRStatus": "unknown", table + "PITRPeriodDays": "unknown", table + "SSEType": "unknown",
			table + "KeyARN": "unknown", table + "Tags": "unknown", table + "TTLStatus": "unknown", table + "TTLAttribute": "unknown", table + "Replicas": "unknown"}},
		{"the spelling of keys that provider 6 has", tableText[:len(tableText)-len("  hash_key = \"pk\"\n")] + `
  key_schema {
    attribute_name = "a"
    key_type = "HASH"
  }
  global_secondary_index {
    name = "g"
    projection_type = "ALL"
    key_schema {
      attribute_name = "b"
      key_type = "HASH"
    }
    key_schema {
      attribute_name = "c"
      key_type = "HASH"
    }
  }
}`, map[string]string{table + "KeySchema": "[{a HASH}]", table + "GSIs": "[{g [{b HASH} {c HASH}] ALL [] 0 0 }]"}},
		{"a witness is no replica, as provider 6 has them", tableText + `
  stream_enabled = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  replica {
    region_name = "us-east-1"
    consistency_mode = "STRONG"
    deletion_protection_enabled = true
    point_in_time_recovery = true
  }
  global_table_witness {
    region_name = "us-west-2"
  }
  warm_throughput {
    read_units_per_second = 12000
  }
}`, map[string]string{table + "Replicas": "[{us-east-1  }]", "us-east-1.Tables.Items[aws_dynamodb_table.t/us-east-1].DeletionProtection": "true",
			"us-east-1.Tables.Items[aws_dynamodb_table.t/us-east-1].PITRStatus": "ENABLED", "!us-west-2.Region": ""}},
		{"a replica of its own in the Region that it states, as provider 6 has it", tableText + `}
resource "aws_dynamodb_table_replica" "r" {
  region = "us-east-1"
  global_table_arn = aws_dynamodb_table.t.arn
  deletion_protection_enabled = true
  point_in_time_recovery = true
}`, map[string]string{table + "Replicas": "[{us-east-1  }]", "us-east-1.Tables.Items[aws_dynamodb_table_replica.r].DeletionProtection": "true",
			"us-east-1.Tables.Items[aws_dynamodb_table_replica.r].PITRStatus": "ENABLED"}},
		{"the Region that provider 6 lets a resource have", tableText + "  region = \"ap-south-1\"\n}\n" + vaultText, map[string]string{
			"ap-south-1.Tables.Items[aws_dynamodb_table.t].ARN": "arn:aws:dynamodb:ap-south-1:${AWS::AccountId}:table/t",
			"?.Region": "unknown", "eu-west-1.Region": "eu-west-1", vault + "Name": "v", "!" + table + "Name": ""}},
	})
}

func TestWhatOtherResourcesSayOfATable(t *testing.T) {
	const text = tableText + "}\n"
	checkTypes(t, []typeCase{
		{"tags", text + `
resource "aws_dynamodb_tag" "a" {
  resource_arn = aws_dynamodb_table.t.arn
  key = "a"
  value = "b"
}`, map[string]string{table + "Tags": "map[a:b]"}},
		{"a tag of another table", text + `
resource "aws_dynamodb_tag" "a" {
  resource_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/u"
  key = "a"
  value = "b"
}`, map[string]string{table + "Tags": "map[]"}},
		{"a tag that may be of any table", text + `
resource "aws_dynamodb_tag" "a" {
  resource_arn = var.unknown
  key = "a"
  value = "b"
}`, map[string]string{table + "Tags": "unknown"}},
		{"a tag that may exist", text + `
resource "aws_dynamodb_tag" "a" {
  count = var.unknown
  resource_arn = aws_dynamodb_table.t.arn
  key = "a"
  value = "b"
}`, map[string]string{table + "Tags": "unknown"}},
		{"a policy, by an ARN that is written", text + `
resource "aws_dynamodb_resource_policy" "p" {
  resource_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/t"
  policy = "{}"
}`, map[string]string{table + "ResourcePolicy": "{}"}},
		{"contributor insights", text + "resource \"aws_dynamodb_contributor_insights\" \"i\" {\n  table_name = aws_dynamodb_table.t.name\n}", map[string]string{table + "ContributorInsights": "ENABLED"}},
		{"contributor insights of an index", text + "resource \"aws_dynamodb_contributor_insights\" \"i\" {\n  table_name = \"t\"\n  index_name = \"x\"\n}", map[string]string{table + "ContributorInsights": "DISABLED"}},
		{"Kinesis streams", text + `
resource "aws_kinesis_stream" "s" {
  name = "s"
}
resource "aws_dynamodb_kinesis_streaming_destination" "a" {
  table_name = aws_dynamodb_table.t.id
  stream_arn = aws_kinesis_stream.s.arn
}`, map[string]string{table + "KinesisStreams": "[{arn:aws:kinesis:eu-west-1:${AWS::AccountId}:stream/s ACTIVE }]"}},
		{"an index of its own", text + `
resource "aws_dynamodb_global_secondary_index" "g" {
  table_name = aws_dynamodb_table.t.name
  index_name = "g"
  projection {
    projection_type = "KEYS_ONLY"
  }
  key_schema {
    attribute_name = "a"
    attribute_type = "S"
    key_type = "HASH"
  }
}`, map[string]string{table + "GSIs": "[{g [{a HASH}] KEYS_ONLY [] 0 0 }]"}},
		{"scaling", text + `
resource "aws_appautoscaling_target" "r" {
  service_namespace = "dynamodb"
  resource_id = "table/${aws_dynamodb_table.t.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity = 1
  max_capacity = 9
}
resource "aws_appautoscaling_policy" "r" {
  name = "p"
  policy_type = "TargetTrackingScaling"
  service_namespace = aws_appautoscaling_target.r.service_namespace
  resource_id = aws_appautoscaling_target.r.resource_id
  scalable_dimension = aws_appautoscaling_target.r.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 70.5
    predefined_metric_specification {
      predefined_metric_type = "DynamoDBReadCapacityUtilization"
    }
  }
}
resource "aws_appautoscaling_target" "other" {
  service_namespace = "ecs"
  resource_id = "service/t"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity = 1
  max_capacity = 9
}`, map[string]string{table + "Scaling": "[{table/t dynamodb:table:ReadCapacityUnits 1 9  [{p TargetTrackingScaling DynamoDBReadCapacityUtilization 70.5 0 0 false}]}]"}},
	})
}
