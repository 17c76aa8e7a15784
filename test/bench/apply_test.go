//go:build unix

package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

// BenchmarkApply switches PITR on for many tables under AWS's rates and compares with the shortest time that AWS's slowest bucket
// allows: each change is looked at before and read back after, two DescribeContinuousBackups of 10 a second with as many saved up.
// Target: at most 1.2 times that, and next to no throttling.
func BenchmarkApply(b *testing.B) {
	for _, tables := range []int{300, 1_000} {
		b.Run(fmt.Sprint(tables), func(b *testing.B) {
			for b.Loop() {
				benchmarkApply(b, tables)
			}
		})
	}
}

func benchmarkApply(b *testing.B, tables int) {
	const perSecond, looks = 10.0, 2
	name := unprotected(b, tables)
	sim := simulate(b, "--load", name, "--rates", "aws")
	env := []string{"AWS_ENDPOINT_URL=" + sim.url, "XDG_STATE_HOME=" + b.TempDir()}
	plan := filepath.Join(b.TempDir(), "plan.json")
	measure(b, binary(b), command{args: []string{"plan", name, "--only", "enable-pitr", "-o", "json=" + plan}, env: env})
	var out bytes.Buffer
	u := measure(b, binary(b), command{args: []string{"apply", plan, "--auto-approve", "-o", "json"}, env: env, out: &out})
	var result struct{ Counts map[string]int }
	if err := json.Unmarshal(out.Bytes(), &result); err != nil || result.Counts["done"] != tables {
		b.Fatalf("%v done of %d: %v", result.Counts, tables, err)
	}
	calls := sim.calls(b)
	bound := (looks*float64(tables) - perSecond) / perSecond
	b.ReportMetric(u.Wall.Seconds(), "s/apply")
	b.ReportMetric(bound, "s/bound")
	b.ReportMetric(u.Wall.Seconds()/bound, "times-bound")
	b.ReportMetric(float64(total(calls))/float64(tables), "calls/table")
	b.ReportMetric(float64(calls["dynamodb:DescribeContinuousBackups"]-looks*tables), "throttled") // each throttled call is made again
	b.ReportMetric(u.megabytes(), "peak-MB")
}

// unprotected is the estate file of a company without PITR anywhere.
func unprotected(b *testing.B, tables int) string {
	b.Helper()
	es := Company{Tables: tables, Plans: 5, Vaults: 1, Points: 1, Jobs: 1}.Estate()
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			t.PITRStatus, t.PITRPeriodDays = estate.KnownFact("DISABLED", 0), estate.AbsentFact[int64](0)
			t.PITREarliest, t.PITRLatest = estate.AbsentFact[estate.Instant](0), estate.AbsentFact[estate.Instant](0)
		}
	}
	name := filepath.Join(b.TempDir(), "estate.json")
	writeFile(b, name, es)
	return name
}
