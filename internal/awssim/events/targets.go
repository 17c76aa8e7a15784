package events

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

// putTargets adds targets, or replaces those of the same ids.
func (s *Service) putTargets(c *api.Call, in *eb.PutTargetsInput) (*eb.PutTargetsOutput, error) {
	r, err := s.find(c, in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(r.targets)
	for _, t := range in.Targets {
		if i := slices.IndexFunc(list, func(o types.Target) bool { return *o.Id == *t.Id }); i >= 0 {
			list[i] = t
		} else {
			list = append(list, t)
		}
	}
	if len(list) > maxTargets {
		return nil, &api.Error{Code: "LimitExceededException", Message: "The requested resource exceeds the maximum number allowed."}
	}
	r.targets = list
	return &eb.PutTargetsOutput{FailedEntries: []types.PutTargetsResultEntry{}}, nil
}

// removeTargets tells of an id that is not there, and removes the others.
func (s *Service) removeTargets(c *api.Call, in *eb.RemoveTargetsInput) (*eb.RemoveTargetsOutput, error) {
	r, err := s.find(c, in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	out := &eb.RemoveTargetsOutput{FailedEntries: []types.RemoveTargetsResultEntry{}}
	for _, id := range in.Ids {
		i := slices.IndexFunc(r.targets, func(t types.Target) bool { return *t.Id == id })
		if i < 0 {
			out.FailedEntryCount++
			out.FailedEntries = append(out.FailedEntries, types.RemoveTargetsResultEntry{TargetId: &id, ErrorCode: aws.String("ResourceNotFoundException"),
				ErrorMessage: aws.String("Target " + id + " does not exist on Rule " + aws.ToString(in.Rule) + ".")})
			continue
		}
		r.targets = slices.Delete(r.targets, i, i+1)
	}
	return out, nil
}

func (s *Service) listTargets(c *api.Call, in *eb.ListTargetsByRuleInput) (*eb.ListTargetsByRuleOutput, error) {
	r, err := s.find(c, in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	sorted := slices.SortedFunc(slices.Values(r.targets), func(a, b types.Target) int {
		if *a.Id < *b.Id {
			return -1
		}
		return 1
	})
	page, next, ok := paging.Cut(sorted, func(t types.Target) string { return *t.Id }, in.NextToken, paging.Size(in.Limit, standard, standard))
	if !ok {
		return nil, invalid("NextToken is not valid.")
	}
	return &eb.ListTargetsByRuleOutput{Targets: append([]types.Target{}, page...), NextToken: next}, nil
}

func (s *Service) tagged(c *api.Call, arn *string) (*rule, error) {
	r, ok := s.rules[aws.ToString(arn)]
	if !ok || r.scope != c.Scope {
		return nil, &api.Error{Code: "ResourceNotFoundException", Message: "Rule " + aws.ToString(arn) + " does not exist on EventBus default."}
	}
	return r, nil
}

func (s *Service) tag(c *api.Call, in *eb.TagResourceInput) (*eb.TagResourceOutput, error) {
	r, err := s.tagged(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	for _, t := range in.Tags {
		r.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return &eb.TagResourceOutput{}, nil
}

func (s *Service) untag(c *api.Call, in *eb.UntagResourceInput) (*eb.UntagResourceOutput, error) {
	r, err := s.tagged(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	for _, k := range in.TagKeys {
		delete(r.tags, k)
	}
	return &eb.UntagResourceOutput{}, nil
}

func (s *Service) listTags(c *api.Call, in *eb.ListTagsForResourceInput) (*eb.ListTagsForResourceOutput, error) {
	r, err := s.tagged(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	out := &eb.ListTagsForResourceOutput{Tags: []types.Tag{}}
	for _, k := range slices.Sorted(maps.Keys(r.tags)) {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(k), Value: aws.String(r.tags[k])})
	}
	return out, nil
}
