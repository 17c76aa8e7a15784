package kms

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/restorable/restorable/internal/awssim/api"
)

// API lists the operations (https://docs.aws.amazon.com/kms/latest/APIReference/).
func (s *Service) API() api.Service {
	ops := append(s.keyOperations(), s.stateOperations()...)
	ops = append(ops, s.aliasOperations()...)
	ops = append(ops, s.signingOperations()...)
	return api.Service{Name: "kms", Model: "kms", Operations: append(ops, s.sideOperations()...),
		Throttle: api.Error{Code: "ThrottlingException", Message: "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."}}
}

func (s *Service) keyOperations() []api.Operation {
	return []api.Operation{
		api.Op("CreateKey", nil, s.createKey),
		api.Op("DescribeKey", on(s, "DescribeKey", func(in *kms.DescribeKeyInput) *string { return in.KeyId }), s.describeKey),
		api.Op("ListKeys", nil, s.listKeys),
		api.Op("UpdateKeyDescription", on(s, "UpdateKeyDescription", func(in *kms.UpdateKeyDescriptionInput) *string { return in.KeyId }), s.updateKeyDescription),
		api.Op("GetKeyPolicy", on(s, "GetKeyPolicy", func(in *kms.GetKeyPolicyInput) *string { return in.KeyId }), s.getKeyPolicy),
		api.Op("PutKeyPolicy", on(s, "PutKeyPolicy", func(in *kms.PutKeyPolicyInput) *string { return in.KeyId }), s.putKeyPolicy),
		api.Op("ListKeyPolicies", on(s, "ListKeyPolicies", func(in *kms.ListKeyPoliciesInput) *string { return in.KeyId }), s.listKeyPolicies),
	}
}

func (s *Service) stateOperations() []api.Operation {
	return []api.Operation{
		api.Op("EnableKey", on(s, "EnableKey", func(in *kms.EnableKeyInput) *string { return in.KeyId }), s.enableKey),
		api.Op("DisableKey", on(s, "DisableKey", func(in *kms.DisableKeyInput) *string { return in.KeyId }), s.disableKey),
		api.Op("ScheduleKeyDeletion", on(s, "ScheduleKeyDeletion", func(in *kms.ScheduleKeyDeletionInput) *string { return in.KeyId }), s.scheduleKeyDeletion),
		api.Op("CancelKeyDeletion", on(s, "CancelKeyDeletion", func(in *kms.CancelKeyDeletionInput) *string { return in.KeyId }), s.cancelKeyDeletion),
		api.Op("GetKeyRotationStatus", on(s, "GetKeyRotationStatus", func(in *kms.GetKeyRotationStatusInput) *string { return in.KeyId }), s.getKeyRotationStatus),
		api.Op("EnableKeyRotation", on(s, "EnableKeyRotation", func(in *kms.EnableKeyRotationInput) *string { return in.KeyId }), s.enableKeyRotation),
		api.Op("DisableKeyRotation", on(s, "DisableKeyRotation", func(in *kms.DisableKeyRotationInput) *string { return in.KeyId }), s.disableKeyRotation),
	}
}

func (s *Service) aliasOperations() []api.Operation {
	return []api.Operation{
		api.Op("ListAliases", nil, s.listAliases),
		api.Op("CreateAlias", func(c *api.Call, in *kms.CreateAliasInput) []api.Access {
			return s.aliasAccess(c, "CreateAlias", in.AliasName, in.TargetKeyId)
		}, s.createAlias),
		api.Op("UpdateAlias", func(c *api.Call, in *kms.UpdateAliasInput) []api.Access {
			return s.aliasAccess(c, "UpdateAlias", in.AliasName, in.TargetKeyId)
		}, s.updateAlias),
		api.Op("DeleteAlias", func(c *api.Call, in *kms.DeleteAliasInput) []api.Access {
			return s.aliasAccess(c, "DeleteAlias", in.AliasName, in.AliasName)
		}, s.deleteAlias),
	}
}

func (s *Service) sideOperations() []api.Operation {
	return []api.Operation{
		api.Op("ListResourceTags", on(s, "ListResourceTags", func(in *kms.ListResourceTagsInput) *string { return in.KeyId }), s.listResourceTags),
		api.Op("TagResource", on(s, "TagResource", func(in *kms.TagResourceInput) *string { return in.KeyId }), s.tagResource),
		api.Op("UntagResource", on(s, "UntagResource", func(in *kms.UntagResourceInput) *string { return in.KeyId }), s.untagResource),
		api.Op("CreateGrant", on(s, "CreateGrant", func(in *kms.CreateGrantInput) *string { return in.KeyId }), s.createGrant),
		api.Op("ListGrants", on(s, "ListGrants", func(in *kms.ListGrantsInput) *string { return in.KeyId }), s.listGrants),
	}
}

// on declares an action on the key that a member of the request refers to. A key that does not exist is asked for as it was written.
func on[I any](s *Service, action string, ref func(*I) *string) func(*api.Call, *I) []api.Access {
	return func(c *api.Call, in *I) []api.Access {
		return []api.Access{{Action: "kms:" + action, Resource: s.resourceARN(c, aws.ToString(ref(in)))}}
	}
}

func (s *Service) resourceARN(c *api.Call, ref string) string {
	if k, err := s.find(c.Scope, ref); err == nil {
		return k.arn
	}
	if len(ref) > 4 && ref[:4] == "arn:" {
		return ref
	}
	return c.ARN("kms", "key/"+ref)
}

// aliasAccess: alias operations need the action on the alias and on its key
// (https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html).
func (s *Service) aliasAccess(c *api.Call, action string, name, target *string) []api.Access {
	return []api.Access{
		{Action: "kms:" + action, Resource: c.ARN("kms", aws.ToString(name))},
		{Action: "kms:" + action, Resource: s.resourceARN(c, aws.ToString(target))},
	}
}
