//go:build unix

package bench

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// constantCalls is what a scan of the company may call besides those for each table: one for each further page of a list, two for
// each plan (its rules, its list of selections) and one for each selection, three for each vault (its points, its policy, whom it tells), and
// one for each other list, setting, role and policy.
func (c Company) constantCalls() int {
	pages := func(records, size int) int { return records/size + 1 }
	lists := pages(c.Tables, 100)*2 + // ListTables and GetResources
		pages(c.Tables/20, 100) + // ListBackups
		pages(c.Tables, page) + // ListProtectedResources
		pages(c.Tables*c.Jobs, page) + c.Vaults*pages(c.Tables*c.Points/c.Vaults*5/4, page)
	const others = 23
	return 3*c.Plans + 2*c.Vaults + lists + others
}

// foundation are the controls for which two calls for each table must do.
const foundation = "recoverable,backup-plan-membership,backup-plan-effective,plan-frequency,plan-retention,point-in-time-recovery,pitr-window," +
	"any-recovery-point,recent-recovery-point,last-backup-job,deletion-protection,backup-opt-in"

// A scan calls at most twice for each table, once more for each that AWS Backup ever backed up where restores are asked about, and a
// constant for each Region, vault, plan and page of a list.
func TestCallsPerTable(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and runs it")
	}
	c := Company{Tables: 200, Plans: 20, Vaults: 4, Points: 3, Jobs: 3, Holes: 100}
	if calls := c.scanned(t, "--control", foundation); total(calls)-2*c.Tables > c.constantCalls() {
		t.Errorf("the foundation: %d calls besides two for each table, want at most %d: %v", total(calls)-2*c.Tables, c.constantCalls(), calls)
	}
	calls := c.scanned(t)
	for _, action := range []string{"dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups"} {
		if calls[action] != c.Tables {
			t.Errorf("%d calls of %s for %d tables", calls[action], action, c.Tables)
		}
	}
	if n := calls["backup:DescribeProtectedResource"]; n > c.Tables {
		t.Errorf("%d tables were asked for what AWS Backup remembers, of %d", n, c.Tables)
	}
	if rest := total(calls) - 2*c.Tables - calls["backup:DescribeProtectedResource"]; rest > c.constantCalls() {
		t.Errorf("%d calls besides those for each table, want at most %d: %v", rest, c.constantCalls(), calls)
	}
}

// scanned is what one scan of the company calls.
func (c Company) scanned(t testing.TB, args ...string) map[string]int {
	t.Helper()
	name, _ := c.file(t)
	sim := simulate(t, "--load", name)
	sim.scan(t, append([]string{"--rates", "off"}, args...)...)
	return sim.calls(t)
}

// BenchmarkCalls counts the calls of scans of growing companies. Target: two for each table, and one for each that was ever backed up.
func BenchmarkCalls(b *testing.B) {
	for _, tables := range []int{100, 1_000, 5_000} {
		b.Run(fmt.Sprint(tables), func(b *testing.B) {
			c := Company{Tables: tables, Plans: 100, Vaults: 8, Points: 2, Jobs: 2}
			for b.Loop() {
				calls := c.scanned(b)
				perTable := calls["dynamodb:DescribeTable"] + calls["dynamodb:DescribeContinuousBackups"]
				b.ReportMetric(float64(perTable)/float64(tables), "calls/table")
				b.ReportMetric(float64(total(calls)-perTable), "other-calls")
				b.ReportMetric(float64(total(calls)), "calls")
			}
		})
	}
}

// sample is how many tables are read one after another for comparison: 800 reads at 50 ms take some 41 s, and all 4,000 would take 205.
const sample = 200

// BenchmarkLatency scans 1,000 tables at 50 ms latency, rates off, and compares with four reads per table made one after another,
// really made for a sample of the tables in the same run and scaled up. Target: at most 1/50.
func BenchmarkLatency(b *testing.B) {
	const tables = 1_000
	c := Company{Tables: tables, Plans: 1, Vaults: 1, Points: 1, Jobs: 1}
	name, _ := c.file(b)
	sim := simulate(b, "--load", name, "--latency", "50ms")
	for b.Loop() {
		u := sim.scan(b, "--rates", "off")
		one := oneByOne(b, sim.url, c, sample)
		whole := one.Seconds() * tables / sample
		b.ReportMetric(u.Wall.Seconds(), "s/scan")
		b.ReportMetric(one.Seconds(), "s/sample-of-200-tables")
		b.ReportMetric(whole, "s/one-by-one-scaled-up")
		b.ReportMetric(whole/u.Wall.Seconds(), "times-faster")
		b.ReportMetric(whole/u.Wall.Seconds()/50, "of-target")
	}
}

