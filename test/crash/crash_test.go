package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// allVariable asks for every kill point; without it a part of them is tried, spread evenly, so that the whole suite stays quick.
const allVariable = "RESTORABLE_CRASH"

// seed makes what is drawn at random the same each time.
const seed = 20261121

// fewest is how many kill points the whole series must have: fewer would mean that the plan under test does too little.
const fewest = 200

func everything() bool { return os.Getenv(allVariable) == "all" }

// calmly is what an undisturbed apply and backout do: the measure of all others.
type calmly struct {
	start, applied, backedOut string // snapshots
	calls, undoing            int    // requests of apply and of backout
}

func measure(t *testing.T, w *worker) calmly {
	t.Helper()
	s := w.scene(t)
	c := calmly{start: s.snapshot()}
	s = w.scene(t)
	e := s.apply(calm())
	if e.code != 0 {
		t.Fatalf("an undisturbed apply: exit code %d\n%s%s", e.code, e.stdout, e.stderr)
	}
	c.calls, c.applied = w.knife.calls(), s.snapshot()
	s.wantState("done")
	e = s.backout(calm())
	c.undoing, c.backedOut = w.knife.calls(), s.snapshot()
	s.wantState("backed-out")
	if e.code != 0 {
		t.Fatalf("an undisturbed backout: exit code %d\n%s%s", e.code, e.stdout, e.stderr)
	}
	if d := differs(c.start, withoutBackups(c.backedOut)); d != "" {
		t.Fatalf("an undisturbed backout leaves another state than before: %s\n%s", d, e.stdout)
	}
	if lines := strings.Count(c.applied, "\n"); lines < strings.Count(c.start, "\n")+6 {
		t.Fatalf("the plan under test changes too little to say anything:\n%s", differs(c.start, c.applied))
	}
	t.Logf("apply makes %d requests, backout %d", c.calls, c.undoing)
	return c
}

// trial is one blow and what must come of it.
type trial struct {
	name string
	run  func(t *testing.T, w *worker, c calmly)
}

// TestKilledAnywhere kills the program before each of its requests and after each of AWS's answers.
func TestKilledAnywhere(t *testing.T) {
	first := newWorker(t)
	c := measure(t, first)
	var trials []trial
	for n := 1; n <= c.calls; n++ {
		for _, when := range []moment{before, after} {
			b := blow{at: n, when: when, how: syscall.SIGKILL, concurrency: 1}
			trials = append(trials, trial{"apply, resume", b.resume()}, trial{"apply, back out", b.backOut()}, trial{"apply, torn journal, resume", b.torn()})
		}
		b := blow{at: n, when: before, how: os.Interrupt, concurrency: 1}
		trials = append(trials, trial{"interrupt, resume", b.interrupt()})
	}
	for n := 1; n <= c.undoing; n++ {
		for _, when := range []moment{before, after} {
			b := blow{at: n, when: when, how: syscall.SIGKILL, concurrency: 1}
			trials = append(trials, trial{"backout, again", b.backOutAgain()})
		}
	}
	trials = append(trials, concurrent(c)...)
	tell(t, c, spread(trials, 48))
}

// spread takes so many of the trials, of all kinds, the same each time: all of them in the whole series, an eighth under the race detector,
// to which each is like the next.
func spread(trials []trial, n int) []trial {
	if everything() {
		return trials
	}
	if testing.Short() {
		n /= 8
	}
	rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // repeatable is what it has to be
	out := make([]trial, 0, n)
	for _, i := range rng.Perm(len(trials))[:min(n, len(trials))] {
		out = append(out, trials[i])
	}
	return out
}

// tell plays the trials on as many simulated AWSs as keep this machine busy: the program mostly waits.
func tell(t *testing.T, c calmly, trials []trial) {
	t.Helper()
	queue := make(chan trial)
	var wait sync.WaitGroup
	var played atomic.Int64
	for range 4 {
		w := newWorker(t)
		wait.Go(func() {
			for one := range queue {
				t.Run(one.name, func(t *testing.T) { one.run(t, w, c) })
				played.Add(1)
			}
		})
	}
	for _, one := range trials {
		queue <- one
	}
	close(queue)
	wait.Wait()
	fmt.Printf("crash: %d kill points\n", played.Load())
	if everything() && played.Load() < fewest {
		t.Errorf("%d kill points, want at least %d", played.Load(), fewest)
	}
}

// struck applies and demands that the blow fell and killed.
func (b blow) struck(t *testing.T, s *scene, e ended) bool {
	t.Helper()
	t.Logf("%v: %s", b, s.knife.blow())
	if s.knife.blow() == "" {
		if b.concurrency == 1 {
			t.Errorf("the blow never fell: exit code %d\n%s", e.code, e.stderr)
		}
		return false // with concurrency the number of requests varies
	}
	if b.how == syscall.SIGKILL && e.code != -1 {
		t.Errorf("survived with exit code %d", e.code)
	}
	return true
}

