package estatebridge

import (
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/estate"
)

// readIdentities writes the account's users, groups, roles and policies down in its home alone, as a collection does.
func (r *reader) readIdentities() error {
	u := r.unit
	if !r.home {
		src := u.Record(estate.Provenance{Operation: "sim:iam:GetAccountAuthorizationDetails", Code: "NotCollected", Message: "read in another Region of the account"})
		none := estate.UnknownFact[bool](src)
		u.Users.Whole, u.Groups.Whole, u.IAMRoles.Whole, u.Policies.Whole, u.RootKeys = none, none, none, none, none
		return nil
	}
	whole := r.whole("iam:GetAccountAuthorizationDetails")
	u.Users.Whole, u.Groups.Whole, u.IAMRoles.Whole, u.Policies.Whole = whole, whole, whole, whole
	u.RootKeys = estate.KnownFact(false, r.of("iam:GetAccountSummary"))
	var marker *string
	for {
		out, err := inside.Ask[iam.GetAccountAuthorizationDetailsOutput](r.hand, r.sc, "iam", &iam.GetAccountAuthorizationDetailsInput{Marker: marker})
		if err != nil {
			return fmt.Errorf("identities: %w", err)
		}
		if err := r.identities(out, whole.Source()); err != nil {
			return err
		}
		if marker = out.Marker; marker == nil {
			return nil
		}
	}
}

func (r *reader) identities(page *iam.GetAccountAuthorizationDetailsOutput, src estate.Source) error {
	u := r.unit
	for i := range page.UserDetailList {
		user, err := r.user(&page.UserDetailList[i], src)
		if err != nil {
			return err
		}
		u.Users.Items = append(u.Users.Items, user)
	}
	for _, g := range page.GroupDetailList {
		u.Groups.Items = append(u.Groups.Items, estate.IAMGroup{ID: value(g.Arn), ARN: text(g.Arn, src), Name: text(g.GroupName, src),
			Attached: attachedTo(g.AttachedManagedPolicies, src), Inline: inlineOf(g.GroupPolicyList, src)})
	}
	for _, d := range page.RoleDetailList {
		u.IAMRoles.Items = append(u.IAMRoles.Items, estate.IAMRole{ID: value(d.Arn), ARN: text(d.Arn, src), Name: text(d.RoleName, src), UniqueID: text(d.RoleId, src),
			Trust: decoded(d.AssumeRolePolicyDocument, src), Boundary: bounded(d.PermissionsBoundary, src), Attached: attachedTo(d.AttachedManagedPolicies, src),
			Inline: inlineOf(d.RolePolicyList, src), LastUsed: estate.AbsentFact[estate.Instant](src)})
	}
	for _, p := range page.Policies {
		for _, v := range p.PolicyVersionList {
			if v.IsDefaultVersion {
				u.Policies.Items = append(u.Policies.Items, estate.IAMPolicy{ID: value(p.Arn), ARN: text(p.Arn, src), Name: text(p.PolicyName, src), Text: decoded(v.Document, src)})
			}
		}
	}
	return nil
}

func (r *reader) user(d *types.UserDetail, src estate.Source) (estate.IAMUser, error) {
	out := estate.IAMUser{ID: value(d.Arn), ARN: text(d.Arn, src), Name: text(d.UserName, src), UniqueID: text(d.UserId, src), Boundary: bounded(d.PermissionsBoundary, src),
		Groups: whole(d.GroupList, src), Attached: attachedTo(d.AttachedManagedPolicies, src), Inline: inlineOf(d.UserPolicyList, src)}
	keys, err := inside.Ask[iam.ListAccessKeysOutput](r.hand, r.sc, "iam", &iam.ListAccessKeysInput{UserName: d.UserName})
	if err != nil {
		return out, fmt.Errorf("access keys of %s: %w", out.ID, err)
	}
	from := r.of("iam:ListAccessKeys")
	out.AccessKeys.Whole = r.whole("iam:ListAccessKeys")
	for _, k := range keys.AccessKeyMetadata {
		out.AccessKeys.Items = append(out.AccessKeys.Items, estate.AccessKey{ID: value(k.AccessKeyId), Active: estate.KnownFact(k.Status == types.StatusTypeActive, from), CreatedAt: instant(k.CreateDate, from)})
	}
	return out, nil
}

func attachedTo(in []types.AttachedPolicy, src estate.Source) estate.Fact[[]string] {
	arns := []string{}
	for _, p := range in {
		arns = append(arns, value(p.PolicyArn))
	}
	return estate.KnownFact(arns, src)
}

func inlineOf(in []types.PolicyDetail, src estate.Source) estate.List[estate.Inline] {
	out := estate.List[estate.Inline]{Whole: estate.KnownFact(true, src)}
	for _, p := range in {
		out.Items = append(out.Items, estate.Inline{ID: value(p.PolicyName), Text: decoded(p.PolicyDocument, src)})
	}
	return out
}

// decoded is a document, which IAM gives out percent-encoded.
func decoded(encoded *string, src estate.Source) estate.Fact[string] {
	document, err := url.PathUnescape(value(encoded))
	if err != nil {
		return estate.UnknownFact[string](src)
	}
	return word(document, src)
}

func bounded(b *types.AttachedPermissionsBoundary, src estate.Source) estate.Fact[string] {
	if b == nil {
		return estate.AbsentFact[string](src)
	}
	return text(b.PermissionsBoundaryArn, src)
}
