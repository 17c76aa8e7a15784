package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/iampolicy"
)

// inlineLimit is the sum of all inline policies of an entity in characters, white space aside.
func (e *entity) inlineLimit() int {
	switch e.kind {
	case "user":
		return 2048
	case "group":
		return 5120
	}
	return 10240
}

func (e *entity) putInline(name, text string) error {
	d, err := checked(iampolicy.Identity, text)
	if err != nil {
		return err
	}
	total := size(text)
	for other, have := range e.inline {
		if other != name {
			total += size(have.text)
		}
	}
	if total > e.inlineLimit() {
		return limit("Maximum policy size of %d bytes exceeded for %s %s", e.inlineLimit(), e.kind, e.name)
	}
	e.inline[name] = d
	return nil
}

func (e *entity) getInline(name string) (document, error) {
	d, ok := e.inline[name]
	if !ok {
		return d, noSuch("The %s policy with name %s cannot be found.", e.kind, name)
	}
	return d, nil
}

func (e *entity) listInline(marker *string, most *int32) (names []string, next *string, err error) {
	page, next, ok := paging.Cut(sortedKeys(e.inline), func(n string) string { return n }, marker, paging.Size(most, 100, 1000))
	if !ok {
		return nil, nil, badMarker()
	}
	return append([]string{}, page...), next, nil
}

func (s *Service) putRolePolicy(_ *api.Call, r *role, in *iam.PutRolePolicyInput) (*iam.PutRolePolicyOutput, error) {
	if err := r.unmodifiable(); err != nil {
		return nil, err
	}
	return &iam.PutRolePolicyOutput{}, r.putInline(aws.ToString(in.PolicyName), aws.ToString(in.PolicyDocument))
}

func (s *Service) getRolePolicy(_ *api.Call, r *role, in *iam.GetRolePolicyInput) (*iam.GetRolePolicyOutput, error) {
	d, err := r.getInline(aws.ToString(in.PolicyName))
	return &iam.GetRolePolicyOutput{RoleName: &r.name, PolicyName: in.PolicyName, PolicyDocument: encoded(d.text)}, err
}

func (s *Service) listRolePolicies(_ *api.Call, r *role, in *iam.ListRolePoliciesInput) (*iam.ListRolePoliciesOutput, error) {
	names, next, err := r.listInline(in.Marker, in.MaxItems)
	return &iam.ListRolePoliciesOutput{PolicyNames: names, IsTruncated: next != nil, Marker: next}, err
}

func (s *Service) deleteRolePolicy(_ *api.Call, r *role, in *iam.DeleteRolePolicyInput) (*iam.DeleteRolePolicyOutput, error) {
	if err := r.unmodifiable(); err != nil {
		return nil, err
	}
	if _, err := r.getInline(aws.ToString(in.PolicyName)); err != nil {
		return nil, err
	}
	delete(r.inline, aws.ToString(in.PolicyName))
	return &iam.DeleteRolePolicyOutput{}, nil
}

func (s *Service) putUserPolicy(_ *api.Call, u *user, in *iam.PutUserPolicyInput) (*iam.PutUserPolicyOutput, error) {
	return &iam.PutUserPolicyOutput{}, u.putInline(aws.ToString(in.PolicyName), aws.ToString(in.PolicyDocument))
}

func (s *Service) getUserPolicy(_ *api.Call, u *user, in *iam.GetUserPolicyInput) (*iam.GetUserPolicyOutput, error) {
	d, err := u.getInline(aws.ToString(in.PolicyName))
	return &iam.GetUserPolicyOutput{UserName: &u.name, PolicyName: in.PolicyName, PolicyDocument: encoded(d.text)}, err
}

func (s *Service) listUserPolicies(_ *api.Call, u *user, in *iam.ListUserPoliciesInput) (*iam.ListUserPoliciesOutput, error) {
	names, next, err := u.listInline(in.Marker, in.MaxItems)
	return &iam.ListUserPoliciesOutput{PolicyNames: names, IsTruncated: next != nil, Marker: next}, err
}

func (s *Service) deleteUserPolicy(_ *api.Call, u *user, in *iam.DeleteUserPolicyInput) (*iam.DeleteUserPolicyOutput, error) {
	if _, err := u.getInline(aws.ToString(in.PolicyName)); err != nil {
		return nil, err
	}
	delete(u.inline, aws.ToString(in.PolicyName))
	return &iam.DeleteUserPolicyOutput{}, nil
}
