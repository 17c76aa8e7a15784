package drill

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/store"
)

// LeftError says that a table of a drill is still there, and why.
type LeftError struct {
	Table   string
	Code    string
	Reason  string
	Foreign bool  // nothing proves that a drill made it
	Err     error // may be nil
}

func (e *LeftError) Error() string { return "remove table " + e.Table + ": " + e.Reason }

// Unwrap returns AWS's refusal.
func (e *LeftError) Unwrap() error { return e.Err }

// clean removes the drill's table and returns when AWS lists it no more. What it can not remove it leaves, says why, and returns a *LeftError.
func (e *Engine) clean(ctx context.Context, d *Drill) error {
	asked, err := e.asked(ctx, d)
	if err != nil {
		return err
	}
	r := remover{scope: e.at(d.Target), name: d.Target.Name}
	err = r.remove(ctx, func(t *types.TableDescription) (bool, string) { return d.owns(t, asked) })
	for _, c := range r.calls {
		c.Account, c.Region = d.Target.Account, d.Target.Region
		d.Calls = append(d.Calls, c)
	}
	var left *LeftError
	switch {
	case errors.As(err, &left) && left.Foreign && d.Target.TableID == "":
		d.Cleanup = Cleanup{State: NoTable, Reason: "the table of that name is not the drill's: " + left.Reason}
		return nil
	case errors.As(err, &left):
		d.Cleanup = Cleanup{State: Left, Code: left.Code, Reason: left.Reason}
	case err != nil && !passing(ctx, err):
		code, message := told(err)
		d.Cleanup = Cleanup{State: Left, Code: code, Reason: message}
		return &LeftError{Table: d.Target.Name, Code: code, Reason: message, Err: err}
	case err == nil && !r.seen && d.Target.TableID == "":
		d.Cleanup = Cleanup{State: NoTable}
	case err == nil:
		d.Cleanup = Cleanup{State: Removed}
	}
	return err
}

// asked is when AWS was asked for the drill's table, or may have been; zero: it was not. What the restore learned of the table and the drill
// did not, because the process was killed between, is taken over.
func (e *Engine) asked(ctx context.Context, d *Drill) (time.Time, error) {
	if d.Restore.ID == "" {
		return d.Times.Requested, nil
	}
	r, err := restore.Load(ctx, e.Store, d.Restore.ID)
	if errors.Is(err, store.ErrNotFound) {
		return d.Times.Requested, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	if d.Target.TableID == "" {
		d.Target.TableID = r.TableID
	}
	return r.Intent, nil
}

// owns decides whether a table of the drill's name is the drill's: the same ARN and TableId, or, where AWS's answer to the restore never
// arrived, one made after AWS was asked. The name holds the run's random part, and was free before AWS was asked.
func (d *Drill) owns(t *types.TableDescription, asked time.Time) (bool, string) {
	id := aws.ToString(t.TableId)
	switch {
	case aws.ToString(t.TableArn) != d.Target.ARN:
		return false, "its ARN is " + aws.ToString(t.TableArn) + ", not " + d.Target.ARN
	case !strings.HasPrefix(d.Target.Name, TablePrefix):
		return false, "its name does not begin with " + TablePrefix
	case d.Target.TableID != "" && id != d.Target.TableID:
		return false, "its TableId is " + id + ", and the drill's table had " + d.Target.TableID + ": somebody made another table of that name"
	case d.Target.TableID != "":
		return true, ""
	case asked.IsZero():
		return false, "the drill did not ask AWS for a table"
	case t.CreationDateTime == nil || t.CreationDateTime.Before(asked.Add(-time.Second)): // AWS's answers are dated by whole seconds
		return false, "it was made before the drill asked AWS for a table"
	}
	return true, ""
}

// remover deletes one table.
type remover struct {
	scope *awsapi.Scope
	name  string
	seen  bool // it was there
	calls []evidence.Call
}

// remove deletes the table when owns says yes, and waits until AWS neither describes nor lists it. A table that is being restored cannot be
// deleted, nor its restore cancelled: it is waited for.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
func (r *remover) remove(ctx context.Context, owns func(*types.TableDescription) (bool, string)) error {
	for wait := awsapi.WaitFor(0); ; {
		t, err := r.describe(ctx)
		switch {
		case err != nil:
			return err
		case t == nil:
			if listed, err := r.listed(ctx); err != nil || !listed {
				return err
			}
		case t.TableStatus != types.TableStatusDeleting:
			r.seen = true
			if ok, why := owns(t); !ok {
				return &LeftError{Table: r.name, Reason: why, Foreign: true}
			}
			if err := r.delete(ctx, t); err != nil {
				return err
			}
		default:
			r.seen = true
		}
		if !wait.Next(ctx) {
			return fmt.Errorf("wait until table %s is gone: %w", r.name, ctx.Err())
		}
	}
}

// describe returns nil when there is no such table.
func (r *remover) describe(ctx context.Context) (*types.TableDescription, error) {
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: r.scope, Call: awsapi.DescribeTable, Resource: r.name}, r.scope.DynamoDB.DescribeTable,
		&dynamodb.DescribeTableInput{TableName: &r.name})
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if out.Table == nil {
		return nil, awsapi.Missing(answer, "table")
	}
	return out.Table, nil
}

// delete asks for it. A table that is busy is asked again on the next round.
func (r *remover) delete(ctx context.Context, t *types.TableDescription) error {
	if t.TableStatus == types.TableStatusCreating || t.TableStatus == types.TableStatusUpdating {
		return nil
	}
	_, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: r.scope, Call: awsapi.DeleteTable, Resource: aws.ToString(t.TableArn)}, r.scope.DynamoDB.DeleteTable,
		&dynamodb.DeleteTableInput{TableName: t.TableArn})
	if err == nil && answer.RequestID != "" {
		r.calls = append(r.calls, evidence.Call{Action: string(awsapi.DeleteTable), RequestID: answer.RequestID, At: estate.At(answer.Date), Resource: aws.ToString(t.TableArn)})
	}
	if err == nil || gone(err) || awsapi.Retryable(err) && ctx.Err() == nil && !isThrottled(err) {
		return nil
	}
	if passing(ctx, err) {
		return err
	}
	code, message, _ := awsapi.Classify(err)
	return &LeftError{Table: r.name, Code: code, Reason: message, Err: err}
}

func isThrottled(err error) bool {
	_, _, kind := awsapi.Classify(err)
	return kind == awsapi.KindThrottled
}

// listed reports whether ListTables still shows the name. In which order AWS lists is not promised: every page is read.
func (r *remover) listed(ctx context.Context) (bool, error) {
	found := false
	err := eachTable(ctx, r.scope, func(name string) { found = found || name == r.name })
	return found, err
}

// eachTable visits the names of a Region's tables.
func eachTable(ctx context.Context, s *awsapi.Scope, visit func(name string)) error {
	in := &dynamodb.ListTablesInput{}
	for {
		out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.ListTables}, s.DynamoDB.ListTables, in)
		if err != nil {
			return err
		}
		if out.TableNames == nil {
			return awsapi.Missing(answer, "list of tables")
		}
		for _, name := range out.TableNames {
			visit(name)
		}
		if aws.ToString(out.LastEvaluatedTableName) == "" {
			return nil
		}
		in.ExclusiveStartTableName = out.LastEvaluatedTableName
	}
}

// gone reports whether AWS says that there is no such thing.
func gone(err error) bool { return awsapi.Is(err, awsapi.KindNotFound) }
