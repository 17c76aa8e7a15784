package cli

import "errors"

// The exit codes (docs/exit-codes.md).
const (
	exitClean         = 0
	exitFindings      = 1
	exitUsage         = 2
	exitIncomplete    = 3
	exitNotPermitted  = 4
	exitStale         = 5
	exitRestoreFailed = 6
	exitNothing       = 7
	exitInternal      = 10
	exitChanges       = 20
	exitInterrupted   = 130
)

// exitCode is the one place where an error becomes an exit code.
func exitCode(err error) int {
	var v verdict
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &v):
		return v.code
	}
	return asComplaint(err).code
}

// exitHelp is part of every help page.
const exitHelp = `Exit codes:
  0    clean
  1    findings at or above --fail-on (default low); evidence that does not verify
  2    usage or configuration
  3    incomplete: nothing of 1, but an UNKNOWN in a control at or above --fail-on;
       or an apply or backout in which AWS refused a call (the rest is done);
       or a backup that is still under way
  4    no credentials, or not permitted to start
  5    plan stale, or a precondition gone
  6    drill or restore failed, or backup or apply --prove could not back a table up
  7    a path or filter that you gave selected nothing (an empty account is 0)
  10   internal error
  20   changes (plan --detailed-exitcode)
  130  interrupted`
