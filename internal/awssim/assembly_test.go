package awssim_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	tag "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
)

const readKeys = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:ListKeys","sts:AssumeRole"],"Resource":"*"}]}`

// TestIssuedKeysWork: a user made through the API acts with the key that the API gave, within the policy that the API took.
func TestIssuedKeysWork(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{Enforce: true})
	root := iam.NewFromConfig(sim.Config())
	must[*iam.CreateUserOutput](t)(root.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ann")}))
	must[*iam.PutUserPolicyOutput](t)(root.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: aws.String("ann"), PolicyName: aws.String("p"), PolicyDocument: aws.String(readKeys)}))
	key := must[*iam.CreateAccessKeyOutput](t)(root.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("ann")})).AccessKey
	ann := userConfig(sim, *key.AccessKeyId, *key.SecretAccessKey, "")

	id := must[*sts.GetCallerIdentityOutput](t)(sts.NewFromConfig(ann).GetCallerIdentity(t.Context(), nil))
	if *id.Arn != "arn:aws:iam::"+simtest.Account+":user/ann" || *id.Account != simtest.Account {
		t.Errorf("she is %s of %s", *id.Arn, *id.Account)
	}
	must[*kms.ListKeysOutput](t)(kms.NewFromConfig(ann).ListKeys(t.Context(), nil))
	if _, err := kms.NewFromConfig(ann).CreateKey(t.Context(), nil); code(err) != "AccessDeniedException" || !strings.Contains(err.Error(), "user/ann is not authorized to perform: kms:CreateKey") {
		t.Errorf("CreateKey: %v", err)
	}
	if _, err := kms.NewFromConfig(userConfig(sim, *key.AccessKeyId, "guess", "")).ListKeys(t.Context(), nil); code(err) != "InvalidSignatureException" {
		t.Errorf("a wrong secret: %v", err)
	}

	trust := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:root"},"Action":"sts:AssumeRole"}]}`, "ACCOUNT", simtest.Account)
	other := iam.NewFromConfig(sim.ConfigFor("444455556666", "us-east-1"))
	must[*iam.CreateRoleOutput](t)(other.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("reader"), AssumeRolePolicyDocument: &trust}))
	must[*iam.PutRolePolicyOutput](t)(other.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String("reader"), PolicyName: aws.String("p"), PolicyDocument: aws.String(readKeys)}))
	session := must[*sts.AssumeRoleOutput](t)(sts.NewFromConfig(ann).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::444455556666:role/reader"), RoleSessionName: aws.String("night")})).Credentials
	reader := sim.Config()
	reader.Credentials = credentials.NewStaticCredentialsProvider(*session.AccessKeyId, *session.SecretAccessKey, *session.SessionToken)
	id = must[*sts.GetCallerIdentityOutput](t)(sts.NewFromConfig(reader).GetCallerIdentity(t.Context(), nil))
	if *id.Arn != "arn:aws:sts::444455556666:assumed-role/reader/night" {
		t.Errorf("the session is %s", *id.Arn)
	}
	must[*kms.ListKeysOutput](t)(kms.NewFromConfig(reader).ListKeys(t.Context(), nil))

	must[*iam.DeleteAccessKeyOutput](t)(root.DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: aws.String("ann"), AccessKeyId: key.AccessKeyId}))
	if _, err := kms.NewFromConfig(ann).ListKeys(t.Context(), nil); code(err) != "UnrecognizedClientException" {
		t.Errorf("a deleted key: %v", err)
	}
}

func TestDisabledRegionDoesNotKnowTheKey(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{})
	list := func(region string) string {
		_, err := kms.NewFromConfig(sim.ConfigFor(simtest.Account, region)).ListKeys(t.Context(), nil)
		return code(err)
	}
	if got := list("eu-west-1") + list("us-east-1"); got != "" {
		t.Errorf("Regions that are always on: %s", got)
	}
	if got := list("eu-south-2"); got != "UnrecognizedClientException" {
		t.Errorf("a Region that one must opt in to: %q", got)
	}
	a := sim.Assembly()
	a.World.Do(func() { a.Parts.Account.SetRegion(simtest.Account, "eu-south-2", true) })
	if got := list("eu-south-2"); got != "" {
		t.Errorf("the same, enabled: %s", got)
	}
}

func TestTagsAreSeenFromBothSides(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{})
	keys, tags := kms.NewFromConfig(sim.Config()), tag.NewFromConfig(sim.Config())
	arn := *must[*kms.CreateKeyOutput](t)(keys.CreateKey(t.Context(), nil)).KeyMetadata.Arn
	failed := must[*tag.TagResourcesOutput](t)(tags.TagResources(t.Context(), &tag.TagResourcesInput{ResourceARNList: []string{arn}, Tags: map[string]string{"a": "1", "b": "2"}})).FailedResourcesMap
	must[*tag.UntagResourcesOutput](t)(tags.UntagResources(t.Context(), &tag.UntagResourcesInput{ResourceARNList: []string{arn}, TagKeys: []string{"b"}}))
	if len(failed) > 0 {
		t.Fatalf("failed %v", failed)
	}
	own := must[*kms.ListResourceTagsOutput](t)(keys.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: &arn})).Tags
	if len(own) != 1 || *own[0].TagKey != "a" || *own[0].TagValue != "1" {
		t.Errorf("KMS sees %v", own)
	}
	listed := must[*tag.GetResourcesOutput](t)(tags.GetResources(t.Context(), &tag.GetResourcesInput{})).ResourceTagMappingList
	if len(listed) != 1 || *listed[0].ResourceARN != arn || *listed[0].Tags[0].Key != "a" {
		t.Errorf("tagging sees %v", listed)
	}
}
