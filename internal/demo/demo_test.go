package demo_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
)

// company is the demo as an outsider sees it: over HTTP, with the SDK's clients.
type company struct {
	*simtest.Sim
	t *testing.T
}

// open plays the history. The machine's clock stands still, so that the virtual one ends exactly where it should.
func open(t *testing.T) company {
	t.Helper()
	still := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	began := time.Now()
	sim := simtest.Start(t, awssim.Options{
		World: world.Options{Start: demo.Start(), Real: func() time.Time { return still }, Seed: 1},
		Load:  demo.Load,
	})
	if took := time.Since(began); took > 3*time.Second && !testing.Short() { // the race detector is run with -short
		t.Errorf("playing the history took %v: the demo has to begin at once", took)
	}
	return company{sim, t}
}

func (c company) tables(region string) *dynamodb.Client {
	return dynamodb.NewFromConfig(c.ConfigFor(demo.Account, region))
}

func (c company) backups(region string) *backup.Client {
	return backup.NewFromConfig(c.ConfigFor(demo.Account, region))
}

func tableARN(region, name string) string {
	return "arn:aws:dynamodb:" + region + ":" + demo.Account + ":table/" + name
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (c company) describe(region, name string) *types.TableDescription {
	c.t.Helper()
	return must[*dynamodb.DescribeTableOutput](c.t)(c.tables(region).DescribeTable(context.Background(), &dynamodb.DescribeTableInput{TableName: aws.String(name)})).Table
}

func (c company) pitr(region, name string) *types.PointInTimeRecoveryDescription {
	c.t.Helper()
	out := must[*dynamodb.DescribeContinuousBackupsOutput](c.t)(c.tables(region).DescribeContinuousBackups(context.Background(), &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String(name)}))
	return out.ContinuousBackupsDescription.PointInTimeRecoveryDescription
}

func (c company) jobs(region, name string) []backuptypes.BackupJob {
	c.t.Helper()
	var all []backuptypes.BackupJob
	pages := backup.NewListBackupJobsPaginator(c.backups(region), &backup.ListBackupJobsInput{ByResourceArn: aws.String(tableARN(region, name))})
	for pages.HasMorePages() {
		all = append(all, must[*backup.ListBackupJobsOutput](c.t)(pages.NextPage(context.Background())).BackupJobs...)
	}
	return all
}

func (c company) points(region, name string) []backuptypes.RecoveryPointByResource {
	c.t.Helper()
	var all []backuptypes.RecoveryPointByResource
	pages := backup.NewListRecoveryPointsByResourcePaginator(c.backups(region), &backup.ListRecoveryPointsByResourceInput{ResourceArn: aws.String(tableARN(region, name))})
	for pages.HasMorePages() {
		all = append(all, must[*backup.ListRecoveryPointsByResourceOutput](c.t)(pages.NextPage(context.Background())).RecoveryPoints...)
	}
	return all
}

func (c company) nativeBackups(region, name string) []types.BackupSummary {
	c.t.Helper()
	in := &dynamodb.ListBackupsInput{TableName: aws.String(name), BackupType: types.BackupTypeFilterAll}
	var out []types.BackupSummary
	for _, b := range must[*dynamodb.ListBackupsOutput](c.t)(c.tables(region).ListBackups(context.Background(), in)).BackupSummaries {
		if b.BackupType != types.BackupTypeAwsBackup {
			out = append(out, b)
		}
	}
	return out
}

// uncovered fails unless AWS Backup never did anything for the table.
func (c company) uncovered(region, name string) {
	c.t.Helper()
	if jobs, points := c.jobs(region, name), c.points(region, name); len(jobs) > 0 || len(points) > 0 {
		c.t.Errorf("%s in %s: %d jobs and %d recovery points, want none", name, region, len(jobs), len(points))
	}
}

func (c company) pitrOff(region, name string) {
	c.t.Helper()
	if p := c.pitr(region, name); p.PointInTimeRecoveryStatus != types.PointInTimeRecoveryStatusDisabled {
		c.t.Errorf("%s in %s: PITR is %s", name, region, p.PointInTimeRecoveryStatus)
	}
}

// fullPITR fails unless the window reaches back over all 35 days.
func (c company) fullPITR(region, name string) {
	c.t.Helper()
	p := c.pitr(region, name)
	if p.PointInTimeRecoveryStatus != types.PointInTimeRecoveryStatusEnabled || !p.EarliestRestorableDateTime.Equal(demo.Today().Add(-35*24*time.Hour)) {
		c.t.Errorf("%s in %s: PITR is %s since %v", name, region, p.PointInTimeRecoveryStatus, p.EarliestRestorableDateTime)
	}
}

