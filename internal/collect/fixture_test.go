package collect_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
)

// start is the virtual time of the tests: far from the machine's, so that a use of the wrong clock shows.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	key   = "arn:aws:kms:eu-west-1:111122223333:key/one"
	role  = "arn:aws:iam::111122223333:role/backup"
	ghost = "arn:aws:iam::111122223333:role/ghost"

	managed  = "arn:aws:iam::aws:policy/M"
	boundary = "arn:aws:iam::111122223333:policy/boundary"
)

// company is an account whose answers are laid down, behind the simulator's wire, faults, rates and latency: the tests here judge
// what becomes of the answers, page by page, which a simulation with a will of its own could not be made to give.
type company struct {
	tables   int // named t0000, t0001, …
	vaults   int
	plans    int
	points   int // per vault
	jobs     int
	page     int               // size of every page but ListTables' and GetResources'
	describe func(name string) // called before each DescribeTable
	breakAt  string            // token with which ListTables and ListRecoveryPointsByBackupVault are denied
	policy   string            // code with which the effective policy is refused; empty: there is one
	repeat   bool              // ListBackupJobs hands out the same token for ever
}

func (c *company) name(i int) string { return fmt.Sprintf("t%04d", i) }

func arn(c *api.Call, table string) string { return c.ARN("dynamodb", "table/"+table) }

// slice cuts a page out of n things; the token is the index of the next one.
func slice(token *string, n, size int) (from, to int, next *string) {
	if token != nil {
		_, _ = fmt.Sscan(*token, &from)
	}
	to = min(from+size, n)
	if to < n {
		t := fmt.Sprint(to)
		next = &t
	}
	return from, to, next
}

func (c *company) serve(t testing.TB, o awssim.Options) *simtest.Sim {
	t.Helper()
	if c.page == 0 {
		c.page = 1000
	}
	o.World = world.Options{Start: start, Seed: 1}
	o.Assemble = func(o awssim.Options) (*awssim.Assembly, error) {
		return &awssim.Assembly{World: world.New(o.World), Services: c.services()}, nil
	}
	return simtest.Start(t, o)
}

// session opens a session on the simulator with nothing of the machine's own configuration in it.
func session(t testing.TB, sim *simtest.Sim, o awsapi.Options) *awsapi.Session {
	t.Helper()
	isolate(t)
	o.EndpointURL = sim.URL
	if o.Regions == nil {
		o.Regions = []string{simtest.Region}
	}
	if o.Rates == "" {
		o.Rates = awsapi.RatesOff
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 2
	}
	o.MaxBackoff = 5 * time.Millisecond
	s, err := awsapi.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open session: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

func isolate(t testing.TB) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": simtest.Account, "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "",
		"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "", "AWS_CA_BUNDLE": "",
	} {
		t.Setenv(name, value)
	}
}

// gather collects one unit.
func gather(t testing.TB, s *awsapi.Session, o collect.Options) *estate.Unit {
	t.Helper()
	e, err := collect.Collect(t.Context(), s, o)
	if err != nil {
		t.Fatalf("collect: %v", err)
	}
	if len(e.Units) != 1 {
		t.Fatalf("collected %d units, want 1", len(e.Units))
	}
	return e.Units[0]
}

// scan serves a company with faults and collects it.
func scan(t testing.TB, c *company, o collect.Options, faults ...awssim.Fault) *estate.Unit {
	t.Helper()
	sim := c.serve(t, awssim.Options{})
	if err := sim.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	return gather(t, session(t, sim, awsapi.Options{}), o)
}

// table finds a table by name.
func table(t testing.TB, u *estate.Unit, name string) *estate.Table {
	t.Helper()
	for i := range u.Tables.Items {
		if u.Tables.Items[i].Name.Or("") == name {
			return &u.Tables.Items[i]
		}
	}
	t.Fatalf("table %s is not in the estate", name)
	return nil
}

// why returns operation and code of the source of a fact that must be unknown.
func why[T any](t testing.TB, u *estate.Unit, f estate.Fact[T]) string {
	t.Helper()
	if !f.IsUnknown() {
		t.Fatalf("fact is %s (%v), want unknown", f.State(), f)
	}
	p := u.Of(f.Source())
	if p.Operation == "" || p.Code == "" {
		t.Fatalf("an unknown fact does not say why: %+v", p)
	}
	return p.Operation + " " + p.Code
}

func known[T comparable](t testing.TB, f estate.Fact[T], want T) {
	t.Helper()
	if got, ok := f.Get(); !ok || got != want {
		t.Errorf("fact is %v (%s), want %v", f, f.State(), want)
	}
}

func collectContext(ctx context.Context, t testing.TB, s *awsapi.Session, o collect.Options) *estate.Unit {
	t.Helper()
	e, err := collect.Collect(ctx, s, o)
	if err != nil {
		t.Fatalf("collect: %v", err)
	}
	return e.Units[0]
}

func perTableCalls(calls map[string]int) int {
	n := 0
	for name, count := range calls {
		if strings.HasPrefix(name, "dynamodb:Describe") {
			n += count
		}
	}
	return n
}
