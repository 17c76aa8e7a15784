package dynamodb

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

func pitrDescription(l *lab, name string) *types.PointInTimeRecoveryDescription {
	l.Helper()
	return must(l, l.s.describeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: &name}).ContinuousBackupsDescription.PointInTimeRecoveryDescription
}

func TestWindowOfPointInTimeRecovery(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.pitrOn("orders")
	enabled := l.w.Now()
	set := func(on bool, days *int32) error {
		_, err := ask(l, l.s.updateContinuousBackups, &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"),
			PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: &on, RecoveryPeriodInDays: days}})
		return err
	}
	window := func(what string, earliest, latest time.Time) {
		t.Helper()
		d := pitrDescription(l, "orders")
		if !d.EarliestRestorableDateTime.Equal(earliest) || !d.LatestRestorableDateTime.Equal(latest) {
			t.Errorf("%s: %s to %s, want %s to %s", what, d.EarliestRestorableDateTime, d.LatestRestorableDateTime, earliest, latest)
		}
	}
	window("just enabled", enabled, enabled)
	l.advance(10 * time.Minute)
	window("ten minutes later", enabled, l.w.Now().Add(-5*time.Minute))
	l.advance(40 * 24 * time.Hour)
	window("after 40 days", l.w.Now().Add(-35*24*time.Hour), l.w.Now().Add(-5*time.Minute))
	if err := set(true, aws.Int32(7)); err != nil {
		t.Fatal(err)
	}
	week := l.w.Now().Add(-7 * 24 * time.Hour)
	window("shortened to a week", week, l.w.Now().Add(-5*time.Minute))
	if err := set(true, aws.Int32(35)); err != nil {
		t.Fatal(err)
	}
	window("growing it does not bring history back", week, l.w.Now().Add(-5*time.Minute))
	for _, tt := range []struct {
		on   bool
		days int32
		want string
	}{{true, 36, "recoveryPeriodInDays"}, {true, 0, "recoveryPeriodInDays"}, {false, 7, "Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery."}} {
		if err := set(tt.on, &tt.days); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v %d: %v", tt.on, tt.days, err)
		}
	}
	if err := set(false, nil); err != nil {
		t.Fatal(err)
	}
	if diff := pitrDescription(l, "orders"); diff.RecoveryPeriodInDays != nil || diff.EarliestRestorableDateTime != nil || diff.PointInTimeRecoveryStatus != "DISABLED" {
		t.Errorf("disabled: %+v", diff)
	}
	l.pitrOn("orders")
	window("enabled again", l.w.Now(), l.w.Now())
}

