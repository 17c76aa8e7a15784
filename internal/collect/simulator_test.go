package collect_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
)

// must fails the test when a call that sets the scene fails.
func must[O any](t testing.TB) func(*O, error) *O {
	t.Helper()
	return func(out *O, err error) *O {
		t.Helper()
		if err != nil {
			t.Fatalf("set the scene: %v", err)
		}
		return out
	}
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

const ownPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"tag:GetResources","Resource":"*"}]}`

// scene is a small company in the real simulator: two tables, one of them with PITR, a key and tags, a plan that backs both up, and a day gone by.
func scene(t testing.TB, o awssim.Options) *simtest.Sim {
	t.Helper()
	o.World = world.Options{Start: start, Seed: 7}
	sim := simtest.Start(t, o)
	cfg := sim.Config()
	ctx := context.Background()
	keyARN := aws.ToString(must[kms.CreateKeyOutput](t)(kms.NewFromConfig(cfg).CreateKey(ctx, &kms.CreateKeyInput{})).KeyMetadata.Arn)
	db := dynamodb.NewFromConfig(cfg)
	for _, name := range []string{"orders", "sessions"} {
		in := &dynamodb.CreateTableInput{
			TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		}
		if name == "orders" {
			in.Tags = []types.Tag{{Key: aws.String("tier"), Value: aws.String("gold")}}
			in.SSESpecification = &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: &keyARN}
		}
		must[dynamodb.CreateTableOutput](t)(db.CreateTable(ctx, in))
	}
	sim.Advance(60e9)
	must[dynamodb.UpdateContinuousBackupsOutput](t)(db.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"), PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}))
	must[dynamodb.CreateBackupOutput](t)(db.CreateBackup(ctx, &dynamodb.CreateBackupInput{TableName: aws.String("sessions"), BackupName: aws.String("once")}))
	role := must[iam.CreateRoleOutput](t)(iam.NewFromConfig(cfg).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("backup"), AssumeRolePolicyDocument: aws.String(trust)}))
	must[iam.AttachRolePolicyOutput](t)(iam.NewFromConfig(cfg).AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("backup"), PolicyArn: aws.String("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup")}))
	must[iam.PutRolePolicyOutput](t)(iam.NewFromConfig(cfg).PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("backup"), PolicyName: aws.String("own"), PolicyDocument: aws.String(ownPolicy)}))
	scenePlan(ctx, t, backup.NewFromConfig(cfg), role.Role.Arn)
	sim.Advance(36 * 3600e9)
	return sim
}

func scenePlan(ctx context.Context, t testing.TB, b *backup.Client, role *string) {
	t.Helper()
	must[backup.CreateBackupVaultOutput](t)(b.CreateBackupVault(ctx, &backup.CreateBackupVaultInput{BackupVaultName: aws.String("main")}))
	p := must[backup.CreateBackupPlanOutput](t)(b.CreateBackupPlan(ctx, &backup.CreateBackupPlanInput{BackupPlan: &backuptypes.BackupPlanInput{BackupPlanName: aws.String("daily"), Rules: []backuptypes.BackupRuleInput{{
		RuleName: aws.String("nightly"), TargetBackupVaultName: aws.String("main"), ScheduleExpression: aws.String("cron(0 5 ? * * *)"), Lifecycle: &backuptypes.Lifecycle{DeleteAfterDays: aws.Int64(35)},
	}}}}))
	must[backup.CreateBackupSelectionOutput](t)(b.CreateBackupSelection(ctx, &backup.CreateBackupSelectionInput{BackupPlanId: p.BackupPlanId, BackupSelection: &backuptypes.BackupSelection{
		SelectionName: aws.String("tables"), IamRoleArn: role, Resources: []string{"arn:aws:dynamodb:*:*:table/*"},
	}}))
	must[backup.CreateRestoreTestingPlanOutput](t)(b.CreateRestoreTestingPlan(ctx, &backup.CreateRestoreTestingPlanInput{RestoreTestingPlan: &backuptypes.RestoreTestingPlanForCreate{
		RestoreTestingPlanName: aws.String("weekly"), ScheduleExpression: aws.String("cron(0 5 ? * 1 *)"),
		RecoveryPointSelection: &backuptypes.RestoreTestingRecoveryPointSelection{Algorithm: backuptypes.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow, IncludeVaults: []string{"*"}, RecoveryPointTypes: []backuptypes.RestoreTestingRecoveryPointType{backuptypes.RestoreTestingRecoveryPointTypeSnapshot}},
	}}))
	must[backup.CreateRestoreTestingSelectionOutput](t)(b.CreateRestoreTestingSelection(ctx, &backup.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: aws.String("weekly"), RestoreTestingSelection: &backuptypes.RestoreTestingSelectionForCreate{
		RestoreTestingSelectionName: aws.String("tables"), IamRoleArn: role, ProtectedResourceType: aws.String("DynamoDB"), ProtectedResourceArns: []string{"*"},
	}}))
}

func TestASceneInTheSimulatorIsCollectedWhole(t *testing.T) {
	sim := scene(t, awssim.Options{})
	u := gather(t, session(t, sim, awsapi.Options{}), collect.Options{})
	for path, f := range facts(u) {
		if f.state == estate.Unknown && f.code != "NotCollected" && f.code != "" {
			t.Errorf("%s is unknown: %+v", path, f)
		}
	}
	orders, sessions := table(t, u, "orders"), table(t, u, "sessions")
	known(t, orders.PITRStatus, "ENABLED")
	known(t, sessions.PITRStatus, "DISABLED")
	if tags, _ := orders.Tags.Get(); tags["tier"] != "gold" {
		t.Errorf("tags are %v", orders.Tags)
	}
	if !sessions.PITREarliest.IsAbsent() || len(u.Backups.Items) != 1 || len(u.Vaults.Items) != 1 || len(u.Vaults.Items[0].RecoveryPoints.Items) == 0 || len(u.BackupJobs.Items) == 0 {
		t.Errorf("backups %d, vaults %d, jobs %d", len(u.Backups.Items), len(u.Vaults.Items), len(u.BackupJobs.Items))
	}
	if now, ok := u.Now.Get(); !ok || now.Time().Sub(start).Hours() < 36 {
		t.Errorf("now is %v", u.Now)
	}
}

// TestThePrintedPolicyIsEnoughAndEachActionIsNeeded scans as a user with the generated policy under enforcement, and again without each single action.
func TestThePrintedPolicyIsEnoughAndEachActionIsNeeded(t *testing.T) {
	sim := scene(t, awssim.Options{Enforce: true})
	needs := awsapi.Planning()
	policy, err := awsapi.Policy("aws", awsapi.Select(needs))
	if err != nil {
		t.Fatal(err)
	}
	scan := asUser(t, sim)
	sound := scan(policy)
	for path, f := range sound {
		if f.state == estate.Unknown && f.code != "NotCollected" && f.code != "" {
			t.Errorf("under the policy %s is unknown: %+v", path, f)
		}
	}
	for _, call := range awsapi.Select(needs) {
		if call.Free || call.ID == awsapi.ListRegions || call.ID == awsapi.ListTargetsByRule { // the scene has no rule to ask about
			continue
		}
		t.Run("without "+string(call.ID), func(t *testing.T) {
			judge(t, string(call.ID), sound, scan(without(t, policy, string(call.ID))))
		})
	}
}

// asUser makes a user and returns a function that scans as that user under a policy.
func asUser(t *testing.T, sim *simtest.Sim) func(policy []byte) map[string]seen {
	t.Helper()
	ctx := context.Background()
	admin := iam.NewFromConfig(sim.Config())
	must[iam.CreateUserOutput](t)(admin.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("auditor")}))
	k := must[iam.CreateAccessKeyOutput](t)(admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("auditor")})).AccessKey
	return func(policy []byte) map[string]seen {
		must[iam.PutUserPolicyOutput](t)(admin.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("auditor"), PolicyName: aws.String("scan"), PolicyDocument: aws.String(string(policy))}))
		isolate(t)
		t.Setenv("AWS_ACCESS_KEY_ID", *k.AccessKeyId)
		t.Setenv("AWS_SECRET_ACCESS_KEY", *k.SecretAccessKey)
		s, err := awsapi.Open(t.Context(), awsapi.Options{EndpointURL: sim.URL, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff, MaxAttempts: 2, MaxBackoff: 5e6})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		return facts(gather(t, s, collect.Options{Needs: awsapi.Planning()}))
	}
}

// without takes one action out of a policy.
func without(t *testing.T, policy []byte, action string) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(policy, &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range doc["Statement"].([]any) {
		statement := s.(map[string]any)
		kept := []any{"none:None"}
		for _, a := range statement["Action"].([]any) {
			if a != action {
				kept = append(kept, a)
			}
		}
		statement["Action"] = kept
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
