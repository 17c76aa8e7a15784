package estatebridge

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkbackup "github.com/aws/aws-sdk-go-v2/service/backup"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/estate"
)

// historyDays is how far back the event history is written down.
const historyDays = 30

func (r *reader) readOversight() error {
	for _, step := range []func() error{r.readTrails, r.readActions, r.readEventRules, r.readStreamReaders, r.readNetworks, r.readReportPlans, r.readEffectivePolicy} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) readTrails() error {
	out, err := inside.Ask[ct.DescribeTrailsOutput](r.hand, r.sc, "cloudtrail", &ct.DescribeTrailsInput{})
	if err != nil {
		return err
	}
	src := r.of("cloudtrail:DescribeTrails")
	r.unit.Trails.Whole = r.whole("cloudtrail:DescribeTrails")
	for i := range out.TrailList {
		m := &out.TrailList[i]
		t := estate.Trail{
			ID: value(m.TrailARN), ARN: text(m.TrailARN, src), Name: text(m.Name, src), HomeRegion: text(m.HomeRegion, src), MultiRegion: estate.PtrFact(m.IsMultiRegionTrail, src),
			Organization: estate.PtrFact(m.IsOrganizationTrail, src), Bucket: text(m.S3BucketName, src), LogGroup: text(m.CloudWatchLogsLogGroupArn, src),
		}
		if err := r.readTrail(&t); err != nil {
			return err
		}
		r.unit.Trails.Items = append(r.unit.Trails.Items, t)
	}
	return nil
}

func (r *reader) readTrail(t *estate.Trail) error {
	status, err := inside.Ask[ct.GetTrailStatusOutput](r.hand, r.sc, "cloudtrail", &ct.GetTrailStatusInput{Name: &t.ID})
	if err != nil {
		return err
	}
	src := r.of("cloudtrail:GetTrailStatus")
	t.Logging, t.DeliveryError = estate.PtrFact(status.IsLogging, src), text(status.LatestDeliveryError, src)
	chosen, err := inside.Ask[ct.GetEventSelectorsOutput](r.hand, r.sc, "cloudtrail", &ct.GetEventSelectorsInput{TrailName: &t.ID})
	if err != nil {
		return err
	}
	src = r.of("cloudtrail:GetEventSelectors")
	t.Selectors.Whole, t.Advanced.Whole = r.whole("cloudtrail:GetEventSelectors"), r.whole("cloudtrail:GetEventSelectors")
	for i, s := range chosen.EventSelectors {
		data := []estate.DataResource{}
		for _, d := range s.DataResources {
			data = append(data, estate.DataResource{Type: value(d.Type), Values: d.Values})
		}
		t.Selectors.Items = append(t.Selectors.Items, estate.EventSelector{
			ID: t.ID + "/" + strconv.Itoa(i), ReadWrite: word(s.ReadWriteType, src), Management: estate.PtrFact(s.IncludeManagementEvents, src),
			Excluded: whole(s.ExcludeManagementEventSources, src), Data: estate.KnownFact(data, src),
		})
	}
	for i, s := range chosen.AdvancedEventSelectors {
		t.Advanced.Items = append(t.Advanced.Items, estate.AdvancedSelector{ID: t.ID + "/" + strconv.Itoa(i), Name: text(s.Name, src), Fields: estate.KnownFact(fieldsOf(s), src)})
	}
	return nil
}

func fieldsOf(s types.AdvancedEventSelector) []estate.SelectorField {
	fields := []estate.SelectorField{}
	for _, f := range s.FieldSelectors {
		fields = append(fields, estate.SelectorField{
			Field: value(f.Field), Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith, NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith,
		})
	}
	return fields
}

func (r *reader) readActions() error {
	src := r.of("cloudtrail:LookupEvents")
	since := r.now.Time().AddDate(0, 0, -historyDays).Truncate(24 * time.Hour)
	r.unit.Actions.Whole, r.unit.ActionsSince = r.whole("cloudtrail:LookupEvents"), estate.KnownFact(estate.At(since), src)
	for _, d := range r.CloudTrail.Destructions(r.sc, since) {
		r.unit.Actions.Items = append(r.unit.Actions.Items, estate.RecordedAction{
			ID: d.ID, Name: text(&d.Name, src), At: instant(&d.At, src), By: text(&d.By, src), About: text(&d.About, src), Error: text(&d.Error, src), SourceIP: text(&d.SourceIP, src),
		})
	}
	return nil
}

// readEventRules leaves out what cannot concern backups, as a scan does: whatever names neither of the two services.
func (r *reader) readEventRules() error {
	r.unit.EventRules.Whole = r.whole("events:ListRules")
	in := &eb.ListRulesInput{}
	for {
		out, err := inside.Ask[eb.ListRulesOutput](r.hand, r.sc, "events", in)
		if err != nil {
			return err
		}
		for _, m := range out.Rules {
			if p := value(m.EventPattern); !strings.Contains(p, "aws.backup") && !strings.Contains(p, "aws.dynamodb") {
				continue
			}
			targets, err := inside.Ask[eb.ListTargetsByRuleOutput](r.hand, r.sc, "events", &eb.ListTargetsByRuleInput{Rule: m.Name})
			if err != nil {
				return err
			}
			src, arns := r.of("events:ListRules"), []string{}
			for _, t := range targets.Targets {
				arns = append(arns, value(t.Arn))
			}
			r.unit.EventRules.Items = append(r.unit.EventRules.Items, estate.EventRule{
				ID: value(m.Arn), ARN: text(m.Arn, src), Name: text(m.Name, src), State: word(m.State, src), Pattern: text(m.EventPattern, src),
				Targets: estate.KnownFact(arns, r.of("events:ListTargetsByRule")),
			})
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return nil
		}
	}
}