func TestRestoreToPointInTimeRefuses(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.create(simple("other"))
	restore := func(change func(*dynamodb.RestoreTableToPointInTimeInput)) *dynamodb.RestoreTableToPointInTimeInput {
		in := &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: aws.String("orders"), TargetTableName: aws.String("copy"), UseLatestRestorableTime: aws.Bool(true)}
		change(in)
		return in
	}
	keep := func(*dynamodb.RestoreTableToPointInTimeInput) {}
	refused(l, l.s.restoreTableToPointInTime, restore(keep), "PointInTimeRecoveryUnavailableException", "Point in time recovery is not enabled for table 'orders'")
	l.pitrOn("orders")
	l.advance(time.Hour)
	for _, tt := range []struct {
		change     func(*dynamodb.RestoreTableToPointInTimeInput)
		code, text string
	}{
		{func(in *dynamodb.RestoreTableToPointInTimeInput) {
			in.SourceTableArn = aws.String(here.ARN("dynamodb", "table/orders"))
		}, "ValidationException", "Must provide exactly one of: sourceTableArn, sourceTableName"},
		{func(in *dynamodb.RestoreTableToPointInTimeInput) { in.RestoreDateTime = aws.Time(l.w.Now()) }, "ValidationException", "Both RestoreDateTime and UseLatestRestorableTime cannot be set"},
		{func(in *dynamodb.RestoreTableToPointInTimeInput) { in.UseLatestRestorableTime = nil }, "ValidationException", "must be specified, but not both"},
		{func(in *dynamodb.RestoreTableToPointInTimeInput) { in.SourceTableName = aws.String("gone") }, "TableNotFoundException", "Table not found: gone"},
		{func(in *dynamodb.RestoreTableToPointInTimeInput) {
			in.UseLatestRestorableTime, in.RestoreDateTime, in.TargetTableName = nil, aws.Time(l.w.Now()), aws.String("other")
		}, "InvalidRestoreTimeException", "must be within EarliestRestorableDateTime"},
		{func(in *dynamodb.RestoreTableToPointInTimeInput) { in.TargetTableName = aws.String("other") }, "TableAlreadyExistsException", "Table already exists: other"},
		{func(in *dynamodb.RestoreTableToPointInTimeInput) {
			in.BillingModeOverride = types.BillingModeProvisioned
		}, "ValidationException", "ProvisionedThroughputOverride must be specified"},
		{func(in *dynamodb.RestoreTableToPointInTimeInput) {
			in.GlobalSecondaryIndexOverride = rich("x").GlobalSecondaryIndexes
		}, "ValidationException", "does not exist on the source"},
	} {
		refused(l, l.s.restoreTableToPointInTime, restore(tt.change), tt.code, tt.text)
	}
	must(l, l.s.restoreTableToPointInTime, restore(keep))
	refused(l, l.s.restoreTableToPointInTime, restore(keep), "TableInUseException", "is already being restored")
	refused(l, l.s.createTable, simple("copy"), "ResourceInUseException", "Table is being used")
	refused(l, l.s.updateTimeToLive, &dynamodb.UpdateTimeToLiveInput{TableName: aws.String("copy"), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("x"), Enabled: aws.Bool(true)}}, "ResourceNotFoundException", "")
	refused(l, l.s.describeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("copy")}, "TableNotFoundException", "")
	refused(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("copy")}, "ResourceInUseException", "")
	if got := l.describe("copy"); got.RestoreSummary == nil || got.TableStatus != "CREATING" {
		t.Errorf("%+v", got)
	}
	l.advance(13 * time.Minute)
	if got := l.describe("copy"); got.RestoreSummary != nil || got.TableStatus != "ACTIVE" {
		t.Errorf("%+v", got)
	}
}

