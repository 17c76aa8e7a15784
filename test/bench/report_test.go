//go:build unix

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// reportFormats are all that write a finding each.
func reportFormats() []string {
	return []string{"table", "json", "jsonl", "csv", "markdown", "html", "junit", "sarif", "gitlab", "ocsf"}
}

// BenchmarkFormats scans an estate file with at least 50,000 findings into every format at once, and into JSON alone for comparison.
// Target: under 300 MB.
func BenchmarkFormats(b *testing.B) {
	name, _ := Sized(formatTables).file(b)
	for _, c := range []struct {
		name    string
		formats []string
	}{{"json", []string{"json"}}, {"all", reportFormats()}} {
		b.Run(c.name, func(b *testing.B) {
			dir := b.TempDir()
			args := []string{"scan", name, "--fail-on", "none"}
			for _, f := range c.formats {
				args = append(args, "-o", f+"="+filepath.Join(dir, f))
			}
			for b.Loop() {
				u := measure(b, binary(b), command{args: args})
				b.ReportMetric(u.megabytes(), "peak-MB")
				b.ReportMetric(u.megabytes()/300, "of-300MB")
			}
			for _, f := range c.formats {
				info, err := os.Stat(filepath.Join(dir, f))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(info.Size())/1e6, fmt.Sprintf("%s-MB", f))
			}
		})
	}
}

// formatTables have more than 50,000 findings together with what belongs to them.
const formatTables = 400
