package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// read is a reading of files by their names.
func read(files map[string]string, o Options) ([]resource.Resource, error) {
	tree := fstest.MapFS{}
	for name, content := range files {
		tree[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return Read(tree, ".", o)
}

func mustRead(t *testing.T, files map[string]string, o Options) map[string]resource.Resource {
	t.Helper()
	found, err := read(files, o)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]resource.Resource{}
	for _, r := range found {
		if _, twice := out[r.ID()]; twice {
			t.Errorf("%s is there twice", r.ID())
		}
		out[r.ID()] = r
	}
	return out
}

// shown is a value as JSON; what is not known is ?.
func shown(v cty.Value) string {
	if !v.IsWhollyKnown() {
		if v.IsKnown() && v.CanIterateElements() {
			var parts []string
			for it := v.ElementIterator(); it.Next(); {
				k, e := it.Element()
				if v.Type().IsObjectType() || v.Type().IsMapType() {
					parts = append(parts, shown(k)+":"+shown(e))
					continue
				}
				parts = append(parts, shown(e))
			}
			return "<" + strings.Join(parts, ",") + ">"
		}
		return "?"
	}
	out, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return err.Error()
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(out))
}

// attribute is what a resource says, by a path of blocks: rule.0.name.
func attributeOf(b resource.Body, path string) string {
	first, rest, nested := strings.Cut(path, ".")
	if !nested {
		v, _, set := b.Value(first)
		if !set {
			return "unset"
		}
		return shown(v)
	}
	number, rest, _ := strings.Cut(rest, ".")
	bodies, whole := b.Blocks(first)
	if number == "count" {
		return fmt.Sprintf("%d %v", len(bodies), whole)
	}
	var n int
	if _, err := fmt.Sscan(number, &n); err != nil || n >= len(bodies) {
		return "no block"
	}
	return attributeOf(bodies[n], rest)
}

// one checks attributes of resources: lines of "address path = value".
func check(t *testing.T, found map[string]resource.Resource, want string) {
	t.Helper()
	for line := range strings.Lines(want) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		left, value, _ := strings.Cut(line, " = ")
		at := strings.LastIndexByte(left, ' ')
		r, ok := found[left[:at]]
		if !ok {
			t.Errorf("%s is not there, but %v", left[:at], addresses(found))
			continue
		}
		if got := attributeOf(r.Body, left[at+1:]); got != value {
			t.Errorf("%s: %s, want %s", left, got, value)
		}
	}
}

func addresses(found map[string]resource.Resource) []string {
	var out []string
	for a, r := range found {
		if r.Maybe != "" {
			a += "?"
		}
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

func TestSkeleton(t *testing.T) {
	found := mustRead(t, map[string]string{"main.tf": `
locals {
  prefix = "${var.env}-shop"
}

variable "env" {
  type    = string
  default = "test"
}

resource "aws_dynamodb_table" "orders" {
  name         = "${local.prefix}-orders"
  billing_mode = "PAY_PER_REQUEST"

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_backup_selection" "daily" {
  plan_id   = aws_backup_plan.daily.id
  resources = [aws_dynamodb_table.orders.arn]
}

resource "aws_backup_plan" "daily" {
  name = "daily"
}
`}, Options{Variables: map[string]string{"env": "prod", "other": "1"}})
	check(t, found, `
		aws_dynamodb_table.orders name = "prod-shop-orders"
		aws_dynamodb_table.orders point_in_time_recovery.0.enabled = true
		aws_dynamodb_table.orders ttl.count = 0 true
		aws_backup_selection.daily resources = ["arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/prod-shop-orders"]
		aws_backup_selection.daily plan_id = "${!aws_backup_plan.daily}"
	`)
	orders := found["aws_dynamodb_table.orders"]
	if _, pos, _ := orders.Body.Value("name"); pos.String() != "main.tf:12:18" {
		t.Errorf("name at %s", pos)
	}
	if orders.At.String() != "main.tf:11:1" {
		t.Errorf("block at %s", orders.At)
	}
}
