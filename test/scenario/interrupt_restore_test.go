package scenario

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/demo"
)

// callsTo counts the requests of one operation.
func callsTo(t *testing.T, url, operation string) int {
	t.Helper()
	r, err := http.Get(url + "/_sim/calls")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	counts := map[string]int{}
	if err := json.NewDecoder(r.Body).Decode(&counts); err != nil {
		t.Fatal(err)
	}
	return counts[operation]
}

// restoring starts a restore and returns once AWS was asked for the table, or has got a call of another kind.
func restoring(t *testing.T, url, state, until, to string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	before := callsTo(t, url, until)
	cmd = program(t, url, "restore", "orders", "--to", to, "--latest", "--auto-approve", "--region", demo.Home, "--rates", "off")
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state)
	stderr = &bytes.Buffer{}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience / 3); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if callsTo(t, url, until) > before {
			return cmd, stderr
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	t.Fatalf("%s was never called: %s", until, stderr)
	return nil, nil
}

// TestAKilledRestoreIsFoundAgain kills the program itself, while AWS restores and while settings are put back: the same command goes on, and
// AWS is asked for each table once.
func TestAKilledRestoreIsFoundAgain(t *testing.T) {
	t.Parallel()
	r, _ := newReaderAt(t, "", 150)
	state := t.TempDir()
	const ask = "dynamodb:RestoreTableToPointInTime"
	for i, until := range []string{ask, "dynamodb:TagResource", "dynamodb:UpdateContinuousBackups"} {
		to := "orders-" + string(rune('a'+i))
		cmd, _ := restoring(t, r.simulator, state, until, to)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		again := program(t, r.simulator, "restore", "orders", "--to", to, "--latest", "--auto-approve", "--region", demo.Home, "--rates", "off")
		again.Env = append(again.Env, "XDG_STATE_HOME="+state)
		out, err := again.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Going on with restore rt-") || !strings.Contains(string(out), "reapplied     point-in-time recovery") {
			t.Errorf("killed at %s: %v\n%s", until, err, out)
		}
		if n := callsTo(t, r.simulator, ask); n != i+1 {
			t.Errorf("killed at %s: AWS was asked %d times for %d tables", until, n, i+1)
		}
	}
}

// TestCtrlCInARestore leaves it to AWS and says how to go on.
func TestCtrlCInARestore(t *testing.T) {
	r, _ := newReaderAt(t, "", 20)
	cmd, stderr := restoring(t, r.simulator, t.TempDir(), "dynamodb:RestoreTableToPointInTime", "orders-2")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(stderr.String(), "restorable restore --resume rt-") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}
