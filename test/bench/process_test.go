//go:build unix

package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// meterVariable makes this test binary run one command, measured, instead of tests.
const meterVariable = "RESTORABLE_BENCH_METER"

func TestMain(m *testing.M) {
	if os.Getenv(meterVariable) != "" {
		os.Exit(meter())
	}
	if os.Getenv(twinsVariable) != "" {
		os.Exit(twinsMain())
	}
	code := m.Run()
	program.remove()
	os.Exit(code)
}

// usage is what a process cost.
type usage struct {
	Wall, CPU time.Duration
	Peak      int64 // resident memory in bytes
	Code      int   // exit code
}

func (u usage) megabytes() float64 { return float64(u.Peak) / 1e6 }

// meter runs the command given as arguments and tells on file 3 what it cost.
//
// It exists because Linux counts the memory of who starts a process as that process's own until it runs its program, and the peak
// never forgets: a child of a benchmark that holds a large estate would seem as large. The meter itself takes about 20 MB.
func meter() int {
	_ = os.Unsetenv(meterVariable) // cannot fail for this name
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s := cmd.ProcessState
	u := usage{Wall: wall, CPU: s.UserTime() + s.SystemTime(), Peak: peakOf(s), Code: s.ExitCode()}
	if err := json.NewEncoder(os.NewFile(3, "usage")).Encode(u); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func peakOf(s *os.ProcessState) int64 {
	peak := s.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS != "darwin" { // which counts bytes where others count kilobytes
		peak *= 1024
	}
	return peak
}

// command is one run of a program to be measured.
type command struct {
	args []string
	env  []string
	out  io.Writer // nil: dropped
	want []int     // exit codes that are no failure; nil: 0
}

// measure runs a program in a process of its own.
func measure(b testing.TB, name string, c command) usage {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	var stderr bytes.Buffer
	cmd := exec.Command(self, append([]string{name}, c.args...)...)
	cmd.Env = append(append(environment(), c.env...), meterVariable+"=1")
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = c.out, &stderr, []*os.File{w}
	err = cmd.Run()
	w.Close()
	if err != nil {
		b.Fatalf("%v: %v\n%s", c.args, err, stderr.String())
	}
	var u usage
	if err := json.NewDecoder(r).Decode(&u); err != nil {
		b.Fatal(err)
	}
	if !wanted(u.Code, c.want) {
		b.Fatalf("%v ended with %d\n%s", c.args, u.Code, stderr.String())
	}
	return u
}

func wanted(code int, want []int) bool {
	for _, w := range want {
		if code == w {
			return true
		}
	}
	return code == 0 && want == nil
}

// environment is the machine's without what could change a measurement or reach AWS.
func environment() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "RESTORABLE_") && !strings.HasPrefix(v, "GOGC=") && !strings.HasPrefix(v, "GOMEMLIMIT=") && !strings.HasPrefix(v, "GOMAXPROCS=") {
			out = append(out, v)
		}
	}
	return append(out, "AWS_ACCESS_KEY_ID="+Account, "AWS_SECRET_ACCESS_KEY=any", "AWS_REGION="+Region, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent")
}

// built is the program under measurement, built once for all benchmarks.
type built struct {
	once sync.Once
	dir  string
	path string
	err  error
}

var program built

// binary builds the program and returns its path.
func binary(b testing.TB) string {
	b.Helper()
	program.once.Do(program.build)
	if program.err != nil {
		b.Fatal(program.err)
	}
	return program.path
}

func (p *built) build() {
	if p.dir, p.err = os.MkdirTemp("", "restorable-bench-"); p.err != nil {
		return
	}
	p.path = filepath.Join(p.dir, "restorable")
	if out, err := exec.Command("go", "build", "-o", p.path, "github.com/restorable/restorable/cmd/restorable").CombinedOutput(); err != nil {
		p.err = fmt.Errorf("build the program: %w\n%s", err, out)
	}
}

func (p *built) remove() {
	if p.dir != "" {
		_ = os.RemoveAll(p.dir) // a folder left behind in the temporary folder harms nobody
	}
}
