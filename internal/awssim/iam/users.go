package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

func (s *Service) createUser(c *api.Call, in *iam.CreateUserInput) (*iam.CreateUserOutput, error) {
	name := aws.ToString(in.UserName)
	users := s.account(c.Account).users
	for n := range users {
		if strings.EqualFold(n, name) {
			return nil, exists("User with name %s already exists.", name)
		}
	}
	if err := s.boundaryExists(c, in.PermissionsBoundary); err != nil {
		return nil, err
	}
	u := &user{entity: s.newEntity(c.Scope, "user", aws.ToString(in.Path), name, "AIDA")}
	u.boundary = aws.ToString(in.PermissionsBoundary)
	if err := u.tag(in.Tags); err != nil {
		return nil, err
	}
	users[name] = u
	return &iam.CreateUserOutput{User: u.full()}, nil
}

func (u *user) listed() types.User {
	return types.User{Arn: &u.arn, CreateDate: aws.Time(u.created), Path: &u.path, UserId: &u.id, UserName: &u.name}
}

func (u *user) full() *types.User {
	out := u.listed()
	out.PermissionsBoundary, out.Tags = u.boundaryType(), u.tagList()
	return &out
}

// getUser without a name is the caller; the account's root is a user without a name.
func (s *Service) getUser(c *api.Call, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
	name := s.userName(c, in.UserName)
	if name == "" && c.Caller.Root {
		return &iam.GetUserOutput{User: &types.User{Arn: &c.Caller.ARN, UserId: &c.Account, Path: aws.String("/"), UserName: aws.String("root"),
			CreateDate: aws.Time(s.world.Now())}}, nil
	}
	if name == "" {
		return nil, invalid("Must specify userName when calling with non-User credentials")
	}
	u, ok := s.account(c.Account).users[name]
	if !ok {
		return nil, noSuch("The user with name %s cannot be found.", name)
	}
	return &iam.GetUserOutput{User: u.full()}, nil
}

func (s *Service) listUsers(c *api.Call, in *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
	var found []*user
	users := s.account(c.Account).users
	for _, name := range sortedKeys(users) {
		if strings.HasPrefix(users[name].path, pathOf(in.PathPrefix)) {
			found = append(found, users[name])
		}
	}
	page, next, ok := paging.Cut(found, func(u *user) string { return u.name }, in.Marker, paging.Size(in.MaxItems, 100, 1000))
	if !ok {
		return nil, badMarker()
	}
	out := &iam.ListUsersOutput{Users: []types.User{}, IsTruncated: next != nil, Marker: next}
	for _, u := range page {
		out.Users = append(out.Users, u.listed())
	}
	return out, nil
}

func (s *Service) deleteUser(c *api.Call, u *user, _ *iam.DeleteUserInput) (*iam.DeleteUserOutput, error) {
	if err := u.deletable(); err != nil {
		return nil, err
	}
	if len(u.keys) > 0 {
		return nil, conflict("Cannot delete entity, must delete access keys first.")
	}
	if len(s.groupsOf(u)) > 0 {
		return nil, conflict("Cannot delete entity, must remove users from group first.")
	}
	delete(s.account(c.Account).users, u.name)
	return &iam.DeleteUserOutput{}, nil
}

func (s *Service) putUserBoundary(c *api.Call, u *user, in *iam.PutUserPermissionsBoundaryInput) (*iam.PutUserPermissionsBoundaryOutput, error) {
	if err := s.boundaryExists(c, in.PermissionsBoundary); err != nil {
		return nil, err
	}
	u.boundary = aws.ToString(in.PermissionsBoundary)
	return &iam.PutUserPermissionsBoundaryOutput{}, nil
}

func (s *Service) deleteUserBoundary(_ *api.Call, u *user, _ *iam.DeleteUserPermissionsBoundaryInput) (*iam.DeleteUserPermissionsBoundaryOutput, error) {
	u.boundary = ""
	return &iam.DeleteUserPermissionsBoundaryOutput{}, nil
}

func (s *Service) listAccountAliases(*api.Call, *iam.ListAccountAliasesInput) (*iam.ListAccountAliasesOutput, error) {
	return &iam.ListAccountAliasesOutput{AccountAliases: []string{}}, nil
}
