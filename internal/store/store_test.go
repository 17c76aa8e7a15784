package store

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// workVariable makes the test binary move a record of the store that it names, on and on, and say each step that it was promised, until killed.
const workVariable = "RESTORABLE_TEST_STORE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(workVariable); dir != "" {
		os.Exit(work(dir))
	}
	os.Exit(m.Run())
}

func work(dir string) int {
	ctx := context.Background()
	s, err := Open(ctx, dir, time.Now)
	if err == nil {
		_, err = s.Lock("drill", "d-1")
	}
	for i := 0; err == nil; i++ {
		if err = s.Move(ctx, "drill", "d-1", state(i), state(i+1), json.RawMessage(strconv.Itoa(i+1))); err == nil {
			fmt.Println(i + 1)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func state(i int) string { return "s" + strconv.Itoa(i) }

// ticking is a clock that goes on by a second whenever it is asked.
func ticking() func() time.Time {
	at, mu := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), sync.Mutex{}
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Second)
		return at
	}
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, ticking())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func create(t *testing.T, s *Store, id string) {
	t.Helper()
	if err := s.Create(t.Context(), Record{Kind: "drill", ID: id, State: state(0)}); err != nil {
		t.Fatal(err)
	}
}

func TestARecordGoesThroughItsStates(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "a folder? of #1"))
	ctx := t.Context()
	if err := s.Create(ctx, Record{Kind: "drill", ID: "d-1", State: "planned", Data: json.RawMessage(`{"table":"orders\u0000"}`)}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ from, to, data string }{{"planned", "restoring", ""}, {"restoring", "restoring", `{"arn":"a"}`}, {"restoring", "done", `{"n":2}`}} {
		var data json.RawMessage
		if step.data != "" {
			data = json.RawMessage(step.data)
		}
		if err := s.Move(ctx, "drill", "d-1", step.from, step.to, data); err != nil {
			t.Fatal(err)
		}
	}
	zero := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	got, err := s.Get(ctx, "drill", "d-1")
	want := Record{Kind: "drill", ID: "d-1", State: "done", Data: json.RawMessage(`{"n":2}`), Created: zero.Add(1e9), Changed: zero.Add(4e9)}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
	history, err := s.History(ctx, "drill", "d-1")
	if d := cmp.Diff([]Transition{{"", "planned", zero.Add(1e9)}, {"planned", "restoring", zero.Add(2e9)}, {"restoring", "done", zero.Add(4e9)}}, history); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestKeepsDataThatAMoveDoesNotName(t *testing.T) {
	s := open(t, t.TempDir())
	create(t, s, "d-1")
	if err := s.Move(t.Context(), "drill", "d-1", state(0), state(1), nil); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Get(t.Context(), "drill", "d-1"); err != nil || string(r.Data) != "null" {
		t.Errorf("got %s, %v", r.Data, err)
	}
}

func TestRefusals(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := t.Context()
	create(t, s, "d-1")
	if err := s.Create(ctx, Record{Kind: "drill", ID: "d-1", State: "other"}); !errors.Is(err, ErrExists) {
		t.Errorf("created twice: %v", err)
	}
	if err := s.Move(ctx, "drill", "d-1", "other", "done", json.RawMessage("1")); !errors.Is(err, ErrMoved) || !strings.Contains(err.Error(), "s0") {
		t.Errorf("moved from a state that it is not in: %v", err)
	}
	if err := s.Delete(ctx, "drill", "d-1", "other"); !errors.Is(err, ErrMoved) {
		t.Errorf("forgot what is in another state: %v", err)
	}
	if err := s.Delete(ctx, "restore", "d-1", state(0)); !errors.Is(err, ErrNotFound) {
		t.Errorf("forgot what is not there: %v", err)
	}
	if err := s.Move(ctx, "restore", "d-1", state(0), "done", nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("moved what is not there: %v", err)
	}
	if _, err := s.Get(ctx, "drill", "d-2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got what is not there: %v", err)
	}
	r, err := s.Get(ctx, "drill", "d-1")
	if err != nil || r.State != state(0) || string(r.Data) != "null" {
		t.Errorf("a refusal changed the record: %+v, %v", r, err)
	}
}

