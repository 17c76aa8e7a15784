package collect

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectNetworks reads the Region's VPCs and their endpoints for DynamoDB.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html, API_DescribeVpcEndpoints.html
func (u *unitRun) collectNetworks(ctx context.Context) {
	if !u.needs(awsapi.GroupNetworks) {
		u.unit.VPCs.Whole, u.unit.VPCEndpoints.Whole = u.skipped(awsapi.DescribeVpcs), u.skipped(awsapi.DescribeVpcEndpoints)
		return
	}
	together(func() { u.collectVPCs(ctx) }, func() { u.collectEndpoints(ctx) })
}

func (u *unitRun) collectVPCs(ctx context.Context) {
	list := &u.unit.VPCs
	list.Whole = pages[awsapi.VpcsPage]{
		fetch: func(ctx context.Context, q question, token *string) (*awsapi.VpcsPage, estate.Source, error) {
			return ask(ctx, q, u.scope.EC2.DescribeVpcs, &awsapi.VpcsInput{NextToken: token})
		},
		add: func(page *awsapi.VpcsPage, src estate.Source) {
			for _, v := range page.Vpcs {
				tags := vpcTags(v.Tags)
				name := tags["Name"]
				list.Items = append(list.Items, estate.VPC{
					ID: aws.ToString(v.VpcId), Name: text(&name, src), Default: estate.PtrFact(v.IsDefault, src), Tags: estate.KnownFact(tags, src),
				})
			}
		},
		lacks: func(page *awsapi.VpcsPage) bool { return page.Vpcs == nil },
		next:  func(page *awsapi.VpcsPage) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.DescribeVpcs})
}

func vpcTags(list []awsapi.EC2Tag) map[string]string {
	tags := map[string]string{}
	for _, t := range list {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags
}

// collectEndpoints asks for those of DynamoDB alone, with its FIPS form.
func (u *unitRun) collectEndpoints(ctx context.Context) {
	list, service := &u.unit.VPCEndpoints, "com.amazonaws."+u.scope.Region+".dynamodb"
	list.Whole = pages[awsapi.EndpointsPage]{
		fetch: func(ctx context.Context, q question, token *string) (*awsapi.EndpointsPage, estate.Source, error) {
			return ask(ctx, q, u.scope.EC2.DescribeVpcEndpoints, &awsapi.EndpointsInput{
				NextToken: token, Filters: []awsapi.EC2Filter{{Name: aws.String("service-name"), Values: []string{service, service + "-fips"}}},
			})
		},
		add: func(page *awsapi.EndpointsPage, src estate.Source) {
			for _, e := range page.VpcEndpoints {
				list.Items = append(list.Items, estate.VPCEndpoint{
					ID: aws.ToString(e.VpcEndpointId), VPC: text(e.VpcId, src), Service: text(e.ServiceName, src), Type: word(e.VpcEndpointType, src),
					State: word(strings.ToLower(string(e.State)), src), Policy: text(e.PolicyDocument, src),
				})
			}
		},
		lacks: func(page *awsapi.EndpointsPage) bool { return page.VpcEndpoints == nil },
		next:  func(page *awsapi.EndpointsPage) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.DescribeVpcEndpoints})
}
