package estatebridge_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/estatebridge"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/estate"
)

// loadedDemo is the demo's company as a collected estate brings it back.
func loadedDemo(t *testing.T) (actor, *awssim.Server) {
	t.Helper()
	s := reload(t, write(t, still(t, demo.Start(), demo.Load)))
	return on(t, s), s
}

func pointsOf(a actor, vault, table string) []backuptypes.RecoveryPointByBackupVault {
	a.t.Helper()
	in := &backup.ListRecoveryPointsByBackupVaultInput{BackupVaultName: aws.String(vault), ByResourceArn: aws.String(home.ARN("dynamodb", "table/"+table))}
	return ask[backup.ListRecoveryPointsByBackupVaultOutput](a, "backup", in).RecoveryPoints
}

func TestLoadedPlansRunOn(t *testing.T) {
	a, _ := loadedDemo(t)
	before := pointsOf(a, "primary", "returns")
	a.wait(36 * time.Hour) // a point goes within eight hours of its expiry
	after := pointsOf(a, "primary", "returns")
	if newest := *after[0].CreationDate; newest.Before(*before[0].CreationDate) || newest.Before(demo.Today()) {
		t.Errorf("the newest recovery point is of %v", newest)
	}
	if oldest := *after[len(after)-1].RecoveryPointArn; oldest == *before[len(before)-1].RecoveryPointArn {
		t.Error("the oldest recovery point is still there: loaded points must expire as their lifecycle says")
	}
	jobs := ask[backup.ListBackupJobsOutput](a, "backup", &backup.ListBackupJobsInput{ByResourceArn: aws.String(home.ARN("dynamodb", "table/shipments"))}).BackupJobs
	if j := jobs[0]; j.CreationDate.Before(demo.Today()) || j.State != backuptypes.BackupJobStateFailed {
		t.Errorf("the newest job of shipments is of %v and %s, want a new one that failed", j.CreationDate, j.State)
	}
}

// TestALoadedWorldDrawsNewIdentifiers: the same seed would give a new recovery point the ARN of one that was loaded.
func TestALoadedWorldDrawsNewIdentifiers(t *testing.T) {
	a, _ := loadedDemo(t)
	old := map[string]bool{}
	for _, p := range pointsOf(a, "primary", "returns") {
		old[aws.ToString(p.RecoveryPointArn)] = true
	}
	loaded := demo.Today()
	a.wait(7 * 24 * time.Hour)
	fresh := 0
	for _, p := range pointsOf(a, "primary", "returns") {
		if p.CreationDate.After(loaded) {
			fresh++
			if old[*p.RecoveryPointArn] {
				t.Errorf("%s was there before", *p.RecoveryPointArn)
			}
		}
	}
	if fresh < 6 {
		t.Errorf("%d new points in seven days", fresh)
	}
}

func TestALoadedRecoveryPointRestoresAnEmptyTableAndSaysSo(t *testing.T) {
	a, _ := loadedDemo(t)
	job := ask[backup.StartRestoreJobOutput](a, "backup", &backup.StartRestoreJobInput{
		RecoveryPointArn: pointsOf(a, "primary", "orders")[0].RecoveryPointArn, IamRoleArn: aws.String("arn:aws:iam::111122223333:role/backup-service"),
		Metadata: map[string]string{"targetTableName": "orders-again", "encryptionType": "Default"},
	})
	a.wait(3 * time.Hour)
	done := ask[backup.DescribeRestoreJobOutput](a, "backup", &backup.DescribeRestoreJobInput{RestoreJobId: job.RestoreJobId})
	if done.Status != backuptypes.RestoreJobStatusCompleted || !strings.Contains(aws.ToString(done.StatusMessage), "empty") {
		t.Errorf("the job is %s and says %q", done.Status, aws.ToString(done.StatusMessage))
	}
	table := ask[dynamodb.DescribeTableOutput](a, "dynamodb", &dynamodb.DescribeTableInput{TableName: aws.String("orders-again")}).Table
	if aws.ToInt64(table.ItemCount) != 0 || len(table.KeySchema) != 2 || len(table.GlobalSecondaryIndexes) != 1 {
		t.Errorf("the restored table has %d items, %d keys and %d indexes, want none and the form of orders", aws.ToInt64(table.ItemCount), len(table.KeySchema), len(table.GlobalSecondaryIndexes))
	}
}

