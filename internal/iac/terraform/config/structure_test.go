package config

import (
	"slices"
	"strings"
	"testing"
)

func TestRepetition(t *testing.T) {
	found := mustRead(t, map[string]string{"main.tf": `
variable "open" {}
variable "names" { default = ["a", "b"] }
resource "aws_dynamodb_table" "counted" {
  count = length(var.names)
  name  = var.names[count.index]
}
resource "aws_dynamodb_table" "keyed" {
  for_each = { for n in var.names : n => { ttl = n == "a" } }
  name     = each.key
  ttl { enabled = each.value.ttl }
}
resource "aws_dynamodb_table" "set" {
  for_each = toset(["x y"])
  name     = each.value
}
resource "aws_dynamodb_table" "never" {
  count = 0
}
resource "aws_dynamodb_table" "maybe" {
  count = var.open ? 1 : 0
  name  = "maybe"
  tags  = { index = count.index }
}
resource "aws_dynamodb_table" "some" {
  for_each = var.open
  name     = each.key
}
resource "aws_dynamodb_table" "values" {
  for_each = { a = var.open }
  name     = each.value
}
resource "aws_backup_plan" "p" {
  name = "p"
  dynamic "rule" {
    for_each = { daily = 35, weekly = 90 }
    content {
      rule_name = rule.key
      dynamic "lifecycle" {
        for_each = rule.value > 40 ? [rule.value] : []
        iterator = life
        content { delete_after = life.value }
      }
    }
  }
  rule { rule_name = "last" }
  dynamic "advanced" {
    for_each = var.open
    content {}
  }
}
`}, Options{})
	want := []string{`aws_backup_plan.p`, `aws_dynamodb_table.counted[0]`, `aws_dynamodb_table.counted[1]`, `aws_dynamodb_table.keyed["a"]`, `aws_dynamodb_table.keyed["b"]`,
		`aws_dynamodb_table.maybe[*]?`, `aws_dynamodb_table.set["x y"]`, `aws_dynamodb_table.some[*]?`, `aws_dynamodb_table.values["a"]`}
	if got := addresses(found); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	check(t, found, `
		aws_dynamodb_table.counted[1] name = "b"
		aws_dynamodb_table.keyed["a"] ttl.0.enabled = true
		aws_dynamodb_table.keyed["b"] ttl.0.enabled = false
		aws_dynamodb_table.set["x y"] name = "x y"
		aws_dynamodb_table.maybe[*] name = "maybe"
		aws_dynamodb_table.maybe[*] tags = <"index":?>
		aws_dynamodb_table.some[*] name = ?
		aws_dynamodb_table.values["a"] name = ?
		aws_backup_plan.p rule.count = 3 true
		aws_backup_plan.p rule.0.rule_name = "daily"
		aws_backup_plan.p rule.0.lifecycle.count = 0 true
		aws_backup_plan.p rule.1.lifecycle.0.delete_after = 90
		aws_backup_plan.p rule.2.rule_name = "last"
		aws_backup_plan.p advanced.count = 0 false
	`)
	if why := found["aws_dynamodb_table.maybe[*]"].Maybe; why != "count is not known: var.open has no value" {
		t.Errorf("maybe: %s", why)
	}
}

