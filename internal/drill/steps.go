package drill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore"
)

// restoring asks for the table and waits for it. A restore that AWS refuses is what the drill was made to find out.
func (e *Engine) restoring(ctx context.Context, d *Drill) (State, error) {
	e.tell(d, "restoring")
	err := e.Parts.Restore(ctx, d, func() error { return e.save(ctx, d) })
	switch {
	case err == nil:
		return Completing, nil
	case passing(ctx, err):
		return "", err
	}
	code, message := told(err)
	var taken *restore.TakenError
	if errors.As(err, &taken) { // that says nothing about the source
		d.blame(Unknown, code, "there is a table of the copy's name already: "+message)
		return Cleaning, nil
	}
	text := "the restore failed: " + message
	if d.From.Kind == FromPoint {
		text += "; AWS Backup was to restore with the role " + d.From.Role + " (--role)"
		d.TryRole = restore.OtherRole(message, d.From.Role, d.MadeBy)
	}
	d.blame(Refuted, code, text)
	return Cleaning, nil
}

// completing tags the table, which could not be tagged before, and compares settings. Nothing else is attached: a time to live would delete
// items, point-in-time recovery would leave a copy that nobody can delete for 35 days.
func (e *Engine) completing(ctx context.Context, d *Drill) (State, error) {
	e.tell(d, "comparing settings")
	if err := e.tag(ctx, d); err != nil { // of a table that AWS's restore testing made, nothing
		if passing(ctx, err) {
			return "", err
		}
		code, message := told(err)
		d.Remarks = append(d.Remarks, "the restored table could not be tagged as the drill's: "+code+": "+message)
	}
	if d.Comparison {
		return Comparing, nil
	}
	lines, err := e.Parts.Settings(ctx, d)
	switch {
	case err != nil && passing(ctx, err):
		return "", err
	case err != nil:
		code, message := told(err)
		d.blame(Unknown, code, "the settings could not be compared: "+message)
	default:
		d.Settings = lines
	}
	d.Times.Completed = e.now(d)
	return Comparing, nil
}

// comparing compares the items.
func (e *Engine) comparing(ctx context.Context, d *Drill) (State, error) {
	e.tell(d, "comparing items")
	err := e.Parts.Items(ctx, d)
	switch {
	case err != nil && passing(ctx, err):
		return "", err
	case err != nil:
		code, message := told(err)
		d.blame(Unknown, code, "the items could not be compared: "+message)
	default:
		d.Times.Verified = e.now(d)
	}
	return Cleaning, nil
}

// cleaning takes the table away, pass or fail, and only then says what came of the drill.
func (e *Engine) cleaning(ctx context.Context, d *Drill) (State, error) {
	d.judge()
	if err := e.save(ctx, d); err != nil { // what was found out must outlive a clean-up that fails
		return "", err
	}
	if d.Watched {
		return e.report(ctx, d)
	}
	if d.Wish.Keep && d.Target.TableID != "" {
		d.Cleanup = Cleanup{State: Kept}
		return d.end(), nil
	}
	e.tell(d, "cleaning up")
	if err := e.clean(ctx, d); err != nil {
		return "", err
	}
	d.Times.Cleaned = e.now(d)
	return d.end(), nil
}

func (d *Drill) end() State {
	if d.Verdict == Refuted {
		return Failed
	}
	return Done
}

// tag says whose the table is. Tags cannot be set before it is ACTIVE, nor for a moment after.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
func (e *Engine) tag(ctx context.Context, d *Drill) error {
	if d.Watched {
		return nil
	}
	s := e.at(d.Target)
	var tags []types.Tag
	for _, t := range [][2]string{{ToolTag, "restorable"}, {RunTag, d.Run}, {DrillTag, d.ID}} {
		tags = append(tags, types.Tag{Key: &t[0], Value: &t[1]})
	}
	wait := awsapi.WaitFor(settle)
	for {
		_, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.TagTable, Resource: d.Target.ARN}, s.DynamoDB.TagResource,
			&dynamodb.TagResourceInput{ResourceArn: &d.Target.ARN, Tags: tags})
		if err == nil || !awsapi.Retryable(err) || !wait.Next(ctx) {
			return err
		}
	}
}

// settle is how long a table may answer "not now" after a change.
const settle = 2 * time.Minute

// passing reports whether an error says nothing about the table: the way to AWS is broken, AWS is busy, or the user wants to stop. The
// drill then stays where it is, and can go on later.
func passing(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return true
	}
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	}
	return slices.Contains([]awsapi.Kind{awsapi.KindThrottled, awsapi.KindTimeout, awsapi.KindUnreachable, awsapi.KindTLS, awsapi.KindMalformed,
		awsapi.KindExpired, awsapi.KindNoCredentials, awsapi.KindInvalidCredentials, awsapi.KindCancelled}, call.Kind)
}

// Invalid says why something cannot be drilled.
type Invalid struct{ Reason string }

func (e *Invalid) Error() string { return fmt.Sprintf("drill: %s", e.Reason) }
