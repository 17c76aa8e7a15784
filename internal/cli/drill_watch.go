package cli

import (
	"context"

	"github.com/spf13/cobra"
)

type drillWatchOptions struct {
	aws awsOptions
}

func (a *app) drillWatchCommand() *cobra.Command {
	var o drillWatchOptions
	cmd := &cobra.Command{
		Use: "watch", Short: "Compare what AWS's own restore testing restored, and tell AWS the result", Args: exactArgs(0, "no arguments"), Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.watchRestores(ctx, o)
		},
	}
	o.aws.register(cmd.Flags())
	return cmd
}

func (a *app) watchRestores(context.Context, drillWatchOptions) error {
	return misuse("restorable drill TABLE", "drill watch does not exist yet")
}
