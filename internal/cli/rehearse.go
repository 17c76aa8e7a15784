package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/rehearse"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/spf13/cobra"
)

const rehearseHelp = `Loads your account's plans, tables, tags and history (no items) into a simulated AWS inside the program,
applies a saved plan there, runs the clock, and shows what was forecast beside what happened.
Reads your account, never writes to it.

  restorable plan -o json=plan.json && restorable rehearse plan.json --days 35
  restorable rehearse --from estate.json --days 90      without a plan: what there is, going on as it is

Exit code 1: something went otherwise than forecast. 5: the plan no longer fits what the estate says.`

type rehearseOptions struct {
	source sourceOptions
	days   int
	output string
	prices string
}

func (a *app) rehearseCommand() *cobra.Command {
	var o rehearseOptions
	cmd := &cobra.Command{
		Use:   "rehearse [PLAN]",
		Short: "Apply a plan in a simulated copy of your account, and run the clock",
		Long:  rehearseHelp,
		Args:  atMostOne("a saved plan"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			if err := a.liveOnly(o.source); err != nil {
				return err
			}
			plan := ""
			if len(args) > 0 {
				plan = args[0]
			}
			return a.rehearse(ctx, o, plan)
		},
	}
	f := cmd.Flags()
	o.source.aws.register(f)
	f.StringArrayVar(&o.source.files, "from", nil, "estate `file` instead of live AWS")
	f.IntVar(&o.days, "days", 35, "how many days the clock runs")
	f.StringVar(&o.prices, "prices", "", "price `file` instead of the built-in list (docs/costs.md)")
	f.StringVarP(&o.output, "output", "o", "table", "`format`: table or json")
	return cmd
}

func (o rehearseOptions) validate() error {
	if o.output != "table" && o.output != "json" {
		return misuse("-o table or -o json", "-o %s: unknown format", o.output)
	}
	if o.days < 1 || o.days > rehearse.MaxDays {
		return misuse("--days 35", "--days %d: want 1 to %d", o.days, rehearse.MaxDays)
	}
	return nil
}

func (a *app) rehearse(ctx context.Context, o rehearseOptions, file string) error {
	if err := o.validate(); err != nil {
		return err
	}
	estimator, err := readPrices(o.prices)
	if err != nil {
		return err
	}
	prices := estimator.Prices
	options := rehearse.Options{Days: o.days, Tool: toolName, Prices: rehearse.Prices{Backup: prices.Warm.USD, PITR: prices.PITR.USD}}
	var plan *remedy.Plan
	if file != "" {
		if plan, err = loadPlan(file); err != nil {
			return err
		}
		if len(o.source.files) == 0 {
			if err := aroundPlan(plan, &o.source.aws); err != nil {
				return err
			}
		}
		options.Apply = func(ctx context.Context, url string) error { return a.applyInRehearsal(ctx, url, plan) }
	}
	o.source.needs = awsapi.Planning() // what roles may do decides whether their jobs work
	if options.Estate, err = a.obtain(ctx, o.source); err != nil {
		return err
	}
	if err := playsWhere(plan, options.Estate); err != nil {
		return err
	}
	options.Collect = func(ctx context.Context, url string) (*estate.Estate, error) {
		return a.readRehearsal(ctx, url, options.Estate)
	}
	status := a.status()
	defer status.Clear()
	options.Progress = func(day, days int) { status.Show(fmt.Sprintf("rehearsing day %d of %d", day, days)) }
	report, err := rehearse.Run(ctx, options)
	if ctx.Err() != nil {
		return interrupted(ctx.Err())
	}
	if err != nil {
		return rehearsalFailure(err)
	}
	status.Clear()
	return a.showRehearsal(o, plan, report)
}

// playsWhere refuses a plan for a place or a time that the estate does not hold: what it changes would not be there any more, or never was.
func playsWhere(plan *remedy.Plan, es *estate.Estate) error {
	if plan == nil {
		return nil
	}
	accounts := unitAccounts(es)
	if !slices.Contains(accounts, plan.Account) {
		return misuse("choose the right --profile or --role-arn, or --from an estate of that account",
			"the plan is for account %s, and the estate is of %s", plan.Account, strings.Join(accounts, ", "))
	}
	regions := regionsOf(es, plan.Account)
	for _, r := range plan.Regions {
		if !slices.Contains(regions, r) {
			return misuse("restorable collect --full --region "+strings.Join(plan.Regions, ",")+" --out estate.json", "the plan acts in %s, and the estate is of %s", r, strings.Join(regions, ", "))
		}
	}
	if at, now := plan.ExpiresAt.Time(), newest(es); now.After(at) {
		return applyFailure(&apply.ExpiredError{At: at, Now: now}, awsOptions{})
	}
	return nil
}

// rehearsalFailure: what a person can mend is a complaint already; the rest says that the estate could not be played.
func rehearsalFailure(err error) error {
	if decided(err) {
		return err
	}
	return &complaint{code: exitIncomplete, summary: "the rehearsal could not be played", detail: err.Error(), hint: "restorable collect --out estate.json, and restorable rehearse --from estate.json", err: err}
}

// readRehearsal reads the simulated AWS as the product reads AWS, in the accounts and Regions of the estate.
func (a *app) readRehearsal(ctx context.Context, url string, of *estate.Estate) (*estate.Estate, error) {
	merged := &estate.Estate{Tool: toolName}
	for _, account := range unitAccounts(of) {
		session, err := awsapi.Open(ctx, awsapi.Options{EndpointURL: url, Regions: regionsOf(of, account), Rates: awsapi.RatesOff, RequestTimeout: 30 * time.Second, SimulatedAccount: account})
		if err != nil {
			return nil, err
		}
		es, err := collect.Collect(ctx, session, collect.Options{Tool: toolName, Needs: awsapi.Planning()})
		session.Close()
		if err != nil {
			return nil, err
		}
		merged.Units = append(merged.Units, es.Units...)
	}
	return merged, nil
}

func unitAccounts(es *estate.Estate) []string {
	var out []string
	for _, u := range es.Units {
		if id, ok := u.Account.Get(); ok && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func regionsOf(es *estate.Estate, account string) []string {
	var out []string
	for _, u := range es.Units {
		if r, ok := u.Region.Get(); ok && u.Account.Or("") == account && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// showRehearsal prints the report; the exit code says whether all went as forecast.
func (a *app) showRehearsal(o rehearseOptions, plan *remedy.Plan, r *rehearse.Report) error {
	if o.output == "json" {
		if err := a.printJSON(r); err != nil {
			return err
		}
	} else {
		rehearsalView{printer{w: a.std.Out, screen: a.screen(a.std.Out)}, a.global.verbose}.show(plan, r)
	}
	if !r.Agrees {
		return ended(exitFindings)
	}
	return nil
}
