package vpc

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

// AddVpc files a VPC under its id. It is called with the world's lock held.
func (s *Service) AddVpc(sc world.Scope, id string, isDefault bool, tags map[string]string) {
	v := &types.Vpc{
		VpcId: &id, CidrBlock: aws.String("10.0.0.0/16"), IsDefault: &isDefault, OwnerId: aws.String(sc.Account), State: types.VpcStateAvailable, Tags: []types.Tag{},
		InstanceTenancy: types.TenancyDefault, DhcpOptionsId: aws.String("default"),
	}
	for k, value := range tags {
		v.Tags = append(v.Tags, types.Tag{Key: aws.String(k), Value: aws.String(value)})
	}
	s.vpcs[key{sc, id}] = v
}

// AddEndpoint files an endpoint under its id. It is called with the world's lock held.
func (s *Service) AddEndpoint(sc world.Scope, in types.VpcEndpoint) {
	in.OwnerId, in.CreationTimestamp = aws.String(sc.Account), aws.Time(s.world.Now())
	s.endpoints[key{sc, *in.VpcEndpointId}] = &in
}
