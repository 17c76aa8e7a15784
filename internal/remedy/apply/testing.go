package apply

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// testingPlanKind makes a restore testing plan or takes one away.
type testingPlanKind struct{}

func (testingPlanKind) observe(ctx context.Context, j *job) (seen, error) {
	name := j.change.TestingPlan.Name
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.GetRestoreTestingPlan, name), j.scope.Backup.GetRestoreTestingPlan, &backup.GetRestoreTestingPlanInput{RestoreTestingPlanName: &name})
	if gone(err) {
		return seen{state: remedy.TestingPlanState(false)}, nil
	}
	if err != nil {
		return seen{}, err
	}
	if out.RestoreTestingPlan == nil {
		return seen{}, awsapi.Missing(answer, "restore testing plan")
	}
	return seen{state: remedy.TestingPlanState(true), outputs: one("arn", aws.ToString(out.RestoreTestingPlan.RestoreTestingPlanArn)), token: aws.ToString(out.RestoreTestingPlan.CreatorRequestId)}, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateRestoreTestingPlan.html
func (testingPlanKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.TestingPlan
	if c.Step == remedy.Delete {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteRestoreTestingPlan, c.Name), j.scope.Backup.DeleteRestoreTestingPlan, &backup.DeleteRestoreTestingPlanInput{RestoreTestingPlanName: &c.Name})
		return made{answer: answer}, err
	}
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.CreateRestoreTestingPlan, c.Name), j.scope.Backup.CreateRestoreTestingPlan, &backup.CreateRestoreTestingPlanInput{
		CreatorRequestId: &j.token, Tags: j.tags(c.Tags), RestoreTestingPlan: &types.RestoreTestingPlanForCreate{
			RestoreTestingPlanName: &c.Name, ScheduleExpression: &c.Schedule, StartWindowHours: int32(c.StartWindowHours), //nolint:gosec // 1 to 168
			RecoveryPointSelection: &types.RestoreTestingRecoveryPointSelection{Algorithm: types.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow,
				RecoveryPointTypes: []types.RestoreTestingRecoveryPointType{types.RestoreTestingRecoveryPointTypeSnapshot}, IncludeVaults: c.IncludeVaults,
				SelectionWindowDays: int32(c.WindowDays)}}}) //nolint:gosec // 1 to 365
	if err != nil {
		return made{answer: answer}, err
	}
	return made{outputs: one("arn", aws.ToString(out.RestoreTestingPlanArn)), answer: answer}, nil
}

// keeps: a restore testing plan that somebody put selections into is theirs too.
func (testingPlanKind) keeps(ctx context.Context, j *job) (string, error) {
	name := j.change.TestingPlan.Name
	out, _, err := awsapi.Invoke(ctx, j.ask(awsapi.ListRestoreTestingSelections, name), j.scope.Backup.ListRestoreTestingSelections, &backup.ListRestoreTestingSelectionsInput{RestoreTestingPlanName: &name})
	if gone(err) {
		return "", nil
	}
	if err != nil || len(out.RestoreTestingSelections) == 0 {
		return "", err
	}
	return "selection " + aws.ToString(out.RestoreTestingSelections[0].RestoreTestingSelectionName) + " is still in it", nil
}

// testingSelectionKind makes a selection of a restore testing plan or takes one away.
type testingSelectionKind struct{}

func (testingSelectionKind) observe(ctx context.Context, j *job) (seen, error) {
	c := j.change.TestingSelection
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.GetRestoreTestingSelection, c.Plan+"/"+c.Name), j.scope.Backup.GetRestoreTestingSelection,
		&backup.GetRestoreTestingSelectionInput{RestoreTestingPlanName: &c.Plan, RestoreTestingSelectionName: &c.Name})
	if gone(err) {
		return seen{state: remedy.TestingSelectionState(false)}, nil
	}
	if err != nil {
		return seen{}, err
	}
	if out.RestoreTestingSelection == nil {
		return seen{}, awsapi.Missing(answer, "restore testing selection")
	}
	return seen{state: remedy.TestingSelectionState(true), token: aws.ToString(out.RestoreTestingSelection.CreatorRequestId)}, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateRestoreTestingSelection.html
func (testingSelectionKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.TestingSelection
	if c.Step == remedy.Delete {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteRestoreTestingSelection, c.Plan+"/"+c.Name), j.scope.Backup.DeleteRestoreTestingSelection,
			&backup.DeleteRestoreTestingSelectionInput{RestoreTestingPlanName: &c.Plan, RestoreTestingSelectionName: &c.Name})
		return made{answer: answer}, err
	}
	s := &types.RestoreTestingSelectionForCreate{RestoreTestingSelectionName: &c.Name, IamRoleArn: &c.RoleARN, ProtectedResourceType: aws.String(tables), ProtectedResourceArns: c.Resources}
	if c.ValidationHours > 0 {
		s.ValidationWindowHours = aws.Int32(int32(c.ValidationHours)) //nolint:gosec // at most 168
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.CreateRestoreTestingSelection, c.Plan+"/"+c.Name), j.scope.Backup.CreateRestoreTestingSelection,
		&backup.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: &c.Plan, RestoreTestingSelection: s, CreatorRequestId: &j.token})
	return made{answer: answer}, err
}
