package drill_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/store"
)

// stage is a simulated AWS in which a minute passes in a hundredth of a second, with one table, and a store.
type stage struct {
	t       *testing.T
	sim     *simtest.Sim
	db      *dynamodb.Client
	session *awsapi.Session
	store   *store.Store
	source  drill.Table
	n       int
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, sim: simtest.Start(t, awssim.Options{World: world.Options{Start: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Speed: 6000, Seed: 1}})}
	s.db = dynamodb.NewFromConfig(s.sim.Config())
	name := aws.String("orders")
	s.must2(s.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}}))
	s.sim.Assembly().World.Advance(time.Minute)
	s.must2(s.db.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: name,
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}))
	for i := range 20 {
		s.put("orders", fmt.Sprintf("o-%03d", i), "1.50")
	}
	s.sim.Assembly().World.Advance(time.Hour)
	d := s.describe("orders")
	s.source = drill.Table{Name: "orders", ARN: *d.TableArn, TableID: *d.TableId, Account: simtest.Account, Region: simtest.Region}
	session, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: s.sim.URL, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff,
		SimulatedAccount: simtest.Account, Writes: true, MaxAttempts: 2, MaxBackoff: 10 * time.Millisecond, RequestTimeout: 2 * time.Second})
	s.must(err)
	t.Cleanup(session.Close)
	s.session = session
	s.store, err = store.Open(t.Context(), t.TempDir(), time.Now)
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) must2(_ any, err error) {
	s.t.Helper()
	s.must(err)
}

func (s *stage) put(table, id, total string) {
	s.t.Helper()
	s.must2(s.db.PutItem(s.t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
		"id": &types.AttributeValueMemberS{Value: id}, "total": &types.AttributeValueMemberN{Value: total}}}))
}

func (s *stage) describe(table string) *types.TableDescription {
	s.t.Helper()
	out, err := s.db.DescribeTable(s.t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	s.must(err)
	return out.Table
}

// tables are the names that AWS lists.
func (s *stage) tables() []string {
	s.t.Helper()
	out, err := s.db.ListTables(s.t.Context(), &dynamodb.ListTablesInput{})
	s.must(err)
	return out.TableNames
}

// drill plans a drill of the table from its latest restorable second.
func (s *stage) drill(e *drill.Engine) *drill.Drill {
	s.t.Helper()
	s.n++
	run := fmt.Sprintf("d-20261121T120000Z-%06d", s.n)
	id, name := drill.Name(run, s.source.ARN)
	d := &drill.Drill{ID: id, Run: run, Tool: "test", Partition: "aws", Account: simtest.Account, Source: s.source,
		From:   drill.Point{Kind: drill.FromPITR, Region: simtest.Region},
		Target: drill.Table{Name: name, ARN: "arn:aws:dynamodb:" + simtest.Region + ":" + simtest.Account + ":table/" + name, Account: simtest.Account, Region: simtest.Region}}
	s.must2(nil, e.Plan(s.t.Context(), d))
	return d
}

// engine has the simplest parts that do the work.
func (s *stage) engine() *drill.Engine {
	account := s.session.Accounts()[0]
	_, _, err := account.Identify(s.t.Context())
	s.must(err)
	return &drill.Engine{Store: s.store, Scope: func(_, region string) *awsapi.Scope { return account.Scope(region) }, Parts: drill.Parts{
		Restore: s.restore,
		Settings: func(context.Context, *drill.Drill) ([]evidence.Setting, error) {
			var all []evidence.Setting
			for _, name := range settings.All() {
				all = append(all, evidence.Setting{Setting: string(name), Outcome: evidence.Same})
			}
			return all, nil
		},
		Items: func(_ context.Context, d *drill.Drill) error {
			d.Items = &evidence.Items{Verdict: evidence.ItemsEqual}
			return nil
		},
	}}
}

// restore makes the table with the SDK alone.
func (s *stage) restore(ctx context.Context, d *drill.Drill, save func() error) error {
	scope := s.session.Accounts()[0].Scope(d.Target.Region)
	if d.Times.Requested.IsZero() {
		_, err := s.db.RestoreTableToPointInTime(ctx, &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: &d.Source.Name, TargetTableName: &d.Target.Name, UseLatestRestorableTime: aws.Bool(true)})
		if err != nil {
			return err
		}
		d.Times.Requested = s.sim.Now()
		s.must(save())
	}
	for {
		out, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: scope, Call: awsapi.DescribeTable}, scope.DynamoDB.DescribeTable, &dynamodb.DescribeTableInput{TableName: &d.Target.Name})
		if err != nil {
			return err
		}
		if out.Table.TableStatus == types.TableStatusActive {
			d.Target.TableID, d.Times.Active = *out.Table.TableId, s.sim.Now()
			return save()
		}
		time.Sleep(5 * time.Millisecond)
	}
}
