package backup

import (
	"maps"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awssim/api"
)

const maxTags = 50

// tagsOf finds the tags of a vault, plan, recovery point, report plan or restore testing plan.
// Plain DynamoDB recovery points cannot be tagged (semantics 1.7 and 2.8).
func (s *Service) tagsOf(c *api.Call, resource *string) (*map[string]string, error) {
	text := deref(resource)
	if text == "" {
		return nil, missingParameter("ResourceArn")
	}
	a := s.area(c.Scope)
	if p, ok := a.points[text]; ok && !p.advanced {
		return nil, invalid("Tagging operations are not supported for recovery point %s of resource type %s without advanced features.", text, resourceType)
	} else if ok {
		return &p.tags, nil
	}
	of, ok := parseARN(text)
	if !ok || of.service != "backup" || of.Scope != c.Scope {
		return nil, invalid("Invalid resource ARN: %s", text)
	}
	kind, name, _ := strings.Cut(of.resource, ":")
	if tags := a.tagged(kind, name, text); tags != nil {
		return tags, nil
	}
	return nil, notFound("Resource %s does not exist", text)
}

func (a *area) tagged(kind, name, arn string) *map[string]string {
	switch kind {
	case "backup-vault":
		if v, ok := a.vaults[name]; ok {
			return &v.tags
		}
	case "backup-plan":
		if p, ok := a.plans[name]; ok && p.alive() {
			return &p.tags
		}
	case "restore-testing-plan":
		for _, t := range a.tests {
			if t.arn == arn {
				return &t.tags
			}
		}
	case "report-plan":
		for _, r := range a.reports {
			if r.arn == arn {
				return &r.tags
			}
		}
	}
	return nil
}

// listTags shows the tags in the order of their keys.
func (s *Service) listTags(c *api.Call, in *sdk.ListTagsInput) (*sdk.ListTagsOutput, error) {
	tags, err := s.tagsOf(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	keys := sortedKeys(*tags)
	of := func(k string) rank { return rank{At: -int64(slices.Index(keys, k)) - 1} }
	found, token, err := page(in.MaxResults, in.NextToken, slices.Values(keys), of, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListTagsOutput{Tags: map[string]string{}, NextToken: token}
	for _, k := range found {
		out.Tags[k] = (*tags)[k]
	}
	return out, nil
}

func (s *Service) tagResource(c *api.Call, in *sdk.TagResourceInput) (*sdk.TagResourceOutput, error) {
	tags, err := s.tagsOf(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, k := range sortedKeys(in.Tags) {
		if k == "" || strings.HasPrefix(strings.ToLower(k), "aws:") || len(k) > 128 || len(in.Tags[k]) > 256 {
			return nil, invalid("Invalid tag key or value: %s", k)
		}
	}
	merged := maps.Clone(*tags)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, in.Tags)
	if len(merged) > maxTags {
		return nil, limitExceeded("A resource can have at most %d tags.", maxTags)
	}
	*tags = merged
	return &sdk.TagResourceOutput{}, nil
}

func (s *Service) untagResource(c *api.Call, in *sdk.UntagResourceInput) (*sdk.UntagResourceOutput, error) {
	tags, err := s.tagsOf(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	left := maps.Clone(*tags)
	for _, k := range in.TagKeyList {
		delete(left, k)
	}
	*tags = left
	return &sdk.UntagResourceOutput{}, nil
}
