package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/demo"
)

// disaster is the heading under which a runbook tells what to do when it has happened: there it happens.
const disaster = "## When it has happened"

// disasters are what happens in each runbook.
func disasters() map[string]func(*testing.T, *awssim.Server, *dynamodb.Client) {
	return map[string]func(*testing.T, *awssim.Server, *dynamodb.Client){
		"table-deleted.md":       deleteOrders,
		"bad-deploy.md":          damageOrders,
		"region-lost.md":         loseRegion,
		"account-compromised.md": deleteOrders,
	}
}

// TestRunbooksLeadBack follows each runbook through its disaster: every command does what the runbook says.
func TestRunbooksLeadBack(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "runbooks", "*.md"))
	if err != nil || len(files) != len(disasters()) {
		t.Fatalf("%d runbooks: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			strike := disasters()[filepath.Base(file)]
			text, err := os.ReadFile(file)
			if err != nil || strike == nil {
				t.Fatal(err, "or no disaster")
			}
			at := strings.Count(strings.SplitN(string(text), disaster, 2)[0], "\n") + 1
			r, sim := newFastReader(t, file)
			struck := false
			for _, e := range examplesIn(string(text)) {
				if !struck && e.line > at {
					strike(t, sim, dynamodb.New(dynamodb.Options{Region: demo.Home, BaseEndpoint: aws.String(r.simulator), Credentials: credentials.NewStaticCredentialsProvider(demo.Account, "any", "")}))
					sim.Advance(10 * time.Minute)
					struck = true
				}
				differ := strings.Contains(e.command, " compare ") // and is to say so
				if got, code := r.run(t, e.command); code != 0 && (code != 1 || !differ) {
					t.Fatalf("%s:%d: %s\nexit code %d:\n%s", file, e.line, e.command, code, got)
				}
			}
			if !struck {
				t.Error("the disaster never happened")
			}
		})
	}
}

// newFastReader is newReader in a simulated AWS whose time runs: a restore takes a second.
func newFastReader(t *testing.T, file string) (*reader, *awssim.Server) {
	t.Helper()
	return newReaderAt(t, file, 600)
}

func deleteOrders(t *testing.T, _ *awssim.Server, db *dynamodb.Client) {
	t.Helper()
	name := aws.String("orders")
	if _, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: name, DeletionProtectionEnabled: aws.Bool(false)}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: name}); err != nil {
		t.Fatal(err)
	}
}

// damageOrders spoils one item.
func damageOrders(t *testing.T, _ *awssim.Server, db *dynamodb.Client) {
	t.Helper()
	out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("orders"), Limit: aws.Int32(1)})
	if err != nil || len(out.Items) == 0 {
		t.Fatal(err, "or no items")
	}
	out.Items[0]["status"] = &types.AttributeValueMemberS{Value: "spoilt"}
	if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: out.Items[0]}); err != nil {
		t.Fatal(err)
	}
}

// loseRegion lets nothing in the home Region answer that names a thing there.
func loseRegion(t *testing.T, sim *awssim.Server, _ *dynamodb.Client) {
	t.Helper()
	if err := sim.SetFaults([]awssim.Fault{{Action: "*", Resource: "arn:aws:*:" + demo.Home + ":*", Error: "ServiceUnavailableException"}}); err != nil {
		t.Fatal(err)
	}
}
