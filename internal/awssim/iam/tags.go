package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

const tagLimit = 50

func (e *entity) tag(tags []types.Tag) error { return setTags(e.tags, tags) }

func (e *entity) tagList() []types.Tag { return tagList(e.tags) }

func tagList(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, k := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: aws.String(k), Value: aws.String(tags[k])})
	}
	return out
}

// setTags adds all of the tags or none. IAM's tag keys differ by more than case.
func setTags(have map[string]string, tags []types.Tag) error {
	merged := map[string]string{}
	for k, v := range have {
		merged[k] = v
	}
	for _, t := range tags {
		key := aws.ToString(t.Key)
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return badInput("Tag keys starting with 'aws:' are reserved for system use")
		}
		for k := range merged {
			if strings.EqualFold(k, key) {
				delete(merged, k)
			}
		}
		merged[key] = aws.ToString(t.Value)
	}
	if len(merged) > tagLimit {
		return limit("The number of tags has reached the maximum limit.")
	}
	clear(have)
	for k, v := range merged {
		have[k] = v
	}
	return nil
}

func dropTags(have map[string]string, keys []string) {
	for _, key := range keys {
		for k := range have {
			if strings.EqualFold(k, key) {
				delete(have, k)
			}
		}
	}
}

func pageTags(tags map[string]string, marker *string, most *int32) ([]types.Tag, *string, error) {
	page, next, ok := paging.Cut(tagList(tags), func(t types.Tag) string { return *t.Key }, marker, paging.Size(most, 100, 1000))
	if !ok {
		return nil, nil, badMarker()
	}
	return append([]types.Tag{}, page...), next, nil
}

func (s *Service) tagRole(_ *api.Call, r *role, in *iam.TagRoleInput) (*iam.TagRoleOutput, error) {
	return &iam.TagRoleOutput{}, r.tag(in.Tags)
}

func (s *Service) untagRole(_ *api.Call, r *role, in *iam.UntagRoleInput) (*iam.UntagRoleOutput, error) {
	dropTags(r.tags, in.TagKeys)
	return &iam.UntagRoleOutput{}, nil
}

func (s *Service) listRoleTags(_ *api.Call, r *role, in *iam.ListRoleTagsInput) (*iam.ListRoleTagsOutput, error) {
	tags, next, err := pageTags(r.tags, in.Marker, in.MaxItems)
	return &iam.ListRoleTagsOutput{Tags: tags, IsTruncated: next != nil, Marker: next}, err
}

func (s *Service) tagUser(_ *api.Call, u *user, in *iam.TagUserInput) (*iam.TagUserOutput, error) {
	return &iam.TagUserOutput{}, u.tag(in.Tags)
}

func (s *Service) untagUser(_ *api.Call, u *user, in *iam.UntagUserInput) (*iam.UntagUserOutput, error) {
	dropTags(u.tags, in.TagKeys)
	return &iam.UntagUserOutput{}, nil
}

func (s *Service) listUserTags(_ *api.Call, u *user, in *iam.ListUserTagsInput) (*iam.ListUserTagsOutput, error) {
	tags, next, err := pageTags(u.tags, in.Marker, in.MaxItems)
	return &iam.ListUserTagsOutput{Tags: tags, IsTruncated: next != nil, Marker: next}, err
}

func (s *Service) tagPolicy(c *api.Call, p *policy, in *iam.TagPolicyInput) (*iam.TagPolicyOutput, error) {
	if err := p.changeable(c); err != nil {
		return nil, err
	}
	return &iam.TagPolicyOutput{}, setTags(p.tags, in.Tags)
}

func (s *Service) untagPolicy(c *api.Call, p *policy, in *iam.UntagPolicyInput) (*iam.UntagPolicyOutput, error) {
	if err := p.changeable(c); err != nil {
		return nil, err
	}
	dropTags(p.tags, in.TagKeys)
	return &iam.UntagPolicyOutput{}, nil
}

func (s *Service) listPolicyTags(_ *api.Call, p *policy, in *iam.ListPolicyTagsInput) (*iam.ListPolicyTagsOutput, error) {
	tags, next, err := pageTags(p.tags, in.Marker, in.MaxItems)
	return &iam.ListPolicyTagsOutput{Tags: tags, IsTruncated: next != nil, Marker: next}, err
}
