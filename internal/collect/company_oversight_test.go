package collect_test

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const (
	trailARN  = "arn:aws:cloudtrail:us-east-1:111122223333:trail/all"
	streamARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/t0000/stream/2026-01-01T00:00:00.000"
	destroyed = `{"userIdentity":{"arn":"arn:aws:iam::111122223333:user/ann"},"sourceIPAddress":"192.0.2.1","requestParameters":{"backupArn":"arn:b"}}`
	switched  = `{"userIdentity":{"invokedBy":"config.amazonaws.com"},"errorCode":"AccessDenied","requestParameters":{"tableName":"t0000","pointInTimeRecoverySpecification":{"pointInTimeRecoveryEnabled":%t}}}`
)

func (c *company) cloudtrail() api.Service {
	return api.Service{Name: "cloudtrail", Model: "cloudtrail", Throttle: api.Error{Code: "ThrottlingException", Message: "Rate exceeded"}, Operations: []api.Operation{
		api.Op("DescribeTrails", nil, func(*api.Call, *cloudtrail.DescribeTrailsInput) (*cloudtrail.DescribeTrailsOutput, error) {
			return &cloudtrail.DescribeTrailsOutput{TrailList: []trailtypes.Trail{{TrailARN: aws.String(trailARN), Name: aws.String("all"), HomeRegion: aws.String("us-east-1"),
				IsMultiRegionTrail: aws.Bool(true), IsOrganizationTrail: aws.Bool(false), S3BucketName: aws.String("logs")}}}, nil
		}),
		api.Op("GetTrailStatus", nil, func(_ *api.Call, in *cloudtrail.GetTrailStatusInput) (*cloudtrail.GetTrailStatusOutput, error) {
			if *in.Name != trailARN { // the shadow of another Region's trail goes by its ARN alone
				return nil, &api.Error{Code: "TrailNotFoundException", Message: "Unknown trail"}
			}
			return &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(true), LatestDeliveryError: aws.String("AccessDenied")}, nil
		}),
		api.Op("GetEventSelectors", nil, func(*api.Call, *cloudtrail.GetEventSelectorsInput) (*cloudtrail.GetEventSelectorsOutput, error) {
			return &cloudtrail.GetEventSelectorsOutput{TrailARN: aws.String(trailARN),
				EventSelectors: []trailtypes.EventSelector{{ReadWriteType: trailtypes.ReadWriteTypeWriteOnly, IncludeManagementEvents: aws.Bool(true), ExcludeManagementEventSources: []string{"kms.amazonaws.com"},
					DataResources: []trailtypes.DataResource{{Type: aws.String("AWS::DynamoDB::Table"), Values: []string{"arn:aws:dynamodb"}}}}},
				AdvancedEventSelectors: []trailtypes.AdvancedEventSelector{{Name: aws.String("data"), FieldSelectors: []trailtypes.AdvancedFieldSelector{{Field: aws.String("eventCategory"), Equals: []string{"Data"}}}}},
			}, nil
		}),
		api.Op("LookupEvents", nil, lookupEvents),
	}}
}

// lookupEvents has a second page, and on it calls of the same names that destroy nothing.
func lookupEvents(_ *api.Call, in *cloudtrail.LookupEventsInput) (*cloudtrail.LookupEventsOutput, error) {
	name := *in.LookupAttributes[0].AttributeValue
	event := func(id, source, record string) trailtypes.Event {
		return trailtypes.Event{EventId: aws.String(id), EventName: &name, EventSource: aws.String(source), EventTime: aws.Time(start.AddDate(0, 0, -2)), Username: aws.String("root"), CloudTrailEvent: &record}
	}
	switch {
	case name == "DeleteBackup" && in.NextToken == nil:
		return &cloudtrail.LookupEventsOutput{Events: []trailtypes.Event{event("e1", "dynamodb.amazonaws.com", destroyed)}, NextToken: aws.String("2")}, nil
	case name == "DeleteBackup":
		return &cloudtrail.LookupEventsOutput{Events: []trailtypes.Event{event("e2", "fsx.amazonaws.com", destroyed), event("e3", "dynamodb.amazonaws.com", "no JSON")}}, nil
	case name == "UpdateContinuousBackups":
		return &cloudtrail.LookupEventsOutput{Events: []trailtypes.Event{
			event("e4", "dynamodb.amazonaws.com", fmt.Sprintf(switched, true)), event("e5", "dynamodb.amazonaws.com", fmt.Sprintf(switched, false))}}, nil
	}
	return &cloudtrail.LookupEventsOutput{Events: []trailtypes.Event{}}, nil
}

