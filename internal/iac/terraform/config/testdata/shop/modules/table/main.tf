terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "name" {
  type = string
}

variable "pitr" {
  type    = bool
  default = true
}

variable "days" {
  type    = number
  default = null
}

variable "stream" {
  type    = string
  default = null
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "aws_dynamodb_table" "this" {
  name             = var.name
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "pk"
  stream_enabled   = var.stream != null
  stream_view_type = var.stream
  tags             = var.tags

  attribute {
    name = "pk"
    type = "S"
  }

  point_in_time_recovery {
    enabled                 = var.pitr
    recovery_period_in_days = var.pitr ? coalesce(var.days, 35) : null
  }
}

output "arn" {
  value = aws_dynamodb_table.this.arn
}
