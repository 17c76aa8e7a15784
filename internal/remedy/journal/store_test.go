package journal

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/disk"
)

// lockVariable makes the test binary take the lock that it names, say so, and wait to be killed.
const lockVariable = "RESTORABLE_TEST_LOCK"

func TestMain(m *testing.M) {
	if name := os.Getenv(lockVariable); name != "" {
		if _, err := disk.Acquire(name); err != nil {
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString("locked\n")
		time.Sleep(time.Minute)
	}
	os.Exit(m.Run())
}

func TestARunIsOnTheDiskBeforeItBegins(t *testing.T) {
	s := store(t)
	run := create(t, s)
	if !strings.HasPrefix(run.Head.ID, "r-20261121T120500Z-") {
		t.Errorf("the run is %s", run.Head.ID)
	}
	r, err := s.Show(run.Head.ID)
	if err != nil || r.PlanDocument.ID != run.Plan.ID || len(r.Events) != 1 || r.State != Running || !r.StartedAt.Equal(clock()) {
		t.Errorf("%+v, %v", r, err)
	}
	left, err := filepath.Glob(filepath.Join(s.folder(place()), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAPlanHasOneRun(t *testing.T) {
	s := store(t)
	run := create(t, s)
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Create(plan(t), place(), Head{}, clock)
	var applied *AppliedError
	if !errors.As(err, &applied) || applied.Run.ID != run.Head.ID || applied.Run.State != Stopped {
		t.Errorf("a second run: %v", err)
	}
	elsewhere := place()
	elsewhere.Endpoint = "http://127.0.0.1:8000"
	other, err := s.Create(plan(t), elsewhere, Head{}, clock)
	if err != nil {
		t.Fatalf("at another endpoint: %v", err)
	}
	_ = other.Close()
}

func TestTwoProcessesDoNotWorkOnOnePlan(t *testing.T) {
	s := store(t)
	run := create(t, s)
	var busy *BusyError
	if _, err := s.Open(run.Head.ID, clock); !errors.As(err, &busy) || busy.Plan != run.Plan.ID {
		t.Errorf("opened twice: %v", err)
	}
	if _, err := s.Create(plan(t), place(), Head{}, clock); !errors.As(err, &busy) {
		t.Errorf("begun twice: %v", err)
	}
	if found, err := s.OfPlan(place(), run.Plan.ID); err != nil || found == nil || found.State != Running {
		t.Errorf("what is under way is said to be %+v, %v", found, err)
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := s.OfPlan(place(), run.Plan.ID); err != nil || found == nil || found.State != Stopped {
		t.Errorf("what was stopped is said to be %+v, %v", found, err)
	}
	again, err := s.Open(run.Head.ID, clock)
	if err != nil {
		t.Fatalf("after the end: %v", err)
	}
	_ = again.Close()
}

func TestAKilledProcessLeavesNoLock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the test waits for a pipe of a killed process")
	}
	name := filepath.Join(t.TempDir(), "lock")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), lockVariable+"="+name)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 6)
	if _, err := out.Read(said); err != nil || string(said) != "locked" {
		t.Fatalf("the other process said %q, %v", said, err)
	}
	if _, err := disk.Acquire(name); !errors.Is(err, disk.ErrBusy) {
		t.Errorf("the lock of another process: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	l, err := disk.Acquire(name)
	if err != nil {
		t.Fatalf("after the other process was killed: %v", err)
	}
	_ = l.Release()
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	if os.Getuid() == 0 {
		blocked := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(blocked, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s := Store{Root: filepath.Join(blocked, "runs"), Now: time.Now}
		unwritable(t, s)
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	unwritable(t, Store{Root: filepath.Join(dir, "runs"), Now: time.Now})
}

func unwritable(t *testing.T, s Store) {
	t.Helper()
	var shut *UnwritableError
	if _, err := s.Create(plan(t), place(), Head{}, clock); !errors.As(err, &shut) {
		t.Errorf("got %v", err)
	}
}

func TestRunsAreListedNewestLast(t *testing.T) {
	s := store(t)
	var ids []string
	for i := range 5 {
		p := plan(t)
		p.Caller = strings.Repeat("x", i+1)
		if err := p.Seal(); err != nil {
			t.Fatal(err)
		}
		run, err := s.Create(p, place(), Head{}, clock) // all in one second of AWS's time
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.Head.ID)
		if err := run.Close(); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.List()
	if err != nil || len(list) != 5 {
		t.Fatalf("%v, %v", list, err)
	}
	for i, one := range list {
		if one.ID != ids[i] {
			t.Errorf("place %d is %s, want %s", i, one.ID, ids[i])
		}
	}
	if list, err := (Store{Root: t.TempDir() + "/none", Now: time.Now}).List(); err != nil || len(list) != 0 {
		t.Errorf("without a store: %v, %v", list, err)
	}
}

func TestADamagedRunHidesNoOther(t *testing.T) {
	s := store(t)
	run := create(t, s)
	_ = run.Close()
	bad := filepath.Join(s.folder(place()), "r-20261121T120500Z-000000")
	if err := os.MkdirAll(bad, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bad, journalFile), []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := s.List()
	var corrupt *CorruptError
	if len(list) != 1 || !errors.As(err, &corrupt) {
		t.Errorf("%v, %v", list, err)
	}
	if found, err := s.OfPlan(place(), run.Plan.ID); err != nil || found == nil || found.ID != run.Head.ID {
		t.Errorf("the run of the plan: %v, %v", found, err)
	}
	journal := filepath.Join(s.folder(place()), run.Head.ID, journalFile)
	if err := os.WriteFile(journal, []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OfPlan(place(), run.Plan.ID); !errors.As(err, &corrupt) {
		t.Errorf("a plan whose own run is damaged: %v", err)
	}
}

func TestNoRunHasAnOddName(t *testing.T) {
	s := store(t)
	create(t, s)
	for _, id := range []string{"", "r-*", "../r-1", "r-1/../../x", "*", "p-1", "r-none"} {
		var none *NotFoundError
		if _, err := s.Show(id); !errors.As(err, &none) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestEndpointsHaveFoldersOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	for _, e := range []string{"", "http://127.0.0.1:8000", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://127.0.0.1_8000", "http://a/b", "http://a/c"} {
		key := endpointKey(e)
		if key == "" || strings.ContainsAny(key, `/\:*`) || seen[key] != "" {
			t.Errorf("%q has the folder %q, as %q has", e, key, seen[key])
		}
		seen[key] = e + "."
	}
	if endpointKey("http://a/") != endpointKey("http://a") {
		t.Error("a slash at the end makes another endpoint")
	}
}
