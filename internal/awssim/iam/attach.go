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

const attachLimit = 10 // managed policies per entity, the raisable quota

func (s *Service) attach(c *api.Call, e *entity, arn string) error {
	p, err := s.visiblePolicy(c, arn)
	if err != nil {
		return noSuch("Policy %s does not exist or is not attachable.", arn)
	}
	if strings.HasPrefix(p.path, "/aws-service-role/") {
		return &api.Error{Code: "PolicyNotAttachableException", Message: "Cannot attach a Service Role Policy to a Customer Role."}
	}
	if slices.Contains(e.attached, arn) {
		return nil
	}
	if len(e.attached) >= attachLimit {
		quota := map[string]string{"role": "PoliciesPerRole", "user": "PoliciesPerUser", "group": "PoliciesPerGroup"}[e.kind]
		return limit("Cannot exceed quota for %s: %d", quota, attachLimit)
	}
	e.attached = append(e.attached, arn)
	return nil
}

func (e *entity) detach(arn string) error {
	i := slices.Index(e.attached, arn)
	if i < 0 {
		return noSuch("Policy %s was not found.", arn)
	}
	e.attached = slices.Delete(e.attached, i, i+1)
	return nil
}

func (s *Service) attachments(e *entity) []types.AttachedPolicy {
	out := []types.AttachedPolicy{}
	for _, arn := range slices.Sorted(slices.Values(e.attached)) {
		out = append(out, types.AttachedPolicy{PolicyArn: aws.String(arn), PolicyName: aws.String(arn[strings.LastIndexByte(arn, '/')+1:])})
	}
	return out
}

func (s *Service) listAttached(e *entity, prefix, marker *string, most *int32) ([]types.AttachedPolicy, *string, error) {
	found := []types.AttachedPolicy{}
	for _, a := range s.attachments(e) {
		if p := s.policyByARN(*a.PolicyArn); p != nil && strings.HasPrefix(p.path, pathOf(prefix)) {
			found = append(found, a)
		}
	}
	page, next, ok := paging.Cut(found, func(a types.AttachedPolicy) string { return *a.PolicyArn }, marker, paging.Size(most, 100, 1000))
	if !ok {
		return nil, nil, badMarker()
	}
	return page, next, nil
}

func (s *Service) attachRolePolicy(c *api.Call, r *role, in *iam.AttachRolePolicyInput) (*iam.AttachRolePolicyOutput, error) {
	if err := r.unmodifiable(); err != nil {
		return nil, err
	}
	return &iam.AttachRolePolicyOutput{}, s.attach(c, &r.entity, aws.ToString(in.PolicyArn))
}

func (s *Service) detachRolePolicy(_ *api.Call, r *role, in *iam.DetachRolePolicyInput) (*iam.DetachRolePolicyOutput, error) {
	if err := r.unmodifiable(); err != nil {
		return nil, err
	}
	return &iam.DetachRolePolicyOutput{}, r.detach(aws.ToString(in.PolicyArn))
}

func (s *Service) listAttachedRolePolicies(_ *api.Call, r *role, in *iam.ListAttachedRolePoliciesInput) (*iam.ListAttachedRolePoliciesOutput, error) {
	page, next, err := s.listAttached(&r.entity, in.PathPrefix, in.Marker, in.MaxItems)
	return &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: page, IsTruncated: next != nil, Marker: next}, err
}

func (s *Service) attachUserPolicy(c *api.Call, u *user, in *iam.AttachUserPolicyInput) (*iam.AttachUserPolicyOutput, error) {
	return &iam.AttachUserPolicyOutput{}, s.attach(c, &u.entity, aws.ToString(in.PolicyArn))
}

func (s *Service) detachUserPolicy(_ *api.Call, u *user, in *iam.DetachUserPolicyInput) (*iam.DetachUserPolicyOutput, error) {
	return &iam.DetachUserPolicyOutput{}, u.detach(aws.ToString(in.PolicyArn))
}

func (s *Service) listAttachedUserPolicies(_ *api.Call, u *user, in *iam.ListAttachedUserPoliciesInput) (*iam.ListAttachedUserPoliciesOutput, error) {
	page, next, err := s.listAttached(&u.entity, in.PathPrefix, in.Marker, in.MaxItems)
	return &iam.ListAttachedUserPoliciesOutput{AttachedPolicies: page, IsTruncated: next != nil, Marker: next}, err
}