// What a restore carries over and what it drops, aws-semantics.md section 4.3.
func TestRestoreCarriesOver(t *testing.T) {
	l := newLab(t, Options{LiftQuotas: true})
	in := rich("orders")
	in.DeletionProtectionEnabled = aws.Bool(true)
	in.TableClass = types.TableClassStandardInfrequentAccess
	in.Tags = []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}
	in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeKeysOnly}
	in.SSESpecification = &types.SSESpecification{Enabled: aws.Bool(true), KMSMasterKeyId: aws.String(cmk)}
	in.ResourcePolicy = aws.String(`{"Statement":[]}`)
	in.OnDemandThroughput = &types.OnDemandThroughput{MaxReadRequestUnits: aws.Int64(7), MaxWriteRequestUnits: aws.Int64(8)}
	l.create(in)
	l.pitrOn("orders")
	must(l, l.s.updateTimeToLive, &dynamodb.UpdateTimeToLiveInput{TableName: aws.String("orders"), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("x"), Enabled: aws.Bool(true)}})
	l.put("orders", item.Item{"p": str("a"), "s": num("1"), "g": str("g")})
	b := must(l, l.s.createBackup, &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("one")}).BackupDetails
	l.advance(time.Second)
	restored := must(l, l.s.restoreTableFromBackup, &dynamodb.RestoreTableFromBackupInput{BackupArn: b.BackupArn, TargetTableName: aws.String("copy")}).TableDescription
	if *restored.RestoreSummary.SourceBackupArn != *b.BackupArn {
		t.Errorf("%+v", restored.RestoreSummary)
	}
	refused(l, l.s.restoreTableFromBackup, &dynamodb.RestoreTableFromBackupInput{BackupArn: b.BackupArn, TargetTableName: aws.String("copy2")}, "BackupInUseException", "Backup is being used to restore another table: "+*b.BackupArn)
	refused(l, l.s.deleteBackup, &dynamodb.DeleteBackupInput{BackupArn: b.BackupArn}, "BackupInUseException", "Backup is being used to restore table: "+*b.BackupArn)
	l.advance(13 * time.Minute)
	must(l, l.s.deleteBackup, &dynamodb.DeleteBackupInput{BackupArn: b.BackupArn})
	got, was := l.describe("copy"), l.describe("orders")
	if len(got.GlobalSecondaryIndexes) != 1 || len(got.LocalSecondaryIndexes) != 1 || got.BillingModeSummary.BillingMode != types.BillingModePayPerRequest ||
		*got.OnDemandThroughput.MaxReadRequestUnits != 7 || *got.SSEDescription.KMSMasterKeyArn != cmk || *got.TableId == *was.TableId {
		t.Errorf("not carried over: %+v", got)
	}
	if *got.DeletionProtectionEnabled || got.TableClassSummary != nil || got.StreamSpecification != nil || got.LatestStreamArn != nil {
		t.Errorf("carried over: %+v", got)
	}
	if _, ok := l.s.ResourcePolicy(*got.TableArn); ok {
		t.Error("the policy was carried over")
	}
	if view, _ := l.s.Lookup(here, "copy"); len(view.Tags) != 0 {
		t.Errorf("tags were carried over: %v", view.Tags)
	}
	if d := must(l, l.s.describeTimeToLive, &dynamodb.DescribeTimeToLiveInput{TableName: aws.String("copy")}).TimeToLiveDescription; d.TimeToLiveStatus != "DISABLED" {
		t.Errorf("TTL %+v", d)
	}
	if d := pitrDescription(l, "copy"); d.PointInTimeRecoveryStatus != "DISABLED" {
		t.Errorf("PITR %+v", d)
	}
	if diff := cmp.Diff(l.items(here, "orders"), l.items(here, "copy")); diff != "" {
		t.Error(diff)
	}
	if out := must(l, l.s.query, &dynamodb.QueryInput{TableName: aws.String("copy"), IndexName: aws.String("gii"), KeyConditionExpression: aws.String("g = :g"), ExpressionAttributeValues: item.Item{":g": str("g")}}); out.Count != 1 {
		t.Errorf("the restored index answers %d items", out.Count)
	}
}

func TestRestoreWithoutIndexes(t *testing.T) {
	l := newLab(t, Options{})
	l.create(rich("orders"))
	l.pitrOn("orders")
	must(l, l.s.restoreTableToPointInTime, &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: aws.String("orders"), TargetTableName: aws.String("copy"), UseLatestRestorableTime: aws.Bool(true),
		GlobalSecondaryIndexOverride: []types.GlobalSecondaryIndex{}, LocalSecondaryIndexOverride: []types.LocalSecondaryIndex{},
		BillingModeOverride: types.BillingModeProvisioned, ProvisionedThroughputOverride: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(3), WriteCapacityUnits: aws.Int64(4)}})
	if got := l.describe("copy"); len(got.GlobalSecondaryIndexes)+len(got.LocalSecondaryIndexes) != 0 || len(got.AttributeDefinitions) != 2 || *got.ProvisionedThroughput.ReadCapacityUnits != 3 {
		t.Errorf("%+v", got)
	}
}

