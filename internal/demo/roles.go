package demo

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// The roles that backups run under. The legacy one dates from before AWS Backup's advanced features for DynamoDB:
// it may do what backups took then.
const (
	goodRole   = "backup-service"
	legacyRole = "legacy-backup"
)

const trustsBackup = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

const legacyPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",` +
	`"Action":["dynamodb:DescribeTable","dynamodb:CreateBackup","dynamodb:DescribeBackup","dynamodb:DeleteBackup","tag:GetResources"]}]}`

func roleARN(name string) string { return scope(Home).GlobalARN("iam", "role/"+name) }

func roles(h *hand) error {
	var inputs []any
	for _, name := range []string{goodRole, legacyRole} {
		inputs = append(inputs, &iam.CreateRoleInput{RoleName: aws.String(name), AssumeRolePolicyDocument: aws.String(trustsBackup), Path: aws.String("/")})
	}
	for _, policy := range []string{"AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"} {
		inputs = append(inputs, &iam.AttachRolePolicyInput{RoleName: aws.String(goodRole), PolicyArn: aws.String(fmt.Sprintf("arn:aws:iam::aws:policy/service-role/%s", policy))})
	}
	inputs = append(inputs, &iam.PutRolePolicyInput{RoleName: aws.String(legacyRole), PolicyName: aws.String("backup"), PolicyDocument: aws.String(legacyPolicy)})
	return h.all("iam", "us-east-1", inputs...)
}
