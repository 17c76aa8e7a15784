package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awssim/api"
)

// API lists the operations (https://docs.aws.amazon.com/IAM/latest/APIReference/).
func (s *Service) API() api.Service {
	ops := append(s.roleOperations(), s.rolePolicyOperations()...)
	ops = append(ops, s.userOperations()...)
	ops = append(ops, s.userPolicyOperations()...)
	ops = append(ops, s.keyOperations()...)
	ops = append(ops, s.groupOperations()...)
	ops = append(ops, s.policyOperations()...)
	ops = append(ops, s.listOperations()...)
	return api.Service{Name: "iam", Model: "iam", Operations: ops, Throttle: api.Error{Code: "Throttling", Message: "Rate exceeded", Status: 400}}
}

// onRole declares an operation on one role: it needs the action on the role and fails when there is none.
func onRole[I, O any](s *Service, name string, ref func(*I) *string, handle func(*api.Call, *role, *I) (*O, error)) api.Operation {
	return api.Op(name, func(c *api.Call, in *I) []api.Access {
		return []api.Access{{Action: "iam:" + name, Resource: s.roleARN(c, aws.ToString(ref(in)))}}
	}, func(c *api.Call, in *I) (*O, error) {
		r, ok := s.account(c.Account).roles[aws.ToString(ref(in))]
		if !ok {
			return nil, noSuch("The role with name %s cannot be found.", aws.ToString(ref(in)))
		}
		return handle(c, r, in)
	})
}

// onUser declares an operation on one user; without a name it is the caller.
func onUser[I, O any](s *Service, name string, ref func(*I) *string, handle func(*api.Call, *user, *I) (*O, error)) api.Operation {
	return api.Op(name, func(c *api.Call, in *I) []api.Access {
		return []api.Access{{Action: "iam:" + name, Resource: s.userARN(c, s.userName(c, ref(in)))}}
	}, func(c *api.Call, in *I) (*O, error) {
		userName := s.userName(c, ref(in))
		if userName == "" {
			return nil, invalid("Must specify userName when calling with non-User credentials")
		}
		u, ok := s.account(c.Account).users[userName]
		if !ok {
			return nil, noSuch("The user with name %s cannot be found.", userName)
		}
		return handle(c, u, in)
	})
}

// onPolicy declares an operation on one managed policy.
func onPolicy[I, O any](s *Service, name string, ref func(*I) *string, handle func(*api.Call, *policy, *I) (*O, error)) api.Operation {
	return api.Op(name, func(_ *api.Call, in *I) []api.Access {
		return []api.Access{{Action: "iam:" + name, Resource: aws.ToString(ref(in))}}
	}, func(c *api.Call, in *I) (*O, error) {
		p, err := s.visiblePolicy(c, aws.ToString(ref(in)))
		if err != nil {
			return nil, err
		}
		return handle(c, p, in)
	})
}

func (s *Service) roleARN(c *api.Call, name string) string {
	if r, ok := s.account(c.Account).roles[name]; ok {
		return r.arn
	}
	return c.GlobalARN("iam", "role/"+name)
}

func (s *Service) userARN(c *api.Call, name string) string {
	if u, ok := s.account(c.Account).users[name]; ok {
		return u.arn
	}
	return c.GlobalARN("iam", "user/"+name)
}

func (s *Service) userName(c *api.Call, given *string) string {
	if aws.ToString(given) != "" {
		return *given
	}
	_, _, name, ok := splitARN(c.Caller.ARN, "user/")
	if !ok {
		return ""
	}
	return name
}

