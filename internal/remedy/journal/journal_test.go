package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// clock is AWS's time in tests; it stands still.
func clock() time.Time { return time.Date(2026, 11, 21, 12, 5, 0, 0, time.UTC) }

func place() Place { return Place{Partition: "aws", Account: "111122223333"} }

func plan(t testing.TB) *remedy.Plan {
	t.Helper()
	off, on := remedy.PITRState("t-1", "DISABLED", 0), remedy.PITRState("t-1", "ENABLED", 35)
	p := &remedy.Plan{Partition: "aws", Account: "111122223333", Regions: []string{"eu-west-1"}, CreatedAt: estate.At(clock()), ExpiresAt: estate.At(clock().Add(time.Hour)),
		Actions: []remedy.Action{{ID: "a1", Region: "eu-west-1", Before: off, After: on, Change: remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true, PeriodDays: 35}}}}}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	return p
}

func store(t testing.TB) Store {
	t.Helper()
	return Store{Root: filepath.Join(t.TempDir(), "restorable", "runs"), Now: time.Now}
}

func create(t testing.TB, s Store) *Run {
	t.Helper()
	run, err := s.Create(plan(t), place(), Head{Tool: "test", Regions: []string{"eu-west-1"}}, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Close() })
	return run
}

func events() []Event {
	return []Event{{Kind: Intent, Action: "a1", Token: "r-1-a1"}, {Kind: Done, Action: "a1", Outputs: map[string]string{"id": "p-1"}, Reason: "\"quoted\", and\nof two lines \u2028"}, {Kind: Ended, State: Finished}}
}

