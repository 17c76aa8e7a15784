package iam

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

// detail is one line of GetAccountAuthorizationDetails, whatever its kind.
type detail struct {
	key string
	add func(*iam.GetAccountAuthorizationDetailsOutput)
}

func (s *Service) getAccountAuthorizationDetails(c *api.Call, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	lines := s.details(c.Account, in.Filter)
	page, next, ok := paging.Cut(lines, func(d detail) string { return d.key }, in.Marker, paging.Size(in.MaxItems, 100, 1000))
	if !ok {
		return nil, badMarker()
	}
	out := &iam.GetAccountAuthorizationDetailsOutput{IsTruncated: next != nil, Marker: next, GroupDetailList: []types.GroupDetail{},
		UserDetailList: []types.UserDetail{}, RoleDetailList: []types.RoleDetail{}, Policies: []types.ManagedPolicyDetail{}}
	for _, d := range page {
		d.add(out)
	}
	return out, nil
}

// details lists users, roles and policies, of AWS's policies only those in use, sorted by key.
func (s *Service) details(account string, filter []types.EntityType) []detail {
	var out []detail
	a := s.account(account)
	wanted := func(t types.EntityType) bool { return len(filter) == 0 || slices.Contains(filter, t) }
	if wanted(types.EntityTypeUser) {
		for _, name := range sortedKeys(a.users) {
			out = append(out, s.userDetail(a.users[name]))
		}
	}
	if wanted(types.EntityTypeGroup) {
		for _, name := range sortedKeys(a.groups) {
			out = append(out, s.groupDetail(a.groups[name]))
		}
	}
	if wanted(types.EntityTypeRole) {
		for _, name := range sortedKeys(a.roles) {
			out = append(out, s.roleDetail(a.roles[name]))
		}
	}
	if wanted(types.EntityTypeLocalManagedPolicy) {
		for _, arn := range sortedKeys(a.policies) {
			out = append(out, s.policyDetail(account, a.policies[arn]))
		}
	}
	if wanted(types.EntityTypeAWSManagedPolicy) {
		for _, arn := range sortedKeys(s.managed) {
			if attached, bounding := s.usage(account, s.managed[arn]); attached+bounding > 0 {
				out = append(out, s.policyDetail(account, s.managed[arn]))
			}
		}
	}
	slices.SortFunc(out, func(a, b detail) int { return strings.Compare(a.key, b.key) })
	return out
}

func (e *entity) inlineDetails() []types.PolicyDetail {
	out := []types.PolicyDetail{}
	for _, name := range sortedKeys(e.inline) {
		out = append(out, types.PolicyDetail{PolicyName: aws.String(name), PolicyDocument: encoded(e.inline[name].text)})
	}
	return out
}

func (s *Service) userDetail(u *user) detail {
	return detail{"1" + u.name, func(out *iam.GetAccountAuthorizationDetailsOutput) {
		out.UserDetailList = append(out.UserDetailList, types.UserDetail{Arn: &u.arn, UserName: &u.name, UserId: &u.id, Path: &u.path,
			CreateDate: aws.Time(u.created), AttachedManagedPolicies: s.attachments(&u.entity), UserPolicyList: u.inlineDetails(),
			GroupList: s.groupNames(u), PermissionsBoundary: u.boundaryType(), Tags: u.tagList()})
	}}
}

func (s *Service) groupDetail(g *group) detail {
	return detail{"1~" + g.name, func(out *iam.GetAccountAuthorizationDetailsOutput) {
		out.GroupDetailList = append(out.GroupDetailList, types.GroupDetail{Arn: &g.arn, GroupName: &g.name, GroupId: &g.id, Path: &g.path,
			CreateDate: aws.Time(g.created), AttachedManagedPolicies: s.attachments(&g.entity), GroupPolicyList: g.inlineDetails()})
	}}
}

func (s *Service) roleDetail(r *role) detail {
	return detail{"2" + r.name, func(out *iam.GetAccountAuthorizationDetailsOutput) {
		out.RoleDetailList = append(out.RoleDetailList, types.RoleDetail{Arn: &r.arn, RoleName: &r.name, RoleId: &r.id, Path: &r.path,
			CreateDate: aws.Time(r.created), AssumeRolePolicyDocument: encoded(r.trust.text), AttachedManagedPolicies: s.attachments(&r.entity),
			RolePolicyList: r.inlineDetails(), InstanceProfileList: []types.InstanceProfile{}, PermissionsBoundary: r.boundaryType(),
			RoleLastUsed: &types.RoleLastUsed{}, Tags: r.tagList()})
	}}
}

func (s *Service) policyDetail(account string, p *policy) detail {
	return detail{"3" + p.arn, func(out *iam.GetAccountAuthorizationDetailsOutput) {
		d := s.describePolicy(account, p)
		versions := []types.PolicyVersion{}
		for _, v := range slices.Backward(p.versions) {
			versions = append(versions, p.describe(v, true))
		}
		out.Policies = append(out.Policies, types.ManagedPolicyDetail{Arn: d.Arn, PolicyName: d.PolicyName, PolicyId: d.PolicyId, Path: d.Path,
			CreateDate: d.CreateDate, UpdateDate: d.UpdateDate, DefaultVersionId: d.DefaultVersionId, IsAttachable: true,
			AttachmentCount: d.AttachmentCount, PermissionsBoundaryUsageCount: d.PermissionsBoundaryUsageCount, Description: d.Description,
			PolicyVersionList: versions})
	}}
}
