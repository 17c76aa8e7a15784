// Package cloudtrail simulates CloudTrail: the event history, which tells of the calls that this simulated AWS really answered, and trails
// as records, which deliver nothing.
package cloudtrail

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Organizations knows who manages whose account. It is called with the world's lock held.
type Organizations interface {
	Management(account string) (management string, ok bool)
}

// Service is the trails and event histories of all accounts and Regions.
type Service struct {
	world     *world.World
	org       Organizations
	trails    map[string]*trail // by ARN
	histories map[world.Scope]*history
}

type trail struct {
	scope            world.Scope // its home
	shown            types.Trail
	selectors        []types.EventSelector
	advanced         []types.AdvancedEventSelector
	logging          bool
	started, stopped time.Time
	tags             map[string]string
}

// New makes a CloudTrail without trails.
func New(w *world.World, org Organizations) *Service {
	return &Service{world: w, org: org, trails: map[string]*trail{}, histories: map[world.Scope]*history{}}
}

// API lists the operations (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/). Reads of trails are limited to 10 a second,
// LookupEvents to 2 and the others to 1
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html).
func (s *Service) API() api.Service {
	reads := func(o api.Operation) api.Operation { return o.In("reads") }
	writes := func(o api.Operation) api.Operation { return o.In("writes") }
	return api.Service{Name: "cloudtrail", Model: "cloudtrail", Throttle: api.Error{Code: "ThrottlingException", Message: "Rate exceeded", Status: 400},
		Rates: map[string]api.Rate{"reads": {PerSecond: 10, Burst: 10}, "LookupEvents": {PerSecond: 2, Burst: 2}, "writes": {PerSecond: 1, Burst: 1}},
		Operations: []api.Operation{
			writes(api.Op("CreateTrail", onTrail("CreateTrail", func(in *ct.CreateTrailInput) *string { return in.Name }), s.createTrail)),
			writes(api.Op("UpdateTrail", onTrail("UpdateTrail", func(in *ct.UpdateTrailInput) *string { return in.Name }), s.updateTrail)),
			writes(api.Op("DeleteTrail", onTrail("DeleteTrail", func(in *ct.DeleteTrailInput) *string { return in.Name }), s.deleteTrail)),
			reads(api.Op("GetTrail", onTrail("GetTrail", func(in *ct.GetTrailInput) *string { return in.Name }), s.getTrail)),
			reads(api.Op("DescribeTrails", nil, s.describeTrails)),
			reads(api.Op("ListTrails", nil, s.listTrails)),
			reads(api.Op("GetTrailStatus", onTrail("GetTrailStatus", func(in *ct.GetTrailStatusInput) *string { return in.Name }), s.getTrailStatus)),
			writes(api.Op("StartLogging", onTrail("StartLogging", func(in *ct.StartLoggingInput) *string { return in.Name }), s.startLogging)),
			writes(api.Op("StopLogging", onTrail("StopLogging", func(in *ct.StopLoggingInput) *string { return in.Name }), s.stopLogging)),
			reads(api.Op("GetEventSelectors", onTrail("GetEventSelectors", func(in *ct.GetEventSelectorsInput) *string { return in.TrailName }), s.getSelectors)),
			writes(api.Op("PutEventSelectors", onTrail("PutEventSelectors", func(in *ct.PutEventSelectorsInput) *string { return in.TrailName }), s.putSelectors)),
			api.Op("LookupEvents", nil, s.lookupEvents),
			writes(api.Op("AddTags", onTrail("AddTags", func(in *ct.AddTagsInput) *string { return in.ResourceId }), s.addTags)),
			writes(api.Op("RemoveTags", onTrail("RemoveTags", func(in *ct.RemoveTagsInput) *string { return in.ResourceId }), s.removeTags)),
			reads(api.Op("ListTags", nil, s.listTags)),
		}}
}

func onTrail[I any](name string, of func(*I) *string) func(*api.Call, *I) []api.Access {
	return func(c *api.Call, in *I) []api.Access {
		asked := aws.ToString(of(in))
		if !strings.HasPrefix(asked, "arn:") {
			asked = arnOf(c.Scope, asked)
		}
		return []api.Access{{Action: "cloudtrail:" + name, Resource: asked}}
	}
}

