package restore

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore/settings"
)

// restoring makes sure that the table is under way, once, and waits for it.
func (r *Run) restoring(ctx context.Context) error {
	if r.Request.Kind == settings.ByPoint {
		if err := r.jobDone(ctx); err != nil {
			return err
		}
	} else if r.TableID == "" {
		if err := r.askNative(ctx); err != nil {
			return err
		}
	}
	return r.active(ctx)
}

// askNative asks DynamoDB for the table, unless it is there: an earlier process asked, or its answer was lost.
func (r *Run) askNative(ctx context.Context) error {
	for wait := r.wait(r.o.Settle); ; {
		t, err := r.describe(ctx)
		if err != nil {
			return err
		}
		if t != nil {
			return r.adopt(ctx, t)
		}
		r.tell("asking AWS for the table", "")
		r.untried = false
		made, answer, err := r.native(ctx)
		if err == nil {
			r.asked(answer)
			return r.known(ctx, made, answer.Date)
		}
		if !r.again(err) {
			return r.refused(ctx, err)
		}
		if !wait.Next(ctx) {
			return errors.Join(err, ctx.Err())
		}
	}
}

// again reports whether the same request may succeed later, or may have succeeded already: then the table is looked for first.
func (r *Run) again(err error) bool {
	code, _, kind := awsapi.Classify(err)
	if code == "TableInUseException" || code == "TableAlreadyExistsException" {
		return true // perhaps our own, whose answer was lost: looking tells
	}
	return passing(err) || kind == awsapi.KindBusy
}

// passing reports whether an error says nothing about the thing asked for: AWS throttles, is busy, or did not answer.
func passing(err error) bool {
	code, _, kind := awsapi.Classify(err)
	switch code {
	case "InternalServerError", "InternalFailure", "ServiceUnavailable", "InternalError", "InternalServiceException":
		return true
	}
	return slices.Contains([]awsapi.Kind{awsapi.KindThrottled, awsapi.KindBusy, awsapi.KindTimeout, awsapi.KindUnreachable, awsapi.KindMalformed}, kind)
}

// refusal sorts what AWS said no to.
func refusal(r *Run, err error) error {
	code, message, _ := awsapi.Classify(err)
	switch code {
	case "PointInTimeRecoveryUnavailableException", "InvalidRestoreTimeException", "TableNotFoundException", "BackupNotFoundException", "ResourceNotFoundException":
		return &GoneError{What: message, Err: err}
	case "TableAlreadyExistsException", "TableInUseException":
		return &TakenError{Table: r.Request.Target, Region: r.Request.TargetRegion, Status: code}
	case "ValidationException", "InvalidParameterValueException", "InvalidRequestException", "LimitExceededException", "KMSAccessDeniedException":
		return &FailedError{Code: code, Message: message}
	}
	return err
}

// refused ends the restore when AWS said no for good: there is no table of it, and the same command begins anew.
func (r *Run) refused(ctx context.Context, err error) error {
	err = refusal(r, err)
	var (
		taken  *TakenError
		gone   *GoneError
		failed *FailedError
	)
	switch {
	case errors.As(err, &failed):
		return r.fail(ctx, failed.Code, failed.Message)
	case errors.As(err, &taken):
		r.Failure = &Failure{Code: "TargetTaken", Message: taken.Error()}
	case errors.As(err, &gone):
		code, _, _ := awsapi.Classify(gone.Err)
		r.Failure = &Failure{Code: code, Message: gone.What}
	default:
		return err
	}
	return errors.Join(err, r.move(ctx, Failed))
}

// describe returns the target; nil when there is no such table.
func (r *Run) describe(ctx context.Context) (*types.TableDescription, error) {
	s := r.target()
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.DescribeTable, Resource: r.Request.Target}, s.DynamoDB.DescribeTable, &dynamodb.DescribeTableInput{TableName: &r.Request.Target})
	switch code, _, _ := awsapi.Classify(err); {
	case code == "ResourceNotFoundException":
		return nil, nil
	case err != nil:
		return nil, err
	case out.Table == nil:
		return nil, awsapi.Missing(answer, "table")
	}
	return out.Table, nil
}

