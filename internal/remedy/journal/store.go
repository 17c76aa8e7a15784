package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/disk"
	"github.com/restorable/restorable/internal/remedy"
)

// Store is the folder of all runs: ROOT/PARTITION/ACCOUNT/ENDPOINT/RUN/{plan.json,journal.jsonl}.
type Store struct {
	Root string           // "…/restorable/runs"
	Now  func() time.Time // this machine's clock
}

// Place is where a plan acts.
type Place struct {
	Partition, Account string
	Endpoint           string // empty: AWS's own
}

// A lock that is only looked at is let go of within a moment.
const (
	patience = 5
	moment   = 40 * time.Millisecond
)

// The files of a run.
const (
	planFile    = "plan.json"
	journalFile = "journal.jsonl"
	lockFolder  = "locks"
)

// NotFoundError says that there is no run of that id.
type NotFoundError struct{ ID string }

func (e *NotFoundError) Error() string { return "find run " + e.ID + ": there is none" }

// BusyError says that another process works on a run of the same plan.
type BusyError struct{ Plan string }

func (e *BusyError) Error() string { return "lock plan " + e.Plan + ": another process works on it" }

// UnwritableError says that runs cannot be kept, or the kept ones not be listed: nothing is called then.
type UnwritableError struct {
	Folder string
	Err    error
}

func (e *UnwritableError) Error() string { return "keep runs in " + e.Folder + ": " + e.Err.Error() }

// Unwrap returns the operating system's error.
func (e *UnwritableError) Unwrap() error { return e.Err }

// Run is one run, open for work: locked against every other run of its plan, its journal ready.
type Run struct {
	Head    Head
	Plan    *remedy.Plan
	Journal *Journal
	lock    *disk.Lock
}

// Close ends the work on a run.
func (r *Run) Close() error { return errors.Join(r.Journal.Close(), r.lock.Release()) }

// Folder is the place as a path: PARTITION/ACCOUNT/ENDPOINT.
func (p Place) Folder() string {
	return filepath.Join(plain(p.Partition), plain(p.Account), endpointKey(p.Endpoint))
}

func (s Store) folder(p Place) string { return filepath.Join(s.Root, p.Folder()) }

// endpointKey is a folder's name for an endpoint: readable, and different for different ones.
func endpointKey(endpoint string) string {
	if endpoint == "" {
		return "aws"
	}
	sum := sha256.Sum256([]byte(strings.TrimRight(endpoint, "/")))
	_, host, _ := strings.Cut(endpoint, "://")
	return plain(strings.TrimRight(host, "/")) + "-" + hex.EncodeToString(sum[:4])
}

// plain keeps what every file system takes.
func plain(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, text)
	return strings.TrimLeft(clean[:min(len(clean), 80)], ".")
}

// lockPlan keeps others from working on runs of a plan in a place, until release or the end of the process.
func (s Store) lockPlan(p Place, plan string) (*disk.Lock, error) {
	dir := filepath.Join(s.folder(p), lockFolder)
	if err := disk.MakeFolders(dir); err != nil {
		return nil, &UnwritableError{Folder: s.Root, Err: err}
	}
	l, err := disk.Acquire(filepath.Join(dir, plain(plan)))
	for range patience {
		if !errors.Is(err, disk.ErrBusy) {
			break
		}
		time.Sleep(moment) // whoever lists runs looks at the lock for a moment
		l, err = disk.Acquire(filepath.Join(dir, plain(plan)))
	}
	if errors.Is(err, disk.ErrBusy) {
		return nil, &BusyError{Plan: plan}
	}
	if err != nil {
		return nil, &UnwritableError{Folder: s.Root, Err: err}
	}
	return l, nil
}

// AppliedError says that a plan has a run already.
type AppliedError struct{ Run Summary }

func (e *AppliedError) Error() string { return "apply plan: run " + e.Run.ID + " applied it" }

// Create begins a run of a plan; clock is AWS's time. Everything is on the disk when it returns. Errors are *BusyError, *AppliedError
// when there is a run of that plan already, *UnwritableError, or a journal's.
func (s Store) Create(plan *remedy.Plan, p Place, head Head, clock func() time.Time) (*Run, error) {
	l, err := s.lockPlan(p, plan.ID)
	if err != nil {
		return nil, err
	}
	run, err := s.create(plan, p, head, clock)
	if err != nil {
		return nil, errors.Join(err, l.Release())
	}
	run.lock = l
	return run, nil
}