func TestRestoreIntoAnotherRegion(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.pitrOn("orders")
	l.put("orders", item.Item{"p": str("a")})
	l.advance(10 * time.Minute)
	l.call.Scope = there
	in := &dynamodb.RestoreTableToPointInTimeInput{SourceTableArn: aws.String(here.ARN("dynamodb", "table/orders")), TargetTableName: aws.String("copy"), UseLatestRestorableTime: aws.Bool(true)}
	refused(l, l.s.restoreTableToPointInTime, in, "ValidationException", "SSESpecificationOverride")
	in.SSESpecificationOverride = &types.SSESpecification{Enabled: aws.Bool(false)}
	must(l, l.s.restoreTableToPointInTime, in)
	l.advance(13 * time.Minute)
	if diff := cmp.Diff(l.items(here, "orders"), l.items(there, "copy")); diff != "" {
		t.Error(diff)
	}
}

func TestDeletedTableLeavesASystemBackup(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.pitrOn("orders")
	l.put("orders", item.Item{"p": str("a")})
	was := l.items(here, "orders")
	must(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")})
	list := func(kind types.BackupTypeFilter) []types.BackupSummary {
		return must(l, l.s.listBackups, &dynamodb.ListBackupsInput{TableName: aws.String("orders"), BackupType: kind}).BackupSummaries
	}
	l.advance(deleteTime)
	if got := list(types.BackupTypeFilterAll); len(got) != 0 {
		t.Errorf("the system backup is there too early: %v", got)
	}
	l.advance(systemBackup - deleteTime)
	if got := list(""); len(got) != 0 {
		t.Errorf("USER backups: %v", got)
	}
	got := list(types.BackupTypeFilterSystem)
	if len(got) != 1 || *got[0].BackupName != "orders$DeletedTableBackup" || !strings.HasSuffix(*got[0].BackupArn, "-00000000") || got[0].BackupExpiryDateTime == nil {
		t.Fatalf("%+v", got)
	}
	refused(l, l.s.deleteBackup, &dynamodb.DeleteBackupInput{BackupArn: got[0].BackupArn}, "ValidationException", "User is not allowed to delete the system backup with arn "+*got[0].BackupArn+". It will automatically expire on")
	must(l, l.s.restoreTableFromBackup, &dynamodb.RestoreTableFromBackupInput{BackupArn: got[0].BackupArn, TargetTableName: aws.String("orders")})
	l.advance(13 * time.Minute)
	if diff := cmp.Diff(was, l.items(here, "orders")); diff != "" {
		t.Error(diff)
	}
	l.advance(systemRetain)
	if got := list(types.BackupTypeFilterAll); len(got) != 0 {
		t.Errorf("the system backup did not expire: %v", got)
	}
}

func TestNoSystemBackupWhenPITRWasSwitchedOffWhileDeleting(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.pitrOn("orders")
	must(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")})
	must(l, l.s.updateContinuousBackups, &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"), PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(false)}})
	l.advance(time.Minute)
	if got := must(l, l.s.listBackups, &dynamodb.ListBackupsInput{BackupType: types.BackupTypeFilterAll}).BackupSummaries; len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestBackupsOfOneNameAndTwoTables(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	first := *l.describe("orders").TableId
	var at []time.Time
	for range 3 {
		at = append(at, l.w.Now())
		out := must(l, l.s.createBackup, &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("same")})
		if out.BackupDetails.BackupStatus != "CREATING" {
			t.Errorf("%+v", out.BackupDetails)
		}
		l.advance(time.Minute)
	}
	must(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")})
	l.advance(deleteTime)
	l.create(simple("orders"))
	must(l, l.s.createBackup, &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("same")})
	var all []types.BackupSummary
	var start *string
	for {
		out := must(l, l.s.listBackups, &dynamodb.ListBackupsInput{Limit: aws.Int32(3), ExclusiveStartBackupArn: start})
		all = append(all, out.BackupSummaries...)
		if start = out.LastEvaluatedBackupArn; start == nil {
			break
		}
	}
	if len(all) != 4 || *all[0].TableId != first || *all[3].TableId == first {
		t.Errorf("%+v", all)
	}
	bounded := must(l, l.s.listBackups, &dynamodb.ListBackupsInput{TimeRangeLowerBound: &at[1], TimeRangeUpperBound: &at[2], TableName: aws.String(here.ARN("dynamodb", "table/orders"))}).BackupSummaries
	if len(bounded) != 1 {
		t.Errorf("lower bound included and upper excluded leave %d backups, want 1", len(bounded))
	}
	refused(l, l.s.describeBackup, &dynamodb.DescribeBackupInput{BackupArn: aws.String(here.ARN("dynamodb", "table/orders/backup/01489173575360-b308cd7d"))}, "BackupNotFoundException", "Backup not found: arn:aws")
	refused(l, l.s.describeBackup, &dynamodb.DescribeBackupInput{BackupArn: aws.String("nonsense")}, "ValidationException", "")
	wrongRegion := strings.Replace(*all[0].BackupArn, here.Region, there.Region, 1)
	if got := must(l, l.s.describeBackup, &dynamodb.DescribeBackupInput{BackupArn: &wrongRegion}).BackupDescription; *got.SourceTableDetails.TableId != first {
		t.Errorf("%+v", got)
	}
}

func TestAWSBackupsAreNotListed(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.put("orders", item.Item{"p": str("a")})
	sn, err := l.s.TakeSnapshot(here, "orders")
	if err != nil {
		t.Fatal(err)
	}
	arn := l.s.AddAWSBackup(here, sn)
	sn.Release()
	for _, kind := range []types.BackupTypeFilter{"", types.BackupTypeFilterAll, types.BackupTypeFilterAwsBackup} {
		if got := must(l, l.s.listBackups, &dynamodb.ListBackupsInput{BackupType: kind}).BackupSummaries; len(got) != 0 {
			t.Errorf("%s lists %v", kind, got)
		}
	}
	must(l, l.s.describeBackup, &dynamodb.DescribeBackupInput{BackupArn: &arn})
	must(l, l.s.restoreTableFromBackup, &dynamodb.RestoreTableFromBackupInput{BackupArn: &arn, TargetTableName: aws.String("copy")})
	l.advance(13 * time.Minute)
	if diff := cmp.Diff(l.items(here, "orders"), l.items(here, "copy")); diff != "" {
		t.Error(diff)
	}
	l.s.RemoveAWSBackup(arn)
	refused(l, l.s.describeBackup, &dynamodb.DescribeBackupInput{BackupArn: &arn}, "BackupNotFoundException", "")
}

func TestRestoreSnapshot(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.put("orders", item.Item{"p": str("a")})
	sn, _ := l.s.TakeSnapshot(here, "orders")
	want := l.items(here, "orders")
	l.put("orders", item.Item{"p": str("later")})
	var finished string
	l.w.Do(func() {
		_, err := l.s.RestoreSnapshot(there, sn, RestoreTarget{TableName: "copy", Duration: time.Minute, Tags: map[string]string{"awsbackup-restore-test": ""}}, func(arn string, err error) { finished = arn })
		if err != nil {
			t.Fatal(err)
		}
		sn.Release()
		_, err = l.s.RestoreSnapshot(there, sn, RestoreTarget{TableName: "copy", Duration: time.Minute}, nil)
		var e *api.Error
		if !errors.As(err, &e) || e.Code != "TableInUseException" {
			t.Errorf("second restore: %v", err)
		}
	})
	l.advance(time.Minute)
	if view, _ := l.s.Lookup(there, "copy"); finished != view.ARN || view.Status != "ACTIVE" || len(view.Tags) != 1 {
		t.Errorf("%q %+v", finished, view)
	}
	if diff := cmp.Diff(want, l.items(there, "copy")); diff != "" {
		t.Error(diff)
	}
}

func TestAtMostFiftyRestores(t *testing.T) {
	for _, lifted := range []bool{false, true} {
		l := newLab(t, Options{LiftQuotas: lifted})
		l.create(simple("orders"))
		l.pitrOn("orders")
		var last error
		for i := range maxRestores + 1 {
			_, last = ask(l, l.s.restoreTableToPointInTime, &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: aws.String("orders"), TargetTableName: aws.String(fmt.Sprint("copy", i)), UseLatestRestorableTime: aws.Bool(true)})
		}
		if (last == nil) != lifted {
			t.Errorf("quotas lifted %v: restore 51 answers %v", lifted, last)
		}
	}
}

// A restore to second s gives exactly the items as of the end of s, whatever was written before and after.
func TestRestoreToEverySecond(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(rt, Options{LiftQuotas: true})
		l.create(rich("orders"))
		l.pitrOn("orders")
		ends := map[int64]map[string]string{l.w.Now().Unix(): {}}
		for range rapid.IntRange(1, 25).Draw(rt, "writes") {
			before := l.items(here, "orders")
			gap := time.Duration(rapid.IntRange(0, 2500).Draw(rt, "gap")) * time.Millisecond
			for at := l.w.Now(); !at.After(l.w.Now().Add(gap)); at = at.Add(time.Second) {
				ends[at.Unix()] = before
			}
			l.advance(gap)
			key := item.Item{"p": str(rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "p")), "s": num(rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "s"))}
			if rapid.Bool().Draw(rt, "delete") {
				must(l, l.s.deleteItem, &dynamodb.DeleteItemInput{TableName: aws.String("orders"), Key: key})
			} else {
				m := maps.Clone(key)
				m["v"] = num(fmt.Sprint(rapid.IntRange(0, 99).Draw(rt, "v")))
				l.put("orders", m)
			}
			ends[l.w.Now().Unix()] = l.items(here, "orders")
		}
		l.advance(10 * time.Minute)
		for sec := range ends {
			must(l, l.s.restoreTableToPointInTime, &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: aws.String("orders"),
				TargetTableName: aws.String(fmt.Sprint("copy", sec)), RestoreDateTime: aws.Time(time.Unix(sec, 0))})
		}
		l.put("orders", item.Item{"p": str("late"), "s": num("1")}) // while the restores run
		l.advance(20 * time.Minute)
		for sec, want := range ends {
			if diff := cmp.Diff(want, l.items(here, fmt.Sprint("copy", sec))); diff != "" {
				rt.Fatalf("second %d: %s", sec, diff)
			}
		}
	})
}

