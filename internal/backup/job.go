package backup

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
)

// defaultRole is the one that AWS Backup's console makes and uses unless told otherwise.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
const defaultRole = "AWSBackupDefaultServiceRole"

// RoleARN is the ARN of a role of an account that is given by its name, with or without its path, or by its ARN; empty is the default role.
func RoleARN(role, partition, account string) string {
	role = cmp.Or(role, defaultRole)
	switch {
	case strings.HasPrefix(role, "arn:"):
		return role
	case role == defaultRole:
		role = "service-role/" + role
	}
	return "arn:" + partition + ":iam::" + account + ":role/" + role
}

func (t *task) role() string {
	return RoleARN(t.o.Role, t.target.Unit.Partition.Or("aws"), t.target.Account())
}

// job makes a recovery point: AWS Backup is handed the job, and if it is to be waited for, its end and the listing of the point are.
func (t *task) job() error {
	if t.memory.Job == "" {
		if err := t.start(); err != nil || t.result.Outcome != Pending {
			return err
		}
	}
	if !t.o.WaitForTheirEnd {
		t.result.Outcome = Started
		return nil
	}
	job, err := t.over()
	if err != nil || job == nil {
		return err
	}
	if job.State != types.BackupJobStateCompleted {
		t.broken(string(job.State), aws.ToString(job.StatusMessage))
		return nil
	}
	if category := aws.ToString(job.MessageCategory); category != "" && category != "SUCCESS" {
		t.result.Notes = append(t.result.Notes, "the job completed with a message: "+aws.ToString(job.StatusMessage))
	}
	t.result.ARN, t.result.Bytes, t.result.Created = aws.ToString(job.RecoveryPointArn), sizeOf(job.BackupSizeInBytes), aws.ToTime(job.CreationDate)
	t.result.Vault = cmp.Or(aws.ToString(job.BackupVaultName), t.result.Vault)
	return t.listed()
}

// start hands AWS Backup the job. It knows a repeated request by its token, so that one whose answer was lost is simply made again.
// AWS Backup runs one job of a table at a time: ours waits for another one's end within its start window.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html
func (t *task) start() error {
	in := t.jobInput()
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Settle)); ; {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.StartBackupJob, Resource: t.target.ARN()}, t.scope.Backup.StartBackupJob, in)
		t.result.Request = answer.RequestID
		if err == nil && aws.ToString(out.BackupJobId) == "" {
			err = awsapi.Missing(answer, "id of the job")
		}
		if err == nil {
			t.memory.Job, t.result.Job = *out.BackupJobId, *out.BackupJobId
			t.memory.ARN, t.result.ARN = aws.ToString(out.RecoveryPointArn), aws.ToString(out.RecoveryPointArn)
			t.result.Created = aws.ToTime(out.CreationDate)
			return t.disk(t.took(t.hard))
		}
		if !passing(err) {
			return err
		}
		if !wait.Next(t.soft) {
			return t.undecided(err)
		}
	}
}

// undecided ends a task whose call never got an answer that says yes or no.
func (t *task) undecided(err error) error {
	if unanswered(err) {
		t.unfinished("AWS's answer was lost (%s): nobody knows whether the job was started", err)
		return nil
	}
	return t.gaveUp(err)
}

func (t *task) jobInput() *backup.StartBackupJobInput {
	in := &backup.StartBackupJobInput{BackupVaultName: aws.String(t.o.Vault), ResourceArn: aws.String(t.target.ARN()), IamRoleArn: aws.String(t.role()), IdempotencyToken: aws.String(t.memory.Token)}
	if t.o.StartWindow > 0 {
		in.StartWindowMinutes = aws.Int64(t.o.StartWindow)
	}
	if t.o.CompleteWindow > 0 {
		in.CompleteWindowMinutes = aws.Int64(t.o.CompleteWindow)
	}
	if t.o.RetainDays > 0 || t.o.ColdAfterDays > 0 {
		in.Lifecycle = &types.Lifecycle{}
	}
	if t.o.RetainDays > 0 {
		in.Lifecycle.DeleteAfterDays = aws.Int64(t.o.RetainDays)
	}
	if t.o.ColdAfterDays > 0 {
		in.Lifecycle.MoveToColdStorageAfterDays = aws.Int64(t.o.ColdAfterDays)
	}
	if len(t.o.Tags) > 0 {
		in.RecoveryPointTags = t.o.Tags
	}
	return in
}

// JobOver reports whether a job's state is its last.
func JobOver(s types.BackupJobState) bool {
	return slices.Contains([]types.BackupJobState{types.BackupJobStateCompleted, types.BackupJobStateFailed, types.BackupJobStateAborted,
		types.BackupJobStateExpired, types.BackupJobStatePartial}, s)
}

// over waits until the job has ended; nil: the task has.
func (t *task) over() (*backup.DescribeBackupJobOutput, error) {
	id := t.memory.Job
	settled := time.Now().Add(t.o.Settle)
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Within)); ; {
		out, _, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.DescribeBackupJob, Resource: id}, t.scope.Backup.DescribeBackupJob, &backup.DescribeBackupJobInput{BackupJobId: &id})
		switch {
		case err == nil && JobOver(out.State):
			return out, nil
		case err != nil && !passing(err) && (!notFound(err) || time.Now().After(settled)):
			return nil, t.unseen(err)
		case !wait.Next(t.soft):
			t.unfinished("the job was still under way when %s", t.why())
			return nil, nil
		}
	}
}

