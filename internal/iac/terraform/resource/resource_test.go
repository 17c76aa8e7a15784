package resource

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
)

func TestAttributesThatNameAResource(t *testing.T) {
	for _, row := range []struct {
		kind, address, region, account string
		written                        map[string]string
		attribute, want                string
	}{
		{kind: "aws_dynamodb_table", address: "aws_dynamodb_table.orders", written: map[string]string{"name": "orders"},
			attribute: "arn", want: "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders"},
		{kind: "aws_dynamodb_table", address: `module.a.aws_dynamodb_table.orders["x y"]`, region: "cn-north-1", account: "111122223333",
			attribute: "arn", want: `arn:aws-cn:dynamodb:cn-north-1:111122223333:table/${!module.a.aws_dynamodb_table.orders["x%20y"]}`},
		{kind: "aws_dynamodb_table", address: "aws_dynamodb_table.orders", written: map[string]string{"name": "orders"}, attribute: "id", want: "orders"},
		{kind: "aws_dynamodb_table", address: "aws_dynamodb_table.orders", attribute: "stream_arn", want: "${aws_dynamodb_table.orders.stream_arn}"},
		{kind: "aws_backup_plan", address: "aws_backup_plan.daily", written: map[string]string{"name": "daily"}, attribute: "id", want: "${!aws_backup_plan.daily}"},
		{kind: "aws_iam_role", address: "aws_iam_role.backup", written: map[string]string{"name": "backup"}, attribute: "arn", want: "arn:aws:iam::${AWS::AccountId}:role/backup"},
		{kind: "aws_iam_role", address: "aws_iam_role.backup", written: map[string]string{"name_prefix": "b-", "path": "/ops/"}, attribute: "arn",
			want: "arn:aws:iam::${AWS::AccountId}:role/ops/b-${!aws_iam_role.backup}"},
		{kind: "aws_kms_key", address: "aws_kms_key.k", region: "eu-west-1", attribute: "arn", want: "arn:aws:kms:eu-west-1:${AWS::AccountId}:key/${!aws_kms_key.k}"},
		{kind: "aws_kms_key", address: "aws_kms_key.k", attribute: "key_id", want: "${!aws_kms_key.k}"},
		{kind: "aws_s3_bucket", address: "aws_s3_bucket.b", written: map[string]string{"bucket": "logs"}, attribute: "arn", want: "arn:aws:s3:::logs"},
		{kind: "aws_vpc", address: "aws_vpc.main", attribute: "id", want: "${!aws_vpc.main}"},
		{kind: "aws_vpc", address: "aws_vpc.main", attribute: "arn", want: "${!aws_vpc.main.arn}"},
	} {
		r := Resource{Address: row.address, Type: row.kind, Region: row.region, Account: row.account, Body: NewBody(build.Pos{})}
		for name, v := range row.written {
			r.Body.Set(name, cty.StringVal(v), build.Pos{}, "")
		}
		if got := r.Attribute(row.attribute); got != row.want {
			t.Errorf("%s of %s: %s, want %s", row.attribute, row.address, got, row.want)
		}
	}
}

func TestRootsKeepAddressesApart(t *testing.T) {
	a, b := Resource{Root: "a", Address: "aws_vpc.main"}, Resource{Root: "b", Address: "aws_vpc.main"}
	if a.ID() == b.ID() || a.Attribute("id") == b.Attribute("id") {
		t.Errorf("%s and %s", a.ID(), b.ID())
	}
}

func TestBodies(t *testing.T) {
	at, place := build.Pos{File: "main.tf", Line: 1, Column: 1}, build.Pos{File: "main.tf", Line: 2, Column: 10}
	b := NewBody(at)
	b.Set("name", cty.StringVal("orders"), place, "")
	b.Set("mode", cty.UnknownVal(cty.String), place, "var.mode has no value")
	b.Set("off", cty.NullVal(cty.String), place, "")
	b.Set("rule", cty.TupleVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"a": cty.True}), cty.DynamicVal}), place, "local.more is not known")
	b.Add("lifecycle", NewBody(place))
	b.Leave("copy", "var.copies has no value")

	if v, pos, set := b.Value("name"); !set || pos != place || v.AsString() != "orders" {
		t.Errorf("name: %v at %v, %v", v, pos, set)
	}
	if v, _, set := b.Value("mode"); !set || v.IsKnown() || b.WhyUnknown("mode") != "var.mode has no value" {
		t.Errorf("mode: %v, %v, %s", v, set, b.WhyUnknown("mode"))
	}
	for _, name := range []string{"off", "never"} {
		if v, pos, set := b.Value(name); set || pos != at || !v.IsNull() {
			t.Errorf("%s: %v at %v, %v", name, v, pos, set)
		}
	}
	for name, want := range map[string]struct {
		count int
		whole bool
	}{"rule": {1, false}, "lifecycle": {1, true}, "copy": {0, false}, "none": {0, true}, "off": {0, true}} {
		if got, whole := b.Blocks(name); len(got) != want.count || whole != want.whole {
			t.Errorf("%s: %d blocks, whole %v", name, len(got), whole)
		}
	}
	u := Unread(at, "the provider is not known")
	if v, _, set := u.Value("name"); !set || v.IsKnown() || u.WhyUnknown("name") == "" {
		t.Errorf("unread: %v, %v", v, set)
	}
	if _, whole := u.Blocks("rule"); whole {
		t.Error("unread blocks are whole")
	}
}
