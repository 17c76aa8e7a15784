package backup_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsbackup "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/backup"
)

func TestANativeBackupIsReadBack(t *testing.T) {
	s := newStage(t, quick(), "orders")
	s.must(ttl(s, "orders"))
	r := s.one("orders", s.options(native()))
	s.want(r, backup.Made)
	if d := cmp.Diff([]string{r.ARN}, s.backups("orders")); d != "" {
		t.Error(d)
	}
	want := &backup.Recorded{TableID: r.Target.ID(), Items: 0, GSIs: []string{"by-k"}, LSIs: []string{"local"}, BillingMode: "PAY_PER_REQUEST", Stream: "NEW_IMAGE", TTL: "expires"}
	if d := cmp.Diff(want, r.Recorded); d != "" {
		t.Error(d)
	}
	if r.Name != "before-x" || r.Created.IsZero() || !r.Expires.IsZero() || r.Resumed || len(r.Notes) > 0 || r.Request == "" {
		t.Errorf("%+v", r)
	}
	s.forgotten()
}

func ttl(s *stage, table string) error {
	_, err := s.db.UpdateTimeToLive(s.t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: &table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)}})
	s.sim.Assembly().World.Advance(time.Hour)
	return err
}

func TestARecoveryPointIsReadBack(t *testing.T) {
	for _, on := range []bool{false, true} {
		t.Run(fmt.Sprintf("advanced %t", on), func(t *testing.T) {
			s := newStage(t, quick(), "orders")
			s.advanced(on)
			q := vaulted()
			q.RetainDays = 7
			if on {
				q.RetainDays, q.ColdAfterDays, q.Tags = 100, 10, map[string]string{"Purpose": "audit"}
			}
			r := s.one("orders", s.options(q))
			s.want(r, backup.Made)
			if on != strings.Contains(r.ARN, ":recovery-point:") || r.Job == "" || r.Vault != "Default" || len(r.Notes) > 0 {
				t.Errorf("%+v", r)
			}
			if days := r.Expires.Sub(r.Created).Hours() / 24; days < float64(q.RetainDays)-1 || days > float64(q.RetainDays)+1 {
				t.Errorf("it is kept for %v days", days)
			}
			if on == r.ColdAt.IsZero() {
				t.Errorf("it goes cold at %v", r.ColdAt)
			}
			s.tagged(r, q.Tags)
			s.forgotten()
		})
	}
}

// TestTagsAreReadBack: what passes is waited out, and without the permission the backup is not called complete.
func TestTagsAreReadBack(t *testing.T) {
	for how, c := range map[string]struct {
		times int
		want  backup.Outcome
	}{"throttle": {2, backup.Made}, "garbage": {2, backup.Made}, "AccessDeniedException": {0, backup.Unfinished}} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, quick(), "orders")
			s.advanced(true)
			q := vaulted()
			q.Tags = map[string]string{"Purpose": "audit"}
			targets := s.targets("orders")
			s.fault(awssim.Fault{Action: "backup:ListTags", Error: how, Times: c.times})
			r := s.run(t.Context(), targets, s.options(q)).Results[0]
			s.want(r, c.want)
			if len(r.Notes) > 0 || c.want == backup.Unfinished && !strings.Contains(r.Reason, "AccessDenied") {
				t.Errorf("%+v", r)
			}
		})
	}
}

func (s *stage) tagged(r backup.Result, want map[string]string) {
	s.t.Helper()
	if want == nil {
		return
	}
	out, err := s.vaults.ListTags(s.t.Context(), &awsbackup.ListTagsInput{ResourceArn: &r.ARN})
	s.must(err)
	for k, v := range want {
		if out.Tags[k] != v {
			s.t.Errorf("its tags are %v", out.Tags)
		}
	}
}

