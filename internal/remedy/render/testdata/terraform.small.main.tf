# A Terraform module.
# Made by restorable 1.2.3 from plan p-ed61e0565d76 for account 111122223333 (eu-west-1), as observed at
# 2026-11-20 08:00 UTC.
# Estimated cost: 12.50 USD a month and 0 USD once (prices of 2026-11-01).
#
# NOT in here, because this route cannot express it:
# - set point-in-time recovery of 2 tables. They are arguments of aws_dynamodb_table: only the module that owns
#   a table can set them.
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
#   terraform state rm aws_backup_vault.default
#   terraform destroy

resource "aws_iam_role" "backup" {
  name = var.role_name
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
  for_each = toset([
    "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
  ])
  role       = aws_iam_role.backup.name
  policy_arn = each.value

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_vault" "default" {
  name = var.vault_name
  tags = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_plan" "restorable_daily" {
  name = var.plan_name
  tags = var.tags

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.default.name
    schedule          = var.schedule
    start_window      = 60
    completion_window = 180

    lifecycle {
      delete_after = var.retention_days
    }
  }
}

resource "aws_backup_selection" "restorable_tables" {
  name         = "restorable-tables"
  plan_id      = aws_backup_plan.restorable_daily.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = length(var.table_arns) == 0 ? ["arn:aws:dynamodb:*:*:table/*"] : var.table_arns
  depends_on   = [aws_iam_role_policy_attachment.backup]
}
