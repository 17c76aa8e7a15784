package terraform

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
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

const global = tableText + `
  stream_enabled = true
  point_in_time_recovery {
    enabled = true
  }
  tags = { a = "b" }
  replica {
    region_name = "us-east-1"
    propagate_tags = true
    point_in_time_recovery = true
  }
  replica {
    region_name = "us-west-2"
    kms_key_arn = "arn:aws:kms:us-west-2:111122223333:key/k"
  }
}`

func TestReplicas(t *testing.T) {
	const (
		east = "us-east-1.Tables.Items[aws_dynamodb_table.t/us-east-1]."
		west = "us-west-2.Tables.Items[aws_dynamodb_table.t/us-west-2]."
		own  = "us-east-1.Tables.Items[aws_dynamodb_table_replica.r]."
		far  = "provider \"aws\" {\n  alias = \"far\"\n  region = \"us-east-1\"\n}\n"
	)
	checkTypes(t, []typeCase{
		{"blocks", global, map[string]string{
			table + "Replicas": "[{us-east-1  } {us-west-2  arn:aws:kms:us-west-2:111122223333:key/k}]",
			east + "Name":      "t", east + "ARN": "arn:aws:dynamodb:us-east-1:${AWS::AccountId}:table/t", east + "PITRStatus": "ENABLED", east + "Tags": "map[a:b]",
			east + "Replicas": "[{eu-west-1  } {us-west-2  arn:aws:kms:us-west-2:111122223333:key/k}]", east + "KeyARN": "absent", east + "DeletionProtection": "false",
			west + "PITRStatus": "DISABLED", west + "Tags": "map[]", west + "SSEType": "KMS", west + "KeyARN": "arn:aws:kms:us-west-2:111122223333:key/k",
			west + "StreamARN": "${aws_dynamodb_table.t/us-west-2.stream_arn}"}},
		{"resources of their own", far + tableText + "}\n" + `
resource "aws_dynamodb_table_replica" "r" {
  provider = aws.far
  global_table_arn = aws_dynamodb_table.t.arn
  point_in_time_recovery = true
  table_class_override = "STANDARD_INFREQUENT_ACCESS"
  deletion_protection_enabled = true
  tags = { c = "d" }
}`, map[string]string{table + "Replicas": "[{us-east-1  }]", own + "Name": "t", own + "ARN": "arn:aws:dynamodb:us-east-1:${AWS::AccountId}:table/t",
			own + "PITRStatus": "ENABLED", own + "TableClass": "STANDARD_INFREQUENT_ACCESS", own + "DeletionProtection": "true", own + "Tags": "map[c:d]",
			own + "Replicas": "[{eu-west-1  }]"}},
		{"of which table, is not known", far + tableText + "}\nresource \"aws_dynamodb_table_replica\" \"r\" {\n  provider = aws.far\n  global_table_arn = var.unknown\n}\n",
			map[string]string{table + "Replicas": "unknown"}},
		{"the version of 2017", far + tableText + "}\nresource \"aws_dynamodb_table\" \"u\" {\n  provider = aws.far\n  name = \"t\"\n  hash_key = \"pk\"\n}\n" + `
resource "aws_dynamodb_global_table" "g" {
  name = "t"
  replica {
    region_name = "eu-west-1"
  }
  replica {
    region_name = "us-east-1"
  }
}`, map[string]string{table + "Replicas": "[{us-east-1  }]", "us-east-1.Tables.Items[aws_dynamodb_table.u].Replicas": "[{eu-west-1  }]"}},
	})
}

