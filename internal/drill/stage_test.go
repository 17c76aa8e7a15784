package drill_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/restorable/restorable/internal/store"
)

const (
	far     = "eu-central-1"
	partner = "222233334444" // the account that copies go to
	items   = 40
	role    = "arn:aws:iam::" + simtest.Account + ":role/restorer"
	theirs  = "arn:aws:iam::" + partner + ":role/restorer"
)

// shop is a simulated AWS in which a minute passes in a hundredth of a second, with one table that has what a restore drops and a point of
// each kind, and a store.
type shop struct {
	t        *testing.T
	sim      *simtest.Sim
	db       *dynamodb.Client
	sessions map[string]*awsapi.Session
	store    *store.Store
	table    string // ARN
	runs     int
}

func (s *shop) must(_ any, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// openShop makes it. With stream the table has one.
func openShop(t *testing.T, stream bool) *shop {
	t.Helper()
	s := &shop{t: t, sessions: map[string]*awsapi.Session{},
		sim: simtest.Start(t, awssim.Options{World: world.Options{Start: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Speed: 6000, Seed: 1}})}
	s.db = dynamodb.NewFromConfig(s.sim.Config())
	s.makeTable(stream)
	s.makeRole(simtest.Account)
	for _, account := range []string{simtest.Account, partner} {
		session, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: s.sim.URL, Regions: []string{simtest.Region, far}, Rates: awsapi.RatesOff,
			SimulatedAccount: account, Writes: true, MaxAttempts: 2, MaxBackoff: 10 * time.Millisecond, RequestTimeout: 2 * time.Second})
		s.must(nil, err)
		t.Cleanup(session.Close)
		s.sessions[account] = session
	}
	var err error
	s.store, err = store.Open(t.Context(), t.TempDir(), time.Now)
	s.must(nil, err)
	t.Cleanup(func() { _ = s.store.Close() })
	return s
}

func (s *shop) advance(d time.Duration) { s.sim.Assembly().World.Advance(d) }

func (s *shop) makeTable(stream bool) {
	s.t.Helper()
	ctx, name := s.t.Context(), aws.String("orders")
	in := &dynamodb.CreateTableInput{TableName: name, BillingMode: types.BillingModePayPerRequest, DeletionProtectionEnabled: aws.Bool(true),
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}, {AttributeName: aws.String("customer"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("by-customer"), KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("customer"), KeyType: types.KeyTypeHash}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}},
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("sales")}}}
	if stream {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages}
	}
	out, err := s.db.CreateTable(ctx, in)
	s.must(out, err)
	s.table = *out.TableDescription.TableArn
	s.advance(time.Minute)
	s.must(s.db.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: name,
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}))
	s.must(s.db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: name, TimeToLiveSpecification: &types.TimeToLiveSpecification{Enabled: aws.Bool(true), AttributeName: aws.String("expires")}}))
	for i := range items {
		s.put(s.db, "orders", order(i))
	}
	s.advance(2 * time.Hour)
}

// order is an item with a value of each kind that damage can hide in.
func order(i int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"id": &types.AttributeValueMemberS{Value: fmt.Sprintf("o-%03d", i)}, "customer": &types.AttributeValueMemberS{Value: "c"},
		"total": &types.AttributeValueMemberN{Value: "12345678901234567890.12345"}, "colours": &types.AttributeValueMemberSS{Value: []string{"red", "green", "blue"}},
		"note": &types.AttributeValueMemberS{Value: ""}, "raw": &types.AttributeValueMemberB{Value: []byte{0, 1, 255}},
	}
}

func (s *shop) put(db *dynamodb.Client, table string, item map[string]types.AttributeValue) {
	s.t.Helper()
	s.must(db.PutItem(s.t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}))
}

func (s *shop) makeRole(account string) {
	s.t.Helper()
	client := iam.NewFromConfig(s.sim.ConfigFor(account, simtest.Region))
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	s.must(client.CreateRole(s.t.Context(), &iam.CreateRoleInput{RoleName: aws.String("restorer"), AssumeRolePolicyDocument: &trust}))
	for _, name := range []string{"AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"} {
		s.must(client.AttachRolePolicy(s.t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("restorer"), PolicyArn: aws.String("arn:aws:iam::aws:policy/service-role/" + name)}))
	}
}

// native makes a backup of DynamoDB's own.
func (s *shop) native() {
	s.t.Helper()
	s.must(s.db.CreateBackup(s.t.Context(), &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("by-hand")}))
	s.advance(time.Hour)
}

