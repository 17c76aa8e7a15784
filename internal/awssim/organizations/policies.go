package organizations

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

const (
	controlPolicy = "SERVICE_CONTROL_POLICY"
	backupPolicy  = "BACKUP_POLICY"
	fullAccess    = "p-FullAWSAccess"
)

// contentLimit is the greatest length of a policy document in characters.
func contentLimit(kind string) int {
	if kind == controlPolicy {
		return 5120
	}
	return 10000
}

func (s *Service) createPolicy(o *organization, in *org.CreatePolicyInput) (*org.CreatePolicyOutput, error) {
	p := &policy{id: "p-" + s.letters(10), name: aws.ToString(in.Name), description: aws.ToString(in.Description), kind: string(in.Type), content: aws.ToString(in.Content)}
	if err := o.acceptable(p); err != nil {
		return nil, err
	}
	if len(o.policies) > 1000 {
		return nil, constraint("POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of policies that you can have in an organization.")
	}
	o.policies[p.id] = p
	o.keep(p.id, in.Tags)
	return &org.CreatePolicyOutput{Policy: o.describePolicyOf(p)}, nil
}

func (o *organization) acceptable(p *policy) error {
	for _, other := range o.policies {
		if other.id != p.id && other.kind == p.kind && other.name == p.name {
			return &api.Error{Code: "DuplicatePolicyException", Message: "A policy with the same name already exists."}
		}
	}
	if len([]rune(p.content)) > contentLimit(p.kind) {
		return constraint("POLICY_CONTENT_LIMIT_EXCEEDED", "You have exceeded the policy content size limit.")
	}
	if !wellFormed(p) {
		return malformedPolicy()
	}
	return nil
}

func (o *organization) summary(p *policy) *types.PolicySummary {
	return &types.PolicySummary{Id: &p.id, Arn: aws.String(o.policyARN(p)), Name: &p.name, Description: &p.description,
		Type: types.PolicyType(p.kind), AwsManaged: p.aws}
}

func (o *organization) describePolicyOf(p *policy) *types.Policy {
	return &types.Policy{Content: &p.content, PolicySummary: o.summary(p)}
}

func (s *Service) updatePolicy(o *organization, in *org.UpdatePolicyInput) (*org.UpdatePolicyOutput, error) {
	p, ok := o.policies[aws.ToString(in.PolicyId)]
	if !ok {
		return nil, noPolicy()
	}
	if p.aws {
		return nil, invalidInput("IMMUTABLE_POLICY", "You can't modify an AWS managed policy.")
	}
	changed := *p
	for _, m := range []struct {
		to   *string
		from *string
	}{{&changed.name, in.Name}, {&changed.description, in.Description}, {&changed.content, in.Content}} {
		if m.from != nil {
			*m.to = *m.from
		}
	}
	if err := o.acceptable(&changed); err != nil {
		return nil, err
	}
	*p, o.changed = changed, s.world.Now()
	return &org.UpdatePolicyOutput{Policy: o.describePolicyOf(p)}, nil
}

func (s *Service) describePolicy(o *organization, in *org.DescribePolicyInput) (*org.DescribePolicyOutput, error) {
	p, ok := o.policies[aws.ToString(in.PolicyId)]
	if !ok {
		return nil, noPolicy()
	}
	return &org.DescribePolicyOutput{Policy: o.describePolicyOf(p)}, nil
}

func (s *Service) deletePolicy(o *organization, in *org.DeletePolicyInput) (*org.DeletePolicyOutput, error) {
	p, ok := o.policies[aws.ToString(in.PolicyId)]
	switch {
	case !ok:
		return nil, noPolicy()
	case p.aws:
		return nil, invalidInput("IMMUTABLE_POLICY", "You can't delete an AWS managed policy.")
	case len(o.targetsOf(p.id)) > 0:
		return nil, &api.Error{Code: "PolicyInUseException", Message: "This policy is attached to one or more entities. You must detach the policy from all roots, OUs, and accounts before performing this operation."}
	}
	delete(o.policies, p.id)
	return &org.DeletePolicyOutput{}, nil
}

func (o *organization) targetsOf(id string) []string {
	var out []string
	for _, target := range sortedKeys(o.attached) {
		if slices.Contains(o.attached[target], id) {
			out = append(out, target)
		}
	}
	return out
}

