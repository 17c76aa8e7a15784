package terraform

import (
	"testing"
	"testing/fstest"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/config"
)

const global = tableText + `
  stream_enabled = true
  point_in_time_recovery {
    enabled = true
  }
  tags = { a = "b" }
  replica {
    region_name = "us-east-1"
    propagate_tags = true
    point_in_time_recovery = true
  }
  replica {
    region_name = "us-west-2"
    kms_key_arn = "arn:aws:kms:us-west-2:111122223333:key/k"
  }
}`

func TestReplicas(t *testing.T) {
	const (
		east = "us-east-1.Tables.Items[aws_dynamodb_table.t/us-east-1]."
		west = "us-west-2.Tables.Items[aws_dynamodb_table.t/us-west-2]."
		own  = "us-east-1.Tables.Items[aws_dynamodb_table_replica.r]."
		far  = "provider \"aws\" {\n  alias = \"far\"\n  region = \"us-east-1\"\n}\n"
	)
	checkTypes(t, []typeCase{
		{"blocks", global, map[string]string{
			table + "Replicas": "[{us-east-1  } {us-west-2  arn:aws:kms:us-west-2:111122223333:key/k}]",
			east + "Name":      "t", east + "ARN": "arn:aws:dynamodb:us-east-1:${AWS::AccountId}:table/t", east + "PITRStatus": "ENABLED", east + "Tags": "map[a:b]",
			east + "Replicas": "[{eu-west-1  } {us-west-2  arn:aws:kms:us-west-2:111122223333:key/k}]", east + "KeyARN": "absent", east + "DeletionProtection": "false",
			west + "PITRStatus": "DISABLED", west + "Tags": "map[]", west + "SSEType": "KMS", west + "KeyARN": "arn:aws:kms:us-west-2:111122223333:key/k",
			west + "StreamARN": "${aws_dynamodb_table.t/us-west-2.stream_arn}"}},
		{"resources of their own", far + tableText + "}\n" + `
resource "aws_dynamodb_table_replica" "r" {
  provider = aws.far
  global_table_arn = aws_dynamodb_table.t.arn
  point_in_time_recovery = true
  table_class_override = "STANDARD_INFREQUENT_ACCESS"
  deletion_protection_enabled = true
  tags = { c = "d" }
}`, map[string]string{table + "Replicas": "[{us-east-1  }]", own + "Name": "t", own + "ARN": "arn:aws:dynamodb:us-east-1:${AWS::AccountId}:table/t",
			own + "PITRStatus": "ENABLED", own + "TableClass": "STANDARD_INFREQUENT_ACCESS", own + "DeletionProtection": "true", own + "Tags": "map[c:d]",
			own + "Replicas": "[{eu-west-1  }]"}},
		{"of which table, is not known", far + tableText + "}\nresource \"aws_dynamodb_table_replica\" \"r\" {\n  provider = aws.far\n  global_table_arn = var.unknown\n}\n",
			map[string]string{table + "Replicas": "unknown"}},
		{"the version of 2017", far + tableText + "}\nresource \"aws_dynamodb_table\" \"u\" {\n  provider = aws.far\n  name = \"t\"\n  hash_key = \"pk\"\n}\n" + `
resource "aws_dynamodb_global_table" "g" {
  name = "t"
  replica {
    region_name = "eu-west-1"
  }
  replica {
    region_name = "us-east-1"
  }
}`, map[string]string{table + "Replicas": "[{us-east-1  }]", "us-east-1.Tables.Items[aws_dynamodb_table.u].Replicas": "[{eu-west-1  }]"}},
	})
}

