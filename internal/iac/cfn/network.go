package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// vpc reads AWS::EC2::VPC. Its id is the symbol by which endpoints name it
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html).
func (r *resource) vpc() estate.VPC {
	k := r.properties
	tags := r.tags(or(k, k.tagList("Tags"), map[string]string{}))
	return estate.VPC{ID: r.stack.reference(r.id, ""), Name: build.Named(tags), Default: build.Known(k.b, false, r.at), Tags: tags}
}

// addEndpoint reads AWS::EC2::VPCEndpoint where it leads to DynamoDB
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html).
func (a *assembly) addEndpoint(r *resource) {
	k, list := r.properties, &a.b.Unit.VPCEndpoints
	service := k.name("ServiceName")
	name, ok := service.Get()
	switch {
	case !ok || strings.HasSuffix(name, "}"): // its end, which names the service, is not known
		list.Whole = unknownFact[bool](k.b, r.at, "to which service the endpoint leads is not known")
		return
	case !strings.HasSuffix(name, ".dynamodb") && !strings.HasSuffix(name, ".dynamodb-fips"):
		return
	}
	if !sure(r, &list.Whole) {
		return
	}
	list.Items = append(list.Items, estate.VPCEndpoint{ID: r.identity(), VPC: k.name("VpcId"), Service: service,
		Type: or(k, k.word("VpcEndpointType"), "Gateway"), State: build.Known(k.b, "available", r.at), Policy: k.document("PolicyDocument", ofResource)})
}