func (c *company) ec2() api.Service {
	return api.Service{Name: "ec2", Model: "ec2", Throttle: api.Error{Code: "RequestLimitExceeded", Message: "Request limit exceeded.", Status: 503}, Operations: []api.Operation{
		api.Op("DescribeVpcs", nil, func(*api.Call, *ec2.DescribeVpcsInput) (*ec2.DescribeVpcsOutput, error) {
			return &ec2.DescribeVpcsOutput{Vpcs: []ec2types.Vpc{{VpcId: aws.String("vpc-1"), IsDefault: aws.Bool(true), Tags: []ec2types.Tag{{Key: aws.String("Name"), Value: aws.String("shop")}}}}}, nil
		}),
		api.Op("DescribeVpcEndpoints", nil, func(_ *api.Call, in *ec2.DescribeVpcEndpointsInput) (*ec2.DescribeVpcEndpointsOutput, error) {
			return &ec2.DescribeVpcEndpointsOutput{VpcEndpoints: []ec2types.VpcEndpoint{{VpcEndpointId: aws.String("vpce-1"), VpcId: aws.String("vpc-1"), ServiceName: &in.Filters[0].Values[0],
				VpcEndpointType: ec2types.VpcEndpointTypeGateway, State: "available", PolicyDocument: aws.String("{}")}}}, nil
		}),
	}}
}

func (c *company) events() api.Service {
	return api.Service{Name: "events", Model: "events", Throttle: api.Error{Code: "ThrottlingException", Message: "Rate exceeded"}, Operations: []api.Operation{
		api.Op("ListRules", nil, func(*api.Call, *eventbridge.ListRulesInput) (*eventbridge.ListRulesOutput, error) {
			rule := func(name, pattern string) eventtypes.Rule {
				return eventtypes.Rule{Name: &name, Arn: aws.String("arn:rule/" + name), State: eventtypes.RuleStateEnabled, EventPattern: &pattern}
			}
			return &eventbridge.ListRulesOutput{Rules: []eventtypes.Rule{
				rule("jobs", `{"source":["aws.backup"]}`), rule("instances", `{"source":["aws.ec2"]}`), rule("odd", `{"source":"aws.backup"}`),
				{Name: aws.String("nightly"), Arn: aws.String("arn:rule/nightly"), ScheduleExpression: aws.String("rate(1 day)"), State: eventtypes.RuleStateEnabled},
			}}, nil
		}),
		api.Op("ListTargetsByRule", nil, func(_ *api.Call, in *eventbridge.ListTargetsByRuleInput) (*eventbridge.ListTargetsByRuleOutput, error) {
			out := &eventbridge.ListTargetsByRuleOutput{Targets: []eventtypes.Target{}}
			if *in.Rule == "jobs" {
				out.Targets = append(out.Targets, eventtypes.Target{Id: aws.String("1"), Arn: aws.String("arn:sns")})
			}
			return out, nil
		}),
	}}
}

func (c *company) lambda() api.Service {
	return api.Service{Name: "lambda", Model: "lambda", Throttle: api.Error{Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: 429}, Operations: []api.Operation{
		api.Op("ListEventSourceMappings", nil, func(*api.Call, *lambda.ListEventSourceMappingsInput) (*lambda.ListEventSourceMappingsOutput, error) {
			return &lambda.ListEventSourceMappingsOutput{EventSourceMappings: []lambdatypes.EventSourceMappingConfiguration{
				{UUID: aws.String("m1"), EventSourceArn: aws.String(streamARN), FunctionArn: aws.String("arn:f"), State: aws.String("Enabled"), LastProcessingResult: aws.String("OK")},
				{UUID: aws.String("m2"), EventSourceArn: aws.String("arn:aws:sqs:eu-west-1:111122223333:q"), FunctionArn: aws.String("arn:f"), State: aws.String("Enabled")},
			}}, nil
		}),
	}}
}

func (c *company) organizations() api.Service {
	return api.Service{Name: "organizations", Model: "organizations", Throttle: api.Error{Code: "TooManyRequestsException", Message: "Rate exceeded"}, Operations: []api.Operation{
		api.Op("DescribeEffectivePolicy", nil, func(*api.Call, *organizations.DescribeEffectivePolicyInput) (*organizations.DescribeEffectivePolicyOutput, error) {
			if c.policy == "" {
				return &organizations.DescribeEffectivePolicyOutput{EffectivePolicy: &orgtypes.EffectivePolicy{PolicyContent: aws.String(`{"plans":{}}`)}}, nil
			}
			return nil, &api.Error{Code: c.policy, Message: "none"}
		}),
	}}
}

func reportPlans() api.Operation {
	return api.Op("ListReportPlans", nil, func(*api.Call, *backup.ListReportPlansInput) (*backup.ListReportPlansOutput, error) {
		return &backup.ListReportPlansOutput{ReportPlans: []backuptypes.ReportPlan{{ReportPlanArn: aws.String("arn:report"), ReportPlanName: aws.String("jobs"), LastSuccessfulExecutionTime: aws.Time(start),
			ReportSetting: &backuptypes.ReportSetting{ReportTemplate: aws.String("BACKUP_JOB_REPORT")}, ReportDeliveryChannel: &backuptypes.ReportDeliveryChannel{S3BucketName: aws.String("reports")}}}}, nil
	})
}
