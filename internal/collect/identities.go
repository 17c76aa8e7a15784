package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// detailsPage is the largest page of GetAccountAuthorizationDetails.
const detailsPage = 1000

// identities is what the pages of GetAccountAuthorizationDetails add up to. Documents repeat, since tools make many roles alike: each text is kept once.
type identities struct {
	u    *unitRun
	keep words
}

// collectIdentities reads the users, groups, roles and policies of the account, once: IAM is the same in every Region.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
func (u *unitRun) collectIdentities(ctx context.Context) {
	all := u.skipped(awsapi.GetAccountAuthorizationDetails)
	if u.home && u.needs(awsapi.GroupIdentities) {
		d := &identities{u: u, keep: words{}}
		all = pages[iam.GetAccountAuthorizationDetailsOutput]{
			fetch: func(ctx context.Context, q question, token *string) (*iam.GetAccountAuthorizationDetailsOutput, estate.Source, error) {
				return ask(ctx, q, u.scope.IAM.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{Marker: token, MaxItems: aws.Int32(detailsPage)})
			},
			add:   d.add,
			lacks: func(page *iam.GetAccountAuthorizationDetailsOutput) bool { return page.RoleDetailList == nil },
			next:  func(page *iam.GetAccountAuthorizationDetailsOutput) *string { return page.Marker },
		}.read(ctx, question{u: u, call: awsapi.GetAccountAuthorizationDetails})
	}
	u.unit.Users.Whole, u.unit.Groups.Whole, u.unit.IAMRoles.Whole, u.unit.Policies.Whole = all, all, all, all
	u.collectAccessKeys(ctx)
}

func (d *identities) add(page *iam.GetAccountAuthorizationDetailsOutput, src estate.Source) {
	unit := d.u.unit
	for i := range page.UserDetailList {
		unit.Users.Items = append(unit.Users.Items, d.user(&page.UserDetailList[i], src))
	}
	for i := range page.GroupDetailList {
		unit.Groups.Items = append(unit.Groups.Items, d.group(&page.GroupDetailList[i], src))
	}
	for i := range page.RoleDetailList {
		unit.IAMRoles.Items = append(unit.IAMRoles.Items, d.role(&page.RoleDetailList[i], src))
	}
	for i := range page.Policies {
		unit.Policies.Items = append(unit.Policies.Items, d.policy(&page.Policies[i], src))
	}
}

func (d *identities) user(in *types.UserDetail, src estate.Source) estate.IAMUser {
	out := estate.IAMUser{ID: aws.ToString(in.Arn), ARN: text(in.Arn, src), Name: text(in.UserName, src), UniqueID: text(in.UserId, src),
		Boundary: boundaryOf(in.PermissionsBoundary, src), Groups: whole(in.GroupList, src), Attached: d.attached(in.AttachedManagedPolicies, src),
		Inline: d.inline(in.UserPolicyList, src)}
	out.AccessKeys.Whole = d.u.skipped(awsapi.ListAccessKeys)
	return out
}

func (d *identities) group(in *types.GroupDetail, src estate.Source) estate.IAMGroup {
	return estate.IAMGroup{ID: aws.ToString(in.Arn), ARN: text(in.Arn, src), Name: text(in.GroupName, src),
		Attached: d.attached(in.AttachedManagedPolicies, src), Inline: d.inline(in.GroupPolicyList, src)}
}

func (d *identities) role(in *types.RoleDetail, src estate.Source) estate.IAMRole {
	out := estate.IAMRole{ID: aws.ToString(in.Arn), ARN: text(in.Arn, src), Name: text(in.RoleName, src), UniqueID: text(in.RoleId, src),
		Trust: d.document(in.AssumeRolePolicyDocument, src), Boundary: boundaryOf(in.PermissionsBoundary, src),
		Attached: d.attached(in.AttachedManagedPolicies, src), Inline: d.inline(in.RolePolicyList, src), LastUsed: estate.AbsentFact[estate.Instant](src)}
	if in.RoleLastUsed != nil {
		out.LastUsed = instant(in.RoleLastUsed.LastUsedDate, src)
	}
	return out
}

