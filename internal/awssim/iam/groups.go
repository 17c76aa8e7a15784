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

const groupsLimit = 10 // groups of a user

// group is a group of users.
type group struct {
	entity
	members []string // names of users in the order in which they came
}

// onGroup declares an operation on one group: it needs the action on the group and fails when there is none.
func onGroup[I, O any](s *Service, name string, ref func(*I) *string, handle func(*api.Call, *group, *I) (*O, error)) api.Operation {
	return api.Op(name, func(c *api.Call, in *I) []api.Access {
		return []api.Access{{Action: "iam:" + name, Resource: s.groupARN(c, aws.ToString(ref(in)))}}
	}, func(c *api.Call, in *I) (*O, error) {
		g, ok := s.account(c.Account).groups[aws.ToString(ref(in))]
		if !ok {
			return nil, noSuch("The group with name %s cannot be found.", aws.ToString(ref(in)))
		}
		return handle(c, g, in)
	})
}

func (s *Service) groupARN(c *api.Call, name string) string {
	if g, ok := s.account(c.Account).groups[name]; ok {
		return g.arn
	}
	return c.GlobalARN("iam", "group/"+name)
}

func (s *Service) groupOperations() []api.Operation {
	return []api.Operation{
		api.Op("CreateGroup", func(c *api.Call, in *iam.CreateGroupInput) []api.Access {
			return []api.Access{{Action: "iam:CreateGroup", Resource: c.GlobalARN("iam", "group"+pathOf(in.Path)+aws.ToString(in.GroupName))}}
		}, s.createGroup),
		api.Op("ListGroups", nil, s.listGroups),
		onGroup(s, "GetGroup", func(in *iam.GetGroupInput) *string { return in.GroupName }, s.getGroup),
		onGroup(s, "DeleteGroup", func(in *iam.DeleteGroupInput) *string { return in.GroupName }, s.deleteGroup),
		onGroup(s, "AddUserToGroup", func(in *iam.AddUserToGroupInput) *string { return in.GroupName }, s.addUserToGroup),
		onGroup(s, "RemoveUserFromGroup", func(in *iam.RemoveUserFromGroupInput) *string { return in.GroupName }, s.removeUserFromGroup),
		onGroup(s, "PutGroupPolicy", func(in *iam.PutGroupPolicyInput) *string { return in.GroupName }, s.putGroupPolicy),
		onGroup(s, "GetGroupPolicy", func(in *iam.GetGroupPolicyInput) *string { return in.GroupName }, s.getGroupPolicy),
		onGroup(s, "ListGroupPolicies", func(in *iam.ListGroupPoliciesInput) *string { return in.GroupName }, s.listGroupPolicies),
		onGroup(s, "DeleteGroupPolicy", func(in *iam.DeleteGroupPolicyInput) *string { return in.GroupName }, s.deleteGroupPolicy),
		onGroup(s, "AttachGroupPolicy", func(in *iam.AttachGroupPolicyInput) *string { return in.GroupName }, s.attachGroupPolicy),
		onGroup(s, "DetachGroupPolicy", func(in *iam.DetachGroupPolicyInput) *string { return in.GroupName }, s.detachGroupPolicy),
		onGroup(s, "ListAttachedGroupPolicies", func(in *iam.ListAttachedGroupPoliciesInput) *string { return in.GroupName }, s.listAttachedGroupPolicies),
	}
}

func (g *group) listed() *types.Group {
	return &types.Group{Arn: &g.arn, CreateDate: aws.Time(g.created), GroupId: &g.id, GroupName: &g.name, Path: &g.path}
}

func (s *Service) createGroup(c *api.Call, in *iam.CreateGroupInput) (*iam.CreateGroupOutput, error) {
	name := aws.ToString(in.GroupName)
	groups := s.account(c.Account).groups
	for n := range groups {
		if strings.EqualFold(n, name) {
			return nil, exists("Group with name %s already exists.", name)
		}
	}
	groups[name] = &group{entity: s.newEntity(c.Scope, "group", aws.ToString(in.Path), name, "AGPA")}
	return &iam.CreateGroupOutput{Group: groups[name].listed()}, nil
}

