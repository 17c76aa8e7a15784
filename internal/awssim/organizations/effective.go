package organizations

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

// effective is what applies to one target after inheritance.
type effective struct {
	document     string
	contributors []string // policy ids from the root down
	problems     []problem
}

type problem struct{ path, code, message string }

// effective merges the policies of one type from the root down to the target; nil when there is none.
func (o *organization) effective(kind, target string) *effective {
	if !o.enabled[kind] {
		return nil
	}
	root, e := &node{}, &effective{}
	for _, at := range o.lineage(target) {
		var documents []string
		for _, id := range o.attached[at] {
			if o.policies[id].kind == kind {
				documents = append(documents, o.policies[id].content)
				e.contributors = append(e.contributors, id)
			}
		}
		root.level(documents)
	}
	merged, ok := root.plain().(map[string]any)
	if !ok {
		return nil
	}
	text, err := json.Marshal(merged)
	if err != nil {
		return nil // strings, lists and maps always marshal
	}
	e.document = string(text)
	if kind == backupPolicy {
		e.problems = checkPlans(merged)
	}
	return e
}

// checkPlans holds the merged document to what a backup policy must contain
// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html).
func checkPlans(merged map[string]any) []problem {
	var out []problem
	plans, _ := merged["plans"].(map[string]any)
	for _, name := range sortedKeys(plans) {
		plan, _ := plans[name].(map[string]any)
		out = append(out, checkPlan("plans/"+name, plan)...)
	}
	return out
}

func checkPlan(path string, plan map[string]any) []problem {
	var out []problem
	if len(list(plan["regions"])) == 0 {
		out = append(out, missing(path, "regions"))
	}
	rules, _ := plan["rules"].(map[string]any)
	if len(rules) == 0 {
		out = append(out, missing(path, "rules"))
	}
	for _, name := range sortedKeys(rules) {
		rule, _ := rules[name].(map[string]any)
		if rule["target_backup_vault_name"] == nil {
			out = append(out, missing(path+"/rules/"+name, "target_backup_vault_name"))
		}
	}
	selections, _ := plan["selections"].(map[string]any)
	return append(out, checkSelections(path+"/selections", selections)...)
}

func checkSelections(path string, selections map[string]any) []problem {
	tags, _ := selections["tags"].(map[string]any)
	resources, _ := selections["resources"].(map[string]any)
	switch {
	case len(tags) == 0 && len(resources) == 0:
		return []problem{missing(path, "tags")}
	case len(tags) > 0 && len(resources) > 0:
		return []problem{{path, "ELEMENTS_EXCLUSIVE", "tags and resources cannot be used together"}}
	case len(tags) > 0:
		return checkEach(path+"/tags", tags, "iam_role_arn", "tag_key", "tag_value")
	}
	return checkEach(path+"/resources", resources, "iam_role_arn", "resource_types")
}

func checkEach(path string, selections map[string]any, needed ...string) []problem {
	var out []problem
	for _, name := range sortedKeys(selections) {
		selection, _ := selections[name].(map[string]any)
		for _, key := range needed {
			if len(list(selection[key])) == 0 {
				out = append(out, missing(path+"/"+name, key))
			}
		}
	}
	return out
}

func missing(path, key string) problem {
	return problem{path, "ELEMENT_MISSING", "required element " + key + " is missing"}
}

// describeEffectivePolicy may be used by every account for itself, and by the management account for all.
// UNCONFIRMED: what AWS answers while the effective policy is not valid; here it is the merged document.
func (s *Service) describeEffectivePolicy(c *api.Call, in *org.DescribeEffectivePolicyInput) (*org.DescribeEffectivePolicyOutput, error) {
	o, ok := s.member[c.Account]
	if !ok {
		return nil, notInUse()
	}
	target := c.Account
	if in.TargetId != nil {
		target = *in.TargetId
	}
	switch {
	case target != c.Account && o.management != c.Account:
		return nil, accessDenied()
	case !o.exists(target):
		return nil, noTarget()
	}
	e := o.effective(string(in.PolicyType), target)
	if e == nil {
		return nil, &api.Error{Code: "EffectivePolicyNotFoundException", Message: "If you ran this action on the management account, this policy type is not enabled. " +
			"If you ran the action on a member account, the account doesn't have an effective policy of this type."}
	}
	return &org.DescribeEffectivePolicyOutput{EffectivePolicy: &types.EffectivePolicy{PolicyContent: &e.document, PolicyType: in.PolicyType,
		TargetId: &target, LastUpdatedTimestamp: aws.Time(o.changed)}}, nil
}

func (s *Service) listAccountsWithInvalidPolicy(o *organization, in *org.ListAccountsWithInvalidEffectivePolicyInput) (*org.ListAccountsWithInvalidEffectivePolicyOutput, error) {
	var ids []string
	for _, id := range sortedKeys(o.accounts) {
		if e := o.effective(string(in.PolicyType), id); e != nil && len(e.problems) > 0 {
			ids = append(ids, id)
		}
	}
	page, next, ok := paging.Cut(ids, same, in.NextToken, paging.Size(in.MaxResults, standardPage, standardPage))
	if !ok {
		return nil, badToken()
	}
	out := &org.ListAccountsWithInvalidEffectivePolicyOutput{Accounts: []types.Account{}, PolicyType: in.PolicyType, NextToken: next}
	for _, id := range page {
		out.Accounts = append(out.Accounts, o.describeAccount(o.accounts[id]))
	}
	return out, nil
}

func (s *Service) listValidationErrors(o *organization, in *org.ListEffectivePolicyValidationErrorsInput) (*org.ListEffectivePolicyValidationErrorsOutput, error) {
	id := aws.ToString(in.AccountId)
	if o.accounts[id] == nil {
		return nil, noAccount()
	}
	out := &org.ListEffectivePolicyValidationErrorsOutput{AccountId: &id, PolicyType: in.PolicyType, Path: aws.String(o.path(id)),
		EvaluationTimestamp: aws.Time(s.world.Now().Truncate(time.Second)), EffectivePolicyValidationErrors: []types.EffectivePolicyValidationError{}}
	e := o.effective(string(in.PolicyType), id)
	if e == nil {
		return out, nil
	}
	for _, p := range e.problems {
		out.EffectivePolicyValidationErrors = append(out.EffectivePolicyValidationErrors, types.EffectivePolicyValidationError{
			ContributingPolicies: e.contributors, ErrorCode: aws.String(p.code), ErrorMessage: aws.String(p.message), PathToError: aws.String(p.path)})
	}
	return out, nil
}

// path is the way to a target as aws:PrincipalOrgPaths writes it.
func (o *organization) path(target string) string {
	return o.id + "/" + strings.Join(o.lineage(target), "/") + "/"
}
