package config

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

const benchTable = `
resource "aws_dynamodb_table" "t%d" {
  name         = "${var.env}-table-%d"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  point_in_time_recovery {
    enabled = var.env == "prod" ? true : false
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.k.arn
  }
  tags = merge(local.tags, { name = "t%d" })
}
`

const benchRest = `
variable "env" { default = "prod" }
locals { tags = { team = "shop" } }
provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { owner = "platform" } }
}
resource "aws_kms_key" "k" { enable_key_rotation = true }
`

// BenchmarkRoots reads 1,000 root modules of 10 tables each.
func BenchmarkRoots(b *testing.B) {
	var text strings.Builder
	text.WriteString(benchRest)
	for i := range 10 {
		fmt.Fprintf(&text, benchTable, i, i, i)
	}
	tree := fstest.MapFS{}
	for i := range 1000 {
		tree[fmt.Sprintf("r%04d/main.tf", i)] = &fstest.MapFile{Data: []byte(text.String())}
	}
	measure(b, tree, 11_000)
}

// BenchmarkOneRoot reads one root module of 10,000 tables from a map, and a selection that names them all.
func BenchmarkOneRoot(b *testing.B) {
	var names strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&names, "n%d:\n  pitr: true\n  tags:\n    tier: gold\n", i)
	}
	tree := fstest.MapFS{"tables.yaml": &fstest.MapFile{Data: []byte(names.String())}, "main.tf": &fstest.MapFile{Data: []byte(benchRest + `
locals { tables = yamldecode(file("${path.module}/tables.yaml")) }
resource "aws_dynamodb_table" "t" {
  for_each = local.tables
  name     = "${var.env}-${each.key}"
  tags     = merge(local.tags, each.value.tags)
  point_in_time_recovery { enabled = local.tables[each.key].pitr }
}
resource "aws_backup_selection" "all" {
  for_each  = local.tables
  resources = [aws_dynamodb_table.t[each.key].arn]
}
`)}}
	measure(b, tree, 20_001)
}

func measure(b *testing.B, tree fstest.MapFS, want int) {
	for b.Loop() {
		found, err := Read(tree, ".", Options{})
		if err != nil || len(found) != want {
			b.Fatalf("%d resources, %v", len(found), err)
		}
	}
}
