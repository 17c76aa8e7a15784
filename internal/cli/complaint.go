package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/terminal"
)

// complaint is an error as a person should see it: what happened, why, and the next command.
type complaint struct {
	code    int
	summary string
	detail  string   // may be empty
	excerpt string   // lines to show as they stand, such as a place in a file with its caret
	hint    string   // a command to run, a flag to give or an IAM action to add; may be empty
	next    []string // commands that go with the hint, to be copied: their lines are never broken
	err     error    // may be nil
}

func (c *complaint) Error() string {
	if c.detail == "" {
		return c.summary
	}
	return c.summary + ": " + c.detail
}

func (c *complaint) Unwrap() error { return c.err }

// verdict is the end of a command that did its work and whose answer decides the exit code. It prints nothing.
type verdict struct{ code int }

func (v verdict) Error() string { return fmt.Sprintf("exit code %d", v.code) }

// ended turns a code into what a command returns.
func ended(code int) error {
	if code == exitClean {
		return nil
	}
	return verdict{code}
}

// misuse is a complaint about the command line or a file that the user wrote.
func misuse(hint, format string, args ...any) error {
	return &complaint{code: exitUsage, summary: fmt.Sprintf(format, args...), hint: hint}
}

func interrupted(err error) error {
	return &complaint{code: exitInterrupted, summary: "interrupted", err: err}
}

// decided reports whether the error already says how the program ends.
func decided(err error) bool {
	var c *complaint
	var v verdict
	return errors.As(err, &c) || errors.As(err, &v)
}

// tell prints an error on stderr. Texts in it may be other people's: each line is cleaned.
func (a *app) tell(err error) {
	var v verdict
	if err == nil || errors.As(err, &v) {
		return
	}
	screen := a.screen(a.std.Err)
	c := asComplaint(err)
	say := func(tone terminal.Tone, lead, text string) {
		for i, line := range terminal.Wrap(terminal.Clean(terminal.Short(text, 2000)), screen.Width-len(lead)) {
			if i > 0 {
				lead = strings.Repeat(" ", len(lead))
			}
			fmt.Fprintln(a.std.Err, terminal.Line(lead+screen.Paint(tone, line)))
		}
	}
	say(terminal.Bad, "restorable: ", c.summary)
	for _, line := range strings.Split(c.detail, "\n") {
		say(terminal.Normal, "  ", line)
	}
	for _, line := range strings.Split(strings.TrimRight(c.excerpt, "\n"), "\n") {
		if c.excerpt != "" {
			fmt.Fprintln(a.std.Err, terminal.Line("  "+terminal.Clean(line)))
		}
	}
	say(terminal.Faint, "  next: ", c.hint)
	for _, line := range c.next {
		fmt.Fprintln(a.std.Err, terminal.Line("  "+terminal.Clean(line)))
	}
}

func asComplaint(err error) *complaint {
	var c *complaint
	if errors.As(err, &c) {
		return c
	}
	return &complaint{code: exitInternal, summary: err.Error(), hint: "this is a defect of restorable: please report it with the command line", err: err}
}

// note prints a remark on stderr, unless --quiet.
func (a *app) note(format string, args ...any) {
	if a.global.quiet {
		return
	}
	screen := a.screen(a.std.Err)
	for _, line := range terminal.Wrap(terminal.Clean(fmt.Sprintf(format, args...)), screen.Width) {
		fmt.Fprintln(a.std.Err, terminal.Line(line))
	}
}
