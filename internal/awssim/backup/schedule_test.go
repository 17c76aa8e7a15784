package backup

import (
	"fmt"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

func TestAScheduledJobStartsInsideItsWindowAndCompletes(t *testing.T) {
	x := daily(t)
	x.w.Advance(5*time.Hour - time.Second)
	if n := len(x.jobs()); n != 0 {
		t.Fatalf("%d jobs before the first run", n)
	}
	x.w.Advance(time.Second)
	j := x.lastJob()
	run := monday().Add(5 * time.Hour)
	if !j.CreationDate.Equal(run) || !j.StartBy.Equal(run.Add(time.Hour)) {
		t.Fatalf("created %v, start by %v", j.CreationDate, j.StartBy)
	}
	x.w.Advance(2 * time.Hour)
	x.wantJob(types.BackupJobStateCompleted, "SUCCESS", "")
	j = x.lastJob()
	if j.InitiationDate.Before(run) || !j.InitiationDate.Before(run.Add(time.Hour)) {
		t.Errorf("started at %v, outside its window", j.InitiationDate)
	}
	p := x.points("orders")
	if len(p) != 1 || p[0].Status != types.RecoveryPointStatusCompleted || *p[0].RecoveryPointArn != *j.RecoveryPointArn {
		t.Fatalf("recovery points: %+v", p)
	}
}

func TestDayByDayEachRunTakesTheTablesOfThatMoment(t *testing.T) {
	x := daily(t)
	x.w.Advance(day)
	x.tables.put(home(), "late", nil)
	x.w.Advance(day)
	delete(x.tables.tables, home().ARN("dynamodb", "table/orders"))
	x.w.Advance(day)
	if a, b := len(x.points("orders")), len(x.points("late")); a != 2 || b != 2 {
		t.Errorf("orders has %d points, late %d; want 2 and 2", a, b)
	}
}

// The worked example of the AWS Backup guide: hourly for a day and every 12 hours for a week make 2 long and 8 short backups in 24 hours.
func TestTheLongerRetentionWinsOverTheWholeStartWindow(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	x.tables.put(home(), "orders", nil)
	long := ruleOf("long", "cron(0 0/12 * * ? *)", 7)
	long.StartWindowMinutes = always(int64(480))
	x.selects(x.plan("both", ruleOf("hourly", "cron(0 * * * ? *)", 1), long), everything())
	x.w.Advance(day - time.Minute) // the plan is older than the day that is counted
	x.w.Advance(day)
	counts := map[string]int{}
	hours := map[int]bool{}
	for _, j := range x.jobs() {
		if j.CreationDate.Before(monday().Add(day)) {
			continue
		}
		name := *j.CreatedBy.BackupRuleName
		counts[name]++
		if name == "hourly" {
			hours[j.CreationDate.Hour()] = true
		}
	}
	if counts["long"] != 2 || counts["hourly"] != 8 {
		t.Errorf("got %v, want 2 long and 8 hourly", counts)
	}
	for _, h := range []int{8, 9, 10, 11, 20, 21, 22, 23} {
		if !hours[h] {
			t.Errorf("no hourly backup at %d:00", h)
		}
	}
}

// TestOfRulesThatKeepEquallyLongTheFirstRuns also shows that what is itself overruled overrules nothing: of three rules in a chain the outer two run.
func TestOfRulesThatKeepEquallyLongTheFirstRuns(t *testing.T) {
	for name, rules := range map[string][]types.BackupRuleInput{
		"equal": {ruleOf("a", "cron(0 5 * * ? *)", 7), ruleOf("lost", "cron(30 5 * * ? *)", 7)},
		"chain": {ruleOf("lost", "cron(30 5 * * ? *)", 7), ruleOf("a", "cron(0 5 * * ? *)", 35), ruleOf("b", "cron(0 6 * * ? *)", 1)},
	} {
		x := newSim(t)
		x.vault(home(), "main")
		x.tables.put(home(), "orders", nil)
		for i := range rules {
			rules[i].StartWindowMinutes = always(int64(60))
		}
		x.selects(x.plan("plan", rules...), everything())
		x.w.Advance(12 * time.Hour)
		for _, j := range x.jobs() {
			if *j.CreatedBy.BackupRuleName == "lost" {
				t.Errorf("%s: the rule ran that others overrule", name)
			}
		}
		if n := len(x.jobs()); n != len(rules)-1 {
			t.Errorf("%s: %d jobs, want %d", name, n, len(rules)-1)
		}
	}
}

func TestTwoPlansOfOneTableWaitForEachOther(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	big := x.tables.put(home(), "big", nil)
	big.view.SizeBytes = 100 << 20 * 60 * 10 // ten minutes
	for i := range 2 {
		x.selects(x.plan(fmt.Sprint("p", i), ruleOf("r", "cron(0 5 * * ? *)", 35)), everything())
	}
	x.w.Advance(12 * time.Hour)
	jobs := x.jobs()
	if len(jobs) != 2 || len(x.points("big")) != 2 {
		t.Fatalf("%d jobs, %d points; each plan makes its own", len(jobs), len(x.points("big")))
	}
	a, b := jobs[0], jobs[1]
	if a.InitiationDate.Before(*b.InitiationDate) {
		a, b = b, a
	}
	if a.InitiationDate.Before(*b.CompletionDate) {
		t.Errorf("one runs from %v to %v, the other starts at %v", b.InitiationDate, b.CompletionDate, a.InitiationDate)
	}
}

func TestTheLoserOfACollisionExpires(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	big := x.tables.put(home(), "big", nil)
	big.view.SizeBytes = 100 << 20 * 3600 * 3 // three hours
	for i := range 2 {
		x.selects(x.plan(fmt.Sprint("p", i), ruleOf("r", "cron(0 5 * * ? *)", 35)), everything())
	}
	x.w.Advance(6*time.Hour + time.Second)
	expired := 0
	for _, j := range x.jobs() {
		if j.State == types.BackupJobStateExpired {
			expired++
			if m := deref(j.StatusMessage); m != "Backup job failed because there was a running job for the same resource." {
				t.Errorf("message %q", m)
			}
			if !j.CompletionDate.Equal(*j.StartBy) {
				t.Errorf("expired at %v, window ends at %v", j.CompletionDate, j.StartBy)
			}
		}
	}
	if expired != 1 {
		t.Errorf("%d jobs expired, want 1", expired)
	}
}

func TestAJobThatExceedsItsCompletionWindowIsCancelled(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	x.tables.put(home(), "big", nil).view.SizeBytes = 100 << 20 * 3600 * 3
	r := ruleOf("r", "cron(0 5 * * ? *)", 35)
	r.CompletionWindowMinutes = always(int64(90))
	x.selects(x.plan("p", r), everything())
	x.w.Advance(12 * time.Hour)
	x.wantJob(types.BackupJobStateExpired, "MISCELLANEOUS", "Backup job expired before completion.")
	if n := len(x.points("big")); n != 0 {
		t.Errorf("%d recovery points are left of the cancelled job", n)
	}
	if len(x.tables.released) != 1 {
		t.Error("the items were not let go")
	}
}

// An every-12-hours rule that starts after 11:59 runs once a day: the expression does not wrap past midnight.
func TestTwelveHoursAfterNoonRunOnceADay(t *testing.T) {
	for cron, want := range map[string]int{"cron(0 13/12 * * ? *)": 1, "cron(0 12/12 * * ? *)": 1, "cron(30 11/12 * * ? *)": 2} {
		x := newSim(t)
		x.vault(home(), "main")
		x.tables.put(home(), "orders", nil)
		x.selects(x.plan("p", ruleOf("r", cron, 35)), everything())
		x.w.Advance(day)
		if n := len(x.jobs()); n != want {
			t.Errorf("%s made %d jobs in a day, want %d", cron, n, want)
		}
	}
}

func TestOnlyTheCurrentVersionOfALivingPlanRuns(t *testing.T) {
	x := daily(t)
	id := *must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{}).BackupPlansList[0].BackupPlanId
	must(x, x.s.updateBackupPlan, &sdk.UpdateBackupPlanInput{BackupPlanId: &id, BackupPlan: &types.BackupPlanInput{
		BackupPlanName: always("daily"), Rules: []types.BackupRuleInput{ruleOf("r", "cron(0 7 * * ? *)", 35)},
	}})
	x.w.Advance(day)
	if jobs := x.jobs(); len(jobs) != 1 || jobs[0].CreationDate.Hour() != 7 {
		t.Fatalf("jobs after the update: %+v", jobs)
	}
	sel := *must(x, x.s.listBackupSelections, &sdk.ListBackupSelectionsInput{BackupPlanId: &id}).BackupSelectionsList[0].SelectionId
	must(x, x.s.deleteBackupSelection, &sdk.DeleteBackupSelectionInput{BackupPlanId: &id, SelectionId: &sel})
	must(x, x.s.deleteBackupPlan, &sdk.DeleteBackupPlanInput{BackupPlanId: &id})
	x.w.Advance(3 * day)
	if n := len(x.jobs()); n != 1 {
		t.Errorf("%d jobs, though the plan is gone", n)
	}
}

