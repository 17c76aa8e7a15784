package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

type drillListOptions struct {
	aws     awsOptions
	limit   int
	outputs []string
}

func (a *app) drillListCommand() *cobra.Command {
	var o drillListOptions
	cmd := &cobra.Command{
		Use: "list", Short: "The drills of this machine in this account, newest first", Example: "  restorable drill list", Args: exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.listDrills(ctx, o)
		},
	}
	o.aws.register(cmd.Flags())
	cmd.Flags().IntVar(&o.limit, "limit", 50, "at most so many `drills`; 0: all")
	cmd.Flags().StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
	return cmd
}

func (a *app) drillShowCommand() *cobra.Command {
	var o drillListOptions
	cmd := &cobra.Command{
		Use: "show DRILL", Short: "What a drill, or all of a run, found", Example: "  restorable drill show d-20261121T120500Z-ab12cd-3f9a0c12 --verbose", Args: exactArgs(1, "a drill or a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.showDrill(ctx, args[0], o)
		},
	}
	o.aws.register(cmd.Flags())
	cmd.Flags().StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
	return cmd
}

func (a *app) listDrills(ctx context.Context, o drillListOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	w, err := a.openDrills(ctx, drillOptions{aws: o.aws})
	if err != nil {
		return err
	}
	defer w.close()
	drills, err := drill.All(ctx, w.store)
	if err != nil {
		return storeFailure(err)
	}
	slices.Reverse(drills)
	total := len(drills)
	if o.limit > 0 && total > o.limit {
		drills = drills[:o.limit]
	}
	return a.toOutputs(specs, func(out io.Writer) { a.drillLines(out, drills, total) }, drillsJSON("drill list", drills))
}

func (a *app) showDrill(ctx context.Context, id string, o drillListOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	w, err := a.openDrills(ctx, drillOptions{aws: o.aws})
	if err != nil {
		return err
	}
	defer w.close()
	drills, err := findDrills(ctx, w.store, id)
	if err != nil {
		return err
	}
	return a.showDrills(drills, drillView{specs: specs})
}

// drillLines is a line for each drill, or two where the terminal is narrow.
func (a *app) drillLines(out io.Writer, drills []*drill.Drill, total int) {
	p := printer{w: out, screen: a.screen(out)}
	if total == 0 {
		p.text("", "There has been no drill from this machine. restorable drill TABLE makes the first.")
		return
	}
	for _, d := range drills {
		word := verdictWord(d)
		if d.Verdict == "" {
			word = string(d.State)
		}
		took := ""
		if d.Comparison {
			took = "  comparison with a point"
		}
		if t, ok := d.Times.ToCompleted(); ok {
			took = "  back in " + seconds(int64(t.Seconds()))
		}
		p.put(p.screen.Paint(verdictTone(d), fmt.Sprintf("%-10s", word)) + " " + terminal.Clean(terminal.Short(d.Source.Name, 40)) + "  " + terminal.Clean(d.Source.Region) + "  " + moment(d.Times.Planned) + took)
		p.put("           " + p.screen.Paint(terminal.Faint, d.ID))
	}
	if len(drills) < total {
		p.put(fmt.Sprintf("and %d older (--limit 0 shows all)", total-len(drills)))
	}
}
