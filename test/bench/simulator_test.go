//go:build unix

package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// simulator is a simulated AWS in a process of its own.
type simulator struct {
	url string
	cmd *exec.Cmd
}

// simulate starts one; it ends with the benchmark.
func simulate(b testing.TB, flags ...string) *simulator {
	b.Helper()
	s := &simulator{cmd: exec.Command(binary(b), append([]string{"sim", "--quiet"}, flags...)...)}
	s.cmd.Env, s.cmd.Stderr = environment(), os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatalf("the simulator said %q: %v", line, err)
	}
	s.url = strings.TrimSpace(line)
	return s
}

func (s *simulator) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	_ = s.cmd.Wait()
}

// calls are the requests since the last reset, by action.
func (s *simulator) calls(b testing.TB) map[string]int {
	b.Helper()
	out := map[string]int{}
	s.control(b, "GET", "calls", "", &out)
	return out
}

// control uses the simulator's control surface.
func (s *simulator) control(b testing.TB, method, name, body string, into any) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, s.url+"/_sim/"+name, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b.Fatalf("%s %s: %s", method, name, res.Status)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		b.Fatal(err)
	}
}

// peak is the most memory that the running simulator ever took, in bytes.
func (s *simulator) peak(b testing.TB) int64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes * 1024
}

func total(calls map[string]int) int {
	n := 0
	for _, c := range calls {
		n += c
	}
	return n
}

// since is what was called between two counts.
func since(before, after map[string]int) map[string]int {
	out := map[string]int{}
	for name, n := range after {
		if n > before[name] {
			out[name] = n - before[name]
		}
	}
	return out
}

// file writes the company's estate file and returns its name and size.
func (c Company) file(b testing.TB) (name string, size int64) {
	b.Helper()
	name = filepath.Join(b.TempDir(), "estate.json")
	return name, writeFile(b, name, c.Estate())
}

// writeFile writes an estate file and returns its size.
func writeFile(b testing.TB, name string, es *estate.Estate) int64 {
	b.Helper()
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	if err := estate.Write(f, es); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// scan runs restorable scan on a running simulator, writing the JSON report.
func (s *simulator) scan(b testing.TB, flags ...string) usage {
	b.Helper()
	args := append([]string{"scan", "--endpoint-url", s.url, "--no-progress", "-o", "json=" + filepath.Join(b.TempDir(), "report.json"), "--fail-on", "none"}, flags...)
	return measure(b, binary(b), command{args: args})
}

// seconds is a duration as a metric.
func seconds(d time.Duration) float64 { return d.Seconds() }