func TestOneJobPerRuleAndTableWhicheverSelectionsMatch(t *testing.T) {
	x := daily(t)
	id := *must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{}).BackupPlansList[0].BackupPlanId
	x.selects(id, types.BackupSelection{SelectionName: always("again"), IamRoleArn: always(role + "2"), ListOfTags: listed("team", "shop")})
	x.w.Advance(day)
	if jobs := x.jobs(); len(jobs) != 1 || *jobs[0].IamRoleArn != role {
		t.Errorf("%d jobs: %+v", len(jobs), jobs)
	}
}

// The opt-in table of the guide, row by row, found out by running.
func TestOptInDecidesByTheWayATableWasMatched(t *testing.T) {
	typed := []string{"arn:aws:dynamodb:*:*:table/*"}
	rows := []struct {
		name  string
		sel   types.BackupSelection
		needs bool
	}{
		{"by tag only", types.BackupSelection{ListOfTags: listed("team", "shop")}, true},
		{"everything", everything(), true},
		{"service only", types.BackupSelection{Resources: []string{"arn:aws:dynamodb:*"}}, true},
		{"type", types.BackupSelection{Resources: typed}, false},
		{"concrete ARN", types.BackupSelection{Resources: []string{home().ARN("dynamodb", "table/orders")}}, false},
		{"type and tags", types.BackupSelection{Resources: typed, ListOfTags: listed("team", "shop")}, false},
		{"tags beside another type", types.BackupSelection{Resources: []string{"arn:aws:ec2:*:*:instance/*"}, ListOfTags: listed("team", "shop")}, true},
	}
	for _, r := range rows {
		for _, in := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, opted in %v", r.name, in), func(t *testing.T) {
				x := newSim(t)
				x.vault(home(), "main")
				x.tables.put(home(), "orders", map[string]string{"team": "shop"})
				x.selects(x.plan("p", ruleOf("r", "cron(0 5 * * ? *)", 35)), r.sel)
				must(x, x.s.updateRegionSettings, &sdk.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": in}})
				x.w.Advance(day)
				if got, want := len(x.jobs()) == 1, in || !r.needs; got != want {
					t.Errorf("job made: %v, want %v", got, want)
				}
			})
		}
	}
}

