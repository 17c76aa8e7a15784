variable "role_name" {
  description = "Name of the role that AWS Backup works through"
  type        = string
  default     = "AWSBackupDefaultServiceRole"
}

variable "vault_name" {
  description = "Name of the backup vault"
  type        = string
  default     = "Default"
}

variable "plan_name" {
  description = "Name of the backup plan"
  type        = string
  default     = "restorable-daily"
}

variable "schedule" {
  description = "When backups start: a cron expression of AWS"
  type        = string
  default     = "cron(0 5 ? * * *)"
}

variable "retention_days" {
  description = "Days for which recovery points are kept"
  type        = number
  default     = 35
}

variable "table_arns" {
  description = "ARNs of the tables to back up; empty list = all tables"
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of everything that can carry tags"
  type        = map(string)
  default = {
    Purpose           = "backup"
    "restorable:tool" = "restorable"
  }
}