func (s *Service) roleOperations() []api.Operation {
	return []api.Operation{
		api.Op("CreateRole", func(c *api.Call, in *iam.CreateRoleInput) []api.Access {
			arn := c.GlobalARN("iam", "role"+pathOf(in.Path)+aws.ToString(in.RoleName))
			return tagged([]api.Access{created("iam:CreateRole", arn, in.PermissionsBoundary)}, "iam:TagRole", arn, len(in.Tags))
		}, s.createRole),
		api.Op("CreateServiceLinkedRole", func(c *api.Call, in *iam.CreateServiceLinkedRoleInput) []api.Access {
			return []api.Access{{Action: "iam:CreateServiceLinkedRole", Resource: c.GlobalARN("iam", "role/aws-service-role/"+aws.ToString(in.AWSServiceName)+"/*"),
				Context: map[string]string{"iam:AWSServiceName": aws.ToString(in.AWSServiceName)}}}
		}, s.createServiceLinkedRole),
		onRole(s, "GetRole", func(in *iam.GetRoleInput) *string { return in.RoleName }, s.getRole),
		onRole(s, "UpdateRole", func(in *iam.UpdateRoleInput) *string { return in.RoleName }, s.updateRole),
		onRole(s, "UpdateRoleDescription", func(in *iam.UpdateRoleDescriptionInput) *string { return in.RoleName }, s.updateRoleDescription),
		onRole(s, "UpdateAssumeRolePolicy", func(in *iam.UpdateAssumeRolePolicyInput) *string { return in.RoleName }, s.updateAssumeRolePolicy),
		onRole(s, "DeleteRole", func(in *iam.DeleteRoleInput) *string { return in.RoleName }, s.deleteRole),
		onRole(s, "DeleteServiceLinkedRole", func(in *iam.DeleteServiceLinkedRoleInput) *string { return in.RoleName }, s.deleteServiceLinkedRole),
		api.Op("GetServiceLinkedRoleDeletionStatus", nil, s.deletionStatus),
		onRole(s, "TagRole", func(in *iam.TagRoleInput) *string { return in.RoleName }, s.tagRole),
		onRole(s, "UntagRole", func(in *iam.UntagRoleInput) *string { return in.RoleName }, s.untagRole),
		onRole(s, "ListRoleTags", func(in *iam.ListRoleTagsInput) *string { return in.RoleName }, s.listRoleTags),
		onRole(s, "PutRolePermissionsBoundary", func(in *iam.PutRolePermissionsBoundaryInput) *string { return in.RoleName }, s.putRoleBoundary),
		onRole(s, "DeleteRolePermissionsBoundary", func(in *iam.DeleteRolePermissionsBoundaryInput) *string { return in.RoleName }, s.deleteRoleBoundary),
		onRole(s, "ListInstanceProfilesForRole", func(in *iam.ListInstanceProfilesForRoleInput) *string { return in.RoleName }, s.listInstanceProfilesForRole),
	}
}

func (s *Service) rolePolicyOperations() []api.Operation {
	return []api.Operation{
		onRole(s, "PutRolePolicy", func(in *iam.PutRolePolicyInput) *string { return in.RoleName }, s.putRolePolicy),
		onRole(s, "GetRolePolicy", func(in *iam.GetRolePolicyInput) *string { return in.RoleName }, s.getRolePolicy),
		onRole(s, "ListRolePolicies", func(in *iam.ListRolePoliciesInput) *string { return in.RoleName }, s.listRolePolicies),
		onRole(s, "DeleteRolePolicy", func(in *iam.DeleteRolePolicyInput) *string { return in.RoleName }, s.deleteRolePolicy),
		attaching(s, "AttachRolePolicy", func(in *iam.AttachRolePolicyInput) *string { return in.RoleName }, func(in *iam.AttachRolePolicyInput) *string { return in.PolicyArn }, s.attachRolePolicy),
		attaching(s, "DetachRolePolicy", func(in *iam.DetachRolePolicyInput) *string { return in.RoleName }, func(in *iam.DetachRolePolicyInput) *string { return in.PolicyArn }, s.detachRolePolicy),
		onRole(s, "ListAttachedRolePolicies", func(in *iam.ListAttachedRolePoliciesInput) *string { return in.RoleName }, s.listAttachedRolePolicies),
	}
}

