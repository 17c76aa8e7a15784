package collect

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// bulkPage is the largest page of AWS Backup's lists.
const bulkPage = 1000

// someAtOnce bounds the requests about plans, vaults, keys and roles under way at a time: AWS allows 15 to 50 a second of them.
const someAtOnce = 32

// collectPlans reads the plans, their rules and their selections. Deleted plans are not listed.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListBackupPlans.html
func (u *unitRun) collectPlans(ctx context.Context) {
	list := &u.unit.Plans
	if !u.needs(awsapi.GroupPlans) {
		list.Whole = u.skipped(awsapi.ListBackupPlans)
		return
	}
	var plans []*estate.Plan
	details := newPool(someAtOnce, func(p *estate.Plan) {
		together(func() { u.collectRules(ctx, p) }, func() { u.collectSelections(ctx, p) }, func() { p.Tags = u.backupTags(ctx, p.ID) })
	})
	list.Whole = pages[backup.ListBackupPlansOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListBackupPlansOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListBackupPlans, &backup.ListBackupPlansInput{NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListBackupPlansOutput, src estate.Source) {
			for _, m := range some(u, page.BackupPlansList) {
				p := planOf(m, src)
				plans = append(plans, p)
				details.add(p)
			}
		},
		lacks: func(page *backup.ListBackupPlansOutput) bool { return page.BackupPlansList == nil },
		next:  func(page *backup.ListBackupPlansOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListBackupPlans})
	details.wait()
	for _, p := range plans {
		list.Items = append(list.Items, *p)
	}
}

func planOf(m types.BackupPlansListMember, src estate.Source) *estate.Plan {
	id := aws.ToString(m.BackupPlanId)
	return &estate.Plan{
		ID: aws.ToString(m.BackupPlanArn), ARN: text(m.BackupPlanArn, src), PlanID: text(m.BackupPlanId, src), Name: text(m.BackupPlanName, src),
		Version: text(m.VersionId, src), CreatedAt: instant(m.CreationDate, src), LastRun: instant(m.LastExecutionDate, src),
		// Plans that an organisation's backup policy made carry ids of the form orgs/…; from AWS's examples, no field says it. Assumed.
		FromOrganization: estate.KnownFact(strings.HasPrefix(id, "orgs/"), src),
	}
}

// collectRules: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetBackupPlan.html
func (u *unitRun) collectRules(ctx context.Context, p *estate.Plan) {
	q := question{u: u, call: awsapi.GetBackupPlan, resource: p.ID}
	out, src, err := ask(ctx, q, u.scope.Backup.GetBackupPlan, &backup.GetBackupPlanInput{BackupPlanId: aws.String(p.PlanID.Or(""))})
	if err == nil && out.BackupPlan == nil {
		src, err = u.missing(src, "plan"), errMissing
	}
	if err != nil {
		p.Rules.Whole = estate.UnknownFact[bool](src)
		return
	}
	p.Rules.Whole = estate.KnownFact(true, src)
	p.Name, p.Version = text(out.BackupPlan.BackupPlanName, src), text(out.VersionId, src)
	for _, r := range out.BackupPlan.Rules {
		p.Rules.Items = append(p.Rules.Items, ruleOf(r, src))
	}
}

func ruleOf(r types.BackupRule, src estate.Source) estate.Rule {
	rule := estate.Rule{
		ID: aws.ToString(r.RuleId), Name: text(r.RuleName, src), Vault: text(r.TargetBackupVaultName, src), AirGappedVault: text(r.TargetLogicallyAirGappedBackupVaultArn, src),
		Schedule: text(r.ScheduleExpression, src), Timezone: text(r.ScheduleExpressionTimezone, src),
		StartWindow: number(r.StartWindowMinutes, src), CompletionWindow: number(r.CompletionWindowMinutes, src),
		Continuous: estate.KnownFact(aws.ToBool(r.EnableContinuousBackup), src), RecoveryPointTags: estate.KnownFact(r.RecoveryPointTags, src),
	}
	if rule.ID == "" {
		rule.ID = aws.ToString(r.RuleName)
	}
	if r.RecoveryPointTags == nil {
		rule.RecoveryPointTags = estate.KnownFact(map[string]string{}, src)
	}
	rule.ColdAfterDays, rule.DeleteAfterDays = lifecycle(r.Lifecycle, src)
	rule.Copies.Whole = estate.KnownFact(true, src)
	for _, c := range r.CopyActions {
		to := estate.Copy{ID: aws.ToString(c.DestinationBackupVaultArn), VaultARN: text(c.DestinationBackupVaultArn, src)}
		to.ColdAfterDays, to.DeleteAfterDays = lifecycle(c.Lifecycle, src)
		rule.Copies.Items = append(rule.Copies.Items, to)
	}
	return rule
}

