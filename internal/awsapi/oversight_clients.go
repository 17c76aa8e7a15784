package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// operation is one method of a client. The clients of large services stay hidden behind those of their methods that are used: from a
// client in a field the linker keeps every method, of which EC2 alone has 800, half of the whole program.
type operation[I, O, P any] func(context.Context, *I, ...func(*P)) (*O, error)

// oversight are the calls of the services that stand around the tables.
type oversight struct {
	CloudTrail  trailOperations
	EC2         networkOperations
	EventBridge eventOperations
	Lambda      functionOperations
}

type trailOperations struct {
	DescribeTrails    operation[cloudtrail.DescribeTrailsInput, cloudtrail.DescribeTrailsOutput, cloudtrail.Options]
	GetTrailStatus    operation[cloudtrail.GetTrailStatusInput, cloudtrail.GetTrailStatusOutput, cloudtrail.Options]
	GetEventSelectors operation[cloudtrail.GetEventSelectorsInput, cloudtrail.GetEventSelectorsOutput, cloudtrail.Options]
	LookupEvents      operation[cloudtrail.LookupEventsInput, cloudtrail.LookupEventsOutput, cloudtrail.Options]
}

type networkOperations struct {
	DescribeVpcs         operation[VpcsInput, VpcsPage, ec2.Options]
	DescribeVpcEndpoints operation[EndpointsInput, EndpointsPage, ec2.Options]
}

type eventOperations struct {
	ListRules         operation[eventbridge.ListRulesInput, eventbridge.ListRulesOutput, eventbridge.Options]
	ListTargetsByRule operation[eventbridge.ListTargetsByRuleInput, eventbridge.ListTargetsByRuleOutput, eventbridge.Options]
}

type functionOperations struct {
	ListEventSourceMappings operation[lambda.ListEventSourceMappingsInput, lambda.ListEventSourceMappingsOutput, lambda.Options]
}

// VpcsInput and the types below are the shapes of EC2 that are read. Its package is large: it is imported here alone.
type VpcsInput = ec2.DescribeVpcsInput

// VpcsPage is a page of VPCs.
type VpcsPage = ec2.DescribeVpcsOutput

// EndpointsInput asks for VPC endpoints.
type EndpointsInput = ec2.DescribeVpcEndpointsInput

// EndpointsPage is a page of VPC endpoints.
type EndpointsPage = ec2.DescribeVpcEndpointsOutput

// EC2Filter narrows what is described.
type EC2Filter = types.Filter

// EC2Tag is a tag of a VPC.
type EC2Tag = types.Tag

func newOversight(cfg aws.Config, at func(*string) *string) oversight {
	trails := cloudtrail.NewFromConfig(cfg, func(o *cloudtrail.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	networks := ec2.NewFromConfig(cfg, func(o *ec2.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	rules := eventbridge.NewFromConfig(cfg, func(o *eventbridge.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	functions := lambda.NewFromConfig(cfg, func(o *lambda.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	return oversight{
		CloudTrail: trailOperations{
			DescribeTrails: trails.DescribeTrails, GetTrailStatus: trails.GetTrailStatus, GetEventSelectors: trails.GetEventSelectors, LookupEvents: trails.LookupEvents,
		},
		EC2:         networkOperations{DescribeVpcs: networks.DescribeVpcs, DescribeVpcEndpoints: networks.DescribeVpcEndpoints},
		EventBridge: eventOperations{ListRules: rules.ListRules, ListTargetsByRule: rules.ListTargetsByRule},
		Lambda:      functionOperations{ListEventSourceMappings: functions.ListEventSourceMappings},
	}
}
