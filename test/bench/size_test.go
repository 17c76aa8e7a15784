//go:build unix

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// BenchmarkEvaluate judges 10,000 tables, 100 plans and 350,000 recovery points on one core, with every control: estate
// to findings. Target: under 6 s. The processor's time says the same on a machine that has other things to do.
func BenchmarkEvaluate(b *testing.B) {
	es, catalogue := Sized(10_000).Estate(), everyControl(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	findings, cpu := 0, 0.0
	b.ResetTimer()
	for b.Loop() {
		n, took := judge(b, catalogue, es)
		findings, cpu = n, cpu+took
	}
	took := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(took, "s/evaluation")
	b.ReportMetric(cpu/float64(b.N), "cpu-s/evaluation")
	b.ReportMetric(took/6, "of-target")
	b.ReportMetric(float64(findings), "findings")
}

// BenchmarkEvaluateLinear compares the processor's time for one finding among 10,000 tables with that among 1,000, of the same company:
// 1 is linear, 10 is quadratic. Target: at most 1.5. Larger companies do not fit the caches, and the collector has more to walk.
func BenchmarkEvaluateLinear(b *testing.B) {
	catalogue := everyControl(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var each [2]float64
	for b.Loop() {
		for i, tables := range []int{1_000, 10_000} {
			es := Sized(tables).Estate()
			n, took := judge(b, catalogue, es)
			each[i] += took / float64(n)
		}
	}
	b.ReportMetric(each[0]/float64(b.N)*1e6, "µs/finding-of-1000")
	b.ReportMetric(each[1]/float64(b.N)*1e6, "µs/finding-of-10000")
	b.ReportMetric(each[1]/each[0], "ratio")
}

func everyControl(b *testing.B) *control.Catalogue {
	b.Helper()
	catalogue, err := control.Load()
	if err != nil {
		b.Fatal(err)
	}
	return catalogue
}

// judge counts the findings of an estate under every control, and the seconds of the processor that they took.
func judge(b *testing.B, catalogue *control.Catalogue, es *estate.Estate) (findings int, seconds float64) {
	b.Helper()
	runtime.GC()
	began := cpuTime(b)
	indexes := protection.NewIndexes(es)
	for _, u := range es.Units {
		for range catalogue.Evaluate(u, control.Options{Index: indexes[u]}).Findings() {
			findings++
		}
	}
	return findings, (cpuTime(b) - began).Seconds()
}

// BenchmarkScanFile scans estate files of growing companies as a process. Target: under 500 MB at 10,000 tables, and linear.
func BenchmarkScanFile(b *testing.B) {
	for _, tables := range []int{1_000, 10_000, 50_000} {
		b.Run(fmt.Sprint(tables), func(b *testing.B) {
			name, size := Sized(tables).file(b)
			for b.Loop() {
				report := filepath.Join(b.TempDir(), "report.json")
				u := measure(b, binary(b), command{args: []string{"scan", name, "-o", "json=" + report, "--fail-on", "none"}})
				tell(b, u, tables)
				info, err := os.Stat(report)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(size)/1e6, "file-MB")
				b.ReportMetric(float64(info.Size())/1e6, "report-MB")
			}
		})
	}
}

// BenchmarkScanLive scans the same companies live, from a simulator with no limits. The simulator takes about 300 kB for each table,
// which is why there is no larger one.
func BenchmarkScanLive(b *testing.B) {
	for _, tables := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(tables), func(b *testing.B) {
			name, _ := Sized(tables).file(b)
			sim := simulate(b, "--load", name)
			for b.Loop() {
				before := sim.calls(b)
				tell(b, sim.scan(b, "--rates", "off"), tables)
				b.ReportMetric(float64(total(since(before, sim.calls(b))))/float64(tables), "calls/table")
			}
		})
	}
}

// tell reports a process's cost in all and per table: where growth is linear the latter stays the same.
func tell(b *testing.B, u usage, tables int) {
	b.Helper()
	b.ReportMetric(seconds(u.Wall), "s/scan")
	b.ReportMetric(seconds(u.CPU), "cpu-s/scan")
	b.ReportMetric(u.megabytes(), "peak-MB")
	b.ReportMetric(float64(u.Wall.Microseconds())/float64(tables), "µs/table")
	b.ReportMetric(float64(u.Peak)/1e3/float64(tables), "kB/table")
}
