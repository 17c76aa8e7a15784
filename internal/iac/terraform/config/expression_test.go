package config

import (
	"testing"
)

// declarations are what the expressions of a table may refer to.
const declarations = `
variable "given" { type = string }
variable "numbers" { type = list(number) }
variable "open" {}
variable "default" { default = { a = 1, b = 2 } }
variable "typed" {
  type = object({ a = string, b = optional(number, 7), c = optional(string) })
  default = { a = "x" }
}
variable "strict" {
  type = string
  default = "fallback"
  nullable = false
}
locals {
  a = "x${local.b}"
  b = upper("b")
  loop1 = local.loop2
  loop2 = local.loop1
  some = [1, var.open, "three"]
}
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "here" {}
data "aws_dynamodb_table" "old" { name = "old" }
data "aws_ssm_parameter" "p" { name = "p" }
data "aws_availability_zones" "z" {}
data "aws_vpc" "v" {}
resource "aws_kms_key" "k" { enable_key_rotation = true }
resource "aws_dynamodb_table" "one" {
  name = "one"
  stream_enabled = true
  tags = { team = "shop" }
  ttl {
    enabled = true
    attribute_name = "expires"
  }
}
resource "aws_dynamodb_table" "few" {
  count = 2
  name = "few-${count.index}"
}
resource "aws_dynamodb_table" "each" {
  for_each = { a = "A", b = "B" }
  name = "each-${each.key}-${each.value}"
}
resource "aws_dynamodb_table" "many" {
  count = var.open
  name = "many"
}
resource "aws_kms_alias" "k" {
  name = "alias/k"
  target_key_id = aws_kms_key.k.key_id
}
resource "random_pet" "p" {}
`