// nightly fails unless the table has a completed recovery point of each of the last n nights.
func (c company) nightly(region, name string, n int) {
	c.t.Helper()
	nights := map[string]bool{}
	for _, p := range c.points(region, name) {
		if p.Status != backuptypes.RecoveryPointStatusCompleted {
			c.t.Errorf("%s in %s: recovery point %s is %s", name, region, *p.RecoveryPointArn, p.Status)
		}
		nights[p.CreationDate.Format(time.DateOnly)] = true
	}
	for i := range n {
		if d := demo.Today().AddDate(0, 0, -i).Format(time.DateOnly); !nights[d] {
			c.t.Errorf("%s in %s: no recovery point of %s", name, region, d)
		}
	}
}

// failing fails unless every job of the last 30 days failed with a message that contains all the texts.
func (c company) failing(region, name string, texts ...string) {
	c.t.Helper()
	jobs := c.jobs(region, name)
	if len(jobs) < 29 {
		c.t.Errorf("%s: %d jobs, want one a night", name, len(jobs))
	}
	for _, j := range jobs {
		if j.State != backuptypes.BackupJobStateFailed {
			c.t.Errorf("%s: job is %s, want FAILED", name, j.State)
		}
		for _, text := range texts {
			if !strings.Contains(aws.ToString(j.StatusMessage), text) {
				c.t.Fatalf("%s: message %q does not say %q", name, aws.ToString(j.StatusMessage), text)
			}
		}
	}
	if points := c.points(region, name); len(points) > 0 {
		c.t.Errorf("%s: %d recovery points, want none", name, len(points))
	}
}

func TestTheClockStandsAtToday(t *testing.T) {
	if c := open(t); !c.Now().Equal(demo.Today()) {
		t.Errorf("now is %v, want %v", c.Now(), demo.Today())
	}
}

func TestTheCompanyIsWhatTheStorySays(t *testing.T) {
	c := open(t)
	checks := map[string]func(*testing.T, company){
		"orders eu-west-1":          wellProtected,
		"payments eu-west-1":        ownKey,
		"loyalty-points us-east-1":  namedByARN,
		"returns eu-west-1":         deletable,
		"product-catalog eu-west-1": replicated,
		"product-catalog us-east-1": forgottenReplica,
		"customers eu-west-1":       narrowedAway,
		"subscriptions eu-west-1":   wrongRegion,
		"invoices eu-west-1":        lacksPermission,
		"shipments eu-west-1":       missingVault,
		"reviews eu-west-1":         nearMiss,
		"stock-levels eu-west-1":    onceADay,
		"gift-cards eu-west-1":      youngWindow,
		"coupons eu-west-1":         otherIncarnation,
		"price-history eu-west-1":   oldBackup,
		"wishlists eu-west-1":       nothing,
		"orders-us us-east-1":       optedOut,
	}
	for _, line := range demo.Story() {
		name := line.Table + " " + line.Region
		check := checks[name]
		if check == nil {
			t.Errorf("nothing checks what the story says of %s", name)
			continue
		}
		delete(checks, name)
		t.Run(name, func(t *testing.T) { check(t, company{c.Sim, t}) })
	}
	for name := range checks {
		t.Errorf("the story does not tell of %s", name)
	}
}

func TestTheStoryTellsOfEveryTable(t *testing.T) {
	c := open(t)
	for _, region := range []string{demo.Home, demo.Branch} {
		var want []string
		for _, line := range demo.Story() {
			if line.Region == region {
				want = append(want, line.Table)
			}
		}
		slices.Sort(want)
		got := must[*dynamodb.ListTablesOutput](t)(c.tables(region).ListTables(context.Background(), &dynamodb.ListTablesInput{})).TableNames
		if !slices.Equal(got, want) {
			t.Errorf("%s has the tables %v, the story %v", region, got, want)
		}
	}
}

func TestOnlyTheTablesThatAreMeantToCanBeDeleted(t *testing.T) {
	c := open(t)
	deletable := []string{"coupons eu-west-1", "product-catalog us-east-1", "returns eu-west-1", "wishlists eu-west-1"}
	for _, line := range demo.Story() {
		protected := aws.ToBool(c.describe(line.Region, line.Table).DeletionProtectionEnabled)
		if want := !slices.Contains(deletable, line.Table+" "+line.Region); protected != want {
			t.Errorf("%s in %s: deletion protection is %v, want %v", line.Table, line.Region, protected, want)
		}
	}
}

func TestTheHistoryBeginsWhereTheClockStands(t *testing.T) {
	start := time.Date(2027, 2, 3, 4, 5, 6, 0, time.UTC)
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: start, Real: func() time.Time { return start }}, Load: demo.Load})
	if want := start.Add(demo.Today().Sub(demo.Start())); !sim.Now().Equal(want) {
		t.Errorf("now is %v, want %v", sim.Now(), want)
	}
}

