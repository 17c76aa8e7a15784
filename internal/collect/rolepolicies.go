package collect

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// defaultRole is the role that AWS Backup's console makes and uses: planning asks about it also where no selection names it.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
const defaultRole = "service-role/AWSBackupDefaultServiceRole"

// policyTexts reads the text of each managed policy once: the roles of an account share few.
type policyTexts struct {
	mu   sync.Mutex
	read map[string]func() estate.Fact[string]
}

func (p *policyTexts) of(arn string, read func() estate.Fact[string]) estate.Fact[string] {
	p.mu.Lock()
	once, ok := p.read[arn]
	if !ok {
		once = sync.OnceValue(read)
		p.read[arn] = once
	}
	p.mu.Unlock()
	return once()
}

// forgetPolicies sets what a role may do unknown.
func forgetPolicies(r *estate.Role, src estate.Source) {
	r.Attached, r.Policies.Whole = estate.UnknownFact[[]string](src), estate.UnknownFact[bool](src)
}

// collectRolePolicies reads the documents of a role that exists: its managed policies, its inline ones and its boundary.
func (u *unitRun) collectRolePolicies(ctx context.Context, r *estate.Role, texts *policyTexts) {
	if !u.needs(awsapi.GroupRolePolicies) {
		forgetPolicies(r, u.notCollected(awsapi.ListAttachedRolePolicies))
		return
	}
	name := aws.String(r.Name.Or(""))
	attached, inline := u.listAttached(ctx, r, name), u.listInline(ctx, r, name)
	r.Policies.Whole = attached
	if attached.IsKnown() {
		r.Policies.Whole = inline
	}
	if arn, ok := r.Boundary.Get(); ok && !slices.Contains(r.Attached.Or(nil), arn) {
		src := r.Boundary.Source()
		r.Policies.Items = append(r.Policies.Items, estate.RolePolicy{ID: arn, ARN: estate.KnownFact(arn, src), Name: estate.AbsentFact[string](src)})
	}
	for i := range r.Policies.Items {
		p := &r.Policies.Items[i]
		if arn, managed := p.ARN.Get(); managed {
			p.Text = texts.of(arn, func() estate.Fact[string] { return u.managedText(ctx, arn) })
		} else {
			p.Text = u.inlineText(ctx, r, name, p.Name.Or(""))
		}
	}
}

// listAttached: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
func (u *unitRun) listAttached(ctx context.Context, r *estate.Role, name *string) estate.Fact[bool] {
	arns := []string{}
	all := pages[iam.ListAttachedRolePoliciesOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*iam.ListAttachedRolePoliciesOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.IAM.ListAttachedRolePolicies, &iam.ListAttachedRolePoliciesInput{RoleName: name, Marker: token})
		},
		add: func(page *iam.ListAttachedRolePoliciesOutput, src estate.Source) {
			for _, p := range some(u, page.AttachedPolicies) {
				arn := aws.ToString(p.PolicyArn)
				arns = append(arns, arn)
				r.Policies.Items = append(r.Policies.Items, estate.RolePolicy{ID: arn, ARN: estate.KnownFact(arn, src), Name: estate.AbsentFact[string](src)})
			}
		},
		next: func(page *iam.ListAttachedRolePoliciesOutput) *string { return page.Marker },
	}.read(ctx, question{u: u, call: awsapi.ListAttachedRolePolicies, resource: r.ID})
	r.Attached = estate.UnknownFact[[]string](all.Source())
	if all.IsKnown() {
		r.Attached = estate.KnownFact(arns, all.Source())
	}
	return all
}

// listInline: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
func (u *unitRun) listInline(ctx context.Context, r *estate.Role, name *string) estate.Fact[bool] {
	return pages[iam.ListRolePoliciesOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*iam.ListRolePoliciesOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.IAM.ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: name, Marker: token})
		},
		add: func(page *iam.ListRolePoliciesOutput, src estate.Source) {
			for _, n := range some(u, page.PolicyNames) {
				r.Policies.Items = append(r.Policies.Items, estate.RolePolicy{ID: "inline:" + n, Name: estate.KnownFact(n, src), ARN: estate.AbsentFact[string](src)})
			}
		},
		next: func(page *iam.ListRolePoliciesOutput) *string { return page.Marker },
	}.read(ctx, question{u: u, call: awsapi.ListRolePolicies, resource: r.ID})
}

// managedText reads the version of a managed policy that is in force.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
func (u *unitRun) managedText(ctx context.Context, arn string) estate.Fact[string] {
	if !u.trials.first(awsapi.GetPolicy) {
		return estate.UnknownFact[string](u.notCollected(awsapi.GetPolicy))
	}
	out, src, err := ask(ctx, question{u: u, call: awsapi.GetPolicy, resource: arn}, u.scope.IAM.GetPolicy, &iam.GetPolicyInput{PolicyArn: aws.String(arn)})
	if err == nil && (out.Policy == nil || aws.ToString(out.Policy.DefaultVersionId) == "") {
		src, err = u.missing(src, "version in force"), errMissing
	}
	if err != nil {
		return estate.UnknownFact[string](src)
	}
	q := question{u: u, call: awsapi.GetPolicyVersion, resource: arn}
	version, src, err := ask(ctx, q, u.scope.IAM.GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: aws.String(arn), VersionId: out.Policy.DefaultVersionId})
	if err == nil && (version.PolicyVersion == nil || aws.ToString(version.PolicyVersion.Document) == "") {
		src, err = u.missing(src, "document"), errMissing
	}
	if err != nil {
		return estate.UnknownFact[string](src)
	}
	return documentText(version.PolicyVersion.Document, src)
}

// inlineText: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
func (u *unitRun) inlineText(ctx context.Context, r *estate.Role, role *string, policy string) estate.Fact[string] {
	q := question{u: u, call: awsapi.GetRolePolicy, resource: r.ID + "/" + policy}
	out, src, err := ask(ctx, q, u.scope.IAM.GetRolePolicy, &iam.GetRolePolicyInput{RoleName: role, PolicyName: aws.String(policy)})
	if err == nil && aws.ToString(out.PolicyDocument) == "" {
		src, err = u.missing(src, "document"), errMissing
	}
	if err != nil {
		return estate.UnknownFact[string](src)
	}
	return documentText(out.PolicyDocument, src)
}

// planningRole is the ARN of AWS Backup's default role in this account, unknown when the account is.
func (u *unitRun) planningRole() estate.Fact[string] {
	src := u.unit.Account.Source()
	if !u.unit.Account.IsKnown() {
		return estate.UnknownFact[string](src)
	}
	return estate.KnownFact(strings.Join([]string{"arn", u.who.Partition, "iam", "", u.who.Account, "role/" + defaultRole}, ":"), src)
}
