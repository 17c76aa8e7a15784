package dynamodb

import (
	"maps"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// tagPage is how many tags ListTagsOfResource returns at once. UNCONFIRMED: AWS's documentation alone says so.
const tagPage = 10

// mergeTags adds tags to a copy of old, after checking them.
func mergeTags(old map[string]string, add []types.Tag) (map[string]string, error) {
	out := cloneTags(old)
	for _, t := range add {
		k, v := aws.ToString(t.Key), aws.ToString(t.Value)
		switch {
		case k == "" || len([]rune(k)) > 128:
			return nil, wrong("Tag key must be between 1 and 128 characters: %s", k)
		case len([]rune(v)) > 256:
			return nil, wrong("Tag value must be at most 256 characters, key: %s", k)
		case strings.HasPrefix(strings.ToLower(k), "aws:"):
			return nil, wrong("Tag keys starting with 'aws:' are reserved: %s", k)
		}
		out[k] = v
	}
	if len(out) > maxTags {
		return nil, fail("LimitExceededException", "Subscriber limit exceeded: There is a limit of %d tags per resource", maxTags)
	}
	return out, nil
}

// taggable finds the table of an ARN for tagging operations.
func (s *Service) taggable(arn string) (*table, error) {
	_, name, rest, ok := tableOf(arn)
	if !ok || rest != "" {
		return nil, invalid("Invalid TableArn: %s", arn)
	}
	t := s.byARN(arn)
	if t == nil || t.restoring != nil {
		return nil, notFound(name)
	}
	return t, nil
}

// changeTags applies a change of tags. Right after another one AWS refuses for a moment.
func (s *Service) changeTags(arn string, change func(old map[string]string) (map[string]string, error)) error {
	t, err := s.taggable(arn)
	if err != nil {
		return err
	}
	if t.status == types.TableStatusCreating || t.status == types.TableStatusDeleting {
		return inUse(t)
	}
	now := s.w.Now()
	if !t.tagged.IsZero() && now.Sub(t.tagged) < tagCoolDown && !s.opt.LiftQuotas {
		return fail("LimitExceededException", "Subscriber limit exceeded: Table tags are being updated: %s", t.name)
	}
	tags, err := change(t.tags)
	if err != nil {
		return err
	}
	t.everTag = t.everTag || len(tags) > 0
	t.tags, t.tagged = tags, now
	return nil
}

// Tag sets and removes tags of a table by ARN, as TagResource and UntagResource do.
func (s *Service) Tag(arn string, set map[string]string, remove []string) error {
	var add []types.Tag
	for _, k := range sortedKeys(set) {
		add = append(add, types.Tag{Key: aws.String(k), Value: aws.String(set[k])})
	}
	return s.changeTags(arn, func(old map[string]string) (map[string]string, error) {
		old = maps.Clone(old)
		for _, k := range remove {
			delete(old, k)
		}
		return mergeTags(old, add)
	})
}

func (s *Service) tagResource(_ *api.Call, in *dynamodb.TagResourceInput) (*dynamodb.TagResourceOutput, error) {
	err := s.changeTags(aws.ToString(in.ResourceArn), func(old map[string]string) (map[string]string, error) { return mergeTags(old, in.Tags) })
	return &dynamodb.TagResourceOutput{}, err
}

func (s *Service) untagResource(_ *api.Call, in *dynamodb.UntagResourceInput) (*dynamodb.UntagResourceOutput, error) {
	err := s.Tag(aws.ToString(in.ResourceArn), nil, in.TagKeys)
	return &dynamodb.UntagResourceOutput{}, err
}

func (s *Service) listTagsOfResource(_ *api.Call, in *dynamodb.ListTagsOfResourceInput) (*dynamodb.ListTagsOfResourceOutput, error) {
	t, err := s.taggable(aws.ToString(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	from := 0
	if in.NextToken != nil {
		if from, err = strconv.Atoi(*in.NextToken); err != nil || from < 0 {
			return nil, invalid("Invalid NextToken")
		}
	}
	out := &dynamodb.ListTagsOfResourceOutput{Tags: []types.Tag{}}
	keys := sortedKeys(t.tags)
	for i := from; i < len(keys); i++ {
		if len(out.Tags) == tagPage {
			out.NextToken = aws.String(strconv.Itoa(i))
			break
		}
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(keys[i]), Value: aws.String(t.tags[keys[i]])})
	}
	return out, nil
}
