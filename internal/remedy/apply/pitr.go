package apply

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// pitrKind switches point-in-time recovery. Setting it twice is the same as once.
type pitrKind struct{}

// observe asks for the table too: a table of the same name that was made since is another table.
func (pitrKind) observe(ctx context.Context, j *job) (seen, error) {
	name := j.change.PITR.Table
	id, err := j.tableID(ctx, name)
	if err != nil {
		return seen{}, err
	}
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DescribeContinuousBackups, name), j.scope.DynamoDB.DescribeContinuousBackups,
		&dynamodb.DescribeContinuousBackupsInput{TableName: &name})
	if err != nil {
		return seen{}, err
	}
	d := out.ContinuousBackupsDescription
	if d == nil || d.PointInTimeRecoveryDescription == nil {
		if d != nil && d.ContinuousBackupsStatus == types.ContinuousBackupsStatusDisabled { // the first seconds of a table
			return seen{state: remedy.PITRState(id, string(types.PointInTimeRecoveryStatusDisabled), 0)}, nil
		}
		return seen{}, awsapi.Missing(answer, "point-in-time recovery status")
	}
	p := d.PointInTimeRecoveryDescription
	return seen{state: remedy.PITRState(id, string(p.PointInTimeRecoveryStatus), int64(aws.ToInt32(p.RecoveryPeriodInDays)))}, nil
}

// call: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
func (pitrKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.PITR
	spec := &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: &c.Enabled}
	if c.Enabled && c.PeriodDays > 0 {
		spec.RecoveryPeriodInDays = aws.Int32(int32(c.PeriodDays)) //nolint:gosec // 1 to 35
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.UpdateContinuousBackups, c.Table), j.scope.DynamoDB.UpdateContinuousBackups,
		&dynamodb.UpdateContinuousBackupsInput{TableName: &c.Table, PointInTimeRecoverySpecification: spec})
	return made{answer: answer}, err
}

// tableID is the id of the incarnation that stands now.
func (j *job) tableID(ctx context.Context, name string) (string, error) {
	t, err := j.table(ctx, name)
	if err != nil {
		return "", err
	}
	return aws.ToString(t.TableId), nil
}

func (j *job) table(ctx context.Context, name string) (*types.TableDescription, error) {
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DescribeTable, name), j.scope.DynamoDB.DescribeTable, &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		return nil, err
	}
	if out.Table == nil || aws.ToString(out.Table.TableId) == "" {
		return nil, awsapi.Missing(answer, "table")
	}
	return out.Table, nil
}
