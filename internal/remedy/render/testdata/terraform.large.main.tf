# A Terraform module.
# Made by restorable 1.2.3 from plan p-930349e362e4 for account 111122223333 (eu-central-1, eu-west-1), as
# observed at 2026-11-20 08:00 UTC.
# Estimated cost: 12.50 USD a month and 0 USD once (prices of 2026-11-01).
#
# NOT in here, because this route cannot express it:
# - set point-in-time recovery of 1 table. They are arguments of aws_dynamodb_table: only the module that owns a
#   table can set them.
#   For that: restorable render --as cli plan.json
# - set deletion protection of 1 table. They are arguments of aws_dynamodb_table: only the module that owns a
#   table can set them.
#   For that: restorable render --as cli plan.json
# - change the key of 1 table. They are arguments of aws_dynamodb_table: only the module that owns a table can
#   set them.
#   For that: restorable render --as cli plan.json
# - change rules of 1 existing plan. Only the module that owns a plan can change it, and as a whole.
#   For that: restorable render --as cli plan.json
# - make 1 on-demand backup. A backup is an event, not a resource.
#   For that: restorable render --as cli plan.json
#
# Deploy it:
#   terraform init
#   terraform plan -out=tfplan
#   terraform apply tfplan
#
# Recovery points depend on some of this: terraform destroy refuses to take it away. To take away everything else,
# let Terraform forget what stays first:
#   terraform state rm aws_iam_role.backup
#   terraform state rm aws_iam_role_policy_attachment.backup
#   terraform state rm aws_iam_role_policy_attachment.older
#   terraform state rm aws_backup_vault.locked
#   terraform state rm aws_backup_vault_policy.locked
#   terraform state rm aws_backup_vault_lock_configuration.locked
#   terraform state rm aws_backup_vault_policy.older
#   terraform state rm aws_backup_vault.copies_eu_central_1
#   terraform destroy

resource "aws_iam_role" "backup" {
  name = var.awsbackupdefaultservicerole_role_name
  path = "/service-role/"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "backup.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
  tags = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_iam_role_policy_attachment" "backup" {
  for_each   = toset(["arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"])
  role       = aws_iam_role.backup.name
  policy_arn = each.value

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_iam_role_policy_attachment" "older" {
  for_each   = toset(["arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"])
  role       = "older"
  policy_arn = each.value

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_region_settings" "backup" {
  resource_type_opt_in_preference = {
    DynamoDB = true
    EBS      = false
  }
  resource_type_management_preference = {
    DynamoDB = true
    EFS      = true
  }
}

resource "aws_backup_vault" "locked" {
  name        = var.locked_vault_name
  kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"
  tags = merge(var.tags, {
    "restorable:tool" = "restorable"
    team              = "shop \"1\"\n\u0024{x}"
  })

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_vault_policy" "locked" {
  backup_vault_name = aws_backup_vault.locked.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "keep"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["backup:DeleteRecoveryPoint"]
        Resource  = "*"
        Condition = {
          ArnNotLike = {
            "aws:PrincipalArn" = "arn:aws:iam::111122223333:role/break-glass"
          }
        }
      },
    ]
  })

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_vault_lock_configuration" "locked" {
  backup_vault_name  = aws_backup_vault.locked.name
  min_retention_days = 7
  max_retention_days = 400

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_vault_notifications" "locked" {
  backup_vault_name   = aws_backup_vault.locked.name
  sns_topic_arn       = "arn:aws:sns:eu-west-1:111122223333:backups"
  backup_vault_events = ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED"]
}

resource "aws_backup_vault_policy" "older" {
  backup_vault_name = "older"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "keep"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["backup:DeleteRecoveryPoint"]
        Resource  = "*"
        Condition = {
          ArnNotLike = {
            "aws:PrincipalArn" = "arn:aws:iam::111122223333:role/break-glass"
          }
        }
      },
    ]
  })

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_plan" "restorable_daily" {
  name = var.plan_name
  tags = merge(var.tags, {
    "restorable:tool" = "restorable"
    team              = "shop \"1\"\n\u0024{x}"
  })

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.locked.name
    schedule          = var.daily_schedule
    start_window      = 60
    completion_window = 180
    recovery_point_tags = {
      "restorable:tool" = "restorable"
      team              = "shop \"1\"\n\u0024{x}"
    }

    lifecycle {
      delete_after = var.daily_retention_days
    }

    copy_action {
      destination_vault_arn = "arn:aws:backup:eu-central-1:111122223333:backup-vault:copies"

      lifecycle {
        delete_after = 90
      }
    }
  }

  rule {
    rule_name                    = "monthly"
    target_vault_name            = aws_backup_vault.locked.name
    schedule                     = var.monthly_schedule
    schedule_expression_timezone = "Europe/Berlin"
    start_window                 = 480
    completion_window            = 10080

    lifecycle {
      cold_storage_after = 7
      delete_after       = var.monthly_retention_days
    }
  }
}

resource "aws_backup_selection" "restorable_tables" {
  name         = "restorable-tables"
  plan_id      = aws_backup_plan.restorable_daily.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = length(var.restorable_tables_table_arns) == 0 ? ["arn:aws:dynamodb:*:*:table/*"] : var.restorable_tables_table_arns
  depends_on   = [aws_iam_role_policy_attachment.backup]
}

resource "aws_backup_selection" "restorable_tagged" {
  name         = "restorable-tagged"
  plan_id      = aws_backup_plan.restorable_daily.id
  iam_role_arn = aws_iam_role.backup.arn
  depends_on   = [aws_iam_role_policy_attachment.backup]

  selection_tag {
    type  = "STRINGEQUALS"
    key   = var.restorable_tagged_tag_key
    value = var.restorable_tagged_tag_value
  }
}

resource "aws_backup_selection" "restorable_mixed" {
  name          = "restorable-mixed"
  plan_id       = "12345678-1234-1234-1234-123456789012"
  iam_role_arn  = var.older_role_arn
  resources     = ["arn:aws:dynamodb:*:*:table/*"]
  not_resources = ["arn:aws:dynamodb:eu-west-1:111122223333:table/scratch"]

  condition {
    string_equals {
      key   = "aws:ResourceTag/env"
      value = "prod"
    }

    string_not_like {
      key   = "aws:ResourceTag/stage"
      value = "te*"
    }
  }
}

resource "aws_backup_restore_testing_plan" "restorable_weekly" {
  name                = "restorable_weekly"
  schedule_expression = var.restore_test_schedule
  start_window_hours  = 8
  tags                = var.tags

  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    recovery_point_types  = ["SNAPSHOT"]
    include_vaults        = [aws_backup_vault.locked.arn]
    selection_window_days = 30
  }
}

resource "aws_backup_restore_testing_selection" "restorable_tables" {
  name                      = "restorable_tables"
  restore_testing_plan_name = aws_backup_restore_testing_plan.restorable_weekly.name
  protected_resource_type   = "DynamoDB"
  iam_role_arn              = aws_iam_role.backup.arn
  protected_resource_arns   = ["*"]
  validation_window_hours   = 4
  depends_on                = [aws_iam_role_policy_attachment.backup]
}

resource "aws_dynamodb_tag" "table" {
  for_each     = { for t in var.table_tags : "${t.arn},${t.key}" => t }
  resource_arn = each.value.arn
  key          = each.value.key
  value        = each.value.value
}

resource "aws_backup_vault" "copies_eu_central_1" {
  provider = aws.eu_central_1
  name     = var.vault_name_eu_central_1
  tags     = var.tags

  lifecycle {
    prevent_destroy = true
  }
}
