package apply

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// TestAJournalThatGoesAwayUnderWay: from then on nothing is called.
func TestAJournalThatGoesAwayUnderWay(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{})
	names := []string{"first", "second", "third"}
	p := &remedy.Plan{Partition: "aws", Account: simtest.Account, Regions: []string{simtest.Region}, CreatedAt: estate.At(sim.Now()), ExpiresAt: estate.At(sim.Now().Add(time.Hour))}
	db := dynamodb.NewFromConfig(sim.Config())
	for i, name := range names {
		out, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}})
		if err != nil {
			t.Fatal(err)
		}
		id := *out.TableDescription.TableId
		p.Actions = append(p.Actions, remedy.Action{ID: []string{"a1", "a2", "a3"}[i], Region: simtest.Region, Resource: remedy.Resource{Type: "table", Name: name},
			Before: remedy.PITRState(id, "DISABLED", 0), After: remedy.PITRState(id, "ENABLED", 35), Change: remedy.Change{PITR: &remedy.PITR{Table: name, Enabled: true, PeriodDays: 35}}})
	}
	sim.Assembly().World.Advance(time.Minute)
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	session, err := awsapi.Open(t.Context(), awsapi.Options{EndpointURL: sim.URL, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff, SimulatedAccount: simtest.Account, Writes: true})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	o := Options{Plan: p, Store: journal.Store{Root: t.TempDir(), Now: time.Now}, Concurrency: 1}.withDefaults()
	w, err := reach(t.Context(), session, o)
	if err != nil {
		t.Fatal(err)
	}
	run, err := w.open(o)
	if err != nil {
		t.Fatal(err)
	}
	o.Progress = func(Progress) { _ = run.Close() } // the disk goes away once the first action is done
	r := newEngine(w, run, o).apply(t.Context())
	var disk *journal.WriteError
	if r.State != journal.Stopped || !errors.As(r.Cause, &disk) || r.Count(Done) != 1 || r.Count(Pending) != 2 {
		t.Errorf("%s, %v: %d done, %d not begun", r.State, r.Cause, r.Count(Done), r.Count(Pending))
	}
	if n := sim.Calls()["dynamodb:UpdateContinuousBackups"]; n != 1 {
		t.Errorf("%d calls, want the one that is in the journal", n)
	}
}
