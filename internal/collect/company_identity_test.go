package collect_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// identityOperations answer for the company's people and roles, in two pages.
func identityOperations() []api.Operation {
	return []api.Operation{
		api.Op("GetAccountAuthorizationDetails", nil, func(_ *api.Call, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
			if in.Marker == nil {
				return peoplePage(), nil
			}
			return rolesPage(), nil
		}),
		api.Op("ListAccessKeys", nil, func(_ *api.Call, in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
			return &iam.ListAccessKeysOutput{AccessKeyMetadata: []iamtypes.AccessKeyMetadata{
				{AccessKeyId: aws.String("AKIA1"), UserName: in.UserName, Status: iamtypes.StatusTypeActive, CreateDate: aws.Time(start)},
				{AccessKeyId: aws.String("AKIA2"), UserName: in.UserName, Status: iamtypes.StatusTypeInactive, CreateDate: aws.Time(start)},
			}}, nil
		}),
		api.Op("GetAccountSummary", nil, func(*api.Call, *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
			return &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{"Users": 1, "AccountAccessKeysPresent": 1}}, nil
		}),
	}
}

const anyDocument = "%7B%22a%22%3A1%7D"

func peoplePage() *iam.GetAccountAuthorizationDetailsOutput {
	inline := []iamtypes.PolicyDetail{{PolicyName: aws.String("own"), PolicyDocument: aws.String(anyDocument)}}
	return &iam.GetAccountAuthorizationDetailsOutput{IsTruncated: true, Marker: aws.String("2"),
		UserDetailList: []iamtypes.UserDetail{{Arn: aws.String("arn:aws:iam::111122223333:user/alice"), UserName: aws.String("alice"), UserId: aws.String("AIDA1"), GroupList: []string{"ops"},
			UserPolicyList: inline, AttachedManagedPolicies: []iamtypes.AttachedPolicy{}, PermissionsBoundary: &iamtypes.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(boundary)}}},
		GroupDetailList: []iamtypes.GroupDetail{{Arn: aws.String("arn:aws:iam::111122223333:group/ops"), GroupName: aws.String("ops"), GroupPolicyList: inline,
			AttachedManagedPolicies: []iamtypes.AttachedPolicy{{PolicyArn: aws.String(managed), PolicyName: aws.String("M")}}}},
		RoleDetailList: []iamtypes.RoleDetail{}, Policies: []iamtypes.ManagedPolicyDetail{},
	}
}

func rolesPage() *iam.GetAccountAuthorizationDetailsOutput {
	return &iam.GetAccountAuthorizationDetailsOutput{
		UserDetailList: []iamtypes.UserDetail{}, GroupDetailList: []iamtypes.GroupDetail{},
		RoleDetailList: []iamtypes.RoleDetail{
			{Arn: aws.String(role), RoleName: aws.String("backup"), RoleId: aws.String("AROA1"), AssumeRolePolicyDocument: aws.String(anyDocument),
				AttachedManagedPolicies: []iamtypes.AttachedPolicy{{PolicyArn: aws.String(managed), PolicyName: aws.String("M")}}, RolePolicyList: []iamtypes.PolicyDetail{},
				RoleLastUsed: &iamtypes.RoleLastUsed{LastUsedDate: aws.Time(start), Region: aws.String("eu-west-1")}},
			{Arn: aws.String(role + "2"), RoleName: aws.String("backup2"), RoleId: aws.String("AROA2"), AssumeRolePolicyDocument: aws.String(anyDocument)},
		},
		Policies: []iamtypes.ManagedPolicyDetail{{Arn: aws.String(managed), PolicyName: aws.String("M"), DefaultVersionId: aws.String("v2"), PolicyVersionList: []iamtypes.PolicyVersion{
			{VersionId: aws.String("v2"), IsDefaultVersion: true, Document: aws.String("%7B%22now%22%3A1%7D")}, {VersionId: aws.String("v1"), Document: aws.String("%7B%22then%22%3A1%7D")},
		}}},
	}
}
