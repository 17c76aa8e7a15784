package kms

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

func (s *Service) listResourceTags(c *api.Call, in *kms.ListResourceTagsInput) (*kms.ListResourceTagsOutput, error) {
	k, err := s.find(c.Scope, aws.ToString(in.KeyId))
	if err != nil {
		return nil, err
	}
	page, next, ok := paging.Cut(sortedKeys(k.tags), func(t string) string { return t }, in.Marker, paging.Size(in.Limit, 50, 50))
	if !ok {
		return nil, badMarker()
	}
	out := &kms.ListResourceTagsOutput{NextMarker: next, Truncated: next != nil, Tags: []types.Tag{}}
	for _, t := range page {
		out.Tags = append(out.Tags, types.Tag{TagKey: aws.String(t), TagValue: aws.String(k.tags[t])})
	}
	return out, nil
}

func (s *Service) tagResource(c *api.Call, in *kms.TagResourceInput) (*kms.TagResourceOutput, error) {
	k, err := s.live(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	for _, t := range in.Tags {
		if strings.HasPrefix(aws.ToString(t.TagKey), "aws:") {
			return nil, &api.Error{Code: "TagException", Message: "aws: prefixed tag key names are not allowed for external use."}
		}
	}
	for _, t := range in.Tags {
		k.tags[aws.ToString(t.TagKey)] = aws.ToString(t.TagValue)
	}
	return &kms.TagResourceOutput{}, nil
}

func (s *Service) untagResource(c *api.Call, in *kms.UntagResourceInput) (*kms.UntagResourceOutput, error) {
	k, err := s.live(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	for _, t := range in.TagKeys {
		delete(k.tags, t)
	}
	return &kms.UntagResourceOutput{}, nil
}

// createGrant records the grant; nothing asks for it yet.
func (s *Service) createGrant(c *api.Call, in *kms.CreateGrantInput) (*kms.CreateGrantOutput, error) {
	k, err := s.find(c.Scope, aws.ToString(in.KeyId))
	if err != nil {
		return nil, err
	}
	switch k.state {
	case types.KeyStateDisabled:
		return nil, &api.Error{Code: "DisabledException", Message: k.arn + " is disabled."}
	case types.KeyStatePendingDeletion:
		return nil, invalidState("%s is pending deletion.", k.arn)
	default:
	}
	g := grant{id: s.world.Hex(16) + s.world.Hex(16) + s.world.Hex(16) + s.world.Hex(16), name: aws.ToString(in.Name),
		grantee: aws.ToString(in.GranteePrincipal), retiring: aws.ToString(in.RetiringPrincipal), operations: in.Operations, created: s.world.Now()}
	s.grants[k.arn] = append(s.grants[k.arn], g)
	return &kms.CreateGrantOutput{GrantId: &g.id, GrantToken: aws.String("grant-token-" + g.id)}, nil
}

func (s *Service) listGrants(c *api.Call, in *kms.ListGrantsInput) (*kms.ListGrantsOutput, error) {
	k, err := s.find(c.Scope, aws.ToString(in.KeyId))
	if err != nil {
		return nil, err
	}
	out := &kms.ListGrantsOutput{Grants: []types.GrantListEntry{}}
	for i := range s.grants[k.arn] {
		g := &s.grants[k.arn][i]
		out.Grants = append(out.Grants, types.GrantListEntry{GrantId: &g.id, Name: &g.name, KeyId: &k.arn, GranteePrincipal: &g.grantee,
			Operations: g.operations, CreationDate: aws.Time(g.created), IssuingAccount: aws.String(k.scope.GlobalARN("iam", "root"))})
	}
	return out, nil
}
