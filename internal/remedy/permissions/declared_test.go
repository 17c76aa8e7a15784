package permissions_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	trust   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	roleARN = "arn:aws:iam::" + simtest.Account + ":role/service-role/worker"
	managed = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
	denial  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"backup:DeleteRecoveryPoint","Resource":"*"}]}`
)

// clients are those of one caller.
type clients struct {
	db   *dynamodb.Client
	bk   *backup.Client
	iam  *iam.Client
	keys *kms.Client
}

func clientsOf(cfg aws.Config) clients {
	return clients{dynamodb.NewFromConfig(cfg), backup.NewFromConfig(cfg), iam.NewFromConfig(cfg), kms.NewFromConfig(cfg)}
}

// office is an account under enforcement, its root, and a user whose policy changes from call to call.
type office struct {
	t                 *testing.T
	sim               *simtest.Sim
	root, user        clients
	key, plan, orders string
	selection         string
}

func newOffice(t *testing.T) *office {
	sim := simtest.Start(t, awssim.Options{Enforce: true, World: world.Options{Start: time.Now(), Seed: 1}})
	o := &office{t: t, sim: sim, root: clientsOf(sim.Config()), orders: "arn:aws:dynamodb:" + simtest.Region + ":" + simtest.Account + ":table/orders"}
	ctx := context.Background()
	_, err := o.root.iam.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("writer")})
	o.must(err)
	k, err := o.root.iam.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("writer")})
	o.must(err)
	cfg := sim.Config()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(*k.AccessKey.AccessKeyId, *k.AccessKey.SecretAccessKey, "")
	o.user = clientsOf(cfg)
	_, err = o.root.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("worker"), Path: aws.String("/service-role/"), AssumeRolePolicyDocument: aws.String(trust)})
	o.must(err)
	key, err := o.root.keys.CreateKey(ctx, &kms.CreateKeyInput{})
	o.must(err)
	o.key = *key.KeyMetadata.Arn
	_, err = o.root.db.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String("orders"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	})
	o.must(err)
	sim.Advance(time.Minute)
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) allow(all []awsapi.Permission) {
	o.t.Helper()
	text, err := awsapi.Document("aws", all)
	o.must(err)
	if len(all) == 0 {
		text = []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]}`)
	}
	_, err = o.root.iam.PutUserPolicy(context.Background(), &iam.PutUserPolicyInput{UserName: aws.String("writer"), PolicyName: aws.String("p"), PolicyDocument: aws.String(string(text))})
	o.must(err)
}

// unlink takes the service-linked roles away, so that the next call has to make them.
func (o *office) unlink() {
	for _, name := range []string{"AWSServiceRoleForBackup", "AWSServiceRoleForBackupRestoreTesting"} {
		_, _ = o.root.iam.DeleteServiceLinkedRole(context.Background(), &iam.DeleteServiceLinkedRoleInput{RoleName: &name}) // there may be none
	}
}

// TestEachDeclaredPermissionOfAWriteIsEnoughAndNeeded makes every declared write of plans as a user who has exactly what is declared for it, and
// before that without each single permission: the simulated AWS names the one that lacks.
func TestEachDeclaredPermissionOfAWriteIsEnoughAndNeeded(t *testing.T) {
	o := newOffice(t)
	made := map[awsapi.CallID]bool{}
	for _, w := range o.writes() {
		c, err := awsapi.Find(w.call)
		o.must(err)
		made[w.call] = true
		all := c.Permissions()
		o.unlink()
		for i, lacking := range all {
			o.allow(append(append([]awsapi.Permission{}, all[:i]...), all[i+1:]...))
			var denied smithy.APIError
			err := w.do(o.user)
			// DynamoDB's pattern for the actions that make data keys is AWS's own.
			if !errors.As(err, &denied) || !strings.Contains(denied.ErrorMessage(), "perform: "+strings.TrimSuffix(string(lacking.Action), "*")) {
				t.Errorf("%s without %s: %v", w.call, lacking.Action, err)
			}
		}
		o.allow(all)
		if err := w.do(o.user); err != nil {
			t.Errorf("%s with what is declared for it: %v", w.call, err)
		}
		o.sim.Advance(time.Minute)
	}
	for _, c := range awsapi.Changes() {
		if !made[c.ID] {
			t.Errorf("%s was not tried", c.ID)
		}
	}
}

// write is a declared write, made by whoever the clients are.
type write struct {
	call awsapi.CallID
	do   func(clients) error
}

func (o *office) writes() []write {
	var all []write
	all = append(all, o.tableWrites()...)
	all = append(all, o.vaultWrites()...)
	all = append(all, o.planWrites()...)
	all = append(all, o.testingWrites()...)
	return append(all, o.roleWrites()...)
}

func failed[O any](_ *O, err error) error { return err }

