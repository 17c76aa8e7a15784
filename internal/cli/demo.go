package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"
)

const demoHelp = `Starts a simulated AWS with a small company in it, whose tables show the field's classic mistakes,
and walks through the story: which tables could not be got back, and why; the plan that mends them;
what it changes; and what is left the day after.
  restorable demo
  restorable demo --keep

Needs no AWS account, touches no network but this machine's, and ends in seconds.

Each command that it prints can be repeated by hand, with the first one running in another terminal.
With --keep you go on where the story ends.`

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
	folder, err := os.MkdirTemp("", "restorable-demo-*")
	if err != nil {
		return misuse("set TMPDIR to a folder that can be written", "keep the demo's plan and its run: %s", plainCause(err))
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left lies in the system's folder for such
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
		if err == nil { // it was told to stop before it began
			return ctx.Err()
		}
		return &complaint{code: exitUsage, summary: err.Error(), hint: "--listen 127.0.0.1:0 picks a free port", err: err}
	case url := <-ready:
		err = a.tellStory(ctx, stage{url: url, folder: folder, keep: o.keep})
	}
	if err == nil && o.keep {
		a.note("The simulated AWS is still there, and so are the plan and its run; Ctrl-C ends it.")
		<-ctx.Done()
	}
	stop()
	return errors.Join(err, <-ended)
}
