package apply

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	ondemand "github.com/restorable/restorable/internal/backup"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// trial is one table on its way to a proof.
type trial struct {
	*prover
	proof    remedy.Proof
	scope    *awsapi.Scope
	token    string
	deadline time.Time
	result   ProofResult
}

// prove proves one table, unless the journal says that it is proved.
func (p *prover) prove(proof remedy.Proof) ProofResult {
	prior := p.proofs[proofKey(proof)]
	t := &trial{prover: p, proof: proof, scope: p.way.account.Scope(proof.Region), token: proofToken(p.run.Head.ID, proof),
		deadline: time.Now().Add(p.o.Within), result: ProofResult{Proof: proof, Outcome: Pending, Job: prior.Outputs["job"], Point: prior.Outputs["point"]}}
	if prior.Phase == journal.Proved {
		t.result.Outcome = Proven
		return t.result
	}
	if prior.Phase == journal.Unproved { // it failed and is tried anew, with a token of its own: AWS would name the failed job again
		t.token, t.result.Job = tokenOf(t.token, "again"), ""
	}
	if err := t.try(); err != nil {
		t.fail(err)
	}
	return t.result
}

// try starts the job, or finds it under way, and waits for it and for its recovery point.
func (t *trial) try() error {
	if t.result.Job == "" {
		if err := t.begin(); err != nil || t.result.Job == "" {
			return err
		}
	}
	job, err := t.ended(t.result.Job)
	switch {
	case err != nil:
		return err
	case job == nil:
		t.result.Outcome = Unfinished
		t.result.Reason = "the job was still under way when the time was up"
		return nil
	case job.State != types.BackupJobStateCompleted:
		t.end(Failed, journal.Unproved, string(job.State), aws.ToString(job.StatusMessage))
		return nil
	}
	return t.listed(aws.ToString(job.RecoveryPointArn))
}

// begin makes sure that a job of ours is under way. AWS Backup runs one job of a table at a time
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html): one that does as ours would is ours, another one is waited for.
func (t *trial) begin() error {
	for {
		job, err := t.running()
		if err != nil {
			return err
		}
		if job == nil {
			return t.start()
		}
		id := aws.ToString(job.BackupJobId)
		if aws.ToString(job.BackupVaultName) == t.proof.Vault && aws.ToString(job.IamRoleArn) == t.proof.RoleARN {
			t.note(id)
			return nil
		}
		other, err := t.ended(id)
		if err != nil {
			return err
		}
		if other == nil {
			t.result.Outcome, t.result.Reason = Unfinished, "another job of the table, "+id+", was still under way when the time was up"
			return nil
		}
	}
}

// running is a job of the table that has not ended; nil: none.
func (t *trial) running() (*types.BackupJob, error) {
	in := &backup.ListBackupJobsInput{ByResourceArn: &t.proof.ARN, MaxResults: pageOf()}
	for {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.ListBackupJobs, Resource: t.proof.ARN}, t.scope.Backup.ListBackupJobs, in)
		if err != nil {
			return nil, err
		}
		if out.BackupJobs == nil {
			return nil, awsapi.Missing(answer, "list of jobs")
		}
		for i := range out.BackupJobs {
			if !ondemand.JobOver(out.BackupJobs[i].State) {
				return &out.BackupJobs[i], nil
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return nil, nil
		}
		in.NextToken = out.NextToken
	}
}

// start writes the intent down and starts the job. Its recovery point gets no tags: whether AWS refuses them where DynamoDB's own backups
// are made, which can carry none, is not documented; the journal tells whose it is.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html
func (t *trial) start() error {
	if stopped(t.soft) || !t.write(journal.Event{Kind: journal.Proving, Action: proofKey(t.proof), Token: t.token}) {
		return nil
	}
	in := &backup.StartBackupJobInput{BackupVaultName: &t.proof.Vault, ResourceArn: &t.proof.ARN, IamRoleArn: &t.proof.RoleARN,
		IdempotencyToken: &t.token, Lifecycle: &types.Lifecycle{DeleteAfterDays: aws.Int64(t.o.RetainDays)}}
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Settle)); ; {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.StartBackupJob, Resource: t.proof.Vault}, t.scope.Backup.StartBackupJob, in)
		switch {
		case err == nil && aws.ToString(out.BackupJobId) == "":
			return awsapi.Missing(answer, "id of the job")
		case err == nil:
			t.note(*out.BackupJobId)
			return nil
		case !t.passing(err, &job{needs: true}) || !wait.Next(t.soft): // role and vault may just have been made
			return err
		}
	}
}

