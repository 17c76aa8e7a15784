package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectOrganization reads the backup policy that reaches the account, once per account. "There is none" and "there is no organisation" are answers.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeEffectivePolicy.html
func (u *unitRun) collectOrganization(ctx context.Context) {
	if !u.needs(awsapi.GroupOrganization) || !u.home {
		u.unit.EffectivePlans = estate.UnknownFact[string](u.notCollected(awsapi.DescribeEffectivePolicy))
		return
	}
	out, src, err := ask(ctx, question{u: u, call: awsapi.DescribeEffectivePolicy}, u.scope.Organizations.DescribeEffectivePolicy,
		&organizations.DescribeEffectivePolicyInput{PolicyType: types.EffectivePolicyTypeBackupPolicy})
	switch {
	case hasCode(err, "EffectivePolicyNotFoundException"), hasCode(err, "AWSOrganizationsNotInUseException"):
		u.unit.EffectivePlans = estate.AbsentFact[string](u.answered(src))
	case err == nil && (out.EffectivePolicy == nil || out.EffectivePolicy.PolicyContent == nil):
		u.unit.EffectivePlans = estate.UnknownFact[string](u.missing(src, "policy"))
	case err != nil:
		u.unit.EffectivePlans = estate.UnknownFact[string](src)
	default:
		u.unit.EffectivePlans = text(out.EffectivePolicy.PolicyContent, src)
	}
}
