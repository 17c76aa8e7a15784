package backup

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
)

// native makes one of DynamoDB's own backups and waits until it is available.
func (t *task) native() error {
	if t.state == intended && t.result.Resumed {
		if err := t.patient(t.find); err != nil {
			return err
		}
	}
	if t.memory.ARN == "" {
		if err := t.create(); err != nil || t.result.Outcome != Pending {
			return err
		}
	}
	if t.state == intended {
		if err := t.disk(t.took(t.hard)); err != nil {
			return err
		}
	}
	return t.available()
}

// create calls until DynamoDB takes it. A call whose answer was lost is looked for before another is made: backups of one name may stand
// beside each other, and the call knows no token.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
func (t *task) create() error {
	name, backupName := t.target.Name(), t.memory.Name
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Settle)); ; {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.CreateBackup, Resource: name}, t.scope.DynamoDB.CreateBackup,
			&dynamodb.CreateBackupInput{TableName: &name, BackupName: &backupName})
		t.result.Request = answer.RequestID
		if err == nil && (out.BackupDetails == nil || aws.ToString(out.BackupDetails.BackupArn) == "") {
			err = awsapi.Missing(answer, "ARN of the backup")
		}
		if err == nil {
			t.name(*out.BackupDetails.BackupArn)
			return nil
		}
		again, err := t.afterwards(err)
		if err != nil || t.memory.ARN != "" || t.result.Outcome != Pending {
			return err
		}
		if !wait.Next(t.soft) {
			return t.gaveUp(again)
		}
	}
}

func (t *task) name(arn string) { t.memory.ARN, t.result.ARN = arn, arn }

// gaveUp ends a task whose call was refused all the time. Nothing was made, and nothing is left open.
func (t *task) gaveUp(last error) error {
	if t.soft.Err() == nil {
		return last
	}
	state := t.state
	if err := t.disk(t.forget(t.hard)); err != nil {
		return err
	}
	if state != "" {
		t.state = ""
	}
	t.result.Outcome, t.result.Reason = Pending, "interrupted while AWS refused: "+last.Error()
	return nil
}

// afterwards decides what an error of CreateBackup means. again is the error when another try may help; err ends the task.
func (t *task) afterwards(failure error) (again, err error) {
	call := callError(failure)
	switch {
	case unanswered(failure):
		if err := t.patient(t.find); err != nil {
			t.unfinished("AWS's answer was lost (%s), and whether the backup was made could not be looked up: %s", failure, err)
			return nil, nil
		}
		if call.Kind == awsapi.KindCancelled && t.memory.ARN == "" {
			t.unfinished("interrupted before AWS answered; no such backup is listed yet")
		}
		return failure, nil
	case call != nil && call.Kind == awsapi.KindNotFound:
		return failure, t.stillThere(failure)
	case awsapi.Retryable(failure):
		return failure, nil
	}
	return nil, failure
}

// stillThere looks at a table that CreateBackup does not find: one that is being made is not found by it, either.
func (t *task) stillThere(failure error) error {
	name := t.target.Name()
	out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.DescribeTable, Resource: name}, t.scope.DynamoDB.DescribeTable, &dynamodb.DescribeTableInput{TableName: &name})
	switch {
	case notFound(err):
		return &awsapi.CallError{Answer: answer, Code: callError(failure).Code, Kind: awsapi.KindNotFound, Message: "the table was deleted in the meantime", Err: failure}
	case err != nil && !passing(err):
		return err
	case err == nil && out.Table != nil && aws.ToString(out.Table.TableId) != t.target.ID():
		return &awsapi.CallError{Answer: answer, Code: "TableReplaced", Kind: awsapi.KindOther, Message: "the table was deleted and another one of its name made in the meantime", Err: failure}
	}
	return nil
}

// clockStep is how much earlier than the intent AWS may date what came of it: both are AWS's times, of different machines.
const clockStep = 2 * time.Second

// find looks for the backup of this name that was made of this table since the intent was written down. Another one that somebody made
// under the same name in the same minutes would be taken for it: names are not unique, and the backup says not who made it.
func (t *task) find() error {
	name := t.target.Name()
	in := &dynamodb.ListBackupsInput{TableName: &name, TimeRangeLowerBound: aws.Time(t.memory.Since.Add(-clockStep))}
	for {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.ListBackups, Resource: name}, t.scope.DynamoDB.ListBackups, in)
		if err != nil {
			return err
		}
		if out.BackupSummaries == nil {
			return awsapi.Missing(answer, "list of backups")
		}
		for _, b := range out.BackupSummaries {
			if aws.ToString(b.BackupName) == t.memory.Name && aws.ToString(b.TableId) == t.target.ID() && b.BackupStatus != types.BackupStatusDeleted {
				t.name(aws.ToString(b.BackupArn))
				return nil
			}
		}
		if aws.ToString(out.LastEvaluatedBackupArn) == "" {
			return nil
		}
		in.ExclusiveStartBackupArn = out.LastEvaluatedBackupArn
	}
}

