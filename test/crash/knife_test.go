package crash

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim"
)

// moment is when, about a request, the program is struck.
type moment int

const (
	never  moment = iota
	before        // the request has been sent, AWS never sees it
	after         // AWS has answered, the answer never arrives
)

func (m moment) String() string {
	return [...]string{"never", "before AWS saw it", "after AWS answered"}[m]
}

// knife stands between the program and the simulated AWS, counts requests, and strikes the program at one of them.
type knife struct {
	server *awssim.Server
	web    *httptest.Server

	mu     sync.Mutex
	seen   int
	at     int
	when   moment
	how    os.Signal
	victim *os.Process
	dead   chan struct{} // closed when the victim has ended
	struck string        // the request at which the blow fell
}

func newKnife(t testing.TB, server *awssim.Server) *knife {
	k := &knife{server: server}
	k.web = httptest.NewServer(k)
	t.Cleanup(k.web.Close)
	return k
}

// arm makes ready for one run of the program.
func (k *knife) arm(at int, when moment, how os.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen, k.at, k.when, k.how, k.victim, k.struck = 0, at, when, how, nil, ""
}

// strikes counts a request; true: this is the one.
func (k *knife) strikes() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen++
	return k.when != never && k.seen == k.at && k.victim != nil
}

func (k *knife) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the program was killed while it wrote
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	now := k.strikes()
	if now && k.when == before && k.strike(operation(r, body)) {
		panic(http.ErrAbortHandler)
	}
	answer := httptest.NewRecorder()
	k.server.ServeHTTP(answer, r)
	if now && k.when == after && k.strike(operation(r, body)) {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // who is gone does not read
}

// operation says what a request asks, in a form in which reads begin with GET, Get, List or Describe.
func operation(r *http.Request, body []byte) string {
	if _, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return name
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		return form.Get("Action")
	}
	return r.Method + " " + r.URL.Path
}

// strike sends the signal; true: the program is dead and hears nothing any more.
func (k *knife) strike(operation string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.struck = operation
	_ = k.victim.Signal(k.how) // it may just have ended by itself: then no blow was needed
	if k.how != os.Kill {
		return false
	}
	<-k.dead // it must not live to see its connection break
	return true
}

// calls is how many requests the last run made.
func (k *knife) calls() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.seen
}

// blow is the request at which the last run was struck; empty: none was.
func (k *knife) blow() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.struck
}

// ended is how a run of the program ended.
type ended struct {
	code           int // -1: killed
	stdout, stderr string
}

// patience is how long the program may take; what takes longer hangs.
const patience = 60 * time.Second

// run runs the program in a process of its own. state is where it keeps its runs.
func (k *knife) run(t testing.TB, state string, args ...string) ended {
	t.Helper()
	var out, mistakes bytes.Buffer
	cmd := exec.Command(program(t), args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &mistakes, state
	cmd.Env = []string{programVariable + "=1", "HOME=" + state, "XDG_STATE_HOME=" + state, "AWS_ENDPOINT_URL=" + k.web.URL, "AWS_ACCESS_KEY_ID=" + account,
		"AWS_SECRET_ACCESS_KEY=any", "AWS_REGION=" + region, "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true"}
	k.mu.Lock() // no request is judged before the process is known
	err := cmd.Start()
	k.victim, k.dead = cmd.Process, make(chan struct{})
	dead := k.dead
	k.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	hangs := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait() // how it ended is in ProcessState
	close(dead)
	if !hangs.Stop() {
		t.Fatalf("restorable %v still ran after %s\n%s", args, patience, mistakes.String())
	}
	return ended{code: cmd.ProcessState.ExitCode(), stdout: out.String(), stderr: mistakes.String()}
}
