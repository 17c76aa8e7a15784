package collect_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/collect"
)

// crowd is the real simulator with n tables in it.
func crowd(b *testing.B, n int, o awssim.Options) *simtest.Sim {
	b.Helper()
	sim := simtest.Start(b, o)
	db := dynamodb.NewFromConfig(sim.Config(), func(o *dynamodb.Options) { o.RetryMaxAttempts = 10 })
	var g errgroup.Group
	g.SetLimit(50)
	for i := range n {
		g.Go(func() error {
			_, err := db.CreateTable(context.Background(), &dynamodb.CreateTableInput{
				TableName: aws.String(fmt.Sprintf("t%04d", i)), BillingMode: types.BillingModePayPerRequest,
				KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
				AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
			})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	sim.Advance(time.Minute)
	return sim
}

// BenchmarkLatency collects 1,000 tables at 50 ms latency, rates off, and compares with four reads per table made one after another.
func BenchmarkLatency(b *testing.B) {
	const tables, latency = 1000, 50 * time.Millisecond
	sim := crowd(b, tables, awssim.Options{Latency: latency})
	var took time.Duration
	for b.Loop() {
		s := session(b, sim, awsapi.Options{}) // cold: connections are part of the price
		began := time.Now()
		gather(b, s, collect.Options{})
		took = time.Since(began)
		s.Close()
	}
	b.ReportMetric((4*tables*latency).Seconds()/took.Seconds(), "times-faster")
	b.ReportMetric(took.Seconds(), "s/scan")
}

// BenchmarkRates collects 300 tables under AWS's rates and compares with the shortest time that DescribeContinuousBackups' bucket of 10 a second allows.
func BenchmarkRates(b *testing.B) {
	const tables, perSecond = 300, 10.0
	sim := crowd(b, tables, awssim.Options{Rates: true})
	before := perTableCalls(sim.Calls())
	var took time.Duration
	for b.Loop() {
		s := session(b, sim, awsapi.Options{Rates: awsapi.RatesAWS})
		began := time.Now()
		gather(b, s, collect.Options{})
		took = time.Since(began)
		s.Close()
	}
	bound := (tables - perSecond) / perSecond // the bucket's burst is its rate
	b.ReportMetric(took.Seconds()/bound, "times-bound")
	b.ReportMetric(float64(perTableCalls(sim.Calls())-before)/tables/float64(b.N), "describes/table")
}

// BenchmarkMemory collects vaults of 35,000 and 105,000 recovery points and reports what the estate keeps for each further point.
func BenchmarkMemory(b *testing.B) {
	const few, many = 35_000, 105_000
	var perPoint float64
	for b.Loop() {
		perPoint = (keptOf(b, many) - keptOf(b, few)) / (many - few)
	}
	b.ReportMetric(perPoint, "B/point")
}

func keptOf(b *testing.B, points int) float64 {
	b.Helper()
	sim := (&company{tables: 100, vaults: 1, points: points}).serve(b, awssim.Options{})
	s := session(b, sim, awsapi.Options{})
	defer s.Close()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	u := gather(b, s, collect.Options{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(u)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}