func TestModules(t *testing.T) {
	files := map[string]string{
		"main.tf": `
variable "open" {}
provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { owner = "platform", team = "none" } }
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
  assume_role { role_arn = "arn:aws:iam::444455556666:role/deploy" }
}
module "tables" {
  source   = "./modules/table"
  for_each = { orders = true, users = false }
  name     = each.key
  pitr     = each.value
  tags     = { team = "shop" }
}
module "west" {
  source    = "./modules/table"
  providers = { aws = aws.west }
  name      = "west"
}
module "maybe" {
  source = "./modules/table"
  count  = var.open
  name   = "maybe"
}
module "missing" {
  source  = "terraform-aws-modules/dynamodb-table/aws"
  version = "4.0.0"
}
module "installed" {
  source = "git::https://example.com/vault.git"
}
resource "aws_backup_selection" "all" {
  plan_id   = "p"
  resources = [for m in module.tables : m.arn]
}
resource "aws_backup_selection" "some" {
  plan_id   = module.maybe[0].arn
  resources = [module.tables["users"].arn, module.west.arn, module.installed.arn, module.west.inner]
  name      = module.missing.name
}
resource "aws_dynamodb_table" "six" {
  name   = "six"
  region = "eu-north-1"
}
resource "aws_backup_selection" "six" {
  provider  = aws.west
  resources = [aws_dynamodb_table.six.arn]
}
`,
		"modules/table/main.tf": `
variable "name" { type = string }
variable "pitr" { default = true }
variable "tags" { default = {} }
resource "aws_dynamodb_table" "this" {
  name = var.name
  tags = var.tags
  point_in_time_recovery { enabled = var.pitr }
}
module "inner" {
  source = "../inner"
  name   = aws_dynamodb_table.this.name
}
data "aws_caller_identity" "me" {}
output "arn" { value = aws_dynamodb_table.this.arn }
output "inner" { value = module.inner.path }
output "account" { value = data.aws_caller_identity.me.account_id }
`,
		"modules/inner/main.tf": `
variable "name" {}
output "path" { value = "${path.module}:${var.name}" }
`,
		".terraform/modules/modules.json": `{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"installed","Source":"git::https://example.com/vault.git","Dir":".terraform/modules/installed/sub"}]}`,
		".terraform/modules/installed/sub/main.tf": `
resource "aws_backup_vault" "v" { name = "v" }
output "arn" { value = aws_backup_vault.v.arn }
`,
	}
	found := mustRead(t, files, Options{})
	const arn = "arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/"
	check(t, found, `
		module.tables["orders"].aws_dynamodb_table.this name = "orders"
		module.tables["users"].aws_dynamodb_table.this point_in_time_recovery.0.enabled = false
		module.tables["users"].aws_dynamodb_table.this tags = {"team":"shop"}
		module.tables["users"].aws_dynamodb_table.this tags_all = {"owner":"platform","team":"shop"}
		module.installed.aws_backup_vault.v tags_all = {"owner":"platform","team":"none"}
		module.maybe[*].aws_dynamodb_table.this name = "maybe"
		aws_backup_selection.all resources = ["`+arn+`orders","`+arn+`users"]
		aws_backup_selection.some resources = ["`+arn+`users","arn:aws:dynamodb:us-west-2:444455556666:table/west","arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:v","modules/inner:west"]
		aws_backup_selection.some plan_id = ?
		aws_backup_selection.some name = ?
		aws_backup_selection.six resources = ["arn:aws:dynamodb:eu-north-1:${AWS::AccountId}:table/six"]
	`)
	for address, want := range map[string]string{`module.tables["orders"].aws_dynamodb_table.this`: "eu-west-1", "module.west.aws_dynamodb_table.this": "us-west-2",
		"aws_dynamodb_table.six": "eu-north-1", "aws_backup_selection.six": "us-west-2"} {
		if got := found[address].Region; got != want {
			t.Errorf("%s in %s, want %s", address, got, want)
		}
	}
	if got := found["module.missing"]; got.Type != "module" || !strings.Contains(got.Maybe, "terraform init") || got.At.String() != "main.tf:29:1" {
		t.Errorf("module.missing: %+v", got)
	}
	if got := found["module.maybe[*].aws_dynamodb_table.this"].Maybe; got != "count is not known: var.open has no value" {
		t.Errorf("module.maybe: %q", got)
	}
	if why := found["aws_backup_selection.some"]; why.Body.WhyUnknown("name") != "module missing is not installed: run terraform init" {
		t.Error(why.Body.WhyUnknown("name"))
	}
}

func TestValuesOfVariables(t *testing.T) {
	files := map[string]string{
		"main.tf": `
variable "a" {}
variable "b" {}
variable "c" {}
variable "d" {}
variable "e" { type = list(string) }
variable "f" { type = map(object({ x = optional(string, "y") })) }
resource "aws_x" "x" {
  all = [var.a, var.b, var.c, var.d, var.e, var.f]
}
`,
		"terraform.tfvars":       "a = \"tfvars\"\nb = \"tfvars\"\nc = \"tfvars\"\nd = \"tfvars\"\nnever = 1\n",
		"a.auto.tfvars.json":     `{"b": "json", "c": "json", "d": "json", "f": {"one": {}}}`,
		"b.auto.tfvars":          "c = \"auto\"\nd = \"auto\"\n",
		"files/prod.tfvars":      "d = \"file\"\ne = [1]\n",
		"files/terraform.tfvars": "a = \"not of the root\"",
	}
	o := Options{VarFiles: []string{"files/prod.tfvars"}, Variables: map[string]string{"e": `["x", "y"]`}}
	check(t, mustRead(t, files, o), `aws_x.x all = ["tfvars","json","auto","file",["x","y"],{"one":{"x":"y"}}]`)
	if _, err := read(files, Options{VarFiles: []string{"never.tfvars"}}); err == nil || !strings.Contains(err.Error(), "never.tfvars") {
		t.Errorf("a file of variables that is not there: %v", err)
	}
}

