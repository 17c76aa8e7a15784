package needs_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/needs"
	"github.com/restorable/restorable/internal/protection"
)

// company is the simulated company of the demo, and what one sees of it.
type company struct {
	t         *testing.T
	sim       *simtest.Sim
	session   *awsapi.Session
	catalogue *control.Catalogue
	needs     *needs.Needs
}

func open(t *testing.T) *company {
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: demo.Start()}, Load: demo.Load})
	session, err := awsapi.Open(t.Context(), awsapi.Options{EndpointURL: sim.URL, SimulatedAccount: demo.Account, Regions: []string{demo.Home, "us-east-1"}, Rates: awsapi.RatesOff})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	c, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	known, err := needs.Load(c)
	if err != nil {
		t.Fatal(err)
	}
	return &company{t, sim, session, c, known}
}

// calls are those that the simulator has answered so far, by action.
func (c *company) calls() map[string]int {
	c.t.Helper()
	r, err := http.Get(c.sim.URL + "/_sim/calls")
	if err != nil {
		c.t.Fatal(err)
	}
	defer r.Body.Close()
	counts := map[string]int{}
	if err := json.NewDecoder(r.Body).Decode(&counts); err != nil {
		c.t.Fatal(err)
	}
	return counts
}

// scan reads what groups feed and asks controls; it returns the verdicts, the calls that were made and how many tables there are.
func (c *company) scan(groups map[awsapi.Group]bool, controls []*control.Control) (verdicts map[string]string, made map[string]int, tables int) {
	c.t.Helper()
	before := c.calls()
	es, err := collect.Collect(c.t.Context(), c.session, collect.Options{Needs: groups})
	if err != nil {
		c.t.Fatal(err)
	}
	made = c.calls()
	for action, n := range before {
		if made[action] -= n; made[action] == 0 {
			delete(made, action)
		}
	}
	verdicts = map[string]string{}
	indexes := protection.NewIndexes(es)
	for _, u := range es.Units {
		u.Now = estate.KnownFact(estate.At(demo.Today()), u.Now.Source()) // or ages would differ by a second
		u.Drills.Whole = estate.KnownFact(true, 0)                        // the store of a machine that never drilled
		tables += len(u.Tables.Items)
		for f := range c.catalogue.Evaluate(u, control.Options{Controls: controls, Index: indexes[u]}).Findings() {
			verdicts[f.Control+" "+string(f.Resource.Type)+" "+f.Resource.Region+" "+f.Resource.Name] = string(f.Verdict) + " " + f.Reason
		}
	}
	return verdicts, made, tables
}

// A scan of one control makes the calls of the groups that it needs and no other, those for each table only where one of these groups
// declares them; and it comes to the verdict that it comes to when everything is read.
func TestAScanOfOneControlMakesItsCallsAlone(t *testing.T) {
	c := open(t)
	all, _, _ := c.scan(awsapi.Everything(), c.catalogue.Controls())
	seen := map[string]bool{}
	for _, k := range c.catalogue.Controls() {
		groups, err := c.needs.Of([]*control.Control{k}, func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		verdicts, made, tables := c.scan(groups, []*control.Control{k})
		for action, n := range made {
			seen[action] = true
			call, err := awsapi.Find(awsapi.CallID(action))
			switch {
			case err != nil || !groups[call.Group]:
				t.Errorf("%s: %s is made %d times, and it needs %v alone", k.ID, action, n, slices.Sorted(maps.Keys(groups)))
			case call.PerTable && n > tables:
				t.Errorf("%s: %s is made %d times for %d tables", k.ID, action, n, tables)
			}
		}
		for at, verdict := range verdicts {
			if diff := cmp.Diff(all[at], verdict); diff != "" {
				t.Errorf("%s: everything read (-), its needs read (+):\n%s", at, diff)
			}
		}
	}
	for _, action := range []string{"dynamodb:DescribeContinuousBackups", "backup:ListBackupJobs", "iam:GetAccountAuthorizationDetails", "cloudtrail:DescribeTrails", "dynamodb:GetResourcePolicy"} {
		if !seen[action] {
			t.Errorf("%s was made for no control: the test shows nothing", action)
		}
	}
}

// Without a control by name nothing is called for each table beyond the two calls of the foundation, and what AWS Backup remembers of those
// that it ever backed up.
func TestAUsualScanCallsTwiceForEachTable(t *testing.T) {
	c := open(t)
	controls, err := c.catalogue.Select(control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	groups, err := c.needs.Of(controls, func(string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	_, made, tables := c.scan(groups, controls)
	perTable := 0
	for action, n := range made {
		call, err := awsapi.Find(awsapi.CallID(action))
		if err != nil {
			t.Error(err)
		}
		if call.PerTable && call.ID != awsapi.DescribeProtectedResource {
			perTable += n
		}
	}
	if n := made[string(awsapi.DescribeProtectedResource)]; n == 0 || n >= tables {
		t.Errorf("%d of %d tables were asked for what AWS Backup remembers: some have backups, and some have none", n, tables)
	}
	if tables == 0 || perTable != 2*tables {
		t.Errorf("%d calls for each of %d tables: %v", perTable, tables, made)
	}
}
