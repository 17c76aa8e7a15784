output "role_arn" {
  description = "Role that AWS Backup works through"
  value       = aws_iam_role.backup.arn
}

output "locked_vault_arn" {
  description = "Vault of the recovery points"
  value       = aws_backup_vault.locked.arn
}

output "plan_id" {
  description = "Backup plan"
  value       = aws_backup_plan.restorable_daily.id
}

output "vault_arn_eu_central_1" {
  description = "Vault of the recovery points"
  value       = aws_backup_vault.copies_eu_central_1.arn
}