func (s Store) create(plan *remedy.Plan, p Place, head Head, clock func() time.Time) (*Run, error) {
	earlier, err := s.ofPlan(p, plan.ID)
	if err != nil {
		return nil, err
	}
	if earlier != nil {
		return nil, &AppliedError{Run: *earlier}
	}
	head.Version, head.Plan, head.Machine = Version, plan.ID, s.Now().UTC()
	head.Partition, head.Account, head.Endpoint = p.Partition, p.Account, p.Endpoint
	at := clock()
	if head.ID, err = runID(at); err != nil {
		return nil, err
	}
	name := filepath.Join(s.folder(p), head.ID)
	if err := s.lay(name, plan, head, at); err != nil {
		return nil, &UnwritableError{Folder: s.Root, Err: err}
	}
	j, err := reopen(filepath.Join(name, journalFile), clock)
	if err != nil {
		return nil, err
	}
	return &Run{Head: head, Plan: plan, Journal: j}, nil
}

// lay makes the folder of a run under another name and gives it its own when it is whole.
func (s Store) lay(name string, plan *remedy.Plan, head Head, at time.Time) error {
	aside := filepath.Join(filepath.Dir(name), "."+filepath.Base(name))
	if err := os.Mkdir(aside, 0o700); err != nil {
		return err
	}
	err := disk.LayFile(filepath.Join(aside, planFile), plan.Write)
	if err == nil {
		var line []byte
		line, _, err = encode(Event{Seq: 1, At: at.UTC().Truncate(time.Second), Kind: Begin, Head: &head}, "")
		if err == nil {
			err = disk.LayFile(filepath.Join(aside, journalFile), func(w io.Writer) error { _, err := w.Write(line); return err })
		}
	}
	if err == nil {
		err = disk.SyncFolder(aside)
	}
	if err == nil {
		err = os.Rename(aside, name)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(aside))
	}
	return disk.SyncFolder(filepath.Dir(name))
}

// runID is sortable by AWS's time and unique.
func runID(at time.Time) (string, error) {
	var tail [3]byte
	if _, err := rand.Read(tail[:]); err != nil {
		return "", fmt.Errorf("make run id: %w", err)
	}
	return "r-" + at.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(tail[:]), nil
}

// Open opens a run to go on with it; clock is AWS's time. Errors are *NotFoundError, *BusyError, *CorruptError or the operating system's.
func (s Store) Open(id string, clock func() time.Time) (*Run, error) {
	name, err := s.find(id)
	if err != nil {
		return nil, err
	}
	head, err := headOf(name)
	if err != nil {
		return nil, err
	}
	l, err := s.lockPlan(Place{Partition: head.Partition, Account: head.Account, Endpoint: head.Endpoint}, head.Plan)
	if err != nil {
		return nil, err
	}
	run, err := s.open(name, head, clock)
	if err != nil {
		return nil, errors.Join(err, l.Release())
	}
	run.lock = l
	return run, nil
}

func (s Store) open(name string, head Head, clock func() time.Time) (*Run, error) {
	plan, err := loadPlan(name)
	if err != nil {
		return nil, err
	}
	j, err := reopen(filepath.Join(name, journalFile), clock)
	if err != nil {
		return nil, err
	}
	return &Run{Head: head, Plan: plan, Journal: j}, nil
}

func loadPlan(folder string) (*remedy.Plan, error) {
	f, err := os.Open(filepath.Join(folder, planFile))
	if err != nil {
		return nil, fmt.Errorf("read the plan of a run: %w", err)
	}
	defer f.Close()
	plan, err := remedy.Load(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return plan, nil
}

func headOf(folder string) (Head, error) {
	events, _, _, err := readFile(filepath.Join(folder, journalFile))
	if err != nil {
		return Head{}, err
	}
	if len(events) == 0 {
		return Head{}, &CorruptError{Line: 1, Reason: "is missing"}
	}
	return *events[0].Head, nil
}

// find returns the folder of a run.
func (s Store) find(id string) (string, error) {
	if !strings.HasPrefix(id, "r-") || plain(id) != id {
		return "", &NotFoundError{ID: id}
	}
	found, err := filepath.Glob(filepath.Join(escaped(s.Root), "*", "*", "*", id))
	if err != nil {
		return "", fmt.Errorf("find run: %w", err)
	}
	if len(found) == 0 {
		return "", &NotFoundError{ID: id}
	}
	return found[0], nil
}

// escaped keeps the characters of a folder's name from being a pattern.
func escaped(name string) string {
	return strings.NewReplacer(`[`, `[[]`, `*`, `[*]`, `?`, `[?]`).Replace(name)
}

// folders are those of the runs below a folder, so many levels down.
func folders(root string, levels int) ([]string, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &UnwritableError{Folder: root, Err: err}
	}
	var out []string
	for _, e := range entries {
		name := filepath.Join(root, e.Name())
		switch {
		case !e.IsDir():
		case levels > 0:
			below, err := folders(name, levels-1)
			if err != nil {
				return nil, err
			}
			out = append(out, below...)
		case strings.HasPrefix(e.Name(), "r-"):
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}
