package backup

import (
	"maps"
	"regexp"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const maxReportPlans = 20

var reportName = regexp.MustCompile(`^[a-zA-Z][_a-zA-Z0-9]{0,255}$`)

// reportPlan is kept and shown; reports themselves are not made.
type reportPlan struct {
	name, arn   string
	seq         uint64
	description string
	created     time.Time
	delivery    *types.ReportDeliveryChannel
	setting     *types.ReportSetting
	tags        map[string]string
}

func (r *reportPlan) rank() rank { return rank{At: -int64(r.seq), Seq: r.seq} }

func (s *Service) createReportPlan(c *api.Call, in *sdk.CreateReportPlanInput) (*sdk.CreateReportPlanOutput, error) {
	a := s.area(c.Scope)
	name := deref(in.ReportPlanName)
	if !reportName.MatchString(name) {
		return nil, invalid("Invalid report plan name: %s", name)
	}
	if old, ok := a.reports[name]; ok {
		return nil, alreadyExists("Report plan with the same name already exists", old.arn, "")
	}
	if err := checkReport(in.ReportDeliveryChannel, in.ReportSetting); err != nil {
		return nil, err
	}
	if len(a.reports) >= maxReportPlans && !s.o.LiftQuotas {
		return nil, limitExceeded("You have reached the limit of %d report plans.", maxReportPlans)
	}
	r := &reportPlan{
		name: name, arn: a.ARN("backup", "report-plan:"+name+"-"+s.w.UUID()), seq: s.next(), description: deref(in.ReportPlanDescription), created: c.Now,
		delivery: in.ReportDeliveryChannel, setting: in.ReportSetting, tags: maps.Clone(in.ReportPlanTags),
	}
	a.reports[name] = r
	return &sdk.CreateReportPlanOutput{CreationTime: &r.created, ReportPlanArn: &r.arn, ReportPlanName: &r.name}, nil
}

func checkReport(d *types.ReportDeliveryChannel, r *types.ReportSetting) error {
	templates := []string{"RESOURCE_COMPLIANCE_REPORT", "CONTROL_COMPLIANCE_REPORT", "BACKUP_JOB_REPORT", "COPY_JOB_REPORT", "RESTORE_JOB_REPORT", "SCAN_JOB_REPORT"}
	switch {
	case d == nil || deref(d.S3BucketName) == "":
		return missingParameter("ReportDeliveryChannel")
	case r == nil || deref(r.ReportTemplate) == "":
		return missingParameter("ReportSetting")
	case !slices.Contains(templates, *r.ReportTemplate):
		return invalid("Invalid report template: %s", *r.ReportTemplate)
	}
	return nil
}

func (s *Service) findReport(c *api.Call, name *string) (*reportPlan, error) {
	r, ok := s.area(c.Scope).reports[deref(name)]
	if !ok {
		return nil, notFound("Report plan %s does not exist", deref(name))
	}
	return r, nil
}

func (r *reportPlan) shown() types.ReportPlan {
	return types.ReportPlan{
		CreationTime: &r.created, DeploymentStatus: always("COMPLETED"), ReportDeliveryChannel: r.delivery, ReportPlanArn: &r.arn,
		ReportPlanDescription: ptr(r.description), ReportPlanName: &r.name, ReportSetting: r.setting,
	}
}

func (s *Service) describeReportPlan(c *api.Call, in *sdk.DescribeReportPlanInput) (*sdk.DescribeReportPlanOutput, error) {
	r, err := s.findReport(c, in.ReportPlanName)
	if err != nil {
		return nil, err
	}
	m := r.shown()
	return &sdk.DescribeReportPlanOutput{ReportPlan: &m}, nil
}

func (s *Service) listReportPlans(c *api.Call, in *sdk.ListReportPlansInput) (*sdk.ListReportPlansOutput, error) {
	inOrder := slices.SortedFunc(maps.Values(s.area(c.Scope).reports), func(x, y *reportPlan) int { return int(x.seq) - int(y.seq) })
	found, token, err := page(in.MaxResults, in.NextToken, slices.Values(inOrder), (*reportPlan).rank, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListReportPlansOutput{ReportPlans: []types.ReportPlan{}, NextToken: token}
	for _, r := range found {
		out.ReportPlans = append(out.ReportPlans, r.shown())
	}
	return out, nil
}

func (s *Service) updateReportPlan(c *api.Call, in *sdk.UpdateReportPlanInput) (*sdk.UpdateReportPlanOutput, error) {
	r, err := s.findReport(c, in.ReportPlanName)
	if err != nil {
		return nil, err
	}
	delivery, setting := r.delivery, r.setting
	if in.ReportDeliveryChannel != nil {
		delivery = in.ReportDeliveryChannel
	}
	if in.ReportSetting != nil {
		setting = in.ReportSetting
	}
	if err := checkReport(delivery, setting); err != nil {
		return nil, err
	}
	r.delivery, r.setting = delivery, setting
	if in.ReportPlanDescription != nil {
		r.description = *in.ReportPlanDescription
	}
	return &sdk.UpdateReportPlanOutput{CreationTime: &r.created, ReportPlanArn: &r.arn, ReportPlanName: &r.name}, nil
}

func (s *Service) deleteReportPlan(c *api.Call, in *sdk.DeleteReportPlanInput) (*sdk.DeleteReportPlanOutput, error) {
	r, err := s.findReport(c, in.ReportPlanName)
	if err != nil {
		return nil, err
	}
	delete(s.area(c.Scope).reports, r.name)
	return &sdk.DeleteReportPlanOutput{}, nil
}
