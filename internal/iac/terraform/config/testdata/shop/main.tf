terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "env" {
  type    = string
  default = "test"
}

variable "tables" {
  type = map(object({
    pitr   = optional(bool, true)
    days   = optional(number)
    stream = optional(string)
    tags   = optional(map(string), {})
  }))
}

variable "keep" {
  default = { daily = 35, weekly = 90, yearly = 3650 }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "111122223333"
  secret_key                  = "any"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  default_tags {
    tags = {
      env   = var.env
      owner = "platform"
    }
  }
}

provider "aws" {
  alias                       = "west"
  region                      = "us-west-2"
  access_key                  = "111122223333"
  secret_key                  = "any"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

locals {
  prefix    = lower("${var.env}-SHOP")
  protected = { for name, t in var.tables : name => t if t.pitr }
  rules = [for name, days in var.keep : {
    name = name
    days = days
    cold = days >= 120 ? 30 : null
  }]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "vault" {
  source_policy_documents = [jsonencode({
    Statement = [{ Sid = "copy", Effect = "Deny", Principal = "*", Action = "backup:CopyFromBackupVault", Resource = "*" }]
  })]

  statement {
    sid       = "keep"
    effect    = "Deny"
    actions   = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalTag/role"
      values   = ["keeper"]
    }
  }
}

resource "aws_iam_role" "backup" {
  name_prefix        = "${local.prefix}-"
  path               = "/ops/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

module "table" {
  source   = "./modules/table"
  for_each = var.tables

  name   = "${local.prefix}-${each.key}"
  pitr   = each.value.pitr
  days   = each.value.days
  stream = each.value.stream
  tags   = merge(each.value.tags, { table = each.key })
}

module "west" {
  source = "./modules/table"

  providers = {
    aws = aws.west
  }

  name = "${local.prefix}-west"
}

resource "aws_backup_vault" "main" {
  name          = "${local.prefix}-vault"
  force_destroy = var.env == "prod" ? false : true
}

resource "aws_backup_vault_lock_configuration" "main" {
  count = var.env == "test" ? 1 : 0

  backup_vault_name  = aws_backup_vault.main.name
  min_retention_days = min(values(var.keep)...)
  max_retention_days = max([for days in values(var.keep) : days]...)
}

resource "aws_backup_vault_policy" "main" {
  backup_vault_name = aws_backup_vault.main.name
  policy            = data.aws_iam_policy_document.vault.json
}

resource "aws_backup_plan" "main" {
  name = local.prefix

  dynamic "rule" {
    for_each = { for r in local.rules : r.name => r }

    content {
      rule_name         = "${rule.key}-rule"
      target_vault_name = aws_backup_vault.main.name
      schedule          = format("cron(0 %d * * ? *)", length(rule.key))

      lifecycle {
        delete_after       = rule.value.days
        cold_storage_after = rule.value.cold
      }

      dynamic "copy_action" {
        for_each = rule.value.days > 40 ? ["arn:aws:backup:us-west-2:111122223333:backup-vault:copies"] : []
        iterator = copy

        content {
          destination_vault_arn = copy.value
        }
      }
    }
  }
}

resource "aws_backup_selection" "tagged" {
  name         = "tagged"
  plan_id      = aws_backup_plan.main.id
  iam_role_arn = aws_iam_role.backup.arn

  dynamic "selection_tag" {
    for_each = toset(["gold", "silver"])

    content {
      type  = "STRINGEQUALS"
      key   = "tier"
      value = selection_tag.value
    }
  }
}

resource "aws_backup_selection" "named" {
  name         = "named"
  plan_id      = aws_backup_plan.main.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = concat([for name, t in module.table : t.arn if contains(keys(local.protected), name)], [module.west.arn])
}
