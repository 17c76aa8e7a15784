# What exists already and is set by this module. Terraform knows import blocks since version 1.5; with an earlier one, delete this
# file and run, after terraform init:
#   terraform import aws_backup_region_settings.backup eu-west-1

import {
  to = aws_backup_region_settings.backup
  id = "eu-west-1"
}
