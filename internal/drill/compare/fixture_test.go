package compare

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"go.uber.org/goleak"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type item = map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func num(n any) types.AttributeValue    { return &types.AttributeValueMemberN{Value: fmt.Sprint(n)} }

// stage is a simulated AWS with a client that writes and a scope that compares.
type stage struct {
	t     testing.TB
	sim   *simtest.Sim
	db    *dynamodb.Client
	scope *awsapi.Scope
	now   time.Time
}

var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newStage(t testing.TB) *stage {
	t.Helper()
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: began}})
	session, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: sim.URL, SimulatedAccount: simtest.Account, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff,
		MaxAttempts: 2, MaxBackoff: time.Millisecond, RequestTimeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return &stage{t: t, sim: sim, db: dynamodb.NewFromConfig(sim.Config()), scope: session.Accounts()[0].Scope(simtest.Region), now: began}
}

func (s *stage) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// table makes a table with the primary key id, or id and at, and waits for it.
func (s *stage) table(name string, spec *types.StreamSpecification) {
	s.t.Helper()
	_, err := s.db.CreateTable(s.t.Context(), &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest, StreamSpecification: spec,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}, {AttributeName: aws.String("at"), AttributeType: "N"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}, {AttributeName: aws.String("at"), KeyType: "RANGE"}}})
	s.check(err)
	s.advance(time.Minute)
}

func (s *stage) advance(d time.Duration) {
	s.t.Helper()
	s.sim.Advance(d)
	s.now = s.now.Add(d)
}

func (s *stage) put(table string, items ...item) {
	s.t.Helper()
	for _, one := range items {
		_, err := s.db.PutItem(s.t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: one})
		s.check(err)
	}
}

func (s *stage) remove(table string, one item) {
	s.t.Helper()
	_, err := s.db.DeleteItem(s.t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: item{"id": one["id"], "at": one["at"]}})
	s.check(err)
}

// order is an item with a bit of everything.
func order(i int) item {
	return item{
		"id": str("customer-" + strconv.Itoa(i%7)), "at": num(i), "total": num("1234567890123456789012345678.90"), "paid": &types.AttributeValueMemberBOOL{Value: i%2 == 0},
		"note": &types.AttributeValueMemberNULL{Value: true}, "tags": &types.AttributeValueMemberSS{Value: []string{"new", "x" + strconv.Itoa(i)}},
		"sizes": &types.AttributeValueMemberNS{Value: []string{"1", "2.5"}}, "blob": &types.AttributeValueMemberB{Value: []byte{0, byte(i), 255}},
		"lines":   &types.AttributeValueMemberL{Value: []types.AttributeValue{num(i), str("")}},
		"address": &types.AttributeValueMemberM{Value: item{"city": str("Zürich"), "empty": &types.AttributeValueMemberM{Value: item{}}}},
		"changed": num(began.Add(-time.Hour).Unix()),
	}
}

// twins makes two tables with the same items.
func (s *stage) twins(n int, spec *types.StreamSpecification) {
	s.t.Helper()
	s.table("orders", spec)
	s.table("copy", nil)
	for i := range n {
		s.put("orders", order(i))
		s.put("copy", order(i))
	}
}

func (s *stage) sides() (a, b Side) {
	return Side{Scope: s.scope, Table: "orders"}, Side{Scope: s.scope, Table: "copy"}
}

// items compares the twins and fails the test on an error.
func (s *stage) items(o Options) *Result {
	s.t.Helper()
	a, b := s.sides()
	o.limits.pause = hasty(o.limits.pause)
	r, err := Items(s.t.Context(), a, b, o)
	s.check(err)
	return r
}

// alone looks at the copy as if its source were gone.
func (s *stage) alone(o Options) *Result {
	s.t.Helper()
	_, b := s.sides()
	o.limits.pause = hasty(o.limits.pause)
	r, err := Alone(s.t.Context(), b, o)
	s.check(err)
	return r
}

// hasty waits for nothing.
func hasty(given func(context.Context, time.Duration) error) func(context.Context, time.Duration) error {
	if given != nil {
		return given
	}
	return func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
}

func (s *stage) fault(f ...awssim.Fault) {
	s.t.Helper()
	s.check(s.sim.SetFaults(f))
}

func wants(t testing.TB, r *Result, v Verdict, m Method) {
	t.Helper()
	if r.Verdict != v || r.Method != m {
		t.Errorf("%s by %s (%s; %v), want %s by %s", r.Verdict, r.Method, r.Reason, r.Notes, v, m)
	}
}
