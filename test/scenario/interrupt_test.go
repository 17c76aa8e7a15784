package scenario

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
)

// program is this very binary under the name of the program (TestMain), with an environment that points at url.
func program(t *testing.T, url string, args ...string) *exec.Cmd {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("signals of other processes are not to be had on Windows")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0], cmd.Dir = "restorable", t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "AWS_ENDPOINT_URL=" + url, "AWS_ACCESS_KEY_ID=" + demo.Account, "AWS_SECRET_ACCESS_KEY=any",
		"AWS_REGION=" + demo.Home, "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true"}
	return cmd
}

// interruptAndWait sends Ctrl-C once and returns the exit code; a program that takes long over it fails the test.
func interruptAndWait(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	_ = cmd.Wait()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s to end", took)
	}
	return cmd.ProcessState.ExitCode()
}

func slowDemo(t *testing.T) string {
	t.Helper()
	server, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start(), Speed: 1e-6}, Load: demo.Load, Latency: 400 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return web.URL
}

// untilCalled waits until the simulator was asked this often.
func untilCalled(t *testing.T, url string, times int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		r, err := http.Get(url + "/_sim/calls")
		if err != nil {
			t.Fatal(err)
		}
		counts, total := map[string]int{}, 0
		err = json.NewDecoder(r.Body).Decode(&counts)
		_ = r.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range counts {
			total += n
		}
		if total >= times {
			return
		}
	}
	t.Fatal("the simulator was not asked")
}

func tidy(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestCtrlCEndsAScanWithAPartialReport(t *testing.T) {
	url := slowDemo(t)
	cmd := program(t, url, "scan", "--region", demo.Home+","+demo.Branch, "-o", "json=report.json", "-o", "table")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	untilCalled(t, url, 6)
	if code := interruptAndWait(t, cmd); code != 130 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	var report struct {
		Complete *bool
		Problems []struct{ Code string }
	}
	text, err := os.ReadFile(filepath.Join(cmd.Dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	if report.Complete == nil || *report.Complete || len(report.Problems) == 0 {
		t.Errorf("the report does not say that it is partial: %.300s", text)
	}
	if !strings.Contains(stdout.String(), "incomplete") || !strings.Contains(stderr.String(), "interrupted") || strings.Contains(stderr.String(), "\x1b") {
		t.Errorf("stdout %.300s\nstderr %s", stdout.String(), stderr.String())
	}
	tidy(t, cmd.Dir)
}

func TestCtrlCBeforeAnyAnswerLeavesAnOldReportAlone(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices that the client left only once the body is read
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	cmd := program(t, silent.URL, "explain", "orders")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if code := interruptAndWait(t, cmd); code != 130 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout.String(), stderr.String())
	}
	tidy(t, cmd.Dir)
}

// listening starts a command that prints the simulator's address first, and returns the address.
func listening(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := program(t, "http://127.0.0.1:1", args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // an error means that it has ended
	first, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	words := strings.Fields(first)
	return cmd, strings.TrimPrefix(words[len(words)-1], "http://")
}

func TestAServerAskedToStopEndsCleanly(t *testing.T) {
	cmd, address := listening(t, "sim", "--listen", "127.0.0.1:0")
	if code := interruptAndWait(t, cmd); code != 0 {
		t.Errorf("exit code %d", code)
	}
	closed(t, address)
}

func TestCtrlCInTheDemoLeavesNothingBehind(t *testing.T) {
	cmd, address := listening(t, "demo")
	if code := interruptAndWait(t, cmd); code != 130 {
		t.Errorf("exit code %d", code)
	}
	closed(t, address)
}

func closed(t *testing.T, address string) {
	t.Helper()
	if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
		_ = c.Close()
		t.Errorf("%s still answers", address)
	}
}

func TestAReaderThatLeavesDoesNotSpoilTheOtherReport(t *testing.T) {
	server, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start(), Speed: 1e-6}, Load: demo.Load})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	cmd := program(t, web.URL, "scan", "-o", "jsonl", "-o", "json=report.json")
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &stderr
	_ = cmd.Run() // the exit code says more
	_ = w.Close()
	if code := cmd.ProcessState.ExitCode(); code != 1 || stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
	if text, err := os.ReadFile(filepath.Join(cmd.Dir, "report.json")); err != nil || !json.Valid(text) {
		t.Errorf("report.json: %v", err)
	}
	tidy(t, cmd.Dir)
}
