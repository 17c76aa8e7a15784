// Package vpc simulates EC2's VPCs and their endpoints as records. No VPC exists of itself, not even the default one.
package vpc

import (
	"maps"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Service is the networks of all accounts and Regions.
type Service struct {
	world     *world.World
	vpcs      map[key]*types.Vpc
	endpoints map[key]*types.VpcEndpoint
}

type key struct {
	scope world.Scope
	id    string
}

// New makes an EC2 without VPCs.
func New(w *world.World) *Service {
	return &Service{world: w, vpcs: map[key]*types.Vpc{}, endpoints: map[key]*types.VpcEndpoint{}}
}

// Operations belong to EC2's service (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/). Most describe calls are let through at 20 a
// second once a bucket of 100 is used up (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html).
func (s *Service) Operations() []api.Operation {
	return []api.Operation{
		api.Op("CreateVpc", anything[ec2.CreateVpcInput]("CreateVpc", "vpc/*"), s.createVpc),
		api.Op("DescribeVpcs", nil, s.describeVpcs),
		api.Op("DeleteVpc", func(c *api.Call, in *ec2.DeleteVpcInput) []api.Access {
			return []api.Access{{Action: "ec2:DeleteVpc", Resource: c.ARN("ec2", "vpc/"+aws.ToString(in.VpcId))}}
		}, s.deleteVpc),
		api.Op("CreateVpcEndpoint", anything[ec2.CreateVpcEndpointInput]("CreateVpcEndpoint", "vpc-endpoint/*"), s.createEndpoint),
		api.Op("DescribeVpcEndpoints", nil, s.describeEndpoints),
		api.Op("ModifyVpcEndpoint", func(c *api.Call, in *ec2.ModifyVpcEndpointInput) []api.Access {
			return []api.Access{{Action: "ec2:ModifyVpcEndpoint", Resource: c.ARN("ec2", "vpc-endpoint/"+aws.ToString(in.VpcEndpointId))}}
		}, s.modifyEndpoint),
		api.Op("DeleteVpcEndpoints", func(c *api.Call, in *ec2.DeleteVpcEndpointsInput) []api.Access {
			var out []api.Access
			for _, id := range in.VpcEndpointIds {
				out = append(out, api.Access{Action: "ec2:DeleteVpcEndpoints", Resource: c.ARN("ec2", "vpc-endpoint/"+id)})
			}
			return out
		}, s.deleteEndpoints),
	}
}

func anything[I any](name, resource string) func(*api.Call, *I) []api.Access {
	return func(c *api.Call, _ *I) []api.Access {
		return []api.Access{{Action: "ec2:" + name, Resource: c.ARN("ec2", resource)}}
	}
}

func dryRun(asked *bool) error {
	if !aws.ToBool(asked) {
		return nil
	}
	return &api.Error{Code: "DryRunOperation", Status: 412, Message: "Request would have succeeded, but DryRun flag is set."}
}

func invalid(message string) error {
	return &api.Error{Code: "InvalidParameterValue", Message: message}
}

func (s *Service) createVpc(c *api.Call, in *ec2.CreateVpcInput) (*ec2.CreateVpcOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	block, err := netip.ParsePrefix(aws.ToString(in.CidrBlock))
	if err != nil || !block.Addr().Is4() {
		return nil, invalid("Value (" + aws.ToString(in.CidrBlock) + ") for parameter cidrBlock is invalid. This is not a valid CIDR block.")
	}
	if block.Bits() < 16 || block.Bits() > 28 {
		return nil, &api.Error{Code: "InvalidVpc.Range", Message: "The CIDR '" + block.String() + "' is invalid."}
	}
	tenancy := in.InstanceTenancy
	if tenancy == "" {
		tenancy = types.TenancyDefault
	}
	text := block.Masked().String()
	v := &types.Vpc{
		VpcId: aws.String("vpc-" + s.world.Hex(16)), CidrBlock: &text, DhcpOptionsId: aws.String("default"), InstanceTenancy: tenancy, IsDefault: aws.Bool(false),
		OwnerId: aws.String(c.Account), State: types.VpcStateAvailable, Tags: tagsFor(in.TagSpecifications, types.ResourceTypeVpc),
		CidrBlockAssociationSet: []types.VpcCidrBlockAssociation{{AssociationId: aws.String("vpc-cidr-assoc-" + s.world.Hex(16)), CidrBlock: &text,
			CidrBlockState: &types.VpcCidrBlockState{State: types.VpcCidrBlockStateCodeAssociated}}},
		Ipv6CidrBlockAssociationSet: []types.VpcIpv6CidrBlockAssociation{},
	}
	s.vpcs[key{c.Scope, *v.VpcId}] = v
	return &ec2.CreateVpcOutput{Vpc: v}, nil
}

func tagsFor(specifications []types.TagSpecification, of types.ResourceType) []types.Tag {
	tags := []types.Tag{}
	for _, spec := range specifications {
		if spec.ResourceType == of {
			tags = append(tags, spec.Tags...)
		}
	}
	return tags
}

// inOrder lists what a scope has of a kind, by id.
func inOrder[T any](all map[key]*T, sc world.Scope) []*T {
	var keys []key
	for k := range maps.Keys(all) {
		if k.scope == sc {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return strings.Compare(a.id, b.id) })
	var out []*T
	for _, k := range keys {
		out = append(out, all[k])
	}
	return out
}

// wanted keeps what is asked for by id and filters. Ids that do not exist are an error, filters that match nothing are not.
func wanted[T any](list []*T, ids []string, id func(*T) string, missing func(string) error) ([]*T, error) {
	if len(ids) == 0 {
		return list, nil
	}
	var out []*T
	for _, asked := range ids {
		i := slices.IndexFunc(list, func(v *T) bool { return id(v) == asked })
		if i < 0 {
			return nil, missing(asked)
		}
		out = append(out, list[i])
	}
	return out, nil
}

// passes reports whether a resource passes every filter. values tells a filter's values of it; a filter that is not known is an error.
func passes(filters []types.Filter, tags []types.Tag, values map[string]string) (bool, error) {
	for _, f := range filters {
		name := aws.ToString(f.Name)
		var have []string
		switch v, known := values[name]; {
		case known:
			have = []string{v}
		case name == "tag-key":
			for _, t := range tags {
				have = append(have, aws.ToString(t.Key))
			}
		case strings.HasPrefix(name, "tag:"):
			for _, t := range tags {
				if "tag:"+aws.ToString(t.Key) == name {
					have = append(have, aws.ToString(t.Value))
				}
			}
		default:
			return false, invalid("The filter '" + name + "' is invalid")
		}
		if !anyMatches(f.Values, have) {
			return false, nil
		}
	}
	return true, nil
}

func anyMatches(patterns, values []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		return slices.ContainsFunc(values, func(v string) bool {
			matched, err := path.Match(strings.ReplaceAll(p, "/", "\x00"), strings.ReplaceAll(v, "/", "\x00"))
			return err == nil && matched
		})
	})
}

