package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/planning"
	"github.com/restorable/restorable/internal/remedy/price"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const planHelp = `Says what would make every table recoverable, as a plan that can be read, saved, applied and undone:
opt-in, role, vault, backup plan, selection and point-in-time recovery; all else only when restorable.yaml
or --only asks for it. Reads live AWS, or estate files; a saved JSON report among the paths limits the plan
to what FAILs in it. Never writes to AWS: restorable apply does.

  restorable plan --region eu-west-1 -o table -o json=plan.json
  restorable plan estate.json --only enable-pitr --table 'orders*'
  restorable plan --select tag:backup=daily --schedule 'cron(0 5 ? * * *)' --retain 35

Exit code 0 whether or not there is something to do (with --detailed-exitcode 20 when there is), 1 when it
would cost more than --max-cost, 3 when something could not be read: the plan then is one for what is known.`

type planOptions struct {
	source   sourceOptions
	from     []string
	reports  []string
	filter   filterOptions
	controls controlOptions
	outputs  []string
	detailed bool
	maxCost  float64
	prices   string

	ignoreFile string
	options    planning.Options
}

func (a *app) planCommand() *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan [PATH...]",
		Short: "What would make every table recoverable, as a plan to apply. Never writes",
		Long:  planHelp,
		RunE: func(cmd *cobra.Command, paths []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			o.sort(append(paths, o.from...))
			if err := a.liveOnly(o.source); err != nil {
				return err
			}
			return a.plan(ctx, cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	o.register(f)
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "`FORMAT[=FILE]`: table, or json, which is the plan that apply takes; repeatable (default table)")
	f.BoolVar(&o.detailed, "detailed-exitcode", false, "exit code 20 when there is something to do")
	f.Float64Var(&o.maxCost, "max-cost", 0, "refuse a plan that costs more than so many US `dollars` a month (default no limit)")
	return cmd
}

// register declares what a plan is made from and what it can be told.
func (o *planOptions) register(f *pflag.FlagSet) {
	o.source.aws.register(f)
	o.filter.register(f)
	o.controls.register(f)
	f.StringArrayVar(&o.from, "from", nil, "estate `file`, the same as a path")
	f.StringArrayVar(&o.reports, "report", nil, "saved JSON report `file`: only what FAILs in it is mended; the same as a path")
	f.StringVar(&o.prices, "prices", "", "`file` with prices of your own (YAML)")
	registerIgnoreFile(f, &o.ignoreFile)
	registerPlanning(f, &o.options)
	registerExtras(f, &o.options.Extras)
}

// registerPlanning declares what a plan can be told.
func registerPlanning(f *pflag.FlagSet, o *planning.Options) {
	f.StringSliceVar(&o.Only, "only", nil, "only these `remedies`, such as enable-pitr")
	f.StringSliceVar(&o.Skip, "skip", nil, "leave these `remedies` out")
	f.StringVar(&o.Select, "select", planning.SelectARN, "how a plan selects tables: arn, all, or `tag:KEY=VALUE`, which tags them")
	f.StringVar(&o.PlanName, "plan-name", "", "`name` of the backup plan (default "+planning.DefaultPlan+", or restorable-TIER)")
	f.StringVar(&o.Schedule, "schedule", "", "`cron` expression of a new plan, UTC (default "+planning.DefaultSchedule+", or by the tier)")
	f.Int64Var(&o.StartWindow, "start-window", planning.DefaultStartWindow, "`minutes` in which a backup must start")
	f.Int64Var(&o.CompletionWindow, "completion-window", planning.DefaultCompletionWindow, "`minutes` in which a backup must be done")
	f.Int64Var(&o.Retain, "retain", 0, "`days` that a new plan keeps backups (default 35, or by the tier)")
	f.StringVar(&o.Vault, "vault", planning.DefaultVault, "`name` of the vault of a new plan; it is made where there is none")
	f.StringVar(&o.VaultKey, "vault-key", "", "`ARN` of the KMS key of a vault that is made (default AWS's own key)")
	f.StringVar(&o.Role, "role", planning.DefaultRole, "`name` or ARN of the role of new selections; it is made where there is none")
	f.Int64Var(&o.PITRPeriod, "pitr-period", planning.DefaultPITRPeriod, "`days` that point-in-time recovery reaches back")
	f.BoolVar(&o.Replace, "replace", false, "allow to create anew and then delete, where adding is not enough")
	f.DurationVar(&o.Expires, "expires", 24*time.Hour, "how long the plan may be applied")
	f.StringSliceVar(&o.Owned, "owned-tag", nil, "`KEY[=VALUE]` (globs) of tags on what a template owns, which is then left alone (default the habits of Terraform, CDK and Pulumi)")
}