// listed waits until the recovery point is listed among the table's. That the job says COMPLETED is not taken for a backup.
func (t *task) listed() error {
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Settle)); ; {
		point, err := t.point()
		switch {
		case err == nil && point != nil && (point.Status == types.RecoveryPointStatusCompleted || point.Status == types.RecoveryPointStatusAvailable):
			return t.describePoint(point)
		case err != nil && !passing(err) && !notFound(err):
			return t.unseen(err)
		case !wait.Next(t.soft):
			t.unlisted(err)
			return nil
		}
	}
}

// unlisted ends a task whose job is completed and whose recovery point nobody saw.
func (t *task) unlisted(err error) {
	if t.soft.Err() != nil || err != nil {
		t.unfinished("the job is completed, and its recovery point was not listed yet when %s", t.why())
		return
	}
	t.broken("NoRecoveryPoint", "the job is completed, but its recovery point is not listed for the table")
}

// point finds the recovery point in the list of the table; nil: it is not in it.
func (t *task) point() (*types.RecoveryPointByResource, error) {
	arn := t.target.ARN()
	in := &backup.ListRecoveryPointsByResourceInput{ResourceArn: &arn, MaxResults: aws.Int32(1000)}
	for {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.ListRecoveryPointsByResource, Resource: arn}, t.scope.Backup.ListRecoveryPointsByResource, in)
		if err != nil {
			return nil, err
		}
		if out.RecoveryPoints == nil {
			return nil, awsapi.Missing(answer, "list of recovery points")
		}
		for i, p := range out.RecoveryPoints {
			if t.result.ARN != "" && aws.ToString(p.RecoveryPointArn) == t.result.ARN {
				return &out.RecoveryPoints[i], nil
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return nil, nil
		}
		in.NextToken = out.NextToken
	}
}

// describePoint reads back when the point goes cold and when it is deleted.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRecoveryPoint.html
func (t *task) describePoint(listed *types.RecoveryPointByResource) error {
	vault, arn := cmp.Or(aws.ToString(listed.BackupVaultName), t.result.Vault), t.result.ARN
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Settle)); ; {
		out, _, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.DescribeRecoveryPoint, Resource: arn}, t.scope.Backup.DescribeRecoveryPoint,
			&backup.DescribeRecoveryPointInput{BackupVaultName: &vault, RecoveryPointArn: &arn})
		switch {
		case err == nil:
			t.readPoint(out)
			return t.readTags(arn)
		case !passing(err):
			return t.unseen(err)
		case !wait.Next(t.soft):
			t.unfinished("the recovery point is there, and could not be read back when %s", t.why())
			return nil
		}
	}
}

func (t *task) readPoint(p *backup.DescribeRecoveryPointOutput) {
	t.result.Outcome = Made
	if p.CreationDate != nil {
		t.result.Created = *p.CreationDate
	}
	if p.BackupSizeInBytes != nil {
		t.result.Bytes = *p.BackupSizeInBytes
	}
	if c := p.CalculatedLifecycle; c != nil {
		t.result.Expires, t.result.ColdAt = aws.ToTime(c.DeleteAt), aws.ToTime(c.MoveToColdStorageAt)
	}
	var days int64
	if p.Lifecycle != nil {
		days = max(0, aws.ToInt64(p.Lifecycle.DeleteAfterDays))
	}
	if days != t.o.RetainDays {
		t.result.Notes = append(t.result.Notes, "AWS keeps it "+daysText(days)+", and not "+daysText(t.o.RetainDays)+" as was asked")
	}
}

// readTags reads the tags of the point back, where some were asked for: a job that completes is not taken to have set them.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListTags.html
func (t *task) readTags(arn string) error {
	if len(t.o.Tags) == 0 {
		return nil
	}
	has := map[string]string{}
	in := &backup.ListTagsInput{ResourceArn: &arn}
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Settle)); ; {
		out, _, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.ListBackupTags, Resource: arn}, t.scope.Backup.ListTags, in)
		switch {
		case err == nil:
			maps.Copy(has, out.Tags)
			if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
				t.result.Notes = append(t.result.Notes, otherTags(t.o.Tags, has)...)
				return nil
			}
		case !passing(err):
			return t.unseen(err)
		case !wait.Next(t.soft):
			t.unfinished("the recovery point is there, and its tags could not be read back when %s", t.why())
			return nil
		}
	}
}

// otherTags says of each tag that was asked for and is not there so what is there. Others may be: AWS Backup copies the table's.
func otherTags(asked, has map[string]string) []string {
	var notes []string
	for _, key := range slices.Sorted(maps.Keys(asked)) {
		switch got, ok := has[key]; {
		case !ok:
			notes = append(notes, "its tag "+key+" is missing, and was asked to be "+asked[key])
		case got != asked[key]:
			notes = append(notes, "its tag "+key+" is "+got+", and not "+asked[key]+" as was asked")
		}
	}
	return notes
}