func TestVaults(t *testing.T) {
	checkTypes(t, []typeCase{
		{"nothing said", vaultText, map[string]string{vault + "ARN": "arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:v", vault + "Type": "BACKUP_VAULT",
			vault + "Locked": "false", vault + "Policy": "absent", vault + "NotificationTopic": "absent",
			vault + "KeyARN": "arn:aws:kms:eu-west-1:${AWS::AccountId}:key/${!alias/aws/backup}", vault + "RecoveryPoints.Whole": "unknown"}},
		{"a lock that becomes final", vaultText + "resource \"aws_backup_vault_lock_configuration\" \"l\" {\n  backup_vault_name = aws_backup_vault.v.name\n  changeable_for_days = 3\n  min_retention_days = 7\n}",
			map[string]string{vault + "Locked": "true", vault + "LockDate": "unknown", vault + "MinRetention": "7", vault + "MaxRetention": "absent"}},
		{"a lock in governance mode", vaultText + "resource \"aws_backup_vault_lock_configuration\" \"l\" {\n  backup_vault_name = \"v\"\n}",
			map[string]string{vault + "Locked": "true", vault + "LockDate": "absent"}},
		{"a lock of another vault", vaultText + "resource \"aws_backup_vault_lock_configuration\" \"l\" {\n  backup_vault_name = \"w\"\n}", map[string]string{vault + "Locked": "false"}},
		{"a lock that may be of any vault", vaultText + "resource \"aws_backup_vault_lock_configuration\" \"l\" {\n  backup_vault_name = var.unknown\n}",
			map[string]string{vault + "Locked": "unknown", vault + "LockDate": "unknown", vault + "MinRetention": "unknown"}},
		{"a lock that may exist", vaultText + "resource \"aws_backup_vault_lock_configuration\" \"l\" {\n  count = var.unknown\n  backup_vault_name = \"v\"\n}",
			map[string]string{vault + "Locked": "unknown"}},
		{"one of which it is not known, and its own", vaultText + "resource \"aws_backup_vault_lock_configuration\" \"l\" {\n  backup_vault_name = \"v\"\n}\n" +
			"resource \"aws_backup_vault_lock_configuration\" \"m\" {\n  backup_vault_name = var.unknown\n}", map[string]string{vault + "Locked": "true"}},
		{"policy and notifications", vaultText + `
resource "aws_backup_vault_policy" "p" {
  backup_vault_name = aws_backup_vault.v.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_backup_vault_notifications" "n" {
  backup_vault_name = aws_backup_vault.v.name
  sns_topic_arn = "arn:aws:sns:eu-west-1:111122223333:n"
  backup_vault_events = ["BACKUP_JOB_FAILED"]
}`, map[string]string{vault + "Policy": `{"Statement":[],"Version":"2012-10-17"}`, vault + "NotificationTopic": "arn:aws:sns:eu-west-1:111122223333:n",
			vault + "NotificationEvents": "[BACKUP_JOB_FAILED]"}},
		{"a policy with variables of IAM's", vaultText + "resource \"aws_backup_vault_policy\" \"p\" {\n  backup_vault_name = \"v\"\n  policy = \"{\\\"a\\\":\\\"$${aws:username}$${*}\\\"}\"\n}",
			map[string]string{vault + "Policy": `{"a":"${aws:username}${*}"}`}},
		{"a policy with what only deployment tells", vaultText + "resource \"aws_backup_vault_policy\" \"p\" {\n  backup_vault_name = \"v\"\n  policy = jsonencode({ Resource = aws_backup_vault.v.arn })\n}",
			map[string]string{vault + "Policy": "unknown"}},
		{"air-gapped", "resource \"aws_backup_logically_air_gapped_vault\" \"g\" {\n  name = \"g\"\n  min_retention_days = 7\n  max_retention_days = 30\n}", map[string]string{
			"eu-west-1.Vaults.Items[aws_backup_logically_air_gapped_vault.g].Type":   "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
			"eu-west-1.Vaults.Items[aws_backup_logically_air_gapped_vault.g].Locked": "true", "eu-west-1.Vaults.Items[aws_backup_logically_air_gapped_vault.g].MaxRetention": "30"}},
		{"a vault that may exist", "resource \"aws_backup_vault\" \"v\" {\n  count = var.unknown\n  name = \"v\"\n}", map[string]string{"!" + vault + "Name": "", "eu-west-1.Vaults.Whole": "unknown"}},
	})
}