func TestWithoutWaitingTheJobIsOnlyStarted(t *testing.T) {
	s := newStage(t, still(), "orders")
	q := vaulted()
	q.WaitForTheirEnd, q.StartWindow, q.CompleteWindow = false, 60, 120
	r := s.one("orders", s.options(q))
	s.want(r, backup.Started)
	jobs := s.jobs()
	if len(jobs) != 1 || *jobs[0].BackupJobId != r.Job || !jobs[0].StartBy.Equal(jobs[0].CreationDate.Add(time.Hour)) {
		t.Errorf("%+v of %+v", r, jobs)
	}
	s.forgotten()
}

// TestManyTablesInTwoRegions: one that fails does not keep the others back.
func TestManyTablesInTwoRegions(t *testing.T) {
	s := newStage(t, quick(), "t-a", "t-b", "t-c")
	away := dynamodb.NewFromConfig(s.sim.ConfigFor(simtest.Account, other))
	s.create(away, "t-a")
	s.sim.Assembly().World.Advance(time.Minute)
	s.fault(awssim.Fault{Action: "dynamodb:CreateBackup", Resource: "*" + simtest.Region + "*table/t-b", Error: "AccessDeniedException", Message: "no"})
	var told []string
	o := s.options(native())
	o.Progress = func(p backup.Progress) { told = append(told, fmt.Sprintf("%d/%d", p.Done, p.Total)) }
	report := s.run(t.Context(), s.targets("*"), o)
	got := map[string]backup.Outcome{}
	for _, r := range report.Results {
		got[r.Target.Region()+"/"+r.Target.Name()] = r.Outcome
	}
	want := map[string]backup.Outcome{simtest.Region + "/t-a": backup.Made, simtest.Region + "/t-b": backup.Failed, simtest.Region + "/t-c": backup.Made, other + "/t-a": backup.Made}
	if d := cmp.Diff(want, got); d != "" || report.Cause != nil {
		t.Error(report.Cause, d)
	}
	if r := report.Results[1]; r.Code != "AccessDeniedException" || r.Mend == "" {
		t.Errorf("%+v", r)
	}
	if d := cmp.Diff([]string{"1/4", "2/4", "3/4", "4/4"}, told); d != "" {
		t.Error(d)
	}
	s.forgotten()
}

// TestAWSsThrottlingIsBorne: 30 tables at once against a simulated AWS that throttles the looks at backups beyond ten a second.
func TestAWSsThrottlingIsBorne(t *testing.T) {
	o := quick()
	o.Rates = true
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprintf("t-%03d", i))
	}
	s := newStage(t, o, names...)
	report := s.run(t.Context(), s.targets("t-*"), s.options(native()))
	if n := report.Count(backup.Made); n != len(names) {
		for _, r := range report.Results {
			if r.Outcome != backup.Made {
				t.Fatalf("%d of %d: %s %s: %s", n, len(names), r.Target.Name(), r.Code, r.Reason)
			}
		}
	}
}

// TestAWSsRatesAreKept: twelve jobs at five a second; AWS, which counts, refuses none.
func TestAWSsRatesAreKept(t *testing.T) {
	o := still()
	o.Rates = true
	var names []string
	for i := range 12 {
		names = append(names, fmt.Sprintf("t-%03d", i))
	}
	s := newStage(t, o, names...)
	targets := s.targets("t-*")
	s.session = s.openAt(awsapi.RatesAWS, 2*time.Second)
	q := vaulted()
	q.WaitForTheirEnd = false
	began := time.Now()
	report := s.run(t.Context(), targets, s.options(q))
	if n := report.Count(backup.Started); n != len(names) {
		t.Errorf("%d of %d jobs were started", n, len(names))
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("12 jobs in %s", took)
	}
	if n := s.sim.Calls()["backup:StartBackupJob"]; n != len(names) {
		t.Errorf("AWS was asked %d times for %d jobs", n, len(names))
	}
}