// TestJSON holds what JSON configuration says to what the same says in the native syntax.
func TestResourcesThatModulesHandOn(t *testing.T) {
	found := mustRead(t, map[string]string{
		"main.tf": `
module "t" { source = "./t" }
resource "aws_x" "x" {
  known = module.t.tables["a"].arn
  label = try(module.t.tables["a"].stream_label, "none")
  inner = [for t in values(module.t.tables) : t.billing_mode]
}
`,
		"t/main.tf": `
resource "aws_dynamodb_table" "this" {
  for_each = toset(["a"])
  name     = each.key
}
output "tables" { value = aws_dynamodb_table.this }
`}, Options{})
	check(t, found, `
		aws_x.x known = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/a"
		aws_x.x label = ?
		aws_x.x inner = <?>
	`)
}

func TestWhatIsStated(t *testing.T) {
	files := map[string]string{"main.tf": `
data "aws_caller_identity" "me" {}
resource "aws_dynamodb_table" "t" {
  name = "t-${terraform.workspace}-${data.aws_caller_identity.me.account_id}"
}
resource "aws_backup_selection" "s" { resources = [aws_dynamodb_table.t.arn] }
`}
	o := Options{Region: "us-gov-west-1", Account: "111122223333", Workspace: "prod"}
	check(t, mustRead(t, files, o), `aws_backup_selection.s resources = ["arn:aws-us-gov:dynamodb:us-gov-west-1:111122223333:table/t-prod-111122223333"]`)
}

func TestJSON(t *testing.T) {
	found := mustRead(t, map[string]string{"main.tf.json": `{
  "//": "a comment",
  "variable": {"days": {"default": {"daily": 35}}},
  "locals": {"name": "or${\"ders\"}"},
  "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "west", "region": "us-west-2"}]},
  "data": {"aws_caller_identity": {"me": {}}},
  "module": {"m": {"source": "./m", "providers": {"aws": "aws.west"}, "name": "${local.name}"}},
  "output": {"o": {"value": "${module.m.arn}"}},
  "resource": {
    "aws_dynamodb_table": {
      "orders": {
        "provider": "aws.west",
        "name": "${local.name}",
        "tags": {"team": "${local.name}", "$${plain}": null},
        "point_in_time_recovery": {"enabled": true},
        "attribute": [{"name": "a"}, {"name": "b"}],
        "read_capacity": 5
      }
    },
    "aws_backup_plan": {
      "p": {
        "name": "p",
        "dynamic": {"rule": {"for_each": "${var.days}", "content": {"rule_name": "${rule.key}", "lifecycle": {"delete_after": "${rule.value}"}}}}
      }
    }
  }
}`, "m/main.tf": "variable \"name\" {}\nresource \"aws_dynamodb_table\" \"t\" { name = var.name }\noutput \"arn\" { value = aws_dynamodb_table.t.arn }\n"}, Options{})
	check(t, found, `
		aws_dynamodb_table.orders name = "orders"
		aws_dynamodb_table.orders point_in_time_recovery.0.enabled = true
		aws_dynamodb_table.orders attribute.1.name = "b"
		aws_dynamodb_table.orders read_capacity = 5
		aws_backup_plan.p rule.0.rule_name = "daily"
		aws_backup_plan.p rule.0.lifecycle.0.delete_after = 35
		module.m.aws_dynamodb_table.t name = "orders"
	`)
	orders := found["aws_dynamodb_table.orders"]
	if orders.At.String() != "main.tf.json:11:7" || orders.Region != "us-west-2" || found["module.m.aws_dynamodb_table.t"].Region != "us-west-2" {
		t.Errorf("%s in %s", orders.At, orders.Region)
	}
	pitr, _ := orders.Body.Blocks("point_in_time_recovery")
	if _, pos, _ := pitr[0].Value("enabled"); pos.String() != "main.tf.json:15:47" || pitr[0].At.String() != "main.tf.json:15:35" {
		t.Errorf("enabled at %s in %s", pos, pitr[0].At)
	}
}

