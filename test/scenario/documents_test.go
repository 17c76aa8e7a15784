package scenario

import (
	"context"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
)

// What documents show for names that differ each time: the tests put the real ones in their place.
const (
	documentedSimulator = "http://127.0.0.1:8000"
	documentedPlan      = "p-290e95c8d712"
	documentedRun       = "r-20261120T080000Z-224186"
)

// example is a command that a document shows, and what it prints according to it.
type example struct {
	line    int
	command string
	output  []string // nil: the document shows none
}

// TestDocumentsShowWhatTheProgramPrints runs every command line of README.md and docs/ that calls this program.
//
// In a block fenced as ```console, lines that begin with "$ " are commands (a backslash at the end continues one) and
// what follows is their output; a line "..." stands for any lines. A block without "$ " holds commands alone. Commands
// of one document share a folder and a simulated AWS with the demo's company, whose clock stands still.
func TestDocumentsShowWhatTheProgramPrints(t *testing.T) {
	sequential(t)
	t.Parallel()
	ran := 0
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples := examplesIn(string(text))
		if len(examples) == 0 {
			continue
		}
		ran += len(examples)
		t.Run(filepath.Base(file), func(t *testing.T) {
			r := newReader(t, file)
			r.lay(t, string(text))
			r.follow(t, examples)
		})
	}
	if ran == 0 {
		t.Error("no document shows any command: the search for them is broken")
	}
}

