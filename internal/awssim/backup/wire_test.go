package backup_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	trust     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	forBackup = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
	forBack   = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
	roleARN   = "arn:aws:iam::" + simtest.Account + ":role/backup"
	tableARN  = "arn:aws:dynamodb:" + simtest.Region + ":" + simtest.Account + ":table/orders"
)

// stage is the whole simulated AWS, with a table that holds one item and a role under AWS's managed policies.
type stage struct {
	t      *testing.T
	sim    *simtest.Sim
	backup *backup.Client
	tables *dynamodb.Client
	roles  *iam.Client
}

func ok[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func setTheStage(t *testing.T) *stage {
	t.Helper()
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}})
	s := &stage{t, sim, backup.NewFromConfig(sim.Config()), dynamodb.NewFromConfig(sim.Config()), iam.NewFromConfig(sim.Config())}
	ok[*iam.CreateRoleOutput](t)(s.roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("backup"), AssumeRolePolicyDocument: aws.String(trust)}))
	for _, p := range []string{forBackup, forBack} {
		ok[*iam.AttachRolePolicyOutput](t)(s.roles.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("backup"), PolicyArn: &p}))
	}
	ok[*dynamodb.CreateTableOutput](t)(s.tables.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("orders"), BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: ddb.ScalarAttributeTypeS}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: ddb.KeyTypeHash}},
	}))
	sim.Advance(time.Minute)
	s.write("as it was")
	s.vault("main", simtest.Region)
	return s
}

func (s *stage) write(value string) {
	s.t.Helper()
	ok[*dynamodb.PutItemOutput](s.t)(s.tables.PutItem(s.t.Context(), &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: map[string]ddb.AttributeValue{
		"id": &ddb.AttributeValueMemberS{Value: "1"}, "v": &ddb.AttributeValueMemberS{Value: value},
	}}))
}

func (s *stage) read(client *dynamodb.Client, table string) string {
	s.t.Helper()
	out := ok[*dynamodb.GetItemOutput](s.t)(client.GetItem(s.t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: map[string]ddb.AttributeValue{"id": &ddb.AttributeValueMemberS{Value: "1"}}}))
	v, _ := out.Item["v"].(*ddb.AttributeValueMemberS)
	if v == nil {
		return "nothing"
	}
	return v.Value
}

func (s *stage) vault(name, region string) *string {
	s.t.Helper()
	client := backup.NewFromConfig(s.sim.ConfigFor(simtest.Account, region))
	return ok[*backup.CreateBackupVaultOutput](s.t)(client.CreateBackupVault(s.t.Context(), &backup.CreateBackupVaultInput{BackupVaultName: &name})).BackupVaultArn
}

func (s *stage) backUp() *types.BackupJob {
	s.t.Helper()
	ok[*backup.StartBackupJobOutput](s.t)(s.backup.StartBackupJob(s.t.Context(), &backup.StartBackupJobInput{BackupVaultName: aws.String("main"), ResourceArn: aws.String(tableARN), IamRoleArn: aws.String(roleARN)}))
	s.sim.Advance(time.Hour)
	return &ok[*backup.ListBackupJobsOutput](s.t)(s.backup.ListBackupJobs(s.t.Context(), nil)).BackupJobs[0]
}

func restoreIn(t *testing.T, s *stage, client *backup.Client, point, target string) *backup.DescribeRestoreJobOutput {
	t.Helper()
	id := ok[*backup.StartRestoreJobOutput](t)(client.StartRestoreJob(t.Context(), &backup.StartRestoreJobInput{
		RecoveryPointArn: &point, IamRoleArn: aws.String(roleARN), Metadata: map[string]string{"targetTableName": target, "encryptionType": "Default"},
	})).RestoreJobId
	s.sim.Advance(time.Hour)
	return ok[*backup.DescribeRestoreJobOutput](t)(client.DescribeRestoreJob(t.Context(), &backup.DescribeRestoreJobInput{RestoreJobId: id}))
}