func TestWhatSurroundsTables(t *testing.T) {
	const (
		reader = "eu-west-1.StreamReaders.Items[aws_lambda_event_source_mapping.m]."
		key    = "eu-west-1.Keys.Items[aws_kms_key.k]."
		trail  = "Trails.Items[aws_cloudtrail.c]."
		end    = "eu-west-1.VPCEndpoints.Items[aws_vpc_endpoint.e]."
		role   = "eu-west-1.Roles.Items[aws_iam_role.r]."
		plan   = "eu-west-1.RestoreTestingPlans.Items[aws_backup_restore_testing_plan.p]."
	)
	checkTypes(t, []typeCase{
		{"settings", `
resource "aws_backup_region_settings" "s" {
  resource_type_opt_in_preference = { DynamoDB = true }
  resource_type_management_preference = { DynamoDB = false }
}
resource "aws_backup_global_settings" "s" {
  global_settings = { isCrossAccountBackupEnabled = "true" }
}`, map[string]string{"eu-west-1.Settings.OptIn": "map[DynamoDB:true]", "eu-west-1.Settings.Management": "map[DynamoDB:false]", "eu-west-1.Settings.CrossAccount": "true"}},
		{"a reader of the stream", tableText + "  stream_enabled = true\n}\n" + `
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn = aws_dynamodb_table.t.stream_arn
  function_name = "f"
  enabled = false
}`, map[string]string{table + "StreamARN": "${aws_dynamodb_table.t.stream_arn}", reader + "Stream": "${aws_dynamodb_table.t.stream_arn}", reader + "State": "Disabled"}},
		{"a reader of a queue", "resource \"aws_lambda_event_source_mapping\" \"m\" {\n  event_source_arn = \"arn:aws:sqs:eu-west-1:111122223333:q\"\n  function_name = \"f\"\n}",
			map[string]string{"!" + reader + "State": ""}},
		{"keys", `
resource "aws_kms_key" "k" {
  is_enabled = false
}
resource "aws_kms_replica_key" "r" {
  primary_key_arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-1"
}`, map[string]string{key + "ARN": "arn:aws:kms:eu-west-1:${AWS::AccountId}:key/${!aws_kms_key.k}", key + "State": "Disabled", key + "Manager": "CUSTOMER", key + "MultiRegion": "false",
			"eu-west-1.Keys.Items[aws_kms_replica_key.r].State": "Enabled", "eu-west-1.Keys.Items[aws_kms_replica_key.r].MultiRegion": "true"}},
		{"endpoints", `
resource "aws_vpc" "v" {
  tags = { Name = "main" }
}
resource "aws_vpc_endpoint" "e" {
  vpc_id = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.dynamodb"
}
resource "aws_vpc_endpoint_policy" "p" {
  vpc_endpoint_id = aws_vpc_endpoint.e.id
  policy = "{}"
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.s3"
}`, map[string]string{"eu-west-1.VPCs.Items[${!aws_vpc.v}].Name": "main", end + "VPC": "${!aws_vpc.v}", end + "Type": "Gateway", end + "Policy": "{}",
			"!eu-west-1.VPCEndpoints.Items[aws_vpc_endpoint.s3].Type": ""}},
		{"a trail of all Regions", global + `
resource "aws_cloudtrail" "c" {
  name = "c"
  s3_bucket_name = "b"
  is_multi_region_trail = true
}`, map[string]string{"eu-west-1." + trail + "MultiRegion": "true", "us-east-1." + trail + "Logging": "true", "us-east-1." + trail + "HomeRegion": "eu-west-1",
			"eu-west-1." + trail + "Selectors.Items[aws_cloudtrail.c/0].Management": "true", "eu-west-1." + trail + "Selectors.Items[aws_cloudtrail.c/0].ReadWrite": "All"}},
		{"selectors", `
resource "aws_cloudtrail" "c" {
  name = "c"
  s3_bucket_name = "b"
  enable_logging = false
  advanced_event_selector {
    name = "writes"
    field_selector {
      field = "eventCategory"
      equals = ["Data"]
    }
  }
}`, map[string]string{"eu-west-1." + trail + "Logging": "false", "eu-west-1." + trail + "MultiRegion": "false",
			"eu-west-1." + trail + "Advanced.Items[aws_cloudtrail.c/0].Fields": "[{eventCategory [Data] [] [] [] [] []}]"}},
		{"roles", `
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = "{}"
}
resource "aws_iam_policy" "p" {
  name = "p"
  policy = "{\"Version\":\"2012-10-17\"}"
}
resource "aws_iam_role_policy_attachment" "a" {
  role = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_iam_role_policy" "i" {
  name = "i"
  role = aws_iam_role.r.id
  policy = "{}"
}`, map[string]string{role + "ARN": "arn:aws:iam::${AWS::AccountId}:role/r", role + "Trust": "{}", role + "Exists": "true",
			role + "Attached": "[arn:aws:iam::${AWS::AccountId}:policy/p]", role + "Policies.Items[arn:aws:iam::${AWS::AccountId}:policy/p].Text": `{"Version":"2012-10-17"}`,
			role + "Policies.Items[inline:i].Text": "{}", role + "Policies.Whole": "unknown", role + "Boundary": "absent"}},
		{"restore testing", `
resource "aws_backup_restore_testing_plan" "p" {
  name = "p"
  schedule_expression = "cron(0 1 ? * * *)"
  recovery_point_selection {
    algorithm = "LATEST_WITHIN_WINDOW"
    include_vaults = ["*"]
    recovery_point_types = ["SNAPSHOT"]
  }
}
resource "aws_backup_restore_testing_selection" "s" {
  name = "s"
  restore_testing_plan_name = aws_backup_restore_testing_plan.p.name
  protected_resource_type = "DynamoDB"
  iam_role_arn = "arn:aws:iam::111122223333:role/r"
  protected_resource_arns = ["*"]
  validation_window_hours = 4
}`, map[string]string{plan + "Algorithm": "LATEST_WITHIN_WINDOW", plan + "IncludeVaults": "[*]",
			plan + "Selections.Items[aws_backup_restore_testing_selection.s].Resources": "[*]", plan + "Selections.Items[aws_backup_restore_testing_selection.s].ValidationHours": "4"}},
		{"report plans", `
resource "aws_backup_report_plan" "p" {
  name = "p"
  report_setting {
    report_template = "BACKUP_JOB_REPORT"
  }
  report_delivery_channel {
    s3_bucket_name = "b"
  }
}`, map[string]string{"eu-west-1.ReportPlans.Items[aws_backup_report_plan.p].Template": "BACKUP_JOB_REPORT", "eu-west-1.ReportPlans.Items[aws_backup_report_plan.p].Bucket": "b"}},
	})
}

