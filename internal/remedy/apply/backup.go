package apply

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// backupKind makes one backup. The state of the table does not tell whether it was made: its id does. AWS Backup knows a repeated request by
// its token; DynamoDB does not, so that a native backup of this name, made since the intent was written down, is looked for.
type backupKind struct{}

func (backupKind) observe(ctx context.Context, j *job) (seen, error) {
	c := j.change.Backup
	id, err := j.tableID(ctx, c.Table)
	if err != nil {
		return seen{}, err
	}
	s := seen{state: remedy.TableState(id)}
	switch {
	case c.Native == "" && j.outputs["id"] != "":
		s.outputs, err = j.backupJob(ctx, j.outputs["id"])
	case c.Native != "" && !j.since.IsZero():
		s.outputs, err = j.nativeBackup(ctx, c, id)
	}
	return s, err
}

func (backupKind) done(s seen, _ *job) bool { return s.outputs["id"] != "" }

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html
func (backupKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.Backup
	if c.Native != "" {
		return j.createBackup(ctx, c)
	}
	in := &backup.StartBackupJobInput{BackupVaultName: &c.Vault, IamRoleArn: &c.RoleARN, ResourceArn: &c.ARN, IdempotencyToken: &j.token}
	if c.DeleteAfterDays > 0 {
		in.Lifecycle = &backuptypes.Lifecycle{DeleteAfterDays: &c.DeleteAfterDays}
	}
	if len(c.Tags) > 0 {
		in.RecoveryPointTags = j.tags(c.Tags)
	}
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.StartBackupJob, c.ARN), j.scope.Backup.StartBackupJob, in)
	if err != nil {
		return made{answer: answer}, err
	}
	if aws.ToString(out.BackupJobId) == "" {
		return made{answer: answer}, awsapi.Missing(answer, "id of the job")
	}
	outputs := one("id", *out.BackupJobId)
	if arn := aws.ToString(out.RecoveryPointArn); arn != "" {
		outputs["arn"] = arn
	}
	return made{outputs: outputs, answer: answer}, nil
}

// createBackup: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
func (j *job) createBackup(ctx context.Context, c *remedy.Backup) (made, error) {
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.CreateBackup, c.Table), j.scope.DynamoDB.CreateBackup, &dynamodb.CreateBackupInput{TableName: &c.Table, BackupName: &c.Native})
	if err != nil {
		return made{answer: answer}, err
	}
	if out.BackupDetails == nil || aws.ToString(out.BackupDetails.BackupArn) == "" {
		return made{answer: answer}, awsapi.Missing(answer, "ARN of the backup")
	}
	return made{outputs: one("id", *out.BackupDetails.BackupArn), answer: answer}, nil
}

// backupJob is the job that we started, once AWS shows it.
func (j *job) backupJob(ctx context.Context, id string) (map[string]string, error) {
	_, _, err := awsapi.Invoke(ctx, j.ask(awsapi.DescribeBackupJob, id), j.scope.Backup.DescribeBackupJob, &backup.DescribeBackupJobInput{BackupJobId: &id})
	if gone(err) {
		return nil, nil
	}
	return one("id", id), err
}

// clockStep is how much earlier than the intent AWS may date what came of it: both are AWS's times, of different machines.
const clockStep = 2 * time.Second

// nativeBackup finds the backup of this name and table that was made since the intent; nil: there is none.
func (j *job) nativeBackup(ctx context.Context, c *remedy.Backup, tableID string) (map[string]string, error) {
	in := &dynamodb.ListBackupsInput{TableName: &c.Table, TimeRangeLowerBound: aws.Time(j.since.Add(-clockStep))}
	for {
		out, _, err := awsapi.Invoke(ctx, j.ask(awsapi.ListBackups, c.Table), j.scope.DynamoDB.ListBackups, in)
		if err != nil {
			return nil, err
		}
		for _, b := range out.BackupSummaries {
			if aws.ToString(b.BackupName) == c.Native && aws.ToString(b.TableId) == tableID && b.BackupStatus != types.BackupStatusDeleted {
				return one("id", aws.ToString(b.BackupArn)), nil
			}
		}
		if aws.ToString(out.LastEvaluatedBackupArn) == "" {
			return nil, nil
		}
		in.ExclusiveStartBackupArn = out.LastEvaluatedBackupArn
	}
}
