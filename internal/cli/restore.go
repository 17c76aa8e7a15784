package cli

import (
	"context"

	"github.com/spf13/cobra"
)

const restoreHelp = `Restores a table completely, into a new one: what AWS leaves out is put back.

--list shows every way back first, also to a table that is deleted or was made anew;
--print writes down the steps instead of doing them.

  restorable restore orders --list --region eu-west-1
  restorable restore orders --list --as-of 2026-11-20T14:30:00Z
  restorable restore orders --to orders-restored --as-of -2h --print cli`

// restoreOptions are the flags of restore.
type restoreOptions struct {
	aws  awsOptions
	ways wayOptions
	to   string
}

func (a *app) restoreCommand() *cobra.Command {
	var o restoreOptions
	cmd := &cobra.Command{
		Use:   "restore TABLE",
		Short: "Every way back to a table, and a complete restore by one of them",
		Long:  restoreHelp,
		Args:  exactArgs(1, "the name or ARN of a table"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.restore(ctx, cmd.Context(), o, args[0])
		},
	}
	f := cmd.Flags()
	o.aws.register(f)
	o.ways.register(f)
	f.StringVar(&o.to, "to", "", "`name` of the new table")
	return cmd
}

// restore lists, prints or does.
func (a *app) restore(ctx, user context.Context, o restoreOptions, name string) error {
	if err := o.ways.validate(); err != nil {
		return err
	}
	switch {
	case o.ways.list:
		return a.listWays(ctx, user, o, name)
	case o.ways.print != "":
		return a.printSteps(ctx, user, o, name)
	}
	return misuse("restorable restore "+name+" --list", "restore takes --list or --print")
}