// resume: going on reaches the end of an undisturbed apply.
func (b blow) resume() func(*testing.T, *worker, calmly) {
	return func(t *testing.T, w *worker, c calmly) {
		s := w.scene(t)
		b.struck(t, s, s.apply(b))
		s.wantEnd("resume", s.goOn(b.concurrency), c.applied)
		s.wantState("done")
	}
}

// interrupt: Ctrl-C ends cleanly, and going on reaches the end.
func (b blow) interrupt() func(*testing.T, *worker, calmly) {
	return func(t *testing.T, w *worker, c calmly) {
		s := w.scene(t)
		e := s.apply(b)
		b.struck(t, s, e)
		if e.code != 130 && e.code != 0 {
			t.Errorf("interrupted: exit code %d\n%s%s", e.code, e.stdout, e.stderr)
		}
		if e.code == 0 { // the last request was under way: everything was done
			s.wantEnd("interrupted at the end", e, c.applied)
			return
		}
		s.wantEnd("resume", s.goOn(b.concurrency), c.applied)
		s.wantState("done")
	}
}

// backOut: backing out reaches the state before, but for backups that were made.
func (b blow) backOut() func(*testing.T, *worker, calmly) {
	return func(t *testing.T, w *worker, c calmly) {
		s := w.scene(t)
		b.struck(t, s, s.apply(b))
		if s.run() == "" {
			if d := differs(c.start, s.snapshot()); d != "" {
				t.Errorf("there is no run, and yet something changed: %s", d)
			}
			return
		}
		e := s.backout(blow{concurrency: b.concurrency})
		if e.code != 0 {
			t.Errorf("backout: exit code %d\n%s%s", e.code, e.stdout, e.stderr)
		}
		if d := differs(c.start, withoutBackups(s.snapshot())); d != "" {
			t.Errorf("backout: %s\n%s%s\njournal:\n%s", d, e.stdout, e.stderr, strings.Join(s.lines(), ""))
		}
		s.wantState("backed-out")
	}
}

// backOutAgain: a backout that was killed is backed out to the end.
func (b blow) backOutAgain() func(*testing.T, *worker, calmly) {
	return func(t *testing.T, w *worker, c calmly) {
		s := w.scene(t)
		if e := s.apply(calm()); e.code != 0 {
			t.Fatalf("apply: exit code %d\n%s", e.code, e.stderr)
		}
		b.struck(t, s, s.backout(b))
		s.wantEnd("backout again", s.backout(calm()), c.backedOut)
		s.wantState("backed-out")
	}
}

// torn: besides, the process died while it wrote a line of the journal. Of the last line, if a call could not have followed it, a part is
// left; else what is left is a part of a line that would have come next.
func (b blow) torn() func(*testing.T, *worker, calmly) {
	return func(t *testing.T, w *worker, c calmly) {
		s := w.scene(t)
		b.struck(t, s, s.apply(b))
		if s.run() == "" {
			t.Skip("there was no journal yet")
		}
		s.tear(b)
		s.wantEnd("resume", s.goOn(b.concurrency), c.applied)
		s.wantState("done")
	}
}

func (s *scene) tear(b blow) {
	s.t.Helper()
	lines := s.lines()
	last := lines[len(lines)-1]
	called := strings.Contains(last, `"event":"intent"`)
	cut := len(lines) > 1 && (!called || b.when == before && !s.reading())
	text := strings.Join(lines, "") + "\n" + `{"seq":99,"at":"2026-11-21T12:`
	if cut {
		text = strings.Join(lines[:len(lines)-1], "") + last[:len(last)*(b.at%4)/4]
	}
	if err := os.WriteFile(s.journal(), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// reading reports whether the blow fell at a request that reads: then the call of the intent before it was made.
func (s *scene) reading() bool {
	for _, verb := range []string{"GET ", "Get", "List", "Describe"} {
		if strings.HasPrefix(s.knife.blow(), verb) {
			return true
		}
	}
	return false
}

// concurrent are blows at random moments of applies in which several actions are under way at once.
func concurrent(c calmly) []trial {
	rng := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // repeatable is what it has to be
	var out []trial
	for range 60 {
		b := blow{at: 1 + rng.IntN(c.calls), when: before, how: syscall.SIGKILL, concurrency: 8}
		if rng.IntN(2) == 0 {
			b.when = after
		}
		if rng.IntN(2) == 0 {
			out = append(out, trial{"concurrent apply, resume", b.resume()})
		} else {
			out = append(out, trial{"concurrent apply, back out", b.backOut()})
		}
	}
	return out
}
