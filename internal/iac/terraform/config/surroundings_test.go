package config

import (
	"strings"
	"testing"
)

const aName = "variable \"name\" { type = string }\nresource \"aws_x\" \"x\" {\n  name  = var.name\n  space = terraform.workspace\n}\n"

// TestWorkspaces: the one that is named, then TF_WORKSPACE, then the selected one, then default in a folder that is initialised, unless
// something else may say which.
func TestWorkspaces(t *testing.T) {
	const selected, modules = ".terraform/environment", ".terraform/modules/modules.json"
	for _, row := range []struct {
		name, flag, environment string
		more                    map[string]string
		want                    string
	}{
		{name: "nothing is said", want: `"${terraform.workspace}"`},
		{name: "initialised", more: map[string]string{modules: "{}"}, want: `"default"`},
		{name: "initialised, with a cloud", more: map[string]string{modules: "{}", "cloud.tf": "terraform {\n cloud {}\n}\n"}, want: `"${terraform.workspace}"`},
		{name: "in JSON", more: map[string]string{modules: "{}", "cloud.tf.json": `{"terraform": {"backend": {"remote": {}}}}`}, want: `"${terraform.workspace}"`},
		{name: "with a backend", more: map[string]string{modules: "{}", "s3.tf": "terraform {\n backend \"s3\" {}\n}\n"}, want: `"default"`},
		{name: "selected", more: map[string]string{selected: "prod\n"}, want: `"prod"`},
		{name: "environment", environment: "test", more: map[string]string{selected: "prod"}, want: `"test"`},
		{name: "named", flag: "dev", environment: "test", more: map[string]string{selected: "prod"}, want: `"dev"`},
	} {
		files := map[string]string{"main.tf": aName}
		for name, text := range row.more {
			files[name] = text
		}
		getenv := func(name string) string { return map[string]string{"TF_WORKSPACE": row.environment}[name] }
		found := mustRead(t, files, Options{Workspace: row.flag, Getenv: getenv})
		if r := found["aws_x.x"]; attributeOf(r.Body, "space") != row.want {
			t.Errorf("%s: %s, want %s", row.name, attributeOf(r.Body, "space"), row.want)
		}
	}
}

// Variables of the environment are the last resort, as Terraform has them.
func TestVariablesOfTheEnvironment(t *testing.T) {
	getenv := func(name string) string {
		return map[string]string{"TF_VAR_name": "environment", "TF_VAR_list": `["a", "b"]`}[name]
	}
	files := map[string]string{"main.tf": aName + "variable \"list\" { type = list(string) }\nresource \"aws_x\" \"y\" { all = var.list }\n"}
	check(t, mustRead(t, files, Options{Getenv: getenv}), `aws_x.x name = "environment"
		aws_x.y all = ["a","b"]`)
	files["terraform.tfvars.json"] = "\xef\xbb\xbf{\"name\": \"file\"}"
	check(t, mustRead(t, files, Options{Getenv: getenv}), `aws_x.x name = "file"`)
	broken := func(name string) string { return map[string]string{"TF_VAR_list": `[`}[name] }
	if _, err := read(files, Options{Getenv: broken}); err == nil || !strings.Contains(err.Error(), "TF_VAR_list") {
		t.Errorf("what is no value: %v", err)
	}
}

// Byte order marks do no harm; what Terraform refuses is a mistake with its file.
func TestEncodings(t *testing.T) {
	check(t, mustRead(t, map[string]string{"main.tf": "\xef\xbb\xbf" + aName, "a.tf.json": "\xef\xbb\xbf{\"resource\": {\"aws_x\": {\"j\": {\"name\": \"j\"}}}}",
		"a.auto.tfvars": "\xef\xbb\xbfname = \"x\"\n"}, Options{}), `aws_x.x name = "x"
		aws_x.j name = "j"`)
	for _, name := range []string{"main.tf", "main.tf.json", "terraform.tfvars", "a.auto.tfvars.json"} {
		_, err := read(map[string]string{"good.tf": aName, name: "\xff\xfe{\x00}\x00"}, Options{})
		if err == nil || !strings.Contains(err.Error(), name+":1:1: the file is UTF-16: Terraform takes UTF-8") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// OpenTofu reads main.tofu in place of main.tf; override files and JSON are known by either ending.
func TestFilesOfOpenTofu(t *testing.T) {
	check(t, mustRead(t, map[string]string{
		"main.tf":               "resource \"aws_x\" \"x\" { name = \"terraform\" }\n",
		"main.tofu":             "resource \"aws_x\" \"x\" { name = \"tofu\" }\n",
		"more.tofu.json":        `{"resource": {"aws_x": {"y": {"name": "y"}}}}`,
		"prod_override.tofu":    "resource \"aws_x\" \"y\" { name = \"prod\" }\n",
		"modules/m/module.tofu": "resource \"aws_x\" \"z\" {}\n",
	}, Options{}), `aws_x.x name = "tofu"
		aws_x.y name = "prod"`)
}

// Blocks that declare no resource that is there later do no harm, and what they name is not known where only deployment tells it.
func TestBlocksThatDeclareNothing(t *testing.T) {
	found := mustRead(t, map[string]string{"main.tf": `
terraform {
  required_version = ">= 1.10"
  cloud {
    organization = "o"
    workspaces { name = "w" }
  }
}
moved {
  from = aws_x.old
  to   = aws_x.x
}
import {
  for_each = toset(["a"])
  to       = aws_x.x[each.key]
  id       = each.key
}
removed {
  from = aws_dynamodb_table.gone
  lifecycle { destroy = false }
}
check "health" {
  data "http" "x" { url = "https://example.com" }
  assert {
    condition     = data.http.x.status_code == 200
    error_message = "no"
  }
}
variable "token" {
  type      = string
  ephemeral = true
}
ephemeral "aws_secretsmanager_secret_version" "s" { secret_id = "x" }
data "aws_secretsmanager_secret_version" "s" { secret_id = "y" }
provider "aws" {
  alias    = "by"
  for_each = toset(["eu-west-1", "us-east-1"])
  region   = each.value
}
locals { a = "one" }
resource "aws_x" "x" {
  name   = "${local.a}-${local.b}"
  secret = ephemeral.aws_secretsmanager_secret_version.s.secret_string
  other  = data.aws_secretsmanager_secret_version.s.secret_id
}
resource "aws_dynamodb_table" "t" {
  for_each = toset(["eu-west-1"])
  provider = aws.by[each.key]
  name     = "t"
}
`, "more.tf": "locals { b = \"two\" }\n", "terragrunt.hcl": "include { path = find_in_parent_folders() }", "x.tfstack.hcl": "component \"x\" {}",
		"x.tftest.hcl": "run \"x\" {}", "x.tfdeploy.hcl": "deployment \"x\" {}", "x.tfquery.hcl": "list \"x\" {}"}, Options{Region: "eu-central-1"})
	check(t, found, `aws_x.x name = "one-two"
		aws_x.x secret = ?
		aws_x.x other = "y"`)
	if r := found[`aws_dynamodb_table.t["eu-west-1"]`]; !strings.Contains(r.Region, "${") {
		t.Errorf("the Region of a provider that is chosen by key: %q", r.Region)
	}
	if _, there := found["aws_dynamodb_table.gone"]; there || len(found) != 2 {
		t.Errorf("found %v", addresses(found))
	}
}