func TestOverrides(t *testing.T) {
	found := mustRead(t, map[string]string{
		"main.tf":           "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"a\"\n  ttl { enabled = true }\n  point_in_time_recovery { enabled = true }\n}\n",
		"prod_override.tf":  "resource \"aws_dynamodb_table\" \"t\" {\n  billing_mode = \"PROVISIONED\"\n  ttl { enabled = false }\n}\n",
		"override.tf.json":  `{"resource": {"aws_dynamodb_table": {"t": {"name": "b"}}}}`,
		"json.tf.json":      `{"resource": {"aws_dynamodb_table": {"j": {"ttl": {"enabled": true}}}}}`,
		"json_override.tf":  "resource \"aws_dynamodb_table\" \"j\" {\n  ttl { enabled = false }\n}\n",
		"backup.tf~":        "this is not read",
		".hidden.tf":        "nor this",
		"notes/override.tf": "",
	}, Options{})
	check(t, found, `
		aws_dynamodb_table.t name = "b"
		aws_dynamodb_table.t billing_mode = "PROVISIONED"
		aws_dynamodb_table.t ttl.0.enabled = false
		aws_dynamodb_table.j ttl.0.enabled = false
		aws_dynamodb_table.j ttl = unset
		aws_dynamodb_table.t point_in_time_recovery.0.enabled = true
	`)
}

func TestPolicyDocuments(t *testing.T) {
	found := mustRead(t, map[string]string{"main.tf": `
variable "open" {}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_backup_vault_policy" "p" {
  backup_vault_name = "v"
  policy            = data.aws_iam_policy_document.vault.json
}
resource "aws_backup_vault_policy" "open" {
  policy = data.aws_iam_policy_document.open.json
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}
data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "a"
    effect    = "Deny"
    actions   = ["backup:DeleteRecoveryPoint", "backup:StartCopyJob"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
  statement {
    sid       = "b"
    actions   = ["backup:*"]
    resources = ["arn:aws:s3:::b/&{aws:username}"]
    not_principals {
      type        = "AWS"
      identifiers = ["1", "2"]
    }
  }
}
data "aws_iam_policy_document" "vault" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({ Statement = { Sid = "b", Effect = "Deny" } })]
}
data "aws_iam_policy_document" "open" {
  statement { actions = var.open }
}
`}, Options{})
	for path, want := range map[string]string{
		"aws_iam_role.r assume_role_policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"${AWS::AccountId}"}}}]}`,
		"aws_backup_vault_policy.p policy":  `{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Deny","Principal":"*","Action":["backup:DeleteRecoveryPoint","backup:StartCopyJob"],"Resource":"*"},{"Effect":"Deny","Sid":"b"}]}`,
	} {
		address, name, _ := strings.Cut(path, " ")
		v, _, _ := found[address].Body.Value(name)
		if got := v.AsString(); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	open := found["aws_backup_vault_policy.open"].Body
	if got := attributeOf(open, "policy"); got != "?" || open.WhyUnknown("policy") != "var.open has no value" {
		t.Errorf("open: %s, %s", got, open.WhyUnknown("policy"))
	}
}

func TestDeclaredTwice(t *testing.T) {
	for name, text := range map[string]string{
		"resource aws_x.x": "resource \"aws_x\" \"x\" {}\n", "data aws_x.x": "data \"aws_x\" \"x\" {}\n", "variable x": "variable \"x\" {}\n",
		"module x": "module \"x\" {}\n", "output x": "output \"x\" {}\n", "provider aws": "provider \"aws\" {}\n",
	} {
		_, err := read(map[string]string{"a.tf": text, "b.tf": "\n" + text}, Options{})
		if want := "b.tf:2:1: " + name + " is declared already, at a.tf:1:1"; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestRoots(t *testing.T) {
	table := "resource \"aws_dynamodb_table\" \"t\" { name = \"t\" }\n"
	files := map[string]string{
		"envs/prod/main.tf":              "module \"t\" { source = \"../../modules/t\" }\n" + table,
		"envs/test/main.tf":              table,
		"modules/t/main.tf":              table,
		"envs/prod/.terraform/x/main.tf": table,
		"broken/main.tf":                 "resource {",
		"docs/readme.md":                 "",
	}
	found, err := read(files, Options{})
	if err == nil || !strings.Contains(err.Error(), "broken/main.tf:1:") {
		t.Errorf("error: %v", err)
	}
	var got []string
	for _, r := range found {
		got = append(got, r.ID())
	}
	want := []string{"envs/prod#aws_dynamodb_table.t", "envs/prod#module.t.aws_dynamodb_table.t", "envs/test#aws_dynamodb_table.t"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
