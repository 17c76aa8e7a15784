package awsapi

// The groups of facts that stand around the tables: who would notice, what surrounds them. Each is read only when a control asks for it.
const (
	GroupTrails        Group = "trails"
	GroupActions       Group = "recorded-actions"
	GroupEventRules    Group = "event-rules"
	GroupStreamReaders Group = "stream-readers"
	GroupNetworks      Group = "networks"
	GroupReportPlans   Group = "report-plans"
	GroupOrganization  Group = "organization-policy"
)

// The calls that read them.
const (
	DescribeTrails          CallID = "cloudtrail:DescribeTrails"
	GetTrailStatus          CallID = "cloudtrail:GetTrailStatus"
	GetEventSelectors       CallID = "cloudtrail:GetEventSelectors"
	LookupEvents            CallID = "cloudtrail:LookupEvents"
	ListRules               CallID = "events:ListRules"
	ListTargetsByRule       CallID = "events:ListTargetsByRule"
	ListEventSourceMappings CallID = "lambda:ListEventSourceMappings"
	DescribeVpcs            CallID = "ec2:DescribeVpcs"
	DescribeVpcEndpoints    CallID = "ec2:DescribeVpcEndpoints"
	ListReportPlans         CallID = "backup:ListReportPlans"
	DescribeEffectivePolicy CallID = "organizations:DescribeEffectivePolicy"
)

const (
	trailARN     = "arn:{partition}:cloudtrail:*:*:trail/*"
	eventRuleARN = "arn:{partition}:events:*:*:rule/*"
)

func oversightGroups() []Group {
	return []Group{GroupTrails, GroupActions, GroupEventRules, GroupStreamReaders, GroupNetworks, GroupReportPlans, GroupOrganization}
}

// oversightCalls: one call a Region each, but for the status and the selectors of each trail and the targets of each rule that concerns backups.
func oversightCalls() []Call {
	return append(trailCalls(), []Call{
		{ID: ListRules, ServiceID: "EventBridge", Resource: eventRuleARN, Buckets: []string{"events"}, Group: GroupEventRules, Facts: []string{
			"unit.event_rules", "event_rule.arn", "event_rule.name", "event_rule.state", "event_rule.pattern",
		}},
		{ID: ListTargetsByRule, ServiceID: "EventBridge", Resource: eventRuleARN, Buckets: []string{"events"}, Group: GroupEventRules, Facts: []string{"event_rule.targets"}},
		{ID: ListEventSourceMappings, ServiceID: "Lambda", Resource: "*", Buckets: []string{"lambda"}, Group: GroupStreamReaders, Facts: []string{
			"unit.stream_readers", "stream_reader.stream", "stream_reader.function", "stream_reader.state", "stream_reader.result",
		}},
		{ID: DescribeVpcs, ServiceID: "EC2", Resource: "*", Buckets: []string{"ec2"}, Group: GroupNetworks, Facts: []string{"unit.vpcs", "vpc.name", "vpc.is_default", "vpc.tags"}},
		{ID: DescribeVpcEndpoints, ServiceID: "EC2", Resource: "*", Buckets: []string{"ec2"}, Group: GroupNetworks, Facts: []string{
			"unit.vpc_endpoints", "vpc_endpoint.vpc", "vpc_endpoint.service", "vpc_endpoint.type", "vpc_endpoint.state", "vpc_endpoint.policy",
		}},
		{ID: ListReportPlans, ServiceID: "Backup", Resource: "*", Buckets: lists(ListReportPlans), Group: GroupReportPlans, Facts: []string{
			"unit.report_plans", "report_plan.name", "report_plan.template", "report_plan.bucket", "report_plan.last_attempt", "report_plan.last_success",
		}},
		{ID: DescribeEffectivePolicy, ServiceID: "Organizations", Resource: "*", Buckets: []string{"organizations"}, Group: GroupOrganization, Facts: []string{"unit.effective_backup_policy"}},
	}...)
}

func trailCalls() []Call {
	return []Call{
		{ID: DescribeTrails, ServiceID: "CloudTrail", Resource: "*", Buckets: []string{"cloudtrail"}, Group: GroupTrails, Facts: []string{
			"unit.trails", "trail.arn", "trail.name", "trail.home_region", "trail.multi_region", "trail.organization", "trail.bucket", "trail.log_group",
		}},
		{ID: GetTrailStatus, ServiceID: "CloudTrail", Resource: trailARN, Buckets: []string{"cloudtrail"}, Group: GroupTrails, Facts: []string{"trail.logging", "trail.delivery_error"}},
		{ID: GetEventSelectors, ServiceID: "CloudTrail", Resource: trailARN, Buckets: []string{"cloudtrail"}, Group: GroupTrails, Facts: []string{
			"trail.event_selectors", "event_selector.read_write", "event_selector.management", "event_selector.excluded", "event_selector.data",
			"trail.advanced_selectors", "advanced_selector.name", "advanced_selector.fields",
		}},
		{ID: LookupEvents, ServiceID: "CloudTrail", Resource: "*", Buckets: []string{"cloudtrail:LookupEvents"}, Group: GroupActions, Facts: []string{
			"unit.recorded_actions", "unit.actions_since", "recorded_action.name", "recorded_action.at", "recorded_action.by", "recorded_action.about",
			"recorded_action.error", "recorded_action.source_ip",
		}},
	}
}

// oversightRate is AWS's rate of a bucket of theirs, per account and Region; 0 for others.
// LookupEvents: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html (2 a second; the other operations 10);
// Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (15 a second for the control plane);
// EC2's describe calls are let through at 20 a second: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html.
func oversightRate(bucket string) float64 {
	switch bucket {
	case "cloudtrail:LookupEvents":
		return 2
	case "cloudtrail", "events": // EventBridge: not published
		return 10
	case "lambda":
		return 15
	case "ec2":
		return 20
	case "organizations": // not published
		return 5
	}
	return 0
}