func TestForgetsARecordWithItsHistory(t *testing.T) {
	s := open(t, t.TempDir())
	for _, id := range []string{"d-1", "d-2"} {
		create(t, s, id)
	}
	if err := s.Delete(t.Context(), "drill", "d-1", state(0)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Get(t.Context(), "drill", "d-1")
	history, historyErr := s.History(t.Context(), "drill", "d-1")
	all, listErr := s.List(t.Context(), "drill")
	if !errors.Is(err, ErrNotFound) || len(history) != 0 || historyErr != nil || len(all) != 1 || all[0].ID != "d-2" || listErr != nil {
		t.Error(err, history, historyErr, all, listErr)
	}
	create(t, s, "d-1")
}

func TestListsAKindByAge(t *testing.T) {
	s := open(t, t.TempDir())
	for _, id := range []string{"z", "a", "m"} {
		create(t, s, id)
	}
	if err := s.Create(t.Context(), Record{Kind: "restore", ID: "b", State: "x"}); err != nil {
		t.Fatal(err)
	}
	all, err := s.List(t.Context(), "drill")
	var ids []string
	for _, r := range all {
		ids = append(ids, r.ID)
	}
	if d := cmp.Diff([]string{"z", "a", "m"}, ids); d != "" || err != nil {
		t.Error(err, d)
	}
}

// TestOnlyOneOfManyMovesIt: of several that see the same state, in several stores as in several processes, one wins.
func TestOnlyOneOfManyMovesIt(t *testing.T) {
	dir := t.TempDir()
	create(t, open(t, dir), "d-1")
	won := make(chan string, 8)
	var group sync.WaitGroup
	for i := range 8 {
		s := open(t, dir)
		group.Go(func() {
			to := "by " + strconv.Itoa(i)
			err := s.Move(t.Context(), "drill", "d-1", state(0), to, nil)
			if err == nil {
				won <- to
			} else if !errors.Is(err, ErrMoved) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	close(won)
	if len(won) != 1 {
		t.Fatalf("%d of 8 moved it", len(won))
	}
	if r, err := open(t, dir).Get(t.Context(), "drill", "d-1"); err != nil || r.State != <-won {
		t.Error(r, err)
	}
}

// TestManyOpenANewStoreAtOnce: who comes first makes it, the others wait.
func TestManyOpenANewStoreAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			s, err := Open(t.Context(), dir, time.Now)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Create(t.Context(), Record{Kind: "drill", ID: strconv.Itoa(i), State: "x"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if all, err := open(t, dir).List(t.Context(), "drill"); err != nil || len(all) != 8 {
		t.Errorf("%d of 8 are kept: %v", len(all), err)
	}
}

// TestAKilledProcessKeepsWhatItWasPromised kills a process between its moves, again and again: the next one finds the last state that was
// acknowledged, or the one that was being written, whole; and the lock is free.
func TestAKilledProcessKeepsWhatItWasPromised(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows knows no SIGKILL")
	}
	for round := range 12 {
		dir := t.TempDir()
		create(t, open(t, dir), "d-1")
		promised := killAfter(t, dir, 1+round*3)
		s := open(t, dir)
		r, err := s.Get(t.Context(), "drill", "d-1")
		if err != nil {
			t.Fatal(err)
		}
		if r.State != state(promised) && r.State != state(promised+1) || state(0)[:1]+string(r.Data) != r.State {
			t.Errorf("promised %d, kept state %s with data %s", promised, r.State, r.Data)
		}
		history, err := s.History(t.Context(), "drill", "d-1")
		if err != nil || history[len(history)-1].To != r.State || state(len(history)-1) != r.State {
			t.Errorf("state %s after %d steps: %v", r.State, len(history), err)
		}
		if _, err := s.Lock("drill", "d-1"); err != nil {
			t.Errorf("the lock of a killed process: %v", err)
		}
	}
}

// killAfter lets a process move the record, kills it when it has told so many steps, and returns the last one that it told.
func killAfter(t *testing.T, dir string, steps int) int {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), workVariable+"="+dir)
	child.Stderr = os.Stderr
	pipe, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	last, lines := 0, bufio.NewScanner(pipe)
	for lines.Scan() {
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if last == steps {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // killed
	if last < steps {
		t.Fatalf("it ended after %d steps", last)
	}
	return last
}

func TestALockIsForOne(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir)
	release, err := a.Lock("drill", "d-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Lock("drill", "d-1"); !errors.Is(err, ErrBusy) {
		t.Errorf("a second lock: %v", err)
	}
	for _, other := range [][2]string{{"restore", "d-1"}, {"drill", "d-2"}, {"drill", "../../x"}} {
		if _, err := b.Lock(other[0], other[1]); err != nil {
			t.Errorf("another record's lock: %v", err)
		}
	}
	if err := errors.Join(release(), release()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Lock("drill", "d-1"); err != nil {
		t.Errorf("after its release: %v", err)
	}
}

func TestALaterSchemaIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	var newer *NewerError
	if _, err := Open(t.Context(), dir, time.Now); !errors.As(err, &newer) || newer.Found != 99 || newer.Known != len(migrations()) {
		t.Errorf("got %v", err)
	}
}

// TestAMigrationIsAllOrNothing: a step that fails leaves the file as it was.
func TestAMigrationIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	if err := lay(dir, filepath.Join(dir, File)); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", source(filepath.Join(dir, File)))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE transition (x INTEGER)"); err != nil { // in the way of the second table
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, time.Now); err == nil {
		t.Fatal("opened over another's table")
	}
	var tables, version int
	err = errors.Join(db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'record'").Scan(&tables), db.QueryRow("PRAGMA user_version").Scan(&version))
	if err != nil || tables != 0 || version != 0 {
		t.Errorf("%d tables of ours, version %d: %v", tables, version, err)
	}
}

func TestADamagedFile(t *testing.T) {
	whole := filled(t)
	torn := append([]byte{}, whole...)
	for i := 4096; i < 8192; i++ {
		torn[i] ^= 0xff
	}
	for name, content := range map[string][]byte{"another file": []byte(strings.Repeat("this is no database\n", 300)), "a page torn": torn, "cut": whole[:5000]} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, File), content, 0o600); err != nil {
				t.Fatal(err)
			}
			var corrupt *CorruptError
			if _, err := Open(t.Context(), dir, time.Now); !errors.As(err, &corrupt) || corrupt.Path != filepath.Join(dir, File) {
				t.Errorf("got %v", err)
			}
			if after, err := os.ReadFile(filepath.Join(dir, File)); err != nil || string(after) != string(content) {
				t.Errorf("the damaged file was written to: %v", err)
			}
		})
	}
}

