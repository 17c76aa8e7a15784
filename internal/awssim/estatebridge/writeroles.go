package estatebridge

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/estate"
)

// rolePolicies reads the documents of a role that exists, in the order in which a collection reads them. A role has fewer of them than a page holds.
func (r *reader) rolePolicies(role *estate.Role) error {
	sc, name := scopeOfARN(role.ID, r.sc), aws.String(role.Name.Or(""))
	attached, err := inside.Ask[iam.ListAttachedRolePoliciesOutput](r.hand, sc, "iam", &iam.ListAttachedRolePoliciesInput{RoleName: name})
	if err != nil {
		return fmt.Errorf("policies of role %s: %w", role.ID, err)
	}
	inline, err := inside.Ask[iam.ListRolePoliciesOutput](r.hand, sc, "iam", &iam.ListRolePoliciesInput{RoleName: name})
	if err != nil {
		return fmt.Errorf("policies of role %s: %w", role.ID, err)
	}
	src := r.of("iam:ListAttachedRolePolicies")
	arns := []string{}
	for _, p := range attached.AttachedPolicies {
		arns = append(arns, value(p.PolicyArn))
	}
	role.Attached, role.Policies.Whole = estate.KnownFact(arns, src), estate.KnownFact(true, src)
	for _, arn := range arns {
		if err := r.managedPolicy(role, arn); err != nil {
			return err
		}
	}
	for _, n := range inline.PolicyNames {
		if err := r.inlinePolicy(role, n); err != nil {
			return err
		}
	}
	if arn, ok := role.Boundary.Get(); ok && !slices.Contains(arns, arn) {
		return r.managedPolicy(role, arn)
	}
	return nil
}

func (r *reader) managedPolicy(role *estate.Role, arn string) error {
	sc, src := scopeOfARN(role.ID, r.sc), r.of("iam:GetPolicyVersion")
	p, err := inside.Ask[iam.GetPolicyOutput](r.hand, sc, "iam", &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return fmt.Errorf("policy %s: %w", arn, err)
	}
	v, err := inside.Ask[iam.GetPolicyVersionOutput](r.hand, sc, "iam", &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: p.Policy.DefaultVersionId})
	if err != nil {
		return fmt.Errorf("policy %s: %w", arn, err)
	}
	document, err := url.PathUnescape(value(v.PolicyVersion.Document))
	if err != nil {
		return fmt.Errorf("policy %s: %w", arn, err)
	}
	role.Policies.Items = append(role.Policies.Items, estate.RolePolicy{ID: arn, ARN: estate.KnownFact(arn, src), Name: estate.AbsentFact[string](src), Text: word(document, src)})
	return nil
}

func (r *reader) inlinePolicy(role *estate.Role, name string) error {
	src := r.of("iam:GetRolePolicy")
	out, err := inside.Ask[iam.GetRolePolicyOutput](r.hand, scopeOfARN(role.ID, r.sc), "iam", &iam.GetRolePolicyInput{RoleName: aws.String(role.Name.Or("")), PolicyName: &name})
	if err != nil {
		return fmt.Errorf("policy %s of role %s: %w", name, role.ID, err)
	}
	document, err := url.PathUnescape(value(out.PolicyDocument))
	if err != nil {
		return fmt.Errorf("policy %s of role %s: %w", name, role.ID, err)
	}
	role.Policies.Items = append(role.Policies.Items, estate.RolePolicy{ID: "inline:" + name, Name: estate.KnownFact(name, src), ARN: estate.AbsentFact[string](src), Text: word(document, src)})
	return nil
}
