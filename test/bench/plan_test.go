//go:build unix

package bench

import (
	"syscall"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/planning"
	"github.com/restorable/restorable/internal/remedy/price"
)

// BenchmarkPlan plans for 10,000 tables with 100 plans and 350,000 recovery points: from an estate in memory to a sealed plan, both
// evaluations of the controls included; once as the company is, and once with nothing on any table and no plan that selects one, so
// that everything has to be made. Target: under 5 s on two cores. CPU time and the ratio to one evaluation vary less than the wall's.
func BenchmarkPlan(b *testing.B) {
	b.Run("asis", func(b *testing.B) { benchmarkPlan(b, Sized(10_000).Estate()) })
	b.Run("bare", func(b *testing.B) { benchmarkPlan(b, bare(Sized(10_000).Estate())) })
}

func benchmarkPlan(b *testing.B, es *estate.Estate) {
	catalogue, err := control.Load()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		cpu := cpuTime(b)
		findings := evaluateOnce(b, catalogue, es)
		judged := cpuTime(b) - cpu
		cpu = cpuTime(b)
		began := time.Now()
		plan, err := planning.Make(planning.Input{Estate: es, Catalogue: catalogue, Prices: price.Estimator{Prices: price.Default()}, Tool: remedy.Tool{Name: "bench"}})
		if err != nil {
			b.Fatal(err)
		}
		took, used := time.Since(began), cpuTime(b)-cpu
		b.ReportMetric(took.Seconds(), "s/plan")
		b.ReportMetric(used.Seconds(), "cpu-s/plan")
		b.ReportMetric(used.Seconds()/judged.Seconds(), "times-one-evaluation")
		b.ReportMetric(float64(len(plan.Actions)), "actions")
		b.ReportMetric(float64(len(plan.Outcome.Turns)), "turns")
		b.ReportMetric(float64(findings), "findings")
		b.ReportMetric(took.Seconds()/5, "of-target")
	}
}

// bare takes all cover away: no selection, no point-in-time recovery, no role for new selections.
func bare(es *estate.Estate) *estate.Estate {
	const role = "arn:aws:iam::" + Account + ":role/service-role/" + planning.DefaultRole
	for _, u := range es.Units {
		for i := range u.Plans.Items {
			u.Plans.Items[i].Selections.Items = nil
			u.Plans.Items[i].Tags = estate.KnownFact(map[string]string{}, 0)
		}
		u.Roles.Items = append(u.Roles.Items, estate.Role{ID: role, ARN: estate.KnownFact(role, 0), Exists: estate.KnownFact(false, 0)})
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			t.PITRStatus = estate.KnownFact("DISABLED", t.PITRStatus.Source())
		}
	}
	return es
}

// evaluateOnce asks every control of the default profile and counts the findings.
func evaluateOnce(b *testing.B, c *control.Catalogue, es *estate.Estate) int {
	b.Helper()
	controls, err := c.Select(control.Selection{})
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, u := range es.Units {
		for range c.Evaluate(u, control.Options{Controls: controls}).Findings() {
			n++
		}
	}
	return n
}

// cpuTime is what this process has used of all processors.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
