package restore

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
)

// copying brings a recovery point into the Region of the new table. AWS Backup knows a request by its token: asked again it names the same job.
func (r *Run) copying(ctx context.Context) error {
	if r.CopyJob == "" {
		if err := r.startCopy(ctx); err != nil {
			return err
		}
	}
	for wait := r.wait(0); ; {
		job, err := r.copyJob(ctx)
		if err != nil && !passing(err) {
			return err
		}
		if err == nil {
			switch job.State {
			case types.CopyJobStateCompleted:
				r.CopyPoint = aws.ToString(job.DestinationRecoveryPointArn)
				return r.intend(ctx)
			case types.CopyJobStateFailed, types.CopyJobStatePartial:
				return r.fail(ctx, "Copy"+string(job.State), "the recovery point could not be copied to "+r.Request.TargetRegion+": "+aws.ToString(job.StatusMessage))
			}
			r.tell("copying the recovery point to "+r.Request.TargetRegion, string(job.State))
		}
		if !wait.Next(ctx) {
			return ctx.Err()
		}
	}
}

// startCopy: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html
func (r *Run) startCopy(ctx context.Context) error {
	s := r.account.Scope(r.Request.Region)
	vault := fmt.Sprintf("arn:%s:backup:%s:%s:backup-vault:%s", r.Partition, r.Request.TargetRegion, r.Account, r.Request.CopyVault)
	in := &backup.StartCopyJobInput{RecoveryPointArn: &r.Request.ARN, SourceBackupVaultName: &r.Request.Vault, DestinationBackupVaultArn: &vault, IamRoleArn: &r.Request.Role,
		IdempotencyToken: aws.String(r.ID + "-copy"), Lifecycle: &types.Lifecycle{DeleteAfterDays: aws.Int64(r.copyDays())}}
	for wait := r.wait(r.o.Settle); ; {
		out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.StartCopyJob, Resource: r.Request.ARN}, s.Backup.StartCopyJob, in)
		if err == nil {
			r.CopyJob = aws.ToString(out.CopyJobId)
			r.asked(answer)
			return r.save(ctx, "copy asked")
		}
		if !passing(err) {
			return r.refused(ctx, err)
		}
		if !wait.Next(ctx) {
			return errors.Join(err, ctx.Err())
		}
	}
}

// defaultCopyDays: a copy that was only made to restore from it is of no use for long, and must not be kept for ever.
const defaultCopyDays = 7

func (r *Run) copyDays() int64 {
	if r.Request.CopyDays > 0 {
		return r.Request.CopyDays
	}
	return defaultCopyDays
}

func (r *Run) copyJob(ctx context.Context) (*types.CopyJob, error) {
	s := r.account.Scope(r.Request.Region)
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.DescribeCopyJob, Resource: r.CopyJob}, s.Backup.DescribeCopyJob, &backup.DescribeCopyJobInput{CopyJobId: &r.CopyJob})
	if err != nil {
		return nil, err
	}
	if out.CopyJob == nil {
		return nil, awsapi.Missing(answer, "copy job")
	}
	return out.CopyJob, nil
}

// jobDone starts the restore job and waits until it has ended.
func (r *Run) jobDone(ctx context.Context) error {
	if r.Job == "" {
		if err := r.startJob(ctx); err != nil {
			return err
		}
	}
	for wait := r.wait(0); ; {
		done, err := r.jobEnded(ctx)
		if err != nil && !passing(err) || done {
			return err
		}
		if !wait.Next(ctx) {
			return ctx.Err()
		}
	}
}

// startJob: https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-dynamodb.html
func (r *Run) startJob(ctx context.Context) error {
	point := r.Request.ARN
	if r.CopyPoint != "" {
		point = r.CopyPoint
	}
	metadata := map[string]string{"targetTableName": r.Request.Target, "encryptionType": "Default"}
	if r.Request.Key.Level != AWSOwned {
		metadata["encryptionType"] = "KMS"
	}
	if r.Request.Key.Level == Customer {
		metadata["kmsMasterKeyArn"] = r.Request.Key.ARN
	}
	s := r.target()
	in := &backup.StartRestoreJobInput{RecoveryPointArn: &point, Metadata: metadata, IamRoleArn: &r.Request.Role, IdempotencyToken: aws.String(r.ID), ResourceType: aws.String("DynamoDB")}
	for wait := r.wait(r.o.Settle); ; {
		r.tell("asking AWS Backup for the table", "")
		out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.StartRestoreJob, Resource: point}, s.Backup.StartRestoreJob, in)
		if err == nil {
			r.Job = aws.ToString(out.RestoreJobId)
			r.asked(answer)
			return r.known(ctx, nil, answer.Date)
		}
		if !passing(err) {
			return r.refused(ctx, err)
		}
		if !wait.Next(ctx) {
			return errors.Join(err, ctx.Err())
		}
	}
}

// jobEnded looks at the job. What it says of the table is written down at once.
func (r *Run) jobEnded(ctx context.Context) (bool, error) {
	s := r.target()
	job, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.DescribeRestoreJob, Resource: r.Job}, s.Backup.DescribeRestoreJob, &backup.DescribeRestoreJobInput{RestoreJobId: &r.Job})
	if err != nil {
		return false, err
	}
	switch job.Status {
	case types.RestoreJobStatusFailed, types.RestoreJobStatusAborted:
		return false, r.fail(ctx, "RestoreJob"+string(job.Status), aws.ToString(job.StatusMessage))
	case types.RestoreJobStatusCompleted:
		r.TableARN = aws.ToString(job.CreatedResourceArn)
		return true, nil
	}
	r.tell("AWS Backup restores "+r.Request.Target, string(job.Status)+" "+aws.ToString(job.PercentDone))
	return false, nil
}