func (s *Service) listGroups(c *api.Call, in *iam.ListGroupsInput) (*iam.ListGroupsOutput, error) {
	var found []types.Group
	groups := s.account(c.Account).groups
	for _, name := range sortedKeys(groups) {
		if strings.HasPrefix(groups[name].path, pathOf(in.PathPrefix)) {
			found = append(found, *groups[name].listed())
		}
	}
	page, next, err := groupPage(found, in.Marker, in.MaxItems)
	return &iam.ListGroupsOutput{Groups: page, IsTruncated: next != nil, Marker: next}, err
}

func groupPage(all []types.Group, marker *string, most *int32) ([]types.Group, *string, error) {
	page, next, ok := paging.Cut(all, func(g types.Group) string { return *g.GroupName }, marker, paging.Size(most, 100, 1000))
	if !ok {
		return nil, nil, badMarker()
	}
	return append([]types.Group{}, page...), next, nil
}

func (s *Service) getGroup(c *api.Call, g *group, in *iam.GetGroupInput) (*iam.GetGroupOutput, error) {
	page, next, ok := paging.Cut(slices.Sorted(slices.Values(g.members)), func(n string) string { return n }, in.Marker, paging.Size(in.MaxItems, 100, 1000))
	if !ok {
		return nil, badMarker()
	}
	out := &iam.GetGroupOutput{Group: g.listed(), Users: []types.User{}, IsTruncated: next != nil, Marker: next}
	for _, name := range page {
		out.Users = append(out.Users, s.account(c.Account).users[name].listed())
	}
	return out, nil
}

func (s *Service) deleteGroup(c *api.Call, g *group, _ *iam.DeleteGroupInput) (*iam.DeleteGroupOutput, error) {
	if err := g.deletable(); err != nil {
		return nil, err
	}
	if len(g.members) > 0 {
		return nil, conflict("Cannot delete entity, must remove users from group first.")
	}
	delete(s.account(c.Account).groups, g.name)
	return &iam.DeleteGroupOutput{}, nil
}

func (s *Service) addUserToGroup(c *api.Call, g *group, in *iam.AddUserToGroupInput) (*iam.AddUserToGroupOutput, error) {
	u, ok := s.account(c.Account).users[aws.ToString(in.UserName)]
	switch {
	case !ok:
		return nil, noSuch("The user with name %s cannot be found.", aws.ToString(in.UserName))
	case slices.Contains(g.members, u.name):
	case len(s.groupsOf(u)) >= groupsLimit:
		return nil, limit("Cannot exceed quota for GroupsPerUser: %d", groupsLimit)
	default:
		g.members = append(g.members, u.name)
	}
	return &iam.AddUserToGroupOutput{}, nil
}

func (s *Service) removeUserFromGroup(c *api.Call, g *group, in *iam.RemoveUserFromGroupInput) (*iam.RemoveUserFromGroupOutput, error) {
	name := aws.ToString(in.UserName)
	if _, ok := s.account(c.Account).users[name]; !ok {
		return nil, noSuch("The user with name %s cannot be found.", name)
	}
	g.members = slices.DeleteFunc(g.members, func(m string) bool { return m == name })
	return &iam.RemoveUserFromGroupOutput{}, nil
}

// groupsOf lists the groups of a user by name.
func (s *Service) groupsOf(u *user) []*group {
	var out []*group
	groups := s.account(u.account).groups
	for _, name := range sortedKeys(groups) {
		if slices.Contains(groups[name].members, u.name) {
			out = append(out, groups[name])
		}
	}
	return out
}

func (s *Service) groupNames(u *user) []string {
	names := []string{}
	for _, g := range s.groupsOf(u) {
		names = append(names, g.name)
	}
	return names
}