func documents(t *testing.T) []string {
	t.Helper()
	root := filepath.Join("..", "..")
	files := []string{filepath.Join(root, "README.md")}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") && filepath.Base(filepath.Dir(path)) != "runbooks" { // those need their disaster: TestRunbooksLeadBack
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// examplesIn finds the commands of this program in the console blocks of a document.
func examplesIn(text string) []example {
	var found []example
	var block []string
	inside, start := false, 0
	for i, line := range strings.Split(text, "\n") {
		switch {
		case !inside && strings.TrimSpace(line) == "```console":
			inside, start, block = true, i+2, nil
		case inside && strings.TrimSpace(line) == "```":
			found = append(found, examplesOf(block, start)...)
			inside = false
		case inside:
			block = append(block, strings.TrimRight(line, " "))
		}
	}
	return found
}

func examplesOf(block []string, start int) []example {
	prompts := false
	for _, line := range block {
		prompts = prompts || strings.HasPrefix(line, "$ ")
	}
	var all []example
	for i := 0; i < len(block); i++ {
		command, isCommand := strings.CutPrefix(block[i], "$ ")
		if !isCommand && prompts {
			if last := len(all) - 1; last >= 0 {
				all[last].output = append(all[last].output, block[i])
			}
			continue
		}
		at := start + i
		for strings.HasSuffix(command, `\`) && i+1 < len(block) {
			i++
			command = strings.TrimSuffix(command, `\`) + strings.TrimPrefix(block[i], ">")
		}
		all = append(all, example{line: at, command: command})
	}
	var ours []example
	for _, e := range all {
		if command, ok := ourCommand(e.command); ok {
			ours = append(ours, example{e.line, command, e.output})
		}
	}
	return ours
}

// assignments may stand before a command.
var assignments = regexp.MustCompile(`^(?:[A-Z_]+=\S* +)*`)

// ourCommand recognises this program and settings for it; other programs are not ours to test.
func ourCommand(line string) (string, bool) {
	line = strings.Replace(line, "go run ./cmd/restorable", "restorable", 1)
	body := line[len(assignments.FindString(line)):]
	return line, body == "restorable" || strings.HasPrefix(body, "restorable ") || strings.HasPrefix(line, "export ")
}

// reader is a person who types what a document says.
type reader struct {
	file, dir     string
	simulator     string
	exports       []string
	planID, runID string // the last ones that were printed
}

func newReader(t *testing.T, file string) *reader {
	t.Helper()
	r, _ := newReaderAt(t, file, 1e-6)
	return r
}

// newReaderAt is a reader in a simulated AWS whose clock runs at a speed.
func newReaderAt(t *testing.T, file string, speed float64) (*reader, *awssim.Server) {
	t.Helper()
	server, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start(), Speed: speed}, Load: demo.Load})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The test binary is the program when it is called by its name (TestMain).
	if err := os.Symlink(self, filepath.Join(dir, "restorable")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	return &reader{file: file, dir: dir, simulator: web.URL}, server
}

func (r *reader) follow(t *testing.T, examples []example) {
	t.Helper()
	for _, e := range examples {
		at := fmt.Sprintf("%s:%d: %s", r.file, e.line, e.command)
		if strings.HasPrefix(e.command, "export ") {
			r.exports = append(r.exports, e.command)
			continue
		}
		got, code := r.run(t, e.command)
		if code != 0 && code != 1 && len(e.output) == 0 {
			t.Errorf("%s\nexit code %d:\n%s", at, code, got)
		}
		if len(e.output) > 0 && !matches(e.output, strings.Split(strings.TrimRight(got, "\n"), "\n")) && !r.rewrite(t, e, got) {
			t.Errorf("%s\nprints other than documented (-documented +printed):\n%s", at, cmp.Diff(strings.Join(e.output, "\n"), strings.TrimRight(got, "\n")))
		}
	}
}

// rewrite puts what a command prints into the document when UPDATE_DOCS is set. What a document abridges with "..." is for people to mend.
func (r *reader) rewrite(t *testing.T, e example, printed string) bool {
	t.Helper()
	if os.Getenv("UPDATE_DOCS") == "" || slices.Contains(e.output, "...") {
		return false
	}
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	before, after := strings.Join(lines[:e.line], ""), strings.Join(lines[e.line:], "")
	old := strings.Join(e.output, "\n") + "\n"
	if !strings.Contains(after, old) {
		return false
	}
	after = strings.Replace(after, old, strings.TrimRight(printed, "\n")+"\n", 1)
	if err := os.WriteFile(r.file, []byte(before+after), 0o644); err != nil {
		t.Fatal(err)
	}
	return true
}

// run executes a line as a shell does and returns what a terminal would show. A server is stopped after its first line.
func (r *reader) run(t *testing.T, command string) (string, int) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	server := strings.HasPrefix(command, "restorable sim")
	command = strings.TrimSuffix(command, "&")
	if server {
		command = "exec " + strings.Replace(command, "127.0.0.1:8000", "127.0.0.1:0", 1)
	}
	script := strings.Join(append(r.exports, command), "\n")
	cmd := exec.CommandContext(ctx, "sh", "-c", r.real(script))
	cmd.Dir, cmd.WaitDelay = r.dir, time.Second
	cmd.Env = r.environment()
	var out firstLine
	if server {
		out.then = stop
	}
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if server && ctx.Err() == context.Canceled {
		return regexp.MustCompile(`http://127\.0\.0\.1:\d+`).ReplaceAllString(out.String(), documentedSimulator), 0
	}
	if cmd.ProcessState == nil {
		t.Fatalf("%s: %v", command, err)
	}
	return r.named(out.String()), cmd.ProcessState.ExitCode()
}

// environment is a clean one that points at the simulated AWS; nothing may reach a real account.
func (r *reader) environment() []string {
	return []string{
		"PATH=" + r.dir + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + r.dir, "TMPDIR=" + r.dir,
		"AWS_ENDPOINT_URL=" + r.simulator, "AWS_ACCESS_KEY_ID=" + demo.Account, "AWS_SECRET_ACCESS_KEY=any", "AWS_REGION=" + demo.Home,
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
	}
}

// named puts the names that documents show in the place of what was printed, and remembers these.
func (r *reader) named(text string) string {
	plan, run := regexp.MustCompile(`\bp-[0-9a-f]{12}\b`), regexp.MustCompile(`\br-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}\b`)
	if id := plan.FindString(text); id != "" {
		r.planID = id
	}
	if id := run.FindString(text); id != "" {
		r.runID = id
	}
	text = strings.ReplaceAll(text, r.simulator, documentedSimulator)
	return run.ReplaceAllString(plan.ReplaceAllString(text, documentedPlan), documentedRun)
}

// real is a command with the real names.
func (r *reader) real(command string) string {
	return strings.NewReplacer(documentedSimulator, r.simulator, documentedPlan, r.planID, documentedRun, r.runID).Replace(command)
}

// firstLine calls then once a whole line was written.
type firstLine struct {
	strings.Builder
	then func()
}

func (f *firstLine) Write(p []byte) (int, error) {
	n, err := f.Builder.Write(p)
	if f.then != nil && strings.Contains(f.String(), "\n") {
		f.then()
	}
	return n, err
}

// matches compares lines; "..." in want stands for any number of lines.
func matches(want, got []string) bool {
	for i, line := range want {
		if line == "..." {
			for skip := 0; skip <= len(got)-i; skip++ {
				if matches(want[i+1:], got[i+skip:]) {
					return true
				}
			}
			return false
		}
		if i >= len(got) || strings.TrimRight(got[i], " ") != line {
			return false
		}
	}
	return len(got) == len(want)
}

func TestExamplesAreFoundInDocuments(t *testing.T) {
	text := strings.Join([]string{
		"text", "```console", "$ restorable scan \\", ">   --region eu-west-1", "one", "...", "$ aws s3 ls", "two", "$ export AWS_REGION=x", "```",
		"```", "$ restorable no", "```", "```console", "go run ./cmd/restorable demo", "go test ./...", "```",
	}, "\n")
	want := []example{{3, "restorable scan    --region eu-west-1", []string{"one", "..."}}, {9, "export AWS_REGION=x", nil}, {15, "restorable demo", nil}}
	if diff := cmp.Diff(want, examplesIn(text), cmp.AllowUnexported(example{})); diff != "" {
		t.Error(diff)
	}
}

func TestThreeDotsMatchAnyLines(t *testing.T) {
	for _, c := range []struct {
		want, got string
		ok        bool
	}{
		{"a\n...\nd", "a\nb\nc\nd", true}, {"a\n...\nd", "a\nd", true}, {"...", "x\ny", true}, {"...\nb", "a\nb\na\nb", true},
		{"a\n...\nd", "a\nb", false}, {"a", "a\nb", false}, {"a\nb", "a", false}, {"...\nz", "a\nb", false},
	} {
		if got := matches(strings.Split(c.want, "\n"), strings.Split(c.got, "\n")); got != c.ok {
			t.Errorf("matches(%q, %q) = %t", c.want, c.got, got)
		}
	}
}

// TestNoCommandHidesFromTheTests: a command of this program in a block that is not fenced as console is run by nobody here.
// Settings alone are harmless: what other clients run with them is the interop suite's to test.
func TestNoCommandHidesFromTheTests(t *testing.T) {
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fence := ""
		for i, line := range strings.Split(string(text), "\n") {
			if body, ok := strings.CutPrefix(strings.TrimSpace(line), "```"); ok {
				if fence == "" {
					fence = "```" + body
				} else {
					fence = ""
				}
				continue
			}
			if _, ours := ourCommand(strings.TrimPrefix(line, "$ ")); ours && !strings.HasPrefix(line, "export ") && fence != "" && fence != "```console" {
				t.Errorf("%s:%d: %s: fence the block as ```console", file, i+1, line)
			}
		}
	}
}

// patience keeps a program that hangs from hanging the tests.
const patience = time.Minute
