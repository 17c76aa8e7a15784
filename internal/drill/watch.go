package drill

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/store"
)

// testTag marks the tables that AWS's restore testing made.
const testTag = "awsbackup-restore-test"

// Watched lists the restores of AWS's restore testing in a Region that wait for a validation and that no drill of this store has looked at.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html
func Watched(ctx context.Context, e *Engine, asked Asked, account, region string) ([]*Drill, error) {
	scope := e.Scope(account, region)
	var out []*Drill
	in := &backup.ListRestoreJobsInput{ByResourceType: aws.String("DynamoDB"), ByStatus: types.RestoreJobStatusCompleted}
	for {
		page, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: scope, Call: awsapi.ListRestoreJobs}, scope.Backup.ListRestoreJobs, in)
		if err != nil {
			return nil, err
		}
		for i := range page.RestoreJobs {
			j := &page.RestoreJobs[i]
			if !waits(j) {
				continue
			}
			d := ofJob(asked, j, account, region)
			if _, err := Load(ctx, e.Store, d.ID); errors.Is(err, store.ErrNotFound) {
				out = append(out, d)
			} else if err != nil {
				return nil, err
			}
		}
		if aws.ToString(page.NextToken) == "" {
			return out, nil
		}
		in.NextToken = page.NextToken
	}
}

// waits reports whether AWS waits for somebody to say what a test restore is worth.
func waits(j *types.RestoreJobsListMember) bool {
	open := j.ValidationStatus == "" || j.ValidationStatus == types.RestoreValidationStatusValidating
	return j.CreatedBy != nil && aws.ToString(j.CreatedBy.RestoreTestingPlanArn) != "" && open && aws.ToString(j.CreatedResourceArn) != "" && j.DeletionStatus == ""
}

// ofJob makes the drill of a test restore. Its id follows from the job's, so that each job is looked at once.
func ofJob(a Asked, j *types.RestoreJobsListMember, account, region string) *Drill {
	source, target := aws.ToString(j.SourceResourceArn), aws.ToString(j.CreatedResourceArn)
	return &Drill{
		ID: "d-test-" + aws.ToString(j.RestoreJobId), Run: a.Run, Tool: a.Tool, Caller: a.Caller, CallerID: a.CallerID, Partition: a.Partition, Account: account, Endpoint: a.Endpoint, Wish: a.Wish, Watched: true,
		Source: tableAt(source), Target: tableAt(target),
		From: Point{Kind: FromPoint, ARN: aws.ToString(j.RecoveryPointArn), Vault: last(aws.ToString(j.BackupVaultArn)), Role: aws.ToString(j.IamRoleArn), Account: account, Region: region,
			At: aws.ToTime(j.RecoveryPointCreationDate).UTC()},
		Restore: Restore{Call: "backup:StartRestoreJob", Job: aws.ToString(j.RestoreJobId)},
		Times:   Times{Requested: aws.ToTime(j.CreationDate).UTC(), Active: aws.ToTime(j.CompletionDate).UTC()},
		Key:     Key{Level: "aws-owned"},
	}
}

func last(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }

func tableAt(arn string) Table {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return Table{ARN: arn}
	}
	return Table{Name: strings.TrimPrefix(parts[5], "table/"), ARN: arn, Account: parts[4], Region: parts[3]}
}

// made looks at the table that AWS made: its id is not part of the job.
func (w *Workshop) made(ctx context.Context, d *Drill, save func() error) error {
	r := remover{scope: w.Account(d.Target.Account).Scope(d.Target.Region), name: d.Target.Name}
	t, err := r.describe(ctx)
	if err != nil {
		return err
	}
	if t == nil {
		return fmt.Errorf("the restored table %s is gone", d.Target.Name)
	}
	d.Target.TableID = aws.ToString(t.TableId)
	d.Target.Created = aws.ToTime(t.CreationDateTime).UTC()
	return save()
}

// excused: another key than the source's that protects as much or more is no fault, nor is the AWS-owned key that AWS's restore testing
// encrypts its copies with unless its plan says otherwise. What would be less on any other copy was refused before it was made.
func excused(lines []evidence.Setting, watched bool) {
	for i := range lines {
		l := &lines[i]
		if l.Setting != string(settings.Encryption) || l.Outcome != evidence.Differs {
			continue
		}
		l.Outcome, l.Reason = evidence.Same, "another key, which protects as much or more"
		if watched {
			l.Outcome, l.Reason = evidence.ExpectedLoss, "AWS's restore testing encrypts with the AWS-owned key unless its selection names another"
		}
	}
}

// report tells AWS what came of a test restore. A result cannot be changed once it is set, so that one that is not known is not told: AWS then
// says that nobody validated the restore in time. AWS removes the table itself.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutRestoreValidationResult.html
func (e *Engine) report(ctx context.Context, d *Drill) (State, error) {
	d.Cleanup = Cleanup{State: NoTable, Reason: "AWS removes the table of its restore testing"}
	status := map[Verdict]types.RestoreValidationStatus{Passed: types.RestoreValidationStatusSuccessful, Refuted: types.RestoreValidationStatusFailed}[d.Verdict]
	if status == "" {
		d.Remarks = append(d.Remarks, "AWS was told nothing, because nothing was decided")
		return d.end(), nil
	}
	text := "restorable drill " + d.ID + ": " + string(d.Verdict)
	if len(d.Reasons) > 0 {
		text += ": " + d.Reasons[0].Text
	}
	if len(text) > 1000 {
		text = text[:1000]
	}
	s := e.at(d.Target)
	_, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.PutRestoreValidationResult, Resource: d.Restore.Job}, s.Backup.PutRestoreValidationResult,
		&backup.PutRestoreValidationResultInput{RestoreJobId: &d.Restore.Job, ValidationStatus: status, ValidationStatusMessage: &text})
	switch {
	case err != nil && passing(ctx, err):
		return "", err
	case err != nil:
		code, message := told(err)
		d.Untold = &Untold{Job: d.Restore.Job, Status: string(status), Code: code, Message: message}
		d.Remarks = append(d.Remarks, "AWS did not take the result: "+code+": "+message)
	default:
		d.Remarks = append(d.Remarks, "AWS was told "+string(status))
	}
	return d.end(), nil
}
