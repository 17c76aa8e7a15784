//go:build unix

package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/estate"
)

// BenchmarkMonth runs 35 days of a daily plan over 1,000 tables in a simulator of its own. Target: under 20 s.
func BenchmarkMonth(b *testing.B) {
	const days, tables = 35, 1_000
	es := Company{Tables: tables, Plans: 1, Vaults: 1}.Estate()
	plan := &es.Units[0].Plans.Items[0]
	plan.Rules.Items = plan.Rules.Items[:1] // the nightly one
	plan.Selections.Items[0].Resources = estate.KnownFact([]string{arn("dynamodb", "table/*")}, 0)
	name := b.TempDir() + "/estate.json"
	writeFile(b, name, es)
	sim := simulate(b, "--load", name)
	for b.Loop() {
		sim.control(b, "POST", "reset", "", nil)
		began := time.Now()
		sim.control(b, "POST", "clock", fmt.Sprintf(`{"advance":"%dd"}`, days), nil)
		took := time.Since(began).Seconds()
		b.ReportMetric(took, "s/month")
		b.ReportMetric(took/20, "of-target")
		b.ReportMetric(float64(sim.points(b)), "recovery-points")
	}
}

// points counts the recovery points of the first vault over AWS's own interface.
func (s *simulator) points(b testing.TB) int64 {
	b.Helper()
	var out struct{ Units []json.RawMessage }
	s.control(b, "GET", "estate", "", &out)
	var raw bytes.Buffer
	fmt.Fprintf(&raw, `{"schema_version":1,"units":[%s]}`, out.Units[0])
	es, err := estate.Load(&raw)
	if err != nil {
		b.Fatal(err)
	}
	n := int64(0)
	for _, v := range es.Units[0].Vaults.Items {
		n += int64(len(v.RecoveryPoints.Items))
	}
	return n
}

// BenchmarkMillionItems puts a million items of 400 bytes into a simulator, with PITR and a backup, and asks what its process takes.
// Target: under 2 GB.
func BenchmarkMillionItems(b *testing.B) {
	const items, workers = 1_000_000, 8
	if runtime.GOOS != "linux" {
		b.Skip("reads the memory of a running process from /proc")
	}
	for b.Loop() {
		sim := simulate(b)
		db := dynamodb.New(dynamodb.Options{
			Region: Region, BaseEndpoint: aws.String(sim.url), Credentials: credentials.NewStaticCredentialsProvider(Account, "any", ""),
			HTTPClient: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}},
		})
		began := time.Now()
		prepareItems(b, sim, db)
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() { putItems(b, db, w*items/workers, (w+1)*items/workers) })
		}
		group.Wait()
		if _, err := db.CreateBackup(b.Context(), &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("all")}); err != nil {
			b.Fatal(err)
		}
		peak := sim.peak(b)
		b.ReportMetric(float64(peak)/1e6, "peak-MB")
		b.ReportMetric(float64(peak)/items, "B/item")
		b.ReportMetric(float64(peak)/2e9, "of-target")
		b.ReportMetric(time.Since(began).Seconds(), "s/load")
	}
}

func prepareItems(b *testing.B, sim *simulator, db *dynamodb.Client) {
	b.Helper()
	_, err := db.CreateTable(b.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("orders"), BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
	})
	if err != nil {
		b.Fatal(err)
	}
	sim.control(b, "POST", "clock", `{"advance":"1m"}`, nil)
	_, err = db.UpdateContinuousBackups(b.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"),
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
	if err != nil {
		b.Fatal(err)
	}
}

// putItems writes items from one number to another, 25 at a time, which is what AWS takes. Each is 400 bytes with its names.
func putItems(b *testing.B, db *dynamodb.Client, from, to int) {
	body := strings.Repeat("x", 400-len("pk")-24-len("d")-10)
	for i := from; i < to; i += 25 {
		var page []types.WriteRequest
		for k := i; k < min(i+25, to); k++ {
			page = append(page, types.WriteRequest{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{
				"pk": &types.AttributeValueMemberS{Value: fmt.Sprintf("order-%018d", k)}, "d": &types.AttributeValueMemberS{Value: fmt.Sprintf("%s%010d", body, k)},
			}}})
		}
		if _, err := db.BatchWriteItem(b.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"orders": page}}); err != nil {
			b.Error(err)
			return
		}
	}
}