func TestRegionSettings(t *testing.T) {
	x := newSim(t)
	get := func() *sdk.DescribeRegionSettingsOutput {
		return must(x, x.s.describeRegionSettings, &sdk.DescribeRegionSettingsInput{})
	}
	if get().ResourceTypeOptInPreference["DynamoDB"] {
		t.Error("opted in before the first vault or plan")
	}
	x.vault(home(), "main")
	if g := get(); !g.ResourceTypeOptInPreference["DynamoDB"] || !g.ResourceTypeOptInPreference["EBS"] {
		t.Errorf("after the first vault: %v", g.ResourceTypeOptInPreference)
	}
	must(x, x.s.updateRegionSettings, &sdk.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": false}})
	x.vault(home(), "second")
	if get().ResourceTypeOptInPreference["DynamoDB"] {
		t.Error("a later vault opted in again")
	}
	refused(x, x.s.updateRegionSettings, &sdk.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"Dynamo": true}},
		"InvalidParameterValueException", "Element present in resource type opt in preference has invalid values.")

	out := newSim(t, func(o *Options) { o.OptedOut = true })
	out.vault(home(), "main")
	if must(out, out.s.describeRegionSettings, &sdk.DescribeRegionSettingsInput{}).ResourceTypeOptInPreference["DynamoDB"] {
		t.Error("OptedOut did not last")
	}
}