func TestExpressions(t *testing.T) {
	const arn = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
	for _, row := range []struct{ expression, want string }{
		// values
		{`"plain"`, `"plain"`},
		{`1 + 2 * 3`, `7`},
		{`"n: ${1 + 1}"`, `"n: 2"`},
		{`true ? "yes" : "no"`, `"yes"`},
		{`[for s in ["a", "b"] : upper(s) if s != "a"]`, `["B"]`},
		{`{for k, v in { a = 1 } : v => k}`, `{"1":"a"}`},
		{"<<EOT\nhere\nEOT\n", `"here\n"`},
		{"<<-EOT\n    %{for x in [1, 2]~}\n    ${x}\n    %{endfor~}\n  EOT\n", `"    1\n    2\n"`},
		// what is declared
		{`local.a`, `"xB"`},
		{`local.loop1`, `?`},
		{`local.never`, `?`},
		{`local.some`, `<1,?,"three">`},
		{`local.some[2]`, `"three"`},
		{`var.given`, `"${var.given}"`},
		{`"${var.given}-orders"`, `"${var.given}-orders"`},
		{`var.numbers`, `?`},
		{`var.open`, `?`},
		{`var.default.a`, `1`},
		{`var.typed`, `{"a":"x","b":7,"c":null}`},
		{`var.strict`, `"fallback"`},
		{`path.module`, `"."`},
		{`terraform.workspace`, `"${terraform.workspace}"`},
		// resources
		{`aws_dynamodb_table.one.arn`, `"` + arn + `one"`},
		{`aws_dynamodb_table.one.id`, `"one"`},
		{`aws_dynamodb_table.one.name`, `"one"`},
		{`aws_dynamodb_table.one.stream_arn`, `"${aws_dynamodb_table.one.stream_arn}"`},
		{`aws_dynamodb_table.one.ttl[0].attribute_name`, `"expires"`},
		{`try(aws_dynamodb_table.one.ttl[0].never, 1)`, `?`},
		{`try([for t in aws_dynamodb_table.one.ttl : t.never], 1)`, `?`},
		{`aws_dynamodb_table.one.tags.team`, `"shop"`},
		{`aws_dynamodb_table.one.read_capacity`, `?`},
		{`aws_dynamodb_table.few[1].arn`, `"` + arn + `few-1"`},
		{`aws_dynamodb_table.few[*].name`, `["few-0","few-1"]`},
		{`aws_dynamodb_table.few.*.arn`, `["` + arn + `few-0","` + arn + `few-1"]`},
		{`aws_dynamodb_table.each["a"].arn`, `"` + arn + `each-a-A"`},
		{`[for t in aws_dynamodb_table.each : t.arn]`, `["` + arn + `each-a-A","` + arn + `each-b-B"]`},
		{`values(aws_dynamodb_table.each)[*].name`, `["each-a-A","each-b-B"]`},
		{`length(aws_dynamodb_table.few)`, `2`},
		{`aws_dynamodb_table.many[0].arn`, `?`},
		{`aws_dynamodb_table.many[*].arn`, `?`},
		{`aws_dynamodb_table.never.arn`, `?`},
		{`aws_kms_key.k.arn`, `"arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/${!aws_kms_key.k}"`},
		{`aws_kms_alias.k.target_key_arn == aws_kms_key.k.arn`, `true`},
		{`aws_kms_key.k.key_id`, `"${!aws_kms_key.k}"`},
		{`"${random_pet.p.id}-orders"`, `"${!random_pet.p}-orders"`},
		// data sources
		{`data.aws_caller_identity.me.account_id`, `"${AWS::AccountId}"`},
		{`data.aws_region.here.name`, `"${AWS::Region}"`},
		{`"arn:${data.aws_partition.here.partition}:s3:::b"`, `"arn:aws:s3:::b"`},
		{`data.aws_dynamodb_table.old.arn`, `"` + arn + `old"`},
		{`data.aws_ssm_parameter.p.value`, `"${data.aws_ssm_parameter.p.value}"`},
		{`data.aws_availability_zones.z.names`, `?`},
		{`data.never.x.id`, `?`},
		// symbols decide nothing
		{`data.aws_caller_identity.me.account_id == "111122223333"`, `?`},
		{`data.aws_caller_identity.me.account_id == "111122223333" ? "a" : "b"`, `?`},
		{`data.aws_caller_identity.me.account_id == data.aws_caller_identity.me.account_id`, `true`},
		{`aws_kms_key.k.arn == null`, `false`},
		{`aws_kms_key.k.arn != null ? "own" : "aws"`, `"own"`},
		{`var.given == null`, `?`},
		{`aws_kms_key.k.arn != "" ? "own" : "aws"`, `"own"`},
		{`data.aws_dynamodb_table.old.arn != "" ? "own" : "aws"`, `"own"`},
		{`data.aws_vpc.v.id == null`, `false`},
		{`aws_dynamodb_table.one.stream_arn == null`, `?`},
		{`"${var.given}-x" == ""`, `false`},
		{`var.given == ""`, `?`},
		{`[var.given] == ["a"]`, `?`},
		{`{ "${var.given}" = 1 }["a"]`, `?`},
		{`{ a = 1, b = 2 }[var.given]`, `?`},
		{`try({ a = 1, b = 2 }[var.given], 3)`, `?`},
		{`lookup({ a = 1 }, var.given, 2)`, `?`},
		{`split("/", aws_dynamodb_table.one.arn)[1]`, `?`},
		{`lower(var.given)`, `?`},
		{`length(var.given)`, `?`},
		{`contains(["a"], var.given)`, `?`},
		{`contains(["a", var.given], "a")`, `true`},
		{`length([var.given])`, `1`},
		{`[for x in [var.given] : x if x != "a"]`, `?`},
		{`tonumber(var.given)`, `?`},
		{`try(tonumber(var.given), 3)`, `?`},
		{`var.given < 3`, `?`},
		{`coalesce(var.given, "b")`, `?`},
		{`coalesce(aws_kms_key.k.arn, "b")`, `"arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/${!aws_kms_key.k}"`},
		{`try(aws_dynamodb_table.one.read_capacity, 5)`, `?`},
		{`try(aws_dynamodb_table.few[*].read_capacity, 5)`, `?`},
		{`try(aws_dynamodb_table.few[0], {}).arn`, `"` + arn + `few-0"`},
		{`try(aws_dynamodb_table.few[7], aws_dynamodb_table.one, {}).arn`, `"` + arn + `one"`},
		{`try(aws_dynamodb_table.few[7].arn, aws_dynamodb_table.few[1].arn, "")`, `"` + arn + `few-1"`},
		{`try(tolist({ a = 1 }), [])`, `[]`},
		{`length(try({ rule = {} }.rule.lifecycle, {})) == 0 ? [] : [1]`, `[]`},
		{`coalesce(null, var.default).a`, `1`},
		{`one(aws_dynamodb_table.few[*].arn)`, `?`},
		{`merge([{ a = 1 }, { b = 2 }]...)`, `{"a":1,"b":2}`},
		{`toset([for t in aws_dynamodb_table.few : t.name])`, `["few-0","few-1"]`},
		{`{ for k, t in aws_dynamodb_table.each : k => t.arn }["b"]`, `"` + arn + `each-b-B"`},
		{`tomap({ x = aws_kms_key.k.arn })["x"]`, `"arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/${!aws_kms_key.k}"`},
		{`var.given && true`, `?`},
		{`var.given ? 1 : 2`, `?`},
		// what is not known decides nothing
		{`var.open == 1`, `?`},
		{`var.open ? 1 : 1`, `1`},
		{`false && var.open`, `false`},
		{`try(var.open.x, 1)`, `?`},
		{`can(var.open.x)`, `?`},
		{`timestamp()`, `?`},
		{`try(uuidv5("dns", "a"), "x")`, `?`},
		{`try(file("/etc/passwd"), "x")`, `?`},
		{`try(file("../x"), "x")`, `?`},
		{`never(1)`, `?`},
		{`try(never(1), 1)`, `?`},
		{`try(provider::x::y(1), 1)`, `?`},
	} {
		found := mustRead(t, map[string]string{"main.tf": declarations + "resource \"aws_x\" \"x\" {\n  v = " + row.expression + "\n}\n"}, Options{})
		b := found["aws_x.x"].Body
		if got := attributeOf(b, "v"); got != row.want {
			t.Errorf("%s: %s, want %s (%s)", row.expression, got, row.want, b.WhyUnknown("v"))
		}
		v, _, _ := b.Value("v")
		if v.IsWhollyKnown() != (b.WhyUnknown("v") == "") {
			t.Errorf("%s: %#v, why %q", row.expression, v, b.WhyUnknown("v"))
		}
	}
}