// available waits until the backup is, and reads back what it holds. A backup that was just made may not be found for a moment.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeBackup.html
func (t *task) available() error {
	arn, settled := t.memory.ARN, time.Now().Add(t.o.Settle)
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Within)); ; {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.DescribeBackup, Resource: arn}, t.scope.DynamoDB.DescribeBackup, &dynamodb.DescribeBackupInput{BackupArn: &arn})
		if err == nil && (out.BackupDescription == nil || out.BackupDescription.BackupDetails == nil) {
			err = awsapi.Missing(answer, "description of the backup")
		}
		switch {
		case err == nil && out.BackupDescription.BackupDetails.BackupStatus == types.BackupStatusAvailable:
			return t.readBack(out.BackupDescription)
		case err == nil && out.BackupDescription.BackupDetails.BackupStatus == types.BackupStatusDeleted:
			t.broken("DELETED", "somebody deleted the backup before it was available")
			return nil
		case err != nil && notFound(err) && time.Now().After(settled):
			t.broken(callError(err).Code, "AWS took the backup, and does not know it any more: "+callError(err).Message)
			return nil
		case err != nil && !notFound(err) && !passing(err):
			return t.unseen(err)
		case !wait.Next(t.soft):
			t.unfinished("the backup was not available yet when %s", t.why())
			return nil
		}
	}
}

// unseen ends a task whose backup AWS took, and does not show to us.
func (t *task) unseen(err error) error {
	if ends(err) || callError(err) == nil {
		return err
	}
	t.unfinished("AWS took it, but it could not be read back: %s: %s", callError(err).Code, callError(err).Message)
	t.result.Mend = Mend(callError(err).Code, callError(err).Message, t.advice())
	return nil
}

// why is why a wait ended.
func (t *task) why() string {
	if t.soft.Err() != nil {
		return "the command was interrupted"
	}
	return "the time was up"
}

// readBack holds what AWS recorded against the table.
func (t *task) readBack(d *types.BackupDescription) error {
	details := d.BackupDetails
	t.result.Created, t.result.Name, t.result.Bytes = aws.ToTime(details.BackupCreationDateTime), aws.ToString(details.BackupName), sizeOf(details.BackupSizeBytes)
	if details.BackupExpiryDateTime != nil {
		t.result.Expires = *details.BackupExpiryDateTime
	}
	t.result.Recorded = recorded(d)
	if id := t.result.Recorded.TableID; id != t.target.ID() {
		t.broken("TableReplaced", "the backup is of another table of that name (id "+id+"): the one that was to be backed up was deleted in the meantime")
		return nil
	}
	t.result.Outcome = Made
	t.result.Notes = append(t.result.Notes, t.differences()...)
	return nil
}

// differences are indexes that the backup records and the table had not, or the other way round: it changed in between.
func (t *task) differences() []string {
	var notes []string
	gsis, known := t.target.Table.GSIs.Get()
	had := make([]string, len(gsis))
	for i, x := range gsis {
		had[i] = x.Name
	}
	for _, name := range had {
		if known && !slices.Contains(t.result.Recorded.GSIs, name) {
			notes = append(notes, "the backup does not record the index "+name+": it was being made or removed")
		}
	}
	for _, name := range t.result.Recorded.GSIs {
		if known && !slices.Contains(had, name) {
			notes = append(notes, "the backup records the index "+name+", which the table did not have a moment before")
		}
	}
	return notes
}

func sizeOf(bytes *int64) int64 {
	if bytes == nil {
		return -1
	}
	return *bytes
}

func recorded(d *types.BackupDescription) *Recorded {
	r := &Recorded{Items: -1, GSIs: []string{}, LSIs: []string{}}
	if s := d.SourceTableDetails; s != nil {
		r.TableID, r.Items, r.BillingMode = aws.ToString(s.TableId), sizeOf(s.ItemCount), string(s.BillingMode)
		if p := s.ProvisionedThroughput; p != nil {
			r.ReadCapacity, r.WriteCapacity = aws.ToInt64(p.ReadCapacityUnits), aws.ToInt64(p.WriteCapacityUnits)
		}
	}
	f := d.SourceTableFeatureDetails
	if f == nil {
		return r
	}
	for _, x := range f.GlobalSecondaryIndexes {
		r.GSIs = append(r.GSIs, aws.ToString(x.IndexName))
	}
	for _, x := range f.LocalSecondaryIndexes {
		r.LSIs = append(r.LSIs, aws.ToString(x.IndexName))
	}
	if s := f.StreamDescription; s != nil && aws.ToBool(s.StreamEnabled) {
		r.Stream = string(s.StreamViewType)
	}
	if f.TimeToLiveDescription != nil && f.TimeToLiveDescription.TimeToLiveStatus == types.TimeToLiveStatusEnabled {
		r.TTL = aws.ToString(f.TimeToLiveDescription.AttributeName)
	}
	if f.SSEDescription != nil {
		r.Key = aws.ToString(f.SSEDescription.KMSMasterKeyArn)
	}
	return r
}