func wellProtected(t *testing.T, c company) {
	c.fullPITR(demo.Home, "orders")
	c.nightly(demo.Home, "orders", 35)
	if d := c.describe(demo.Home, "orders"); !aws.ToBool(d.DeletionProtectionEnabled) || aws.ToInt64(d.ItemCount) != 500 {
		t.Errorf("deletion protection %v, %d items", aws.ToBool(d.DeletionProtectionEnabled), aws.ToInt64(d.ItemCount))
	}
	offsite(t, c, "orders")
}

// offsite fails unless a copy of each week since the beginning is in the other Region.
func offsite(t *testing.T, c company, name string) {
	t.Helper()
	in := &backup.ListRecoveryPointsByBackupVaultInput{BackupVaultName: aws.String("offsite"), ByResourceArn: aws.String(tableARN(demo.Home, name))}
	copies := must[*backup.ListRecoveryPointsByBackupVaultOutput](t)(c.backups(demo.Branch).ListRecoveryPointsByBackupVault(context.Background(), in)).RecoveryPoints
	if len(copies) != 6 {
		t.Errorf("%d copies of %s in the other Region, want one of each of six Sundays", len(copies), name)
	}
}

func ownKey(t *testing.T, c company) {
	c.fullPITR(demo.Home, "payments")
	c.nightly(demo.Home, "payments", 35)
	offsite(t, c, "payments")
	d := c.describe(demo.Home, "payments")
	if d.SSEDescription == nil || d.SSEDescription.SSEType != types.SSETypeKms || !aws.ToBool(d.DeletionProtectionEnabled) {
		t.Errorf("encryption %+v, deletion protection %v", d.SSEDescription, aws.ToBool(d.DeletionProtectionEnabled))
	}
}

func namedByARN(t *testing.T, c company) {
	c.fullPITR(demo.Branch, "loyalty-points")
	c.nightly(demo.Branch, "loyalty-points", 35)
	for _, p := range c.points(demo.Branch, "loyalty-points") {
		if !strings.HasPrefix(*p.RecoveryPointArn, "arn:aws:dynamodb:") {
			t.Fatalf("%s: without the opt-in backups are DynamoDB's own", *p.RecoveryPointArn)
		}
	}
}

func deletable(t *testing.T, c company) {
	c.fullPITR(demo.Home, "returns")
	c.nightly(demo.Home, "returns", 35)
	if aws.ToBool(c.describe(demo.Home, "returns").DeletionProtectionEnabled) {
		t.Error("deletion protection is on")
	}
}

func replicated(t *testing.T, c company) {
	c.fullPITR(demo.Home, "product-catalog")
	c.nightly(demo.Home, "product-catalog", 35)
	d := c.describe(demo.Home, "product-catalog")
	if len(d.Replicas) != 1 || aws.ToString(d.Replicas[0].RegionName) != demo.Branch || d.Replicas[0].ReplicaStatus != types.ReplicaStatusActive {
		t.Errorf("replicas %+v", d.Replicas)
	}
}

func forgottenReplica(t *testing.T, c company) {
	c.uncovered(demo.Branch, "product-catalog")
	c.pitrOff(demo.Branch, "product-catalog")
	if n := aws.ToInt64(c.describe(demo.Branch, "product-catalog").ItemCount); n != 240 {
		t.Errorf("the replica has %d items, want all 240", n)
	}
}

func narrowedAway(t *testing.T, c company) {
	c.uncovered(demo.Home, "customers")
	c.pitrOff(demo.Home, "customers")
	c.selection(demo.Home, "critical-offsite", func(s *backuptypes.BackupSelection) {
		if !slices.Equal(s.Resources, []string{"*"}) || len(s.Conditions.StringEquals) != 1 {
			t.Errorf("selection %+v", s)
		}
	})
}

func wrongRegion(t *testing.T, c company) {
	c.uncovered(demo.Home, "subscriptions")
	c.uncovered(demo.Branch, "subscriptions")
	c.selection(demo.Branch, "subscriptions-daily", func(s *backuptypes.BackupSelection) {
		if !slices.Equal(s.Resources, []string{tableARN(demo.Home, "subscriptions")}) {
			t.Errorf("selection %+v", s)
		}
	})
}