func (r *reader) readStreamReaders() error {
	src := r.of("lambda:ListEventSourceMappings")
	r.unit.StreamReaders.Whole = r.whole("lambda:ListEventSourceMappings")
	in := &lambda.ListEventSourceMappingsInput{}
	for {
		out, err := inside.Ask[lambda.ListEventSourceMappingsOutput](r.hand, r.sc, "lambda", in)
		if err != nil {
			return err
		}
		for _, m := range out.EventSourceMappings {
			r.unit.StreamReaders.Items = append(r.unit.StreamReaders.Items, estate.StreamReader{
				ID: value(m.UUID), Stream: text(m.EventSourceArn, src), Function: text(m.FunctionArn, src), State: text(m.State, src), Result: text(m.LastProcessingResult, src),
			})
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			return nil
		}
	}
}

func (r *reader) readNetworks() error {
	vpcs, err := inside.Ask[ec2.DescribeVpcsOutput](r.hand, r.sc, "ec2", &ec2.DescribeVpcsInput{})
	if err != nil {
		return err
	}
	src := r.of("ec2:DescribeVpcs")
	r.unit.VPCs.Whole = r.whole("ec2:DescribeVpcs")
	for _, v := range vpcs.Vpcs {
		tags := map[string]string{}
		for _, t := range v.Tags {
			tags[value(t.Key)] = value(t.Value)
		}
		r.unit.VPCs.Items = append(r.unit.VPCs.Items, estate.VPC{ID: value(v.VpcId), Name: text(aws.String(tags["Name"]), src), Default: estate.PtrFact(v.IsDefault, src), Tags: mapping(tags, src)})
	}
	endpoints, err := inside.Ask[ec2.DescribeVpcEndpointsOutput](r.hand, r.sc, "ec2", &ec2.DescribeVpcEndpointsInput{})
	if err != nil {
		return err
	}
	src = r.of("ec2:DescribeVpcEndpoints")
	r.unit.VPCEndpoints.Whole = r.whole("ec2:DescribeVpcEndpoints")
	for _, e := range endpoints.VpcEndpoints {
		if !strings.HasSuffix(value(e.ServiceName), "."+r.sc.Region+".dynamodb") {
			continue
		}
		r.unit.VPCEndpoints.Items = append(r.unit.VPCEndpoints.Items, estate.VPCEndpoint{
			ID: value(e.VpcEndpointId), VPC: text(e.VpcId, src), Service: text(e.ServiceName, src), Type: word(e.VpcEndpointType, src), State: word(e.State, src), Policy: text(e.PolicyDocument, src),
		})
	}
	return nil
}

func (r *reader) readReportPlans() error {
	out, err := inside.Ask[sdkbackup.ListReportPlansOutput](r.hand, r.sc, "backup", &sdkbackup.ListReportPlansInput{})
	if err != nil {
		return err
	}
	src := r.of("backup:ListReportPlans")
	r.unit.ReportPlans.Whole = r.whole("backup:ListReportPlans")
	for _, p := range out.ReportPlans {
		m := estate.ReportPlan{
			ID: value(p.ReportPlanArn), Name: text(p.ReportPlanName, src), LastAttempt: instant(p.LastAttemptedExecutionTime, src), LastSuccess: instant(p.LastSuccessfulExecutionTime, src),
			Template: estate.AbsentFact[string](src), Bucket: estate.AbsentFact[string](src),
		}
		if p.ReportSetting != nil {
			m.Template = text(p.ReportSetting.ReportTemplate, src)
		}
		if p.ReportDeliveryChannel != nil {
			m.Bucket = text(p.ReportDeliveryChannel.S3BucketName, src)
		}
		r.unit.ReportPlans.Items = append(r.unit.ReportPlans.Items, m)
	}
	return nil
}

// readEffectivePolicy is read in the account's home alone. That there is none, and that there is no organisation, are answers.
func (r *reader) readEffectivePolicy() error {
	if !r.home {
		return nil
	}
	src := r.of("organizations:DescribeEffectivePolicy")
	out, err := inside.Ask[org.DescribeEffectivePolicyOutput](r.hand, r.sc, "organizations", &org.DescribeEffectivePolicyInput{PolicyType: orgtypes.EffectivePolicyTypeBackupPolicy})
	var refused *api.Error
	switch {
	case errors.As(err, &refused) && (refused.Code == "EffectivePolicyNotFoundException" || refused.Code == "AWSOrganizationsNotInUseException"):
		r.unit.EffectivePlans = estate.AbsentFact[string](src)
		return nil
	case err != nil:
		return err
	}
	r.unit.EffectivePlans = text(out.EffectivePolicy.PolicyContent, src)
	return nil
}
