package apply

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// planKind makes a backup plan or takes one away. A plan is looked for by name before it is made, and by its id afterwards.
type planKind struct{}

func (planKind) observe(ctx context.Context, j *job) (seen, error) {
	c := j.change.Plan
	id := string(c.ID)
	if id == "" {
		id = j.outputs["id"]
	}
	if id != "" {
		out, err := j.plan(ctx, id)
		if err != nil || out == nil {
			return seen{state: remedy.PlanNameState(false)}, err
		}
		return seen{state: remedy.PlanNameState(true), outputs: one("id", id), token: aws.ToString(out.CreatorRequestId)}, nil
	}
	plans, err := j.plans(ctx)
	if err != nil {
		return seen{}, err
	}
	found := seen{state: remedy.PlanNameState(false)}
	for _, p := range plans {
		if aws.ToString(p.BackupPlanName) != c.Name {
			continue
		}
		found = seen{state: remedy.PlanNameState(true), outputs: one("id", aws.ToString(p.BackupPlanId)), token: aws.ToString(p.CreatorRequestId)}
		if found.token == j.token {
			break
		}
	}
	return found, nil
}

// call: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupPlan.html
func (planKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.Plan
	if c.Step == remedy.Delete {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteBackupPlan, c.Name), j.scope.Backup.DeleteBackupPlan, &backup.DeleteBackupPlanInput{BackupPlanId: aws.String(string(c.ID))})
		return made{answer: answer}, err
	}
	document := &types.BackupPlanInput{BackupPlanName: &c.Name}
	for _, r := range c.Rules {
		document.Rules = append(document.Rules, ruleInput(r))
	}
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.CreateBackupPlan, c.Name), j.scope.Backup.CreateBackupPlan,
		&backup.CreateBackupPlanInput{BackupPlan: document, BackupPlanTags: j.tags(c.Tags), CreatorRequestId: &j.token})
	if err != nil {
		return made{answer: answer}, err
	}
	if aws.ToString(out.BackupPlanId) == "" {
		return made{answer: answer}, awsapi.Missing(answer, "id of the plan")
	}
	return made{outputs: one("id", *out.BackupPlanId), answer: answer}, nil
}

// keeps: a plan that somebody put rules or selections into is theirs too.
func (planKind) keeps(ctx context.Context, j *job) (string, error) {
	out, err := j.plan(ctx, string(j.change.Plan.ID))
	if err != nil || out == nil {
		return "", err
	}
	if made := j.action.Change.Plan; made != nil {
		if moved := changedRules(made.Rules, out.BackupPlan.Rules); len(moved) > 0 {
			return "it was changed since: " + strings.Join(moved, ", "), nil
		}
	}
	list, err := j.selections(ctx, string(j.change.Plan.ID))
	if err != nil {
		return "", err
	}
	if len(list) > 0 {
		return "selection " + aws.ToString(list[0].SelectionName) + " is still in it", nil
	}
	return "", nil
}

// changedRules names what differs between the rules that we made and those that are there.
func changedRules(ours []remedy.Rule, theirs []types.BackupRule) []string {
	var now []remedy.Rule
	var names []string
	for _, r := range theirs {
		now = append(now, ruleFrom(r))
		names = append(names, aws.ToString(r.RuleName))
	}
	for _, r := range ours {
		names = append(names, r.Name)
	}
	return remedy.PlanRulesState(ours, names).Moved(remedy.PlanRulesState(now, names))
}

// plan reads a plan; nil: there is none of that id.
func (j *job) plan(ctx context.Context, id string) (*backup.GetBackupPlanOutput, error) {
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.GetBackupPlan, id), j.scope.Backup.GetBackupPlan, &backup.GetBackupPlanInput{BackupPlanId: &id})
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if out.BackupPlan == nil {
		return nil, awsapi.Missing(answer, "plan")
	}
	if out.DeletionDate != nil {
		return nil, nil
	}
	return out, nil
}

// plans lists the plans that there are.
func (j *job) plans(ctx context.Context) ([]types.BackupPlansListMember, error) {
	in := &backup.ListBackupPlansInput{MaxResults: pageOf()}
	var all []types.BackupPlansListMember
	for {
		out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.ListBackupPlans, ""), j.scope.Backup.ListBackupPlans, in)
		if err != nil {
			return nil, err
		}
		if out.BackupPlansList == nil {
			return nil, awsapi.Missing(answer, "list of plans")
		}
		for _, p := range out.BackupPlansList {
			if p.DeletionDate == nil {
				all = append(all, p)
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return all, nil
		}
		in.NextToken = out.NextToken
	}
}
