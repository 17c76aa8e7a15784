package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectBackupJobs: AWS keeps 30 days. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListBackupJobs.html
func (u *unitRun) collectBackupJobs(ctx context.Context) {
	list := &u.unit.BackupJobs
	if !u.needs(awsapi.GroupBackupJobs) {
		list.Whole = u.skipped(awsapi.ListBackupJobs)
		return
	}
	kept := words{}
	list.Whole = pages[backup.ListBackupJobsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListBackupJobsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListBackupJobs, &backup.ListBackupJobsInput{ByResourceType: aws.String(resourceType), NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListBackupJobsOutput, src estate.Source) {
			list.Items = roomy(list.Items, func(j *estate.BackupJob) estate.Instant { return j.CreatedAt.Or(0) })
			for i := range page.BackupJobs {
				list.Items = append(list.Items, backupJobOf(&page.BackupJobs[i], kept, src))
			}
		},
		lacks: func(page *backup.ListBackupJobsOutput) bool { return page.BackupJobs == nil },
		next:  func(page *backup.ListBackupJobsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListBackupJobs})
}

func backupJobOf(j *types.BackupJob, kept words, src estate.Source) estate.BackupJob {
	job := estate.BackupJob{
		ID: aws.ToString(j.BackupJobId), ResourceARN: text(kept.keep(j.ResourceArn), src), State: text(kept.keep((*string)(&j.State)), src),
		Message: text(kept.keep(j.StatusMessage), src), MessageCategory: text(kept.keep(j.MessageCategory), src),
		CreatedAt: instant(j.CreationDate, src), StartBy: instant(j.StartBy, src), CompletedAt: instant(j.CompletionDate, src),
		Vault: text(kept.keep(j.BackupVaultName), src), RecoveryPoint: text(j.RecoveryPointArn, src), RoleARN: text(kept.keep(j.IamRoleArn), src),
		PlanID: estate.AbsentFact[string](src), RuleID: estate.AbsentFact[string](src),
	}
	if by := j.CreatedBy; by != nil {
		job.PlanID, job.RuleID = text(kept.keep(by.BackupPlanId), src), text(kept.keep(by.BackupRuleId), src)
	}
	return job
}

// collectCopyJobs: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListCopyJobs.html
func (u *unitRun) collectCopyJobs(ctx context.Context) {
	list := &u.unit.CopyJobs
	if !u.needs(awsapi.GroupCopyJobs) {
		list.Whole = u.skipped(awsapi.ListCopyJobs)
		return
	}
	kept := words{}
	list.Whole = pages[backup.ListCopyJobsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListCopyJobsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListCopyJobs, &backup.ListCopyJobsInput{ByResourceType: aws.String(resourceType), NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListCopyJobsOutput, src estate.Source) {
			list.Items = roomy(list.Items, func(j *estate.CopyJob) estate.Instant { return j.CreatedAt.Or(0) })
			for i := range page.CopyJobs {
				j := &page.CopyJobs[i]
				list.Items = append(list.Items, estate.CopyJob{
					ID: aws.ToString(j.CopyJobId), ResourceARN: text(kept.keep(j.ResourceArn), src), State: text(kept.keep((*string)(&j.State)), src),
					Message: text(kept.keep(j.StatusMessage), src), CreatedAt: instant(j.CreationDate, src), CompletedAt: instant(j.CompletionDate, src),
					SourceVault: text(kept.keep(j.SourceBackupVaultArn), src), SourcePoint: text(j.SourceRecoveryPointArn, src),
					DestinationVault: text(kept.keep(j.DestinationBackupVaultArn), src), DestinationPoint: text(j.DestinationRecoveryPointArn, src),
				})
			}
		},
		lacks: func(page *backup.ListCopyJobsOutput) bool { return page.CopyJobs == nil },
		next:  func(page *backup.ListCopyJobsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListCopyJobs})
}

// collectRestoreJobs: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRestoreJobs.html
func (u *unitRun) collectRestoreJobs(ctx context.Context) {
	list := &u.unit.RestoreJobs
	if !u.needs(awsapi.GroupRestoreJobs) {
		list.Whole = u.skipped(awsapi.ListRestoreJobs)
		return
	}
	list.Whole = pages[backup.ListRestoreJobsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListRestoreJobsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListRestoreJobs, &backup.ListRestoreJobsInput{ByResourceType: aws.String(resourceType), NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListRestoreJobsOutput, src estate.Source) {
			for i := range page.RestoreJobs {
				list.Items = append(list.Items, restoreJobOf(&page.RestoreJobs[i], src))
			}
		},
		lacks: func(page *backup.ListRestoreJobsOutput) bool { return page.RestoreJobs == nil },
		next:  func(page *backup.ListRestoreJobsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListRestoreJobs})
}

func restoreJobOf(j *types.RestoreJobsListMember, src estate.Source) estate.RestoreJob {
	job := estate.RestoreJob{
		ID: aws.ToString(j.RestoreJobId), ResourceARN: text(j.SourceResourceArn, src), RecoveryPoint: text(j.RecoveryPointArn, src), Status: word(j.Status, src),
		Message: text(j.StatusMessage, src), CreatedAt: instant(j.CreationDate, src), CompletedAt: instant(j.CompletionDate, src), CreatedARN: text(j.CreatedResourceArn, src),
		ValidationStatus: word(j.ValidationStatus, src), ValidationMessage: text(j.ValidationStatusMessage, src), DeletionStatus: word(j.DeletionStatus, src),
		TestingPlan: estate.AbsentFact[string](src),
	}
	if j.CreatedBy != nil {
		job.TestingPlan = text(j.CreatedBy.RestoreTestingPlanArn, src)
	}
	return job
}
