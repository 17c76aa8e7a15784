package estatebridge_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/estatebridge"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/estate"
)

// still is a simulated AWS in which time passes only when it is told to.
func still(t *testing.T, start time.Time, load func(*awssim.Assembly) error) *awssim.Server {
	t.Helper()
	machine := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	s, err := awssim.New(awssim.Options{
		World: world.Options{Start: start, Real: func() time.Time { return machine }, Seed: 7}, Load: load,
		Panicked: func(operation string, value any, stack []byte) {
			t.Errorf("panic in %s: %v\n%s", operation, value, stack)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, s *awssim.Server) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := estatebridge.Write(s.Assembly(), &b, "test"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parse(t *testing.T, file []byte) *estate.Estate {
	t.Helper()
	es, err := estate.Load(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return es
}

// reload puts a file into a fresh simulated AWS that stands at the newest unit's now.
func reload(t *testing.T, file []byte) *awssim.Server {
	t.Helper()
	es := parse(t, file)
	var now estate.Instant
	for _, u := range es.Units {
		now = max(now, u.Now.Or(0))
	}
	return still(t, now.Time(), func(as *awssim.Assembly) error { return estatebridge.Load(as, es) })
}

func TestTheDemoComesBackAsItWasWritten(t *testing.T) {
	first := write(t, still(t, demo.Start(), demo.Load))
	second := write(t, reload(t, first))
	if diff := cmp.Diff(strings.Split(string(first), "\n"), strings.Split(string(second), "\n")); diff != "" {
		t.Errorf("written, loaded and written again, it differs (-first +second):\n%s", diff)
	}
}

func encode(t *testing.T, es *estate.Estate) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := estate.Write(&b, es); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
