package scenario

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/demo"
)

// plannedPITR writes a plan that switches PITR on for nine tables, and returns its name and the folder that keeps runs.
func plannedPITR(t *testing.T, url string) (plan, state string) {
	t.Helper()
	dir := t.TempDir()
	plan = filepath.Join(dir, "plan.json")
	cmd := program(t, url, "plan", "--region", demo.Home, "--only", "enable-pitr", "--rates", "off", "-o", "json="+plan)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return plan, filepath.Join(dir, "state")
}

func changesOf(t *testing.T, url string) int {
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
	return counts["dynamodb:UpdateContinuousBackups"]
}

func untilChanged(t *testing.T, url string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if changesOf(t, url) > 0 {
			return
		}
	}
	t.Fatal("nothing was changed")
}

func TestCtrlCInAnApplyFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	url := slowDemo(t)
	plan, state := plannedPITR(t, url)
	cmd := program(t, url, "apply", plan, "--auto-approve", "--concurrency", "1", "--rates", "off")
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	untilChanged(t, url)
	if code := interruptAndWait(t, cmd); code != 130 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	if n := changesOf(t, url); n != 1 {
		t.Errorf("%d changes after the interruption, want none but the one under way", n)
	}
	if !strings.Contains(stdout.String(), "1 done, 8 not begun") || !strings.Contains(stderr.String(), "interrupted") || !strings.Contains(stderr.String(), "apply --resume r-") {
		t.Errorf("stdout %s\nstderr %s", stdout.String(), stderr.String())
	}
	again := program(t, url, "apply", "--resume", plan, "--auto-approve", "--rates", "off")
	again.Env = append(again.Env, "XDG_STATE_HOME="+state)
	if out, err := again.CombinedOutput(); err != nil || !strings.Contains(string(out), "9 actions, 9 done") {
		t.Errorf("going on: %v: %s", err, out)
	}
	if n := changesOf(t, url); n != 9 {
		t.Errorf("%d changes of 9 tables", n)
	}
}

// TestASecondCtrlCEndsAtOnce: also while AWS does not answer; the journal says what may have been done.
func TestASecondCtrlCEndsAtOnce(t *testing.T) {
	t.Parallel()
	url := slowDemo(t)
	plan, state := plannedPITR(t, url)
	fault := strings.NewReader(`[{"action":"dynamodb:UpdateContinuousBackups","error":"timeout"}]`)
	r, err := http.Post(url+"/_sim/faults", "application/json", fault)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	cmd := program(t, url, "apply", plan, "--auto-approve", "--concurrency", "1", "--rates", "off")
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	untilChanged(t, url)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	began := time.Now()
	interruptAndWait(t, cmd)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the second Ctrl-C took %s", took)
	}
	show := program(t, url, "runs", "show", plan)
	show.Env = append(show.Env, "XDG_STATE_HOME="+state)
	if out, err := show.CombinedOutput(); err != nil || !strings.Contains(string(out), ": stopped") || !strings.Contains(string(out), "open ") {
		t.Errorf("%v: %s", err, out)
	}
}
