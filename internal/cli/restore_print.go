package cli

import (
	"context"
	"errors"

	"github.com/restorable/restorable/internal/remedy/render"
)

// printSteps writes down the steps of a restore instead of doing them: the same restore, laid out by reading alone.
func (a *app) printSteps(ctx, user context.Context, o restoreOptions, name string) error {
	if err := o.validate(name); err != nil {
		return err
	}
	w, err := a.readForRestore(ctx, o)
	if err != nil {
		return err
	}
	defer w.session.Close()
	plan, err := a.layOutRestore(ctx, user, w, o, name)
	if err != nil {
		return err
	}
	write := render.RestoreScript
	if o.ways.print == "console" {
		write = render.RestoreGuide
	}
	file, err := write(plan.written(w.who.Partition, w.who.Account))
	var refusal *render.Refusal
	if errors.As(err, &refusal) {
		return misuse("restorable restore TABLE --list shows other ways", "%s", refusal.Error())
	}
	if err != nil {
		return err
	}
	_, err = a.std.Out.Write(file.Content)
	return err
}

// readForRestore is openRestores for somebody who only looks.
func (a *app) readForRestore(ctx context.Context, o restoreOptions) (*restoreWork, error) {
	if len(o.aws.accounts) > 1 {
		return nil, misuse("--accounts with the one that the table is to be restored in", "a restore is made in one account, and --accounts names %d", len(o.aws.accounts))
	}
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return nil, err
	}
	w := &restoreWork{session: session, account: session.Accounts()[0]}
	if w.who, _, err = w.account.Identify(ctx); err != nil {
		session.Close()
		return nil, startFailure(err, o.aws)
	}
	return w, nil
}
