package collect

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// codeOtherAccount marks a role of an account whose IAM we can not ask.
const codeOtherAccount = "OtherAccount"

func (u *unitRun) roleRefs() *refs {
	r := &refs{seen: map[string]bool{}}
	r.whole(u.unit.Plans.Whole)
	for i := range u.unit.Plans.Items {
		selections := &u.unit.Plans.Items[i].Selections
		r.whole(selections.Whole)
		for j := range selections.Items {
			r.add(selections.Items[j].RoleARN)
		}
	}
	if !u.needs(awsapi.GroupRestoreTesting) {
		return r
	}
	r.whole(u.unit.RestoreTestingPlans.Whole)
	for i := range u.unit.RestoreTestingPlans.Items {
		selections := &u.unit.RestoreTestingPlans.Items[i].Selections
		r.whole(selections.Whole)
		for j := range selections.Items {
			r.add(selections.Items[j].RoleARN)
		}
	}
	return r
}

// collectRoles asks about each role that a selection refers to.
func (u *unitRun) collectRoles(ctx context.Context) {
	list := &u.unit.Roles
	if !u.needs(awsapi.GroupRoles) {
		list.Whole = u.skipped(awsapi.GetRole)
		return
	}
	found := u.roleRefs()
	if u.needs(awsapi.GroupRolePolicies) {
		found.add(u.planningRole())
	}
	found.name(u.beside().Roles)
	list.Whole = u.wholeness(found, awsapi.GetRole)
	arns := some(u, found.sorted())
	list.Items = make([]estate.Role, len(arns))
	texts := &policyTexts{read: map[string]func() estate.Fact[string]{}}
	each := newPool(someAtOnce, func(r *estate.Role) {
		if u.collectRole(ctx, r) {
			u.collectRolePolicies(ctx, r, texts)
		}
	})
	for i, arn := range arns {
		list.Items[i].ID = arn
		each.add(&list.Items[i])
	}
	each.wait()
}

// collectRole: AWS Backup assumes a role by its ARN, so that a role of that name under another path does not count as the one referred to.
// It reports whether the role is known to exist; of others nothing more can be asked.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
func (u *unitRun) collectRole(ctx context.Context, r *estate.Role) bool {
	name := r.ID[strings.LastIndex(r.ID, "/")+1:]
	if parts := strings.SplitN(r.ID, ":", 6); u.who.Account != "" && len(parts) == 6 && parts[4] != u.who.Account {
		src := u.share(estate.Provenance{Operation: string(awsapi.GetRole), Resource: r.ID, Code: codeOtherAccount, Message: "the role belongs to account " + parts[4]})
		r.ARN, r.Name = estate.KnownFact(r.ID, src), estate.KnownFact(name, src)
		forgetRole(r, src)
		return false
	}
	out, src, err := ask(ctx, question{u: u, call: awsapi.GetRole, resource: r.ID}, u.scope.IAM.GetRole, &iam.GetRoleInput{RoleName: aws.String(name)})
	if err == nil && (out.Role == nil || aws.ToString(out.Role.Arn) == "") {
		src, err = u.missing(src, "role"), errMissing
	}
	gone := hasCode(err, "NoSuchEntity", "NoSuchEntityException")
	if gone {
		src = u.answered(src)
	}
	r.ARN, r.Name = estate.KnownFact(r.ID, src), estate.KnownFact(name, src)
	switch {
	case gone, err == nil && *out.Role.Arn != r.ID:
		r.Exists, r.Trust, r.Boundary = estate.KnownFact(false, src), estate.AbsentFact[string](src), estate.AbsentFact[string](src)
		r.Attached, r.Policies.Whole = estate.AbsentFact[[]string](src), estate.AbsentFact[bool](src)
	case err != nil:
		forgetRole(r, src)
	default:
		r.Exists, r.Trust, r.Boundary = estate.KnownFact(true, src), documentText(out.Role.AssumeRolePolicyDocument, src), estate.AbsentFact[string](src)
		if b := out.Role.PermissionsBoundary; b != nil {
			r.Boundary = text(b.PermissionsBoundaryArn, src)
		}
		return true
	}
	return false
}

func forgetRole(r *estate.Role, src estate.Source) {
	r.Exists, r.Trust, r.Boundary = estate.UnknownFact[bool](src), estate.UnknownFact[string](src), estate.UnknownFact[string](src)
	forgetPolicies(r, src)
}

// documentText decodes a document, which IAM sends percent-encoded.
func documentText(document *string, src estate.Source) estate.Fact[string] {
	decoded, err := url.PathUnescape(aws.ToString(document))
	if err != nil {
		return estate.UnknownFact[string](src)
	}
	return text(&decoded, src)
}