// TestFaultsThatPass: whatever AWS answers first, there is one backup in the end, and no second one.
func TestFaultsThatPass(t *testing.T) {
	for _, call := range []string{"dynamodb:CreateBackup", "dynamodb:DescribeBackup", "dynamodb:ListBackups"} {
		for _, how := range []string{"throttle", "garbage", "truncate", "timeout", "InternalServerError", "ContinuousBackupsUnavailableException", "BackupNotFoundException"} {
			if call != "dynamodb:CreateBackup" && (how == "truncate" || how == "timeout" || how == "InternalServerError") {
				continue // looks: one kind of failure is as good as another
			}
			if how == "BackupNotFoundException" && call != "dynamodb:DescribeBackup" || how == "ContinuousBackupsUnavailableException" && call != "dynamodb:CreateBackup" {
				continue
			}
			t.Run(call+" "+how, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, quick(), "orders")
				targets := s.targets("orders")
				s.session = s.open(300 * time.Millisecond)
				faults := []awssim.Fault{{Action: call, Error: how, Times: 2}}
				if call == "dynamodb:ListBackups" { // it is only asked when an answer was lost
					faults = append(faults, awssim.Fault{Action: "dynamodb:CreateBackup", Error: "truncate", Times: 1})
				}
				s.fault(faults...)
				report := s.run(t.Context(), targets, s.options(native()))
				s.fault()
				s.want(report.Results[0], backup.Made)
				if all := s.backups("orders"); len(all) != 1 {
					t.Errorf("there are %d backups", len(all))
				}
				s.forgotten()
			})
		}
	}
}

func TestFaultsThatPassOfAWSBackup(t *testing.T) {
	for _, call := range []string{"backup:ListBackupVaults", "backup:StartBackupJob", "backup:DescribeBackupJob", "backup:ListRecoveryPointsByResource", "backup:DescribeRecoveryPoint"} {
		for _, how := range []string{"garbage", "truncate", "timeout"} {
			if how != "garbage" && call != "backup:StartBackupJob" {
				continue // looks: one kind of failure is as good as another
			}
			t.Run(call+" "+how, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, quick(), "orders")
				targets := s.targets("orders")
				s.session = s.open(300 * time.Millisecond)
				s.fault(awssim.Fault{Action: call, Error: how, Times: 2})
				report := s.run(t.Context(), targets, s.options(vaulted()))
				s.fault()
				s.want(report.Results[0], backup.Made)
				if jobs := s.jobs(); len(jobs) != 1 {
					t.Errorf("there are %d jobs", len(jobs))
				}
				s.forgotten()
			})
		}
	}
}

// TestALostAnswerThatNobodyCanLookUp: then nobody says that it was made, or that it was not.
func TestALostAnswerThatNobodyCanLookUp(t *testing.T) {
	s := newStage(t, quick(), "orders")
	s.fault(awssim.Fault{Action: "dynamodb:CreateBackup", Error: "truncate"}, awssim.Fault{Action: "dynamodb:ListBackups", Error: "AccessDeniedException"})
	r := s.one("orders", s.options(native()))
	s.want(r, backup.Unfinished)
	if !strings.Contains(r.Reason, "could not be looked up") {
		t.Error(r.Reason)
	}
	s.remembered()
	s.fault()
	again := s.one("orders", s.options(native()))
	s.want(again, backup.Made)
	if d := cmp.Diff([]string{again.ARN}, s.backups("orders")); d != "" || !again.Resumed {
		t.Errorf("the same command again: resumed %t, %s", again.Resumed, d)
	}
}

func TestTablesThatAreNotThere(t *testing.T) {
	t.Run("being made", func(t *testing.T) {
		s := newStage(t, quick())
		s.create(s.db, "new")
		r := s.one("new", s.options(native()))
		s.want(r, backup.Made)
	})
	t.Run("being made for longer than one waits", func(t *testing.T) {
		s := newStage(t, still())
		s.create(s.db, "new")
		o := s.options(native())
		o.Settle = 300 * time.Millisecond
		r := s.one("new", o)
		s.want(r, backup.Failed)
		if r.Code != "TableNotFoundException" {
			t.Errorf("%+v", r)
		}
	})
	for _, replaced := range []bool{false, true} {
		t.Run(fmt.Sprintf("deleted, replaced %t", replaced), func(t *testing.T) {
			s := newStage(t, quick(), "orders")
			targets := s.targets("orders")
			_, err := s.db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("orders")})
			s.must(err)
			s.sim.Assembly().World.Advance(time.Hour)
			want := "TableNotFoundException"
			if replaced {
				s.create(s.db, "orders")
				s.sim.Assembly().World.Advance(time.Hour)
				want = "TableReplaced"
			}
			r := s.run(t.Context(), targets, s.options(native())).Results[0]
			s.want(r, backup.Failed)
			if r.Code != want || r.Mend == "" {
				t.Errorf("%+v", r)
			}
			s.forgotten()
		})
	}
}

