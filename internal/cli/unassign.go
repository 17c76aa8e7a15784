package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/planning"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const unassignHelp = `Takes one table out of its backup plans by the smallest change: a tag of the table removed, a selection
that names it alone deleted, or a selection made again without it and the old one deleted after that. No other table is
without cover at any moment. It shows what protects the table afterwards, and refuses (exit code 5) to leave it with nothing,
neither point-in-time recovery nor a plan, unless --leave-uncovered says so. Recovery points stay until they expire.

  restorable unassign orders --region eu-west-1
  restorable unassign orders --plan nightly        out of that plan alone
  restorable unassign orders -o json=plan.json     write the change as a plan instead of making it

restorable backout RUN undoes it.`

type unassignOptions struct {
	source         sourceOptions
	plans          []string
	owned          []string
	outputs        []string
	leaveUncovered bool
	approve        bool
}

func (a *app) unassignCommand() *cobra.Command {
	var o unassignOptions
	cmd := &cobra.Command{
		Use:   "unassign TABLE",
		Short: "Take a table out of its backup plans",
		Long:  unassignHelp,
		Args:  exactArgs(1, "the name or ARN of a table"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.unassign(ctx, cmd.Context(), o, args[0])
		},
	}
	f := cmd.Flags()
	o.source.aws.register(f)
	f.StringArrayVar(&o.source.files, "from", nil, "estate `file` instead of live AWS; only with -o json")
	f.StringSliceVar(&o.plans, "plan", nil, "`names` or ids of the backup plans to leave (default all that select the table)")
	f.StringSliceVar(&o.owned, "owned-tag", nil, "`KEY[=VALUE]` (globs) of tags on what a template owns, which is then left alone (default the habits of Terraform, CDK and Pulumi)")
	f.BoolVar(&o.leaveUncovered, "leave-uncovered", false, "even if nothing protects the table afterwards")
	f.BoolVar(&o.approve, "auto-approve", false, "do not ask: for pipelines")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table, or json[=FILE], which writes the change as a saved plan instead of making it; repeatable")
	return cmd
}

// unassignment is one that is under way: what was asked, what it comes to, where it goes.
type unassignment struct {
	unassignOptions
	specs  []outputSpec
	saved  bool // as a plan, instead of being made
	table  string
	change *planning.Unassignment
}

func (a *app) unassign(ctx, user context.Context, o unassignOptions, name string) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	saved := slices.ContainsFunc(specs, func(s outputSpec) bool { return s.format == "json" })
	if len(o.source.files) > 0 && !saved {
		return misuse("-o json=plan.json, then restorable apply plan.json", "a change cannot be made in a file: --from needs -o json")
	}
	if err := a.liveOnly(o.source); err != nil {
		return err
	}
	s := &seen{}
	o.source.match, o.source.needs = s.match(name), awsapi.Planning()
	es, err := a.obtain(ctx, o.source)
	if err != nil {
		return err
	}
	if user.Err() != nil {
		return interrupted(user.Err())
	}
	unit, table, err := onlyTable(es, s.names, name)
	if err != nil {
		return err
	}
	change, err := planning.Unassign(es, unit, table, planning.UnassignOptions{
		Tool: remedy.Tool{Name: "restorable", Version: Version}, Endpoint: a.endpoint(o.source.aws), Plans: o.plans, Owned: o.owned,
	})
	if err != nil {
		return err
	}
	return a.unassigned(ctx, user, unassignment{unassignOptions: o, specs: specs, saved: saved, table: table.Name.Or(name), change: change})
}

// unassigned shows the change, and makes it or writes it down.
func (a *app) unassigned(ctx, user context.Context, u unassignment) error {
	if err := u.refused(); err != nil {
		return err
	}
	show := func(w io.Writer) { unassignView{printer{w: w, screen: a.screen(w)}}.show(u.change, u.table) }
	if u.saved {
		if err := u.bare(); err != nil {
			return err
		}
		if err := a.toOutputs(u.specs, show, u.change.Plan); err != nil {
			return unwritten(err)
		}
		return nil
	}
	if err := a.toOutputs(u.specs, show, nil); err != nil {
		return unwritten(err)
	}
	if err := u.bare(); err != nil || len(u.change.Plan.Actions) == 0 {
		return err
	}
	printer{w: a.std.Out}.put("")
	return a.makeUnassignment(ctx, user, u)
}

// makeUnassignment carries the change out as any plan: with a run that can be backed out.
func (a *app) makeUnassignment(ctx, user context.Context, u unassignment) error {
	store, err := a.runStore()
	if err != nil {
		return err
	}
	aws := u.source.aws
	aws.writes = true
	if err := aroundPlan(u.change.Plan, &aws); err != nil {
		return err
	}
	session, err := a.open(ctx, aws)
	if err != nil {
		return err
	}
	defer session.Close()
	work := apply.Options{Plan: u.change.Plan, Store: store, Tool: Version, Endpoint: a.endpoint(aws), Concurrency: aws.concurrency}
	if err := a.checkBefore(ctx, session, work, aws); err != nil {
		return err
	}
	if err := a.confirmPlan(ctx, work, applyOptions{approve: u.approve}); err != nil {
		return err
	}
	return a.carryOut(ctx, user, session, work, applyView{specs: u.specs, aws: aws})
}

// bare refuses to leave a table with nothing, unless that was asked for.
func (u unassignment) bare() error {
	if !u.change.Bare || u.leaveUncovered || len(u.change.Plan.Actions) == 0 {
		return nil
	}
	return &complaint{
		code: exitStale, summary: u.table + " would be left without cover, so nothing was changed", detail: uncovered(u.change.After),
		hint: "restorable plan --only enable-pitr --table " + u.table + ", or --leave-uncovered if that is what you want",
	}
}

// refused says why nothing is changed.
func (u unassignment) refused() error {
	if len(u.change.Plan.Refused) == 0 {
		return nil
	}
	c := &complaint{code: exitStale, summary: u.table + " stays in its backup plans: nothing was changed", hint: u.change.Plan.Refused[0].Next}
	var why []string
	for _, r := range u.change.Plan.Refused {
		why = append(why, r.Reason)
	}
	c.detail = strings.Join(why, "\n")
	return c
}

// uncovered says what there is no more.
func uncovered(after *protection.Coverage) string {
	pitr := "point-in-time recovery is off"
	if after.PITR.On.IsUnknown() {
		pitr = "whether point-in-time recovery is on is not known"
	}
	return pitr + ", and " + after.Effective.Why + "; backups that are there expire"
}

// onlyTable finds the one table that is meant: the same name in two Regions is two tables.
func onlyTable(es *estate.Estate, names []string, name string) (*estate.Unit, *estate.Table, error) {
	var unit *estate.Unit
	var table *estate.Table
	var arns []string
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			if t.Name.Or("") != name && t.ARN.Or("") != name && t.ID != name {
				continue
			}
			unit, table = u, t
			arns = append(arns, t.ARN.Or(t.ID))
		}
	}
	switch len(arns) {
	case 0:
		return nil, nil, noSuchTable(es, names, name)
	case 1:
		return unit, table, nil
	}
	return nil, nil, misuse("restorable unassign "+arns[0], "there are %d tables %s: %s", len(arns), name, strings.Join(arns, ", "))
}

// unassignView shows the change and what remains.
type unassignView struct{ printer }

func (v unassignView) show(u *planning.Unassignment, name string) {
	if len(u.Plan.Actions) == 0 {
		v.title("No backup plan selects " + name + ": there is nothing to change")
		return
	}
	plans := "plan "
	if len(u.From) > 1 {
		plans = "plans "
	}
	v.title(fmt.Sprintf("%s leaves backup %s%s  %s %s", name, plans, strings.Join(u.From, ", "), u.Plan.Regions[0], u.Plan.Account))
	v.section("What changes")
	for i := range u.Plan.Actions {
		a := &u.Plan.Actions[i]
		v.text("  ", a.Summary)
		if a.Risk != "" {
			v.toned("    ", terminal.Doubtful, "risk: "+a.Risk)
		}
	}
	for _, c := range u.Plan.Checks {
		v.toned("  ", terminal.Doubtful, c.Detail)
	}
	v.section("Can it be got back afterwards?")
	look := explainView{printer: v.printer}
	for i, s := range u.After.Scenarios {
		text := s.Name + ": " + s.Recoverable.Why
		if word(s.Recoverable) == "yes" {
			text += lossClause(s)
		}
		if was := u.Before.Scenarios[i]; word(was.Recoverable) != word(s.Recoverable) || was.By != s.By {
			text += "; now: " + word(was.Recoverable) + ", " + was.Recoverable.Why + lossOf(was)
		}
		look.marked("  ", s.Recoverable, text)
	}
}

func lossOf(s protection.Scenario) string {
	if word(s.Recoverable) != "yes" {
		return ""
	}
	return lossClause(s)
}