// known writes down which table it is.
func (r *Run) known(ctx context.Context, t *types.TableDescription, at time.Time) error {
	if t != nil {
		r.TableID, r.TableARN = aws.ToString(t.TableId), aws.ToString(t.TableArn)
	}
	r.Requested = at
	if at.IsZero() {
		r.Requested = r.now()
	}
	return r.save(ctx, "asked")
}

// adopt decides whether a table of the target's name is the one that was asked for. While it is CREATING, AWS says what it is restored from;
// afterwards it does not, and the name and the age must do: the name was free when the intent was written down.
func (r *Run) adopt(ctx context.Context, t *types.TableDescription) error {
	if !r.ours(t) {
		return r.refused(ctx, &TakenError{Table: r.Request.Target, Region: r.Request.TargetRegion, Status: string(t.TableStatus)})
	}
	r.ByName = t.RestoreSummary == nil
	return r.known(ctx, t, aws.ToTime(t.CreationDateTime).UTC())
}

// ours: Dates of AWS's answers are whole seconds, so that the table may seem a second older than the intent.
func (r *Run) ours(t *types.TableDescription) bool {
	if r.untried || r.Intent.IsZero() || t.CreationDateTime == nil || t.CreationDateTime.Before(r.Intent.Add(-time.Second)) {
		return false
	}
	s := t.RestoreSummary
	switch {
	case s == nil:
		return t.TableStatus != types.TableStatusCreating && r.sameKeys(t)
	case r.Request.Kind == settings.ByPITR:
		return aws.ToString(s.SourceTableArn) == r.Request.Table && s.SourceBackupArn == nil && (r.Request.At.IsZero() || aws.ToTime(s.RestoreDateTime).Equal(r.Request.At))
	case r.Request.Kind == settings.ByBackup:
		return aws.ToString(s.SourceBackupArn) == r.Request.ARN
	}
	return true
}

// sameKeys: a table with other keys than the source's was not restored from it.
func (r *Run) sameKeys(t *types.TableDescription) bool {
	if r.source.Table == nil {
		return true
	}
	want, known := r.source.Table.KeySchema.Get()
	return !known || slices.Equal(want, elements(t.KeySchema))
}

// active waits until the table is there.
func (r *Run) active(ctx context.Context) error {
	seen := false
	unseen := r.wait(r.o.Settle)
	for wait := r.wait(0); ; {
		t, err := r.describe(ctx)
		switch {
		case err != nil && !passing(err):
			return err
		case err != nil:
		case t == nil:
			if seen || !unseen.Left() {
				return r.fail(ctx, "TableGone", "the table "+r.Request.Target+" is gone before it was ACTIVE")
			}
		case r.TableID != "" && aws.ToString(t.TableId) != r.TableID:
			return r.fail(ctx, "TableGone", "somebody else made another table "+r.Request.Target+" in its place")
		case t.TableStatus == types.TableStatusActive || t.TableStatus == types.TableStatusUpdating:
			return r.isActive(ctx, t)
		case t.TableStatus == types.TableStatusInaccessibleEncryptionCredentials || t.TableStatus == types.TableStatusArchived || t.TableStatus == types.TableStatusDeleting:
			return r.fail(ctx, string(t.TableStatus), "the table "+r.Request.Target+" became "+string(t.TableStatus)+" instead of ACTIVE")
		default:
			seen = true
			r.tell("waiting for table "+r.Request.Target, string(t.TableStatus))
		}
		if !wait.Next(ctx) {
			return ctx.Err()
		}
	}
}

func (r *Run) isActive(ctx context.Context, t *types.TableDescription) error {
	r.TableID, r.TableARN = aws.ToString(t.TableId), aws.ToString(t.TableArn)
	r.Active = r.now()
	return r.move(ctx, Completing)
}