// What is in one account or Region does not protect what is in another, though nobody knows which they are.
func TestAccountsAndRegionsAreApart(t *testing.T) {
	const parts = `
variable "far" {}
provider "aws" {
  alias  = "far"
  region = var.far
}
provider "aws" {
  alias               = "other"
  region              = "eu-west-1"
  allowed_account_ids = ["444455556666"]
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = "v"
  }
}
resource "aws_backup_selection" "s" {
  plan_id      = aws_backup_plan.p.id
  name         = "s"
  iam_role_arn = "r"
  resources    = ["*"]
}
resource "aws_dynamodb_table" "t" {
  name = "t"
}
resource "aws_dynamodb_table" "far" {
  provider = aws.far
  name     = "far"
}
resource "aws_dynamodb_table" "other" {
  provider = aws.other
  name     = "other"
}
`
	c := catalogue(t)
	units := declared(t, provider+parts).Units()
	if len(units) != 3 && len(units) != 4 {
		t.Fatalf("%d units", len(units))
	}
	want := map[string]control.Verdict{"t": control.Pass, "far": control.Unknown, "other": control.Unknown}
	for _, u := range units {
		u.Settings.OptIn = estate.KnownFact(map[string]bool{"DynamoDB": true}, 0)
		for i := range u.Tables.Items {
			name := u.Tables.Items[i].Name.Or("")
			if f := judged(t, c, u, "backup-plan-membership", "aws_dynamodb_table."+name); f.Verdict != want[name] {
				t.Errorf("%s: %s, want %s: %s", name, f.Verdict, want[name], f.Reason)
			}
			delete(want, name)
		}
	}
	if len(want) != 0 {
		t.Errorf("not found: %v", want)
	}
}

// A Region in which nothing is to be judged has no unit; what is of all Regions counts from there all the same.
func TestRegionsWithoutTables(t *testing.T) {
	const text = tableText + `}
provider "aws" {
  alias  = "far"
  region = "us-east-1"
}
resource "aws_acm_certificate" "c" {
  provider = aws.far
}
resource "aws_kms_key" "k" {
  provider = aws.far
}
resource "aws_cloudtrail" "c" {
  provider              = aws.far
  name                  = "c"
  s3_bucket_name        = "b"
  is_multi_region_trail = true
}
resource "aws_iam_role" "r" {
  provider = aws.far
  name     = "r"
}
`
	units := declared(t, provider+text).Units()
	for _, u := range units {
		if region := u.Region.Or(""); region == "us-east-1" {
			t.Errorf("%s has a unit", region)
		} else if region == "eu-west-1" && (len(u.Tables.Items) != 1 || len(u.Trails.Items) != 1 || len(u.Roles.Items) != 1 || u.Trails.Items[0].HomeRegion.Or("") != "us-east-1") {
			t.Errorf("%d tables, %d trails, %d roles", len(u.Tables.Items), len(u.Trails.Items), len(u.Roles.Items))
		}
	}
}

// A module that is not installed may declare anything, in any Region.
func TestModulesThatAreNotInstalled(t *testing.T) {
	b := declared(t, provider+global+"\nmodule \"backups\" {\n  source = \"example/backups/aws\"\n}\n")
	for _, u := range b.Units() {
		for name, whole := range map[string]estate.Fact[bool]{"plans": u.Plans.Whole, "tables": u.Tables.Whole} {
			if p := u.Of(whole.Source()); p.Code != build.NotResolved || p.Line == 0 {
				t.Errorf("%s of %s: %+v", name, u.Region, p)
			}
		}
	}
}

// What is stated of the unit before holds for what states nothing, and keeps apart what states otherwise.
func TestRegionsThatAreStatedBefore(t *testing.T) {
	for _, row := range []struct{ stated, want string }{{"eu-west-1", "eu-west-1"}, {"us-east-1", "eu-west-1"}} {
		resources, err := config.Read(fstest.MapFS{"main.tf": {Data: []byte(provider + tableText + "}\n")}}, ".", config.Options{})
		if err != nil {
			t.Fatal(err)
		}
		b := build.New()
		b.Unit.Region = build.Known(b, row.stated, build.Pos{})
		Add(b, resources)
		for _, u := range b.Units() {
			if len(u.Tables.Items) > 0 && u.Region.Or("") != row.want || len(u.Tables.Items) == 0 && u.Region.Or("") == row.want {
				t.Errorf("stated %s: %d tables in %v", row.stated, len(u.Tables.Items), u.Region)
			}
		}
	}
}