// selection shows the only selection of a plan.
func (c company) selection(region, plan string, look func(*backuptypes.BackupSelection)) {
	c.t.Helper()
	ctx := context.Background()
	for _, p := range must[*backup.ListBackupPlansOutput](c.t)(c.backups(region).ListBackupPlans(ctx, &backup.ListBackupPlansInput{})).BackupPlansList {
		if aws.ToString(p.BackupPlanName) != plan {
			continue
		}
		list := must[*backup.ListBackupSelectionsOutput](c.t)(c.backups(region).ListBackupSelections(ctx, &backup.ListBackupSelectionsInput{BackupPlanId: p.BackupPlanId})).BackupSelectionsList
		in := &backup.GetBackupSelectionInput{BackupPlanId: p.BackupPlanId, SelectionId: list[0].SelectionId}
		look(must[*backup.GetBackupSelectionOutput](c.t)(c.backups(region).GetBackupSelection(ctx, in)).BackupSelection)
		return
	}
	c.t.Errorf("there is no plan %s in %s", plan, region)
}

func lacksPermission(_ *testing.T, c company) {
	c.failing(demo.Home, "invoices", "role/legacy-backup", "does not have permission", "dynamodb:StartAwsBackupJob")
	c.pitrOff(demo.Home, "invoices")
}

func missingVault(_ *testing.T, c company) {
	c.failing(demo.Home, "shipments", "backup-vault:archive does not exist")
	c.pitrOff(demo.Home, "shipments")
}

func nearMiss(t *testing.T, c company) {
	c.uncovered(demo.Home, "reviews")
	c.pitrOff(demo.Home, "reviews")
	tags := must[*dynamodb.ListTagsOfResourceOutput](t)(c.tables(demo.Home).ListTagsOfResource(context.Background(), &dynamodb.ListTagsOfResourceInput{ResourceArn: aws.String(tableARN(demo.Home, "reviews"))})).Tags
	if !slices.ContainsFunc(tags, func(tag types.Tag) bool { return *tag.Key == "Backup" && *tag.Value == "Daily" }) {
		t.Errorf("tags %v", tags)
	}
}

func onceADay(t *testing.T, c company) {
	c.pitrOff(demo.Home, "stock-levels")
	points := c.points(demo.Home, "stock-levels")
	if len(points) < 34 || len(points) > 36 {
		t.Errorf("%d recovery points in 35 days, want one a day", len(points))
	}
	for _, p := range points {
		if h := p.CreationDate.Hour(); h < 14 || h > 15 {
			t.Errorf("a recovery point of %v", p.CreationDate)
		}
	}
}

func youngWindow(t *testing.T, c company) {
	c.uncovered(demo.Home, "gift-cards")
	p := c.pitr(demo.Home, "gift-cards")
	if want := demo.Today().Add(-22 * time.Hour); !p.EarliestRestorableDateTime.Equal(want) {
		t.Errorf("restorable since %v, want %v", p.EarliestRestorableDateTime, want)
	}
}

func otherIncarnation(t *testing.T, c company) {
	c.uncovered(demo.Home, "coupons")
	c.pitrOff(demo.Home, "coupons")
	table := c.describe(demo.Home, "coupons")
	kinds := map[types.BackupType]bool{}
	for _, b := range c.nativeBackups(demo.Home, "coupons") {
		kinds[b.BackupType] = true
		if aws.ToString(b.TableId) == aws.ToString(table.TableId) || !b.BackupCreationDateTime.Before(*table.CreationDateTime) {
			t.Errorf("backup %s is of the present table", *b.BackupName)
		}
	}
	if !kinds[types.BackupTypeUser] || !kinds[types.BackupTypeSystem] {
		t.Errorf("backups of types %v, want one by hand and one that the deletion left", kinds)
	}
}

func oldBackup(t *testing.T, c company) {
	c.uncovered(demo.Home, "price-history")
	c.pitrOff(demo.Home, "price-history")
	list := c.nativeBackups(demo.Home, "price-history")
	if len(list) != 1 || demo.Today().Sub(*list[0].BackupCreationDateTime) < 40*24*time.Hour {
		t.Errorf("backups %+v", list)
	}
}

func nothing(t *testing.T, c company) {
	c.uncovered(demo.Home, "wishlists")
	c.pitrOff(demo.Home, "wishlists")
	if list := c.nativeBackups(demo.Home, "wishlists"); len(list) > 0 {
		t.Errorf("backups %+v", list)
	}
}

func optedOut(t *testing.T, c company) {
	c.uncovered(demo.Branch, "orders-us")
	c.pitrOff(demo.Branch, "orders-us")
	out := must[*backup.DescribeRegionSettingsOutput](t)(c.backups(demo.Branch).DescribeRegionSettings(context.Background(), &backup.DescribeRegionSettingsInput{}))
	if out.ResourceTypeOptInPreference["DynamoDB"] {
		t.Error("DynamoDB is opted in")
	}
	c.selection(demo.Branch, "us-daily", func(s *backuptypes.BackupSelection) {
		if len(s.ListOfTags) != 1 || *s.ListOfTags[0].ConditionKey != "backup" || *s.ListOfTags[0].ConditionValue != "daily" {
			t.Errorf("selection %+v", s)
		}
	})
}
