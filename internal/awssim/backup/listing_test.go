package backup

import (
	"fmt"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

func TestPagesShowEverythingOnceWhateverHappensInBetween(t *testing.T) {
	x := daily(t)
	for i := range 6 {
		x.tables.put(home(), fmt.Sprint("t", i), nil)
	}
	x.w.Advance(7 * time.Hour)
	seen := map[string]bool{}
	in := &sdk.ListRecoveryPointsByBackupVaultInput{BackupVaultName: always("main"), MaxResults: always(int32(2))}
	var last time.Time
	for pages := 1; ; pages++ {
		out := must(x, x.s.listPointsByVault, in)
		for _, p := range out.RecoveryPoints {
			if seen[*p.RecoveryPointArn] {
				t.Fatalf("%s is listed twice", *p.RecoveryPointArn)
			}
			if !last.IsZero() && p.CreationDate.After(last) {
				t.Error("not newest first")
			}
			seen[*p.RecoveryPointArn], last = true, *p.CreationDate
		}
		if pages == 1 { // the entry that the token names goes away, and a new one comes
			must(x, x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: out.RecoveryPoints[1].RecoveryPointArn})
			must(x, x.s.startBackupJob, start(x))
			x.w.Advance(10 * time.Minute)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			if pages != 4 {
				t.Errorf("%d pages of two for seven points", pages)
			}
			break
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d of 7 points seen", len(seen))
	}
	in.NextToken = always("rubbish!")
	refused(x, x.s.listPointsByVault, in, "InvalidParameterValueException", "nextToken")
	in.NextToken, in.MaxResults = nil, always(int32(1001))
	refused(x, x.s.listPointsByVault, in, "InvalidParameterValueException", "MaxResults")
}

func TestJobFilters(t *testing.T) {
	x := daily(t)
	x.tables.put(home(), "users", nil)
	x.w.Advance(day)
	x.roles.gone[role] = true
	x.w.Advance(day)
	users := home().ARN("dynamodb", "table/users")
	second := monday().Add(day)
	rows := []struct {
		name string
		in   sdk.ListBackupJobsInput
		want int
	}{
		{"all", sdk.ListBackupJobsInput{}, 4},
		{"by state", sdk.ListBackupJobsInput{ByState: types.BackupJobStateFailed}, 2},
		{"by category", sdk.ListBackupJobsInput{ByMessageCategory: always("AccessDenied")}, 2},
		{"any category", sdk.ListBackupJobsInput{ByMessageCategory: always("*")}, 4},
		{"by resource", sdk.ListBackupJobsInput{ByResourceArn: &users}, 2},
		{"by type", sdk.ListBackupJobsInput{ByResourceType: always("EBS")}, 0},
		{"by vault", sdk.ListBackupJobsInput{ByBackupVaultName: always("other")}, 0},
		{"created after", sdk.ListBackupJobsInput{ByCreatedAfter: &second}, 2},
		{"created before", sdk.ListBackupJobsInput{ByCreatedBefore: &second}, 2},
		{"completed before", sdk.ListBackupJobsInput{ByCompleteBefore: &second, ByState: types.BackupJobStateCompleted}, 2},
		{"completed after", sdk.ListBackupJobsInput{ByCompleteAfter: &second, ByState: types.BackupJobStateCompleted}, 0},
		{"own account", sdk.ListBackupJobsInput{ByAccountId: always(accountA)}, 4},
		{"another account", sdk.ListBackupJobsInput{ByAccountId: always(accountB)}, 0},
		{"children", sdk.ListBackupJobsInput{ByParentJobId: always("x")}, 0},
	}
	for _, r := range rows {
		if got := len(must(x, x.s.listBackupJobs, &r.in).BackupJobs); got != r.want {
			t.Errorf("%s: %d jobs, want %d", r.name, got, r.want)
		}
	}
	x.org.members = []string{accountA, accountB}
	if got := len(mustIn(x, foreign(), x.s.listBackupJobs, &sdk.ListBackupJobsInput{ByAccountId: always("*")}).BackupJobs); got != 4 {
		t.Errorf("the management account sees %d jobs of its organisation", got)
	}
}

func TestPointFilters(t *testing.T) {
	x := daily(t)
	x.tables.put(home(), "users", nil)
	x.w.Advance(2 * day)
	users, second := home().ARN("dynamodb", "table/users"), monday().Add(day)
	plan := must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{}).BackupPlansList[0].BackupPlanId
	for name, r := range map[string]struct {
		in   sdk.ListRecoveryPointsByBackupVaultInput
		want int
	}{
		"all":            {sdk.ListRecoveryPointsByBackupVaultInput{}, 4},
		"by resource":    {sdk.ListRecoveryPointsByBackupVaultInput{ByResourceArn: &users}, 2},
		"by type":        {sdk.ListRecoveryPointsByBackupVaultInput{ByResourceType: always("DynamoDB")}, 4},
		"by plan":        {sdk.ListRecoveryPointsByBackupVaultInput{ByBackupPlanId: plan}, 4},
		"another plan":   {sdk.ListRecoveryPointsByBackupVaultInput{ByBackupPlanId: always("x")}, 0},
		"created after":  {sdk.ListRecoveryPointsByBackupVaultInput{ByCreatedAfter: &second}, 2},
		"created before": {sdk.ListRecoveryPointsByBackupVaultInput{ByCreatedBefore: &second}, 2},
	} {
		r.in.BackupVaultName = always("main")
		if got := len(must(x, x.s.listPointsByVault, &r.in).RecoveryPoints); got != r.want {
			t.Errorf("%s: %d points, want %d", name, got, r.want)
		}
	}
}