// What is in one account or Region does not protect what is in another, though nobody knows which they are.
func TestAccountsAndRegionsAreApart(t *testing.T) {
	const parts = `
variable "far" {}
provider "aws" {
  alias  = "far"
  region = var.far
}
provider "aws" {
  alias               = "other"
  region              = "eu-west-1"
  allowed_account_ids = ["444455556666"]
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = "v"
  }
}
resource "aws_backup_selection" "s" {
  plan_id      = aws_backup_plan.p.id
  name         = "s"
  iam_role_arn = "r"
  resources    = ["*"]
}
resource "aws_dynamodb_table" "t" {
  name = "t"
}
resource "aws_dynamodb_table" "far" {
  provider = aws.far
  name     = "far"
}
resource "aws_dynamodb_table" "other" {
  provider = aws.other
  name     = "other"
}
`
	c := catalogue(t)
	units := declared(t, provider+parts).Units()
	if len(units) != 3 && len(units) != 4 {
		t.Fatalf("%d units", len(units))
	}
	want := map[string]control.Verdict{"t": control.Pass, "far": control.Unknown, "other": control.Unknown}
	for _, u := range units {
		u.Settings.OptIn = estate.KnownFact(map[string]bool{"DynamoDB": true}, 0)
		for i := range u.Tables.Items {
			name := u.Tables.Items[i].Name.Or("")
			if f := judged(t, c, u, "backup-plan-membership", "aws_dynamodb_table."+name); f.Verdict != want[name] {
				t.Errorf("%s: %s, want %s: %s", name, f.Verdict, want[name], f.Reason)
			}
			delete(want, name)
		}
	}
	if len(want) != 0 {
		t.Errorf("not found: %v", want)
	}
}

// A Region in which nothing is to be judged has no unit; what is of all Regions counts from there all the same.
func TestRegionsWithoutTables(t *testing.T) {
	const text = tableText + `}
provider "aws" {
  alias  = "far"
  region = "us-east-1"
}
resource "aws_acm_certificate" "c" {
  provider = aws.far
}
resource "aws_kms_key" "k" {
  provider = aws.far
}
resource "aws_cloudtrail" "c" {
  provider              = aws.far
  name                  = "c"
  s3_bucket_name        = "b"
  is_multi_region_trail = true
}
resource "aws_iam_role" "r" {
  provider = aws.far
  name     = "r"
}
`
	units := declared(t, provider+text).Units()
	for _, u := range units {
		if region := u.Region.Or(""); region == "us-east-1" {
			t.Errorf("%s has a unit", region)
		} else if region == "eu-west-1" && (len(u.Tables.Items) != 1 || len(u.Trails.Items) != 1 || len(u.Roles.Items) != 1 || u.Trails.Items[0].HomeRegion.Or("") != "us-east-1") {
			t.Errorf("%d tables, %d trails, %d roles", len(u.Tables.Items), len(u.Trails.Items), len(u.Roles.Items))
		}
	}
}

// A module that is not installed may declare anything, in any Region.
func TestModulesThatAreNotInstalled(t *testing.T) {
	b := declared(t, provider+global+"\nmodule \"backups\" {\n  source = \"example/backups/aws\"\n}\n")
	for _, u := range b.Units() {
		for name, whole := range map[string]estate.Fact[bool]{"plans": u.Plans.Whole, "tables": u.Tables.Whole} {
			if p := u.Of(whole.Source()); p.Code != build.NotResolved || p.Line == 0 {
				t.Errorf("%s of %s: %+v", name, u.Region, p)
			}
		}
	}
}
