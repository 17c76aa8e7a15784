// Package tagging simulates the Resource Groups Tagging API over the resources of other simulated services.
package tagging

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	tag "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Resource is one taggable resource as its service knows it.
type Resource struct {
	ARN        string
	Type       string // "dynamodb:table", "backup:backup-vault", "backup:backup-plan", "kms:key"
	Tags       map[string]string
	EverTagged bool // has tags or once had some: only such resources are listed
}

// Tagged is a service whose resources can carry tags. Adapters in the assembly make one of each simulated service.
type Tagged interface {
	// TaggedResources lists the resources of one account and Region in any order; those never tagged may be left out.
	TaggedResources(sc world.Scope) []Resource
	// SetTags adds and removes tags of one resource; owned is false, and nothing done, when the ARN is not one of this service's.
	// The error is the *api.Error that the service's own tagging operation would answer.
	SetTags(sc world.Scope, arn string, set map[string]string, remove []string) (owned bool, err error)
}

// Service answers for the tagging API.
type Service struct {
	world     *world.World
	providers []Tagged
}

// New makes a tagging API over the given services.
func New(w *world.World, providers ...Tagged) *Service {
	return &Service{world: w, providers: providers}
}

// API lists the operations (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/).
// The rates are those of its quotas page: GetResources 15 a second, the others 5.
func (s *Service) API() api.Service {
	return api.Service{
		Name: "tagging", Model: "resourcegroupstaggingapi",
		Operations: []api.Operation{
			api.Op("GetResources", access[tag.GetResourcesInput]("tag:GetResources"), s.getResources),
			api.Op("GetTagKeys", access[tag.GetTagKeysInput]("tag:GetTagKeys"), s.getTagKeys),
			api.Op("GetTagValues", access[tag.GetTagValuesInput]("tag:GetTagValues"), s.getTagValues),
			api.Op("TagResources", func(_ *api.Call, in *tag.TagResourcesInput) []api.Access {
				return changes("tag:TagResources", "TagResource", in.ResourceARNList)
			}, s.tagResources),
			api.Op("UntagResources", func(_ *api.Call, in *tag.UntagResourcesInput) []api.Access {
				return changes("tag:UntagResources", "UntagResource", in.ResourceARNList)
			}, s.untagResources),
		},
		Rates: map[string]api.Rate{"GetResources": {PerSecond: 15, Burst: 15}, "GetTagKeys": {PerSecond: 5, Burst: 5},
			"GetTagValues": {PerSecond: 5, Burst: 5}, "TagResources": {PerSecond: 5, Burst: 5}, "UntagResources": {PerSecond: 5, Burst: 5}},
		Throttle: api.Error{Code: "ThrottledException", Message: "Rate exceeded"},
	}
}

func access[I any](action string) func(*api.Call, *I) []api.Access {
	return func(*api.Call, *I) []api.Access { return []api.Access{{Action: action, Resource: "*"}} }
}

// changes: besides its own action, tagging needs the owning service's action on each resource.
func changes(action, dependent string, arns []string) []api.Access {
	out := []api.Access{{Action: action, Resource: "*"}}
	for _, arn := range arns {
		if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
			out = append(out, api.Access{Action: parts[2] + ":" + dependent, Resource: arn})
		}
	}
	return out
}

func invalid(format string, args ...any) error {
	return &api.Error{Code: "InvalidParameterException", Message: fmt.Sprintf(format, args...)}
}

// listed are the resources that are or were tagged, sorted by ARN.
func (s *Service) listed(sc world.Scope) []Resource {
	var out []Resource
	for _, p := range s.providers {
		for _, r := range p.TaggedResources(sc) {
			if r.EverTagged || len(r.Tags) > 0 {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b Resource) int { return strings.Compare(a.ARN, b.ARN) })
	return out
}

// tokenLife is how long a pagination token may be used.
const tokenLife = 15 * time.Minute

func (s *Service) token(after string) *string {
	return aws.String(base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d|%s", s.world.Now().Unix(), after)))
}

// after opens a token. An empty one means the beginning.
func (s *Service) after(token *string) (string, error) {
	if aws.ToString(token) == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*token)
	stamp, after, ok := strings.Cut(string(raw), "|")
	seconds, convErr := strconv.ParseInt(stamp, 10, 64)
	if err != nil || !ok || convErr != nil {
		return "", invalid("Invalid pagination token")
	}
	if s.world.Now().Sub(time.Unix(seconds, 0)) > tokenLife {
		return "", &api.Error{Code: "PaginationTokenExpiredException", Message: "The pagination token has expired: a token is valid for 15 minutes"}
	}
	return after, nil
}

func sortedTags(tags map[string]string) []types.Tag {
	out := []types.Tag{}
	for _, k := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: aws.String(k), Value: aws.String(tags[k])})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
