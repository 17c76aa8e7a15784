package awssim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	tag "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
)

const trustBackup = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func createTable(t testing.TB, sim *simtest.Sim, name string, tags ...types.Tag) {
	t.Helper()
	_, err := dynamodb.NewFromConfig(sim.Config()).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest, Tags: tags,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// protectDaily makes a role, a vault and a plan that backs every table tagged backup=yes up at five each morning.
func protectDaily(t testing.TB, sim *simtest.Sim) *backup.Client {
	t.Helper()
	roles, client := iam.NewFromConfig(sim.Config()), backup.NewFromConfig(sim.Config())
	role := must[*iam.CreateRoleOutput](t)(roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("backup"), AssumeRolePolicyDocument: aws.String(trustBackup)})).Role
	must[*iam.AttachRolePolicyOutput](t)(roles.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: role.RoleName, PolicyArn: aws.String("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup")}))
	must[*backup.CreateBackupVaultOutput](t)(client.CreateBackupVault(t.Context(), &backup.CreateBackupVaultInput{BackupVaultName: aws.String("daily")}))
	plan := must[*backup.CreateBackupPlanOutput](t)(client.CreateBackupPlan(t.Context(), &backup.CreateBackupPlanInput{BackupPlan: &backuptypes.BackupPlanInput{
		BackupPlanName: aws.String("daily"), Rules: []backuptypes.BackupRuleInput{{RuleName: aws.String("daily"), TargetBackupVaultName: aws.String("daily"), ScheduleExpression: aws.String("cron(0 5 ? * * *)")}},
	}}))
	must[*backup.CreateBackupSelectionOutput](t)(client.CreateBackupSelection(t.Context(), &backup.CreateBackupSelectionInput{BackupPlanId: plan.BackupPlanId, BackupSelection: &backuptypes.BackupSelection{
		SelectionName: aws.String("tagged"), IamRoleArn: role.Arn, ListOfTags: []backuptypes.Condition{{ConditionType: backuptypes.ConditionTypeStringequals, ConditionKey: aws.String("backup"), ConditionValue: aws.String("yes")}},
	}}))
	return client
}

// TestPlanBacksUpTaggedTables goes through every service once: what one does the others see.
func TestPlanBacksUpTaggedTables(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: start}})
	createTable(t, sim, "orders", types.Tag{Key: aws.String("backup"), Value: aws.String("yes")})
	createTable(t, sim, "scratch")
	client := protectDaily(t, sim)
	sim.Advance(3 * 24 * time.Hour)
	jobs := must[*backup.ListBackupJobsOutput](t)(client.ListBackupJobs(t.Context(), nil)).BackupJobs
	for _, j := range jobs {
		if j.State != backuptypes.BackupJobStateCompleted || *j.ResourceArn != "arn:aws:dynamodb:eu-west-1:111122223333:table/orders" {
			t.Errorf("job of %s is %s: %s", aws.ToString(j.ResourceArn), j.State, aws.ToString(j.StatusMessage))
		}
	}
	points := must[*backup.ListRecoveryPointsByBackupVaultOutput](t)(client.ListRecoveryPointsByBackupVault(t.Context(), &backup.ListRecoveryPointsByBackupVaultInput{BackupVaultName: aws.String("daily")})).RecoveryPoints
	if len(jobs) != 3 || len(points) != 3 {
		t.Errorf("%d jobs, %d recovery points in three days", len(jobs), len(points))
	}
	listed := must[*tag.GetResourcesOutput](t)(tag.NewFromConfig(sim.Config()).GetResources(t.Context(), &tag.GetResourcesInput{ResourceTypeFilters: []string{"dynamodb:table"}})).ResourceTagMappingList
	if len(listed) != 1 || *listed[0].ResourceARN != "arn:aws:dynamodb:eu-west-1:111122223333:table/orders" {
		t.Errorf("tagging lists %v", listed)
	}
}

// BenchmarkMonth advances the clock by 35 days over 1,000 tables with a daily plan.
func BenchmarkMonth(b *testing.B) {
	for b.Loop() {
		sim := simtest.Start(b, awssim.Options{World: world.Options{Start: start}})
		for i := range 1000 {
			createTable(b, sim, fmt.Sprintf("table-%04d", i), types.Tag{Key: aws.String("backup"), Value: aws.String("yes")})
		}
		client := protectDaily(b, sim)
		began := time.Now()
		sim.Advance(35*24*time.Hour + 6*time.Hour) // the last night's jobs may begin until 13:00
		b.ReportMetric(time.Since(began).Seconds(), "s/month")
		vault, err := client.DescribeBackupVault(b.Context(), &backup.DescribeBackupVaultInput{BackupVaultName: aws.String("daily")})
		if err != nil || vault.NumberOfRecoveryPoints != 35_000 {
			b.Fatalf("%v, %+v", err, vault)
		}
	}
}
