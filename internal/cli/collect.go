package cli

import (
	"context"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/report"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const collectHelp = `Reads AWS and writes what is known as an estate file: plain JSON, with every fact's origin.
Never writes to AWS. The file can be scanned, explained and loaded into the simulated AWS later.

  restorable collect --region eu-west-1 --out estate.json
  restorable collect --full --out estate.json     with every setting that a restore drops`

type collectOptions struct {
	source sourceOptions
	filter filterOptions
	out    string
}

func (a *app) collectCommand() *cobra.Command {
	var o collectOptions
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Write what AWS answers as an estate file",
		Long:  collectHelp,
		Args:  exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.collect(ctx, cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	o.source.aws.registerMany(f)
	o.filter.register(f)
	f.BoolVar(&o.source.full, "full", false, "also every setting that a restore drops: TTL, auto scaling, policies, alarms, …")
	f.StringVar(&o.out, "out", "-", "`file`; - is standard output")
	return cmd
}

func (a *app) collect(ctx, user context.Context, o collectOptions) error {
	if err := o.filter.validate(); err != nil {
		return err
	}
	f, err := openEstate(o.out)
	if err != nil {
		return err
	}
	defer f.discard()
	o.source.match = o.filter.byName()
	if o.source.needs, err = a.kept(o.source.full); err != nil {
		return err
	}
	units, err := a.gather(ctx, o.source, o.filter.narrowUnit)
	if err != nil {
		return err
	}
	defer units.discard()
	if units.tables() == 0 && o.filter.given() && user.Err() == nil {
		return nothingMatches(o.filter, units.scopes)
	}
	if err := a.writeEstate(units, f); err != nil {
		return err
	}
	return a.collected(units, user)
}

// openEstate opens the file before anything is read; nil is standard output.
func openEstate(name string) (*asideFile, error) {
	if name == "-" {
		return nil, nil
	}
	f, err := createAside(name)
	if err != nil {
		return nil, misuse("choose another file with --out", "%v", err)
	}
	return f, nil
}

func (a *app) writeEstate(units *stock, f *asideFile) error {
	w := a.std.Out
	if f != nil {
		w = f
	}
	out := estate.NewWriter(w, units.tool, units.collected)
	err := units.shelf.Export(out)
	if err == nil {
		err = out.Close()
	}
	if err == nil && f != nil {
		err = f.commit()
	}
	if err != nil {
		return unwritten(err)
	}
	return nil
}

// collected says what was read and ends with 3 when something could not be.
func (a *app) collected(units *stock, user context.Context) error {
	units.drills.tell()
	problems := 0
	for _, list := range units.problems {
		for _, p := range report.Group(list) {
			problems++
			a.note("%s", p)
		}
	}
	a.note("%s read", terminal.Count(units.tables(), "table"))
	switch {
	case user.Err() != nil:
		return ended(exitInterrupted)
	case problems > 0:
		return ended(exitIncomplete)
	}
	return nil
}
