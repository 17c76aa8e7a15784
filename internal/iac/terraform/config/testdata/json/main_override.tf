resource "aws_dynamodb_table" "this" {
  deletion_protection_enabled = true

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 21
  }
}