// TestRefusedBeforeAnythingIsCalled: what would not do what was asked, or rests on what could not be read.
func TestRefusedBeforeAnythingIsCalled(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*stage)
		change  func(*backup.Request)
		code    string
	}{
		"no such vault": {nil, func(r *backup.Request) { r.Vault = "nowhere" }, "NoVault"},
		"vaults that nobody may see": {func(s *stage) {
			s.fault(awssim.Fault{Action: "backup:ListBackupVaults", Error: "AccessDeniedException"})
		}, nil, "AccessDeniedException"},
		"tags without advanced features": {func(s *stage) { s.advanced(false) }, func(r *backup.Request) { r.Tags = map[string]string{"a": "b"} }, "NoAdvancedFeatures"},
		"cold without advanced features": {func(s *stage) { s.advanced(false) }, func(r *backup.Request) { r.RetainDays, r.ColdAfterDays = 100, 1 }, "NoAdvancedFeatures"},
		"tags, and settings that nobody may see": {func(s *stage) {
			s.fault(awssim.Fault{Action: "backup:DescribeRegionSettings", Error: "AccessDeniedException"})
		}, func(r *backup.Request) { r.Tags = map[string]string{"a": "b"} }, "AccessDeniedException"},
		"shorter than the lock": {func(s *stage) { s.lock(60, 90) }, nil, "VaultLock"},
		"longer than the lock":  {func(s *stage) { s.lock(1, 30) }, nil, "VaultLock"},
		"for ever under a lock": {func(s *stage) { s.lock(1, 30) }, func(r *backup.Request) { r.RetainDays = 0 }, "VaultLock"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, quick(), "orders")
			q := vaulted()
			if c.prepare != nil {
				c.prepare(s)
			}
			if c.change != nil {
				c.change(&q)
			}
			r := s.one("orders", s.options(q))
			s.want(r, backup.Refused)
			if r.Code != c.code || r.Mend == "" || s.sim.Calls()["backup:StartBackupJob"] > 0 {
				t.Errorf("%+v after %v", r, s.sim.Calls())
			}
			s.forgotten()
		})
	}
}

func (s *stage) lock(least, most int64) {
	s.t.Helper()
	_, err := s.vaults.PutBackupVaultLockConfiguration(s.t.Context(), &awsbackup.PutBackupVaultLockConfigurationInput{BackupVaultName: aws.String("Default"), MinRetentionDays: &least, MaxRetentionDays: &most})
	s.must(err)
}

// TestWhatAWSBackupRefusesLater: its message, and what helps.
func TestWhatAWSBackupRefusesLater(t *testing.T) {
	t.Run("a role that is missing", func(t *testing.T) {
		s := newStage(t, quick(), "orders")
		q := vaulted()
		q.Role = "nobody"
		r := s.one("orders", s.options(q))
		s.want(r, backup.Failed)
		if !strings.Contains(r.Reason, "cannot be assumed") || !strings.Contains(r.Mend, "nobody") {
			t.Errorf("%+v", r)
		}
		s.forgotten()
	})
	t.Run("a vault that goes away", func(t *testing.T) {
		s := newStage(t, still(), "orders")
		o := s.options(vaulted())
		began := make(chan *backup.Report)
		targets := s.targets("orders")
		go func() { began <- s.run(t.Context(), targets, o) }()
		for len(s.jobs()) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		_, err := s.vaults.DeleteBackupVault(t.Context(), &awsbackup.DeleteBackupVaultInput{BackupVaultName: aws.String("Default")})
		s.must(err)
		s.sim.Advance(2 * time.Hour)
		r := (<-began).Results[0]
		s.want(r, backup.Failed)
		if r.Code != "FAILED" || !strings.Contains(r.Reason, "does not exist") || r.Mend == "" {
			t.Errorf("%+v", r)
		}
		s.forgotten()
	})
}

