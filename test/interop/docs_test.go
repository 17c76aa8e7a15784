package interop

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/cli"
)

const manual = "../../docs/simulator.md"

// TestManualIsTrue holds the lists of docs/simulator.md against the simulator and the tables of this package. UPDATE_DOCS=1 rewrites them.
func TestManualIsTrue(t *testing.T) {
	server, err := awssim.New(awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	after := string(before)
	for name, text := range map[string]string{"operations": operationsTable(server.Assembly()), "dynamodb-local": localTable(), "moto": motoList()} {
		after = between(t, after, name, text)
	}
	if after == string(before) {
		return
	}
	if os.Getenv("UPDATE_DOCS") == "" {
		t.Fatal("docs/simulator.md is not up to date; UPDATE_DOCS=1 go test ./test/interop -run TestManualIsTrue")
	}
	if err := os.WriteFile(manual, []byte(after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// between replaces what stands between two markers.
func between(t *testing.T, text, name, content string) string {
	t.Helper()
	begin, end := "<!-- "+name+": begin -->\n", "<!-- "+name+": end -->"
	head, rest, ok := strings.Cut(text, begin)
	_, foot, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("docs/simulator.md has no markers for %s", name)
	}
	return head + begin + content + end + foot
}

func operationsTable(a *awssim.Assembly) string {
	var b strings.Builder
	total := 0
	b.WriteString("| service | operations |\n|---|---|\n")
	for _, s := range a.Services {
		var names []string
		for _, o := range s.Operations {
			names = append(names, o.Name)
		}
		slices.Sort(names)
		total += len(names)
		fmt.Fprintf(&b, "| %s | %s |\n", s.Model, strings.Join(names, ", "))
	}
	fmt.Fprintf(&b, "\n%d operations.\n", total)
	return b.String()
}

func localTable() string {
	var b strings.Builder
	b.WriteString("| request of the tests | why |\n|---|---|\n")
	for _, label := range slices.Sorted(maps.Keys(known)) {
		fmt.Fprintf(&b, "| %s | %s |\n", label, known[label].reason)
	}
	return b.String()
}

func motoList() string {
	var b strings.Builder
	b.WriteString("| call of the tests | who is right |\n|---|---|\n")
	for _, label := range slices.Sorted(maps.Keys(motoDiffers)) {
		fmt.Fprintf(&b, "| %s | %s |\n", label, motoDiffers[label].reason)
	}
	return b.String()
}

var block = regexp.MustCompile("(?s)```(\\w+)\n(.*?)```")

// TestManualExamplesRun runs every example of docs/simulator.md: the command that starts the simulator in this process, the others as a
// reader would paste them.
func TestManualExamplesRun(t *testing.T) {
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	tools := filepath.Dir(python(t))
	url, ran := "", map[string]int{}
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		language, body := m[1], strings.ReplaceAll(m[2], "http://127.0.0.1:8000", url)
		if language == "console" && strings.HasPrefix(body, "$ ") {
			continue // the scenarios run what the documents show of restorable itself
		}
		ran[language]++
		switch language {
		case "console":
			url = startAsWritten(t, strings.TrimSpace(body))
		case "python":
			example(t, tools, exec.CommandContext(t.Context(), python(t), "-c", body))
		default:
			example(t, tools, exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", "restorable() { "+self()+" \"$@\"; }\n"+body))
		}
	}
	if ran["console"] != 1 || ran["python"] != 1 || ran["sh"] != 2 {
		t.Errorf("examples: %v", ran)
	}
}

// self is this test binary as restorable, see TestMain.
func self() string { return "RESTORABLE_INTEROP_MAIN=1 " + os.Args[0] }

// TestMain lets the test binary be restorable itself for the examples.
func TestMain(m *testing.M) {
	if os.Getenv("RESTORABLE_INTEROP_MAIN") != "" {
		os.Exit(cli.Run(context.Background(), os.Args[1:], os.Getenv, cli.Stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}
	os.Exit(m.Run())
}

func example(t *testing.T, tools string, cmd *exec.Cmd) {
	t.Helper()
	cmd.Dir = t.TempDir()
	cmd.Env = environment(t, "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s\n%v\n%s", cmd.Args[len(cmd.Args)-1], err, clip(out))
	}
}

// startAsWritten runs "restorable sim …" on a free port until the test ends and returns the address that it prints.
func startAsWritten(t *testing.T, command string) string {
	t.Helper()
	args := strings.Fields(strings.Replace(command, ":8000", ":0", 1))
	if args[0] != "restorable" {
		t.Fatalf("the example starts with %s", args[0])
	}
	ctx, cancel := context.WithCancel(context.Background())
	read, write := io.Pipe()
	done := make(chan int, 1)
	go func() {
		code := cli.Run(ctx, args[1:], func(string) string { return "" }, cli.Stdio{In: strings.NewReader(""), Out: write, Err: io.Discard})
		_ = write.CloseWithError(io.EOF)
		done <- code
	}()
	t.Cleanup(func() { cancel(); <-done })
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("%s printed no address: %v", command, err)
	}
	return strings.TrimSpace(line)
}