func (s *Service) listGroupsForUser(_ *api.Call, u *user, in *iam.ListGroupsForUserInput) (*iam.ListGroupsForUserOutput, error) {
	var found []types.Group
	for _, g := range s.groupsOf(u) {
		found = append(found, *g.listed())
	}
	page, next, err := groupPage(found, in.Marker, in.MaxItems)
	return &iam.ListGroupsForUserOutput{Groups: page, IsTruncated: next != nil, Marker: next}, err
}

func (s *Service) putGroupPolicy(_ *api.Call, g *group, in *iam.PutGroupPolicyInput) (*iam.PutGroupPolicyOutput, error) {
	return &iam.PutGroupPolicyOutput{}, g.putInline(aws.ToString(in.PolicyName), aws.ToString(in.PolicyDocument))
}

func (s *Service) getGroupPolicy(_ *api.Call, g *group, in *iam.GetGroupPolicyInput) (*iam.GetGroupPolicyOutput, error) {
	d, err := g.getInline(aws.ToString(in.PolicyName))
	return &iam.GetGroupPolicyOutput{GroupName: &g.name, PolicyName: in.PolicyName, PolicyDocument: encoded(d.text)}, err
}

func (s *Service) listGroupPolicies(_ *api.Call, g *group, in *iam.ListGroupPoliciesInput) (*iam.ListGroupPoliciesOutput, error) {
	names, next, err := g.listInline(in.Marker, in.MaxItems)
	return &iam.ListGroupPoliciesOutput{PolicyNames: names, IsTruncated: next != nil, Marker: next}, err
}

func (s *Service) deleteGroupPolicy(_ *api.Call, g *group, in *iam.DeleteGroupPolicyInput) (*iam.DeleteGroupPolicyOutput, error) {
	_, err := g.getInline(aws.ToString(in.PolicyName))
	delete(g.inline, aws.ToString(in.PolicyName))
	return &iam.DeleteGroupPolicyOutput{}, err
}

func (s *Service) attachGroupPolicy(c *api.Call, g *group, in *iam.AttachGroupPolicyInput) (*iam.AttachGroupPolicyOutput, error) {
	return &iam.AttachGroupPolicyOutput{}, s.attach(c, &g.entity, aws.ToString(in.PolicyArn))
}

func (s *Service) detachGroupPolicy(_ *api.Call, g *group, in *iam.DetachGroupPolicyInput) (*iam.DetachGroupPolicyOutput, error) {
	return &iam.DetachGroupPolicyOutput{}, g.detach(aws.ToString(in.PolicyArn))
}

func (s *Service) listAttachedGroupPolicies(_ *api.Call, g *group, in *iam.ListAttachedGroupPoliciesInput) (*iam.ListAttachedGroupPoliciesOutput, error) {
	page, next, err := s.listAttached(&g.entity, in.PathPrefix, in.Marker, in.MaxItems)
	return &iam.ListAttachedGroupPoliciesOutput{AttachedPolicies: page, IsTruncated: next != nil, Marker: next}, err
}

// getAccountSummary counts what is simulated. The root of a simulated account has no access key: a key of twelve digits stands for it.
func (s *Service) getAccountSummary(c *api.Call, _ *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
	a := s.account(c.Account)
	return &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{
		"Users": int32(len(a.users)), "Groups": int32(len(a.groups)), "Roles": int32(len(a.roles)), "Policies": int32(len(a.policies)),
		"AccountAccessKeysPresent": 0, "AccountMFAEnabled": 0, "AccessKeysPerUserQuota": 2, "GroupsPerUserQuota": groupsLimit,
		"AttachedPoliciesPerRoleQuota": attachLimit, "AttachedPoliciesPerUserQuota": attachLimit, "AttachedPoliciesPerGroupQuota": attachLimit,
		"PolicySizeQuota": managedLimit, "VersionsPerPolicyQuota": versionsLimit,
	}}, nil
}
