variable "awsbackupdefaultservicerole_role_name" {
  description = "Name of the role that AWS Backup works through"
  type        = string
  default     = "AWSBackupDefaultServiceRole"
}

variable "locked_vault_name" {
  description = "Name of the backup vault"
  type        = string
  default     = "locked"
}

variable "plan_name" {
  description = "Name of the backup plan"
  type        = string
  default     = "restorable-daily"
}

variable "daily_schedule" {
  description = "When backups start: a cron expression of AWS"
  type        = string
  default     = "cron(0 5 ? * * *)"
}

variable "daily_retention_days" {
  description = "Days for which recovery points are kept"
  type        = number
  default     = 35
}

variable "monthly_schedule" {
  description = "When backups start: a cron expression of AWS"
  type        = string
  default     = "cron(0 6 1 * ? *)"
}

variable "monthly_retention_days" {
  description = "Days for which recovery points are kept"
  type        = number
  default     = 365
}

variable "restorable_tables_table_arns" {
  description = "ARNs of the tables to back up; empty list = all tables"
  type        = list(string)
  default = [
    "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
    "arn:aws:dynamodb:eu-west-1:111122223333:table/carts",
  ]
}

variable "restorable_tagged_tag_key" {
  description = "Tables with this tag are backed up: its key"
  type        = string
  default     = "backup"
}

variable "restorable_tagged_tag_value" {
  description = "Tables with this tag are backed up: its value"
  type        = string
  default     = "yes"
}

variable "older_role_arn" {
  description = "ARN of the role that AWS Backup works through"
  type        = string
  default     = "arn:aws:iam::111122223333:role/older"
}

variable "restore_test_schedule" {
  description = "When restores are tested: a cron expression of AWS"
  type        = string
  default     = "cron(0 9 ? * 2 *)"
}

variable "table_tags" {
  description = "Tags of tables"
  type        = list(object({ arn = string, key = string, value = string }))
  default = [
    {
      arn   = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
      key   = "backup"
      value = "yes"
    },
    {
      arn   = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
      key   = "owner"
      value = "shop"
    },
  ]
}

variable "vault_name_eu_central_1" {
  description = "Name of the backup vault"
  type        = string
  default     = "copies"
}

variable "tags" {
  description = "Tags of everything that can carry tags"
  type        = map(string)
  default = {
    Purpose = "backup"
  }
}
