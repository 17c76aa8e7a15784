package apply

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// selectionKind makes a selection or takes one away. It is looked for by name in its plan before it is made, and by its id afterwards.
type selectionKind struct{}

func (selectionKind) observe(ctx context.Context, j *job) (seen, error) {
	c := j.change.Selection
	id := string(c.ID)
	if id == "" {
		id = j.outputs["id"]
	}
	if id != "" {
		return j.selectionState(ctx, string(c.Plan), id)
	}
	list, err := j.selections(ctx, string(c.Plan))
	if err != nil {
		return seen{}, err
	}
	for _, m := range list {
		if aws.ToString(m.SelectionName) == c.Name {
			id = aws.ToString(m.SelectionId)
			if aws.ToString(m.CreatorRequestId) == j.token {
				break
			}
		}
	}
	if id == "" {
		return seen{state: remedy.SelectionState(nil)}, nil
	}
	return j.selectionState(ctx, string(c.Plan), id)
}

func (j *job) selectionState(ctx context.Context, plan, id string) (seen, error) {
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.GetBackupSelection, plan+"/"+id), j.scope.Backup.GetBackupSelection,
		&backup.GetBackupSelectionInput{BackupPlanId: &plan, SelectionId: &id})
	if gone(err) {
		return seen{state: remedy.SelectionState(nil)}, nil
	}
	if err != nil {
		return seen{}, err
	}
	if out.BackupSelection == nil {
		return seen{}, awsapi.Missing(answer, "selection")
	}
	return seen{state: remedy.SelectionState(selectionFrom(out.BackupSelection)), outputs: one("id", id), token: aws.ToString(out.CreatorRequestId)}, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupSelection.html
func (selectionKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.Selection
	plan := string(c.Plan)
	if c.Step == remedy.Delete {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteBackupSelection, plan+"/"+string(c.ID)), j.scope.Backup.DeleteBackupSelection,
			&backup.DeleteBackupSelectionInput{BackupPlanId: &plan, SelectionId: aws.String(string(c.ID))})
		return made{answer: answer}, err
	}
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.CreateBackupSelection, c.Name), j.scope.Backup.CreateBackupSelection,
		&backup.CreateBackupSelectionInput{BackupPlanId: &plan, BackupSelection: selectionInput(c), CreatorRequestId: &j.token})
	if err != nil {
		return made{answer: answer}, err
	}
	if aws.ToString(out.SelectionId) == "" {
		return made{answer: answer}, awsapi.Missing(answer, "id of the selection")
	}
	return made{outputs: one("id", *out.SelectionId), answer: answer}, nil
}

// selections lists those of a plan. A plan that is gone has none.
func (j *job) selections(ctx context.Context, plan string) ([]types.BackupSelectionsListMember, error) {
	in := &backup.ListBackupSelectionsInput{BackupPlanId: &plan, MaxResults: pageOf()}
	var all []types.BackupSelectionsListMember
	for {
		out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.ListBackupSelections, plan), j.scope.Backup.ListBackupSelections, in)
		if gone(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if out.BackupSelectionsList == nil {
			return nil, awsapi.Missing(answer, "list of selections")
		}
		all = append(all, out.BackupSelectionsList...)
		if aws.ToString(out.NextToken) == "" {
			return all, nil
		}
		in.NextToken = out.NextToken
	}
}

func selectionInput(c *remedy.Selection) *types.BackupSelection {
	in := &types.BackupSelection{SelectionName: &c.Name, IamRoleArn: &c.RoleARN, Resources: c.Resources, NotResources: c.NotResources}
	for _, t := range c.ListOfTags {
		in.ListOfTags = append(in.ListOfTags, types.Condition{ConditionType: types.ConditionTypeStringequals, ConditionKey: aws.String(t.Key), ConditionValue: aws.String(t.Value)})
	}
	if len(c.StringEquals)+len(c.StringNotEquals)+len(c.StringLike)+len(c.StringNotLike) > 0 {
		in.Conditions = &types.Conditions{StringEquals: parameters(c.StringEquals), StringNotEquals: parameters(c.StringNotEquals),
			StringLike: parameters(c.StringLike), StringNotLike: parameters(c.StringNotLike)}
	}
	return in
}

func parameters(list []remedy.TagMatch) []types.ConditionParameter {
	var out []types.ConditionParameter
	for _, t := range list {
		out = append(out, types.ConditionParameter{ConditionKey: aws.String(t.Key), ConditionValue: aws.String(t.Value)})
	}
	return out
}

func selectionFrom(s *types.BackupSelection) *remedy.Selection {
	out := &remedy.Selection{Name: aws.ToString(s.SelectionName), RoleARN: aws.ToString(s.IamRoleArn), Resources: s.Resources, NotResources: s.NotResources}
	for _, t := range s.ListOfTags {
		out.ListOfTags = append(out.ListOfTags, remedy.TagMatch{Key: aws.ToString(t.ConditionKey), Value: aws.ToString(t.ConditionValue)})
	}
	if c := s.Conditions; c != nil {
		out.StringEquals, out.StringNotEquals = matches(c.StringEquals), matches(c.StringNotEquals)
		out.StringLike, out.StringNotLike = matches(c.StringLike), matches(c.StringNotLike)
	}
	return out
}

func matches(list []types.ConditionParameter) []remedy.TagMatch {
	var out []remedy.TagMatch
	for _, c := range list {
		out = append(out, remedy.TagMatch{Key: aws.ToString(c.ConditionKey), Value: aws.ToString(c.ConditionValue)})
	}
	return out
}