// sort tells the paths apart: estate files, and saved reports.
func (o *planOptions) sort(paths []string) {
	for _, name := range paths {
		if isReport(name) {
			o.reports = append(o.reports, name)
		} else {
			o.source.files = append(o.source.files, name)
		}
	}
}

// validate knows which flags were typed: of some, nothing typed and zero typed are not the same.
func (o *planOptions) validate(typed map[string]bool) error {
	for _, f := range []struct {
		name string
		zero bool
	}{{"retain", o.options.Retain == 0}, {"expires", o.options.Expires == 0}, {"max-cost", o.maxCost == 0}} {
		if typed[f.name] && f.zero {
			return misuse("leave --"+f.name+" out for the default", "--%s 0: want more than 0", f.name)
		}
	}
	if err := o.filter.validate(); err != nil {
		return err
	}
	if o.maxCost < 0 {
		return misuse("--max-cost 50", "--max-cost %v: want 0 or more", o.maxCost)
	}
	if o.filter.given() && o.options.Select == planning.SelectAll {
		return misuse("--select arn", "--select all takes in every table, and --table or --tag asks for some")
	}
	if err := o.options.Check(); err != nil {
		return planMistake(err)
	}
	o.options.Tables = o.filter.tables
	return nil
}

// plan collects under ctx, which a --timeout may end, and tells an interruption by the user from it by user.
func (a *app) plan(ctx, user context.Context, o planOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	if err := o.validate(a.typed); err != nil {
		return err
	}
	plan, es, err := a.makePlan(ctx, user, o)
	if err != nil {
		return err
	}
	over := o.over(plan)
	if over != nil {
		specs = onlyShown(specs)
	}
	view := planView{screen: a.screen, verbose: a.global.verbose, specs: specs}
	if err := a.toOutputs(specs, func(w io.Writer) { view.show(w, plan) }, plan); err != nil {
		return unwritten(err)
	}
	if over != nil {
		return over
	}
	return ended(a.planCode(o, es, plan))
}

// makePlan reads AWS, or estate files, and plans. Its options must be valid.
func (a *app) makePlan(ctx, user context.Context, o planOptions) (*remedy.Plan, *estate.Estate, error) {
	in, err := a.planInput(o)
	if err != nil {
		return nil, nil, err
	}
	o.source.match = o.filter.byName()
	if o.source.needs, err = planReads(in.Catalogue, in.Controls, o.controls); err != nil {
		return nil, nil, err
	}
	if in.Estate, err = a.obtain(ctx, o.source); err != nil {
		return nil, nil, err
	}
	if user.Err() != nil {
		return nil, nil, interrupted(user.Err()) // half an estate is no ground for changes
	}
	if o.filter.given() && !anyWanted(o.filter, in.Estate) {
		return nil, nil, nothingMatches(o.filter, scopesOf(in.Estate))
	}
	if err := a.muteFindings(&in, o); err != nil {
		return nil, nil, err
	}
	plan, err := planning.Make(in)
	if err != nil {
		return nil, nil, planMistake(err)
	}
	return plan, in.Estate, nil
}