// TestOptInOffDoesNotKeepAnOnDemandBackupBack: it rules plans that select by tag.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
func TestOptInOffDoesNotKeepAnOnDemandBackupBack(t *testing.T) {
	s := newStage(t, quick(), "orders")
	_, err := s.vaults.UpdateRegionSettings(t.Context(), &awsbackup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": false}})
	s.must(err)
	s.want(s.one("orders", s.options(vaulted())), backup.Made)
}

// TestTheSameCommandAfterItWasInterrupted goes on with the job, and makes no second one.
func TestTheSameCommandAfterItWasInterrupted(t *testing.T) {
	s := newStage(t, still(), "orders")
	ctx, cancel := context.WithCancel(t.Context())
	targets := s.targets("orders")
	began := make(chan *backup.Report)
	go func() { began <- s.run(ctx, targets, s.options(vaulted())) }()
	for len(s.jobs()) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	first := <-began
	s.want(first.Results[0], backup.Unfinished)
	if !errors.Is(first.Cause, context.Canceled) || first.Results[0].Job == "" {
		t.Errorf("%+v", first)
	}
	s.sim.Advance(30 * time.Minute)
	again := s.one("orders", s.options(vaulted()))
	s.want(again, backup.Made)
	if again.Job != first.Results[0].Job || !again.Resumed || len(s.jobs()) != 1 {
		t.Errorf("job %s, then %s of %d", first.Results[0].Job, again.Job, len(s.jobs()))
	}
	s.forgotten()
	s.sim.Advance(time.Hour)
	if third := s.started(); third.Job == again.Job || third.Resumed {
		t.Errorf("a command after one that ended goes on with its job")
	}
}

// started starts a job and waits for nothing.
func (s *stage) started() backup.Result {
	s.t.Helper()
	q := vaulted()
	q.WaitForTheirEnd = false
	r := s.one("orders", s.options(q))
	s.want(r, backup.Started)
	return r
}

// TestWhatWasLeftOpenLongAgoIsNotTakenForToday: yesterday's job, killed, is no backup of today.
func TestWhatWasLeftOpenLongAgoIsNotTakenForToday(t *testing.T) {
	s := newStage(t, still(), "orders")
	o := s.options(vaulted())
	o.Within = time.Millisecond
	first := s.one("orders", o)
	s.want(first, backup.Unfinished)
	s.sim.Advance(25 * time.Hour)
	again := s.started()
	if again.Job == first.Job || again.Resumed || len(s.jobs()) != 2 {
		t.Errorf("%+v, %d jobs", again, len(s.jobs()))
	}
}

// TestAJobThatStillRunsIsGoneOnWith, however long ago it was begun: AWS Backup would only queue a second one behind it.
func TestAJobThatStillRunsIsGoneOnWith(t *testing.T) {
	s := newStage(t, still(), "orders")
	o := s.options(vaulted())
	o.Within = time.Millisecond
	first := s.one("orders", o)
	s.fault(awssim.Fault{Action: "backup:DescribeBackupJob", Error: "AccessDeniedException", Times: 1})
	if denied := s.one("orders", o); denied.Job != first.Job {
		t.Errorf("within the hour job %s is gone on with as %s", first.Job, denied.Job)
	}
	s.must(s.backdate(2 * time.Hour))
	if again := s.one("orders", o); again.Job != first.Job || !again.Resumed || len(s.jobs()) != 1 {
		t.Errorf("%+v, %d jobs", again, len(s.jobs()))
	}
}

// backdate makes what is written down so much older.
func (s *stage) backdate(by time.Duration) error {
	left, err := s.store.List(s.t.Context(), backup.Kind)
	if err != nil {
		return err
	}
	for _, r := range left {
		var m map[string]any
		if err := json.Unmarshal(r.Data, &m); err != nil {
			return err
		}
		since, err := time.Parse(time.RFC3339, m["since"].(string))
		if err != nil {
			return err
		}
		m["since"] = since.Add(-by)
		data, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if err := s.store.Move(s.t.Context(), backup.Kind, r.ID, r.State, r.State, data); err != nil {
			return err
		}
	}
	return nil
}

// TestAnotherRequestIsAnotherBackup: only the same request for the same table goes on with what was begun.
func TestAnotherRequestIsAnotherBackup(t *testing.T) {
	s := newStage(t, still(), "orders")
	o := s.options(vaulted())
	o.Within = time.Millisecond
	first := s.one("orders", o)
	o.RetainDays = 36
	if second := s.one("orders", o); second.Job == first.Job || second.Resumed {
		t.Errorf("another retention goes on with the job of the first")
	}
}

func TestTwoCommandsAtOnce(t *testing.T) {
	s := newStage(t, still(), "orders")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	targets := s.targets("orders")
	began := make(chan *backup.Report)
	go func() { began <- s.run(ctx, targets, s.options(vaulted())) }()
	for len(s.jobs()) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	r := s.one("orders", s.options(vaulted()))
	s.want(r, backup.Refused)
	if r.Code != "Busy" || len(s.jobs()) != 1 {
		t.Errorf("%+v, %d jobs", r, len(s.jobs()))
	}
	cancel()
	<-began
}

func TestCredentialsThatExpireEndTheWhole(t *testing.T) {
	s := newStage(t, quick(), "t-a", "t-b", "t-c")
	targets := s.targets("*")
	s.fault(awssim.Fault{Action: "dynamodb:CreateBackup", Error: "ExpiredTokenException"})
	o := s.options(native())
	o.AtOnce = 1
	report := s.run(t.Context(), targets, o)
	var call *awsapi.CallError
	if !errors.As(report.Cause, &call) || call.Kind != awsapi.KindExpired || report.Count(backup.Pending) < 2 {
		t.Errorf("%v: %+v", report.Cause, report.Results)
	}
}

// TestWhatCannotBeWrittenDownIsNotCalled: no record, no call.
func TestWhatCannotBeWrittenDownIsNotCalled(t *testing.T) {
	s := newStage(t, quick(), "orders")
	targets := s.targets("orders")
	s.must(s.store.Close())
	report := s.run(t.Context(), targets, s.options(native()))
	if report.Cause == nil || s.sim.Calls()["dynamodb:CreateBackup"] > 0 {
		t.Errorf("%v: %+v, %v", report.Cause, report.Results, s.sim.Calls())
	}
	s.want(report.Results[0], backup.Pending)
}

// TestADeniedLookLeavesTheBackupThere: it was made, and is not passed off as failed or as whole.
func TestADeniedLookLeavesTheBackupThere(t *testing.T) {
	for action, q := range map[string]backup.Request{"dynamodb:DescribeBackup": native(), "backup:DescribeBackupJob": vaulted(), "backup:ListRecoveryPointsByResource": vaulted(), "backup:DescribeRecoveryPoint": vaulted()} {
		t.Run(action, func(t *testing.T) {
			s := newStage(t, quick(), "orders")
			s.fault(awssim.Fault{Action: action, Error: "AccessDeniedException"})
			r := s.one("orders", s.options(q))
			s.want(r, backup.Unfinished)
			if !strings.Contains(r.Reason, "AccessDeniedException") || r.Mend == "" {
				t.Errorf("%+v", r)
			}
			s.fault()
			s.want(s.one("orders", s.options(q)), backup.Made)
			if len(s.backups("orders"))+len(s.jobs()) != 1 {
				t.Errorf("there are %d backups and %d jobs", len(s.backups("orders")), len(s.jobs()))
			}
			s.forgotten()
		})
	}
}
