variable "name" {}
variable "key" {}
resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 14
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = var.key
  }
}
output "arn" { value = aws_dynamodb_table.this.arn }