// planInput gathers all but the estate.
func (a *app) planInput(o planOptions) (planning.Input, error) {
	in := planning.Input{Options: o.options, Tool: remedy.Tool{Name: "restorable", Version: Version}, Endpoint: a.endpoint(o.source.aws)}
	var err error
	if in.Catalogue, in.Controls, err = a.selectControls(o.controls); err != nil {
		return in, err
	}
	if !o.controls.chosen() {
		if in.Controls, err = plannable(in.Catalogue, in.Controls); err != nil {
			return in, err
		}
	}
	in.Sets = o.controls.frameworks
	if in.Parameters, err = a.parameters(in.Catalogue); err != nil {
		return in, err
	}
	if in.Prices, err = readPrices(o.prices); err != nil {
		return in, err
	}
	if in.Failed, err = failedIn(o.reports); err != nil {
		return in, err
	}
	if policy := a.objectives(); len(policy.Tiers) > 0 {
		in.Policy, in.Objective = policy, demands(policy)
	}
	if o.filter.given() {
		in.Wants = func(_ *estate.Unit, t *estate.Table) bool { return o.filter.wants(t) }
	}
	return in, nil
}

func readPrices(file string) (price.Estimator, error) {
	if file == "" {
		return price.Estimator{Prices: price.Default()}, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return price.Estimator{}, misuse("--prices FILE with prices of your own", "--prices %s: %s", file, plainCause(err))
	}
	list, err := price.Parse(file, text)
	if err != nil {
		return price.Estimator{}, misuse("docs/costs.md shows such a file", "%v", err)
	}
	return price.Estimator{Prices: list}, nil
}

func anyWanted(f filterOptions, es *estate.Estate) bool {
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			if f.wants(&u.Tables.Items[i]) {
				return true
			}
		}
	}
	return false
}

// over refuses a plan that costs too much: it is shown, and not saved.
func (o planOptions) over(p *remedy.Plan) error {
	if o.maxCost == 0 || p.Cost.Monthly <= o.maxCost {
		return nil
	}
	return &complaint{code: exitFindings, summary: fmt.Sprintf("the plan is estimated at %s a month, more than --max-cost %g", remedy.USD(p.Cost.Monthly), o.maxCost),
		detail: "it was not saved", hint: "--table, --skip or --retain make it smaller"}
}

// onlyShown leaves what goes to the screen.
func onlyShown(specs []outputSpec) []outputSpec {
	var out []outputSpec
	for _, s := range specs {
		if s.file == "" && s.format == "table" {
			out = append(out, s)
		}
	}
	return out
}

// planCode decides the exit code. A plan that changes something is worth applying even where not everything could be read, which the
// plan says: with --detailed-exitcode 20 comes first.
func (a *app) planCode(o planOptions, es *estate.Estate, p *remedy.Plan) int {
	incomplete := false
	for _, u := range es.Units {
		incomplete = incomplete || !scopeOf(u).Listed() || len(problemsOf(u)) > 0
	}
	if incomplete {
		a.note("something could not be read: this is a plan for what is known; restorable doctor says what is missing")
	}
	switch {
	case o.detailed && len(p.Actions) > 0:
		return exitChanges
	case incomplete:
		return exitIncomplete
	}
	return exitClean
}

// planMistake turns planning's errors into complaints.
func planMistake(err error) error {
	var option *planning.OptionError
	var accounts *planning.AccountsError
	switch {
	case errors.As(err, &option):
		return misuse(option.Hint, "%s", option.Error())
	case errors.As(err, &accounts):
		return misuse("--accounts "+accounts.Accounts[0]+", or an estate file of one account", "a plan is for one account, and here are %d: %s", len(accounts.Accounts), strings.Join(accounts.Accounts, ", "))
	case errors.Is(err, planning.ErrNoScope):
		return &complaint{code: exitIncomplete, summary: "account, Region or AWS's time is not known: no change could be addressed", hint: "restorable doctor", err: err}
	}
	var unknown *control.SelectionError
	if errors.As(err, &unknown) {
		return selectionMistake(err)
	}
	return err
}