func (s *Service) userOperations() []api.Operation {
	return []api.Operation{
		api.Op("CreateUser", func(c *api.Call, in *iam.CreateUserInput) []api.Access {
			arn := c.GlobalARN("iam", "user"+pathOf(in.Path)+aws.ToString(in.UserName))
			return tagged([]api.Access{created("iam:CreateUser", arn, in.PermissionsBoundary)}, "iam:TagUser", arn, len(in.Tags))
		}, s.createUser),
		api.Op("GetUser", func(c *api.Call, in *iam.GetUserInput) []api.Access {
			return []api.Access{{Action: "iam:GetUser", Resource: s.userARN(c, s.userName(c, in.UserName))}}
		}, s.getUser),
		onUser(s, "DeleteUser", func(in *iam.DeleteUserInput) *string { return in.UserName }, s.deleteUser),
		onUser(s, "ListGroupsForUser", func(in *iam.ListGroupsForUserInput) *string { return in.UserName }, s.listGroupsForUser),
		onUser(s, "TagUser", func(in *iam.TagUserInput) *string { return in.UserName }, s.tagUser),
		onUser(s, "UntagUser", func(in *iam.UntagUserInput) *string { return in.UserName }, s.untagUser),
		onUser(s, "ListUserTags", func(in *iam.ListUserTagsInput) *string { return in.UserName }, s.listUserTags),
		onUser(s, "PutUserPermissionsBoundary", func(in *iam.PutUserPermissionsBoundaryInput) *string { return in.UserName }, s.putUserBoundary),
		onUser(s, "DeleteUserPermissionsBoundary", func(in *iam.DeleteUserPermissionsBoundaryInput) *string { return in.UserName }, s.deleteUserBoundary),
	}
}

func (s *Service) userPolicyOperations() []api.Operation {
	return []api.Operation{
		onUser(s, "PutUserPolicy", func(in *iam.PutUserPolicyInput) *string { return in.UserName }, s.putUserPolicy),
		onUser(s, "GetUserPolicy", func(in *iam.GetUserPolicyInput) *string { return in.UserName }, s.getUserPolicy),
		onUser(s, "ListUserPolicies", func(in *iam.ListUserPoliciesInput) *string { return in.UserName }, s.listUserPolicies),
		onUser(s, "DeleteUserPolicy", func(in *iam.DeleteUserPolicyInput) *string { return in.UserName }, s.deleteUserPolicy),
		onUser(s, "AttachUserPolicy", func(in *iam.AttachUserPolicyInput) *string { return in.UserName }, s.attachUserPolicy),
		onUser(s, "DetachUserPolicy", func(in *iam.DetachUserPolicyInput) *string { return in.UserName }, s.detachUserPolicy),
		onUser(s, "ListAttachedUserPolicies", func(in *iam.ListAttachedUserPoliciesInput) *string { return in.UserName }, s.listAttachedUserPolicies),
	}
}

func (s *Service) keyOperations() []api.Operation {
	return []api.Operation{
		onUser(s, "CreateAccessKey", func(in *iam.CreateAccessKeyInput) *string { return in.UserName }, s.createAccessKey),
		onUser(s, "ListAccessKeys", func(in *iam.ListAccessKeysInput) *string { return in.UserName }, s.listAccessKeys),
		onUser(s, "UpdateAccessKey", func(in *iam.UpdateAccessKeyInput) *string { return in.UserName }, s.updateAccessKey),
		onUser(s, "DeleteAccessKey", func(in *iam.DeleteAccessKeyInput) *string { return in.UserName }, s.deleteAccessKey),
		api.Op("GetAccessKeyLastUsed", nil, s.getAccessKeyLastUsed),
	}
}