func (s *Service) listPolicies(o *organization, in *org.ListPoliciesInput) (*org.ListPoliciesOutput, error) {
	page, next, err := o.pagePolicies(sortedKeys(o.policies), string(in.Filter), in.NextToken, in.MaxResults)
	return &org.ListPoliciesOutput{Policies: page, NextToken: next}, err
}

func (o *organization) pagePolicies(ids []string, kind string, token *string, most *int32) ([]types.PolicySummary, *string, error) {
	ids = slices.DeleteFunc(slices.Sorted(slices.Values(ids)), func(id string) bool { return o.policies[id].kind != kind })
	page, next, ok := paging.Cut(ids, same, token, paging.Size(most, standardPage, standardPage))
	if !ok {
		return nil, nil, badToken()
	}
	out := []types.PolicySummary{}
	for _, id := range page {
		out = append(out, *o.summary(o.policies[id]))
	}
	return out, next, nil
}

// attachLimit is how many policies of one type a target may have: 5 of service control policies, 10 of others.
func attachLimit(kind string) int {
	if kind == controlPolicy {
		return 5
	}
	return 10
}

func (s *Service) attachPolicy(o *organization, in *org.AttachPolicyInput) (*org.AttachPolicyOutput, error) {
	p, target, err := o.pair(in.PolicyId, in.TargetId)
	if err != nil {
		return nil, err
	}
	if !o.enabled[p.kind] {
		return nil, notEnabled()
	}
	if slices.Contains(o.attached[target], p.id) {
		return nil, &api.Error{Code: "DuplicatePolicyAttachmentException", Message: "The selected policy is already attached to the specified target."}
	}
	count := 0
	for _, id := range o.attached[target] {
		if o.policies[id].kind == p.kind {
			count++
		}
	}
	if count >= attachLimit(p.kind) {
		return nil, constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "You have attached the maximum number of policies to the specified target.")
	}
	o.attached[target] = append(o.attached[target], p.id)
	o.changed = s.world.Now()
	return &org.AttachPolicyOutput{}, nil
}

func (o *organization) pair(policyID, targetID *string) (*policy, string, error) {
	p, ok := o.policies[aws.ToString(policyID)]
	if !ok {
		return nil, "", noPolicy()
	}
	if !o.exists(aws.ToString(targetID)) {
		return nil, "", noTarget()
	}
	return p, *targetID, nil
}

func (s *Service) detachPolicy(o *organization, in *org.DetachPolicyInput) (*org.DetachPolicyOutput, error) {
	p, target, err := o.pair(in.PolicyId, in.TargetId)
	if err != nil {
		return nil, err
	}
	i := slices.Index(o.attached[target], p.id)
	if i < 0 {
		return nil, &api.Error{Code: "PolicyNotAttachedException", Message: "The policy isn't attached to the specified target in the specified root."}
	}
	o.attached[target] = slices.Delete(o.attached[target], i, i+1)
	o.changed = s.world.Now()
	return &org.DetachPolicyOutput{}, nil
}

func (s *Service) listTargetsForPolicy(o *organization, in *org.ListTargetsForPolicyInput) (*org.ListTargetsForPolicyOutput, error) {
	p, ok := o.policies[aws.ToString(in.PolicyId)]
	if !ok {
		return nil, noPolicy()
	}
	page, next, valid := paging.Cut(o.targetsOf(p.id), same, in.NextToken, paging.Size(in.MaxResults, standardPage, standardPage))
	if !valid {
		return nil, badToken()
	}
	out := &org.ListTargetsForPolicyOutput{Targets: []types.PolicyTargetSummary{}, NextToken: next}
	for _, id := range page {
		out.Targets = append(out.Targets, types.PolicyTargetSummary{TargetId: aws.String(id), Arn: aws.String(o.targetARN(id)), Name: aws.String(o.name(id)), Type: o.targetType(id)})
	}
	return out, nil
}

func (o *organization) targetType(id string) types.TargetType {
	switch {
	case id == o.root:
		return types.TargetTypeRoot
	case o.units[id] != nil:
		return types.TargetTypeOrganizationalUnit
	}
	return types.TargetTypeAccount
}

func (s *Service) listPoliciesForTarget(o *organization, in *org.ListPoliciesForTargetInput) (*org.ListPoliciesForTargetOutput, error) {
	if !o.exists(aws.ToString(in.TargetId)) {
		return nil, noTarget()
	}
	page, next, err := o.pagePolicies(o.attached[*in.TargetId], string(in.Filter), in.NextToken, in.MaxResults)
	return &org.ListPoliciesForTargetOutput{Policies: page, NextToken: next}, err
}
