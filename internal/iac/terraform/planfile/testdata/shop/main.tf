terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "recoverable" { 
  type    = bool
  default = true
}
variable "class" { default = "gold" }

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "x"
  secret_key                  = "y"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  default_tags {
    tags = { team = "shop" }
  }
}

resource "aws_kms_key" "main" {
  description = "key"
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"
  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "N"
  }
  attribute {
    name = "by"
    type = "S"
  }
  global_secondary_index {
    name            = "by"
    hash_key        = "by"
    projection_type = "ALL"
  }
  local_secondary_index {
    name               = "loc"
    range_key          = "by"
    projection_type    = "INCLUDE"
    non_key_attributes = ["a", "b"]
  }
  point_in_time_recovery {
    enabled = var.recoverable
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }
  ttl {
    attribute_name = "exp"
    enabled        = true
  }
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  replica {
    region_name            = "us-east-1"
    point_in_time_recovery = true
  }
  tags = { backup = var.class }
}

resource "aws_dynamodb_table" "users" {
  for_each       = toset(["a", "b"])
  name           = "users-${each.key}"
  hash_key       = "pk"
  read_capacity  = 5
  write_capacity = 5
  attribute {
    name = "pk"
    type = "S"
  }
}


resource "aws_dynamodb_table" "made" {
  name     = "made-${aws_kms_key.main.key_id}"
  hash_key = "pk"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "pk"
    type = "S"
  }
  tags = { key = aws_kms_key.main.key_id }
}

module "store" {
  source = "./modules/store"
  count  = 2
  name   = "carts-${count.index}"
  key    = aws_kms_key.main.arn
}

resource "aws_backup_vault" "main" {
  name        = "main"
  kms_key_arn = aws_kms_key.main.arn
}
resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name   = aws_backup_vault.main.name
  changeable_for_days = 3
  min_retention_days  = 7
  max_retention_days  = 365
}
resource "aws_backup_vault_policy" "main" {
  backup_vault_name = aws_backup_vault.main.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "backup:DeleteRecoveryPoint", Resource = aws_backup_vault.main.arn }] })
}
resource "aws_backup_vault_notifications" "main" {
  backup_vault_name   = aws_backup_vault.main.name
  sns_topic_arn       = aws_sns_topic.main.arn
  backup_vault_events = ["BACKUP_JOB_COMPLETED"]
}
resource "aws_sns_topic" "main" {
  name = "backups"
}
resource "aws_backup_region_settings" "main" {
  resource_type_opt_in_preference     = { DynamoDB = true, EBS = false, "DocumentDB" = true, "EC2" = true, "RDS" = true, "S3" = true, "VirtualMachine" = true, "EFS" = true, "FSx" = true, "Aurora" = true, "Neptune" = true, "Storage Gateway" = true, "CloudFormation" = true, "Redshift" = true, "SAP HANA on Amazon EC2" = true, "Timestream" = true }
  resource_type_management_preference = { DynamoDB = true, EFS = true }
}
resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "nightly"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 ? * * *)"
    lifecycle {
      delete_after = 35
    }
    copy_action {
      destination_vault_arn = aws_backup_logically_air_gapped_vault.lag.arn
      lifecycle {
        cold_storage_after = 30
        delete_after       = 365
      }
    }
  }
  rule {
    rule_name         = "weekly"
    target_vault_name = "Default"
  }
}
resource "aws_backup_logically_air_gapped_vault" "lag" {
  name               = "lag"
  max_retention_days = 365
  min_retention_days = 7
}
resource "aws_iam_role" "backup" {
  name               = "backup"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "backup.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy_attachment" "backup" {
  role       = aws_iam_role.backup.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}
resource "aws_backup_selection" "arns" {
  name         = "arns"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = concat([aws_dynamodb_table.orders.arn], [for t in aws_dynamodb_table.users : t.arn], module.store[*].arn)
}
resource "aws_backup_selection" "one" {
  name         = "one"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = [aws_dynamodb_table.orders.arn]
}
resource "aws_backup_selection" "tags" {
  name         = "tags"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = aws_iam_role.backup.arn
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "gold"
  }
  condition {
    string_equals {
      key   = "aws:ResourceTag/a"
      value = "b"
    }
  }
}
resource "aws_backup_restore_testing_plan" "t" {
  name                = "monthly"
  schedule_expression = "cron(0 5 1 * ? *)"
  recovery_point_selection {
    algorithm            = "LATEST_WITHIN_WINDOW"
    include_vaults       = [aws_backup_vault.main.arn]
    recovery_point_types = ["SNAPSHOT"]
  }
}
resource "aws_backup_restore_testing_selection" "t" {
  name                      = "tables"
  restore_testing_plan_name = aws_backup_restore_testing_plan.t.name
  protected_resource_type   = "DynamoDB"
  iam_role_arn              = aws_iam_role.backup.arn
  protected_resource_arns   = ["*"]
}
resource "aws_dynamodb_tag" "made" {
  resource_arn = aws_dynamodb_table.users["a"].arn
  key          = "backup"
  value        = "gold"
}
resource "aws_dynamodb_table_replica" "u" {
  global_table_arn       = aws_dynamodb_table.users["a"].arn
  point_in_time_recovery = true
}
resource "aws_appautoscaling_target" "r" {
  max_capacity       = 100
  min_capacity       = 5
  resource_id        = "table/${aws_dynamodb_table.users["a"].name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  service_namespace  = "dynamodb"
}
resource "aws_appautoscaling_policy" "r" {
  name               = "p"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.r.resource_id
  scalable_dimension = aws_appautoscaling_target.r.scalable_dimension
  service_namespace  = aws_appautoscaling_target.r.service_namespace
  target_tracking_scaling_policy_configuration {
    predefined_metric_specification {
      predefined_metric_type = "DynamoDBReadCapacityUtilization"
    }
    target_value = 70
  }
}
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn  = aws_dynamodb_table.orders.stream_arn
  function_name     = "f"
  starting_position = "LATEST"
}
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_vpc_endpoint" "d" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.dynamodb"
}
resource "aws_cloudtrail" "t" {
  name           = "trail"
  s3_bucket_name = "bucket"
  event_selector {
    data_resource {
      type   = "AWS::DynamoDB::Table"
      values = ["arn:aws:dynamodb"]
    }
  }
}
resource "aws_dynamodb_contributor_insights" "o" {
  table_name = aws_dynamodb_table.orders.name
}
resource "aws_dynamodb_resource_policy" "o" {
  resource_arn = aws_dynamodb_table.orders.arn
  policy       = jsonencode({ Version = "2012-10-17", Statement = [] })
}
