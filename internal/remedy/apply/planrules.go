package apply

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// planRulesKind sets and removes rules of a plan by name. AWS takes whole documents only: the rest is sent back as it is at that moment.
type planRulesKind struct{}

func (planRulesKind) observe(ctx context.Context, j *job) (seen, error) {
	c := j.change.PlanRules
	out, err := j.plan(ctx, string(c.Plan))
	if err != nil {
		return seen{}, err
	}
	if out == nil {
		return seen{state: remedy.PlanNameState(false)}, nil
	}
	var rules []remedy.Rule
	for _, r := range out.BackupPlan.Rules {
		rules = append(rules, ruleFrom(r))
	}
	names := slices.Clone(c.Remove)
	for _, r := range c.Set {
		names = append(names, r.Name)
	}
	return seen{state: remedy.PlanRulesState(rules, names), outputs: one("id", string(c.Plan))}, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateBackupPlan.html
func (planRulesKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.PlanRules
	id := string(c.Plan)
	now, err := j.plan(ctx, id)
	if err != nil {
		return made{}, err
	}
	if now == nil {
		return made{}, &awsapi.CallError{Answer: awsapi.Answer{Call: awsapi.UpdateBackupPlan, Resource: id}, Code: "ResourceNotFoundException", Kind: awsapi.KindNotFound, Message: "there is no plan " + id}
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.UpdateBackupPlan, id), j.scope.Backup.UpdateBackupPlan, &backup.UpdateBackupPlanInput{BackupPlanId: &id, BackupPlan: edited(now.BackupPlan, c)})
	return made{answer: answer, outputs: one("id", id)}, err
}

// edited is a plan's document with the rules of a change in it, each in its old place.
func edited(p *types.BackupPlan, c *remedy.PlanRules) *types.BackupPlanInput {
	doc := &types.BackupPlanInput{BackupPlanName: p.BackupPlanName, AdvancedBackupSettings: p.AdvancedBackupSettings, ScanSettings: p.ScanSettings}
	left := slices.Clone(c.Set)
	for _, r := range p.Rules {
		name := aws.ToString(r.RuleName)
		if slices.Contains(c.Remove, name) {
			continue
		}
		i := slices.IndexFunc(left, func(s remedy.Rule) bool { return s.Name == name })
		if i < 0 {
			doc.Rules = append(doc.Rules, untouched(r))
			continue
		}
		doc.Rules = append(doc.Rules, beside(ruleInput(left[i]), r))
		left = slices.Delete(left, i, i+1)
	}
	for _, r := range left {
		doc.Rules = append(doc.Rules, ruleInput(r))
	}
	return doc
}

// untouched is a rule sent back as it is.
func untouched(r types.BackupRule) types.BackupRuleInput {
	return types.BackupRuleInput{RuleName: r.RuleName, TargetBackupVaultName: r.TargetBackupVaultName, CompletionWindowMinutes: r.CompletionWindowMinutes,
		CopyActions: r.CopyActions, EnableContinuousBackup: r.EnableContinuousBackup, IndexActions: r.IndexActions, Lifecycle: r.Lifecycle,
		RecoveryPointTags: r.RecoveryPointTags, ScanActions: r.ScanActions, ScheduleExpression: r.ScheduleExpression,
		ScheduleExpressionTimezone: r.ScheduleExpressionTimezone, StartWindowMinutes: r.StartWindowMinutes,
		TargetLogicallyAirGappedBackupVaultArn: r.TargetLogicallyAirGappedBackupVaultArn}
}

// beside keeps of a rule what a plan of changes does not speak of, since it is for other services.
func beside(in types.BackupRuleInput, r types.BackupRule) types.BackupRuleInput {
	in.IndexActions, in.ScanActions = r.IndexActions, r.ScanActions
	if r.Lifecycle != nil && r.Lifecycle.OptInToArchiveForSupportedResources != nil && in.Lifecycle != nil {
		in.Lifecycle.OptInToArchiveForSupportedResources = r.Lifecycle.OptInToArchiveForSupportedResources
	}
	return in
}
