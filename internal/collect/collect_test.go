package collect_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEverythingThatAWSSaysBecomesKnown(t *testing.T) {
	c := &company{tables: 3, vaults: 1, plans: 1, points: 2, jobs: 1}
	u := scan(t, c, collect.Options{Full: true})

	known(t, u.Account, "111122223333")
	known(t, u.Partition, "aws")
	known(t, u.Region, "eu-west-1")
	known(t, u.Reached, true)
	known(t, u.Full, true)
	now, ok := u.Now.Get()
	if d := now.Time().Sub(start); !ok || d < 0 || d > time.Minute {
		t.Errorf("now is %v, want AWS's Date near %v", u.Now, start)
	}
	if got := u.Of(u.Tables.Whole.Source()).Operation; got != "dynamodb:ListTables" {
		t.Errorf("tables are listed by %q", got)
	}
	first := table(t, u, "t0000")
	known(t, first.PITRStatus, "ENABLED")
	known(t, first.PITRPeriodDays, 35)
	known(t, first.DeletionProtection, true)
	known(t, first.BillingMode, "PROVISIONED")
	known(t, first.TableClass, "STANDARD")
	known(t, first.TTLAttribute, "expires")
	if first.ID != "arn:aws:dynamodb:eu-west-1:111122223333:table/t0000" || !first.StreamView.IsAbsent() || !first.ResourcePolicy.IsAbsent() {
		t.Errorf("id %s, stream view %s, policy %s", first.ID, first.StreamView.State(), first.ResourcePolicy.State())
	}
	if tags, ok := first.Tags.Get(); !ok || tags["tier"] != "gold" {
		t.Errorf("tags are %v", first.Tags)
	}
	if tags, ok := table(t, u, "t0001").Tags.Get(); !ok || len(tags) != 0 {
		t.Errorf("a table that the tagging API leaves out has tags %v, want known and none", table(t, u, "t0001").Tags)
	}
	scaling, _ := first.Scaling.Get()
	if len(scaling) != 1 || len(scaling[0].Policies) != 1 || scaling[0].Policies[0].Target != 50 {
		t.Errorf("scaling is %v (%+v)", first.Scaling, u.Of(first.Scaling.Source()))
	}
	alarms, _ := table(t, u, "t0001").Alarms.Get()
	want := []estate.Alarm{{Name: "throttled", ARN: "arn:alarm", Metric: "ReadThrottleEvents", Definition: `{"AlarmName":"throttled","Dimensions":[{"Name":"TableName","Value":"t0001"}],"MetricName":"ReadThrottleEvents","Namespace":"AWS/DynamoDB","Period":60,"Threshold":1}`}}
	if diff := cmp.Diff(want, alarms); diff != "" {
		t.Error(diff)
	}
	checkBackup(t, u)
}

