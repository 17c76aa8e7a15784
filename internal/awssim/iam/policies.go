package iam

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/iampolicy"
)

const (
	managedLimit  = 6144 // characters, white space aside
	versionsLimit = 5
)

// visiblePolicy finds a policy of the caller's account or one of AWS's.
func (s *Service) visiblePolicy(c *api.Call, arn string) (*policy, error) {
	p := s.policyByARN(arn)
	if p == nil || !p.aws && !strings.Contains(arn, "::"+c.Account+":policy/") {
		return nil, noSuch("Policy %s was not found.", arn)
	}
	return p, nil
}

// changeable refuses changes to AWS's own policies.
func (p *policy) changeable(c *api.Call) error {
	if !p.aws {
		return nil
	}
	return &api.Error{Code: "AccessDenied", Status: 403, Message: fmt.Sprintf("User: %s is not authorized to perform: iam:%s on resource: policy %s", c.Caller.ARN, c.Operation, p.arn)}
}

func (s *Service) createPolicy(c *api.Call, in *iam.CreatePolicyInput) (*iam.CreatePolicyOutput, error) {
	name, text := aws.ToString(in.PolicyName), aws.ToString(in.PolicyDocument)
	d, err := checked(iampolicy.Identity, text)
	if err != nil {
		return nil, err
	}
	if size(text) > managedLimit {
		return nil, limit("Cannot exceed quota for PolicySize: %d", managedLimit)
	}
	policies := s.account(c.Account).policies
	for _, p := range policies {
		if strings.EqualFold(p.name, name) {
			return nil, exists("A policy called %s already exists. Duplicate names are not allowed.", name)
		}
	}
	now := s.now()
	p := &policy{arn: c.GlobalARN("iam", "policy"+pathOf(in.Path)+name), name: name, path: pathOf(in.Path), id: s.uniqueID("ANPA", 17),
		description: aws.ToString(in.Description), created: now, updated: now, standard: 1, last: 1,
		versions: []*version{{1, now, d}}, tags: map[string]string{}}
	if err := setTags(p.tags, in.Tags); err != nil {
		return nil, err
	}
	policies[p.arn] = p
	return &iam.CreatePolicyOutput{Policy: s.describePolicy(c.Account, p)}, nil
}

// usage counts the entities of an account to which the policy is attached, and those that it bounds.
func (s *Service) usage(account string, p *policy) (attached, bounding int32) {
	for _, e := range s.entities(account) {
		if slices.Contains(e.attached, p.arn) {
			attached++
		}
		if e.boundary == p.arn {
			bounding++
		}
	}
	return attached, bounding
}

func (s *Service) entities(account string) []*entity {
	a := s.account(account)
	var out []*entity
	for _, name := range sortedKeys(a.users) {
		out = append(out, &a.users[name].entity)
	}
	for _, name := range sortedKeys(a.groups) {
		out = append(out, &a.groups[name].entity)
	}
	for _, name := range sortedKeys(a.roles) {
		out = append(out, &a.roles[name].entity)
	}
	return out
}

func (s *Service) describePolicy(account string, p *policy) *types.Policy {
	attached, bounding := s.usage(account, p)
	out := &types.Policy{Arn: &p.arn, PolicyName: &p.name, Path: &p.path, PolicyId: &p.id, CreateDate: aws.Time(p.created),
		UpdateDate: aws.Time(p.updated), DefaultVersionId: versionID(p.standard), IsAttachable: true,
		AttachmentCount: &attached, PermissionsBoundaryUsageCount: &bounding, Tags: tagList(p.tags)}
	if p.description != "" {
		out.Description = &p.description
	}
	return out
}

func versionID(n int) *string { return aws.String("v" + strconv.Itoa(n)) }

func (s *Service) getPolicy(c *api.Call, p *policy, _ *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
	return &iam.GetPolicyOutput{Policy: s.describePolicy(c.Account, p)}, nil
}

func (s *Service) deletePolicy(c *api.Call, p *policy, _ *iam.DeletePolicyInput) (*iam.DeletePolicyOutput, error) {
	if err := p.changeable(c); err != nil {
		return nil, err
	}
	attached, bounding := s.usage(c.Account, p)
	switch {
	case attached+bounding > 0:
		return nil, conflict("Cannot delete a policy attached to entities.")
	case len(p.versions) > 1:
		return nil, conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
			"The default version is deleted with the policy.")
	}
	delete(s.account(c.Account).policies, p.arn)
	return &iam.DeletePolicyOutput{}, nil
}

func (p *policy) find(id *string) (*version, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(aws.ToString(id), "v"))
	if v := p.version(n); err == nil && v != nil {
		return v, nil
	}
	return nil, noSuch("Policy %s version %s does not exist or is not attachable.", p.arn, aws.ToString(id))
}

func (p *policy) describe(v *version, withDocument bool) types.PolicyVersion {
	out := types.PolicyVersion{VersionId: versionID(v.number), CreateDate: aws.Time(v.created), IsDefaultVersion: v.number == p.standard}
	if withDocument {
		out.Document = encoded(v.text)
	}
	return out
}

func (s *Service) getPolicyVersion(_ *api.Call, p *policy, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
	v, err := p.find(in.VersionId)
	if err != nil {
		return nil, err
	}
	out := p.describe(v, true)
	return &iam.GetPolicyVersionOutput{PolicyVersion: &out}, nil
}

