package crash

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/awssim"
)

// losses is everything that backing out gives up only when told: with it, all that a run made is taken back, but for backups.
const losses = "pitr,role,vault,opt-in,lock,protection,key"

// worker tells the same story again and again, each time from the start.
type worker struct {
	server *awssim.Server
	knife  *knife
	plan   []byte
}

func newWorker(t testing.TB) *worker {
	t.Helper()
	w := &worker{server: newServer(t)}
	w.knife = newKnife(t, w.server)
	w.plan = planUnderTest(t, w.server, w.knife.web.URL)
	return w
}

// scene is one telling: a fresh simulated AWS, a fresh folder for the program's state.
type scene struct {
	*worker
	t      testing.TB
	folder string
}

func (w *worker) scene(t testing.TB) *scene {
	t.Helper()
	if err := w.server.Reset(); err != nil {
		t.Fatal(err)
	}
	s := &scene{worker: w, t: t, folder: t.TempDir()}
	if err := os.WriteFile(s.planFile(), w.plan, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *scene) planFile() string { return filepath.Join(s.folder, "plan.json") }

// blow is when and how a run of the program is struck.
type blow struct {
	at          int // request, from 1
	when        moment
	how         os.Signal
	concurrency int
}

func (b blow) String() string {
	return fmt.Sprintf("%v at request %d, %s, concurrency %d", b.how, b.at, b.when, b.concurrency)
}

func calm() blow { return blow{concurrency: 1} }

// act runs apply or backout, struck by b.
func (s *scene) act(b blow, args ...string) ended {
	s.t.Helper()
	s.knife.arm(b.at, b.when, b.how)
	return s.knife.run(s.t, s.folder, append(args, "--auto-approve", "--rates", "off", "--no-progress", "--concurrency", fmt.Sprint(b.concurrency))...)
}

func (s *scene) apply(b blow) ended { return s.act(b, "apply", s.planFile()) }

// goOn resumes the run, or applies the plan where the program died before there was a run.
func (s *scene) goOn(concurrency int) ended {
	s.t.Helper()
	b := blow{concurrency: concurrency}
	if id := s.run(); id != "" {
		return s.act(b, "apply", "--resume", id)
	}
	return s.apply(b)
}

func (s *scene) backout(b blow) ended {
	return s.act(b, "backout", s.run(), "--drop", losses)
}

// listed is a run as runs list shows it.
type listed struct{ ID, State string }

func (s *scene) runs() []listed {
	s.t.Helper()
	s.knife.arm(0, never, nil)
	e := s.knife.run(s.t, s.folder, "runs", "list", "-o", "json")
	var out []listed
	if err := json.Unmarshal([]byte(e.stdout), &out); err != nil || e.code != 0 {
		s.t.Fatalf("runs list: exit code %d, %v\n%s%s", e.code, err, e.stdout, e.stderr)
	}
	return out
}

// run is the id of the one run that there may be; empty: there is none. It reads the folder, since that is asked often.
func (s *scene) run() string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.folder, "restorable", "runs", "*", "*", "*", "r-*"))
	if err != nil || len(found) > 1 {
		s.t.Fatalf("%d runs, %v", len(found), err)
	}
	if len(found) == 0 {
		return ""
	}
	return filepath.Base(found[0])
}

// journal is the file of the one run.
func (s *scene) journal() string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.folder, "restorable", "runs", "*", "*", "*", "r-*", "journal.jsonl"))
	if err != nil || len(found) != 1 {
		s.t.Fatalf("%d journals, %v", len(found), err)
	}
	return found[0]
}

func (s *scene) lines() []string {
	s.t.Helper()
	raw, err := os.ReadFile(s.journal())
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(string(raw), "\n"), "\n")
}

func (s *scene) snapshot() string { return snapshot(s.t, s.server) }

// wantEnd fails unless the program ended with a code and the account is as wanted.
func (s *scene) wantEnd(what string, e ended, want string) {
	s.t.Helper()
	if e.code != 0 {
		s.t.Errorf("%s: exit code %d\n%s%s", what, e.code, e.stdout, e.stderr)
	}
	if d := differs(want, s.snapshot()); d != "" {
		s.t.Errorf("%s: %s\n%s%s\njournal:\n%s", what, d, e.stdout, e.stderr, strings.Join(s.lines(), ""))
	}
}

// wantState fails unless there is one run and it is in a state.
func (s *scene) wantState(state string) {
	s.t.Helper()
	if runs := s.runs(); len(runs) != 1 || runs[0].State != state {
		s.t.Errorf("runs %+v, want one that is %s", runs, state)
	}
}

// withoutBackups leaves out the backups that were made, which no backout takes back.
func withoutBackups(snapshot string) string {
	var out []string
	for _, line := range strings.Split(snapshot, "\n") {
		if !strings.HasPrefix(line, "job ") && !strings.HasPrefix(line, "native backup ") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
