// Package scenario runs the whole program against the simulated AWS: what it prints, where, and with which exit code.
package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	_ "time/tzdata"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/estatebridge"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/cli"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/estate"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestMain(m *testing.M) {
	testscript.Main(waiting{m}, map[string]func(){"restorable": func() {
		signal.Ignore(syscall.SIGPIPE)
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		context.AfterFunc(ctx, stop)
		code := cli.Run(ctx, os.Args[1:], os.Getenv, cli.Stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
		stop()
		os.Exit(code)
	}})
}

// waiting runs more tests at once than there are cores: they wait for processes, for pauses and for virtual time.
type waiting struct{ m *testing.M }

func (w waiting) Run() int {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return w.m.Run()
}

func TestScenarios(t *testing.T) {
	schemas, err := filepath.Abs(filepath.Join("..", "..", "docs", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("SCHEMAS", schemas)
			e.Setenv("AWS_CONFIG_FILE", filepath.Join(e.WorkDir, "no-config"))
			e.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(e.WorkDir, "no-credentials"))
			e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sim": simCommand, "fault": faultCommand, "advance": advanceCommand, "calls": callsCommand,
			"exits": exitsCommand, "valid": validCommand, "jsonpath": jsonpathCommand, "harmless": harmlessCommand,
			"tlssim": tlssimCommand, "tidy": tidyCommand, "damage": damageCommand,
			"evidence": evidenceCommand, "dynamodb": dynamodbCommand, "signkey": signkeyCommand, "plant": plantCommand, "organisation": organisationCommand,
		},
	})
}

// simCommand starts a simulated AWS for the script and points the environment at it: sim [demo|empty|load FILE] [org] [enforce] [rates] [fast].
func simCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sim demo|empty|load FILE [org] [enforce] [rates] [fast]")
	}
	o := awssim.Options{World: world.Options{}}
	switch args[0] {
	case "demo":
		o.World.Start, o.Load = demo.Start(), demo.Load
	case "load":
		f, err := os.Open(ts.MkAbs(args[1]))
		ts.Check(err)
		es, err := estate.Load(f)
		ts.Check(err)
		ts.Check(f.Close())
		o.Load = func(a *awssim.Assembly) error {
			if slices.Contains(args, "org") {
				organise(a, es)
			}
			return estatebridge.Load(a, es)
		}
		for _, u := range es.Units {
			if now, ok := u.Now.Get(); ok && now.Time().After(o.World.Start) {
				o.World.Start = now.Time()
			}
		}
	}
	for _, word := range args {
		o.Enforce = o.Enforce || word == "enforce"
		o.Rates = o.Rates || word == "rates"
		if word == "fast" { // ten minutes in each second: backup jobs end while one waits
			o.World.Speed = 600
		}
	}
	server, err := awssim.New(o)
	ts.Check(err)
	http := httptest.NewServer(server)
	ts.Defer(http.Close)
	ts.Setenv("AWS_ENDPOINT_URL", http.URL)
	ts.Setenv("AWS_ACCESS_KEY_ID", demo.Account)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", "any")
	ts.Setenv("AWS_REGION", demo.Home)
}

func post(ts *testscript.TestScript, path, body string) {
	r, err := http.Post(ts.Getenv("AWS_ENDPOINT_URL")+path, "application/json", strings.NewReader(body))
	ts.Check(err)
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		var b bytes.Buffer
		_, _ = b.ReadFrom(r.Body)
		ts.Fatalf("POST %s: %s %s", path, r.Status, b.String())
	}
}

// faultCommand replaces the simulator's faults: fault ACTION ERROR [RESOURCE-GLOB [TIMES]], or fault clear.
func faultCommand(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 1 {
		post(ts, "/_sim/faults", "[]")
		return
	}
	fault := map[string]any{"action": args[0], "error": args[1]}
	if len(args) > 2 {
		fault["resource"] = args[2]
	}
	if len(args) > 3 {
		n, err := strconv.Atoi(args[3])
		ts.Check(err)
		fault["times"] = n
	}
	body, err := json.Marshal([]any{fault})
	ts.Check(err)
	post(ts, "/_sim/faults", string(body))
}

func advanceCommand(ts *testscript.TestScript, _ bool, args []string) {
	post(ts, "/_sim/clock", fmt.Sprintf(`{"advance":%q}`, args[0]))
}

// callsCommand fails when any call that is not a read was made since the simulated AWS was started: calls readonly. Or when an operation was
// not called as often as said: calls OPERATION NUMBER.
func callsCommand(ts *testscript.TestScript, _ bool, args []string) {
	r, err := http.Get(ts.Getenv("AWS_ENDPOINT_URL") + "/_sim/calls")
	ts.Check(err)
	defer r.Body.Close()
	counts := map[string]int{}
	ts.Check(json.NewDecoder(r.Body).Decode(&counts))
	if len(counts) == 0 {
		ts.Fatalf("no call was made at all")
	}
	if len(args) == 2 {
		if got := strconv.Itoa(counts[args[0]]); got != args[1] {
			ts.Fatalf("%s was called %s times, want %s", args[0], got, args[1])
		}
		return
	}
	for call := range counts {
		_, operation, _ := strings.Cut(call, ":")
		if !strings.HasPrefix(operation, "List") && !strings.HasPrefix(operation, "Describe") && !strings.HasPrefix(operation, "Get") {
			ts.Fatalf("%s is no read", call)
		}
	}
}

// exitsCommand runs the program and demands an exit code: exits CODE ARGUMENT...
func exitsCommand(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("restorable", args[1:]...)
	code := 0
	if err != nil {
		var exit interface{ ExitCode() int }
		if e, ok := err.(interface{ ExitCode() int }); ok {
			exit = e
		} else {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// validCommand checks a JSON file (or stdout) against a published schema: valid FILE SCHEMA.
func validCommand(ts *testscript.TestScript, _ bool, args []string) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	s, err := jsonschema.NewCompiler().Compile(filepath.Join(ts.Getenv("SCHEMAS"), args[1]))
	ts.Check(err)
	ts.Check(s.Validate(doc))
}

// jsonpathCommand checks findings of a report: jsonpath FILE NAME REGION CONTROL VERDICT.
func jsonpathCommand(ts *testscript.TestScript, neg bool, args []string) {
	var r struct {
		Findings []struct {
			Control, Verdict, Reason string
			Resource                 struct{ Name, Region string }
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &r))
	for _, f := range r.Findings {
		if f.Resource.Name == args[1] && f.Resource.Region == args[2] && f.Control == args[3] {
			if (f.Verdict == args[4]) == neg {
				ts.Fatalf("%s of %s is %s: %s", f.Control, f.Resource.Name, f.Verdict, f.Reason)
			}
			return
		}
	}
	ts.Fatalf("no finding of %s for %s in %s", args[3], args[1], args[2])
}

// harmlessCommand fails when a text could act on a terminal or a CI log: harmless stdout|stderr|FILE...
func harmlessCommand(ts *testscript.TestScript, _ bool, files []string) {
	for _, file := range files {
		for _, line := range strings.Split(ts.ReadFile(file), "\n") {
			body := strings.TrimSpace(line)
			if strings.HasPrefix(body, "::") || strings.HasPrefix(body, "##[") || strings.ContainsAny(line, "\x1b\x07\x00\u202e\u009b") {
				ts.Fatalf("%s: %q", file, line)
			}
		}
	}
}

// sequential leaves a test out of short runs, which are those under the race detector: it starts the program many times, one path after the
// other, of which that has nothing to see.
func sequential(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one path after the other: the race detector has nothing to see")
	}
}
