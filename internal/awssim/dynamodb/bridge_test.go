package dynamodb

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

func TestBridge(t *testing.T) {
	l := newLab(t, Options{})
	since := l.w.Now().Add(-3 * 24 * time.Hour)
	in := rich("orders")
	settings := TableSettings{
		Name: "orders", ID: "11111111-2222-4333-8444-555555555555", CreatedAt: since, Attributes: in.AttributeDefinitions, Keys: in.KeySchema, GlobalIndexes: in.GlobalSecondaryIndexes,
		LocalIndexes: in.LocalSecondaryIndexes, BillingMode: types.BillingModePayPerRequest, KeyARN: cmk, Stream: types.StreamViewTypeNewImage, TTLAttribute: "x", DeletionProtection: true,
		Tags: map[string]string{"a": "b"}, Policy: `{"Statement":[]}`, PITR: &PITRSettings{EnabledAt: since, PeriodInDays: 2}, SizeBytes: 1000, ItemCount: 10,
	}
	old := BackupSettings{ARN: here.ARN("dynamodb", "table/orders/backup/01489173575360-b308cd7d"), Name: "old", CreatedAt: since, SizeBytes: 7, TableID: settings.ID}
	l.w.Do(func() {
		if err := l.s.Import(here, settings); err != nil {
			t.Fatal(err)
		}
		if err := l.s.ImportBackup(here, old); err != nil {
			t.Fatal(err)
		}
		if err := l.s.Import(here, settings); err == nil {
			t.Error("the same table was imported twice")
		}
	})
	if got := pitrDescription(l, "orders"); !got.EarliestRestorableDateTime.Equal(l.w.Now().Add(-2 * 24 * time.Hour)) {
		t.Errorf("%+v", got)
	}
	l.w.Do(func() {
		tables, backups := l.s.Dump(here)
		if len(tables) != 1 || len(backups) != 1 || backups[0].Type != types.BackupTypeUser || backups[0].ARN != old.ARN {
			t.Fatalf("%v %v", tables, backups)
		}
		if got := tables[0]; got.ID != settings.ID || !got.CreatedAt.Equal(since) || got.SizeBytes != 1000 || got.KeyARN != cmk || got.Stream != settings.Stream || got.TTLAttribute != "x" ||
			got.PITR.PeriodInDays != 2 || got.Policy != settings.Policy || len(got.GlobalIndexes) != 1 || len(got.LocalIndexes) != 1 {
			t.Errorf("%+v", got)
		}
	})
	must(l, l.s.restoreTableFromBackup, &dynamodb.RestoreTableFromBackupInput{BackupArn: &old.ARN, TargetTableName: aws.String("copy")})
	l.advance(13 * time.Minute)
	if got := l.describe("copy"); *got.ItemCount != 0 || len(got.GlobalSecondaryIndexes) != 1 {
		t.Errorf("%+v", got)
	}
}

// A table that is no longer written to still forgets what has left the window.
func TestThePastIsSwept(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.pitrOn("orders")
	for i := range 10 {
		l.put("orders", item.Item{"p": str("a"), "v": num(fmt.Sprint(i))})
		l.advance(time.Second)
	}
	store := l.s.region(here).tables["orders"].items
	if got := store.Versions(); got != 10 {
		t.Errorf("%d versions are held, want 10", got)
	}
	l.advance(37 * 24 * time.Hour)
	if got := store.Versions(); got != 1 {
		t.Errorf("%d versions are held after the window has passed", got)
	}
}

// One million items of 400 bytes with PITR, an index, a backup and a tenth rewritten fit in 2 GB: run with RESTORABLE_MEMORY=1.
func TestMillionItems(t *testing.T) {
	if os.Getenv("RESTORABLE_MEMORY") == "" {
		t.Skip("set RESTORABLE_MEMORY=1 to measure a million items")
	}
	const n = 1_000_000
	l := newLab(t, Options{})
	l.create(simple("orders"))
	l.pitrOn("orders")
	body := strings.Repeat("x", 360)
	fill := func(from, to int, tail string) {
		for i := from; i < to; i += 1000 {
			var page []map[string]types.AttributeValue
			for j := i; j < i+1000; j++ {
				page = append(page, item.Item{"p": str(fmt.Sprintf("order-%018d", j)), "d": str(body + tail)})
			}
			l.w.Do(func() {
				if err := l.s.PutItems(here, "orders", page); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	start := time.Now()
	fill(0, n, "0123456789")
	loaded := time.Since(start)
	must(l, l.s.createBackup, &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("all")})
	l.advance(time.Second)
	fill(0, n/10, "9876543210")
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d bytes per item live, %d MB from the system, loaded in %s, item size %d", m.HeapAlloc/n, m.Sys>>20, loaded, l.s.region(here).tables["orders"].bytes/n)
	if m.Sys > 2<<30 {
		t.Errorf("the process took %d MB", m.Sys>>20)
	}
	runtime.KeepAlive(l)
}