func TestSummariesCountWholeDays(t *testing.T) {
	x := daily(t)
	x.w.Advance(3 * day)
	x.roles.gone[role] = true
	x.w.Advance(2*day + time.Hour)
	in := &sdk.ListBackupJobSummariesInput{AggregationPeriod: types.AggregationPeriodSevenDays}
	count := map[types.BackupJobStatus]int32{}
	for _, s := range must(x, x.s.backupSummaries, in).BackupJobSummaries {
		count[s.State] += s.Count
	}
	if count["COMPLETED"] != 3 || count["FAILED"] != 2 {
		t.Errorf("counts %v", count)
	}
	in.State, in.MessageCategory = types.BackupJobStatusAggregateAll, always("AGGREGATE_ALL")
	if got := must(x, x.s.backupSummaries, in).BackupJobSummaries; len(got) != 1 || got[0].Count != 5 {
		t.Errorf("aggregated %+v", got)
	}
	in.AggregationPeriod = types.AggregationPeriodOneDay
	if got := len(must(x, x.s.backupSummaries, in).BackupJobSummaries); got != 5 {
		t.Errorf("%d days", got)
	}
}

func TestReportPlans(t *testing.T) {
	x := newSim(t)
	in := &sdk.CreateReportPlanInput{ReportPlanName: always("jobs"), ReportDeliveryChannel: &types.ReportDeliveryChannel{S3BucketName: always("b")}, ReportSetting: &types.ReportSetting{ReportTemplate: always("BACKUP_JOB_REPORT")}}
	arn := must(x, x.s.createReportPlan, in).ReportPlanArn
	refused(x, x.s.createReportPlan, in, "AlreadyExistsException", "")
	must(x, x.s.updateReportPlan, &sdk.UpdateReportPlanInput{ReportPlanName: always("jobs"), ReportPlanDescription: always("daily")})
	if r := must(x, x.s.describeReportPlan, &sdk.DescribeReportPlanInput{ReportPlanName: always("jobs")}).ReportPlan; *r.ReportPlanArn != *arn || *r.ReportPlanDescription != "daily" {
		t.Errorf("report plan %+v", r)
	}
	must(x, x.s.deleteReportPlan, &sdk.DeleteReportPlanInput{ReportPlanName: always("jobs")})
	if n := len(must(x, x.s.listReportPlans, &sdk.ListReportPlansInput{}).ReportPlans); n != 0 {
		t.Errorf("%d left", n)
	}
}
