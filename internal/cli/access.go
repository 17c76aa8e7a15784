package cli

import (
	"context"
	"io"
	"slices"

	"github.com/restorable/restorable/internal/access"
	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/spf13/cobra"
)

const accessHelp = `Who could destroy, shorten or read (restore, copy, export) the backups of an account: every user and
role, by which statement of which policy, on what, under which conditions; who may assume the roles;
and whom vaults' and tables' policies let in from outside. Permissions boundaries, groups and vaults'
own policies and locks are considered. Never writes.

  restorable access --region eu-west-1,us-east-1
  restorable access estate.json --principal 'role/app-*' -o json

What hangs on a condition, or on a policy that could not be read, is "maybe". The file must have been
collected with --full. Exit code 3 when identities could not be read whole.`

type accessOptions struct {
	source     sourceOptions
	from       []string
	principals []string
	outputs    []string
}

func (a *app) accessCommand() *cobra.Command {
	var o accessOptions
	cmd := &cobra.Command{
		Use:   "access [PATH...]",
		Short: "Who could destroy, shorten or read the backups, and by which statement",
		Long:  accessHelp,
		RunE: func(cmd *cobra.Command, paths []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			o.source.files = append(paths, o.from...)
			if err := a.liveOnly(o.source); err != nil {
				return err
			}
			return a.access(ctx, cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	o.source.aws.registerMany(f)
	f.StringArrayVar(&o.from, "from", nil, "estate `file`, the same as a path")
	f.StringArrayVar(&o.principals, "principal", nil, "only users and roles like `GLOB`, as in role/app-* or user/alice; repeatable")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "`FORMAT[=FILE]`: table or json; repeatable (default table)")
	return cmd
}

func (a *app) access(ctx, user context.Context, o accessOptions) error {
	specs, err := parseOutputsOf(o.outputs, []string{"table", "json"})
	if err != nil {
		return err
	}
	o.source.needs = awsapi.Access()
	es, err := a.obtain(ctx, o.source)
	if err != nil {
		return err
	}
	if user.Err() != nil {
		return interrupted(user.Err())
	}
	reports, complete := []*reach{}, true
	for _, units := range byAccount(es) {
		r := reachOf(units, o.principals)
		complete = complete && r.complete()
		reports = append(reports, r)
	}
	if len(o.principals) > 0 && !slices.ContainsFunc(reports, func(r *reach) bool { return r.matched }) && complete {
		return &complaint{code: exitNothing, summary: "no user or role is like " + o.principals[0], hint: "restorable access without --principal shows those who could do something"}
	}
	for _, s := range specs {
		v := accessView{verbose: a.global.verbose}
		show := func(w io.Writer) {
			v.printer = printer{w: w, screen: a.screen(w)}
			v.show(reports)
		}
		if err := a.toOutput(s, show, accessDocumentOf(reports)); err != nil {
			return unwritten(err)
		}
	}
	if !complete {
		return ended(exitIncomplete)
	}
	return nil
}

// reach is the report of one account, with the units that it was made from.
type reach struct {
	*access.Report
	units   []*estate.Unit
	matched bool // a filter chose somebody
}

func reachOf(units []*estate.Unit, like []string) *reach {
	r := &reach{Report: access.Of(units), units: units}
	if len(like) == 0 {
		return r
	}
	r.Principals = slices.DeleteFunc(r.Principals, func(p access.Principal) bool {
		return !slices.ContainsFunc(like, func(g string) bool { return iampolicy.Like(g, p.Label) || iampolicy.Like(g, p.ARN) })
	})
	r.matched = len(r.Principals) > 0 || r.knows(like)
	return r
}

// knows reports whether there is such a user or role at all, who may be able to do nothing.
func (r *reach) knows(like []string) bool {
	for _, arn := range access.Everybody(r.units) {
		if slices.ContainsFunc(like, func(g string) bool { return iampolicy.Like(g, access.Label(arn)) || iampolicy.Like(g, arn) }) {
			return true
		}
	}
	return false
}

// complete reports whether all identities were read.
func (r *reach) complete() bool { return len(r.Missing) == 0 }

// byAccount keeps units of one account together, in the order in which they come.
func byAccount(es *estate.Estate) [][]*estate.Unit {
	at := map[string]int{}
	var out [][]*estate.Unit
	for _, u := range es.Units {
		account := u.Partition.Or("") + " " + u.Account.Or("")
		i, ok := at[account]
		if !ok {
			i = len(out)
			at[account], out = i, append(out, nil)
		}
		out[i] = append(out[i], u)
	}
	return out
}
