package vpc

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/iampolicy"
)

const (
	available = types.State("available") // the model spells it with a capital letter, the service does not
	pending   = types.State("pending")
	takes     = 30 * time.Second // to make an interface endpoint; a gateway is there at once
	fullText  = `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
)

func (s *Service) createEndpoint(c *api.Call, in *ec2.CreateVpcEndpointInput) (*ec2.CreateVpcEndpointOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	vpc, service := aws.ToString(in.VpcId), aws.ToString(in.ServiceName)
	kind := in.VpcEndpointType
	if kind == "" {
		kind = types.VpcEndpointTypeGateway
	}
	if s.vpcs[key{c.Scope, vpc}] == nil {
		return nil, &api.Error{Code: "InvalidVpcId.NotFound", Message: "The Vpc Id " + vpc + " does not exist"}
	}
	if err := knownService(service, c.Region, kind); err != nil {
		return nil, err
	}
	policy, err := checkPolicy(in.PolicyDocument)
	if err != nil {
		return nil, err
	}
	for _, e := range inOrder(s.endpoints, c.Scope) {
		if kind == types.VpcEndpointTypeGateway && *e.VpcId == vpc && *e.ServiceName == service && e.VpcEndpointType == kind && sharesTable(e.RouteTableIds, in.RouteTableIds) {
			return nil, &api.Error{Code: "RouteAlreadyExists", Message: "route table already has a route with destination-prefix-list-id for " + service}
		}
	}
	e := &types.VpcEndpoint{
		VpcEndpointId: aws.String("vpce-" + s.world.Hex(16)), VpcEndpointType: kind, VpcId: &vpc, ServiceName: &service, State: available, PolicyDocument: &policy,
		RouteTableIds: orEmpty(in.RouteTableIds), SubnetIds: orEmpty(in.SubnetIds), Groups: groups(in.SecurityGroupIds), NetworkInterfaceIds: []string{},
		DnsEntries: []types.DnsEntry{}, PrivateDnsEnabled: aws.Bool(aws.ToBool(in.PrivateDnsEnabled)), RequesterManaged: aws.Bool(false), OwnerId: aws.String(c.Account),
		CreationTimestamp: aws.Time(s.world.Now()), Tags: tagsFor(in.TagSpecifications, types.ResourceTypeVpcEndpoint), ServiceRegion: aws.String(c.Region),
	}
	if kind == types.VpcEndpointTypeInterface {
		e.State = pending
		s.world.After(takes, func() {
			if e.State == pending {
				e.State = available
			}
		})
	}
	s.endpoints[key{c.Scope, *e.VpcEndpointId}] = e
	return &ec2.CreateVpcEndpointOutput{VpcEndpoint: e, ClientToken: in.ClientToken}, nil
}

// knownService: gateways lead to DynamoDB and S3 alone.
func knownService(service, region string, kind types.VpcEndpointType) error {
	name, ok := strings.CutPrefix(service, "com.amazonaws."+region+".")
	gateway := name == "dynamodb" || name == "s3"
	switch {
	case !ok || name == "":
		return &api.Error{Code: "InvalidServiceName", Message: "The Vpc Endpoint Service '" + service + "' does not exist"}
	case kind != types.VpcEndpointTypeGateway && kind != types.VpcEndpointTypeInterface, kind == types.VpcEndpointTypeGateway && !gateway:
		return &api.Error{Code: "InvalidParameter", Message: "Endpoint type (" + string(kind) + ") does not match available service types."}
	}
	return nil
}

func checkPolicy(text *string) (string, error) {
	if text == nil || *text == "" {
		return fullText, nil
	}
	if _, err := iampolicy.Parse(iampolicy.Resource, *text); err != nil {
		return "", &api.Error{Code: "InvalidPolicyDocument", Message: "The policy document is not valid: " + err.Error()}
	}
	return *text, nil
}

func sharesTable(a, b []string) bool {
	return len(a) == 0 && len(b) == 0 || slices.ContainsFunc(a, func(id string) bool { return slices.Contains(b, id) })
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func groups(ids []string) []types.SecurityGroupIdentifier {
	out := []types.SecurityGroupIdentifier{}
	for _, id := range ids {
		out = append(out, types.SecurityGroupIdentifier{GroupId: &id})
	}
	return out
}

func endpointID(e *types.VpcEndpoint) string { return *e.VpcEndpointId }

func noEndpoint(id string) error {
	return &api.Error{Code: "InvalidVpcEndpointId.NotFound", Message: "The Vpc Endpoint Id '" + id + "' does not exist"}
}

func (s *Service) describeEndpoints(c *api.Call, in *ec2.DescribeVpcEndpointsInput) (*ec2.DescribeVpcEndpointsOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	list, err := wanted(inOrder(s.endpoints, c.Scope), in.VpcEndpointIds, endpointID, noEndpoint)
	if err != nil {
		return nil, err
	}
	var found []*types.VpcEndpoint
	for _, e := range list {
		keep, err := passes(in.Filters, e.Tags, map[string]string{
			"vpc-endpoint-id": *e.VpcEndpointId, "vpc-id": *e.VpcId, "service-name": *e.ServiceName, "vpc-endpoint-type": string(e.VpcEndpointType),
			"vpc-endpoint-state": string(e.State),
		})
		if err != nil {
			return nil, err
		}
		if keep {
			found = append(found, e)
		}
	}
	page, next, err := cut(found, endpointID, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &ec2.DescribeVpcEndpointsOutput{VpcEndpoints: page, NextToken: next}, nil
}

func (s *Service) modifyEndpoint(c *api.Call, in *ec2.ModifyVpcEndpointInput) (*ec2.ModifyVpcEndpointOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	e := s.endpoints[key{c.Scope, aws.ToString(in.VpcEndpointId)}]
	if e == nil {
		return nil, noEndpoint(aws.ToString(in.VpcEndpointId))
	}
	policy, err := checkPolicy(in.PolicyDocument)
	if err != nil {
		return nil, err
	}
	if in.PolicyDocument != nil || aws.ToBool(in.ResetPolicy) {
		e.PolicyDocument = &policy
	}
	e.RouteTableIds = changed(e.RouteTableIds, in.AddRouteTableIds, in.RemoveRouteTableIds)
	e.SubnetIds = changed(e.SubnetIds, in.AddSubnetIds, in.RemoveSubnetIds)
	if in.PrivateDnsEnabled != nil {
		e.PrivateDnsEnabled = in.PrivateDnsEnabled
	}
	return &ec2.ModifyVpcEndpointOutput{Return: aws.Bool(true)}, nil
}

func changed(list, add, remove []string) []string {
	out := []string{}
	for _, id := range append(slices.Clone(list), add...) {
		if !slices.Contains(remove, id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// deleteEndpoints tells of those that do not exist, and deletes the others.
func (s *Service) deleteEndpoints(c *api.Call, in *ec2.DeleteVpcEndpointsInput) (*ec2.DeleteVpcEndpointsOutput, error) {
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	out := &ec2.DeleteVpcEndpointsOutput{Unsuccessful: []types.UnsuccessfulItem{}}
	for _, id := range in.VpcEndpointIds {
		at := key{c.Scope, id}
		if s.endpoints[at] == nil {
			out.Unsuccessful = append(out.Unsuccessful, types.UnsuccessfulItem{ResourceId: &id, Error: &types.UnsuccessfulItemError{
				Code: aws.String("InvalidVpcEndpoint.NotFound"), Message: aws.String("The Vpc Endpoint Id '" + id + "' does not exist")}})
			continue
		}
		delete(s.endpoints, at)
	}
	return out, nil
}