func TestFunctions(t *testing.T) {
	files := map[string]string{
		"a.txt": "of a file\n", "tables/one.yaml": "name: one\nttl: 7\nlist: [a, 1.5, true, null]\n\"8\":\n  - x: |\n      y\n", "tables/two.yaml": "name: two",
		"t.tftpl": "%{for n in names}${upper(n)} %{endfor}${given}", "again.tftpl": `${templatefile("again.tftpl", {})}`,
	}
	for _, row := range []struct{ expression, want string }{
		{`abs(-2)`, `2`}, {`ceil(1.2)`, `2`}, {`floor(1.8)`, `1`}, {`max(1, 3, 2)`, `3`}, {`min([3, 1]...)`, `1`}, {`pow(2, 3)`, `8`},
		{`parseint("ff", 16)`, `255`}, {`signum(-3)`, `-1`}, {`sum([1, 2, 3])`, `6`}, {`sum([])`, `0`},
		{`chomp("a\n")`, `"a"`}, {`endswith("abc", "bc")`, `true`}, {`startswith("abc", "bc")`, `false`}, {`strcontains("abc", "b")`, `true`},
		{`format("%s-%03d %q", "a", 7, "b")`, `"a-007 \"b\""`}, {`formatlist("%s!", ["a", "b"])`, `["a!","b!"]`}, {`indent(2, "a\nb")`, `"a\n  b"`},
		{`join("-", ["a", "b"])`, `"a-b"`}, {`lower("A")`, `"a"`}, {`upper("a")`, `"A"`}, {`title("a b")`, `"A B"`}, {`strrev("abc")`, `"cba"`},
		{`regex("[a-z]+", "12ab")`, `"ab"`}, {`regexall("[a-z]", "1a2b")`, `["a","b"]`}, {`replace("a.b", ".", "-")`, `"a-b"`}, {`replace("a1b", "/[0-9]/", "-")`, `"a-b"`},
		{`split(",", "a,b")`, `["a","b"]`}, {`substr("hello", 1, 3)`, `"ell"`}, {`trim("?a?", "?")`, `"a"`}, {`trimprefix("ab", "a")`, `"b"`}, {`trimsuffix("ab", "b")`, `"a"`}, {`trimspace(" a ")`, `"a"`},
		{`alltrue([])`, `true`}, {`alltrue([true, "false"])`, `false`}, {`anytrue([false, true])`, `true`}, {`anytrue([])`, `false`},
		{`chunklist(["a", "b", "c"], 2)`, `[["a","b"],["c"]]`}, {`coalesce(null, "", "a")`, `"a"`}, {`coalescelist([], ["a"])`, `["a"]`}, {`compact(["a", "", null])`, `["a"]`},
		{`concat(["a"], ["b"])`, `["a","b"]`}, {`contains(["a"], "b")`, `false`}, {`distinct(["a", "a"])`, `["a"]`}, {`element(["a", "b"], 3)`, `"b"`}, {`flatten([["a"], [["b"]]])`, `["a","b"]`},
		{`index(["a", "b"], "b")`, `1`}, {`keys({ b = 1, a = 2 })`, `["a","b"]`}, {`length("héé")`, `3`}, {`length({ a = 1 })`, `1`}, {`lookup({ a = 1 }, "b", 2)`, `2`}, {`lookup({ a = 1 }, "a")`, `1`},
		{`matchkeys(["i", "j"], ["a", "b"], ["b"])`, `["j"]`}, {`merge({ a = 1 }, { a = 2, b = 3 }, null)`, `{"a":2,"b":3}`}, {`one([])`, `unset`}, {`one(["a"])`, `"a"`}, {`range(3)`, `[0,1,2]`}, {`reverse([1, 2])`, `[2,1]`},
		{`setintersection(["a", "b"], ["b"])`, `["b"]`}, {`setsubtract(["a", "b"], ["b"])`, `["a"]`}, {`setunion(["a"], ["b"])`, `["a","b"]`}, {`setproduct(["a"], ["b", "c"])`, `[["a","b"],["a","c"]]`},
		{`slice(["a", "b", "c"], 1, 2)`, `["b"]`}, {`sort(["b", "a"])`, `["a","b"]`}, {`transpose({ a = ["x", "y"] })`, `{"x":["a"],"y":["a"]}`}, {`values({ a = 1 })`, `[1]`}, {`zipmap(["a"], [1])`, `{"a":1}`},
		{`base64encode("a")`, `"YQ=="`}, {`base64decode("YQ==")`, `"a"`}, {`csvdecode("a,b\n1,2\n")`, `[{"a":"1","b":"2"}]`}, {`jsondecode("{\"a\": [1]}")`, `{"a":[1]}`}, {`jsonencode({ a = [1, "x"] })`, `"{\"a\":[1,\"x\"]}"`}, {`urlencode("a b/")`, `"a+b%2F"`},
		{`yamldecode(file("tables/one.yaml"))`, `{"8":[{"x":"y\n"}],"list":["a",1.5,true,null],"name":"one","ttl":7}`}, {`yamldecode("a: &x 1\nb: *x\n")`, `<"a":?,"b":?>`},
		{`file("a.txt")`, `"of a file\n"`}, {`file("${path.module}/a.txt")`, `"of a file\n"`}, {`file("b.txt")`, `?`}, {`fileexists("b.txt")`, `false`}, {`fileexists("./a.txt")`, `true`},
		{`fileset("tables", "*.yaml")`, `["one.yaml","two.yaml"]`}, {`fileset(path.module, "tables/t*.yaml")`, `["tables/two.yaml"]`}, {`fileset(".", "**/*.yaml")`, `["tables/one.yaml","tables/two.yaml"]`}, {`fileset(".", "**")`, `["a.txt","again.tftpl","main.tf","t.tftpl","tables/one.yaml","tables/two.yaml"]`}, {`fileset(".", "tables/**/o*")`, `["tables/one.yaml"]`}, {`fileset(".", "*")`, `["a.txt","again.tftpl","main.tf","t.tftpl"]`}, {`fileset("tables", "*/*")`, `[]`}, {`fileset("never", "*")`, `[]`}, {`fileset(".", "*.{a,b}")`, `?`}, {`basename("a/b.c")`, `"b.c"`}, {`dirname("a/b.c")`, `"a"`},
		{`templatefile("t.tftpl", { names = ["a", "b"], given = var.given })`, `"A B ${var.given}"`}, {`templatefile("again.tftpl", {})`, `?`}, {`templatefile("never.tftpl", {})`, `?`},
		{`formatdate("YYYY", "2024-01-02T03:04:05Z")`, `"2024"`}, {`timeadd("2024-01-02T03:04:05Z", "1h")`, `"2024-01-02T04:04:05Z"`}, {`md5("a")`, `"0cc175b9c0f1b6a831c399e269772661"`}, {`sha1("a")`, `"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"`}, {`length(sha256("a"))`, `64`}, {`length(sha512("a"))`, `128`},
		{`can(regex("a", "b"))`, `false`}, {`1 / 0`, `?`}, {`sensitive("a")`, `"a"`}, {`nonsensitive("a")`, `"a"`}, {`tobool("true")`, `true`}, {`tolist(["a"])`, `["a"]`}, {`tomap({ a = 1 })`, `{"a":1}`}, {`tonumber("1")`, `1`}, {`toset(["b", "a", "a"])`, `["a","b"]`}, {`tostring(1)`, `"1"`},
		{`cidrhost("10.12.112.0/20", 16)`, `"10.12.112.16"`}, {`cidrhost("10.12.112.0/20", 268)`, `"10.12.113.12"`}, {`cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)`, `"fd00:fd12:3456:7890::22"`},
		{`cidrhost("10.0.0.5/24", -1)`, `"10.0.0.255"`}, {`cidrhost("10.0.0.0/24", -256)`, `"10.0.0.0"`}, {`cidrhost("10.0.0.0/24", -257)`, `?`}, {`cidrhost("10.0.0.0/24", 256)`, `?`}, {`cidrhost("10.0.0.0/24", 1.5)`, `?`}, {`cidrhost("x", 1)`, `?`},
		{`cidrnetmask("172.16.0.0/12")`, `"255.240.0.0"`}, {`cidrnetmask("0.0.0.0/0")`, `"0.0.0.0"`}, {`cidrnetmask("fd00::/8")`, `?`},
		{`cidrsubnet("172.16.0.0/12", 4, 2)`, `"172.18.0.0/16"`}, {`cidrsubnet("10.1.2.0/24", 4, 15)`, `"10.1.2.240/28"`}, {`cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)`, `"fd00:fd12:3456:7800:a200::/72"`},
		{`cidrsubnet("10.1.2.0/24", 4, 16)`, `?`}, {`cidrsubnet("10.1.2.0/24", 9, 0)`, `?`}, {`cidrsubnet("10.1.2.0/24", 0, 0)`, `"10.1.2.0/24"`},
		{`cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)`, `["10.1.0.0/20","10.1.16.0/20","10.1.32.0/24","10.1.48.0/20"]`}, {`cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 16, 32)`, `["fd00:fd12:3456:7800::/72","fd00:fd12:3456:7800:100::/72","fd00:fd12:3456:7800:200::/72","fd00:fd12:3456:7800:300::/88"]`},
		{`cidrsubnets("255.255.255.0/24", 1, 1)`, `["255.255.255.0/25","255.255.255.128/25"]`}, {`cidrsubnets("255.255.255.0/24", 1, 1, 1)`, `?`}, {`cidrsubnets("10.0.0.0/24", 1, 1, 1)`, `?`}, {`cidrsubnets("10.0.0.0/24")`, `[]`}, {`cidrsubnets("10.0.0.0/24", 0)`, `?`},
		{`cidrsubnet(var.given, 1, 1)`, `?`},
		{`templatestring("%{for n in names}${upper(n)} %{endfor}${"$"}{1}", { names = ["a"] })`, `?`}, {`templatestring(file("t.tftpl"), { names = ["a", "b"], given = var.given })`, `"A B ${var.given}"`},
		{`templatestring("$${templatestring(\"a\", {})}", {})`, `?`}, {`templatestring(var.given, {})`, `?`}, {`templatestring("$${a}", { a = 1 })`, `"1"`}, {`templatestring("x$${a}", { a = 1 })`, `"x1"`},
		{`base64sha256("a")`, `"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="`}, {`length(base64sha512("a"))`, `88`}, {`filebase64("a.txt")`, `"b2YgYSBmaWxlCg=="`}, {`filesha256("a.txt") == sha256(file("a.txt"))`, `true`}, {`filemd5("never")`, `?`},
		{`timecmp("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+01:00")`, `1`}, {`urldecode("a+b%2F")`, `"a b/"`},
		{`core::upper("a")`, `"A"`}, {`provider::aws::arn_parse("a")`, `?`},
		{`join(",", [var.given, "a"])`, `"${var.given},a"`}, {`jsonencode({ Resource = var.given })`, `"{\"Resource\":\"${var.given}\"}"`}, {`concat([var.given], ["a"])`, `["${var.given}","a"]`},
	} {
		content := map[string]string{"main.tf": "variable \"given\" { type = string }\nresource \"aws_x\" \"x\" {\n  v = " + row.expression + "\n}\n"}
		for name, text := range files {
			content[name] = text
		}
		b := mustRead(t, content, Options{})["aws_x.x"].Body
		if got := attributeOf(b, "v"); got != row.want {
			t.Errorf("%s: %s, want %s (%s)", row.expression, got, row.want, b.WhyUnknown("v"))
		}
	}
}
