package cli

import (
	"github.com/restorable/restorable/internal/baseline"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/spf13/cobra"
)

const diffHelp = `What changed between two JSON reports: what is new, what is resolved, what is changed, and what was not
looked at the second time. Findings are followed by their fingerprints. Talks to nobody.

  restorable scan -o json=monday.json
  restorable scan -o json=tuesday.json
  restorable diff monday.json tuesday.json

Exit code 1 when there is a new failure at or above --fail-on, else 0. What is muted or attested never counts.`

type diffOptions struct{ output, failOn string }

func (a *app) diffCommand() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use: "diff BEFORE.json AFTER.json", Short: "What changed between two reports", Long: diffHelp, Args: exactArgs(2, "two JSON reports"),
		RunE: func(_ *cobra.Command, files []string) error { return a.diff(files[0], files[1], o) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.output, "output", "o", "table", "`format`: table or json")
	registerFailOn(f, &o.failOn)
	return cmd
}

func (o diffOptions) validate() error {
	formats := []string{"table", "json"}
	if o.output != formats[0] && o.output != formats[1] {
		hint := "-o table or -o json"
		if near := suggest.Nearest(o.output, formats); near != "" {
			hint = "did you mean -o " + near + "?"
		}
		return misuse(hint, "-o %s: unknown format", o.output)
	}
	return validFailOn(o.failOn)
}

func (a *app) diff(before, after string, o diffOptions) error {
	if err := o.validate(); err != nil {
		return err
	}
	then, err := earlier("", before)
	if err != nil {
		return err
	}
	now, err := earlier("", after)
	if err != nil {
		return err
	}
	d := baseline.Compare(then, now)
	if o.output == "json" {
		err = a.printJSON(diffDocumentOf(then, now, d))
	} else {
		v := diffView{printer: printer{w: a.std.Out, screen: a.screen(a.std.Out)}}
		v.show(then, now, d)
	}
	if err != nil {
		return unwritten(err)
	}
	return ended(o.code(d))
}

// code is 1 when some failure that counts is news.
func (o diffOptions) code(d *baseline.Diff) int {
	for _, list := range [][]baseline.Change{d.New, d.Changed} {
		for _, c := range list {
			if o.failOn != failOnNothing && c.News() && c.After.Severity.AtLeast(control.Severity(o.failOn)) {
				return exitFindings
			}
		}
	}
	return exitClean
}
