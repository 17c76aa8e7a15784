package rehearse_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/estatebridge"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/rehearse"
)

// company is the demo's, as an estate file would bring it.
func company(t *testing.T) *estate.Estate {
	t.Helper()
	s, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start()}, Load: demo.Load})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := estatebridge.Write(s.Assembly(), &b, "test"); err != nil {
		t.Fatal(err)
	}
	es, err := estate.Load(&b)
	if err != nil {
		t.Fatal(err)
	}
	return es
}

func read(ctx context.Context, url string) (*estate.Estate, error) {
	s, err := awsapi.Open(ctx, awsapi.Options{EndpointURL: url, Regions: []string{demo.Home, demo.Branch}, Rates: awsapi.RatesOff, SimulatedAccount: demo.Account})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return collect.Collect(ctx, s, collect.Options{Tool: "test"})
}

func rehearsal(t *testing.T, days int, collect func(context.Context, string) (*estate.Estate, error)) *rehearse.Report {
	t.Helper()
	r, err := rehearse.Run(t.Context(), rehearse.Options{Estate: company(t), Days: days, Tool: "test", Collect: collect, Prices: rehearse.Prices{Backup: 0.1, PITR: 0.2}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func story(t *testing.T, r *rehearse.Report, table, region string) rehearse.Story {
	t.Helper()
	for _, s := range r.Tables {
		if s.Table == table && s.Region == region {
			return s
		}
	}
	t.Fatalf("no story of %s in %s", table, region)
	return rehearse.Story{}
}

func TestTheDemosCompanyGoesAsForecast(t *testing.T) {
	r := rehearsal(t, 40, read)
	for _, s := range r.Tables {
		if s.Agrees != (s.Table != "invoices") {
			t.Errorf("%s %s: %+v, worst %v, reached %v", s.Region, s.Table, s.Count, s.WorstLoss, s.Reached)
		}
	}
	// A forecast goes by what is declared; that the role of invoices' plan lacks a permission only a job finds out.
	lost := story(t, r, "invoices", demo.Home)
	if c := lost.Count; c.Missing != 40 || len(lost.Failures) != 1 || !strings.Contains(lost.Failures[0].Message, "dynamodb:StartAwsBackupJob") || r.Agrees {
		t.Errorf("invoices: %+v", lost)
	}
	if n := r.Totals; n.Made < 200 || n.Expired == 0 || n.Copied == 0 || n.Missing != 40 || n.Unexpected+n.Overdue > 0 {
		t.Errorf("totals %+v", n)
	}
	if s := story(t, r, "orders", demo.Home); s.Count.Forecast < 40 || !s.PITR || s.Reached == nil || *s.Reached != 300 || s.First == nil || *s.First < r.From || *s.First > r.From.Add(24*time.Hour) {
		t.Errorf("orders: %+v", s)
	}
	s := story(t, r, "shipments", demo.Home)
	if len(s.Failures) != 1 || s.Failures[0].Times != 40 || !strings.Contains(s.Failures[0].Message, "does not exist") || s.Reached != nil {
		t.Errorf("shipments, whose vault is missing: %+v", s)
	}
	for _, text := range []string{"keeps its size", "random moment of its start window", "counts from the start of its job", "eight hours after its retention", "a copy starts"} {
		if !strings.Contains(strings.Join(r.Assumed, "\n"), text) {
			t.Errorf("that %q is assumed is not told: %q", text, r.Assumed)
		}
	}
	if r.Cost.Monthly <= 0 || r.Cost.Days <= 0 || !r.Cost.Known {
		t.Errorf("cost %+v", r.Cost)
	}
}

// TestWhatTheEstateDoesNotSayIsAssumedAndTold: without the permissions of roles the jobs of invoices seem to work.
func TestWhatTheEstateDoesNotSayIsAssumedAndTold(t *testing.T) {
	es := company(t)
	for _, u := range es.Units {
		for i := range u.Roles.Items {
			u.Roles.Items[i].Attached.Forget()
			u.Roles.Items[i].Policies = estate.List[estate.RolePolicy]{}
		}
	}
	r, err := rehearse.Run(t.Context(), rehearse.Options{Estate: es, Days: 3, Tool: "test", Collect: read})
	if err != nil {
		t.Fatal(err)
	}
	if s := story(t, r, "invoices", demo.Home); s.Count.Made != 3 || !strings.Contains(strings.Join(r.Assumed, "\n"), "legacy-backup") {
		t.Errorf("invoices: %+v; assumed %q", s, r.Assumed)
	}
}

// TestWhatTheForecastDidNotSeeIsTold: the role goes after the look ahead, as if somebody had deleted it on the first day.
func TestWhatTheForecastDidNotSeeIsTold(t *testing.T) {
	r := rehearsal(t, 5, func(ctx context.Context, url string) (*estate.Estate, error) {
		es, err := read(ctx, url)
		if err != nil {
			return nil, err
		}
		return es, dropRole(ctx, url, "backup-service")
	})
	s := story(t, r, "orders", demo.Home)
	if r.Agrees || s.Agrees || s.Count.Missing == 0 || len(s.Missing) != s.Count.Missing || len(s.Failures) == 0 {
		t.Errorf("orders: %+v", s)
	}
}

func TestBadRehearsalsAreRefused(t *testing.T) {
	for _, days := range []int{0, -1, rehearse.MaxDays + 1} {
		if _, err := rehearse.Run(t.Context(), rehearse.Options{Estate: company(t), Days: days, Collect: read}); err == nil {
			t.Errorf("%d days: accepted", days)
		}
	}
	if _, err := rehearse.Run(t.Context(), rehearse.Options{Estate: &estate.Estate{Units: []*estate.Unit{{}}}, Days: 1, Collect: read}); err == nil || !strings.Contains(err.Error(), "when it was seen") {
		t.Errorf("an estate without a time: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := rehearse.Run(ctx, rehearse.Options{Estate: company(t), Days: 3, Collect: read}); err == nil {
		t.Error("interrupted, and no error")
	}
}