func arnOf(sc world.Scope, name string) string { return sc.ARN("cloudtrail", "trail/"+name) }

// topicARN completes the name of a topic of SNS.
func topicARN(sc world.Scope, name *string) *string {
	if name == nil || *name == "" || strings.HasPrefix(*name, "arn:") {
		return name
	}
	return aws.String(sc.ARN("sns", *name))
}

func noTrail(name string, c *api.Call) error {
	return &api.Error{Code: "TrailNotFoundException", Message: "Unknown trail: " + name + " for the user: " + c.Account}
}

// visible reports whether a trail shows in an account and Region: at home, as the shadow of one of all Regions, or as the organisation's.
func (s *Service) visible(t *trail, sc world.Scope) bool {
	if t.scope.Region != sc.Region && !aws.ToBool(t.shown.IsMultiRegionTrail) {
		return false
	}
	if t.scope.Account == sc.Account {
		return true
	}
	m, ok := s.org.Management(sc.Account)
	return ok && aws.ToBool(t.shown.IsOrganizationTrail) && m == t.scope.Account
}

// find takes a name for a trail at home, and an ARN for any trail that shows here.
func (s *Service) find(c *api.Call, asked *string) (*trail, error) {
	name := aws.ToString(asked)
	if !strings.HasPrefix(name, "arn:") {
		if t := s.trails[arnOf(c.Scope, name)]; t != nil {
			return t, nil
		}
		return nil, noTrail(name, c)
	}
	if t := s.trails[name]; t != nil && s.visible(t, c.Scope) {
		return t, nil
	}
	return nil, noTrail(name, c)
}

// own finds a trail that may be changed from here: its account's, in its home Region.
func (s *Service) own(c *api.Call, asked *string) (*trail, error) {
	t, err := s.find(c, asked)
	switch {
	case err != nil:
		return nil, err
	case t.scope.Account != c.Account:
		return nil, &api.Error{Code: "NotOrganizationMasterAccountException", Message: "The request must be made by the management account of the organization."}
	case t.scope.Region != c.Region:
		return nil, &api.Error{Code: "InvalidHomeRegionException", Message: "Trail " + aws.ToString(asked) + " is a trail of the home Region " + t.scope.Region + "."}
	}
	return t, nil
}

