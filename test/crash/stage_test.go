// Package crash kills the program at every point of an apply and of a backout, and demands that whoever goes on with the run
// reaches the end that an undisturbed one reaches: nothing doubled, nothing lost.
package crash

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	account = "111122223333"
	region  = "eu-west-1"
	// speed makes the simulated AWS's waits short: a table that is being updated is ready after three of its seconds.
	speed = 40

	trustsBackup = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	everyTable   = "arn:aws:dynamodb:*:*:table/*"
)

// start is when the story begins. It is fixed, so that every reset gives the same identifiers and the same plan file fits.
func start() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func scope() world.Scope { return world.Scope{Partition: "aws", Account: account, Region: region} }

func arnOf(table string) string        { return scope().ARN("dynamodb", "table/"+table) }
func roleNamed(path string) string     { return scope().GlobalARN("iam", "role/"+path) }
func vaultNamed(name string) string    { return scope().ARN("backup", "backup-vault:"+name) }
func managedPolicy(name string) string { return "arn:aws:iam::aws:policy/service-role/" + name }

// newServer is a simulated AWS with two tables, a working backup plan, a role and a vault; everything else is for the plan to make.
func newServer(t testing.TB) *awssim.Server { return newServerAt(t, speed) }

func newServerAt(t testing.TB, speed float64) *awssim.Server {
	t.Helper()
	s, err := awssim.New(awssim.Options{
		World: world.Options{Start: start(), Speed: speed, Seed: 4}, Load: load,
		Panicked: func(operation string, value any, stack []byte) {
			t.Errorf("panic in %s: %v\n%s", operation, value, stack)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func load(as *awssim.Assembly) error {
	h := inside.New(as)
	all := func(service string, inputs ...any) (err error) {
		as.World.Do(func() {
			for _, in := range inputs {
				if err == nil {
					_, err = h.Do(scope(), service, in)
				}
			}
		})
		return err
	}
	if err := all("iam",
		&iam.CreateRoleInput{RoleName: aws.String("backups"), AssumeRolePolicyDocument: aws.String(trustsBackup)},
		&iam.AttachRolePolicyInput{RoleName: aws.String("backups"), PolicyArn: aws.String(managedPolicy("AWSBackupServiceRolePolicyForBackup"))}); err != nil {
		return err
	}
	if err := loadKey(as, h); err != nil {
		return err
	}
	if err := all("dynamodb", table("orders"), table("carts"), table("users")); err != nil {
		return err
	}
	if err := all("backup", &backup.CreateBackupVaultInput{BackupVaultName: aws.String("primary")},
		&backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": false}}); err != nil {
		return err
	}
	if err := loadPlan(as, h); err != nil {
		return err
	}
	as.World.Advance(time.Minute) // until tables are ready
	return all("dynamodb", &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("carts"),
		PointInTimeRecoverySpecification: &ddbtypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true), RecoveryPeriodInDays: aws.Int32(7)}})
}

// loadKey makes a key of the account's own, under an alias.
func loadKey(as *awssim.Assembly, h *inside.Hand) (err error) {
	as.World.Do(func() {
		var out *kms.CreateKeyOutput
		if out, err = inside.Ask[kms.CreateKeyOutput](h, scope(), "kms", &kms.CreateKeyInput{}); err == nil {
			_, err = h.Do(scope(), "kms", &kms.CreateAliasInput{AliasName: aws.String("alias/tables"), TargetKeyId: out.KeyMetadata.KeyId})
		}
	})
	return err
}

func loadPlan(as *awssim.Assembly, h *inside.Hand) (err error) {
	as.World.Do(func() {
		var out *backup.CreateBackupPlanOutput
		out, err = inside.Ask[backup.CreateBackupPlanOutput](h, scope(), "backup", &backup.CreateBackupPlanInput{BackupPlan: &backuptypes.BackupPlanInput{
			BackupPlanName: aws.String("nightly"), Rules: []backuptypes.BackupRuleInput{{
				RuleName: aws.String("night"), TargetBackupVaultName: aws.String("primary"), ScheduleExpression: aws.String("cron(0 3 ? * * *)"),
				StartWindowMinutes: aws.Int64(60), CompletionWindowMinutes: aws.Int64(180), Lifecycle: &backuptypes.Lifecycle{DeleteAfterDays: aws.Int64(7)},
			}},
		}})
		if err != nil {
			return
		}
		_, err = h.Do(scope(), "backup", &backup.CreateBackupSelectionInput{BackupPlanId: out.BackupPlanId, BackupSelection: &backuptypes.BackupSelection{
			SelectionName: aws.String("everything"), IamRoleArn: aws.String(roleNamed("backups")), Resources: []string{everyTable},
		}})
	})
	if err != nil {
		return fmt.Errorf("load plan: %w", err)
	}
	return nil
}

func table(name string) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName: aws.String(name), BillingMode: ddbtypes.BillingModePayPerRequest,
		KeySchema:            []ddbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: ddbtypes.KeyTypeHash}},
		AttributeDefinitions: []ddbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: ddbtypes.ScalarAttributeTypeS}},
	}
}