func checkBackup(t *testing.T, u *estate.Unit) {
	t.Helper()
	rule := u.Plans.Items[0].Rules.Items[0]
	known(t, rule.Schedule, "cron(0 5 ? * * *)")
	known(t, rule.DeleteAfterDays, 35)
	if !rule.ColdAfterDays.IsAbsent() || len(rule.Copies.Items) != 1 || !rule.StartWindow.IsAbsent() {
		t.Errorf("rule is %+v", rule)
	}
	selections := u.Plans.Items[0].Selections.Items
	if got, _ := selections[0].StringNotLike.Get(); len(got) != 1 || got[0].Key != "aws:ResourceTag/stage" {
		t.Errorf("conditions are %v", got)
	}
	if got, _ := selections[1].ListOfTags.Get(); len(got) != 1 || got[0].Value != "gold" {
		t.Errorf("tags are %v", got)
	}
	vault := u.Vaults.Items[0]
	known(t, vault.Locked, true)
	if !vault.LockDate.IsAbsent() || !vault.Policy.IsAbsent() || !vault.RecoveryPoints.IsWhole() || len(vault.RecoveryPoints.Items) != 2 {
		t.Errorf("vault is %+v", vault)
	}
	point := vault.RecoveryPoints.Items[1]
	known(t, point.PlanID, "p0")
	known(t, point.DeleteAt, estate.At(start.AddDate(0, 0, 34)))
	states := map[string]string{}
	for _, k := range u.Keys.Items {
		states[k.ID] = k.State.String() + "/" + k.State.State().String()
	}
	if diff := cmp.Diff(map[string]string{key: "PendingDeletion/known", key + "-gone": "absent/absent"}, states); diff != "" {
		t.Error(diff)
	}
	roles := map[string]estate.Role{}
	for _, r := range u.Roles.Items {
		roles[r.ID] = r
	}
	known(t, roles[role].Exists, true)
	known(t, roles[role].Trust, `{"a":"b+c"}`)
	known(t, roles[ghost].Exists, false)
	checkRole(t, roles)
	for _, tags := range []estate.Fact[map[string]string]{u.Plans.Items[0].Tags, vault.Tags} {
		if got, _ := tags.Get(); len(got) != 2 || got["more"] != "yes" {
			t.Errorf("tags are %v", tags)
		}
	}
	known(t, vault.NotificationTopic, "arn:topic")
	if events, _ := vault.NotificationEvents.Get(); len(events) != 1 || events[0] != "BACKUP_JOB_COMPLETED" {
		t.Errorf("events are %v", vault.NotificationEvents)
	}
	if u.Of(roles[ghost].Exists.Source()).Failed() {
		t.Error("the answer that a role does not exist counts as a failure")
	}
	if len(u.RestoreTestingPlans.Items) != 1 || len(u.RestoreTestingPlans.Items[0].Selections.Items) != 1 || len(u.Protected.Items) != 1 || len(u.RestoreJobs.Items) != 1 || len(u.Backups.Items) != 1 {
		t.Errorf("lists are %d %d %d %d", len(u.RestoreTestingPlans.Items), len(u.Protected.Items), len(u.RestoreJobs.Items), len(u.Backups.Items))
	}
	known(t, u.Settings.CrossAccount, false)
	for _, whole := range []estate.Fact[bool]{u.Tables.Whole, u.Plans.Whole, u.Vaults.Whole, u.Backups.Whole, u.BackupJobs.Whole, u.CopyJobs.Whole, u.RestoreJobs.Whole, u.Keys.Whole, u.Roles.Whole, u.RestoreTestingPlans.Whole, u.Protected.Whole} {
		known(t, whole, true)
	}
}

func checkRole(t *testing.T, roles map[string]estate.Role) {
	t.Helper()
	r := roles[role]
	known(t, r.Boundary, boundary)
	known(t, r.Policies.Whole, true)
	attached, _ := r.Attached.Get()
	if diff := cmp.Diff([]string{managed, managed + "2"}, attached); diff != "" {
		t.Error(diff)
	}
	texts := map[string]string{}
	for _, p := range r.Policies.Items {
		texts[p.ID] = p.Text.Or("?")
	}
	if diff := cmp.Diff(map[string]string{managed: `{"v3":1}`, managed + "2": `{"v3":1}`, boundary: `{"v3":1}`, "inline:own": `{"inline":1}`}, texts); diff != "" {
		t.Error(diff)
	}
	if g := roles[ghost]; !g.Attached.IsAbsent() || !g.Policies.Whole.IsAbsent() || !g.Boundary.IsAbsent() {
		t.Errorf("a role that does not exist has %+v", g)
	}
	if d, ok := roles["arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole"]; !ok || d.Exists.Or(true) {
		t.Errorf("the role that planning would make is %+v", d)
	}
}

func TestEveryPageIsRead(t *testing.T) {
	c := &company{tables: 250, vaults: 5, plans: 7, points: 12, jobs: 9, page: 2}
	u := scan(t, c, collect.Options{})
	got := []int{len(u.Tables.Items), len(u.Vaults.Items), len(u.Plans.Items), len(u.Vaults.Items[4].RecoveryPoints.Items), len(u.BackupJobs.Items)}
	if diff := cmp.Diff([]int{250, 5, 7, 12, 9}, got); diff != "" {
		t.Error(diff)
	}
	tagged := 0
	for i := range u.Tables.Items {
		if tags, ok := u.Tables.Items[i].Tags.Get(); ok && len(tags) == 1 {
			tagged++
		}
	}
	if tagged != 125 {
		t.Errorf("%d tables have their tag, want 125", tagged)
	}
}

