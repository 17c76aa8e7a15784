package collect_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
)

// TestEveryFailureStaysWhereItHappened fails each declared call in each way. Whatever was known without the failure must be known alike,
// or unknown for the failed call's sake; nothing else may change, and something must.
func TestEveryFailureStaysWhereItHappened(t *testing.T) {
	build := func() *company { return &company{tables: 2, vaults: 1, plans: 1, points: 1, jobs: 1} }
	sound := facts(scan(t, build(), collect.Options{Full: true, Needs: awsapi.Ways()}))
	sim := build().serve(t, awssim.Options{})
	for _, call := range awsapi.Calls() {
		if call.ID == awsapi.ListRegions {
			continue
		}
		for _, fault := range []string{"AccessDeniedException", "InternalServerError", "throttle", "garbage", "truncate"} {
			t.Run(string(call.ID)+" "+fault, func(t *testing.T) {
				if err := sim.SetFaults([]awssim.Fault{{Action: string(call.ID), Error: fault}}); err != nil {
					t.Fatal(err)
				}
				e, err := collect.Collect(t.Context(), session(t, sim, awsapi.Options{MaxAttempts: 1}), collect.Options{Full: true, Needs: awsapi.Ways()})
				if start := new(collect.StartError); call.ID == awsapi.GetCallerIdentity && errors.As(err, &start) {
					return // nobody to collect as; see TestWhatKeepsFromStarting
				} else if err != nil {
					t.Fatal(err)
				}
				judge(t, string(call.ID), sound, facts(e.Units[0]))
			})
		}
	}
}

