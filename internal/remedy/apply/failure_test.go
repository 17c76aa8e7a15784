package apply_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
)

func (s *stage) fault(faults ...awssim.Fault) {
	s.t.Helper()
	s.must(s.sim.SetFaults(faults))
}

// calls counts the requests of an action so far.
func (s *stage) calls(action string) int { return s.sim.Calls()[action] }

func (s *stage) want(r *apply.Result, want map[string]apply.Outcome) {
	s.t.Helper()
	for _, a := range r.Actions {
		if w, ok := want[a.Action.ID]; ok && a.Outcome != w {
			s.t.Errorf("%s is %s (%s %s), want %s", a.Action.ID, a.Outcome, a.Code, a.Reason, w)
		}
	}
}

func reasonFor(r *apply.Result, id string) string {
	for _, a := range r.Actions {
		if a.Action.ID == id {
			return a.Reason
		}
	}
	return ""
}

// TestWhatHasMovedIsRefused: nothing is called for it, what needs it is skipped, and all else goes on.
func TestWhatHasMovedIsRefused(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders", "carts")
	p := s.mend("orders", "carts")
	db := dynamodb.NewFromConfig(s.sim.Config())
	_, err := db.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"),
		PointInTimeRecoverySpecification: &ddbtypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true), RecoveryPeriodInDays: aws.Int32(7)}})
	s.must(err)
	_, err = backup.NewFromConfig(s.sim.Config()).CreateBackupVault(t.Context(), &backup.CreateBackupVaultInput{BackupVaultName: aws.String("Default")})
	s.must(err)
	r := s.apply(p)
	s.want(r, map[string]apply.Outcome{"a1": apply.Done, "a2": apply.Done, "a3": apply.Refused, "a4": apply.Skipped, "a5": apply.Skipped, "a6": apply.Refused, "a7": apply.Done})
	if r.State != journal.Partial || !strings.Contains(reasonFor(r, "a6"), "pitr was DISABLED, is ENABLED") || !strings.Contains(reasonFor(r, "a3"), "vault was none, is exists") {
		t.Errorf("%s: %q, %q", r.State, reasonFor(r, "a6"), reasonFor(r, "a3"))
	}
	if n := s.calls("backup:CreateBackupPlan"); n != 0 {
		t.Errorf("%d plans were made for a vault that is not ours", n)
	}
}

// TestATableMadeAnewIsAnotherTable: the same name, another id.
func TestATableMadeAnewIsAnotherTable(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders", "carts")
	p := s.plan(s.pitr("orders", 35), s.pitr("carts", 35))
	db := dynamodb.NewFromConfig(s.sim.Config())
	for _, name := range []string{"orders", "carts"} {
		_, err := db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: &name})
		s.must(err)
	}
	s.settle()
	orders := "orders"
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: &orders, BillingMode: ddbtypes.BillingModePayPerRequest,
		AttributeDefinitions: []ddbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: ddbtypes.ScalarAttributeTypeS}},
		KeySchema:            []ddbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: ddbtypes.KeyTypeHash}}})
	s.must(err)
	s.settle()
	r := s.apply(p)
	s.all(r, apply.Refused, journal.Unmade)
	if n := s.calls("dynamodb:UpdateContinuousBackups"); n != 0 {
		t.Errorf("%d changes of tables that nobody looked at", n)
	}
}

func TestADeniedCallFailsAloneAndIsMadeUpFor(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders", "carts")
	s.fault(awssim.Fault{Action: "dynamodb:UpdateContinuousBackups", Resource: "*orders", Error: "AccessDeniedException"})
	r := s.apply(s.plan(s.pitr("orders", 35), s.pitr("carts", 35)))
	s.want(r, map[string]apply.Outcome{"a1": apply.Failed, "a2": apply.Done})
	if r.State != journal.Partial {
		t.Errorf("the run is %s", r.State)
	}
	s.fault()
	s.all(s.resume(r.Run), apply.Done, journal.Finished)
	if n := s.calls("dynamodb:UpdateContinuousBackups"); n != 3 {
		t.Errorf("%d calls, want one denied and one for each table", n)
	}
}

func TestADeniedReadCallsNothing(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	s.fault(awssim.Fault{Action: "dynamodb:DescribeContinuousBackups", Error: "AccessDeniedException"})
	r := s.apply(s.plan(s.pitr("orders", 35)))
	s.all(r, apply.Failed, journal.Unmade)
	if n := s.calls("dynamodb:UpdateContinuousBackups"); n != 0 {
		t.Errorf("%d changes of what nobody could look at", n)
	}
}

