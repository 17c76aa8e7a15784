package estatebridge

import (
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/backup"
	"github.com/restorable/restorable/internal/estate"
)

func (r *reader) plan(p *backup.PlanState) estate.Plan {
	src := r.of("backup:GetBackupPlan")
	v := &p.Versions[len(p.Versions)-1]
	arn := r.sc.ARN("backup", "backup-plan:"+p.ID)
	out := estate.Plan{
		ID: arn, ARN: estate.KnownFact(arn, src), PlanID: estate.KnownFact(p.ID, src), Name: text(v.Plan.BackupPlanName, src), Version: word(v.ID, src),
		CreatedAt: instant(&p.Versions[0].Created, src), LastRun: instant(&p.LastRun, src), FromOrganization: estate.KnownFact(p.Organisation, src),
	}
	out.Tags = mapping(p.Tags, r.of("backup:ListTags"))
	out.Rules.Whole = estate.KnownFact(true, src)
	for i := range v.Plan.Rules {
		out.Rules.Items = append(out.Rules.Items, ruleFacts(&v.Plan.Rules[i], src))
	}
	src = r.of("backup:GetBackupSelection")
	out.Selections.Whole = estate.KnownFact(true, src)
	for i := range p.Selections {
		out.Selections.Items = append(out.Selections.Items, selectionFacts(&p.Selections[i], src))
	}
	return out
}

func ruleFacts(in *types.BackupRule, src estate.Source) estate.Rule {
	out := estate.Rule{
		ID: value(in.RuleId), Name: text(in.RuleName, src), Vault: text(in.TargetBackupVaultName, src), AirGappedVault: text(in.TargetLogicallyAirGappedBackupVaultArn, src),
		Schedule: text(in.ScheduleExpression, src), Timezone: text(in.ScheduleExpressionTimezone, src), StartWindow: number(in.StartWindowMinutes, src),
		CompletionWindow: number(in.CompletionWindowMinutes, src), Continuous: estate.KnownFact(value(in.EnableContinuousBackup), src), RecoveryPointTags: mapping(in.RecoveryPointTags, src),
	}
	out.ColdAfterDays, out.DeleteAfterDays = lifecycleFacts(in.Lifecycle, src)
	out.Copies.Whole = estate.KnownFact(true, src)
	for _, c := range in.CopyActions {
		to := estate.Copy{ID: value(c.DestinationBackupVaultArn), VaultARN: text(c.DestinationBackupVaultArn, src)}
		to.ColdAfterDays, to.DeleteAfterDays = lifecycleFacts(c.Lifecycle, src)
		out.Copies.Items = append(out.Copies.Items, to)
	}
	return out
}

func lifecycleFacts(l *types.Lifecycle, src estate.Source) (cold, remove estate.Fact[int64]) {
	if l == nil {
		l = &types.Lifecycle{}
	}
	return number(l.MoveToColdStorageAfterDays, src), number(l.DeleteAfterDays, src)
}

func selectionFacts(x *backup.SelectionState, src estate.Source) estate.Selection {
	in := &x.Selection
	c := in.Conditions
	if c == nil {
		c = &types.Conditions{}
	}
	tags := []estate.TagMatch{}
	for _, t := range in.ListOfTags {
		tags = append(tags, estate.TagMatch{Key: value(t.ConditionKey), Value: value(t.ConditionValue)})
	}
	return estate.Selection{
		ID: x.ID, Name: text(in.SelectionName, src), CreatedAt: estate.KnownFact(estate.At(x.Created), src), RoleARN: text(in.IamRoleArn, src), Resources: whole(in.Resources, src), NotResources: whole(in.NotResources, src),
		ListOfTags: whole(tags, src), StringEquals: matches(c.StringEquals, src), StringNotEquals: matches(c.StringNotEquals, src),
		StringLike: matches(c.StringLike, src), StringNotLike: matches(c.StringNotLike, src),
	}
}

func matches(in []types.ConditionParameter, src estate.Source) estate.Fact[[]estate.TagMatch] {
	out := []estate.TagMatch{}
	for _, c := range in {
		out = append(out, estate.TagMatch{Key: value(c.ConditionKey), Value: value(c.ConditionValue)})
	}
	return whole(out, src)
}

func pairs(in []types.KeyValue, src estate.Source) estate.Fact[[]estate.TagMatch] {
	out := []estate.TagMatch{}
	for _, c := range in {
		out = append(out, estate.TagMatch{Key: value(c.Key), Value: value(c.Value)})
	}
	return whole(out, src)
}

func (r *reader) restoreTest(t *backup.RestoreTestState) estate.RestoreTestingPlan {
	src := r.of("backup:GetRestoreTestingPlan")
	p := &t.Plan
	out := estate.RestoreTestingPlan{
		ID: value(p.RestoreTestingPlanArn), Name: text(p.RestoreTestingPlanName, src), Schedule: text(p.ScheduleExpression, src), Timezone: text(p.ScheduleExpressionTimezone, src),
		StartWindowHours: positive(p.StartWindowHours, src), LastRun: instant(p.LastExecutionTime, src),
	}
	if points := p.RecoveryPointSelection; points != nil {
		kinds := []string{}
		for _, k := range points.RecoveryPointTypes {
			kinds = append(kinds, string(k))
		}
		out.Algorithm, out.WindowDays = word(points.Algorithm, src), positive(points.SelectionWindowDays, src)
		out.PointTypes, out.IncludeVaults, out.ExcludeVaults = whole(kinds, src), whole(points.IncludeVaults, src), whole(points.ExcludeVaults, src)
	}
	src = r.of("backup:GetRestoreTestingSelection")
	out.Selections.Whole = estate.KnownFact(true, src)
	for i := range t.Selections {
		out.Selections.Items = append(out.Selections.Items, testSelectionFacts(out.ID, &t.Selections[i], src))
	}
	return out
}

func testSelectionFacts(plan string, x *types.RestoreTestingSelectionForGet, src estate.Source) estate.RestoreTestingSelection {
	c := x.ProtectedResourceConditions
	if c == nil {
		c = &types.ProtectedResourceConditions{}
	}
	return estate.RestoreTestingSelection{
		ID: plan + "/" + value(x.RestoreTestingSelectionName), Name: text(x.RestoreTestingSelectionName, src), ResourceType: text(x.ProtectedResourceType, src), RoleARN: text(x.IamRoleArn, src),
		Resources: whole(x.ProtectedResourceArns, src), StringEquals: pairs(c.StringEquals, src), StringNotEquals: pairs(c.StringNotEquals, src), ValidationHours: positive(x.ValidationWindowHours, src),
	}
}