const mostResults = 1000

// cut makes one page. EC2 gives everything when no size is asked for, up to a thousand.
func cut[T any](list []*T, id func(*T) string, token *string, size *int32) ([]T, *string, error) {
	page, next, ok := paging.Cut(list, id, token, paging.Size(size, mostResults, mostResults))
	if !ok {
		return nil, nil, &api.Error{Code: "InvalidNextToken", Message: "The token is not valid."}
	}
	out := []T{}
	for _, v := range page {
		out = append(out, *v)
	}
	return out, next, nil
}

func vpcID(v *types.Vpc) string { return *v.VpcId }

func noVpc(id string) error {
	return &api.Error{Code: "InvalidVpcID.NotFound", Message: "The vpc ID '" + id + "' does not exist"}
}

func (s *Service) describeVpcs(c *api.Call, in *ec2.DescribeVpcsInput) (*ec2.DescribeVpcsOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	list, err := wanted(inOrder(s.vpcs, c.Scope), in.VpcIds, vpcID, noVpc)
	if err != nil {
		return nil, err
	}
	var found []*types.Vpc
	for _, v := range list {
		keep, err := passes(in.Filters, v.Tags, map[string]string{
			"vpc-id": *v.VpcId, "cidr": *v.CidrBlock, "state": string(v.State), "owner-id": *v.OwnerId, "is-default": strconv.FormatBool(*v.IsDefault), "isDefault": strconv.FormatBool(*v.IsDefault),
		})
		if err != nil {
			return nil, err
		}
		if keep {
			found = append(found, v)
		}
	}
	page, next, err := cut(found, vpcID, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &ec2.DescribeVpcsOutput{Vpcs: page, NextToken: next}, nil
}

func (s *Service) deleteVpc(c *api.Call, in *ec2.DeleteVpcInput) (*ec2.DeleteVpcOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	at := key{c.Scope, aws.ToString(in.VpcId)}
	if s.vpcs[at] == nil {
		return nil, noVpc(at.id)
	}
	for _, e := range inOrder(s.endpoints, c.Scope) {
		if *e.VpcId == at.id {
			return nil, &api.Error{Code: "DependencyViolation", Message: "The vpc '" + at.id + "' has dependencies and cannot be deleted."}
		}
	}
	delete(s.vpcs, at)
	return &ec2.DeleteVpcOutput{}, nil
}
