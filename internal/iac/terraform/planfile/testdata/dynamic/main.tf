# What dynamic blocks come to in a plan: those over values that only applying tells, those over known ones, and none.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "x"
  secret_key                  = "y"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

resource "terraform_data" "later" {}

locals {
  later = terraform_data.later.id == "" ? [] : [1]
}

resource "aws_dynamodb_table" "unsure" {
  name         = "unsure"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  dynamic "point_in_time_recovery" {
    for_each = local.later
    content {
      enabled = true
    }
  }
  dynamic "replica" {
    for_each = local.later
    content {
      region_name = "us-east-1"
    }
  }
}

resource "aws_dynamodb_table" "sure" {
  name         = "sure"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  dynamic "point_in_time_recovery" {
    for_each = [true]
    content {
      enabled = point_in_time_recovery.value
    }
  }
}

resource "aws_dynamodb_table" "none" {
  name         = "none"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
}

resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "daily"
    target_vault_name = "Default"
    dynamic "lifecycle" {
      for_each = local.later
      content {
        delete_after = 35
      }
    }
    dynamic "copy_action" {
      for_each = [terraform_data.later.id]
      content {
        destination_vault_arn = copy_action.value
      }
    }
  }
}

resource "aws_backup_selection" "some" {
  name         = "some"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = "arn:aws:iam::111122223333:role/backup"
  resources    = ["*"]
  dynamic "selection_tag" {
    for_each = local.later
    content {
      type  = "STRINGEQUALS"
      key   = "backup"
      value = "daily"
    }
  }
  dynamic "condition" {
    for_each = local.later
    content {
      string_equals {
        key   = "aws:ResourceTag/backup"
        value = "daily"
      }
    }
  }
}
