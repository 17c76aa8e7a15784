package apply_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
)

// quick is a simulated AWS in which a backup job takes less than a second.
func quick() awssim.Options {
	return awssim.Options{World: world.Options{Start: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Speed: 900}}
}

func tableARN(name string) string {
	return "arn:aws:dynamodb:" + simtest.Region + ":" + simtest.Account + ":table/" + name
}

// proving adds to a plan that its tables can be proved by the rule of the plan that mend makes.
func (s *stage) proving(p *remedy.Plan, tables ...string) *remedy.Plan {
	s.t.Helper()
	last := p.Actions[len(p.Actions)-1].ID
	for _, name := range tables {
		p.Proofs = append(p.Proofs, remedy.Proof{Table: name, ARN: tableARN(name), Region: simtest.Region, Plan: "restorable-daily", Vault: "Default", RoleARN: roleARN, Actions: []string{last}})
	}
	s.must(p.Seal())
	return p
}

// prove applies a plan and proves the run.
func (s *stage) prove(p *remedy.Plan, change ...func(*apply.ProveOptions)) *apply.ProveResult {
	s.t.Helper()
	return s.proveRun(s.apply(p).Run, change...)
}

func (s *stage) proveRun(run string, change ...func(*apply.ProveOptions)) *apply.ProveResult {
	s.t.Helper()
	o := apply.ProveOptions{Options: s.options(nil), Run: run, Within: 20 * time.Second}
	for _, f := range change {
		f(&o)
	}
	r, err := apply.Prove(s.t.Context(), s.session, o)
	s.must(err)
	return r
}

func (s *stage) jobs() []types.BackupJob {
	s.t.Helper()
	out, err := s.backups().ListBackupJobs(s.t.Context(), &backup.ListBackupJobsInput{})
	s.must(err)
	return out.BackupJobs
}

func (s *stage) backups() *backup.Client { return backup.NewFromConfig(s.sim.Config()) }

const backupPolicy = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"

func (s *stage) detach() {
	s.t.Helper()
	_, err := iam.NewFromConfig(s.sim.Config()).DetachRolePolicy(s.t.Context(), &iam.DetachRolePolicyInput{RoleName: aws.String("AWSBackupDefaultServiceRole"), PolicyArn: aws.String(backupPolicy)})
	s.must(err)
}

func (s *stage) attach() {
	s.t.Helper()
	_, err := iam.NewFromConfig(s.sim.Config()).AttachRolePolicy(s.t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("AWSBackupDefaultServiceRole"), PolicyArn: aws.String(backupPolicy)})
	s.must(err)
}

func (s *stage) deleteVault() {
	s.t.Helper()
	_, err := s.backups().DeleteBackupVault(s.t.Context(), &backup.DeleteBackupVaultInput{BackupVaultName: aws.String("Default")})
	s.must(err)
}

// proofs wants one outcome of every table.
func (s *stage) proofs(r *apply.ProveResult, want apply.Outcome) {
	s.t.Helper()
	if len(r.Tables) == 0 {
		s.t.Error("no table was proved")
	}
	for _, one := range r.Tables {
		if one.Outcome != want {
			s.t.Errorf("%s: %s, %s %s, want %s (%v)", one.Proof.Table, one.Outcome, one.Code, one.Reason, want, r.Cause)
		}
	}
}

func TestProvingMakesARecoveryPointOfEachChangedTable(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick(), "orders", "users")
	r := s.prove(s.proving(s.mend("orders", "users"), "orders", "users"))
	s.proofs(r, apply.Proven)
	for _, one := range r.Tables {
		out, err := s.backups().ListRecoveryPointsByResource(t.Context(), &backup.ListRecoveryPointsByResourceInput{ResourceArn: aws.String(one.Proof.ARN)})
		s.must(err)
		if len(out.RecoveryPoints) != 1 || *out.RecoveryPoints[0].RecoveryPointArn != one.Point {
			t.Errorf("%s: proved by %s, listed %+v", one.Proof.Table, one.Point, out.RecoveryPoints)
		}
		point, err := s.backups().DescribeRecoveryPoint(t.Context(), &backup.DescribeRecoveryPointInput{BackupVaultName: aws.String("Default"), RecoveryPointArn: &one.Point})
		s.must(err)
		if days := aws.ToInt64(point.Lifecycle.DeleteAfterDays); days != 35 {
			t.Errorf("kept %d days, want 35", days)
		}
	}
	if again := s.proveRun(r.Run); len(s.jobs()) != 2 || again.Count(apply.Proven) != 2 {
		t.Errorf("proving again: %d jobs, %+v", len(s.jobs()), again)
	}
}