func TestAtMostTwoCallsPerTable(t *testing.T) {
	counts := map[int]map[string]int{}
	for _, tables := range []int{100, 300} {
		c := &company{tables: tables, vaults: 2, plans: 2, points: 3}
		sim := c.serve(t, awssim.Options{})
		gather(t, session(t, sim, awsapi.Options{}), collect.Options{})
		counts[tables] = sim.Calls()
	}
	for _, n := range []int{100, 300} {
		if got := perTableCalls(counts[n]); got > 2*n {
			t.Errorf("%d tables took %d describe calls", n, got)
		}
	}
	total := func(n int) (sum int) {
		for _, v := range counts[n] {
			sum += v
		}
		return sum
	}
	grown := total(300) - total(100)
	if pages := 2 + 2; grown > 2*200+pages { // two more pages of ListTables, one more of GetResources
		t.Errorf("200 more tables took %d more calls: %v", grown, counts[300])
	}
	if constant := total(100) - 200; constant > 30 {
		t.Errorf("100 tables, 2 plans and 2 vaults take %d calls beside two per table: %v", constant, counts[100])
	}
}

func TestNeedsDecideWhatIsAsked(t *testing.T) {
	needs, err := awsapi.Needs([]string{"table.pitr_status"})
	if err != nil {
		t.Fatal(err)
	}
	c := &company{tables: 2, vaults: 1, plans: 1}
	sim := c.serve(t, awssim.Options{})
	u := gather(t, session(t, sim, awsapi.Options{}), collect.Options{Needs: needs})
	want := map[string]int{"sts:GetCallerIdentity": 1, "dynamodb:ListTables": 1, "dynamodb:DescribeTable": 2, "dynamodb:DescribeContinuousBackups": 2}
	if diff := cmp.Diff(want, sim.Calls()); diff != "" {
		t.Error(diff)
	}
	if got := why(t, u, u.BackupJobs.Whole); got != "backup:ListBackupJobs NotCollected" {
		t.Errorf("jobs are unknown for %s", got)
	}
	if got := why(t, u, table(t, u, "t0001").Tags); got != "tag:GetResources NotCollected" {
		t.Errorf("tags are unknown for %s", got)
	}
	if got := why(t, u, table(t, u, "t0001").TTLStatus); got != "dynamodb:DescribeTimeToLive NotCollected" {
		t.Errorf("TTL is unknown for %s", got)
	}
}

func TestATableFilterSaysThatTheListIsNotAll(t *testing.T) {
	c := &company{tables: 3}
	u := scan(t, c, collect.Options{Tables: func(name string) bool { return name == "t0002" }})
	known(t, u.Tables.Whole, false)
	if len(u.Tables.Items) != 1 {
		t.Errorf("%d tables, want 1", len(u.Tables.Items))
	}
}

func TestAllRegionsSkipsTheDisabledAndSaysSo(t *testing.T) {
	c := &company{tables: 1}
	sim := c.serve(t, awssim.Options{})
	var notices []collect.Notice
	e, err := collect.Collect(t.Context(), session(t, sim, awsapi.Options{Regions: []string{"all"}}), collect.Options{Notice: func(n collect.Notice) { notices = append(notices, n) }})
	if err != nil {
		t.Fatal(err)
	}
	var regions []string
	for _, u := range e.Units {
		regions = append(regions, u.Region.Or("")+" "+u.Tables.Items[0].ID)
	}
	want := []string{"eu-south-1 arn:aws:dynamodb:eu-south-1:111122223333:table/t0000", "eu-west-1 arn:aws:dynamodb:eu-west-1:111122223333:table/t0000"}
	if diff := cmp.Diff(want, regions); diff != "" {
		t.Error(diff)
	}
	if len(notices) != 1 || notices[0].Region != "af-south-1" || notices[0].Code != "RegionSkipped" {
		t.Errorf("notices are %v", notices)
	}
}

func TestProgressEndsWithEverythingDone(t *testing.T) {
	c := &company{tables: 30}
	sim := c.serve(t, awssim.Options{})
	var last collect.Progress
	gather(t, session(t, sim, awsapi.Options{}), collect.Options{Progress: func(p collect.Progress) { last = p }})
	if !last.Finished || last.AllDone != last.AllTotal || last.AllDone < 60 {
		t.Errorf("last progress is %+v", last)
	}
	p := collect.Progress{Region: "us-east-1", Call: awsapi.DescribeContinuousBackups, Done: 412, Total: 1000, PerSecond: 9.5}
	if got := p.String(); got != "us-east-1: DescribeContinuousBackups 412/1000, limited by AWS to 10/s" {
		t.Errorf("progress reads %q", got)
	}
}
