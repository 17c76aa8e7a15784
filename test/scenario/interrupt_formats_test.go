package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAKilledScanLeavesNoTruncatedReport: whenever it is killed, each report is there whole, as it was before, or not at all.
func TestAKilledScanLeavesNoTruncatedReport(t *testing.T) {
	if testing.Short() {
		t.Skip("kills scans for some seconds")
	}
	t.Parallel()
	url, dir := busyDemo(t, 1e-6), t.TempDir()
	ends := map[string]string{"json": "}\n", "csv": "\n", "html": "</html>\n", "junit": "</testsuites>\n", "sarif": "}]}\n", "ocsf": "]\n", "gitlab": "]\n", "markdown": "\n"}
	args := []string{"scan", "--region", "eu-west-1,us-east-1", "--fail-on", "none", "--quiet"}
	for format := range ends {
		args = append(args, "-o", format+"="+filepath.Join(dir, "report."+format))
	}
	const before = "what was there before\n"
	killed, finished := 0, false
	for wait := 20 * time.Millisecond; !finished && wait < time.Minute; wait = wait * 3 / 2 {
		for format := range ends {
			if err := os.WriteFile(filepath.Join(dir, "report."+format), []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := program(t, url, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		kill.Stop()
		if finished = err == nil; !finished {
			killed++
		}
		for format, end := range ends {
			text, err := os.ReadFile(filepath.Join(dir, "report."+format))
			if err != nil {
				t.Fatal(err)
			}
			if whole := string(text) == before || strings.HasSuffix(string(text), end); !whole || finished && string(text) == before {
				t.Errorf("after %s: %s ends in %q", wait, format, text[max(0, len(text)-40):])
			}
		}
	}
	if killed == 0 || !finished {
		t.Errorf("killed %d scans, finished: %v", killed, finished)
	}
}
