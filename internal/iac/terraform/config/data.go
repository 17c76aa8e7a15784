package config

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// dataSource is a data source that is known without asking AWS; is tells whether it is one.
func (s *scope) dataSource(r *resource.Resource, i *declared) (v value, is bool) {
	switch r.Type {
	case "aws_caller_identity":
		account := resource.AccountText(r.Account)
		return known(map[string]string{"account_id": account, "id": account, "arn": resource.Symbol("data." + r.Type + ".arn"),
			"user_id": resource.Symbol("data." + r.Type + ".user_id")}), true
	case "aws_region":
		return s.region(r), true
	case "aws_iam_policy_document":
		return policyDocument(r.Body), true
	case "aws_default_tags":
		tags := i.scope.providerOf(i.block).tags
		return value{cty.ObjectVal(map[string]cty.Value{"tags": tags.v}), tags.why}, true
	case "aws_partition":
		return known(map[string]string{"partition": build.PartitionOf(r.Region), "id": build.PartitionOf(r.Region),
			"dns_suffix": suffix(r.Region), "reverse_dns_prefix": reversed(r.Region)}), true
	}
	return value{}, false
}

func known(fields map[string]string) value {
	out := map[string]cty.Value{}
	for name, s := range fields {
		out[name] = cty.StringVal(s)
	}
	return value{v: cty.ObjectVal(out)}
}

// region is data.aws_region: of the provider, unless it is asked for another one.
func (s *scope) region(r *resource.Resource) value {
	region := resource.RegionText(r.Region)
	for _, name := range []string{"name", "region"} {
		if v, _, set := r.Body.Value(name); set {
			region = regionOf(v, r)
		}
	}
	return known(map[string]string{"name": region, "region": region, "id": region,
		"description": resource.Symbol("data.aws_region." + region + ".description"), "endpoint": "ec2." + region + "." + suffix(region)})
}

func suffix(region string) string {
	if build.PartitionOf(region) == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

func reversed(region string) string {
	if build.PartitionOf(region) == "aws-cn" {
		return "cn.com.amazonaws"
	}
	return "com.amazonaws"
}

// found is an attribute of what a data source finds. It may find what is declared, or what another one finds: its symbols tell nothing apart.
func found(r *resource.Resource, name string) cty.Value {
	switch r.Type {
	case "aws_dynamodb_table", "aws_backup_vault", "aws_s3_bucket", "aws_lambda_function", "aws_sns_topic", "aws_sqs_queue":
		if s := r.Attribute(name); !strings.Contains(s, "${!") {
			return cty.StringVal(s)
		}
	}
	return cty.StringVal(resource.Symbol(r.ID() + "." + name))
}