// note writes down which job is the table's.
func (t *trial) note(id string) {
	t.result.Job = id
	t.write(journal.Event{Kind: journal.Proving, Action: proofKey(t.proof), Outputs: one("job", id)})
}

// ended waits until a job has ended; nil: the time was up, or the user interrupted.
func (t *trial) ended(id string) (*backup.DescribeBackupJobOutput, error) {
	for wait := awsapi.WaitUntil(t.deadline); ; {
		out, _, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.DescribeBackupJob, Resource: id}, t.scope.Backup.DescribeBackupJob,
			&backup.DescribeBackupJobInput{BackupJobId: &id})
		switch {
		case err == nil && ondemand.JobOver(out.State):
			return out, nil
		case err != nil && !t.passing(err, &job{}):
			return nil, err
		case !wait.Next(t.soft):
			return nil, nil
		}
	}
}

// listed waits until the recovery point is listed among the table's. That the job says COMPLETED is not taken for a backup.
func (t *trial) listed(point string) error {
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Settle)); ; {
		status, err := t.point(point)
		switch {
		case err == nil && (status == types.RecoveryPointStatusCompleted || status == types.RecoveryPointStatusAvailable):
			t.result.Point = point
			t.end(Proven, journal.Proved, "", "")
			return nil
		case err != nil && !t.passing(err, &job{needs: true}):
			return err
		case !wait.Next(t.soft):
			if stopped(t.soft) {
				t.result.Outcome = Unfinished
				return nil
			}
			t.end(Failed, journal.Unproved, "NoRecoveryPoint", "the job is completed, but its recovery point is not listed for the table")
			return nil
		}
	}
}

// point is the status of a recovery point in the list of the table; empty: it is not in it.
func (t *trial) point(arn string) (types.RecoveryPointStatus, error) {
	in := &backup.ListRecoveryPointsByResourceInput{ResourceArn: &t.proof.ARN, MaxResults: pageOf()}
	for {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.ListRecoveryPointsByResource, Resource: t.proof.ARN},
			t.scope.Backup.ListRecoveryPointsByResource, in)
		if err != nil {
			return "", err
		}
		if out.RecoveryPoints == nil {
			return "", awsapi.Missing(answer, "list of recovery points")
		}
		for _, p := range out.RecoveryPoints {
			if arn != "" && aws.ToString(p.RecoveryPointArn) == arn {
				return p.Status, nil
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return "", nil
		}
		in.NextToken = out.NextToken
	}
}

// end writes down how it ended.
func (t *trial) end(o Outcome, kind journal.Kind, code, reason string) {
	t.result.Outcome, t.result.Code, t.result.Reason = o, code, reason
	if o == Failed {
		t.result.Mend = mend(code, reason, t.proof)
	}
	outputs := map[string]string{}
	for k, v := range map[string]string{"job": t.result.Job, "point": t.result.Point} {
		if v != "" {
			outputs[k] = v
		}
	}
	t.write(journal.Event{Kind: kind, Action: proofKey(t.proof), Code: code, Reason: reason, Outputs: outputs})
}

// fail ends a trial that an error broke off. What ends every call ends the whole, and leaves the table to be gone on with.
func (t *trial) fail(err error) {
	var call *awsapi.CallError
	switch {
	case stops(err):
		t.halt(err)
	case errors.Is(err, context.Canceled), errors.As(err, &call) && call.Kind == awsapi.KindCancelled:
	case call != nil:
		t.end(Failed, journal.Unproved, call.Code, call.Message)
		return
	default:
		t.end(Failed, journal.Unproved, "", err.Error())
		return
	}
	if t.result.Job != "" {
		t.result.Outcome = Unfinished
	}
	t.result.Reason = reason(err)
}
