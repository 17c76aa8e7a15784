// Package interop lets other people's clients and other implementations judge the simulated AWS: AWS CLI and boto3, Terraform,
// DynamoDB Local and moto. RESTORABLE_COUNTERPARTS names the folder into which .ci/counterparts has installed them; without it the
// tests skip. With RESTORABLE_COUNTERPARTS_REQUIRED=1 a missing counterpart is a failure, except Terraform.
package interop

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	folderVariable   = "RESTORABLE_COUNTERPARTS"
	requiredVariable = "RESTORABLE_COUNTERPARTS_REQUIRED"
)

// start is where the virtual clocks of the suite begin.
var start = time.Date(2026, time.November, 20, 8, 0, 0, 0, time.UTC)

// counterpart is the path of something installed in the counterparts' folder. The test skips without the folder.
func counterpart(t testing.TB, parts ...string) string {
	t.Helper()
	folder := os.Getenv(folderVariable)
	if folder == "" {
		absent(t, folderVariable+" is not set; .ci/counterparts FOLDER installs the counterparts")
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(append([]string{folder}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		absent(t, "missing counterpart: "+err.Error())
	}
	return path
}

// absent skips the test, or fails it where the counterparts are required.
func absent(t testing.TB, why string) {
	t.Helper()
	if os.Getenv(requiredVariable) == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func python(t testing.TB) string { return counterpart(t, "venv", "bin", "python") }

// startSim runs a simulated AWS on a loopback port until the test ends.
func startSim(t testing.TB) *simtest.Sim {
	t.Helper()
	return simtest.Start(t, awssim.Options{World: world.Options{Start: start}})
}

// environment is the machine's without anything that names an AWS account, plus pairs of name=value.
func environment(t testing.TB, more ...string) []string {
	t.Helper()
	var out []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "AWS_") && !strings.HasPrefix(pair, "TF_") && !strings.HasPrefix(pair, "PYTHON") {
			out = append(out, pair)
		}
	}
	nowhere := filepath.Join(t.TempDir(), "none")
	out = append(out, "AWS_CONFIG_FILE="+nowhere, "AWS_SHARED_CREDENTIALS_FILE="+nowhere, "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "PYTHONDONTWRITEBYTECODE=1")
	return append(out, more...)
}

// output runs a program to its end and returns its standard output; a failure shows both streams.
func output(t testing.TB, cmd *exec.Cmd) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s\n%s", strings.Join(cmd.Args, " "), err, clip(out.Bytes()), clip(errs.Bytes()))
	}
	return out.Bytes()
}

func clip(b []byte) []byte { return b[:min(len(b), 4000)] }

// freePort is a loopback port that nothing listens on.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// serve runs a server until the test ends and returns once its port accepts connections. The supervisor stops the server when its
// own standard input ends, so that nothing survives this process, however it dies.
func serve(t testing.TB, port, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command(python(t), append([]string{"py/supervise.py"}, args...)...)
	cmd.Env = environment(t, "WORKDIR="+dir, "MOTO_IAM_LOAD_MANAGED_POLICIES=true")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	held, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", args[0], err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() { stop(t, held, done) })
	if err := awaitPort(t.Context(), port, done); err != nil {
		_ = held.Close()
		t.Fatalf("start %s: %v\n%s", strings.Join(args, " "), err, clip(log.Bytes()))
	}
}

func stop(t testing.TB, held io.Closer, done <-chan error) {
	_ = held.Close() // the supervisor's sign to stop
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("a counterpart did not stop")
	}
}

// awaitPort waits until a connection succeeds.
func awaitPort(ctx context.Context, port string, done chan error) error {
	deadline := time.Now().Add(60 * time.Second)
	for {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", "127.0.0.1:"+port)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
		select {
		case err := <-done:
			done <- err
			return errors.Join(errors.New("it ended at once"), err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
