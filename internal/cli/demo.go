package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const demoHelp = `Starts a simulated AWS with a small company in it, whose tables show the field's classic mistakes,
and walks through the story: which tables could not be got back, and why.
  restorable demo
  restorable demo --keep

Needs no AWS account, touches no network but this machine's, and ends in seconds.

Each command that it prints can be repeated by hand, with the first one running in another terminal
or with --keep.`

type demoOptions struct {
	keep   bool
	listen string
}

func (a *app) demoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work in a simulated AWS, no account needed",
		Long:  demoHelp,
		Args:  exactArgs(0, "no arguments"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.keep, "keep", false, "leave the simulated AWS running until Ctrl-C")
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "`address` of the simulated AWS; port 0 picks a free one")
	return cmd
}

func (a *app) demo(ctx context.Context, o demoOptions) error {
	sim := simOptions{listen: o.listen, demo: true, clock: "real", speed: 1, rates: "off", iam: "off"}
	if err := sim.validate(); err != nil {
		return err
	}
	server, err := a.newSimulator(sim)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- server.Listen(ctx, o.listen, func(url string) { ready <- url }) }()
	select {
	case err := <-ended:
		return &complaint{code: exitUsage, summary: err.Error(), hint: "--listen 127.0.0.1:0 picks a free port", err: err}
	case url := <-ready:
		err = a.tellStory(ctx, url, o.keep)
	}
	if err == nil && o.keep {
		a.note("The simulated AWS is still there; Ctrl-C ends it.")
		<-ctx.Done()
	}
	stop()
	return errors.Join(err, <-ended)
}

// tellStory runs the chapters against the simulator at url.
func (a *app) tellStory(ctx context.Context, url string, keep bool) error {
	t := &teller{app: a, url: url, out: printer{w: a.std.Out, screen: a.screen(a.std.Out)}}
	t.prompt("restorable", "sim", "--demo", "--listen", strings.TrimPrefix(url, "http://"))
	t.out.put(t.out.screen.Paint(terminal.Faint, "# already running; each command below is run with"))
	for _, v := range t.variables() {
		t.out.put("export " + v)
	}
	for _, c := range demo.Chapters() {
		if ctx.Err() != nil {
			return interrupted(ctx.Err())
		}
		t.out.put("")
		for _, paragraph := range c.Text {
			t.out.toned("", terminal.Strong, paragraph)
		}
		if err := t.run(ctx, c.Command); err != nil {
			return err
		}
	}
	t.out.put("")
	t.out.text("", "That was the demo. Your own tables: restorable scan --region all")
	if !keep {
		t.out.toned("", terminal.Faint, "restorable demo --keep leaves the simulated AWS running, so that you can go on by hand.")
	}
	return nil
}

// teller prints commands and runs them, as a person would.
type teller struct {
	app *app
	url string
	out printer
}

func (t *teller) prompt(words ...string) {
	t.out.put(t.out.screen.Paint(terminal.Good, "$ "+strings.Join(words, " ")))
}

// variables point any AWS client at the simulator; the key is the demo's account.
func (t *teller) variables() []string {
	return []string{"AWS_ENDPOINT_URL=" + t.url, "AWS_ACCESS_KEY_ID=" + demo.Account, "AWS_SECRET_ACCESS_KEY=demo", "AWS_REGION=" + demo.Home, "AWS_DEFAULT_REGION=" + demo.Home}
}

// run executes this very program, so that what is shown is what a person gets. Exit codes that report findings are part of the story.
func (t *teller) run(ctx context.Context, args []string) error {
	t.prompt(append([]string{"restorable"}, args...)...)
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Args[0] = "restorable"
	cmd.Env = append(cleanEnvironment(os.Environ()), t.variables()...)
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
