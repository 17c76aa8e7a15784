package crash

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
	_ "time/tzdata"

	"github.com/restorable/restorable/internal/cli"
)

// programVariable makes this test binary the program itself, so that nothing has to be built and what runs is what was compiled here.
const programVariable = "RESTORABLE_CRASH_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVariable) == "" {
		os.Exit(m.Run())
	}
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], os.Getenv, cli.Stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

func program(t testing.TB) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}
