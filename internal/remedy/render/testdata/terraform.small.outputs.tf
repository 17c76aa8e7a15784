output "role_arn" {
  description = "Role that AWS Backup works through"
  value       = aws_iam_role.backup.arn
}

output "vault_arn" {
  description = "Vault of the recovery points"
  value       = aws_backup_vault.default.arn
}

output "plan_id" {
  description = "Backup plan"
  value       = aws_backup_plan.restorable_daily.id
}