func (s *Service) policyOperations() []api.Operation {
	return []api.Operation{
		api.Op("CreatePolicy", func(c *api.Call, in *iam.CreatePolicyInput) []api.Access {
			arn := c.GlobalARN("iam", "policy"+pathOf(in.Path)+aws.ToString(in.PolicyName))
			return tagged([]api.Access{{Action: "iam:CreatePolicy", Resource: arn}}, "iam:TagPolicy", arn, len(in.Tags))
		}, s.createPolicy),
		onPolicy(s, "GetPolicy", func(in *iam.GetPolicyInput) *string { return in.PolicyArn }, s.getPolicy),
		onPolicy(s, "DeletePolicy", func(in *iam.DeletePolicyInput) *string { return in.PolicyArn }, s.deletePolicy),
		onPolicy(s, "GetPolicyVersion", func(in *iam.GetPolicyVersionInput) *string { return in.PolicyArn }, s.getPolicyVersion),
		onPolicy(s, "ListPolicyVersions", func(in *iam.ListPolicyVersionsInput) *string { return in.PolicyArn }, s.listPolicyVersions),
		onPolicy(s, "CreatePolicyVersion", func(in *iam.CreatePolicyVersionInput) *string { return in.PolicyArn }, s.createPolicyVersion),
		onPolicy(s, "DeletePolicyVersion", func(in *iam.DeletePolicyVersionInput) *string { return in.PolicyArn }, s.deletePolicyVersion),
		onPolicy(s, "SetDefaultPolicyVersion", func(in *iam.SetDefaultPolicyVersionInput) *string { return in.PolicyArn }, s.setDefaultPolicyVersion),
		onPolicy(s, "ListEntitiesForPolicy", func(in *iam.ListEntitiesForPolicyInput) *string { return in.PolicyArn }, s.listEntitiesForPolicy),
		onPolicy(s, "ListPolicyTags", func(in *iam.ListPolicyTagsInput) *string { return in.PolicyArn }, s.listPolicyTags),
		onPolicy(s, "TagPolicy", func(in *iam.TagPolicyInput) *string { return in.PolicyArn }, s.tagPolicy),
		onPolicy(s, "UntagPolicy", func(in *iam.UntagPolicyInput) *string { return in.PolicyArn }, s.untagPolicy),
	}
}

// listOperations need their action on every role, user or policy.
func (s *Service) listOperations() []api.Operation {
	return []api.Operation{
		api.Op("ListRoles", nil, s.listRoles),
		api.Op("ListUsers", nil, s.listUsers),
		api.Op("ListPolicies", nil, s.listPolicies),
		api.Op("ListAccountAliases", nil, s.listAccountAliases),
		api.Op("GetAccountSummary", nil, s.getAccountSummary),
		api.Op("GetAccountAuthorizationDetails", nil, s.getAccountAuthorizationDetails),
	}
}

func created(action, arn string, boundary *string) api.Access {
	a := api.Access{Action: action, Resource: arn}
	if boundary != nil {
		a.Context = map[string]string{"iam:PermissionsBoundary": *boundary}
	}
	return a
}

// tagged: whoever makes a thing with tags needs the permission to tag it as well.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
func tagged(access []api.Access, action, arn string, tags int) []api.Access {
	if tags == 0 {
		return access
	}
	return append(access, api.Access{Action: action, Resource: arn})
}

// attaching is onRole for the operations that name a managed policy: their condition key says which.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
func attaching[I, O any](s *Service, name string, role, policy func(*I) *string, handle func(*api.Call, *role, *I) (*O, error)) api.Operation {
	op := onRole(s, name, role, handle)
	op.Access = func(c *api.Call, in any) []api.Access {
		arn := aws.ToString(policy(in.(*I)))
		return []api.Access{{Action: "iam:" + name, Resource: s.roleARN(c, aws.ToString(role(in.(*I)))), Context: map[string]string{"iam:PolicyARN": arn}}}
	}
	return op
}

func pathOf(path *string) string {
	if p := aws.ToString(path); p != "" {
		return p
	}
	return "/"
}
