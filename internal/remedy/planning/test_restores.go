package planning

import (
	"fmt"
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// Defaults of restore tests, and AWS's limits of them (https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html).
const (
	DefaultTestSchedule = "cron(0 6 1 * ? *)" // once a month: each run pays for a restore of every table

	testPlanName     = "restorable_tests"
	testSelection    = "restorable_tables"
	testWindowDays   = 30
	testStartHours   = 24
	testHoldHours    = 1 // the restored table stands that long, for a look or a validation
	maxTestPlans     = 100
	maxTestResources = 30
)

const aboutTests = "restore tests"

// planTests has AWS Backup restore the newest recovery point of each table on a schedule, and delete the result.
func planTests(d *draft) error {
	tables := d.untested()
	if len(tables) == 0 {
		return nil
	}
	if !d.unit.RestoreTestingPlans.IsWhole() {
		d.refuse(TestRestores, d.regionKey(), "which restore testing plans there are is not known", readMore)
		return nil
	}
	role := d.defaultRole()
	var reason, next string
	d.allowing([]string{CreateRole}, func() { reason, next = d.testObstacle(role, tables) })
	if reason != "" {
		d.refuse(TestRestores, d.regionKey(), reason, next)
		return nil
	}
	if d.Options.Select == SelectAll {
		d.testPlan(role, []string{"*"}, tables)
		return nil
	}
	// AWS's pages read as if a plan may have one selection for each type of resource: more tables get plans of their own.
	for len(tables) > 0 {
		n := min(len(tables), maxTestResources)
		var arns []string
		for _, t := range tables[:n] {
			arns = append(arns, t.arn)
		}
		if !d.testPlan(role, arns, tables[:n]) {
			d.refuse(TestRestores, d.regionKey(), fmt.Sprintf("the Region has %d restore testing plans, which is AWS's limit: %s stay untested", maxTestPlans, terminal.Count(len(tables), "table")), "--select all")
			return nil
		}
		tables = tables[n:]
	}
	return nil
}

// untested are the chosen tables that no restore testing plan names yet.
func (d *draft) untested() []*target {
	return slices.DeleteFunc(d.choice(TestRestores, never), func(t *target) bool {
		return restoreTest(d.table(t)) || slices.ContainsFunc(d.unit.RestoreTestingPlans.Items, func(p estate.RestoreTestingPlan) bool {
			return slices.ContainsFunc(p.Selections.Items, func(s estate.RestoreTestingSelection) bool { return tests(&s, t.arn) })
		})
	})
}

// tests reports whether a selection names a table, or all. Conditions look at the tags of recovery points: what they take out is not
// known here, so that such a selection does not count.
func tests(s *estate.RestoreTestingSelection, arn string) bool {
	list := s.Resources.Or(nil)
	conditions := len(s.StringEquals.Or(nil)) + len(s.StringNotEquals.Or(nil))
	return s.ResourceType.Or("") == dynamoDB && conditions == 0 && (slices.Contains(list, arn) || slices.Contains(list, "*"))
}

func (d *draft) testObstacle(role string, tables []*target) (reason, next string) {
	if !d.ensureRole(role, tables...) {
		return "its role cannot be used: " + d.refusals[CreateRole+" "+role], "--role NAME"
	}
	may := newRoleView(d.unit, role).may("dynamodb:RestoreTableFromAwsBackup", fmt.Sprintf("arn:%s:dynamodb:%s:%s:table/awsbackup-restore-test-x", d.partition, d.region, d.account))
	detail := "whether role " + arnName(role) + " may restore tables is not known"
	switch {
	case may == iampolicy.No:
		return "role " + arnName(role) + " may not restore tables", "attach AWSBackupServiceRolePolicyForRestores to it, or --role NAME"
	case may == iampolicy.Maybe && !d.Options.AcceptUnknown:
		return detail, readMore + ", or --accept-unknown"
	case may == iampolicy.Maybe:
		d.check(remedy.Check{About: aboutTests, Resource: role, Verdict: "unknown", Detail: detail})
	}
	return "", ""
}

// testPlan makes a restore testing plan with its selection; it answers false when there is no room for one.
func (d *draft) testPlan(role string, resources []string, tables []*target) bool {
	if len(d.unit.RestoreTestingPlans.Items) >= maxTestPlans {
		return false
	}
	name := testPlanName
	for n := 2; d.testPlanNamed(name); n++ {
		name = fmt.Sprintf("%s_%d", testPlanName, n)
	}
	plan := remedy.TestingPlan{Step: remedy.Create, Name: name, Schedule: d.Options.TestSchedule, StartWindowHours: testStartHours,
		WindowDays: testWindowDays, IncludeVaults: []string{"*"}, Tags: ownTags()}
	undo := remedy.TestingPlan{Step: remedy.Delete, Name: name}
	made := d.add(remedy.Action{
		Remedy: TestRestores, Resource: remedy.Resource{Type: "restore-testing-plan", Name: name},
		Summary: fmt.Sprintf("create restore testing plan %s: %s, points of the last %d days", name, plan.Schedule, testWindowDays),
		Call:    "backup:CreateRestoreTestingPlan", Change: remedy.Change{TestingPlan: &plan},
		Before: remedy.TestingPlanState(false), After: remedy.TestingPlanState(true),
		Inverse: remedy.Inverse{Change: &remedy.Change{TestingPlan: &undo}},
	}, tables...)
	selection := remedy.TestingSelection{Step: remedy.Create, Plan: name, Name: testSelection, RoleARN: role, Resources: resources, ValidationHours: testHoldHours}
	gone := remedy.TestingSelection{Step: remedy.Delete, Plan: name, Name: testSelection}
	id := d.add(remedy.Action{
		Remedy: TestRestores, Resource: remedy.Resource{Type: "restore-testing-selection", Name: name + "/" + testSelection},
		Summary: "test restores of " + countNames(tables) + " in " + name,
		Call:    "backup:CreateRestoreTestingSelection", Needs: unique(append(d.makerOf(role), made)),
		Change: remedy.Change{TestingSelection: &selection},
		Before: remedy.TestingSelectionState(false), After: remedy.TestingSelectionState(true),
		Risk:    "each run restores whole tables as awsbackup-restore-test-… and deletes them: it is paid by size, and AWS checks only that the restore ends, not what is in it",
		Inverse: remedy.Inverse{Change: &remedy.Change{TestingSelection: &gone}},
	}, tables...)
	d.eligible(id, tables)
	return true
}

func (d *draft) testPlanNamed(name string) bool {
	return find(d.unit.RestoreTestingPlans.Items, func(p *estate.RestoreTestingPlan) estate.Fact[string] { return p.Name }, name) != nil
}

// eligible points out the tables whose test would be skipped in silence: those without a recovery point of the last days.
func (d *draft) eligible(id string, tables []*target) {
	whole, newest := true, map[string]estate.Instant{}
	for i := range d.found.Vaults.Items {
		points := &d.found.Vaults.Items[i].RecoveryPoints
		whole = whole && points.IsWhole()
		for k := range points.Items {
			p := &points.Items[k]
			if made, ok := p.CreatedAt.Get(); ok && p.Status.Or("") == "COMPLETED" {
				arn := p.ResourceARN.Or("")
				newest[arn] = max(newest[arn], made)
			}
		}
	}
	var without []*target
	for _, t := range tables {
		if newest[t.arn] < d.now.Add(-testWindowDays*day) {
			without = append(without, t)
		}
	}
	if len(without) == 0 {
		return
	}
	c := remedy.Check{About: aboutTests, Resource: d.regionKey(), Verdict: "breaks", Actions: []string{id},
		Detail: fmt.Sprintf("%s: no recovery point of the last %d days, so that AWS skips the test in silence until there is one", countNames(without), testWindowDays)}
	if !whole || !d.found.Vaults.IsWhole() {
		c.Verdict, c.Detail = "unknown", countNames(without)+": whether there is a recent recovery point is not known; without one AWS skips the test in silence"
	}
	d.check(c)
}
