package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/iampolicy"
)

const trustLimit = 4096 // characters; the raisable quota starts at 2,048

func (s *Service) createRole(c *api.Call, in *iam.CreateRoleInput) (*iam.CreateRoleOutput, error) {
	name, path := aws.ToString(in.RoleName), pathOf(in.Path)
	if !strings.HasPrefix(path, "/") || !strings.HasSuffix(path, "/") {
		return nil, invalid("The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	}
	if strings.HasPrefix(path, "/aws-service-role/") {
		return nil, badInput("Path %s is reserved for service-linked roles", path)
	}
	if s.roleNamed(c, name) != nil {
		return nil, exists("Role with name %s already exists.", name)
	}
	trust, err := trustDocument(aws.ToString(in.AssumeRolePolicyDocument))
	if err != nil {
		return nil, err
	}
	if err := s.boundaryExists(c, in.PermissionsBoundary); err != nil {
		return nil, err
	}
	r := &role{entity: s.newEntity(c.Scope, "role", path, name, "AROA"), trust: trust, description: aws.ToString(in.Description), maxSession: 3600}
	r.boundary = aws.ToString(in.PermissionsBoundary)
	if in.MaxSessionDuration != nil {
		r.maxSession = *in.MaxSessionDuration
	}
	if err := r.tag(in.Tags); err != nil {
		return nil, err
	}
	s.account(c.Account).roles[name] = r
	return &iam.CreateRoleOutput{Role: r.full()}, nil
}

// roleNamed ignores case: names of roles differ by more than that.
func (s *Service) roleNamed(c *api.Call, name string) *role {
	for n, r := range s.account(c.Account).roles {
		if strings.EqualFold(n, name) {
			return r
		}
	}
	return nil
}

func trustDocument(text string) (document, error) {
	d, err := checked(iampolicy.Trust, text)
	if err == nil && size(text) > trustLimit {
		return d, limit("Cannot exceed quota for ACLSizePerRole: %d", trustLimit)
	}
	return d, err
}

func (e *entity) boundaryType() *types.AttachedPermissionsBoundary {
	if e.boundary == "" {
		return nil
	}
	return &types.AttachedPermissionsBoundary{PermissionsBoundaryArn: &e.boundary, PermissionsBoundaryType: types.PermissionsBoundaryAttachmentTypePolicy}
}

// listed is the role as ListRoles gives it: without tags, boundary and last use.
func (r *role) listed() types.Role {
	out := types.Role{Arn: &r.arn, CreateDate: aws.Time(r.created), Path: &r.path, RoleId: &r.id, RoleName: &r.name,
		AssumeRolePolicyDocument: encoded(r.trust.text), MaxSessionDuration: &r.maxSession}
	if r.description != "" {
		out.Description = &r.description
	}
	return out
}

func (r *role) full() *types.Role {
	out := r.listed()
	out.PermissionsBoundary, out.Tags = r.boundaryType(), r.tagList()
	return &out
}

func (s *Service) getRole(_ *api.Call, r *role, _ *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
	out := r.full()
	out.RoleLastUsed = &types.RoleLastUsed{}
	return &iam.GetRoleOutput{Role: out}, nil
}

func (s *Service) listRoles(c *api.Call, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
	var found []*role
	roles := s.account(c.Account).roles
	for _, name := range sortedKeys(roles) {
		if strings.HasPrefix(roles[name].path, pathOf(in.PathPrefix)) {
			found = append(found, roles[name])
		}
	}
	page, next, ok := paging.Cut(found, func(r *role) string { return r.name }, in.Marker, paging.Size(in.MaxItems, 100, 1000))
	if !ok {
		return nil, badMarker()
	}
	out := &iam.ListRolesOutput{Roles: []types.Role{}, IsTruncated: next != nil, Marker: next}
	for _, r := range page {
		out.Roles = append(out.Roles, r.listed())
	}
	return out, nil
}

func (r *role) unmodifiable() error {
	if r.linked == "" {
		return nil
	}
	return &api.Error{Code: "UnmodifiableEntityException", Message: "Cannot perform the operation on the protected role '" + r.name +
		"' - this role is only modifiable by AWS"}
}

func (s *Service) updateRole(_ *api.Call, r *role, in *iam.UpdateRoleInput) (*iam.UpdateRoleOutput, error) {
	if err := r.unmodifiable(); err != nil && in.MaxSessionDuration != nil {
		return nil, err
	}
	if in.Description != nil {
		r.description = *in.Description
	}
	if in.MaxSessionDuration != nil {
		r.maxSession = *in.MaxSessionDuration
	}
	return &iam.UpdateRoleOutput{}, nil
}

func (s *Service) updateRoleDescription(_ *api.Call, r *role, in *iam.UpdateRoleDescriptionInput) (*iam.UpdateRoleDescriptionOutput, error) {
	r.description = aws.ToString(in.Description)
	return &iam.UpdateRoleDescriptionOutput{Role: r.full()}, nil
}

func (s *Service) updateAssumeRolePolicy(_ *api.Call, r *role, in *iam.UpdateAssumeRolePolicyInput) (*iam.UpdateAssumeRolePolicyOutput, error) {
	if err := r.unmodifiable(); err != nil {
		return nil, err
	}
	trust, err := trustDocument(aws.ToString(in.PolicyDocument))
	if err != nil {
		return nil, err
	}
	r.trust = trust
	return &iam.UpdateAssumeRolePolicyOutput{}, nil
}

func (s *Service) deleteRole(c *api.Call, r *role, _ *iam.DeleteRoleInput) (*iam.DeleteRoleOutput, error) {
	if err := r.unmodifiable(); err != nil {
		return nil, err
	}
	if err := r.deletable(); err != nil {
		return nil, err
	}
	delete(s.account(c.Account).roles, r.name)
	return &iam.DeleteRoleOutput{}, nil
}

// deletable: an entity goes only after everything that was given to it.
func (e *entity) deletable() error {
	switch {
	case len(e.attached) > 0:
		return conflict("Cannot delete entity, must detach all policies first.")
	case len(e.inline) > 0:
		return conflict("Cannot delete entity, must delete policies first.")
	}
	return nil
}

func (s *Service) listInstanceProfilesForRole(*api.Call, *role, *iam.ListInstanceProfilesForRoleInput) (*iam.ListInstanceProfilesForRoleOutput, error) {
	return &iam.ListInstanceProfilesForRoleOutput{InstanceProfiles: []types.InstanceProfile{}}, nil
}

func (s *Service) putRoleBoundary(c *api.Call, r *role, in *iam.PutRolePermissionsBoundaryInput) (*iam.PutRolePermissionsBoundaryOutput, error) {
	if err := r.unmodifiable(); err != nil {
		return nil, err
	}
	if err := s.boundaryExists(c, in.PermissionsBoundary); err != nil {
		return nil, err
	}
	r.boundary = aws.ToString(in.PermissionsBoundary)
	return &iam.PutRolePermissionsBoundaryOutput{}, nil
}

func (s *Service) deleteRoleBoundary(_ *api.Call, r *role, _ *iam.DeleteRolePermissionsBoundaryInput) (*iam.DeleteRolePermissionsBoundaryOutput, error) {
	r.boundary = ""
	return &iam.DeleteRolePermissionsBoundaryOutput{}, nil
}

func (s *Service) boundaryExists(c *api.Call, arn *string) error {
	if arn == nil {
		return nil
	}
	if _, err := s.visiblePolicy(c, *arn); err != nil {
		return noSuch("Scope ARN: %s does not exist or is not attachable.", *arn)
	}
	return nil
}
