package awsapi

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// oversight are the clients of the services that stand around the tables.
type oversight struct {
	CloudTrail  *cloudtrail.Client
	EC2         *ec2.Client
	EventBridge *eventbridge.Client
	Lambda      *lambda.Client
}

func newOversight(cfg aws.Config, at func(*string) *string) oversight {
	return oversight{
		CloudTrail:  cloudtrail.NewFromConfig(cfg, func(o *cloudtrail.Options) { o.BaseEndpoint = at(o.BaseEndpoint) }),
		EC2:         ec2.NewFromConfig(cfg, func(o *ec2.Options) { o.BaseEndpoint = at(o.BaseEndpoint) }),
		EventBridge: eventbridge.NewFromConfig(cfg, func(o *eventbridge.Options) { o.BaseEndpoint = at(o.BaseEndpoint) }),
		Lambda:      lambda.NewFromConfig(cfg, func(o *lambda.Options) { o.BaseEndpoint = at(o.BaseEndpoint) }),
	}
}

// The shapes of EC2 that are read. Its package is large: it is imported here alone.
type (
	VpcsInput      = ec2.DescribeVpcsInput
	VpcsPage       = ec2.DescribeVpcsOutput
	EndpointsInput = ec2.DescribeVpcEndpointsInput
	EndpointsPage  = ec2.DescribeVpcEndpointsOutput
	EC2Filter      = types.Filter
	EC2Tag         = types.Tag
)
