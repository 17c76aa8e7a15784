package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// codeTooNew marks the tags of a table that was created after the tags had been read.
const codeTooNew = "CreatedDuringCollection"

// extras are facts of tables that are read in bulk and joined to the tables at the end. Each is written by one area.
type extras struct {
	tags      map[string]estate.Fact[map[string]string] // by ARN
	tagsWhole estate.Fact[bool]

	scaling      map[string][]estate.ScalingTarget // by table name
	scalingWhole estate.Fact[bool]

	alarms      map[string][]estate.Alarm // by table name
	alarmsWhole estate.Fact[bool]
}

// join gives a table its tags, scaling targets and alarms.
func (e *extras) join(u *unitRun, t *estate.Table) {
	t.Tags = e.tagsOf(u, t)
	name := t.Name.Or("")
	t.Scaling = joined(e.scaling[name], e.scalingWhole)
	t.Alarms = joined(e.alarms[name], e.alarmsWhole)
}

// tagsOf: the tagging API leaves out what never had a tag, so that a whole listing without the table means no tags.
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
func (e *extras) tagsOf(u *unitRun, t *estate.Table) estate.Fact[map[string]string] {
	if f, ok := e.tags[t.ARN.Or("")]; ok {
		return f
	}
	src := e.tagsWhole.Source()
	if !e.tagsWhole.IsKnown() {
		return estate.UnknownFact[map[string]string](src)
	}
	if !t.ARN.IsKnown() {
		return estate.UnknownFact[map[string]string](t.ARN.Source())
	}
	seen := u.unit.Of(src)
	if made, ok := t.CreatedAt.Get(); ok && seen.ObservedAt.Before(made) {
		seen.Code, seen.Message = codeTooNew, "the table was created after its tags were asked for: scan again"
		return estate.UnknownFact[map[string]string](u.share(seen))
	}
	return estate.KnownFact(map[string]string{}, src)
}

// joined: a list that may lack members is unknown as a whole.
func joined[T any](v []T, listed estate.Fact[bool]) estate.Fact[[]T] {
	if !listed.IsKnown() {
		return estate.UnknownFact[[]T](listed.Source())
	}
	return whole(v, listed.Source())
}

func (u *unitRun) collectTags(ctx context.Context) {
	if !u.needs(awsapi.GroupTags) {
		u.extras.tagsWhole = u.skipped(awsapi.GetResources)
		return
	}
	u.extras.tags = map[string]estate.Fact[map[string]string]{}
	u.extras.tagsWhole = pages[tagging.GetResourcesOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*tagging.GetResourcesOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Tagging.GetResources, &tagging.GetResourcesInput{
				PaginationToken: token, ResourcesPerPage: aws.Int32(100), ResourceTypeFilters: []string{"dynamodb:table"},
			})
		},
		add: func(page *tagging.GetResourcesOutput, src estate.Source) {
			for _, r := range page.ResourceTagMappingList {
				tags := make(map[string]string, len(r.Tags))
				for _, t := range r.Tags {
					tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
				}
				u.extras.tags[aws.ToString(r.ResourceARN)] = estate.KnownFact(tags, src)
			}
		},
		lacks: func(page *tagging.GetResourcesOutput) bool { return page.ResourceTagMappingList == nil },
		next:  func(page *tagging.GetResourcesOutput) *string { return page.PaginationToken },
	}.read(ctx, question{u: u, call: awsapi.GetResources})
}
