package organizations

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"

	"github.com/restorable/restorable/internal/awssim/api"
)

// API lists the operations (https://docs.aws.amazon.com/organizations/latest/APIReference/).
func (s *Service) API() api.Service {
	ops := append(s.accountOperations(), s.unitOperations()...)
	ops = append(ops, s.policyOperations()...)
	ops = append(ops, s.attachmentOperations()...)
	ops = append(ops, s.standingOperations()...)
	return api.Service{Name: "organizations", Model: "organizations", Operations: ops,
		Throttle: api.Error{Code: "TooManyRequestsException", Message: "AWS Organizations can't complete your request because another request is already in progress. Try again later."}}
}

// managed declares an operation that only the management account may use. Outside any organisation it answers so.
func managed[I, O any](s *Service, name string, target func(*organization, *I) string, handle func(*organization, *I) (*O, error)) api.Operation {
	return open(s, name, target, func(o *organization, account string) bool { return o.management == account }, handle)
}

// delegable declares an operation that delegated administrators may use besides the management account.
func delegable[I, O any](s *Service, name string, target func(*organization, *I) string, handle func(*organization, *I) (*O, error)) api.Operation {
	return open(s, name, target, func(o *organization, account string) bool {
		return o.management == account || len(o.delegated[account]) > 0
	}, handle)
}

func open[I, O any](s *Service, name string, target func(*organization, *I) string, may func(*organization, string) bool, handle func(*organization, *I) (*O, error)) api.Operation {
	return api.Op(name, needs(s, name, target), func(c *api.Call, in *I) (*O, error) {
		o, ok := s.member[c.Account]
		if !ok {
			return nil, notInUse()
		}
		if !may(o, c.Account) {
			return nil, accessDenied()
		}
		return handle(o, in)
	})
}

// needs makes the access declaration of an operation on one target.
func needs[I any](s *Service, name string, target func(*organization, *I) string) func(*api.Call, *I) []api.Access {
	return func(c *api.Call, in *I) []api.Access {
		resource := "*"
		if o, ok := s.member[c.Account]; ok && target != nil {
			resource = target(o, in)
		}
		return []api.Access{{Action: "organizations:" + name, Resource: resource}}
	}
}

func onTarget[I any](ref func(*I) *string) func(*organization, *I) string {
	return func(o *organization, in *I) string { return o.targetARN(aws.ToString(ref(in))) }
}

func onPolicy[I any](ref func(*I) *string) func(*organization, *I) string {
	return func(o *organization, in *I) string {
		if p, ok := o.policies[aws.ToString(ref(in))]; ok {
			return o.policyARN(p)
		}
		return "*"
	}
}

func (s *Service) accountOperations() []api.Operation {
	return []api.Operation{
		api.Op("CreateOrganization", nil, s.createOrganization),
		api.Op("DescribeOrganization", nil, s.describeOrganization),
		managed(s, "DeleteOrganization", nil, s.deleteOrganization),
		managed(s, "CreateAccount", nil, s.createAccount),
		managed(s, "DescribeCreateAccountStatus", nil, s.describeCreateAccountStatus),
		delegable(s, "ListAccounts", nil, s.listAccounts),
		delegable(s, "ListAccountsForParent", onTarget(func(in *org.ListAccountsForParentInput) *string { return in.ParentId }), s.listAccountsForParent),
		delegable(s, "DescribeAccount", onTarget(func(in *org.DescribeAccountInput) *string { return in.AccountId }), s.describeAccount),
		managed(s, "MoveAccount", onTarget(func(in *org.MoveAccountInput) *string { return in.AccountId }), s.moveAccount),
		delegable(s, "ListAWSServiceAccessForOrganization", nil, s.listServiceAccess),
		delegable(s, "ListTagsForResource", onTarget(func(in *org.ListTagsForResourceInput) *string { return in.ResourceId }), s.listTags),
	}
}

func (s *Service) unitOperations() []api.Operation {
	return []api.Operation{
		delegable(s, "ListRoots", nil, s.listRoots),
		delegable(s, "ListParents", onTarget(func(in *org.ListParentsInput) *string { return in.ChildId }), s.listParents),
		delegable(s, "ListChildren", onTarget(func(in *org.ListChildrenInput) *string { return in.ParentId }), s.listChildren),
		delegable(s, "ListOrganizationalUnitsForParent", onTarget(func(in *org.ListOrganizationalUnitsForParentInput) *string { return in.ParentId }), s.listUnits),
		managed(s, "CreateOrganizationalUnit", onTarget(func(in *org.CreateOrganizationalUnitInput) *string { return in.ParentId }), s.createUnit),
		delegable(s, "DescribeOrganizationalUnit", onTarget(func(in *org.DescribeOrganizationalUnitInput) *string { return in.OrganizationalUnitId }), s.describeUnit),
		managed(s, "DeleteOrganizationalUnit", onTarget(func(in *org.DeleteOrganizationalUnitInput) *string { return in.OrganizationalUnitId }), s.deleteUnit),
		managed(s, "EnablePolicyType", onTarget(func(in *org.EnablePolicyTypeInput) *string { return in.RootId }), s.enablePolicyType),
		managed(s, "DisablePolicyType", onTarget(func(in *org.DisablePolicyTypeInput) *string { return in.RootId }), s.disablePolicyType),
	}
}

func (s *Service) policyOperations() []api.Operation {
	return []api.Operation{
		managed(s, "CreatePolicy", nil, s.createPolicy),
		managed(s, "UpdatePolicy", onPolicy(func(in *org.UpdatePolicyInput) *string { return in.PolicyId }), s.updatePolicy),
		managed(s, "DescribePolicy", onPolicy(func(in *org.DescribePolicyInput) *string { return in.PolicyId }), s.describePolicy),
		managed(s, "DeletePolicy", onPolicy(func(in *org.DeletePolicyInput) *string { return in.PolicyId }), s.deletePolicy),
		managed(s, "ListPolicies", nil, s.listPolicies),
	}
}

func (s *Service) attachmentOperations() []api.Operation {
	return []api.Operation{
		managed(s, "AttachPolicy", onPolicy(func(in *org.AttachPolicyInput) *string { return in.PolicyId }), s.attachPolicy),
		managed(s, "DetachPolicy", onPolicy(func(in *org.DetachPolicyInput) *string { return in.PolicyId }), s.detachPolicy),
		managed(s, "ListTargetsForPolicy", onPolicy(func(in *org.ListTargetsForPolicyInput) *string { return in.PolicyId }), s.listTargetsForPolicy),
		managed(s, "ListPoliciesForTarget", onTarget(func(in *org.ListPoliciesForTargetInput) *string { return in.TargetId }), s.listPoliciesForTarget),
		api.Op("DescribeEffectivePolicy", nil, s.describeEffectivePolicy),
		managed(s, "ListAccountsWithInvalidEffectivePolicy", nil, s.listAccountsWithInvalidPolicy),
		managed(s, "ListEffectivePolicyValidationErrors", nil, s.listValidationErrors),
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
