package iam_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/iampolicy"
)

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// TestTheSDKReadsRolesAsAWSGivesThem follows the calls that the scan makes about a role.
func TestTheSDKReadsRolesAsAWSGivesThem(t *testing.T) {
	client := iam.NewFromConfig(simtest.Start(t, awssim.Options{}).Config())
	name, arn := aws.String("AWSBackupDefaultServiceRole"), aws.String("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup")
	if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: name, Path: aws.String("/service-role/"), AssumeRolePolicyDocument: aws.String(trust)}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: arn}); err != nil {
		t.Fatal(err)
	}
	got, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: name})
	if err != nil {
		t.Fatal(err)
	}
	text, err := url.QueryUnescape(*got.Role.AssumeRolePolicyDocument)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := iampolicy.Parse(iampolicy.Trust, text)
	if err != nil || iampolicy.Trusts(doc, "backup.amazonaws.com") != iampolicy.Yes {
		t.Errorf("trust %s: %v", text, err)
	}
	version, err := client.GetPolicyVersion(t.Context(), &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v30")})
	if err != nil {
		t.Fatal(err)
	}
	text, err = url.QueryUnescape(*version.PolicyVersion.Document)
	if err != nil || !strings.Contains(text, "dynamodb:StartAwsBackupJob") {
		t.Errorf("policy %s: %v", text, err)
	}
	if _, err := iampolicy.Parse(iampolicy.Identity, text); err != nil {
		t.Error(err)
	}
}

func TestTheSDKPagesAuthorizationDetails(t *testing.T) {
	client := iam.NewFromConfig(simtest.Start(t, awssim.Options{}).Config())
	for _, name := range []string{"a", "b", "c"} {
		if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trust)}); err != nil {
			t.Fatal(err)
		}
	}
	pages, roles := 0, 0
	p := iam.NewGetAccountAuthorizationDetailsPaginator(client, &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(2), Filter: []types.EntityType{types.EntityTypeRole}})
	for p.HasMorePages() {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pages, roles = pages+1, roles+len(out.RoleDetailList)
	}
	if pages != 2 || roles != 3 {
		t.Errorf("%d roles in %d pages", roles, pages)
	}
}

func TestAnExplicitDenyIsWordedAsAWSWordsIt(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{Enforce: true})
	var id, secret string
	var err error
	a := sim.Assembly()
	a.World.Do(func() {
		home := world.Scope{Partition: "aws", Account: simtest.Account, Region: simtest.Region}
		id, secret, err = a.Parts.IAM.AddUser(home, "ann", map[string]string{"p": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:ListRoles","Resource":"*"}]}`})
	})
	if err != nil {
		t.Fatal(err)
	}
	config := sim.Config()
	config.Credentials = credentials.NewStaticCredentialsProvider(id, secret, "")
	client := iam.NewFromConfig(config)
	_, err = client.ListRoles(t.Context(), &iam.ListRolesInput{})
	if want := "is not authorized to perform: iam:ListRoles on resource: * with an explicit deny in an identity-based policy"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	_, err = client.ListUsers(t.Context(), &iam.ListUsersInput{})
	if want := "on resource: * because no identity-based policy allows the iam:ListUsers action"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}
