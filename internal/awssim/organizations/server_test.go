package organizations_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
)

const plan = `{"plans":{"p":{"regions":{"@@assign":["eu-west-1"]},"rules":{"r":{"target_backup_vault_name":{"@@assign":"v"}}},
 "selections":{"tags":{"s":{"iam_role_arn":{"@@assign":"r"},"tag_key":{"@@assign":"k"},"tag_value":{"@@assign":["x"]}}}}}}}`

func TestTheSDKReadsEffectivePolicies(t *testing.T) {
	client := organizations.NewFromConfig(simtest.Start(t, awssim.Options{}).Config())
	own := &organizations.DescribeEffectivePolicyInput{PolicyType: types.EffectivePolicyTypeBackupPolicy}
	var outside *types.AWSOrganizationsNotInUseException
	if _, err := client.DescribeEffectivePolicy(t.Context(), own); !errors.As(err, &outside) {
		t.Errorf("outside an organisation: %v", err)
	}
	if _, err := client.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	var none *types.EffectivePolicyNotFoundException
	if _, err := client.DescribeEffectivePolicy(t.Context(), own); !errors.As(err, &none) {
		t.Errorf("without a policy: %v", err)
	}
	roots, err := client.ListRoots(t.Context(), &organizations.ListRootsInput{})
	if err != nil {
		t.Fatal(err)
	}
	root := roots.Roots[0].Id
	if _, err := client.EnablePolicyType(t.Context(), &organizations.EnablePolicyTypeInput{RootId: root, PolicyType: types.PolicyTypeBackupPolicy}); err != nil {
		t.Fatal(err)
	}
	p, err := client.CreatePolicy(t.Context(), &organizations.CreatePolicyInput{Name: aws.String("p"), Description: aws.String(""), Type: types.PolicyTypeBackupPolicy, Content: aws.String(plan)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AttachPolicy(t.Context(), &organizations.AttachPolicyInput{PolicyId: p.Policy.PolicySummary.Id, TargetId: root}); err != nil {
		t.Fatal(err)
	}
	out, err := client.DescribeEffectivePolicy(t.Context(), own)
	want := `{"plans":{"p":{"regions":["eu-west-1"],"rules":{"r":{"target_backup_vault_name":"v"}},"selections":{"tags":{"s":{"iam_role_arn":"r","tag_key":"k","tag_value":["x"]}}}}}}`
	if err != nil || *out.EffectivePolicy.PolicyContent != want {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestReasonsReachTheClient(t *testing.T) {
	client := organizations.NewFromConfig(simtest.Start(t, awssim.Options{}).Config())
	if _, err := client.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	var invalid *types.InvalidInputException
	if _, err := client.ListAccounts(t.Context(), &organizations.ListAccountsInput{NextToken: aws.String("x")}); !errors.As(err, &invalid) || invalid.Reason != "INVALID_NEXT_TOKEN" {
		t.Errorf("got %v", err)
	}
}
