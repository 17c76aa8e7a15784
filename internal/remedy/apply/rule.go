package apply

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/remedy"
)

// ruleInput is a rule as AWS takes it; what is left out is AWS's default.
func ruleInput(r remedy.Rule) types.BackupRuleInput {
	in := types.BackupRuleInput{
		RuleName: &r.Name, TargetBackupVaultName: &r.Vault, TargetLogicallyAirGappedBackupVaultArn: text(r.AirGappedVault),
		ScheduleExpression: text(r.Schedule), ScheduleExpressionTimezone: text(r.Timezone),
		StartWindowMinutes: number(r.StartWindow), CompletionWindowMinutes: number(r.CompletionWindow),
		Lifecycle: lifecycle(r.ColdAfterDays, r.DeleteAfterDays), RecoveryPointTags: r.Tags,
	}
	if r.Continuous {
		in.EnableContinuousBackup = aws.Bool(true)
	}
	for _, c := range r.Copies {
		in.CopyActions = append(in.CopyActions, types.CopyAction{DestinationBackupVaultArn: aws.String(c.VaultARN), Lifecycle: lifecycle(c.ColdAfterDays, c.DeleteAfterDays)})
	}
	return in
}

// ruleFrom is the way back.
func ruleFrom(r types.BackupRule) remedy.Rule {
	rule := remedy.Rule{
		Name: aws.ToString(r.RuleName), Vault: aws.ToString(r.TargetBackupVaultName), AirGappedVault: aws.ToString(r.TargetLogicallyAirGappedBackupVaultArn),
		Schedule: aws.ToString(r.ScheduleExpression), Timezone: aws.ToString(r.ScheduleExpressionTimezone),
		StartWindow: aws.ToInt64(r.StartWindowMinutes), CompletionWindow: aws.ToInt64(r.CompletionWindowMinutes),
		Continuous: aws.ToBool(r.EnableContinuousBackup), Tags: r.RecoveryPointTags,
	}
	rule.ColdAfterDays, rule.DeleteAfterDays = days(r.Lifecycle)
	for _, c := range r.CopyActions {
		to := remedy.Copy{VaultARN: aws.ToString(c.DestinationBackupVaultArn)}
		to.ColdAfterDays, to.DeleteAfterDays = days(c.Lifecycle)
		rule.Copies = append(rule.Copies, to)
	}
	return rule
}

// number leaves out what is 0: not given.
func number(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

func lifecycle(cold, remove int64) *types.Lifecycle {
	if cold == 0 && remove == 0 {
		return nil
	}
	return &types.Lifecycle{MoveToColdStorageAfterDays: number(cold), DeleteAfterDays: number(remove)}
}

// days reads a lifecycle; AWS writes "never" as an absent member, in older answers as -1.
func days(l *types.Lifecycle) (cold, remove int64) {
	if l == nil {
		return 0, 0
	}
	return max(aws.ToInt64(l.MoveToColdStorageAfterDays), 0), max(aws.ToInt64(l.DeleteAfterDays), 0)
}