func TestBackupIsUnaffectedByLaterWrites(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(rt, Options{LiftQuotas: true})
		l.create(simple("orders"))
		write := func() {
			key := item.Item{"p": str(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "p"))}
			if rapid.Bool().Draw(rt, "delete") {
				must(l, l.s.deleteItem, &dynamodb.DeleteItemInput{TableName: aws.String("orders"), Key: key})
				return
			}
			key["v"] = num(fmt.Sprint(rapid.IntRange(0, 99).Draw(rt, "v")))
			l.put("orders", key)
		}
		for range rapid.IntRange(0, 5).Draw(rt, "before") {
			write()
		}
		want := l.items(here, "orders")
		arn := must(l, l.s.createBackup, &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("one")}).BackupDetails.BackupArn
		for range rapid.IntRange(0, 10).Draw(rt, "after") {
			write()
			l.advance(time.Second)
		}
		l.advance(time.Second)
		if rapid.Bool().Draw(rt, "delete the table") {
			must(l, l.s.deleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")})
			l.advance(deleteTime)
		}
		must(l, l.s.restoreTableFromBackup, &dynamodb.RestoreTableFromBackupInput{BackupArn: arn, TargetTableName: aws.String("copy")})
		l.advance(13 * time.Minute)
		if diff := cmp.Diff(want, l.items(here, "copy")); diff != "" {
			rt.Fatal(diff)
		}
	})
}