func TestProvingTakesOneTableOfEachRoleAndVaultFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick(), "aaa", "bbb", "ccc")
	p := s.proving(s.mend("aaa", "bbb", "ccc"), "aaa", "bbb", "ccc")
	p.Proofs[2].Plan = "another"
	s.must(p.Seal())
	r := s.prove(p, func(o *apply.ProveOptions) { o.Limit = 2; o.RetainDays = 3 })
	var got []string
	for _, one := range r.Tables {
		got = append(got, one.Proof.Table+" "+string(one.Outcome))
	}
	if want := []string{"aaa proven", "ccc proven", "bbb left"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAFailedProofSaysWhatAWSSaidAndWhatHelps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil     func(s *stage)
		say, mend string
	}{
		"a role that may nothing": {func(s *stage) { s.detach() }, "does not have permission", "AWSBackupServiceRolePolicyForBackup"},
		"no vault":                {func(s *stage) { s.deleteVault() }, "does not exist", "make the vault Default"},
		"a lock that the days miss": {func(s *stage) {
			_, err := s.backups().PutBackupVaultLockConfiguration(s.t.Context(), &backup.PutBackupVaultLockConfigurationInput{BackupVaultName: aws.String("Default"), MinRetentionDays: aws.Int64(90)})
			s.must(err)
		}, "lifecycle is outside the valid range", "--prove-retain"},
		"no permission": {func(s *stage) {
			s.must(s.sim.SetFaults([]awssim.Fault{{Action: "backup:StartBackupJob", Error: "AccessDeniedException", Message: "no"}}))
		}, "no", "restorable iam policy apply"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, quick(), "orders")
			run := s.apply(s.proving(s.mend("orders"), "orders")).Run
			c.spoil(s)
			r := s.proveRun(run, func(o *apply.ProveOptions) { o.Settle = 300 * time.Millisecond })
			s.proofs(r, apply.Failed)
			if one := r.Tables[0]; !strings.Contains(one.Reason, c.say) || !strings.Contains(one.Mend, c.mend) {
				t.Errorf("says %q, mends %q", one.Reason, one.Mend)
			}
		})
	}
}

func TestAFailedProofIsTriedAnew(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick(), "orders")
	run := s.apply(s.proving(s.mend("orders"), "orders")).Run
	s.detach()
	s.proofs(s.proveRun(run), apply.Failed)
	s.attach()
	s.proofs(s.proveRun(run), apply.Proven)
	if n := len(s.jobs()); n != 2 {
		t.Errorf("%d jobs, want the failed one and the one after it", n)
	}
}

func TestAJobUnderWayIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, vault := range map[string]string{"the same": "Default", "another": "Elsewhere"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, quick(), "orders")
			run := s.apply(s.proving(s.mend("orders"), "orders")).Run
			if vault != "Default" {
				_, err := s.backups().CreateBackupVault(t.Context(), &backup.CreateBackupVaultInput{BackupVaultName: &vault})
				s.must(err)
			}
			_, err := s.backups().StartBackupJob(t.Context(), &backup.StartBackupJobInput{BackupVaultName: &vault, ResourceArn: aws.String(tableARN("orders")), IamRoleArn: aws.String(roleARN)})
			s.must(err)
			s.proofs(s.proveRun(run), apply.Proven)
			want := 1
			if vault != "Default" {
				want = 2
			}
			if n := len(s.jobs()); n != want {
				t.Errorf("%d jobs, want %d", n, want)
			}
		})
	}
}

func TestAProofThatWasBrokenOffGoesOnWithItsJob(t *testing.T) {
	t.Parallel()
	slow := quick()
	slow.World.Speed = 1
	s := newStage(t, slow, "orders")
	run := s.apply(s.proving(s.mend("orders"), "orders")).Run
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(500*time.Millisecond, cancel)
	r, err := apply.Prove(ctx, s.session, apply.ProveOptions{Options: s.options(nil), Run: run})
	s.must(err)
	s.proofs(r, apply.Unfinished)
	if r.Cause == nil || len(s.jobs()) != 1 {
		t.Errorf("broken off: cause %v, %d jobs", r.Cause, len(s.jobs()))
	}
	s.proofs(s.proveRun(run, func(o *apply.ProveOptions) { o.Within = 300 * time.Millisecond }), apply.Unfinished)
	s.sim.Advance(time.Hour)
	s.proofs(s.proveRun(run), apply.Proven)
	if n := len(s.jobs()); n != 1 {
		t.Errorf("%d jobs, want the one", n)
	}
}

func TestALostAnswerStartsNoSecondJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick(), "orders")
	run := s.apply(s.proving(s.mend("orders"), "orders")).Run
	s.must(s.sim.SetFaults([]awssim.Fault{{Action: "backup:StartBackupJob", Error: "truncate", Times: 1}}))
	s.proofs(s.proveRun(run), apply.Proven)
	if n := len(s.jobs()); n != 1 {
		t.Errorf("%d jobs, want one", n)
	}
}

func TestWhatIsNotCoveredIsNotProved(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick(), "orders")
	r := s.prove(s.plan(s.pitr("orders", 35)))
	if len(r.Tables) != 0 || !slices.Equal(r.Without, []string{"orders"}) {
		t.Errorf("proved %v, without %v", r.Tables, r.Without)
	}
}
