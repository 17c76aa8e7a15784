package collect_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
)

// TestOneTablesBackupsAreDescribed: of one table alone, deleted or not, its own backups are listed and each says what the table was like.
func TestOneTablesBackupsAreDescribed(t *testing.T) {
	sim := scene(t, awssim.Options{})
	db, ctx := dynamodb.NewFromConfig(sim.Config()), context.Background()
	for _, name := range []string{"orders", "sessions"} {
		must[dynamodb.CreateBackupOutput](t)(db.CreateBackup(ctx, &dynamodb.CreateBackupInput{TableName: aws.String(name), BackupName: aws.String("by-hand")}))
	}
	sim.Advance(time.Minute)
	must[dynamodb.DeleteTableOutput](t)(db.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String("orders")}))
	sim.Advance(time.Minute)
	before := sim.Calls()["dynamodb:DescribeBackup"]
	e, err := collect.Collect(t.Context(), session(t, sim, awsapi.Options{}), collect.Options{Backups: "orders", Needs: awsapi.Ways()})
	if err != nil {
		t.Fatal(err)
	}
	u := e.Units[0]
	if n := len(u.Backups.Items); n != 2 || !u.Backups.IsWhole() || sim.Calls()["dynamodb:DescribeBackup"]-before != n {
		t.Errorf("%d backups of orders, %d described", n, sim.Calls()["dynamodb:DescribeBackup"]-before)
	}
	kinds := map[string]bool{}
	for _, b := range u.Backups.Items {
		kinds[b.Type.Or("")] = true
		created, ok := b.TableCreatedAt.Get()
		key, _ := b.KeyARN.Get()
		if !ok || !created.Before(b.CreatedAt.Or(0)) || !b.ItemCount.IsKnown() || !strings.Contains(key, ":key/") {
			t.Errorf("%+v", b)
		}
		if i := keyAt(u, key); i < 0 || u.Keys.Items[i].State.Or("") != "Enabled" {
			t.Errorf("nobody asked about the key of a backup whose table is gone: %+v", u.Keys)
		}
	}
	if !kinds["USER"] || !kinds[string(types.BackupTypeSystem)] {
		t.Errorf("types %v", kinds)
	}
}

func keyAt(u *estate.Unit, arn string) int {
	for i := range u.Keys.Items {
		if u.Keys.Items[i].ID == arn {
			return i
		}
	}
	return -1
}

// TestABackupThatGoesMeanwhileIsNotListed: gone is known; anything else that keeps a backup from being described leaves it listed.
func TestABackupThatGoesMeanwhileIsNotListed(t *testing.T) {
	for code, want := range map[string]int{"BackupNotFoundException": 0, "AccessDeniedException": 1, "garbage": 1} {
		sim := (&company{tables: 2}).serve(t, awssim.Options{})
		if err := sim.SetFaults([]awssim.Fault{{Action: "dynamodb:DescribeBackup", Error: code}}); err != nil {
			t.Fatal(err)
		}
		e, err := collect.Collect(t.Context(), session(t, sim, awsapi.Options{MaxAttempts: 1}), collect.Options{Needs: awsapi.Ways()})
		if err != nil {
			t.Fatal(err)
		}
		list := e.Units[0].Backups.Items
		if len(list) != want || want > 0 && !list[0].KeyARN.IsUnknown() {
			t.Errorf("%s: %+v", code, list)
		}
	}
}
