package config

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// tagged gives a resource tags_all, as the provider does: its own tags over those that the provider gives all
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs#default_tags-configuration-block).
func (s *scope) tagged(r *resource.Resource, p *provider) {
	if !strings.HasPrefix(r.Type, "aws_") || untagged(r.Type) {
		return
	}
	own, at, set := r.Body.Value("tags")
	switch {
	case !set && p.tags.v.IsNull():
		return
	case !set:
		at = p.tagsAt
	}
	if p.tags.v.IsNull() {
		r.Body.Set("tags_all", own, at, r.Body.WhyUnknown("tags"))
		return
	}
	v := merged(p.tags.v, own)
	why := ""
	if !v.IsWhollyKnown() {
		why = p.tags.why + r.Body.WhyUnknown("tags")
	}
	r.Body.Set("tags_all", v, at, why)
}

// untagged reports whether the provider gives resources of a type no tags, among those that matter to the recovery of tables.
func untagged(t string) bool {
	switch t {
	case "aws_backup_selection", "aws_backup_vault_lock_configuration", "aws_backup_vault_policy", "aws_backup_vault_notifications",
		"aws_backup_region_settings", "aws_backup_global_settings", "aws_backup_restore_testing_selection", "aws_dynamodb_tag",
		"aws_dynamodb_global_table", "aws_dynamodb_kinesis_streaming_destination", "aws_dynamodb_resource_policy", "aws_dynamodb_table_item",
		"aws_dynamodb_contributor_insights", "aws_appautoscaling_policy", "aws_appautoscaling_scheduled_action", "aws_iam_role_policy",
		"aws_iam_role_policy_attachment", "aws_kms_alias", "aws_kms_key_policy":
		return true
	}
	return false
}

// merged is a map of texts over another.
func merged(under, over cty.Value) cty.Value {
	out := map[string]cty.Value{}
	for _, m := range []cty.Value{under, over} {
		if m.IsNull() {
			continue
		}
		if !m.IsKnown() || !m.CanIterateElements() || m.Type().IsTupleType() || m.Type().IsListType() || m.Type().IsSetType() {
			return cty.UnknownVal(cty.Map(cty.String))
		}
		for it := m.ElementIterator(); it.Next(); {
			k, v := it.Element()
			out[k.AsString()] = v
		}
	}
	return cty.ObjectVal(out)
}