// written is a journal of four lines and where each of them ends.
func written(t *testing.T) (text []byte, ends []int) {
	t.Helper()
	run := create(t, store(t))
	for _, e := range events() {
		if err := run.Journal.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(run.Journal.f.(*os.File).Name())
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range text {
		if b == '\n' {
			ends = append(ends, i+1)
		}
	}
	return text, ends
}

func TestAJournalReadsBackAsItWasWritten(t *testing.T) {
	text, _ := written(t)
	got, _, whole, err := decode(text)
	if err != nil || whole != len(text) || len(got) != 4 {
		t.Fatalf("%d events of %d bytes: %v", len(got), whole, err)
	}
	want := events()
	for i := range want {
		want[i].Seq, want[i].At = i+2, clock()
	}
	if d := cmp.Diff(want, got[1:]); d != "" {
		t.Error(d)
	}
}

// TestAJournalCutAnywhere: what is left of the line that was being written is dropped, and every line before it is kept.
func TestAJournalCutAnywhere(t *testing.T) {
	text, ends := written(t)
	for cut := range text {
		want := 0
		for _, end := range ends {
			if end <= cut {
				want++
			}
		}
		got, _, whole, err := decode(text[:cut])
		if err != nil || len(got) != want || want > 0 && whole != ends[want-1] || want == 0 && whole != 0 {
			t.Fatalf("cut at %d: %d events and %d bytes (%v), want %d", cut, len(got), whole, err, want)
		}
	}
}

// TestAJournalTornInTheMiddle: a byte that is missing or another one, before the last line, makes the journal unreadable.
func TestAJournalTornInTheMiddle(t *testing.T) {
	text, ends := written(t)
	last := ends[len(ends)-2]
	for i := range last {
		missing := append(bytes.Clone(text[:i]), text[i+1:]...)
		other := bytes.Clone(text)
		other[i] ^= 1
		for name, torn := range map[string][]byte{"missing": missing, "changed": other} {
			var corrupt *CorruptError
			if _, _, _, err := decode(torn); !errors.As(err, &corrupt) || corrupt.Line < 1 || corrupt.Reason == "" {
				t.Fatalf("byte %d %s: %v", i, name, err)
			}
		}
	}
}

func TestALostOrMovedLineIsFound(t *testing.T) {
	text, ends := written(t)
	lines := [][]byte{text[:ends[0]], text[ends[0]:ends[1]], text[ends[1]:ends[2]], text[ends[2]:]}
	for name, order := range map[string][]int{"lost": {0, 2, 3}, "moved": {0, 2, 1, 3}, "doubled": {0, 1, 1, 2, 3}, "beheaded": {1, 2, 3}} {
		var all []byte
		for _, i := range order {
			all = append(all, lines[i]...)
		}
		var corrupt *CorruptError
		if _, _, _, err := decode(all); !errors.As(err, &corrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnotherVersionIsRefused(t *testing.T) {
	line, _, err := encode(Event{Seq: 1, Kind: Begin, Head: &Head{Version: "9", ID: "r-1"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := decode(line); err == nil || !strings.Contains(err.Error(), `version "9"`) {
		t.Errorf("got %v", err)
	}
}

// TestATornEndIsCutOffBeforeTheNextLine: a run goes on after its process was killed while it wrote.
func TestATornEndIsCutOffBeforeTheNextLine(t *testing.T) {
	text, ends := written(t)
	name := filepath.Join(t.TempDir(), journalFile)
	for cut := ends[0]; cut <= len(text); cut++ {
		if err := os.WriteFile(name, text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := reopen(name, clock)
		if err != nil {
			t.Fatal(err)
		}
		before := len(j.Events())
		err = errors.Join(j.Append(Event{Kind: Resume}), j.Close())
		got, _, _, readErr := readFile(name)
		if err != nil || readErr != nil || len(got) != before+1 || got[before].Kind != Resume {
			t.Fatalf("cut at %d: %v, %v, %d events after %d", cut, err, readErr, len(got), before)
		}
	}
}

// fakeDisk is a file that takes so many bytes and no more, or cannot be forced.
type fakeDisk struct {
	bytes.Buffer
	room    int
	syncErr error
	synced  int // bytes
}

var errFull = errors.New("no space left on device")

func (d *fakeDisk) Write(b []byte) (int, error) {
	if len(b) > d.room {
		n, _ := d.Buffer.Write(b[:d.room])
		d.room = 0
		return n, errFull
	}
	d.room -= len(b)
	return d.Buffer.Write(b)
}

func (d *fakeDisk) Sync() error {
	if d.syncErr == nil {
		d.synced = d.Len()
	}
	return d.syncErr
}

func (d *fakeDisk) Truncate(size int64) error { d.Buffer.Truncate(int(size)); return nil }
func (d *fakeDisk) Close() error              { return nil }

// TestAFullDisk: whatever room there is, Append succeeds only for what is on the disk, and takes nothing after the first failure.
func TestAFullDisk(t *testing.T) {
	for room := range 700 {
		d := &fakeDisk{room: room}
		j := &Journal{f: d, now: clock}
		taken := 0
		failed := false
		for i := range 6 {
			err := j.Append(Event{Kind: Intent, Action: fmt.Sprintf("a%d", i)})
			var full *WriteError
			switch {
			case err == nil && failed:
				t.Fatalf("room %d: event %d was taken after one was not", room, i)
			case err == nil:
				taken++
			case !errors.As(err, &full):
				t.Fatalf("room %d: %v", room, err)
			default:
				failed = true
			}
		}
		if d.synced != d.Len() || bytes.Count(d.Bytes(), []byte("\n")) != taken {
			t.Fatalf("room %d: %d events were taken, and %d bytes of %d are on the disk", room, taken, d.synced, d.Len())
		}
	}
}

func TestADiskThatCannotBeForced(t *testing.T) {
	d := &fakeDisk{room: 1 << 20, syncErr: errors.New("input/output error")}
	j := &Journal{f: d, now: clock}
	if err := j.Append(Event{Kind: Intent}); err == nil {
		t.Fatal("an event that may not be on the disk was taken")
	}
	d.syncErr = nil
	if err := j.Append(Event{Kind: Intent}); err == nil {
		t.Error("a journal goes on after a failure: what the disk holds is not known")
	}
}

func TestAClosedJournalTakesNothing(t *testing.T) {
	run := create(t, store(t))
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	if err := run.Journal.Append(Event{Kind: Intent}); err == nil {
		t.Error("an event was taken after the end")
	}
}

func FuzzDecode(f *testing.F) {
	line, _, err := encode(Event{Seq: 1, Kind: Begin, Head: &Head{Version: Version, ID: "r-1"}}, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		events, _, whole, err := decode(text)
		if whole > len(text) || err == nil && bytes.Count(text, []byte("\n")) != len(events) {
			t.Errorf("%d events, %d of %d bytes, %v", len(events), whole, len(text), err)
		}
	})
}