// oneByOne reads the first n tables the plain way: description, backups, tags and time to live of each, one after another on one connection.
func oneByOne(b *testing.B, url string, c Company, n int) time.Duration {
	b.Helper()
	db := dynamodb.New(dynamodb.Options{
		Region: Region, BaseEndpoint: aws.String(url), Credentials: credentials.NewStaticCredentialsProvider(Account, "any", ""),
		HTTPClient: &http.Client{Transport: &http.Transport{}},
	})
	m := &maker{Company: c}
	ctx := context.Background()
	began := time.Now()
	for i := range n {
		table, arn := aws.String(m.tableName(i)), aws.String(m.tableARN(i))
		_, err1 := db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: table})
		_, err2 := db.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: table})
		_, err3 := db.ListTagsOfResource(ctx, &dynamodb.ListTagsOfResourceInput{ResourceArn: arn})
		_, err4 := db.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: table})
		for _, err := range []error{err1, err2, err3, err4} {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	return time.Since(began)
}

// BenchmarkRates scans 600 tables under AWS's rates and compares with the shortest time that AWS's slowest bucket allows:
// DescribeContinuousBackups, 10 a second with as many saved up. Target: at most 1.1 times that, and next to no throttling.
func BenchmarkRates(b *testing.B) {
	const tables, perSecond = 600, 10.0
	c := Company{Tables: tables, Plans: 20, Vaults: 4, Points: 35, Jobs: 30}
	name, _ := c.file(b)
	sim := simulate(b, "--load", name, "--rates", "aws")
	for b.Loop() {
		before := sim.calls(b)
		u := sim.scan(b)
		made := since(before, sim.calls(b))["dynamodb:DescribeContinuousBackups"]
		bound := (tables - perSecond) / perSecond
		b.ReportMetric(u.Wall.Seconds(), "s/scan")
		b.ReportMetric(bound, "s/bound")
		b.ReportMetric(u.Wall.Seconds()/bound, "times-bound")
		b.ReportMetric(float64(made-tables), "throttled") // each throttled call is made again
	}
}

// BenchmarkDemo runs the demo as a process. Target: under 15 s.
func BenchmarkDemo(b *testing.B) {
	for b.Loop() {
		u := measure(b, binary(b), command{args: []string{"demo"}})
		b.ReportMetric(u.Wall.Seconds(), "s/demo")
		b.ReportMetric(u.Wall.Seconds()/15, "of-target")
		b.ReportMetric(u.megabytes(), "peak-MB")
	}
}

// BenchmarkStart starts the program for next to nothing, 20 times each. Target: under 50 ms for --help.
func BenchmarkStart(b *testing.B) {
	for _, args := range [][]string{{"--help"}, {"version"}, {"scan", "--help"}} {
		b.Run(args[0], func(b *testing.B) {
			for b.Loop() {
				var all, slowest time.Duration
				for range 20 {
					u := measure(b, binary(b), command{args: args})
					all, slowest = all+u.Wall, max(slowest, u.Wall)
				}
				mean := all.Seconds() / 20
				b.ReportMetric(mean*1000, "ms/start")
				b.ReportMetric(slowest.Seconds()*1000, "ms-slowest")
				b.ReportMetric(mean/0.05, "of-target")
			}
		})
	}
}

// BenchmarkEstateFile writes and reads the estate file of 10,000 tables and 350,000 recovery points. Reading is a scan without findings
// to write, as a process, whose peak is given as a ratio to the file's size: below 2 it cannot hold the file twice.
func BenchmarkEstateFile(b *testing.B) {
	es := Sized(10_000).Estate()
	name, size := "", int64(0)
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			name = filepath.Join(b.TempDir(), "estate.json")
			size = writeFile(b, name, es)
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/write")
		b.ReportMetric(float64(size)/1e6, "file-MB")
	})
	b.Run("read", func(b *testing.B) {
		name = filepath.Join(b.TempDir(), "estate.json")
		size = writeFile(b, name, es)
		for b.Loop() {
			u := measure(b, binary(b), command{args: []string{"scan", name, "--control", "backup-opt-in", "-o", "jsonl", "--fail-on", "none"}})
			b.ReportMetric(u.Wall.Seconds(), "s/read")
			b.ReportMetric(u.megabytes(), "peak-MB")
			b.ReportMetric(float64(u.Peak)/float64(size), "peak/file")
		}
	})
}