// TestALostAnswerIsLookedUp: the call may have happened, or not; either way it is done once in the end, and whose it is is known.
func TestALostAnswerIsLookedUp(t *testing.T) {
	writes := []string{"iam:CreateRole", "iam:AttachRolePolicy", "backup:CreateBackupVault", "backup:CreateBackupPlan", "backup:CreateBackupSelection", "dynamodb:UpdateContinuousBackups"}
	for _, how := range []string{"truncate", "garbage", "timeout", "throttle"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, awssim.Options{}, "orders")
			if how == "timeout" {
				s.session = s.open(600 * time.Millisecond)
			}
			var faults []awssim.Fault
			for _, w := range writes {
				faults = append(faults, awssim.Fault{Action: w, Error: how, Times: 1})
			}
			s.fault(faults...)
			r := s.apply(s.mend("orders"))
			s.all(r, apply.Done, journal.Finished)
			s.once()
			back := s.backout(r.Run, remedy.DropPITR, remedy.DropRole, remedy.DropVault)
			s.all(back, apply.Undone, journal.BackedOut)
		})
	}
}

// once wants one plan and one selection.
func (s *stage) once() {
	s.t.Helper()
	b := backup.NewFromConfig(s.sim.Config())
	plans, err := b.ListBackupPlans(s.t.Context(), &backup.ListBackupPlansInput{})
	s.must(err)
	if len(plans.BackupPlansList) != 1 {
		s.t.Fatalf("%d plans", len(plans.BackupPlansList))
	}
	list, err := b.ListBackupSelections(s.t.Context(), &backup.ListBackupSelectionsInput{BackupPlanId: plans.BackupPlansList[0].BackupPlanId})
	s.must(err)
	if len(list.BackupSelectionsList) != 1 {
		s.t.Errorf("%d selections", len(list.BackupSelectionsList))
	}
}

// TestALostAnswerNobodyCanLookUp stays open: the journal says that the call may have happened, and going on finds out.
func TestALostAnswerNobodyCanLookUp(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	other := s.stand()
	s.fault(awssim.Fault{Action: "backup:CreateBackupSelection", Error: "truncate"}, awssim.Fault{Action: "backup:GetBackupSelection", Error: "AccessDeniedException"})
	r := s.apply(s.plan(s.selection("a1", remedy.Ref(other.plan))))
	s.all(r, apply.Open, journal.Stopped)
	s.fault()
	calls := s.calls("backup:CreateBackupSelection")
	s.all(s.resume(r.Run), apply.Done, journal.Finished)
	if n := s.calls("backup:CreateBackupSelection"); n != calls {
		t.Error("it was made once more")
	}
	s.all(s.backout(r.Run), apply.Undone, journal.BackedOut)
}

// TestExpiredCredentialsStopTheRun: nothing new begins, and going on with new ones finishes it.
func TestExpiredCredentialsStopTheRun(t *testing.T) {
	s := newStage(t, awssim.Options{}, "tab1", "tab2", "tab3", "tab4")
	s.fault(awssim.Fault{Action: "dynamodb:UpdateContinuousBackups", Error: "ExpiredTokenException"})
	o := s.options(s.plan(s.pitr("tab1", 35), s.pitr("tab2", 35), s.pitr("tab3", 35), s.pitr("tab4", 35)))
	o.Concurrency = 1
	r, err := apply.Run(t.Context(), s.session, o)
	s.must(err)
	s.all(r, apply.Pending, journal.Stopped)
	var call *awsapi.CallError
	if !errors.As(r.Cause, &call) || call.Kind != awsapi.KindExpired {
		t.Errorf("the cause is %v", r.Cause)
	}
	if n := s.calls("dynamodb:UpdateContinuousBackups"); n != 1 {
		t.Errorf("%d calls with expired credentials", n)
	}
	s.fault()
	s.all(s.resume(r.Run), apply.Done, journal.Finished)
}

// TestAnInterruptionFinishesWhatIsUnderWay: the action whose call was made is read back; the next one does not begin.
func TestAnInterruptionFinishesWhatIsUnderWay(t *testing.T) {
	s := newStage(t, awssim.Options{Latency: 30 * time.Millisecond}, "tab1", "tab2", "tab3")
	o := s.options(s.plan(s.pitr("tab1", 35), s.pitr("tab2", 35), s.pitr("tab3", 35)))
	o.Concurrency = 1
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for s.calls("dynamodb:UpdateContinuousBackups") == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	r, err := apply.Run(ctx, s.session, o)
	s.must(err)
	s.want(r, map[string]apply.Outcome{"a1": apply.Done, "a2": apply.Pending, "a3": apply.Pending})
	if r.State != journal.Stopped || !errors.Is(r.Cause, context.Canceled) {
		t.Errorf("%s: %v", r.State, r.Cause)
	}
	s.all(s.resume(r.Run), apply.Done, journal.Finished)
	if n := s.calls("dynamodb:UpdateContinuousBackups"); n != 3 {
		t.Errorf("%d calls for 3 tables", n)
	}
}

