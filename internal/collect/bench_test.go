package collect_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/collect"
)

// BenchmarkLatency collects 1,000 tables at 50 ms latency, rates off, and compares with four reads per table made one after another.
func BenchmarkLatency(b *testing.B) {
	const tables, latency = 1000, 50 * time.Millisecond
	sim := (&company{tables: tables, vaults: 3, plans: 5, points: 1000, jobs: 1000}).serve(b, awssim.Options{Latency: latency})
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
	sim := (&company{tables: tables}).serve(b, awssim.Options{Rates: true})
	var took time.Duration
	for b.Loop() {
		if err := sim.Reset(); err != nil {
			b.Fatal(err)
		}
		s := session(b, sim, awsapi.Options{Rates: awsapi.RatesAWS})
		began := time.Now()
		gather(b, s, collect.Options{})
		took = time.Since(began)
		s.Close()
	}
	bound := (tables - perSecond) / perSecond // the bucket's burst is its rate
	b.ReportMetric(took.Seconds()/bound, "times-bound")
	b.ReportMetric(float64(perTableCalls(sim.Calls()))/tables, "describes/table")
}

// BenchmarkMemory collects 35,000 recovery points of 1,000 tables and reports what the estate keeps of each.
func BenchmarkMemory(b *testing.B) {
	const points = 35_000
	sim := (&company{tables: 1000, vaults: 1, points: points}).serve(b, awssim.Options{})
	var kept float64
	for b.Loop() {
		s := session(b, sim, awsapi.Options{})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		u := gather(b, s, collect.Options{})
		runtime.GC()
		runtime.ReadMemStats(&after)
		kept = float64(after.HeapAlloc) - float64(before.HeapAlloc)
		runtime.KeepAlive(u)
		s.Close()
	}
	b.ReportMetric(kept/points, "B/point")
}
