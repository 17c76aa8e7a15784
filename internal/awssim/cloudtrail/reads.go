package cloudtrail

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

func (s *Service) getTrail(c *api.Call, in *ct.GetTrailInput) (*ct.GetTrailOutput, error) {
	t, err := s.find(c, in.Name)
	if err != nil {
		return nil, err
	}
	shown := t.shown
	return &ct.GetTrailOutput{Trail: &shown}, nil
}

// describeTrails passes over names that do not exist. Shadows are left out only when that is asked for.
func (s *Service) describeTrails(c *api.Call, in *ct.DescribeTrailsInput) (*ct.DescribeTrailsOutput, error) {
	out := &ct.DescribeTrailsOutput{TrailList: []types.Trail{}}
	shadows := in.IncludeShadowTrails == nil || *in.IncludeShadowTrails
	for _, t := range s.here(c.Scope) {
		named := len(in.TrailNameList) == 0 || slices.Contains(in.TrailNameList, *t.shown.TrailARN) || t.scope == c.Scope && slices.Contains(in.TrailNameList, *t.shown.Name)
		if named && (shadows || t.scope.Region == c.Region) {
			out.TrailList = append(out.TrailList, t.shown)
		}
	}
	return out, nil
}

func (s *Service) listTrails(c *api.Call, in *ct.ListTrailsInput) (*ct.ListTrailsOutput, error) {
	var own []*trail
	for _, t := range s.trails {
		m, _ := s.org.Management(c.Account)
		if t.scope.Account == c.Account || aws.ToBool(t.shown.IsOrganizationTrail) && m == t.scope.Account {
			own = append(own, t)
		}
	}
	slices.SortFunc(own, func(a, b *trail) int { return strings.Compare(*a.shown.TrailARN, *b.shown.TrailARN) })
	page, next, ok := paging.Cut(own, func(t *trail) string { return *t.shown.TrailARN }, in.NextToken, 100)
	if !ok {
		return nil, &api.Error{Code: "InvalidNextTokenException", Message: "The token is not valid."}
	}
	out := &ct.ListTrailsOutput{Trails: []types.TrailInfo{}, NextToken: next}
	for _, t := range page {
		out.Trails = append(out.Trails, types.TrailInfo{Name: t.shown.Name, TrailARN: t.shown.TrailARN, HomeRegion: t.shown.HomeRegion})
	}
	return out, nil
}

func (s *Service) getTrailStatus(c *api.Call, in *ct.GetTrailStatusInput) (*ct.GetTrailStatusOutput, error) {
	t, err := s.find(c, in.Name)
	if err != nil {
		return nil, err
	}
	out := &ct.GetTrailStatusOutput{IsLogging: aws.Bool(t.logging)}
	if !t.started.IsZero() {
		out.StartLoggingTime, out.TimeLoggingStarted = aws.Time(t.started), aws.String(t.started.Format(time.RFC3339))
	}
	if !t.stopped.IsZero() {
		out.StopLoggingTime, out.TimeLoggingStopped = aws.Time(t.stopped), aws.String(t.stopped.Format(time.RFC3339))
	}
	return out, nil
}

func (s *Service) startLogging(c *api.Call, in *ct.StartLoggingInput) (*ct.StartLoggingOutput, error) {
	t, err := s.own(c, in.Name)
	if err != nil {
		return nil, err
	}
	t.logging, t.started = true, s.world.Now().Truncate(time.Second)
	return &ct.StartLoggingOutput{}, nil
}

func (s *Service) stopLogging(c *api.Call, in *ct.StopLoggingInput) (*ct.StopLoggingOutput, error) {
	t, err := s.own(c, in.Name)
	if err != nil {
		return nil, err
	}
	t.logging, t.stopped = false, s.world.Now().Truncate(time.Second)
	return &ct.StopLoggingOutput{}, nil
}

// tagged finds a trail by the ARN that tag operations take.
func (s *Service) tagged(c *api.Call, arn string) (*trail, error) {
	t := s.trails[arn]
	if t == nil || t.scope.Account != c.Account {
		return nil, &api.Error{Code: "ResourceNotFoundException", Message: "Resource " + arn + " does not exist."}
	}
	return t, nil
}

func (s *Service) addTags(c *api.Call, in *ct.AddTagsInput) (*ct.AddTagsOutput, error) {
	t, err := s.tagged(c, aws.ToString(in.ResourceId))
	if err != nil {
		return nil, err
	}
	for _, tag := range in.TagsList {
		t.tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return &ct.AddTagsOutput{}, nil
}

func (s *Service) removeTags(c *api.Call, in *ct.RemoveTagsInput) (*ct.RemoveTagsOutput, error) {
	t, err := s.tagged(c, aws.ToString(in.ResourceId))
	if err != nil {
		return nil, err
	}
	for _, tag := range in.TagsList {
		delete(t.tags, aws.ToString(tag.Key))
	}
	return &ct.RemoveTagsOutput{}, nil
}

func (s *Service) listTags(c *api.Call, in *ct.ListTagsInput) (*ct.ListTagsOutput, error) {
	out := &ct.ListTagsOutput{ResourceTagList: []types.ResourceTag{}}
	for _, arn := range in.ResourceIdList {
		t, err := s.tagged(c, arn)
		if err != nil {
			return nil, err
		}
		tags := []types.Tag{}
		for _, k := range slices.Sorted(maps.Keys(t.tags)) {
			tags = append(tags, types.Tag{Key: aws.String(k), Value: aws.String(t.tags[k])})
		}
		out.ResourceTagList = append(out.ResourceTagList, types.ResourceTag{ResourceId: &arn, TagsList: tags})
	}
	return out, nil
}
