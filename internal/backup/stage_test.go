package backup_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsbackup "github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/backup"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/store"
)

// stage is a simulated AWS with some tables, a vault and a role, a session that may write, and a store.
type stage struct {
	t       *testing.T
	sim     *simtest.Sim
	db      *dynamodb.Client
	vaults  *awsbackup.Client
	session *awsapi.Session
	store   *store.Store
	dir     string
}

const (
	role  = "AWSBackupDefaultServiceRole"
	trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	other = "us-east-1"
)

// quick is a simulated AWS in which a backup job takes less than a second.
func quick() awssim.Options {
	return awssim.Options{World: world.Options{Start: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Speed: 3600}}
}

// still is one whose clock stands.
func still() awssim.Options {
	o := quick()
	o.World.Speed = 1e-6
	return o
}

func newStage(t *testing.T, o awssim.Options, tables ...string) *stage {
	t.Helper()
	s := &stage{t: t, sim: simtest.Start(t, o), dir: t.TempDir()}
	s.db, s.vaults = dynamodb.NewFromConfig(s.sim.Config()), awsbackup.NewFromConfig(s.sim.Config())
	for _, name := range tables {
		s.create(s.db, name)
	}
	people := iam.NewFromConfig(s.sim.Config())
	_, err := people.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String(role), Path: aws.String("/service-role/"), AssumeRolePolicyDocument: aws.String(trust)})
	s.must(err)
	_, err = people.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String(role), PolicyArn: aws.String("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup")})
	s.must(err)
	s.vault("Default")
	s.sim.Assembly().World.Advance(time.Minute)
	s.session = s.open(2 * time.Second)
	s.store, err = store.Open(t.Context(), s.dir, time.Now)
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	return s
}

func (s *stage) create(db *dynamodb.Client, name string) {
	s.t.Helper()
	_, err := db.CreateTable(s.t.Context(), &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("k"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("k"), KeyType: types.KeyTypeRange}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("by-k"), KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("k"), KeyType: types.KeyTypeHash}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{{IndexName: aws.String("local"), KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("k"), KeyType: types.KeyTypeRange}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage}})
	s.must(err)
}

func (s *stage) vault(name string) {
	s.t.Helper()
	_, err := s.vaults.CreateBackupVault(s.t.Context(), &awsbackup.CreateBackupVaultInput{BackupVaultName: &name})
	s.must(err)
}

// advanced sets AWS Backup's advanced features for DynamoDB.
func (s *stage) advanced(on bool) {
	s.t.Helper()
	_, err := s.vaults.UpdateRegionSettings(s.t.Context(), &awsbackup.UpdateRegionSettingsInput{
		ResourceTypeOptInPreference: map[string]bool{"DynamoDB": true}, ResourceTypeManagementPreference: map[string]bool{"DynamoDB": on}})
	s.must(err)
}

func (s *stage) open(patience time.Duration) *awsapi.Session {
	return s.openAt(awsapi.RatesOff, patience)
}

func (s *stage) openAt(rates awsapi.Rates, patience time.Duration) *awsapi.Session {
	s.t.Helper()
	session, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: s.sim.URL, Regions: []string{simtest.Region, other}, Rates: rates,
		SimulatedAccount: simtest.Account, Writes: true, MaxBackoff: 10 * time.Millisecond, RequestTimeout: patience})
	s.must(err)
	s.t.Cleanup(session.Close)
	return session
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) fault(faults ...awssim.Fault) {
	s.t.Helper()
	s.must(s.sim.SetFaults(faults))
}

// targets are the tables of the names, as collection finds them.
func (s *stage) targets(names ...string) []backup.Target {
	s.t.Helper()
	w := backup.Wanted{Patterns: names}
	es, err := collect.Collect(s.t.Context(), s.session, collect.Options{Tables: w.ByName, Needs: map[awsapi.Group]bool{awsapi.GroupStart: true, awsapi.GroupTables: true}})
	s.must(err)
	return s.chosen(w, es)
}

func (s *stage) chosen(w backup.Wanted, es *estate.Estate) []backup.Target {
	s.t.Helper()
	c := w.Choose(es)
	if len(c.Unmatched)+len(c.Unlisted)+len(c.Doubtful) > 0 {
		s.t.Fatalf("chose %+v", c)
	}
	return c.Targets
}

func native() backup.Request { return backup.Request{Way: backup.Native, Name: "before-x"} }

func vaulted() backup.Request {
	return backup.Request{Way: backup.AWSBackup, Vault: "Default", RetainDays: 35, WaitForTheirEnd: true}
}

func (s *stage) options(r backup.Request) backup.Options {
	return backup.Options{Request: r, Store: s.store, Within: 20 * time.Second, Settle: 2 * time.Second}
}

// run backs tables up.
func (s *stage) run(ctx context.Context, targets []backup.Target, o backup.Options) *backup.Report {
	s.t.Helper()
	s.must(o.Validate())
	r := backup.Run(ctx, s.session.Accounts()[0], targets, o)
	s.must(r.Forget(context.WithoutCancel(ctx)))
	return r
}

// one backs one table up.
func (s *stage) one(name string, o backup.Options) backup.Result {
	s.t.Helper()
	return s.run(s.t.Context(), s.targets(name), o).Results[0]
}

// want holds an outcome.
func (s *stage) want(r backup.Result, o backup.Outcome) {
	s.t.Helper()
	if r.Outcome != o {
		s.t.Fatalf("%s is %s (%s: %s), want %s", r.Target.Name(), r.Outcome, r.Code, r.Reason, o)
	}
}

// backups are the native ones of a table, by ARN.
func (s *stage) backups(name string) []string {
	s.t.Helper()
	out, err := s.db.ListBackups(s.t.Context(), &dynamodb.ListBackupsInput{TableName: &name})
	s.must(err)
	var arns []string
	for _, b := range out.BackupSummaries {
		arns = append(arns, *b.BackupArn)
	}
	slices.Sort(arns)
	return arns
}

// jobs are those of AWS Backup.
func (s *stage) jobs() []backuptypes.BackupJob {
	s.t.Helper()
	out, err := s.vaults.ListBackupJobs(s.t.Context(), &awsbackup.ListBackupJobsInput{})
	s.must(err)
	return out.BackupJobs
}

// forgotten holds that nothing is left written down.
func (s *stage) forgotten() {
	s.t.Helper()
	left, err := s.store.List(s.t.Context(), backup.Kind)
	s.must(err)
	for _, r := range left {
		s.t.Errorf("left written down: %s %s", r.State, r.Data)
	}
}

// remembered holds that something is.
func (s *stage) remembered() {
	s.t.Helper()
	left, err := s.store.List(s.t.Context(), backup.Kind)
	s.must(err)
	if len(left) == 0 {
		s.t.Error("nothing is left written down of what is under way")
	}
}
