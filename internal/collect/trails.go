package collect

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectTrails reads the trails that record in this Region: its own, and the shadows of those of other Regions and of the organisation.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
func (u *unitRun) collectTrails(ctx context.Context) {
	list := &u.unit.Trails
	if !u.needs(awsapi.GroupTrails) {
		list.Whole = u.skipped(awsapi.DescribeTrails)
		return
	}
	out, src, err := ask(ctx, question{u: u, call: awsapi.DescribeTrails}, u.scope.CloudTrail.DescribeTrails, &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(true)})
	if err == nil && out.TrailList == nil {
		src, err = u.missing(src, "list"), errMissing
	}
	if err != nil {
		list.Whole = unknownList(src)
		return
	}
	list.Whole = estate.KnownFact(true, src)
	for i := range out.TrailList {
		list.Items = append(list.Items, trailOf(&out.TrailList[i], src))
	}
	work := newPool(u.opts.Concurrency, func(t *estate.Trail) {
		together(func() { u.collectTrailStatus(ctx, t) }, func() { u.collectSelectors(ctx, t) })
	})
	for i := range some(u, list.Items) {
		work.add(&list.Items[i])
	}
	work.wait()
}

func trailOf(t *types.Trail, src estate.Source) estate.Trail {
	return estate.Trail{
		ID: aws.ToString(t.TrailARN), ARN: text(t.TrailARN, src), Name: text(t.Name, src), HomeRegion: text(t.HomeRegion, src),
		MultiRegion: estate.PtrFact(t.IsMultiRegionTrail, src), Organization: estate.PtrFact(t.IsOrganizationTrail, src),
		Bucket: text(t.S3BucketName, src), LogGroup: text(t.CloudWatchLogsLogGroupArn, src),
	}
}

// collectTrailStatus asks by ARN, which the shadow of another Region's trail needs.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
func (u *unitRun) collectTrailStatus(ctx context.Context, t *estate.Trail) {
	out, src, err := ask(ctx, u.about(awsapi.GetTrailStatus, t.ID), u.scope.CloudTrail.GetTrailStatus, &cloudtrail.GetTrailStatusInput{Name: aws.String(t.ID)})
	if err == nil && out.IsLogging == nil {
		src, err = u.missing(src, "word on whether the trail is logging"), errMissing
	}
	if err != nil {
		t.Logging, t.DeliveryError = estate.UnknownFact[bool](src), estate.UnknownFact[string](src)
		return
	}
	t.Logging, t.DeliveryError = estate.PtrFact(out.IsLogging, src), text(out.LatestDeliveryError, src)
}

// collectSelectors: a trail has basic selectors or advanced ones.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
func (u *unitRun) collectSelectors(ctx context.Context, t *estate.Trail) {
	out, src, err := ask(ctx, u.about(awsapi.GetEventSelectors, t.ID), u.scope.CloudTrail.GetEventSelectors, &cloudtrail.GetEventSelectorsInput{TrailName: aws.String(t.ID)})
	if err == nil && out.EventSelectors == nil && out.AdvancedEventSelectors == nil {
		src, err = u.missing(src, "event selectors"), errMissing
	}
	if err != nil {
		t.Selectors.Whole, t.Advanced.Whole = unknownList(src), unknownList(src)
		return
	}
	t.Selectors.Whole, t.Advanced.Whole = estate.KnownFact(true, src), estate.KnownFact(true, src)
	for i := range out.EventSelectors {
		t.Selectors.Items = append(t.Selectors.Items, selectorOf(t.ID+"/"+strconv.Itoa(i), &out.EventSelectors[i], src))
	}
	for i := range out.AdvancedEventSelectors {
		t.Advanced.Items = append(t.Advanced.Items, advancedOf(t.ID+"/"+strconv.Itoa(i), &out.AdvancedEventSelectors[i], src))
	}
}

// selectorOf: without IncludeManagementEvents they are included, and without ReadWriteType all are.
func selectorOf(id string, s *types.EventSelector, src estate.Source) estate.EventSelector {
	data := []estate.DataResource{}
	for _, d := range s.DataResources {
		data = append(data, estate.DataResource{Type: aws.ToString(d.Type), Values: d.Values})
	}
	kind := s.ReadWriteType
	if kind == "" {
		kind = types.ReadWriteTypeAll
	}
	return estate.EventSelector{
		ID: id, ReadWrite: word(kind, src), Management: estate.KnownFact(s.IncludeManagementEvents == nil || *s.IncludeManagementEvents, src),
		Excluded: whole(s.ExcludeManagementEventSources, src), Data: estate.KnownFact(data, src),
	}
}

func advancedOf(id string, s *types.AdvancedEventSelector, src estate.Source) estate.AdvancedSelector {
	fields := []estate.SelectorField{}
	for _, f := range s.FieldSelectors {
		fields = append(fields, estate.SelectorField{
			Field: aws.ToString(f.Field), Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith,
			NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith,
		})
	}
	return estate.AdvancedSelector{ID: id, Name: text(s.Name, src), Fields: estate.KnownFact(fields, src)}
}
