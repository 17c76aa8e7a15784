package account

import (
	"path"
	"slices"

	"github.com/restorable/restorable/internal/awssim/api"
)

// DescribeRegionsInput is the request of EC2's DescribeRegions.
type DescribeRegionsInput struct {
	RegionNames []string
	AllRegions  *bool
	DryRun      *bool
	Filters     []Filter
}

// Filter is one filter of an EC2 request; * and ? in its values are wildcards.
type Filter struct {
	Name   *string
	Values []string
}

// DescribeRegionsOutput is the answer of EC2's DescribeRegions.
type DescribeRegionsOutput struct{ Regions []Region }

// Region is a Region as EC2 describes it.
type Region struct {
	OptInStatus *string
	RegionName  *string
	Endpoint    *string
	Geography   []Geography
}

// Geography is the country of a Region.
type Geography struct{ Name *string }

// DescribeAccountAttributesInput is the request of EC2's DescribeAccountAttributes.
type DescribeAccountAttributesInput struct {
	DryRun         *bool
	AttributeNames []string
}

// DescribeAccountAttributesOutput is the answer of EC2's DescribeAccountAttributes.
type DescribeAccountAttributesOutput struct{ AccountAttributes []Attribute }

// Attribute is one attribute of an account.
type Attribute struct {
	AttributeName   *string
	AttributeValues []AttributeValue
}

// AttributeValue is one value of an attribute.
type AttributeValue struct{ AttributeValue *string }

func dryRun(asked *bool) error {
	if asked == nil || !*asked {
		return nil
	}
	return &api.Error{Code: "DryRunOperation", Status: 412, Message: "Request would have succeeded, but DryRun flag is set."}
}

// describeRegions lists the enabled Regions, or with AllRegions all of them. Regions asked for by name are given whatever their status.
func (s *Service) describeRegions(c *api.Call, in *DescribeRegionsInput) (*DescribeRegionsOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	for _, name := range in.RegionNames {
		if _, ok := findRegion(c.Partition, name); !ok {
			return nil, &api.Error{Code: "InvalidParameterValue", Message: "Invalid region provided: " + name}
		}
	}
	all := in.AllRegions != nil && *in.AllRegions || len(in.RegionNames) > 0
	out := &DescribeRegionsOutput{Regions: []Region{}}
	for _, r := range regions(c.Partition) {
		scope := c.Scope
		scope.Region = r.name
		if !all && !s.RegionEnabled(scope) || len(in.RegionNames) > 0 && !slices.Contains(in.RegionNames, r.name) {
			continue
		}
		d := s.describe(c, r)
		keep, err := filtered(d, in.Filters)
		if err != nil {
			return nil, err
		}
		if keep {
			out.Regions = append(out.Regions, d)
		}
	}
	return out, nil
}

func (s *Service) describe(c *api.Call, r region) Region {
	status := "opt-in-not-required"
	if r.optIn {
		status = "not-opted-in"
		scope := c.Scope
		scope.Region = r.name
		if s.RegionEnabled(scope) {
			status = "opted-in"
		}
	}
	host := "ec2." + r.name + ".amazonaws.com"
	if c.Partition == "aws-cn" {
		host += ".cn"
	}
	return Region{RegionName: &r.name, OptInStatus: &status, Endpoint: &host, Geography: []Geography{{Name: &r.geography}}}
}

func filtered(d Region, filters []Filter) (bool, error) {
	for _, f := range filters {
		if f.Name == nil {
			return false, &api.Error{Code: "InvalidParameterValue", Message: "The filter name is missing"}
		}
		value, ok := map[string]*string{"region-name": d.RegionName, "endpoint": d.Endpoint, "opt-in-status": d.OptInStatus}[*f.Name]
		if !ok {
			return false, &api.Error{Code: "InvalidParameterValue", Message: "The filter '" + *f.Name + "' is invalid"}
		}
		matches := func(pattern string) bool { m, err := path.Match(pattern, *value); return err == nil && m }
		if !slices.ContainsFunc(f.Values, matches) {
			return false, nil
		}
	}
	return true, nil
}

func (s *Service) describeAccountAttributes(_ *api.Call, in *DescribeAccountAttributesInput) (*DescribeAccountAttributesOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	out := &DescribeAccountAttributesOutput{AccountAttributes: []Attribute{}}
	for _, a := range [][2]string{{"supported-platforms", "VPC"}, {"default-vpc", "none"}} {
		if len(in.AttributeNames) == 0 || slices.Contains(in.AttributeNames, a[0]) {
			out.AccountAttributes = append(out.AccountAttributes, Attribute{AttributeName: &a[0], AttributeValues: []AttributeValue{{AttributeValue: &a[1]}}})
		}
	}
	return out, nil
}
