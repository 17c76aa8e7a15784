package backup

import (
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

// AddReportPlan files a report plan under its ARN. It is called with the world's lock held.
func (s *Service) AddReportPlan(sc world.Scope, in types.ReportPlan) {
	a := s.area(sc)
	a.reports[deref(in.ReportPlanName)] = &reportPlan{
		name: deref(in.ReportPlanName), arn: deref(in.ReportPlanArn), seq: s.next(), created: s.w.Now(), delivery: in.ReportDeliveryChannel, setting: in.ReportSetting,
		tags: map[string]string{},
	}
}