func (s *Service) listPolicyVersions(_ *api.Call, p *policy, _ *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
	out := &iam.ListPolicyVersionsOutput{Versions: []types.PolicyVersion{}}
	for _, v := range slices.Backward(p.versions) {
		out.Versions = append(out.Versions, p.describe(v, false))
	}
	return out, nil
}

func (s *Service) createPolicyVersion(c *api.Call, p *policy, in *iam.CreatePolicyVersionInput) (*iam.CreatePolicyVersionOutput, error) {
	if err := p.changeable(c); err != nil {
		return nil, err
	}
	d, err := checked(iampolicy.Identity, aws.ToString(in.PolicyDocument))
	switch {
	case err != nil:
		return nil, err
	case size(d.text) > managedLimit:
		return nil, limit("Cannot exceed quota for PolicySize: %d", managedLimit)
	case len(p.versions) >= versionsLimit:
		return nil, limit("A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", versionsLimit)
	}
	p.last++
	v := &version{p.last, s.now(), d}
	p.versions = append(p.versions, v)
	if in.SetAsDefault {
		p.standard = v.number
	}
	p.updated = v.created
	out := p.describe(v, false)
	return &iam.CreatePolicyVersionOutput{PolicyVersion: &out}, nil
}

func (s *Service) deletePolicyVersion(c *api.Call, p *policy, in *iam.DeletePolicyVersionInput) (*iam.DeletePolicyVersionOutput, error) {
	if err := p.changeable(c); err != nil {
		return nil, err
	}
	v, err := p.find(in.VersionId)
	if err != nil {
		return nil, err
	}
	if v.number == p.standard {
		return nil, conflict("Cannot delete the default version of a policy.")
	}
	p.versions = slices.DeleteFunc(p.versions, func(o *version) bool { return o == v })
	return &iam.DeletePolicyVersionOutput{}, nil
}

func (s *Service) setDefaultPolicyVersion(c *api.Call, p *policy, in *iam.SetDefaultPolicyVersionInput) (*iam.SetDefaultPolicyVersionOutput, error) {
	if err := p.changeable(c); err != nil {
		return nil, err
	}
	v, err := p.find(in.VersionId)
	if err != nil {
		return nil, err
	}
	p.standard, p.updated = v.number, s.now()
	return &iam.SetDefaultPolicyVersionOutput{}, nil
}

func (s *Service) listPolicies(c *api.Call, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	all := map[string]*policy{}
	if in.Scope != types.PolicyScopeTypeLocal {
		for arn, p := range s.managed {
			if strings.HasPrefix(arn, "arn:"+c.Partition+":") {
				all[arn] = p
			}
		}
	}
	if in.Scope != types.PolicyScopeTypeAws {
		for arn, p := range s.account(c.Account).policies {
			all[arn] = p
		}
	}
	var found []*policy
	for _, arn := range sortedKeys(all) {
		attached, bounding := s.usage(c.Account, all[arn])
		wanted := strings.HasPrefix(all[arn].path, pathOf(in.PathPrefix)) && (!in.OnlyAttached || attached > 0) &&
			(in.PolicyUsageFilter != types.PolicyUsageTypePermissionsBoundary || bounding > 0)
		if wanted {
			found = append(found, all[arn])
		}
	}
	page, next, ok := paging.Cut(found, func(p *policy) string { return p.arn }, in.Marker, paging.Size(in.MaxItems, 100, 1000))
	if !ok {
		return nil, badMarker()
	}
	out := &iam.ListPoliciesOutput{Policies: []types.Policy{}, IsTruncated: next != nil, Marker: next}
	for _, p := range page {
		d := s.describePolicy(c.Account, p)
		d.Description, d.Tags = nil, nil // ListPolicies gives neither
		out.Policies = append(out.Policies, *d)
	}
	return out, nil
}

func (s *Service) listEntitiesForPolicy(c *api.Call, p *policy, in *iam.ListEntitiesForPolicyInput) (*iam.ListEntitiesForPolicyOutput, error) {
	out := &iam.ListEntitiesForPolicyOutput{PolicyRoles: []types.PolicyRole{}, PolicyUsers: []types.PolicyUser{}, PolicyGroups: []types.PolicyGroup{}}
	for _, e := range s.entities(c.Account) {
		used := slices.Contains(e.attached, p.arn) && in.PolicyUsageFilter != types.PolicyUsageTypePermissionsBoundary ||
			e.boundary == p.arn && in.PolicyUsageFilter != types.PolicyUsageTypePermissionsPolicy
		switch {
		case !used:
		case e.kind == "role" && (in.EntityFilter == "" || in.EntityFilter == types.EntityTypeRole):
			out.PolicyRoles = append(out.PolicyRoles, types.PolicyRole{RoleId: &e.id, RoleName: &e.name})
		case e.kind == "group" && (in.EntityFilter == "" || in.EntityFilter == types.EntityTypeGroup):
			out.PolicyGroups = append(out.PolicyGroups, types.PolicyGroup{GroupId: &e.id, GroupName: &e.name})
		case e.kind == "user" && (in.EntityFilter == "" || in.EntityFilter == types.EntityTypeUser):
			out.PolicyUsers = append(out.PolicyUsers, types.PolicyUser{UserId: &e.id, UserName: &e.name})
		}
	}
	return out, nil
}
