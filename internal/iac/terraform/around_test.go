package terraform

import "testing"

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
			map[string]string{vault + "Policy": `{"Resource":"arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:v"}`}},
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