// policy keeps the version that is in force: the others are history.
func (d *identities) policy(in *types.ManagedPolicyDetail, src estate.Source) estate.IAMPolicy {
	out := estate.IAMPolicy{ID: aws.ToString(in.Arn), ARN: text(in.Arn, src), Name: text(in.PolicyName, src), Text: estate.UnknownFact[string](src)}
	for _, v := range in.PolicyVersionList {
		if v.IsDefaultVersion {
			out.Text = d.document(v.Document, src)
		}
	}
	return out
}

func (d *identities) attached(in []types.AttachedPolicy, src estate.Source) estate.Fact[[]string] {
	arns := make([]string, 0, len(in))
	for _, p := range in {
		arns = append(arns, aws.ToString(d.keep.keep(p.PolicyArn)))
	}
	return estate.KnownFact(arns, src)
}

func (d *identities) inline(in []types.PolicyDetail, src estate.Source) estate.List[estate.Inline] {
	out := estate.List[estate.Inline]{Whole: estate.KnownFact(true, src)}
	for _, p := range in {
		out.Items = append(out.Items, estate.Inline{ID: aws.ToString(p.PolicyName), Text: d.document(p.PolicyDocument, src)})
	}
	return out
}

// document is a policy's text. One that is missing or cannot be decoded is not known: there is no policy without one.
func (d *identities) document(encoded *string, src estate.Source) estate.Fact[string] {
	f := documentText(encoded, src)
	v, ok := f.Get()
	if !ok {
		return estate.UnknownFact[string](d.u.missing(src, "document"))
	}
	return estate.KnownFact(*d.keep.keep(&v), src)
}

func boundaryOf(b *types.AttachedPermissionsBoundary, src estate.Source) estate.Fact[string] {
	if b == nil {
		return estate.AbsentFact[string](src)
	}
	return text(b.PermissionsBoundaryArn, src)
}

// collectAccessKeys asks for the keys of each user, and whether the account's root has some.
func (u *unitRun) collectAccessKeys(ctx context.Context) {
	if !u.home || !u.needs(awsapi.GroupAccessKeys) {
		u.unit.RootKeys = estate.UnknownFact[bool](u.notCollected(awsapi.GetAccountSummary))
		return
	}
	u.unit.RootKeys = u.rootKeys(ctx)
	each := newPool(someAtOnce, func(user *estate.IAMUser) { u.collectUserKeys(ctx, user) })
	users := some(u, u.unit.Users.Items)
	for i := range users {
		each.add(&users[i])
	}
	each.wait()
}

// rootKeys: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
func (u *unitRun) rootKeys(ctx context.Context) estate.Fact[bool] {
	out, src, err := ask(ctx, question{u: u, call: awsapi.GetAccountSummary}, u.scope.IAM.GetAccountSummary, &iam.GetAccountSummaryInput{})
	if err != nil {
		return estate.UnknownFact[bool](src)
	}
	present, ok := out.SummaryMap[string(types.SummaryKeyTypeAccountAccessKeysPresent)]
	if !ok {
		return estate.UnknownFact[bool](u.missing(src, "number of the root's access keys"))
	}
	return estate.KnownFact(present > 0, src)
}

// collectUserKeys: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
func (u *unitRun) collectUserKeys(ctx context.Context, user *estate.IAMUser) {
	user.AccessKeys.Whole = pages[iam.ListAccessKeysOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*iam.ListAccessKeysOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.IAM.ListAccessKeys, &iam.ListAccessKeysInput{UserName: aws.String(user.Name.Or("")), Marker: token})
		},
		add: func(page *iam.ListAccessKeysOutput, src estate.Source) {
			for _, k := range page.AccessKeyMetadata {
				user.AccessKeys.Items = append(user.AccessKeys.Items, estate.AccessKey{ID: aws.ToString(k.AccessKeyId),
					Active: estate.KnownFact(k.Status == types.StatusTypeActive, src), CreatedAt: instant(k.CreateDate, src)})
			}
		},
		lacks: func(page *iam.ListAccessKeysOutput) bool { return page.AccessKeyMetadata == nil },
		next:  func(page *iam.ListAccessKeysOutput) *string { return page.Marker },
	}.read(ctx, question{u: u, call: awsapi.ListAccessKeys, resource: user.ID})
}