func (o *office) tableWrites() []write {
	ctx, orders := context.Background(), aws.String("orders")
	return []write{
		{awsapi.UpdateContinuousBackups, func(c clients) error {
			return failed(c.db.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: orders, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}))
		}},
		{awsapi.UpdateTable, func(c clients) error {
			return failed(c.db.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: orders, SSESpecification: &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: &o.key}}))
		}},
		{awsapi.TagTable, func(c clients) error {
			return failed(c.db.TagResource(ctx, &dynamodb.TagResourceInput{ResourceArn: &o.orders, Tags: []types.Tag{{Key: aws.String("backup"), Value: aws.String("daily")}}}))
		}},
		{awsapi.UntagTable, func(c clients) error {
			return failed(c.db.UntagResource(ctx, &dynamodb.UntagResourceInput{ResourceArn: &o.orders, TagKeys: []string{"backup"}}))
		}},
		{awsapi.CreateBackup, func(c clients) error {
			return failed(c.db.CreateBackup(ctx, &dynamodb.CreateBackupInput{TableName: orders, BackupName: aws.String("now")}))
		}},
	}
}

func (o *office) vaultWrites() []write {
	ctx, v := context.Background(), aws.String("main")
	arn := "arn:aws:backup:" + simtest.Region + ":" + simtest.Account + ":backup-vault:main"
	return []write{
		{awsapi.UpdateRegionSettings, func(c clients) error {
			return failed(c.bk.UpdateRegionSettings(ctx, &backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": true}}))
		}},
		{awsapi.CreateBackupVault, func(c clients) error {
			return failed(c.bk.CreateBackupVault(ctx, &backup.CreateBackupVaultInput{BackupVaultName: v, EncryptionKeyArn: &o.key, BackupVaultTags: map[string]string{"a": "b"}}))
		}},
		{awsapi.TagBackup, func(c clients) error {
			return failed(c.bk.TagResource(ctx, &backup.TagResourceInput{ResourceArn: &arn, Tags: map[string]string{"c": "d"}}))
		}},
		{awsapi.PutBackupVaultAccessPolicy, func(c clients) error {
			return failed(c.bk.PutBackupVaultAccessPolicy(ctx, &backup.PutBackupVaultAccessPolicyInput{BackupVaultName: v, Policy: aws.String(denial)}))
		}},
		{awsapi.DeleteBackupVaultAccessPolicy, func(c clients) error {
			return failed(c.bk.DeleteBackupVaultAccessPolicy(ctx, &backup.DeleteBackupVaultAccessPolicyInput{BackupVaultName: v}))
		}},
		{awsapi.PutBackupVaultLockConfiguration, func(c clients) error {
			return failed(c.bk.PutBackupVaultLockConfiguration(ctx, &backup.PutBackupVaultLockConfigurationInput{BackupVaultName: v, MinRetentionDays: aws.Int64(1)}))
		}},
		{awsapi.DeleteBackupVaultLockConfiguration, func(c clients) error {
			return failed(c.bk.DeleteBackupVaultLockConfiguration(ctx, &backup.DeleteBackupVaultLockConfigurationInput{BackupVaultName: v}))
		}},
		{awsapi.PutBackupVaultNotifications, func(c clients) error {
			return failed(c.bk.PutBackupVaultNotifications(ctx, &backup.PutBackupVaultNotificationsInput{BackupVaultName: v, SNSTopicArn: aws.String("arn:aws:sns:eu-west-1:111122223333:t"), BackupVaultEvents: []backuptypes.BackupVaultEvent{"BACKUP_JOB_COMPLETED"}}))
		}},
		{awsapi.DeleteBackupVaultNotifications, func(c clients) error {
			return failed(c.bk.DeleteBackupVaultNotifications(ctx, &backup.DeleteBackupVaultNotificationsInput{BackupVaultName: v}))
		}},
		{awsapi.DeleteBackupVault, func(c clients) error {
			return failed(c.bk.DeleteBackupVault(ctx, &backup.DeleteBackupVaultInput{BackupVaultName: v}))
		}},
		{awsapi.StartBackupJob, func(c clients) error {
			_, _ = o.root.bk.CreateBackupVault(ctx, &backup.CreateBackupVaultInput{BackupVaultName: aws.String("plain")}) // the second time it is there
			return failed(c.bk.StartBackupJob(ctx, &backup.StartBackupJobInput{BackupVaultName: aws.String("plain"), ResourceArn: &o.orders, IamRoleArn: aws.String(roleARN)}))
		}},
	}
}

func planDocument(days int64) *backuptypes.BackupPlanInput {
	return &backuptypes.BackupPlanInput{BackupPlanName: aws.String("daily"), Rules: []backuptypes.BackupRuleInput{
		{RuleName: aws.String("daily"), TargetBackupVaultName: aws.String("plain"), Lifecycle: &backuptypes.Lifecycle{DeleteAfterDays: &days}},
	}}
}

func (o *office) planWrites() []write {
	ctx := context.Background()
	return []write{
		{awsapi.CreateBackupPlan, func(c clients) error {
			out, err := c.bk.CreateBackupPlan(ctx, &backup.CreateBackupPlanInput{BackupPlan: planDocument(7), BackupPlanTags: map[string]string{"a": "b"}})
			if err == nil {
				o.plan = *out.BackupPlanId
			}
			return err
		}},
		{awsapi.UpdateBackupPlan, func(c clients) error {
			return failed(c.bk.UpdateBackupPlan(ctx, &backup.UpdateBackupPlanInput{BackupPlanId: &o.plan, BackupPlan: planDocument(8)}))
		}},
		{awsapi.CreateBackupSelection, func(c clients) error {
			out, err := c.bk.CreateBackupSelection(ctx, &backup.CreateBackupSelectionInput{BackupPlanId: &o.plan, BackupSelection: &backuptypes.BackupSelection{
				SelectionName: aws.String("orders"), IamRoleArn: aws.String(roleARN), Resources: []string{o.orders}}})
			if err == nil {
				o.selection = *out.SelectionId
			}
			return err
		}},
		{awsapi.DeleteBackupSelection, func(c clients) error {
			return failed(c.bk.DeleteBackupSelection(ctx, &backup.DeleteBackupSelectionInput{BackupPlanId: &o.plan, SelectionId: &o.selection}))
		}},
		{awsapi.DeleteBackupPlan, func(c clients) error {
			return failed(c.bk.DeleteBackupPlan(ctx, &backup.DeleteBackupPlanInput{BackupPlanId: &o.plan}))
		}},
	}
}

func (o *office) testingWrites() []write {
	ctx, name, selection := context.Background(), aws.String("weekly"), aws.String("tables")
	return []write{
		{awsapi.CreateRestoreTestingPlan, func(c clients) error {
			return failed(c.bk.CreateRestoreTestingPlan(ctx, &backup.CreateRestoreTestingPlanInput{Tags: map[string]string{"a": "b"}, RestoreTestingPlan: &backuptypes.RestoreTestingPlanForCreate{
				RestoreTestingPlanName: name, ScheduleExpression: aws.String("cron(0 5 ? * 1 *)"),
				RecoveryPointSelection: &backuptypes.RestoreTestingRecoveryPointSelection{Algorithm: "LATEST_WITHIN_WINDOW", IncludeVaults: []string{"*"}, RecoveryPointTypes: []backuptypes.RestoreTestingRecoveryPointType{"SNAPSHOT"}},
			}}))
		}},
		{awsapi.CreateRestoreTestingSelection, func(c clients) error {
			return failed(c.bk.CreateRestoreTestingSelection(ctx, &backup.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: name, RestoreTestingSelection: &backuptypes.RestoreTestingSelectionForCreate{
				RestoreTestingSelectionName: selection, IamRoleArn: aws.String(roleARN), ProtectedResourceType: aws.String("DynamoDB"), ProtectedResourceArns: []string{"*"}}}))
		}},
		{awsapi.DeleteRestoreTestingSelection, func(c clients) error {
			return failed(c.bk.DeleteRestoreTestingSelection(ctx, &backup.DeleteRestoreTestingSelectionInput{RestoreTestingPlanName: name, RestoreTestingSelectionName: selection}))
		}},
		{awsapi.DeleteRestoreTestingPlan, func(c clients) error {
			return failed(c.bk.DeleteRestoreTestingPlan(ctx, &backup.DeleteRestoreTestingPlanInput{RestoreTestingPlanName: name}))
		}},
	}
}

func (o *office) roleWrites() []write {
	ctx, name := context.Background(), aws.String("fresh")
	return []write{
		{awsapi.CreateRole, func(c clients) error {
			return failed(c.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: name, Path: aws.String("/service-role/"), AssumeRolePolicyDocument: aws.String(trust), Tags: []iamtypes.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}))
		}},
		{awsapi.TagRole, func(c clients) error {
			return failed(c.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: []iamtypes.Tag{{Key: aws.String("c"), Value: aws.String("d")}}}))
		}},
		{awsapi.AttachRolePolicy, func(c clients) error {
			return failed(c.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: aws.String(managed)}))
		}},
		{awsapi.DetachRolePolicy, func(c clients) error {
			return failed(c.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: aws.String(managed)}))
		}},
		{awsapi.DeleteRole, func(c clients) error {
			return failed(c.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name}))
		}},
	}
}

// TestNoOtherPolicyCanBeAttached: whoever may give a role any policy, and hand it over, may do anything.
func TestNoOtherPolicyCanBeAttached(t *testing.T) {
	o := newOffice(t)
	c, err := awsapi.Find(awsapi.AttachRolePolicy)
	o.must(err)
	o.allow(c.Permissions())
	var denied smithy.APIError
	_, err = o.user.iam.AttachRolePolicy(context.Background(), &iam.AttachRolePolicyInput{RoleName: aws.String("worker"), PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")})
	if !errors.As(err, &denied) || denied.ErrorCode() != "AccessDenied" {
		t.Errorf("attaching another policy: %v", err)
	}
}