// filled is the file of a store with some records, all in the one file.
func filled(t *testing.T) []byte {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 100 {
		create(t, s, strings.Repeat("d", 100)+strconv.Itoa(i))
	}
	if err := s.Close(); err != nil { // brings the log into the file
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil || len(content) < 3*4096 {
		t.Fatalf("%d bytes: %v", len(content), err)
	}
	return content
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{"a file in the way": filepath.Join(file, "store")}
	if runtime.GOOS == "linux" {
		folders["a folder of the kernel's"] = "/proc/restorable" // not even root may write there
	}
	for name, dir := range folders {
		t.Run(name, func(t *testing.T) {
			var shut *UnwritableError
			if _, err := Open(t.Context(), dir, time.Now); !errors.As(err, &shut) || shut.Path != dir {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAReadOnlyFolder(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("root writes everywhere, and Windows keeps its modes elsewhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	var shut *UnwritableError
	if _, err := Open(t.Context(), dir, time.Now); !errors.As(err, &shut) {
		t.Errorf("got %v", err)
	}
}

// TestNobodyElseReadsIt: what is kept names tables and keys.
func TestNobodyElseReadsIt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps its modes elsewhere")
	}
	dir := t.TempDir()
	create(t, open(t, dir), "d-1")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 3 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v: %v", e.Name(), info.Mode(), err)
		}
	}
}