func (s *shop) backups(account, region string) *backup.Client {
	return backup.NewFromConfig(s.sim.ConfigFor(account, region))
}

// point makes a recovery point of AWS Backup and, where its account or Region is another, a copy there.
func (s *shop) point(account, region string) {
	s.t.Helper()
	s.vaults(account, region)
	s.takePoint(account, region)
}

func (s *shop) vaults(account, region string) {
	s.t.Helper()
	ctx := s.t.Context()
	client := s.backups(simtest.Account, simtest.Region)
	s.must(client.CreateBackupVault(ctx, &backup.CreateBackupVaultInput{BackupVaultName: aws.String("vault")}))
	s.must(client.UpdateRegionSettings(ctx, &backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": true}, ResourceTypeManagementPreference: map[string]bool{"DynamoDB": true}}))
	if account == simtest.Account && region == simtest.Region {
		return
	}
	if account != simtest.Account {
		s.befriend(account, region)
	}
	s.must(s.backups(account, region).CreateBackupVault(ctx, &backup.CreateBackupVaultInput{BackupVaultName: aws.String("copies")}))
	if account != simtest.Account {
		policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + simtest.Account + `:root"},"Action":"backup:CopyIntoBackupVault","Resource":"*"}]}`
		s.must(s.backups(account, region).PutBackupVaultAccessPolicy(ctx, &backup.PutBackupVaultAccessPolicyInput{BackupVaultName: aws.String("copies"), Policy: &policy}))
	}
}

func (s *shop) takePoint(account, region string) {
	s.t.Helper()
	ctx, vault := s.t.Context(), aws.String("vault")
	client := s.backups(simtest.Account, simtest.Region)
	job, err := client.StartBackupJob(ctx, &backup.StartBackupJobInput{BackupVaultName: vault, ResourceArn: &s.table, IamRoleArn: aws.String(role), Lifecycle: &backuptypes.Lifecycle{DeleteAfterDays: aws.Int64(35)}})
	s.must(job, err)
	s.advance(4 * time.Hour)
	done, err := client.DescribeBackupJob(ctx, &backup.DescribeBackupJobInput{BackupJobId: job.BackupJobId})
	s.must(done, err)
	if done.State != backuptypes.BackupJobStateCompleted {
		s.t.Fatalf("backup job: %s %s", done.State, aws.ToString(done.StatusMessage))
	}
	if account == simtest.Account && region == simtest.Region {
		return
	}
	to := fmt.Sprintf("arn:aws:backup:%s:%s:backup-vault:copies", region, account)
	copied, err := client.StartCopyJob(ctx, &backup.StartCopyJobInput{RecoveryPointArn: done.RecoveryPointArn, SourceBackupVaultName: vault, DestinationBackupVaultArn: &to, IamRoleArn: aws.String(role)})
	s.must(copied, err)
	s.advance(4 * time.Hour)
	there, err := client.DescribeCopyJob(ctx, &backup.DescribeCopyJobInput{CopyJobId: copied.CopyJobId})
	s.must(there, err)
	if there.CopyJob.State != backuptypes.CopyJobStateCompleted {
		s.t.Fatalf("copy job: %s %s", there.CopyJob.State, aws.ToString(there.CopyJob.StatusMessage))
	}
}

// befriend puts both accounts into one organisation that lets backups go from one to the other.
func (s *shop) befriend(account, region string) {
	s.t.Helper()
	ctx := s.t.Context()
	s.must(organizations.NewFromConfig(s.sim.ConfigFor(simtest.Account, "us-east-1")).CreateOrganization(ctx, &organizations.CreateOrganizationInput{}))
	if !s.sim.Assembly().Parts.Organizations.AddAccount(simtest.Account, account, "partner") {
		s.t.Fatal("the account could not be added")
	}
	s.must(s.backups(simtest.Account, simtest.Region).UpdateGlobalSettings(ctx, &backup.UpdateGlobalSettingsInput{GlobalSettings: map[string]string{"isCrossAccountBackupEnabled": "true"}}))
	s.makeRole(account)
	s.must(s.backups(account, region).UpdateRegionSettings(ctx, &backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": true}, ResourceTypeManagementPreference: map[string]bool{"DynamoDB": true}}))
}

func (s *shop) account(id string) *awsapi.Account { return s.sessions[id].Accounts()[0] }

// engine is the real one.
func (s *shop) engine() *drill.Engine {
	s.t.Helper()
	for _, session := range s.sessions {
		_, _, err := session.Accounts()[0].Identify(s.t.Context())
		s.must(nil, err)
	}
	w := &drill.Workshop{Account: s.account, Store: s.store, Tool: "test", Settle: 3 * time.Second}
	return &drill.Engine{Store: s.store, Scope: func(account, region string) *awsapi.Scope { return s.account(account).Scope(region) }, Parts: w.Parts()}
}

// estate is what laying out a drill reads, of both accounts.
func (s *shop) estate() *estate.Estate {
	s.t.Helper()
	needs := awsapi.Ways()
	needs[awsapi.GroupPlans], needs[awsapi.GroupSettings], needs[awsapi.GroupTags] = true, true, true
	all := &estate.Estate{}
	for _, account := range []string{simtest.Account, partner} {
		es, err := collect.Collect(s.t.Context(), s.sessions[account], collect.Options{Needs: needs})
		s.must(nil, err)
		all.Units = append(all.Units, es.Units...)
	}
	return all
}

// lay makes the drill of orders as the command does, and writes it down.
func (s *shop) lay(e *drill.Engine, asked drill.Asked, account string) *drill.Drill {
	s.t.Helper()
	es := s.estate()
	s.runs++
	asked.Run, asked.Tool, asked.Partition, asked.Caller = fmt.Sprintf("d-20261121T120000Z-%06d", s.runs), "test", "aws", "arn:aws:iam::"+simtest.Account+":root"
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			if t.Name.Or("") != "orders" {
				continue
			}
			all, _, err := ways.List(es, t.ID, ways.Options{Target: asked.Region})
			s.must(nil, err)
			if account != "" {
				all = within(all, account)
			}
			way, unknown, err := drill.Choose(all, t.TableID.Or(""), asked.From, asked.Region)
			d := drill.New(asked, u, t, way)
			if err != nil {
				d.Refuse(unknown, err.Error())
			}
			s.must(nil, e.Plan(s.t.Context(), d))
			return d
		}
	}
	s.t.Fatal("no table orders was found")
	return nil
}

func within(all []ways.Way, account string) []ways.Way {
	var out []ways.Way
	for _, w := range all {
		if w.Account == account {
			out = append(out, w)
		}
	}
	return out
}

// guard makes AWS refuse every write to the source.
func (s *shop) guard() { s.strike() }

// strike makes AWS fail in more ways, besides refusing every write to the source.
func (s *shop) strike(more ...awssim.Fault) {
	s.t.Helper()
	var faults []awssim.Fault
	for _, action := range []string{"UpdateTable", "DeleteTable", "UpdateContinuousBackups", "TagResource", "UntagResource", "PutResourcePolicy", "DeleteResourcePolicy", "UpdateTimeToLive",
		"EnableKinesisStreamingDestination", "DisableKinesisStreamingDestination", "UpdateContributorInsights", "UpdateItem", "DeleteItem", "BatchWriteItem", "CreateBackup"} {
		faults = append(faults, awssim.Fault{Action: "dynamodb:" + action, Resource: s.table, Error: "AccessDeniedException", Message: "the source must not be written to"})
	}
	s.must(nil, s.sim.SetFaults(append(faults, more...)))
}

// left are the tables with a drill's name, everywhere.
func (s *shop) left() []string {
	s.t.Helper()
	var out []string
	for account := range s.sessions {
		for _, region := range []string{simtest.Region, far} {
			names, err := dynamodb.NewFromConfig(s.sim.ConfigFor(account, region)).ListTables(s.t.Context(), &dynamodb.ListTablesInput{})
			s.must(nil, err)
			for _, n := range names.TableNames {
				if n != "orders" {
					out = append(out, n)
				}
			}
		}
	}
	return out
}

// points are the ARNs of the recovery points in the vault.
func (s *shop) points() []string {
	s.t.Helper()
	out, err := s.backups(simtest.Account, simtest.Region).ListRecoveryPointsByBackupVault(s.t.Context(), &backup.ListRecoveryPointsByBackupVaultInput{BackupVaultName: aws.String("vault")})
	s.must(out, err)
	var arns []string
	for _, p := range out.RecoveryPoints {
		arns = append(arns, aws.ToString(p.RecoveryPointArn))
	}
	return arns
}

func dropIndex(name string) []types.GlobalSecondaryIndexUpdate {
	return []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: &name}}}
}
