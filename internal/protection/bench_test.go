package protection

import (
	"fmt"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// bigUnit has tables, 100 plans of which each table is selected by one or two, and 35 recovery points and 30 jobs a table.
func bigUnit(tables int) *estate.Unit {
	var ts []estate.Table
	var points []estate.RecoveryPoint
	var jobs []estate.BackupJob
	for i := range tables {
		name := fmt.Sprintf("table-%05d", i)
		ts = append(ts, testTable(name, "team", fmt.Sprintf("t%02d", i%80), "stage", "prod", "cost", "x"))
		for d := range 35 {
			points = append(points, testPoint(name, time.Duration(d*24+7)*time.Hour, "plan-00", "nightly"))
		}
		for d := range 30 {
			jobs = append(jobs, testJob(name, "COMPLETED", time.Duration(d*24+7)*time.Hour, ""))
		}
	}
	var plans []estate.Plan
	for i := range 100 {
		s := testSelection("s", "arn:aws:dynamodb:*:*:table/none-*", fmt.Sprintf("arn:aws:dynamodb:us-east-1:123456789012:table/table-%03d*", i))
		s.ListOfTags = pairs("team", fmt.Sprintf("t%02d", i))
		s.StringEquals = pairs(tagPrefix+"stage", "prod")
		plans = append(plans, testPlan(fmt.Sprintf("plan-%02d", i), []estate.Selection{s}, testRule("nightly"), testRule("weekly")))
	}
	u := testUnit(ts, plans...)
	u.Vaults.Items[0].RecoveryPoints.Items = points
	u.BackupJobs.Items = jobs
	return u
}

func BenchmarkCover(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			u := bigUnit(n)
			b.ReportAllocs()
			for b.Loop() {
				x := NewIndex(u)
				for i := range u.Tables.Items {
					Cover(u, &u.Tables.Items[i], x)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/table")
		})
	}
}

func BenchmarkExplain(b *testing.B) {
	u := bigUnit(1_000)
	x := NewIndex(u)
	for b.Loop() {
		Explain(Cover(u, &u.Tables.Items[7], x))
	}
}
