package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/terminal"
)

// stage is where the story is told.
type stage struct {
	url    string // of the simulated AWS
	folder string // an empty one, where plans and runs are kept
	keep   bool   // both outlast the story
}

// tellStory runs the chapters against the simulated AWS.
func (a *app) tellStory(ctx context.Context, s stage) error {
	t := &teller{app: a, stage: s, out: printer{w: a.std.Out, screen: a.screen(a.std.Out)}}
	t.setUp()
	for _, c := range demo.Chapters() {
		if err := t.chapter(ctx, c); err != nil {
			return err
		}
	}
	t.out.put("")
	t.out.text("", "That was the demo. Your own tables: restorable scan --region all")
	if !s.keep {
		t.out.toned("", terminal.Faint, "restorable demo --keep leaves the simulated AWS running, so that you can go on by hand.")
	}
	return nil
}

// teller prints commands and runs them, as a person would.
type teller struct {
	app *app
	stage
	out printer
}

// setUp prints what makes the chapters' commands work by hand.
func (t *teller) setUp() {
	t.prompt("restorable", "sim", "--demo", "--listen", strings.TrimPrefix(t.url, "http://"))
	t.out.put(t.out.screen.Paint(terminal.Faint, "# already running; each command below is run with"))
	folder := `"$(mktemp -d)"`
	if t.keep {
		folder = t.folder
	}
	t.out.put("cd " + folder)
	for _, v := range t.variables() {
		t.out.put("export " + v)
	}
	t.out.put("export XDG_STATE_HOME=$PWD/state")
}

func (t *teller) chapter(ctx context.Context, c demo.Chapter) error {
	if ctx.Err() != nil {
		return interrupted(ctx.Err())
	}
	t.out.put("")
	for _, paragraph := range c.Text {
		t.out.toned("", terminal.Strong, paragraph)
	}
	if c.Later > 0 {
		if err := t.clock(ctx, fmt.Sprintf(`{"advance":"%gh"}`, c.Later.Hours())); err != nil {
			return err
		}
	}
	if c.Speed > 0 {
		if err := t.clock(ctx, fmt.Sprintf(`{"speed":%g}`, c.Speed)); err != nil {
			return err
		}
	}
	return t.run(ctx, c.Command)
}

func (t *teller) prompt(words ...string) {
	t.out.put(t.out.screen.Paint(terminal.Good, "$ "+strings.Join(words, " ")))
}

// variables point any AWS client at the simulator; the key is the demo's account.
func (t *teller) variables() []string {
	return []string{"AWS_ENDPOINT_URL=" + t.url, "AWS_ACCESS_KEY_ID=" + demo.Account, "AWS_SECRET_ACCESS_KEY=demo", "AWS_REGION=" + demo.Home, "AWS_DEFAULT_REGION=" + demo.Home}
}

// clock moves the simulated AWS's clock or makes it hurry, and shows how a person does it.
func (t *teller) clock(ctx context.Context, body string) error {
	t.prompt("curl", "-d", "'"+body+"'", "$AWS_ENDPOINT_URL/_sim/clock")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url+"/_sim/clock", strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("set the simulated clock: %w", err)
	}
	direct := &http.Client{Transport: &http.Transport{}} // past any proxy: the address is this machine's
	defer direct.CloseIdleConnections()
	answer, err := direct.Do(request)
	if ctx.Err() != nil {
		return interrupted(ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("set the simulated clock: %w", err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("set the simulated clock: %s: %s", answer.Status, said), err)
	}
	t.out.lines("", string(said))
	return nil
}

// run executes this very program, so that what is shown is what a person gets. Exit codes that report findings are part of the story.
func (t *teller) run(ctx context.Context, args []string) error {
	t.prompt(append([]string{"restorable"}, args...)...)
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Args[0], cmd.Dir = "restorable", t.folder
	cmd.Env = append(cleanEnvironment(os.Environ()), t.variables()...)
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+filepath.Join(t.folder, "state"))
	cmd.Stdout, cmd.Stderr = bare(t.app.std.Out), t.app.std.Err
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return interrupted(ctx.Err())
	case errors.As(err, &exit) && exit.ExitCode() == exitFindings:
		t.out.put(t.out.screen.Paint(terminal.Faint, "(exit code 1: there are findings)"))
		return nil
	case err != nil:
		return fmt.Errorf("run %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// cleanEnvironment keeps the user's own AWS settings out of the demo: nothing may reach a real account.
func cleanEnvironment(env []string) []string {
	kept := []string{"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
		"RESTORABLE_CONFIG=" + noFile} // a file of the folder that one stands in is not part of the story
	for _, v := range env {
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "RESTORABLE_") && !proxies(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

func proxies(v string) bool {
	name, _, _ := strings.Cut(strings.ToUpper(v), "=")
	return name == "HTTP_PROXY" || name == "HTTPS_PROXY" || name == "ALL_PROXY"
}