// lifecycle: AWS writes "never" as an absent member, in older answers as -1.
func lifecycle(l *types.Lifecycle, src estate.Source) (cold, remove estate.Fact[int64]) {
	if l == nil {
		return estate.AbsentFact[int64](src), estate.AbsentFact[int64](src)
	}
	return maximum(l.MoveToColdStorageAfterDays, src), maximum(l.DeleteAfterDays, src)
}

// collectSelections: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListBackupSelections.html
func (u *unitRun) collectSelections(ctx context.Context, p *estate.Plan) {
	id := aws.String(p.PlanID.Or(""))
	list := &p.Selections
	list.Whole = pages[backup.ListBackupSelectionsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListBackupSelectionsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListBackupSelections, &backup.ListBackupSelectionsInput{BackupPlanId: id, NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListBackupSelectionsOutput, src estate.Source) {
			for _, m := range some(u, page.BackupSelectionsList) {
				list.Items = append(list.Items, estate.Selection{ID: aws.ToString(m.SelectionId), Name: text(m.SelectionName, src), CreatedAt: instant(m.CreationDate, src), RoleARN: text(m.IamRoleArn, src)})
			}
		},
		lacks: func(page *backup.ListBackupSelectionsOutput) bool { return page.BackupSelectionsList == nil },
		next:  func(page *backup.ListBackupSelectionsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListBackupSelections, resource: p.ID})
	each := newPool(4, func(s *estate.Selection) { u.collectSelection(ctx, p, s) })
	for i := range list.Items {
		each.add(&list.Items[i])
	}
	each.wait()
}

// collectSelection: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetBackupSelection.html
func (u *unitRun) collectSelection(ctx context.Context, p *estate.Plan, s *estate.Selection) {
	q := question{u: u, call: awsapi.GetBackupSelection, resource: p.ID + "/" + s.ID}
	out, src, err := ask(ctx, q, u.scope.Backup.GetBackupSelection, &backup.GetBackupSelectionInput{BackupPlanId: aws.String(p.PlanID.Or("")), SelectionId: aws.String(s.ID)})
	if err == nil && out.BackupSelection == nil {
		src, err = u.missing(src, "selection"), errMissing
	}
	if err != nil {
		forgetSelection(s, src)
		return
	}
	sel := out.BackupSelection
	conditions := sel.Conditions
	if conditions == nil {
		conditions = &types.Conditions{}
	}
	s.Name, s.RoleARN = text(sel.SelectionName, src), text(sel.IamRoleArn, src)
	s.Resources, s.NotResources = whole(sel.Resources, src), whole(sel.NotResources, src)
	tags := make([]estate.TagMatch, 0, len(sel.ListOfTags))
	for _, c := range sel.ListOfTags {
		tags = append(tags, estate.TagMatch{Key: aws.ToString(c.ConditionKey), Value: aws.ToString(c.ConditionValue)})
	}
	s.ListOfTags = whole(tags, src)
	s.StringEquals, s.StringNotEquals = matches(conditions.StringEquals, src), matches(conditions.StringNotEquals, src)
	s.StringLike, s.StringNotLike = matches(conditions.StringLike, src), matches(conditions.StringNotLike, src)
}

func matches(conditions []types.ConditionParameter, src estate.Source) estate.Fact[[]estate.TagMatch] {
	list := make([]estate.TagMatch, 0, len(conditions))
	for _, c := range conditions {
		list = append(list, estate.TagMatch{Key: aws.ToString(c.ConditionKey), Value: aws.ToString(c.ConditionValue)})
	}
	return whole(list, src)
}

func forgetSelection(s *estate.Selection, src estate.Source) {
	s.Resources, s.NotResources = estate.UnknownFact[[]string](src), estate.UnknownFact[[]string](src)
	for _, f := range []*estate.Fact[[]estate.TagMatch]{&s.ListOfTags, &s.StringEquals, &s.StringNotEquals, &s.StringLike, &s.StringNotLike} {
		*f = estate.UnknownFact[[]estate.TagMatch](src)
	}
}
