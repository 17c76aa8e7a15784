package report

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

func pointEntry(n int, id string, v control.Verdict) Entry {
	arn := fmt.Sprintf("arn:aws:backup:eu-west-1:123456789012:recovery-point:%08d", n)
	e := entry("", "eu-west-1", id, control.Medium, v, fmt.Sprintf("point %d is %s", n, v))
	e.Resource = control.Resource{Type: control.TypeRecoveryPoint, ARN: arn, Name: arn, Account: "123456789012", Region: "eu-west-1"}
	return e
}

// manyPoints writes a report about n recovery points, of which every hundredth fails, and returns it with the bytes that were kept.
func manyPoints(t *testing.T, n int) (text string, kept uint64) {
	t.Helper()
	var b bytes.Buffer
	w := NewTable(&b, TableOptions{Screen: terminal.Screen{Width: 100}})
	head, _, tail := sample()
	if err := w.Begin(head); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range n {
		v := control.Pass
		if i%100 == 7 {
			v = control.Fail
		}
		for _, e := range []Entry{pointEntry(i, "recovery-point-encrypted", v), pointEntry(i, "recovery-point-health", control.Pass)} {
			if err := w.Finding(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err := w.End(tail); err != nil {
		t.Fatal(err)
	}
	return b.String(), after.HeapAlloc - min(after.HeapAlloc, before.HeapAlloc)
}

func TestManyRecoveryPointsAreOneGroup(t *testing.T) {
	text, kept := manyPoints(t, 20_000)
	for _, want := range []string{
		"recovery points  eu-west-1  123456789012", "point 7 is FAIL (and 199 more like it) [recovery-point-encrypted]",
		"passed: recovery-point-encrypted (19800), recovery-point-health (20000)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "[recovery-point-encrypted]"); n != 1 {
		t.Errorf("%d rows of one kind", n)
	}
	if kept > 1<<20 {
		t.Errorf("%d bytes are kept for 20,000 recovery points", kept)
	}
}

func TestKnownAndMutedPointsAreCounted(t *testing.T) {
	var b bytes.Buffer
	w := NewTable(&b, TableOptions{Screen: terminal.Screen{Width: 100}})
	head, _, tail := sample()
	if err := w.Begin(head); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		e := pointEntry(i, "recovery-point-health", control.Fail)
		e.Excused = i < 3
		if err := w.Finding(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(tail); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"point 3 is FAIL (and 1 more like it)", "3 findings that the baseline knows"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
