package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/eventpattern"
)

// collectEventRules reads the rules of the default bus, where AWS's services send their events, and the targets of those that may concern backups.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html
func (u *unitRun) collectEventRules(ctx context.Context) {
	list := &u.unit.EventRules
	if !u.needs(awsapi.GroupEventRules) {
		list.Whole = u.skipped(awsapi.ListRules)
		return
	}
	list.Whole = pages[eventbridge.ListRulesOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*eventbridge.ListRulesOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.EventBridge.ListRules, &eventbridge.ListRulesInput{NextToken: token, Limit: aws.Int32(100)})
		},
		add: func(page *eventbridge.ListRulesOutput, src estate.Source) {
			for i := range page.Rules {
				if r := &page.Rules[i]; concernsBackups(r) {
					list.Items = append(list.Items, eventRuleOf(r, src))
				}
			}
		},
		lacks: func(page *eventbridge.ListRulesOutput) bool { return page.Rules == nil },
		next:  func(page *eventbridge.ListRulesOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListRules})
	work := newPool(u.opts.Concurrency, func(r *estate.EventRule) { u.collectTargets(ctx, r) })
	for i := range some(u, list.Items) {
		work.add(&list.Items[i])
	}
	work.wait()
}

// concernsBackups reports whether a rule may catch an event of AWS Backup, or a call to it or to DynamoDB. A pattern that cannot be read may.
func concernsBackups(r *types.Rule) bool {
	text := aws.ToString(r.EventPattern)
	if text == "" {
		return false // a schedule
	}
	p, err := eventpattern.Parse(text)
	if err != nil {
		return true
	}
	for _, source := range []string{"aws.backup", "aws.dynamodb"} {
		if p.Match(eventpattern.Event{"source": source}) != eventpattern.Never {
			return true
		}
	}
	return false
}

func eventRuleOf(r *types.Rule, src estate.Source) estate.EventRule {
	return estate.EventRule{
		ID: aws.ToString(r.Arn), ARN: text(r.Arn, src), Name: text(r.Name, src), State: word(r.State, src), Pattern: text(r.EventPattern, src),
	}
}

// collectTargets: a rule without a target catches events and tells nobody.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html
func (u *unitRun) collectTargets(ctx context.Context, r *estate.EventRule) {
	targets := []string{}
	whole := pages[eventbridge.ListTargetsByRuleOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*eventbridge.ListTargetsByRuleOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.EventBridge.ListTargetsByRule, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(r.Name.Or("")), NextToken: token})
		},
		add: func(page *eventbridge.ListTargetsByRuleOutput, _ estate.Source) {
			for _, t := range page.Targets {
				targets = append(targets, aws.ToString(t.Arn))
			}
		},
		lacks: func(page *eventbridge.ListTargetsByRuleOutput) bool { return page.Targets == nil },
		next:  func(page *eventbridge.ListTargetsByRuleOutput) *string { return page.NextToken },
	}.read(ctx, u.about(awsapi.ListTargetsByRule, r.ID))
	r.Targets = joined(targets, whole)
}
