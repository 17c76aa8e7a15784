package estatebridge

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/restorable/restorable/internal/awssim/cloudtrail"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// loadOversight files who would notice and what surrounds the tables. What was not collected does not exist here.
func (l *loader) loadOversight(sc world.Scope, u *estate.Unit) {
	for i := range u.Trails.Items {
		l.CloudTrail.AddTrail(trailState(&u.Trails.Items[i]))
	}
	for _, a := range slices.Backward(u.Actions.Items) { // the newest come first
		l.CloudTrail.AddDestruction(sc, cloudtrail.Destruction{
			ID: a.ID, Name: a.Name.Or(""), At: moment(a.At), By: a.By.Or(""), About: a.About.Or(""), Error: a.Error.Or(""), SourceIP: a.SourceIP.Or(""),
		})
	}
	for i := range u.EventRules.Items {
		r := &u.EventRules.Items[i]
		if !r.Name.IsKnown() || !r.Pattern.IsKnown() {
			l.say("%s: rule %s of EventBridge is not known well enough; it does not exist here", place(sc), r.ID)
			continue
		}
		l.Events.AddRule(sc, eventtypes.Rule{Name: ptr(r.Name), EventPattern: ptr(r.Pattern), State: eventtypes.RuleState(r.State.Or("ENABLED"))}, r.Targets.Or(nil))
	}
	for i := range u.StreamReaders.Items {
		r := &u.StreamReaders.Items[i]
		if !r.Stream.IsKnown() || !r.Function.IsKnown() {
			l.say("%s: event source mapping %s is not known well enough; it does not exist here", place(sc), r.ID)
			continue
		}
		l.Lambda.AddMapping(sc, lambdatypes.EventSourceMappingConfiguration{
			UUID: &r.ID, EventSourceArn: ptr(r.Stream), FunctionArn: ptr(r.Function), State: aws.String(r.State.Or("Enabled")), LastProcessingResult: ptr(r.Result),
		})
	}
	l.loadNetworks(sc, u)
	for i := range u.ReportPlans.Items {
		if p := &u.ReportPlans.Items[i]; p.Name.IsKnown() {
			l.Backup.AddReportPlan(sc, reportPlanState(p))
		}
	}
	if u.EffectivePlans.IsKnown() {
		l.say("%s: the organisation whose backup policy reaches the account is not taken over", place(sc))
	}
}

func (l *loader) loadNetworks(sc world.Scope, u *estate.Unit) {
	for i := range u.VPCs.Items {
		v := &u.VPCs.Items[i]
		l.VPC.AddVpc(sc, v.ID, v.Default.Or(false), v.Tags.Or(nil))
	}
	for i := range u.VPCEndpoints.Items {
		e := &u.VPCEndpoints.Items[i]
		l.VPC.AddEndpoint(sc, ec2types.VpcEndpoint{
			VpcEndpointId: &e.ID, VpcId: aws.String(e.VPC.Or("")), ServiceName: aws.String(e.Service.Or("")), VpcEndpointType: ec2types.VpcEndpointType(e.Type.Or("Gateway")),
			State: ec2types.State(e.State.Or("available")), PolicyDocument: ptr(e.Policy),
		})
	}
}

func trailState(t *estate.Trail) cloudtrail.TrailState {
	out := cloudtrail.TrailState{
		Trail: trailtypes.Trail{
			TrailARN: aws.String(t.ID), Name: aws.String(t.Name.Or(t.ID[strings.LastIndexByte(t.ID, '/')+1:])), IsMultiRegionTrail: aws.Bool(t.MultiRegion.Or(false)), IsOrganizationTrail: aws.Bool(t.Organization.Or(false)),
			S3BucketName: ptr(t.Bucket), CloudWatchLogsLogGroupArn: ptr(t.LogGroup),
		},
		Logging: t.Logging.Or(false),
	}
	for i := range t.Selectors.Items {
		s := &t.Selectors.Items[i]
		e := trailtypes.EventSelector{
			ReadWriteType: trailtypes.ReadWriteType(s.ReadWrite.Or("All")), IncludeManagementEvents: aws.Bool(s.Management.Or(true)),
			ExcludeManagementEventSources: s.Excluded.Or([]string{}), DataResources: []trailtypes.DataResource{},
		}
		for _, d := range s.Data.Or(nil) {
			e.DataResources = append(e.DataResources, trailtypes.DataResource{Type: &d.Type, Values: d.Values})
		}
		out.Selectors = append(out.Selectors, e)
	}
	for i := range t.Advanced.Items {
		s := &t.Advanced.Items[i]
		e := trailtypes.AdvancedEventSelector{Name: ptr(s.Name)}
		for _, f := range s.Fields.Or(nil) {
			e.FieldSelectors = append(e.FieldSelectors, trailtypes.AdvancedFieldSelector{
				Field: &f.Field, Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith, NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith,
			})
		}
		out.Advanced = append(out.Advanced, e)
	}
	return out
}

func reportPlanState(p *estate.ReportPlan) backuptypes.ReportPlan {
	return backuptypes.ReportPlan{
		ReportPlanArn: &p.ID, ReportPlanName: ptr(p.Name), ReportSetting: &backuptypes.ReportSetting{ReportTemplate: ptr(p.Template)},
		ReportDeliveryChannel: &backuptypes.ReportDeliveryChannel{S3BucketName: ptr(p.Bucket)},
	}
}
