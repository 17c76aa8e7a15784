package tagging

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	tag "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const (
	standardPage = 50
	valuesLimit  = 20 // per tag filter
	filtersLimit = 50
)

func (s *Service) getResources(c *api.Call, in *tag.GetResourcesInput) (*tag.GetResourcesOutput, error) {
	if err := checkGet(in); err != nil {
		return nil, err
	}
	after, err := s.after(in.PaginationToken)
	if err != nil {
		return nil, err
	}
	out := &tag.GetResourcesOutput{ResourceTagMappingList: []types.ResourceTagMapping{}, PaginationToken: aws.String("")}
	count, tags := pageSize(in), 0
	last := ""
	for _, r := range s.listed(c.Scope) {
		if r.ARN <= after || !wanted(r, in) {
			continue
		}
		if len(out.ResourceTagMappingList) == count || in.TagsPerPage != nil && last != "" && tags+len(r.Tags) > int(*in.TagsPerPage) {
			out.PaginationToken = s.token(last)
			break
		}
		m := types.ResourceTagMapping{ResourceARN: aws.String(r.ARN), Tags: sortedTags(r.Tags)}
		if aws.ToBool(in.IncludeComplianceDetails) {
			m.ComplianceDetails = &types.ComplianceDetails{ComplianceStatus: aws.Bool(true)}
		}
		out.ResourceTagMappingList = append(out.ResourceTagMappingList, m)
		last, tags = r.ARN, tags+len(r.Tags)
	}
	if len(in.ResourceARNList) > 0 {
		out.PaginationToken = nil
	}
	return out, nil
}

func pageSize(in *tag.GetResourcesInput) int {
	switch {
	case len(in.ResourceARNList) > 0:
		return 100
	case in.ResourcesPerPage != nil:
		return int(*in.ResourcesPerPage)
	case in.TagsPerPage != nil:
		return int(*in.TagsPerPage)
	}
	return standardPage
}

// checkGet holds a request to the rules that the model cannot state.
func checkGet(in *tag.GetResourcesInput) error {
	filtered := len(in.TagFilters) > 0 || len(in.ResourceTypeFilters) > 0 || in.ResourcesPerPage != nil || in.TagsPerPage != nil || aws.ToString(in.PaginationToken) != ""
	switch {
	case len(in.ResourceARNList) > 100:
		return invalid("ResourceARNList cannot have more than 100 members")
	case len(in.ResourceARNList) > 0 && filtered:
		return invalid("ResourceARNList cannot be specified with filters or pagination parameters in the same request")
	case in.ResourcesPerPage != nil && in.TagsPerPage != nil:
		return invalid("ResourcesPerPage and TagsPerPage cannot be specified in the same request")
	case in.ResourcesPerPage != nil && (*in.ResourcesPerPage < 1 || *in.ResourcesPerPage > 100):
		return invalid("ResourcesPerPage must be between 1 and 100")
	case in.TagsPerPage != nil && (*in.TagsPerPage < 100 || *in.TagsPerPage > 500 || *in.TagsPerPage%100 != 0):
		return invalid("TagsPerPage must be between 100 and 500 in increments of 100")
	case aws.ToBool(in.ExcludeCompliantResources) && !aws.ToBool(in.IncludeComplianceDetails):
		return invalid("ExcludeCompliantResources requires IncludeComplianceDetails to be true")
	case len(in.TagFilters) > filtersLimit:
		return invalid("TagFilters cannot have more than %d members", filtersLimit)
	}
	return checkFilters(in)
}

func checkFilters(in *tag.GetResourcesInput) error {
	for _, f := range in.TagFilters {
		if len(f.Values) > valuesLimit {
			return invalid("A tag filter cannot have more than %d values", valuesLimit)
		}
		if aws.ToString(f.Key) == "" {
			return invalid("TagFilters must have a key")
		}
	}
	for _, t := range in.ResourceTypeFilters {
		if service, _, _ := strings.Cut(t, ":"); service == "" {
			return invalid("Invalid resource type filter: %s", t)
		}
	}
	return nil
}

// wanted: filters of different keys are joined by and, the values of one key by or; a key alone means any value.
func wanted(r Resource, in *tag.GetResourcesInput) bool {
	if aws.ToBool(in.ExcludeCompliantResources) { // without tag policies everything complies
		return false
	}
	if len(in.ResourceARNList) > 0 && !slices.Contains(in.ResourceARNList, r.ARN) {
		return false
	}
	if len(in.ResourceTypeFilters) > 0 && !slices.ContainsFunc(in.ResourceTypeFilters, func(f string) bool { return ofType(r.Type, f) }) {
		return false
	}
	for _, f := range in.TagFilters {
		v, ok := r.Tags[aws.ToString(f.Key)]
		if !ok || len(f.Values) > 0 && !slices.Contains(f.Values, v) {
			return false
		}
	}
	return true
}

// ofType: "dynamodb" means every type of the service, "dynamodb:table" that one.
func ofType(have, filter string) bool {
	return have == filter || !strings.Contains(filter, ":") && strings.HasPrefix(have, filter+":")
}

// keysPage is the page size of GetTagKeys and GetTagValues.
const keysPage = 500

func (s *Service) getTagKeys(c *api.Call, in *tag.GetTagKeysInput) (*tag.GetTagKeysOutput, error) {
	found := map[string]bool{}
	for _, r := range s.listed(c.Scope) {
		for k := range r.Tags {
			found[k] = true
		}
	}
	page, next, err := s.page(found, in.PaginationToken)
	return &tag.GetTagKeysOutput{TagKeys: page, PaginationToken: next}, err
}

func (s *Service) getTagValues(c *api.Call, in *tag.GetTagValuesInput) (*tag.GetTagValuesOutput, error) {
	found := map[string]bool{}
	for _, r := range s.listed(c.Scope) {
		if v, ok := r.Tags[aws.ToString(in.Key)]; ok {
			found[v] = true
		}
	}
	page, next, err := s.page(found, in.PaginationToken)
	return &tag.GetTagValuesOutput{TagValues: page, PaginationToken: next}, err
}

func (s *Service) page(found map[string]bool, token *string) ([]string, *string, error) {
	after, err := s.after(token)
	if err != nil {
		return nil, nil, err
	}
	out := []string{}
	for _, k := range sortedKeys(found) {
		if aws.ToString(token) != "" && k <= after {
			continue
		}
		if len(out) == keysPage {
			return out, s.token(out[keysPage-1]), nil
		}
		out = append(out, k)
	}
	return out, aws.String(""), nil
}