// The items of a recovery point are those of its moment, whatever becomes of the table, in this Region and in another, with advanced features and without.
func TestTheRealItemsComeBack(t *testing.T) {
	s := setTheStage(t)
	advanced := s.backUp()
	ok[*backup.UpdateRegionSettingsOutput](t)(s.backup.UpdateRegionSettings(t.Context(), &backup.UpdateRegionSettingsInput{ResourceTypeManagementPreference: map[string]bool{"DynamoDB": false}}))
	plain := s.backUp()
	if !strings.HasPrefix(*plain.RecoveryPointArn, tableARN+"/backup/") {
		t.Errorf("plain point %s", *plain.RecoveryPointArn)
	}
	dest := s.vault("copies", "us-east-1")
	ok[*backup.StartCopyJobOutput](t)(s.backup.StartCopyJob(t.Context(), &backup.StartCopyJobInput{
		SourceBackupVaultName: aws.String("main"), RecoveryPointArn: advanced.RecoveryPointArn, DestinationBackupVaultArn: dest, IamRoleArn: aws.String(roleARN),
	}))
	s.sim.Advance(time.Hour)
	s.write("damaged")
	ok[*dynamodb.DeleteTableOutput](t)(s.tables.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("orders")}))
	for name, job := range map[string]*types.BackupJob{"from-advanced": advanced, "from-plain": plain} {
		if j := restoreIn(t, s, s.backup, *job.RecoveryPointArn, name); j.Status != types.RestoreJobStatusCompleted {
			t.Fatalf("%s: %s %s", name, j.Status, aws.ToString(j.StatusMessage))
		}
		if got := s.read(s.tables, name); got != "as it was" {
			t.Errorf("%s holds %q", name, got)
		}
	}
	far := s.sim.ConfigFor(simtest.Account, "us-east-1")
	there := backup.NewFromConfig(far)
	copies := ok[*backup.ListRecoveryPointsByBackupVaultOutput](t)(there.ListRecoveryPointsByBackupVault(t.Context(), &backup.ListRecoveryPointsByBackupVaultInput{BackupVaultName: aws.String("copies")})).RecoveryPoints
	if len(copies) != 1 {
		t.Fatalf("%d copies", len(copies))
	}
	if j := restoreIn(t, s, there, *copies[0].RecoveryPointArn, "far"); j.Status != types.RestoreJobStatusCompleted {
		t.Fatalf("copy: %s %s", j.Status, aws.ToString(j.StatusMessage))
	}
	if got := s.read(dynamodb.NewFromConfig(far), "far"); got != "as it was" {
		t.Errorf("the copy holds %q", got)
	}
}

// AWS's managed policies suffice, and without them jobs fail.
func TestAJobNeedsTheManagedPolicy(t *testing.T) {
	s := setTheStage(t)
	if j := s.backUp(); j.State != types.BackupJobStateCompleted {
		t.Fatalf("%s %s", j.State, aws.ToString(j.StatusMessage))
	}
	ok[*iam.DetachRolePolicyOutput](t)(s.roles.DetachRolePolicy(t.Context(), &iam.DetachRolePolicyInput{RoleName: aws.String("backup"), PolicyArn: aws.String(forBackup)}))
	if j := s.backUp(); j.State != types.BackupJobStateFailed || !strings.Contains(*j.StatusMessage, "does not have permission") {
		t.Errorf("%s %s", j.State, aws.ToString(j.StatusMessage))
	}
}

