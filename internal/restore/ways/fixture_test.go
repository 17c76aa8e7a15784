package ways_test

import (
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy/price"
	"github.com/restorable/restorable/internal/restore/ways"
)

const (
	account = "111122223333"
	region  = "eu-west-1"
	orders  = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
	key     = "arn:aws:kms:eu-west-1:111122223333:key/k1"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func known[T any](v T) estate.Fact[T]                  { return estate.KnownFact(v, 1) }
func absent[T any]() estate.Fact[T]                    { return estate.AbsentFact[T](1) }
func at(ago time.Duration) estate.Fact[estate.Instant] { return known(estate.At(now.Add(-ago))) }
func whole[T any](items ...T) estate.List[T] {
	return estate.List[T]{Items: items, Whole: known(true)}
}

// unit is an account and Region in which everything was read and nothing is.
func unit(in string) *estate.Unit {
	u := &estate.Unit{Partition: known("aws"), Account: known(account), Region: known(in), Now: at(0), Reached: known(true)}
	u.Record(estate.Provenance{Operation: "test:Read"})
	u.Tables, u.Vaults, u.Backups, u.CopyJobs, u.Keys = whole[estate.Table](), whole[estate.Vault](), whole[estate.NativeBackup](), whole[estate.CopyJob](), whole[estate.Key]()
	u.RestoreJobs = whole[estate.RestoreJob]()
	return u
}

func table(arn, id string, age time.Duration) estate.Table {
	return estate.Table{
		ID: arn, ARN: known(arn), Name: known("orders"), TableID: known(id), Status: known("ACTIVE"), CreatedAt: at(age), SizeBytes: known[int64](2 << 30), ItemCount: known[int64](7),
		SSEType: absent[string](), KeyARN: absent[string](), KeyInaccessibleAt: absent[estate.Instant](), ArchivalBackup: absent[string](),
		PITRStatus: known("ENABLED"), PITRPeriodDays: known[int64](35), PITREarliest: at(min(age, 35*24*time.Hour)), PITRLatest: at(5 * time.Minute),
	}
}

func native(name, id string, age time.Duration) estate.NativeBackup {
	return estate.NativeBackup{
		ID: orders + "/backup/" + name, Name: known(name), TableARN: known(orders), TableName: known("orders"), TableID: known(id), Status: known("AVAILABLE"), Type: known("USER"),
		CreatedAt: at(age), ExpiresAt: absent[estate.Instant](), SizeBytes: known[int64](1 << 20), TableCreatedAt: at(age + 24*time.Hour), ItemCount: known[int64](5), KeyARN: absent[string](),
	}
}

func system(id string, age time.Duration) estate.NativeBackup {
	b := native("orders$DeletedTableBackup", id, age)
	b.ID, b.Type, b.ExpiresAt = orders+"/backup/1-00000000", known("SYSTEM"), at(age-35*24*time.Hour)
	return b
}

func point(id string, age time.Duration) estate.RecoveryPoint {
	return estate.RecoveryPoint{
		ID: "arn:aws:backup:eu-west-1:111122223333:recovery-point:" + id, ResourceARN: known(orders), ResourceType: known("DynamoDB"), Status: known("COMPLETED"),
		CreatedAt: at(age), CompletedAt: at(age - 10*time.Minute), DeleteAt: at(age - 35*24*time.Hour), ColdAt: absent[estate.Instant](), SizeBytes: known[int64](1 << 20),
		KeyARN: known(key), SourceVault: absent[string](),
	}
}

func vault(name, in string, points ...estate.RecoveryPoint) estate.Vault {
	arn := "arn:aws:backup:" + in + ":111122223333:backup-vault:" + name
	return estate.Vault{ID: arn, ARN: known(arn), Name: known(name), RecoveryPoints: whole(points...)}
}

func enabled() estate.Key {
	return estate.Key{ID: key, ARN: known(key), State: known("Enabled"), Manager: known("CUSTOMER"), DeletionDate: absent[estate.Instant]()}
}

func list(t *testing.T, name string, units ...*estate.Unit) ([]ways.Way, []ways.Unknown) {
	t.Helper()
	all, unknown, err := ways.List(&estate.Estate{Units: units}, name, ways.Options{Prices: price.Default()})
	if err != nil {
		t.Fatal(err)
	}
	return all, unknown
}

// rich is a table that was deleted and made again, with ways of every kind in two Regions.
func rich() []*estate.Unit {
	home, away := unit(region), unit("us-east-1")
	home.Tables = whole(table(orders, "new", 10*24*time.Hour))
	home.Backups = whole(native("before", "new", 3*24*time.Hour), native("old", "old", 20*24*time.Hour), system("old", 11*24*time.Hour))
	home.Vaults = whole(vault("primary", region, point("p1", 24*time.Hour), point("p2", 48*time.Hour), point("p3", 15*24*time.Hour)))
	home.Keys = whole(enabled())
	copied := point("c1", 48*time.Hour)
	copied.ID, copied.SourceVault, copied.KeyARN = "arn:aws:backup:us-east-1:111122223333:recovery-point:c1", known(home.Vaults.Items[0].ID), absent[string]()
	away.Vaults = whole(vault("offsite", "us-east-1", copied))
	home.CopyJobs = whole(
		estate.CopyJob{ID: "j1", ResourceARN: known(orders), State: known("COMPLETED"), SourcePoint: known(point("p2", 0).ID), DestinationVault: known(away.Vaults.Items[0].ID), DestinationPoint: known(copied.ID)},
		estate.CopyJob{ID: "j2", ResourceARN: known(orders), State: known("COMPLETED"), SourcePoint: known(point("p1", 0).ID),
			DestinationVault: known("arn:aws:backup:ap-south-1:111122223333:backup-vault:far"), DestinationPoint: known("arn:aws:backup:ap-south-1:111122223333:recovery-point:c2")})
	return []*estate.Unit{home, away}
}