func TestAResetGoesBackToTheLoadedState(t *testing.T) {
	a, s := loadedDemo(t)
	before := write(t, s)
	a.do("dynamodb", &dynamodb.DeleteTableInput{TableName: aws.String("wishlists")})
	a.wait(time.Hour)
	if slices.Equal(before, write(t, s)) {
		t.Fatal("nothing changed")
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if after := write(t, s); !slices.Equal(before, after) {
		t.Error("after a reset the estate is another one")
	}
}

// unit is an account in a Region of which little is known.
func unit(text string) string {
	return `{"partition":"aws","account":"111122223333","region":"eu-west-1","now":"2026-05-01T00:00:00Z","reached":true,"full":true` + text + `}`
}

func parseUnits(t *testing.T, units ...string) *estate.Estate {
	t.Helper()
	return parse(t, []byte(`{"schema_version":1,"tool":"test","collected_at":"2026-05-01T00:00:00Z","units":[`+strings.Join(units, ",")+`]}`))
}

func TestWhatCannotBeLoadedIsNamed(t *testing.T) {
	table := func(id, name, more string) string {
		return `{"id":"` + id + `","name":"` + name + `"` + more + `}`
	}
	for _, c := range []struct {
		name  string
		units []string
		want  []string
	}{
		{"a template", []string{`{"tables":[` + table("aws_dynamodb_table.a", "orders", "") + `]}`}, []string{"unit 0", "template"}},
		{"an account without a Region", []string{`{"account":"111122223333"}`}, []string{"Region is not known"}},
		{"two tables of one name", []string{unit(`,"tables":[` + table("a", "orders", "") + "," + table("b", "orders", "") + `]`)}, []string{"eu-west-1", "two tables orders"}},
		{"two vaults of one name", []string{unit(`,"vaults":[{"id":"a","name":"v1"},{"id":"b","name":"v1"}]`)}, []string{"two vaults v1"}},
		{"one Region twice", []string{unit(""), unit("")}, []string{"unit 1", "eu-west-1"}},
		{"a table without a name", []string{unit(`,"tables":[{"id":"somewhere"}]`)}, []string{"somewhere", "no known name"}},
		{"an impossible name", []string{unit(`,"tables":[` + table("the-id", "a b", "") + `]`)}, []string{"the-id"}},
		{"an impossible schema", []string{unit(`,"tables":[` + table("the-id", "orders", `,"key_schema":[{"attribute":"x","type":"RANGE"}],"attributes":[{"name":"x","type":"S"}]`) + `]`)}, []string{"the-id"}},
		{"a backup without an ARN", []string{unit(`,"backups":[{"id":"b-1","name":"x"}]`)}, []string{"b-1"}},
		{"a role with a broken trust policy", []string{unit(`,"roles":[{"id":"arn:aws:iam::111122223333:role/r","arn":"arn:aws:iam::111122223333:role/r","exists":true,"trust":"{"}]`)}, []string{"role/r"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			es := parseUnits(t, c.units...)
			err := estatebridge.Load(still(t, time.Time{}, nil).Assembly(), es)
			if err == nil {
				t.Fatal("it was loaded")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func TestWhatIsNotKnownIsAssumedAndSaid(t *testing.T) {
	es := parseUnits(t, unit(`,
		"tables":{"items":[{"id":"t","name":"orders"},{"id":"d","name":"going","status":"DELETING"}]},
		"vaults":{"whole":true,"items":[{"id":"v","name":"main","key_arn":"arn:aws:kms:eu-west-1:111122223333:key/0a","recovery_points":{"items":[]}}]},
		"plans":{"whole":true,"items":[{"id":"arn:aws:backup:eu-west-1:111122223333:backup-plan:p1","name":"daily","rules":{"whole":true,"items":[
			{"id":"r1","name":"r","vault":"main","schedule":"cron(nonsense)"}]},
			"selections":{"whole":true,"items":[{"id":"s1","name":"s","role_arn":"arn:aws:iam::111122223333:role/r"}]}}]}`))
	notes, err := estatebridge.LoadNotes(still(t, time.Time{}, nil).Assembly(), es)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"orders: not known: keys", "orders: not known: tags", "orders: not known: point-in-time recovery", "orders: not known: deletion protection",
		"going was being deleted", "may not hold all tables", "may not hold all recovery points of vault main", "may not hold all backup jobs",
		"nothing is known of key arn:aws:kms:eu-west-1:111122223333:key/0a", "nothing is known of role", "managed backup policies", "the opt-in of AWS Backup is not known",
		"cron(nonsense)", "selection s of plan daily is not known in full",
	} {
		if !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, want) }) {
			t.Errorf("nothing says %q in:\n%s", want, strings.Join(notes, "\n"))
		}
	}
	if n := len(notes); n != len(slices.Compact(slices.Sorted(slices.Values(notes)))) {
		t.Error("something is said twice")
	}
}

func TestTheEstateThatFuzzingStartsFromLoads(t *testing.T) {
	file, err := os.ReadFile("testdata/small.json")
	if err != nil {
		t.Fatal(err)
	}
	es := parse(t, write(t, reload(t, file)))
	if u := es.Units[0]; len(u.Tables.Items) != 1 || len(u.Plans.Items) != 1 || len(u.Vaults.Items[0].RecoveryPoints.Items) != 1 || len(u.BackupJobs.Items) != 1 || len(u.RestoreTestingPlans.Items) != 1 {
		t.Errorf("something is missing: %+v", u)
	}
}

func TestAnEmptyEstateIsAnEmptyAWS(t *testing.T) {
	s := still(t, time.Time{}, func(as *awssim.Assembly) error { return estatebridge.Load(as, &estate.Estate{}) })
	if es := parse(t, write(t, s)); len(es.Units) != 0 {
		t.Errorf("%d units", len(es.Units))
	}
}