func TestARestoreTestCleansUpAfterItself(t *testing.T) {
	s := setTheStage(t)
	s.backUp()
	ok[*backup.CreateRestoreTestingPlanOutput](t)(s.backup.CreateRestoreTestingPlan(t.Context(), &backup.CreateRestoreTestingPlanInput{RestoreTestingPlan: &types.RestoreTestingPlanForCreate{
		RestoreTestingPlanName: aws.String("drill"), ScheduleExpression: aws.String("cron(0 12 * * ? *)"), StartWindowHours: 1,
		RecoveryPointSelection: &types.RestoreTestingRecoveryPointSelection{
			Algorithm: types.RestoreTestingRecoveryPointSelectionAlgorithmRandomWithinWindow, IncludeVaults: []string{"*"},
			RecoveryPointTypes: []types.RestoreTestingRecoveryPointType{types.RestoreTestingRecoveryPointTypeSnapshot},
		},
	}}))
	ok[*backup.CreateRestoreTestingSelectionOutput](t)(s.backup.CreateRestoreTestingSelection(t.Context(), &backup.CreateRestoreTestingSelectionInput{
		RestoreTestingPlanName: aws.String("drill"), RestoreTestingSelection: &types.RestoreTestingSelectionForCreate{
			RestoreTestingSelectionName: aws.String("all"), ProtectedResourceType: aws.String("DynamoDB"), IamRoleArn: aws.String(roleARN),
			ProtectedResourceArns: []string{"*"}, ValidationWindowHours: aws.Int32(2),
		},
	}))
	s.sim.Advance(12*time.Hour + 5*time.Minute) // 13:06
	see := func() types.RestoreJobsListMember {
		return ok[*backup.ListRestoreJobsOutput](t)(s.backup.ListRestoreJobs(t.Context(), nil)).RestoreJobs[0]
	}
	j := see()
	if j.Status != types.RestoreJobStatusCompleted || j.ValidationStatus != types.RestoreValidationStatusValidating {
		t.Fatalf("%s %s, validation %s", j.Status, aws.ToString(j.StatusMessage), j.ValidationStatus)
	}
	name := (*j.CreatedResourceArn)[strings.LastIndex(*j.CreatedResourceArn, "/")+1:]
	if got := s.read(s.tables, name); got != "as it was" {
		t.Errorf("%s holds %q", name, got)
	}
	ok[*backup.PutRestoreValidationResultOutput](t)(s.backup.PutRestoreValidationResult(t.Context(), &backup.PutRestoreValidationResultInput{RestoreJobId: j.RestoreJobId, ValidationStatus: types.RestoreValidationStatusSuccessful}))
	s.sim.Advance(time.Hour)
	if j = see(); j.DeletionStatus != types.RestoreDeletionStatusSuccessful {
		t.Errorf("deletion %s %s", j.DeletionStatus, aws.ToString(j.DeletionStatusMessage))
	}
	if _, err := s.tables.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}); err == nil {
		t.Error("the restored table is still there")
	}
}

// TestSettingsCanBePutBack writes what was read: names with spaces are among the resource types, though the model's pattern knows none.
func TestSettingsCanBePutBack(t *testing.T) {
	s := setTheStage(t)
	read := ok[*backup.DescribeRegionSettingsOutput](t)(s.backup.DescribeRegionSettings(t.Context(), &backup.DescribeRegionSettingsInput{}))
	if _, spaced := read.ResourceTypeOptInPreference["Storage Gateway"]; !spaced {
		t.Fatalf("no type with a space in %v", read.ResourceTypeOptInPreference)
	}
	ok[*backup.UpdateRegionSettingsOutput](t)(s.backup.UpdateRegionSettings(t.Context(), &backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: read.ResourceTypeOptInPreference}))
	_, err := s.backup.UpdateRegionSettings(t.Context(), &backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"Dynamo DB": true}})
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != "InvalidParameterValueException" {
		t.Errorf("a type that does not exist: %v", err)
	}
}

func TestErrorsOnTheWire(t *testing.T) {
	s := setTheStage(t)
	_, err := s.backup.DescribeBackupVault(t.Context(), &backup.DescribeBackupVaultInput{BackupVaultName: aws.String("gone")})
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != "AccessDeniedException" {
		t.Errorf("missing vault: %v", err)
	}
	s.backUp()
	_, err = s.backup.DeleteBackupVault(t.Context(), &backup.DeleteBackupVaultInput{BackupVaultName: aws.String("main")})
	var invalid *types.InvalidRequestException
	if !errors.As(err, &invalid) || aws.ToString(invalid.Code) != "ERROR_9101" {
		t.Errorf("vault with points: %v", err)
	}
	plan := &backup.CreateBackupPlanInput{BackupPlan: &types.BackupPlanInput{BackupPlanName: aws.String("p"), Rules: []types.BackupRuleInput{{RuleName: aws.String("r"), TargetBackupVaultName: aws.String("main")}}}}
	made := ok[*backup.CreateBackupPlanOutput](t)(s.backup.CreateBackupPlan(t.Context(), plan))
	plan.CreatorRequestId = nil // the SDK left its own there, under which the plan would be returned
	_, err = s.backup.CreateBackupPlan(t.Context(), plan)
	var exists *types.AlreadyExistsException
	if !errors.As(err, &exists) || aws.ToString(exists.Arn) != *made.BackupPlanArn {
		t.Errorf("same plan: %v", err)
	}
}
