package scenario

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
)

// told is a command that the demo shows, with what it printed.
type told struct{ command, output string }

// TestEachCommandOfTheDemoCanBeRepeatedByHand types what the demo shows, in its order, against a simulated AWS that begins as the demo's.
func TestEachCommandOfTheDemoCanBeRepeatedByHand(t *testing.T) {
	sequential(t)
	t.Parallel()
	cmd := program(t, "http://127.0.0.1:1", "demo")
	cmd.Env = append(cmd.Env, "TMPDIR="+t.TempDir())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil || stderr.Len() > 0 {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	settings, story := storyIn(stdout.String())
	if len(story) < 7 || story[0].command[:len("restorable sim --demo")] != "restorable sim --demo" {
		t.Fatalf("%d commands, the first %q", len(story), story[0].command)
	}
	server, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start(), Speed: 1e-6}, Load: demo.Load})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	h := byHand{url: web.URL, settings: settings, dir: t.TempDir()}
	for _, step := range story[1:] {
		if diff := cmp.Diff(settled(step.output), settled(h.do(t, step.command))); diff != "" {
			t.Errorf("%s prints something else by hand (-demo +hand):\n%s", step.command, diff)
		}
	}
}

func TestTheDemoLeavesNoFolderBehind(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"demo"}, {"demo", "--listen", "nowhere"}} {
		cmd := program(t, "http://127.0.0.1:1", args...)
		tmp := t.TempDir()
		cmd.Env = append(cmd.Env, "TMPDIR="+tmp)
		_ = cmd.Run() // the second one is a mistake
		if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
			t.Errorf("%v: left %v, %v", args, left, err)
		}
		if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) > 0 {
			t.Errorf("%v: left %v where it was called, %v", args, left, err)
		}
	}
}

// storyIn takes the demo's output apart: the lines that prepare a shell, and the commands with what they print. What stands between a
// command's output and the next one is the teller's.
func storyIn(text string) (settings []string, story []told) {
	for _, line := range strings.Split(text, "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case isCommand:
			story = append(story, told{command: command})
		case len(story) == 1:
			if strings.HasPrefix(line, "export ") || strings.HasPrefix(line, "cd ") {
				settings = append(settings, line)
			}
		case len(story) > 1:
			story[len(story)-1].output += line + "\n"
		}
	}
	return settings, story
}

// betweenChapters is the first words of each paragraph that the teller puts between commands.
func betweenChapters() []string {
	words := []string{"(exit code 1: there are findings)", "That was the demo."}
	for _, c := range demo.Chapters() {
		for _, p := range c.Text {
			words = append(words, strings.Join(strings.Fields(p)[:4], " "))
		}
	}
	return words
}

// settled leaves out what differs from run to run, and what the teller says after a command.
func settled(output string) string {
	lines := strings.Split(output, "\n")
	between := betweenChapters()
	end := slices.IndexFunc(lines, func(line string) bool {
		return slices.ContainsFunc(between, func(w string) bool { return strings.HasPrefix(line, w) })
	})
	if end >= 0 {
		lines = lines[:end]
	}
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	text = regexp.MustCompile(`r-\d+T\d+Z-[0-9a-f]+`).ReplaceAllString(text, "RUN")
	text = regexp.MustCompile(`\bp-[0-9a-f]{12}\b`).ReplaceAllString(text, "PLAN")
	text = regexp.MustCompile(`d-\d+T\d+Z-[0-9a-f-]+|\d{8}T\d{6}Z-[0-9a-f-]+`).ReplaceAllString(text, "DRILL")
	text = regexp.MustCompile(`\b[0-9a-f]{64}\b|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+`).ReplaceAllString(text, "RANDOM")
	text = regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(text, "HERE")
	if i := strings.Index(text, "DRILL"); i >= 0 { // a drill measures how long things took
		text = text[:i] + regexp.MustCompile(`[0-9A-Za-z]*\d[0-9A-Za-z.]*`).ReplaceAllString(strings.Join(strings.Fields(text[i:]), " "), "N")
		text = regexp.MustCompile(`\bN min(?: N s)?`).ReplaceAllString(text, "N min") // a whole minute names no seconds
	}
	return regexp.MustCompile(`"now":"([^"]*T\d\d:\d\d)[^"]*"`).ReplaceAllString(text, `"now":"$1"`)
}

// byHand is a person with a shell in a folder of their own.
type byHand struct {
	url, dir string
	settings []string
}

func (h byHand) do(t *testing.T, command string) string {
	t.Helper()
	if body, ok := strings.CutPrefix(command, "curl -d '"); ok {
		if _, err := exec.LookPath("curl"); err != nil {
			return h.post(t, body)
		}
	}
	if err := os.MkdirAll(filepath.Join(h.dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(h.dir, "bin", "restorable")); err != nil && !os.IsExist(err) {
		t.Skipf("no symbolic links here: %v", err)
	}
	script := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).ReplaceAllString(strings.Join(h.settings, "\n"), h.url)
	script = strings.Replace(script, `"$(mktemp -d)"`, h.dir, 1) + "\n" + command
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = []string{"PATH=" + filepath.Join(h.dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + h.dir,
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 || stderr.Len() > 0 && !strings.HasPrefix(command, "curl") {
		t.Errorf("%s: %v: %s", command, err, stderr.String())
	}
	return string(out)
}

// post is what curl does, where there is none.
func (h byHand) post(t *testing.T, body string) string {
	t.Helper()
	body, _, _ = strings.Cut(body, "'")
	answer, err := http.Post(h.url+"/_sim/clock", "application/x-www-form-urlencoded", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}
