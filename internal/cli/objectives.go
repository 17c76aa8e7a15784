package cli

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const objectivesHelp = `What each table needs by restorable.yaml, and whether it has it: how much may be lost (RPO), how far
back one must be able to go (retention), how long a restore may take (RTO) and whatever else its tier
asks for; what plans and settings promise, and what is really there. Reads live AWS, templates, or estate files.
Never writes.

  restorable objectives --region eu-west-1
  restorable objectives estate.json --config restorable.yaml --table 'orders*' -o json

Exit code 1 when some table misses its objective, 3 when that is not known of one.`

type objectivesOptions struct {
	source sourceOptions
	from   []string
	filter filterOptions
	output string
}

func (a *app) objectivesCommand() *cobra.Command {
	var o objectivesOptions
	cmd := &cobra.Command{
		Use:   "objectives [PATH...]",
		Short: "What each table needs, and whether it has it",
		Long:  objectivesHelp,
		RunE: func(cmd *cobra.Command, paths []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			o.source.files = append(paths, o.from...)
			if err := a.liveOnly(o.source); err != nil {
				return err
			}
			return a.showObjectives(ctx, cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	o.source.aws.registerMany(f)
	o.filter.register(f)
	o.source.templates.register(f)
	f.StringArrayVar(&o.from, "from", nil, "`path`, the same as an argument")
	f.StringVarP(&o.output, "output", "o", "table", "`format`: table or json")
	return cmd
}

func (o objectivesOptions) validate() error {
	formats := []string{"table", "json"}
	if o.output != formats[0] && o.output != formats[1] {
		hint := "-o table or -o json"
		if near := suggest.Nearest(o.output, formats); near != "" {
			hint = "did you mean -o " + near + "?"
		}
		return misuse(hint, "-o %s: unknown format", o.output)
	}
	return o.filter.validate()
}

func (a *app) showObjectives(ctx, user context.Context, o objectivesOptions) error {
	if err := o.validate(); err != nil {
		return err
	}
	policy := a.objectives()
	o.source.match, o.source.needs = o.filter.byName(), restoresToo(policy)
	es, err := a.obtain(ctx, o.source)
	if err != nil {
		return err
	}
	if left := o.filter.narrow(es); left == 0 && o.filter.given() && user.Err() == nil {
		return nothingMatches(o.filter, scopesOf(es))
	}
	r := needsOf(es, policy)
	if o.output == "json" {
		err = a.printJSON(r.document(a.file))
	} else {
		v := objectivesView{printer: printer{w: a.std.Out, screen: a.screen(a.std.Out)}, verbose: a.global.verbose, file: a.file}
		v.show(r)
	}
	if err != nil {
		return unwritten(err)
	}
	a.tellUnmatched(r)
	if user.Err() != nil {
		a.note("interrupted: the answer is incomplete")
		return ended(exitInterrupted)
	}
	return ended(r.code())
}

// restoresToo adds the restore jobs where a tier asks how long a restore takes.
func restoresToo(p *objective.Policy) map[awsapi.Group]bool {
	for _, t := range p.Tiers {
		if t.Objective.RTO > 0 {
			needs := maps.Clone(awsapi.Foundation())
			needs[awsapi.GroupRestoreJobs] = true
			return needs
		}
	}
	return nil
}

// needs is a table with what it needs and what it has of that.
type needs struct {
	unit  *estate.Unit
	table *estate.Table
	objective.Assignment
	aims  []protection.Attainment // of the tier; where it is not known which, of the one that is assumed
	meets string                  // yes, no or unknown
}

// needing is every table of an estate.
type needing struct {
	tables   []needs
	counts   map[string]int // by meets
	unlisted bool           // in some unit there may be tables that are not known
}

func needsOf(es *estate.Estate, p *objective.Policy) *needing {
	r := &needing{counts: map[string]int{}}
	indexes := protection.NewIndexes(es)
	for _, u := range es.Units {
		r.unlisted = r.unlisted || !scopeOf(u).Listed()
		for i := range u.Tables.Items {
			n := needsOfTable(u, &u.Tables.Items[i], indexes[u], p)
			r.counts[n.meets]++
			r.tables = append(r.tables, n)
		}
	}
	return r
}

func needsOfTable(u *estate.Unit, t *estate.Table, x *protection.Index, p *objective.Policy) needs {
	n := needs{unit: u, table: t, Assignment: p.For(u, t)}
	c := protection.Cover(u, t, x)
	n.aims = c.Attains(n.Objective)
	n.meets = meets(n.aims)
	if n.Known {
		return n
	}
	n.aims = nil // those of one tier would pass for the table's
	for _, other := range n.Candidates {
		if meets(c.Attains(other.Objective)) != n.meets {
			n.meets = "unknown"
		}
	}
	return n
}

// meets is no when some aim is missed, else unknown when one is not known.
func meets(aims []protection.Attainment) string {
	out := "yes"
	for _, a := range aims {
		switch word(a.Met) {
		case "no":
			return "no"
		case "unknown":
			out = "unknown"
		}
	}
	return out
}

func (r *needing) code() int {
	switch {
	case r.counts["no"] > 0:
		return exitFindings
	case r.counts["unknown"] > 0 || r.unlisted:
		return exitIncomplete
	}
	return exitClean
}

// unmatched are the tables that no match and no default tier gives anything.
func (r *needing) unmatched() []string {
	var names []string
	for _, n := range r.tables {
		if n.Tier == "" && n.Known {
			names = append(names, n.table.Name.Or(n.table.ID))
		}
	}
	return names
}

// tellUnmatched reports tables that the configuration has nothing to say about.
func (a *app) tellUnmatched(r *needing) {
	names := r.unmatched()
	switch {
	case len(names) == 0:
	case a.file == nil:
		a.note("No configuration file: every table is held against the built-in objective. restorable init writes one.")
	case len(a.objectives().Tiers) == 0:
		a.note("%s has no tiers: every table is held against the built-in objective.", a.file.Name)
	default:
		a.note("%s that nothing in %s matches, held against the built-in objective: %s", terminal.Count(len(names), "table"), a.file.Name, few(names))
	}
}

// few names the first of many.
func few(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
