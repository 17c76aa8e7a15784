package cli

import "context"

// printSteps writes down the steps of a restore instead of doing them.
func (a *app) printSteps(_, _ context.Context, _ restoreOptions, _ string) error {
	return misuse("", "not yet")
}