var trailName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]$`)

const maxTrails = 5 // of a Region

func (s *Service) createTrail(c *api.Call, in *ct.CreateTrailInput) (*ct.CreateTrailOutput, error) {
	name, arn := aws.ToString(in.Name), arnOf(c.Scope, aws.ToString(in.Name))
	own := 0
	for _, t := range s.trails {
		if t.scope == c.Scope {
			own++
		}
	}
	switch {
	case !trailName.MatchString(name):
		return nil, &api.Error{Code: "InvalidTrailNameException", Message: "Trail name must be between 3 and 128 letters, digits, periods, underscores or dashes."}
	case s.trails[arn] != nil:
		return nil, &api.Error{Code: "TrailAlreadyExistsException", Message: "Trail " + name + " already exists for customer: " + c.Account}
	case own >= maxTrails:
		return nil, &api.Error{Code: "MaximumNumberOfTrailsExceededException", Message: "User: " + c.Account + " already has 5 trails in " + c.Region + "."}
	}
	if err := s.mayBeOrganizations(c, in.IsOrganizationTrail); err != nil {
		return nil, err
	}
	t := &trail{scope: c.Scope, tags: map[string]string{}, shown: types.Trail{
		Name: in.Name, TrailARN: &arn, HomeRegion: aws.String(c.Region), S3BucketName: in.S3BucketName, S3KeyPrefix: in.S3KeyPrefix, SnsTopicARN: topicARN(c.Scope, in.SnsTopicName),
		CloudWatchLogsLogGroupArn: in.CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn: in.CloudWatchLogsRoleArn, KmsKeyId: in.KmsKeyId,
		IncludeGlobalServiceEvents: aws.Bool(in.IncludeGlobalServiceEvents == nil || *in.IncludeGlobalServiceEvents),
		IsMultiRegionTrail:         aws.Bool(aws.ToBool(in.IsMultiRegionTrail)), IsOrganizationTrail: aws.Bool(aws.ToBool(in.IsOrganizationTrail)),
		LogFileValidationEnabled: aws.Bool(aws.ToBool(in.EnableLogFileValidation)), HasCustomEventSelectors: aws.Bool(false), HasInsightSelectors: aws.Bool(false),
	}}
	for _, tag := range in.TagsList {
		t.tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	s.trails[arn] = t
	m := t.shown
	return &ct.CreateTrailOutput{Name: m.Name, TrailARN: m.TrailARN, S3BucketName: m.S3BucketName, S3KeyPrefix: m.S3KeyPrefix, SnsTopicARN: m.SnsTopicARN,
		CloudWatchLogsLogGroupArn: m.CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn: m.CloudWatchLogsRoleArn, KmsKeyId: m.KmsKeyId,
		IncludeGlobalServiceEvents: m.IncludeGlobalServiceEvents, IsMultiRegionTrail: m.IsMultiRegionTrail, IsOrganizationTrail: m.IsOrganizationTrail,
		LogFileValidationEnabled: m.LogFileValidationEnabled}, nil
}

func (s *Service) mayBeOrganizations(c *api.Call, asked *bool) error {
	if !aws.ToBool(asked) {
		return nil
	}
	switch m, ok := s.org.Management(c.Account); {
	case !ok:
		return &api.Error{Code: "OrganizationsNotInUseException", Message: "The account is not a member of an organization."}
	case m != c.Account:
		return &api.Error{Code: "NotOrganizationMasterAccountException", Message: "The request must be made by the management account of the organization."}
	}
	return nil
}

func (s *Service) updateTrail(c *api.Call, in *ct.UpdateTrailInput) (*ct.UpdateTrailOutput, error) {
	t, err := s.own(c, in.Name)
	if err != nil {
		return nil, err
	}
	if err := s.mayBeOrganizations(c, in.IsOrganizationTrail); err != nil {
		return nil, err
	}
	m := &t.shown
	for _, p := range []struct {
		to    **string
		given *string
	}{{&m.S3BucketName, in.S3BucketName}, {&m.S3KeyPrefix, in.S3KeyPrefix}, {&m.SnsTopicARN, topicARN(c.Scope, in.SnsTopicName)}, {&m.KmsKeyId, in.KmsKeyId},
		{&m.CloudWatchLogsLogGroupArn, in.CloudWatchLogsLogGroupArn}, {&m.CloudWatchLogsRoleArn, in.CloudWatchLogsRoleArn}} {
		if p.given != nil {
			*p.to = p.given
		}
	}
	for _, p := range []struct {
		to    **bool
		given *bool
	}{{&m.IncludeGlobalServiceEvents, in.IncludeGlobalServiceEvents}, {&m.IsMultiRegionTrail, in.IsMultiRegionTrail},
		{&m.IsOrganizationTrail, in.IsOrganizationTrail}, {&m.LogFileValidationEnabled, in.EnableLogFileValidation}} {
		if p.given != nil {
			*p.to = p.given
		}
	}
	return &ct.UpdateTrailOutput{Name: m.Name, TrailARN: m.TrailARN, S3BucketName: m.S3BucketName, S3KeyPrefix: m.S3KeyPrefix, SnsTopicARN: m.SnsTopicARN,
		CloudWatchLogsLogGroupArn: m.CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn: m.CloudWatchLogsRoleArn, KmsKeyId: m.KmsKeyId,
		IncludeGlobalServiceEvents: m.IncludeGlobalServiceEvents, IsMultiRegionTrail: m.IsMultiRegionTrail, IsOrganizationTrail: m.IsOrganizationTrail,
		LogFileValidationEnabled: m.LogFileValidationEnabled}, nil
}

func (s *Service) deleteTrail(c *api.Call, in *ct.DeleteTrailInput) (*ct.DeleteTrailOutput, error) {
	t, err := s.own(c, in.Name)
	if err != nil {
		return nil, err
	}
	delete(s.trails, *t.shown.TrailARN)
	return &ct.DeleteTrailOutput{}, nil
}

// here lists the trails that show in a scope, by ARN.
func (s *Service) here(sc world.Scope) []*trail {
	var out []*trail
	for _, t := range s.trails {
		if s.visible(t, sc) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *trail) int { return strings.Compare(*a.shown.TrailARN, *b.shown.TrailARN) })
	return out
}
