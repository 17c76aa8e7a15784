package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectTestingPlans: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRestoreTestingPlans.html
func (u *unitRun) collectTestingPlans(ctx context.Context) {
	list := &u.unit.RestoreTestingPlans
	if !u.needs(awsapi.GroupRestoreTesting) {
		list.Whole = u.skipped(awsapi.ListRestoreTestingPlans)
		return
	}
	list.Whole = pages[backup.ListRestoreTestingPlansOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListRestoreTestingPlansOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListRestoreTestingPlans, &backup.ListRestoreTestingPlansInput{NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListRestoreTestingPlansOutput, src estate.Source) {
			for _, m := range some(u, page.RestoreTestingPlans) {
				list.Items = append(list.Items, testingPlanOf(m, src))
			}
		},
		next: func(page *backup.ListRestoreTestingPlansOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListRestoreTestingPlans})
	each := newPool(someAtOnce, func(p *estate.RestoreTestingPlan) {
		together(func() { u.collectTestingPlan(ctx, p) }, func() { u.collectTestingSelections(ctx, p) })
	})
	for i := range list.Items {
		each.add(&list.Items[i])
	}
	each.wait()
}

func testingPlanOf(m types.RestoreTestingPlanForList, src estate.Source) estate.RestoreTestingPlan {
	return estate.RestoreTestingPlan{
		ID: aws.ToString(m.RestoreTestingPlanArn), Name: text(m.RestoreTestingPlanName, src), Schedule: text(m.ScheduleExpression, src), Timezone: text(m.ScheduleExpressionTimezone, src),
		StartWindowHours: hours(m.StartWindowHours, src), LastRun: instant(m.LastExecutionTime, src),
	}
}

// hours: the SDK turns a member that AWS left out into 0.
func hours(v int32, src estate.Source) estate.Fact[int64] {
	if v == 0 {
		return estate.AbsentFact[int64](src)
	}
	return estate.KnownFact(int64(v), src)
}

// collectTestingPlan: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetRestoreTestingPlan.html
func (u *unitRun) collectTestingPlan(ctx context.Context, p *estate.RestoreTestingPlan) {
	q := question{u: u, call: awsapi.GetRestoreTestingPlan, resource: p.ID}
	out, src, err := ask(ctx, q, u.scope.Backup.GetRestoreTestingPlan, &backup.GetRestoreTestingPlanInput{RestoreTestingPlanName: aws.String(p.Name.Or(""))})
	if err == nil && (out.RestoreTestingPlan == nil || out.RestoreTestingPlan.RecoveryPointSelection == nil) {
		src, err = u.missing(src, "recovery point selection"), errMissing
	}
	if err != nil {
		p.Algorithm, p.WindowDays = estate.UnknownFact[string](src), estate.UnknownFact[int64](src)
		p.PointTypes, p.IncludeVaults, p.ExcludeVaults = estate.UnknownFact[[]string](src), estate.UnknownFact[[]string](src), estate.UnknownFact[[]string](src)
		return
	}
	s := out.RestoreTestingPlan.RecoveryPointSelection
	kinds := make([]string, 0, len(s.RecoveryPointTypes))
	for _, k := range s.RecoveryPointTypes {
		kinds = append(kinds, string(k))
	}
	p.Algorithm, p.WindowDays = word(s.Algorithm, src), hours(s.SelectionWindowDays, src)
	p.PointTypes, p.IncludeVaults, p.ExcludeVaults = whole(kinds, src), whole(s.IncludeVaults, src), whole(s.ExcludeVaults, src)
}

// collectTestingSelections keeps the selections of tables. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRestoreTestingSelections.html
func (u *unitRun) collectTestingSelections(ctx context.Context, p *estate.RestoreTestingPlan) {
	list := &p.Selections
	name := aws.String(p.Name.Or(""))
	list.Whole = pages[backup.ListRestoreTestingSelectionsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListRestoreTestingSelectionsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListRestoreTestingSelections, &backup.ListRestoreTestingSelectionsInput{RestoreTestingPlanName: name, NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListRestoreTestingSelectionsOutput, src estate.Source) {
			for _, m := range page.RestoreTestingSelections {
				if aws.ToString(m.ProtectedResourceType) != resourceType {
					continue
				}
				list.Items = append(list.Items, estate.RestoreTestingSelection{
					ID: p.ID + "/" + aws.ToString(m.RestoreTestingSelectionName), Name: text(m.RestoreTestingSelectionName, src), ResourceType: text(m.ProtectedResourceType, src),
					RoleARN: text(m.IamRoleArn, src), ValidationHours: hours(m.ValidationWindowHours, src),
				})
			}
		},
		next: func(page *backup.ListRestoreTestingSelectionsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListRestoreTestingSelections, resource: p.ID})
	for i := range some(u, list.Items) {
		u.collectTestingSelection(ctx, name, &list.Items[i])
	}
}

// collectTestingSelection: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetRestoreTestingSelection.html
func (u *unitRun) collectTestingSelection(ctx context.Context, plan *string, s *estate.RestoreTestingSelection) {
	q := question{u: u, call: awsapi.GetRestoreTestingSelection, resource: s.ID}
	out, src, err := ask(ctx, q, u.scope.Backup.GetRestoreTestingSelection, &backup.GetRestoreTestingSelectionInput{RestoreTestingPlanName: plan, RestoreTestingSelectionName: aws.String(s.Name.Or(""))})
	if err == nil && out.RestoreTestingSelection == nil {
		src, err = u.missing(src, "selection"), errMissing
	}
	if err != nil {
		s.Resources = estate.UnknownFact[[]string](src)
		s.StringEquals, s.StringNotEquals = estate.UnknownFact[[]estate.TagMatch](src), estate.UnknownFact[[]estate.TagMatch](src)
		return
	}
	conditions := out.RestoreTestingSelection.ProtectedResourceConditions
	if conditions == nil {
		conditions = &types.ProtectedResourceConditions{}
	}
	s.Resources = whole(out.RestoreTestingSelection.ProtectedResourceArns, src)
	s.StringEquals, s.StringNotEquals = pairs(conditions.StringEquals, src), pairs(conditions.StringNotEquals, src)
}

func pairs(values []types.KeyValue, src estate.Source) estate.Fact[[]estate.TagMatch] {
	list := make([]estate.TagMatch, 0, len(values))
	for _, v := range values {
		list = append(list, estate.TagMatch{Key: aws.ToString(v.Key), Value: aws.ToString(v.Value)})
	}
	return whole(list, src)
}
