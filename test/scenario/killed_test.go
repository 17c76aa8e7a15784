package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
)

// A run that is killed at any moment leaves whole files under their names, or none; what else it leaves says what it is, and a later run
// takes it away.
func TestAKilledRunLeavesNoTruncatedFile(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the program some ten times")
	}
	t.Parallel()
	server, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start(), Speed: 1e-6}, Load: demo.Load, Latency: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	run := func() (dir string, start func() error, kill func()) {
		cmd := program(t, web.URL, "scan", "--rates", "off", "-o", "json=report.json", "-o", "jsonl=findings.jsonl", "-o", "html=report.html", "--fail-on", "none")
		tmp := filepath.Join(cmd.Dir, "tmp")
		if err := os.Mkdir(tmp, 0o700); err != nil {
			t.Fatal(err)
		}
		cmd.Env = append(cmd.Env, "TMPDIR="+tmp)
		return cmd.Dir, cmd.Start, func() {
			_ = cmd.Process.Kill() // it may be over
			_ = cmd.Wait()
		}
	}
	const runs = 10
	whole := wholeRun(t, web.URL)
	left, cut := 0, 0
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, seed))
	t.Logf("seed %d, a run takes %s", seed, whole)
	for range runs {
		dir, start, kill := run()
		if err := start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(whole))))
		kill()
		complete, unfinished := inspect(t, dir)
		left += unfinished
		if complete < 3 {
			cut++
		}
	}
	t.Logf("%d of %d runs were cut short and left %d unfinished files", cut, runs, left)
	if cut == 0 {
		t.Error("every run was whole: nothing was shown")
	}
}

// wholeRun is how long an undisturbed run takes.
func wholeRun(t *testing.T, url string) time.Duration {
	t.Helper()
	cmd := program(t, url, "scan", "--rates", "off", "-o", "json=report.json", "-o", "html=report.html", "--fail-on", "none")
	old := filepath.Join(cmd.Dir, "report.json.unfinished-123")
	if err := errors.Join(os.WriteFile(old, []byte("{"), 0o600), os.Chtimes(old, time.Time{}, time.Now().Add(-48*time.Hour))); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a run left two days ago is still there: %v", err)
	}
	return time.Since(began)
}

// inspect demands that every file is whole, or says by its name that it is not; it returns how many there are of each.
func inspect(t *testing.T, dir string) (complete, unfinished int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		whole := true
		switch e.Name() {
		case "report.json":
			whole = json.Valid(raw)
		case "findings.jsonl":
			for line := range bytes.Lines(raw) {
				whole = whole && json.Valid(line) && bytes.HasSuffix(line, []byte("\n"))
			}
		case "report.html":
			whole = bytes.HasSuffix(bytes.TrimSpace(raw), []byte("</html>"))
		default:
			if !strings.Contains(e.Name(), ".unfinished-") && !strings.HasPrefix(e.Name(), "restorable-") {
				t.Errorf("%s does not say what it is", path)
			}
			unfinished++
			return nil
		}
		complete++
		if !whole {
			t.Errorf("%s is cut short after %d bytes", path, len(raw))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return complete, unfinished
}
