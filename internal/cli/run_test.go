package cli

import (
	"bytes"
	"strings"
	"testing"
)

func TestAPanicEndsAsADefect(t *testing.T) {
	var stderr bytes.Buffer
	err := guarded(&stderr, func() error { panic("no such thing") })
	if exitCode(err) != exitInternal || !strings.Contains(err.Error(), "internal error: no such thing") || !strings.Contains(stderr.String(), "run_test.go") {
		t.Errorf("exit code %d, %v, stderr %s", exitCode(err), err, stderr.String())
	}
	if err := guarded(&stderr, func() error { return nil }); err != nil {
		t.Error(err)
	}
}
