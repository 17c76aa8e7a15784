package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectReportPlans: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListReportPlans.html
func (u *unitRun) collectReportPlans(ctx context.Context) {
	list := &u.unit.ReportPlans
	if !u.needs(awsapi.GroupReportPlans) {
		list.Whole = u.skipped(awsapi.ListReportPlans)
		return
	}
	list.Whole = pages[backup.ListReportPlansOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListReportPlansOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListReportPlans, &backup.ListReportPlansInput{NextToken: token})
		},
		add: func(page *backup.ListReportPlansOutput, src estate.Source) {
			for i := range page.ReportPlans {
				list.Items = append(list.Items, reportPlanOf(&page.ReportPlans[i], src))
			}
		},
		lacks: func(page *backup.ListReportPlansOutput) bool { return page.ReportPlans == nil },
		next:  func(page *backup.ListReportPlansOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListReportPlans})
}

func reportPlanOf(p *types.ReportPlan, src estate.Source) estate.ReportPlan {
	out := estate.ReportPlan{
		ID: aws.ToString(p.ReportPlanArn), Name: text(p.ReportPlanName, src), Template: estate.AbsentFact[string](src), Bucket: estate.AbsentFact[string](src),
		LastAttempt: instant(p.LastAttemptedExecutionTime, src), LastSuccess: instant(p.LastSuccessfulExecutionTime, src),
	}
	if s := p.ReportSetting; s != nil {
		out.Template = text(s.ReportTemplate, src)
	}
	if d := p.ReportDeliveryChannel; d != nil {
		out.Bucket = text(d.S3BucketName, src)
	}
	return out
}
