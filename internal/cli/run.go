// Package cli is the command line: one file per command, each an options struct, its flags and a run that computes; views print.
package cli

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

// Stdio are the program's streams. Out is the product; everything else goes to Err.
type Stdio struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run executes one command line and returns the exit code. env reads the environment; ctx ends when the user interrupts.
func Run(ctx context.Context, args []string, env func(string) string, std Stdio) int {
	defer saveMemory(env)()
	out := &product{w: std.Out}
	std.Out = out
	a := &app{std: std, env: env, now: time.Now}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(std.In)
	root.SetErr(std.Err)
	err := guarded(std.Err, func() error { return root.ExecuteContext(ctx) })
	if err != nil && ctx.Err() != nil && !decided(err) {
		err = interrupted(err)
	}
	if broken := out.failure(); broken != nil {
		err = broken
	}
	a.tell(err)
	return exitCode(err)
}

// guarded turns a panic into an error: a defect ends with the exit code of a defect, and with what a report of it needs.
func guarded(w io.Writer, do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			fmt.Fprintf(w, "%s\n", debug.Stack())
			err = &complaint{code: exitInternal, summary: fmt.Sprintf("internal error: %v", cause),
				hint: "this is a defect of restorable: please report it with the command line and the lines above"}
		}
	}()
	return do()
}

// app is what every command gets: the outside world, passed in.
type app struct {
	std Stdio
	env func(string) string
	now func() time.Time

	global  globalOptions
	typed   map[string]bool   // flags of the command line itself, not of the environment or a file
	origins map[string]origin // where settings come from; those that nobody gave are not in it
	file    *config.File      // nil: none was read
	policy  *objective.Policy // tiers of the configuration file; nil: none
}

// globalOptions are the flags of every command.
type globalOptions struct {
	config     string
	quiet      bool
	verbose    bool
	noColor    bool
	noProgress bool
	timeout    time.Duration
}

func (a *app) screen(w io.Writer) terminal.Screen {
	return terminal.Look(bare(w), a.env, a.global.noColor)
}

// status is the progress line on stderr.
func (a *app) status() *terminal.Status {
	return terminal.NewStatus(a.std.Err, a.screen(a.std.Err), a.global.quiet || a.global.noProgress)
}

// bounded applies --timeout to a command's context.
func (a *app) bounded(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	if a.global.timeout > 0 {
		return context.WithTimeout(cmd.Context(), a.global.timeout)
	}
	return context.WithCancel(cmd.Context())
}
