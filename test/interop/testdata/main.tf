terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {
  type = string
}

variable "region" {
  type = string
}

provider "aws" {
  region                  = var.region
  access_key              = "111122223333"
  secret_key              = "any"
  skip_metadata_api_check = true
  endpoints {
    backup   = var.endpoint
    dynamodb = var.endpoint
    iam      = var.endpoint
    kms      = var.endpoint
    sts      = var.endpoint
  }
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "vault" {
  description             = "vault"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  tags                    = { team = "ops" }
}

resource "aws_kms_alias" "vault" {
  name          = "alias/vault"
  target_key_id = aws_kms_key.vault.key_id
}

resource "aws_backup_vault" "daily" {
  name        = "daily"
  kms_key_arn = aws_kms_key.vault.arn
  tags        = { team = "ops" }
}

resource "aws_backup_vault_lock_configuration" "daily" {
  backup_vault_name  = aws_backup_vault.daily.name
  min_retention_days = 7
  max_retention_days = 120
}

resource "aws_backup_vault_policy" "daily" {
  backup_vault_name = aws_backup_vault.daily.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Principal = { AWS = "*" }, Action = ["backup:DeleteRecoveryPoint"], Resource = "*" }]
  })
}

resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name           = "nightly"
    target_vault_name   = aws_backup_vault.daily.name
    schedule            = "cron(0 5 ? * * *)"
    start_window        = 60
    completion_window   = 360
    recovery_point_tags = { made = "terraform" }
    lifecycle {
      cold_storage_after = 7
      delete_after       = 100
    }
  }
  tags = { team = "ops" }
}

resource "aws_iam_role" "backup" {
  name               = "backup"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = { team = "ops" }
}

resource "aws_iam_role_policy_attachment" "backup" {
  for_each   = toset(["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"])
  role       = aws_iam_role.backup.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/${each.key}"
}

resource "aws_backup_selection" "tagged" {
  name         = "tagged"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = [aws_dynamodb_table.orders.arn]
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "daily"
  }
  depends_on = [aws_iam_role_policy_attachment.backup]
}

resource "aws_dynamodb_table" "orders" {
  name                        = "orders"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "customer"
  range_key                   = "at"
  deletion_protection_enabled = var.protected
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "customer"
    type = "S"
  }
  attribute {
    name = "at"
    type = "N"
  }
  attribute {
    name = "state"
    type = "S"
  }
  global_secondary_index {
    name            = "by-state"
    hash_key        = "state"
    range_key       = "at"
    projection_type = "ALL"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.vault.arn
  }
  point_in_time_recovery {
    enabled = true
  }
  ttl {
    attribute_name = "until"
    enabled        = true
  }
  tags = { backup = "daily" }
}

variable "protected" {
  type    = bool
  default = true
}

output "account" {
  value = data.aws_caller_identity.me.account_id
}
