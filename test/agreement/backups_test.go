package agreement

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
)

// rule is a rule in UTC; days is 0 for ever.
func rule(name, vault, cron string, startWindow, days int64) backuptypes.BackupRuleInput {
	r := backuptypes.BackupRuleInput{RuleName: &name, TargetBackupVaultName: &vault, ScheduleExpression: &cron, StartWindowMinutes: &startWindow,
		CompletionWindowMinutes: aws.Int64(max(startWindow, 120))}
	if days > 0 {
		r.Lifecycle = &backuptypes.Lifecycle{DeleteAfterDays: &days}
	}
	return r
}

// jobs lists the backup jobs of the last 30 days.
func (s *stage) jobs() []backuptypes.BackupJob {
	s.Helper()
	var out []backuptypes.BackupJob
	for p := backup.NewListBackupJobsPaginator(s.backups, &backup.ListBackupJobsInput{}); p.HasMorePages(); {
		out = append(out, ok[backup.ListBackupJobsOutput](s)(p.NextPage(s.ctx)).BackupJobs...)
	}
	return out
}

// points lists the recovery points of a table.
func (s *stage) points(table string) []backuptypes.RecoveryPointByResource {
	s.Helper()
	var out []backuptypes.RecoveryPointByResource
	for p := backup.NewListRecoveryPointsByResourcePaginator(s.backups, &backup.ListRecoveryPointsByResourceInput{ResourceArn: aws.String(tables + table)}); p.HasMorePages(); {
		out = append(out, ok[backup.ListRecoveryPointsByResourceOutput](s)(p.NextPage(s.ctx)).RecoveryPoints...)
	}
	return out
}