// TestSilenceStaysWhereItHappened lets each declared call wait for its answer in vain: all scans at once, so that the waiting is done once.
func TestSilenceStaysWhereItHappened(t *testing.T) {
	build := func() *company { return &company{tables: 2, vaults: 1, plans: 1, points: 1, jobs: 1} }
	sound := facts(scan(t, build(), collect.Options{Full: true, Needs: awsapi.Ways()}))
	units := map[awsapi.CallID]*estate.Unit{}
	var g errgroup.Group
	var mu sync.Mutex
	for _, call := range awsapi.Calls() {
		if call.ID == awsapi.ListRegions {
			continue
		}
		sim := build().serve(t, awssim.Options{})
		if err := sim.SetFaults([]awssim.Fault{{Action: string(call.ID), Error: "timeout"}}); err != nil {
			t.Fatal(err)
		}
		s := session(t, sim, awsapi.Options{RequestTimeout: 2 * time.Second, MaxAttempts: 1})
		g.Go(func() error {
			e, err := collect.Collect(t.Context(), s, collect.Options{Full: true, Needs: awsapi.Ways()})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				units[call.ID] = e.Units[0]
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	for call, u := range units {
		t.Run(string(call), func(t *testing.T) { judge(t, string(call), sound, facts(u)) })
	}
}

func judge(t *testing.T, call string, sound, got map[string]seen) {
	t.Helper()
	changed := 0
	excused := func(s seen) bool { return s.state == estate.Unknown && s.operation == call && s.code != "" }
	for path, want := range sound {
		have, there := got[path]
		switch {
		case path == ".now" || path == ".reached":
		case there && have.state == want.state && strings.HasSuffix(path, ".pitr_latest"): // it moves with the clock
		case there && have.state == want.state && have.value == want.value:
		case there && excused(have):
			changed++
		case !there && anyExcused(got, path, excused):
			changed++
		default:
			t.Errorf("%s: was %+v, is %+v (there: %v)", path, want, have, there)
		}
	}
	for path, have := range got {
		if _, there := sound[path]; !there {
			t.Errorf("%s appeared: %+v", path, have)
		}
	}
	if changed == 0 {
		t.Error("the failure left no trace")
	}
}

func anyExcused(got map[string]seen, path string, excused func(seen) bool) bool {
	for _, list := range listsOf(path) {
		if excused(got[list]) {
			return true
		}
	}
	return false
}

func TestADeniedTableIsNotLost(t *testing.T) {
	u := scan(t, &company{tables: 3}, collect.Options{}, awssim.Fault{Action: "dynamodb:DescribeTable", Resource: "*t0001", Error: "AccessDeniedException"})
	denied := table(t, u, "t0001")
	if got := why(t, u, denied.DeletionProtection); got != "dynamodb:DescribeTable AccessDeniedException" {
		t.Errorf("unknown for %s", got)
	}
	known(t, denied.ARN, "arn:aws:dynamodb:eu-west-1:111122223333:table/t0001")
	known(t, denied.PITRStatus, "ENABLED")
	known(t, table(t, u, "t0002").DeletionProtection, true)
	known(t, u.Tables.Whole, true)
}

func TestOnlyDescribeTableCanSayThatATableIsGone(t *testing.T) {
	u := scan(t, &company{tables: 3}, collect.Options{},
		awssim.Fault{Action: "dynamodb:DescribeTable", Resource: "*t0001", Error: "ResourceNotFoundException"},
		awssim.Fault{Action: "dynamodb:DescribeContinuousBackups", Resource: "*t0002", Error: "TableNotFoundException"})
	if len(u.Tables.Items) != 2 {
		t.Fatalf("%d tables, want the two that are there", len(u.Tables.Items))
	}
	if got := why(t, u, table(t, u, "t0002").PITRStatus); got != "dynamodb:DescribeContinuousBackups TableNotFoundException" {
		t.Errorf("unknown for %s", got)
	}
	known(t, u.Tables.Whole, true)
}

func TestAFailedPageLosesNothingAlreadyRead(t *testing.T) {
	u := scan(t, &company{tables: 250, breakAt: "t0099"}, collect.Options{})
	if len(u.Tables.Items) != 100 {
		t.Errorf("%d tables, want those of the first page", len(u.Tables.Items))
	}
	if got := why(t, u, u.Tables.Whole); got != "dynamodb:ListTables AccessDeniedException" {
		t.Errorf("not whole for %s", got)
	}
	known(t, table(t, u, "t0099").PITRStatus, "ENABLED")
}

func TestAnUnreadableVaultLeavesOnlyItsOwnListOpen(t *testing.T) {
	u := scan(t, &company{tables: 1, vaults: 2, points: 2}, collect.Options{}, awssim.Fault{Action: "backup:ListRecoveryPointsByBackupVault", Resource: "*v0", Error: "AccessDeniedException", Message: "Insufficient privileges to perform this action."})
	if got := why(t, u, u.Vaults.Items[0].RecoveryPoints.Whole); got != "backup:ListRecoveryPointsByBackupVault AccessDeniedException" {
		t.Errorf("not whole for %s", got)
	}
	if !u.Vaults.IsWhole() || !u.Vaults.Items[1].RecoveryPoints.IsWhole() || len(u.Vaults.Items[1].RecoveryPoints.Items) != 2 {
		t.Error("the other vault suffered")
	}
	paged := scan(t, &company{tables: 1, vaults: 1, points: 5, page: 2, breakAt: "4"}, collect.Options{})
	if points := paged.Vaults.Items[0].RecoveryPoints; len(points.Items) != 4 || points.IsWhole() {
		t.Errorf("%d points, whole %v", len(points.Items), points.Whole)
	}
}

func TestATokenThatRepeatsDoesNotHang(t *testing.T) {
	u := scan(t, &company{tables: 1, jobs: 3, page: 1, repeat: true}, collect.Options{})
	if got := why(t, u, u.BackupJobs.Whole); got != "backup:ListBackupJobs MalformedAnswer" {
		t.Errorf("not whole for %s", got)
	}
}

func TestATokenThatExpiresMidRunKeepsWhatWasRead(t *testing.T) {
	c := &company{tables: 300}
	sim := c.serve(t, awssim.Options{})
	var described atomic.Int32
	c.describe = func(string) {
		if described.Add(1) == 150 {
			go func() {
				_ = sim.SetFaults([]awssim.Fault{{Action: "*", Error: "ExpiredTokenException", Message: "The security token included in the request is expired"}})
			}()
		}
	}
	u := gather(t, session(t, sim, awsapi.Options{}), collect.Options{Concurrency: 4})
	read, expired := 0, 0
	for i := range u.Tables.Items {
		if f := u.Tables.Items[i].TableID; f.IsKnown() {
			read++
		} else if strings.HasSuffix(why(t, u, f), " ExpiredTokenException") {
			expired++
		}
	}
	if read < 150 || expired == 0 {
		t.Errorf("%d tables were read, %d met the expired token", read, expired)
	}
}

func TestAThrottledCallIsRepeated(t *testing.T) {
	u := scan(t, &company{tables: 1}, collect.Options{}, awssim.Fault{Action: "dynamodb:DescribeContinuousBackups", Error: "throttle", Times: 1}, awssim.Fault{Action: "backup:ListBackupJobs", Error: "truncate", Times: 1})
	known(t, table(t, u, "t0000").PITRStatus, "ENABLED")
	known(t, u.BackupJobs.Whole, true)
}

func TestAnInterruptedRunKeepsWhatWasRead(t *testing.T) {
	c := &company{tables: 300}
	sim := c.serve(t, awssim.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var described atomic.Int32
	c.describe = func(string) {
		if described.Add(1) == 50 {
			cancel()
		}
	}
	u := collectContext(ctx, t, session(t, sim, awsapi.Options{}), collect.Options{Concurrency: 4})
	read, interrupted := 0, 0
	for i := range u.Tables.Items {
		if f := u.Tables.Items[i].TableID; f.IsKnown() {
			read++
		} else if why(t, u, f) == "dynamodb:DescribeTable Interrupted" {
			interrupted++
		}
	}
	if read < 40 || interrupted < 10 {
		t.Errorf("%d tables were read, %d interrupted", read, interrupted)
	}
	if len(u.Provenance) > 700 {
		t.Errorf("calls that were never made left %d entries", len(u.Provenance))
	}
}

func TestWebPagesDoNotTellTheTime(t *testing.T) {
	c := &company{tables: 1}
	sim := c.serve(t, awssim.Options{})
	if err := sim.SetFaults([]awssim.Fault{{Action: "*", Error: "garbage"}}); err != nil {
		t.Fatal(err)
	}
	u := gather(t, session(t, sim, awsapi.Options{}), collect.Options{Full: true, Needs: awsapi.Ways()})
	known(t, u.Reached, false)
	if !u.Now.IsUnknown() || !u.Account.IsUnknown() {
		t.Errorf("now is %v, account %v", u.Now, u.Account)
	}
	for path, f := range facts(u) {
		if f.state != estate.Unknown && path != ".region" && path != ".home" && path != ".full" && path != ".reached" {
			t.Errorf("%s is %+v", path, f)
		}
	}
}

func TestModelledErrorsTellTheTime(t *testing.T) {
	u := scan(t, &company{tables: 1}, collect.Options{}, awssim.Fault{Action: "dynamodb:*", Error: "AccessDeniedException"}, awssim.Fault{Action: "backup:*", Error: "AccessDeniedException"})
	known(t, u.Reached, true)
	if now, ok := u.Now.Get(); !ok || now.Before(estate.At(start)) {
		t.Errorf("now is %v", u.Now)
	}
}

func TestWhatKeepsFromStarting(t *testing.T) {
	for fault, want := range map[string]awsapi.Kind{
		"ExpiredToken": awsapi.KindExpired, "InvalidClientTokenId": awsapi.KindInvalidCredentials, "SignatureDoesNotMatch": awsapi.KindInvalidCredentials, "AccessDenied": awsapi.KindDenied,
	} {
		sim := (&company{}).serve(t, awssim.Options{})
		if err := sim.SetFaults([]awssim.Fault{{Action: "sts:GetCallerIdentity", Error: fault, Status: 403}}); err != nil {
			t.Fatal(err)
		}
		_, err := collect.Collect(t.Context(), session(t, sim, awsapi.Options{}), collect.Options{})
		var start *collect.StartError
		if !errors.As(err, &start) || start.Err.Kind != want || start.Err.Code != fault {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

// TestAnAnswerWithoutItsListIsNoEmptyList: a proxy's {} must not read as an account without tables, plans or backups.
func TestAnAnswerWithoutItsListIsNoEmptyList(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	isolate(t)
	s, err := awsapi.Open(t.Context(), awsapi.Options{EndpointURL: server.URL, Regions: []string{"eu-west-1"}, MaxAttempts: 1, Rates: awsapi.RatesOff})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	u := gather(t, s, collect.Options{})
	for operation, whole := range map[string]estate.Fact[bool]{
		"dynamodb:ListTables": u.Tables.Whole, "backup:ListBackupPlans": u.Plans.Whole, "backup:ListBackupVaults": u.Vaults.Whole,
		"dynamodb:ListBackups": u.Backups.Whole, "backup:ListBackupJobs": u.BackupJobs.Whole, "backup:ListCopyJobs": u.CopyJobs.Whole,
	} {
		if got := why(t, u, whole); got != operation+" MalformedAnswer" {
			t.Errorf("%s: not whole for %s", operation, got)
		}
	}
	if got := why(t, u, u.Settings.OptIn); got != "backup:DescribeRegionSettings MalformedAnswer" {
		t.Errorf("opt-in is unknown for %s", got)
	}
}
