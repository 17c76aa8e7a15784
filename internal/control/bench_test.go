package control

import (
	"fmt"
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

// largeUnit is the base of an example with many tables, each with recovery points of its own.
func largeUnit(tb testing.TB, tables, points int) *estate.Unit {
	tb.Helper()
	c := catalogue(tb)
	control, _ := c.Control("last-backup-job")
	u := decode(tb, examplesOf(tb, control)[0].Unit)
	table, point, job := u.Tables.Items[0], u.Vaults.Items[0].RecoveryPoints.Items[0], u.BackupJobs.Items[0]
	u.Tables.Items, u.Vaults.Items[0].RecoveryPoints.Items, u.BackupJobs.Items = nil, nil, nil
	known := func(s string) estate.Fact[string] { return estate.KnownFact(s, 0) }
	for i := range tables {
		name := fmt.Sprintf("orders-%05d", i)
		arn := "arn:aws:dynamodb:eu-west-1:123456789012:table/" + name
		table.ID, table.ARN, table.Name = arn, known(arn), known(name)
		u.Tables.Items = append(u.Tables.Items, table)
		job.ID, job.ResourceARN = name, known(arn)
		u.BackupJobs.Items = append(u.BackupJobs.Items, job)
		for k := range points {
			point.ID, point.ResourceARN = fmt.Sprintf("%s/%d", name, k), known(arn)
			u.Vaults.Items[0].RecoveryPoints.Items = append(u.Vaults.Items[0].RecoveryPoints.Items, point)
		}
	}
	plan := u.Plans.Items[0]
	for i := range 9 {
		plan.ID = fmt.Sprintf("plan-%d", i)
		plan.Name = known(plan.ID)
		u.Plans.Items = append(u.Plans.Items, plan)
	}
	return u
}

// spread gives each of a hundred plans its own tag, and each table the tag of one of them.
func spread(u *estate.Unit) {
	plan := u.Plans.Items[0]
	selection := plan.Selections.Items[0]
	u.Plans.Items = nil
	for i := range 100 {
		tag := fmt.Sprintf("daily-%d", i)
		selection.ListOfTags = estate.KnownFact([]estate.TagMatch{{Key: "backup", Value: tag}}, 0)
		plan.ID, plan.Name, plan.Selections.Items = tag, estate.KnownFact(tag, 0), []estate.Selection{selection}
		u.Plans.Items = append(u.Plans.Items, plan)
	}
	for i := range u.Tables.Items {
		u.Tables.Items[i].Tags = estate.KnownFact(map[string]string{"backup": fmt.Sprintf("daily-%d", i%100)}, 0)
	}
}

func BenchmarkEvaluate10000Tables100Plans350000Points(b *testing.B) {
	u := largeUnit(b, 10_000, 35)
	spread(u)
	benchmarkUnit(b, u, nil)
}

func benchmarkEvaluate(b *testing.B, tables int, controls []*Control) {
	benchmarkUnit(b, largeUnit(b, tables, 2), controls)
}

func benchmarkUnit(b *testing.B, u *estate.Unit, controls []*Control) {
	c := catalogue(b)
	b.ReportAllocs()
	for b.Loop() {
		n, evidence := 0, 0
		for f := range c.Evaluate(u, Options{Controls: controls}).Findings() {
			n++
			evidence += len(f.Evidence)
		}
		b.ReportMetric(float64(n), "findings")
		b.ReportMetric(float64(evidence)/float64(n), "evidence/finding")
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(u.Tables.Items)), "µs/table")
}

func BenchmarkEvaluate10000Tables(b *testing.B) { benchmarkEvaluate(b, 10_000, nil) }

func BenchmarkEvaluateOneControl(b *testing.B) {
	control, _ := catalogue(b).Control("point-in-time-recovery")
	benchmarkEvaluate(b, 10_000, []*Control{control})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}