// TestWhatIsNotYetKnownEverywhereIsWaitedFor: AWS Backup refuses a role made a moment ago.
func TestWhatIsNotYetKnownEverywhereIsWaitedFor(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	s.fault(awssim.Fault{Action: "backup:CreateBackupSelection", Error: "InvalidParameterValueException", Message: "IAM Role " + roleARN + " cannot be assumed by AWS Backup", Times: 3})
	r := s.apply(s.mend("orders"))
	s.all(r, apply.Done, journal.Finished)
	if n := s.calls("backup:CreateBackupSelection"); n != 4 {
		t.Errorf("%d calls, want three refused and one more", n)
	}
}

func TestALimitIsNoReasonToWait(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	s.fault(awssim.Fault{Action: "backup:CreateBackupVault", Error: "LimitExceededException", Message: "You have reached the limit"})
	r := s.apply(s.mend("orders"))
	s.want(r, map[string]apply.Outcome{"a1": apply.Done, "a3": apply.Failed, "a4": apply.Skipped, "a5": apply.Skipped, "a6": apply.Done})
	if n := s.calls("backup:CreateBackupVault"); n != 1 {
		t.Errorf("%d calls against a limit", n)
	}
}

func TestAPlanForAnotherPlaceIsRefused(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	for what, change := range map[string]func(*remedy.Plan){
		"account":   func(p *remedy.Plan) { p.Account = "999999999999" },
		"partition": func(p *remedy.Plan) { p.Partition = "aws-cn" },
		"endpoint":  func(p *remedy.Plan) { p.Endpoint = "https://elsewhere.example" },
	} {
		p := s.plan(s.pitr("orders", 35))
		change(p)
		s.must(p.Seal())
		_, err := apply.Check(t.Context(), s.session, s.options(p))
		var other *apply.Mismatch
		if !errors.As(err, &other) || other.What != what {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAnExpiredPlanIsRefusedByAWSsClock(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	p := s.plan(s.pitr("orders", 35))
	_, err := apply.Check(t.Context(), s.session, s.options(p))
	s.must(err)
	s.sim.Assembly().World.Advance(25 * time.Hour)
	var old *apply.ExpiredError
	if _, err := apply.Check(t.Context(), s.session, s.options(p)); !errors.As(err, &old) {
		t.Errorf("a day later: %v", err)
	}
}

// TestNothingIsCalledThatIsNotInTheJournal: the disk is full from the start, or the folder goes away under way.
func TestNothingIsCalledThatIsNotInTheJournal(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	s.store.Root = filepath.Join("/dev/full", "runs")
	var shut *journal.UnwritableError
	if _, err := apply.Run(t.Context(), s.session, s.options(s.plan(s.pitr("orders", 35)))); !errors.As(err, &shut) {
		t.Errorf("got %v", err)
	}
	if n := s.calls("dynamodb:UpdateContinuousBackups"); n != 0 {
		t.Errorf("%d calls", n)
	}
}

// TestSomebodyElsesRoleIsNotTakenForOurs: made between our look and our call, whose answer we did not get.
func TestSomebodyElsesRoleIsNotTakenForOurs(t *testing.T) {
	s := newStage(t, awssim.Options{}, "orders")
	o := s.options(s.plan(s.role()))
	session, err := awsapi.Open(t.Context(), awsapi.Options{EndpointURL: s.overtaken(), Regions: []string{simtest.Region}, Rates: awsapi.RatesOff,
		SimulatedAccount: simtest.Account, Writes: true, MaxBackoff: 10 * time.Millisecond})
	s.must(err)
	defer session.Close()
	r, err := apply.Run(t.Context(), session, o)
	s.must(err)
	s.all(r, apply.Refused, journal.Unmade)
	s.all(s.backout(r.Run, remedy.DropRole), apply.Stays, journal.BackedOut)
}

// overtaken is the address of a way to the simulated AWS on which our first CreateRole is lost, and somebody else's comes through.
func (s *stage) overtaken() string {
	s.t.Helper()
	target, err := url.Parse(s.sim.URL)
	s.must(err)
	through := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	roles := iam.NewFromConfig(s.sim.Config())
	var once sync.Once
	way := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		lost := false
		if bytes.Contains(body, []byte("Action=CreateRole&")) {
			once.Do(func() {
				lost = true
				if _, err := roles.CreateRole(r.Context(), &iam.CreateRoleInput{RoleName: aws.String("AWSBackupDefaultServiceRole"), Path: aws.String("/service-role/"), AssumeRolePolicyDocument: aws.String(trust)}); err != nil {
					s.t.Error(err)
				}
			})
		}
		if lost {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		through.ServeHTTP(w, r)
	}))
	s.t.Cleanup(way.Close)
	return way.URL
}
