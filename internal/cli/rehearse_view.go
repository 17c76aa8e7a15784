package cli

import (
	"fmt"

	"github.com/restorable/restorable/internal/rehearse"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// rehearsalView prints a rehearsal for a person: the answer first, then what went otherwise, then the tables.
type rehearsalView struct {
	printer
	verbose bool
}

func (v rehearsalView) show(plan *remedy.Plan, r *rehearse.Report) {
	lead := "What there is, going on as it is"
	if plan != nil {
		lead = fmt.Sprintf("Plan %s, %s, applied in a simulated copy of account %s", plan.ID, terminal.Count(len(plan.Actions), "action"), plan.Account)
	}
	v.title(fmt.Sprintf("%s, %s from %s to %s", lead, terminal.Count(r.Days, "day"), minute(r.From), minute(r.To)))
	if r.Agrees {
		v.toned("", terminal.Good, "All went as forecast.")
	} else {
		v.toned("", terminal.Bad, "Not all went as forecast.")
	}
	v.totals(r)
	v.tables(r)
	v.assumed(r)
}

func (v rehearsalView) totals(r *rehearse.Report) {
	n := r.Totals
	v.section("Forecast and what happened")
	v.text("  ", fmt.Sprintf("recovery points: %d forecast, %d made, %d missing, %d not due yet, %d that nobody forecast", n.Forecast, n.Made, n.Missing, n.Pending, n.Unexpected))
	v.text("  ", fmt.Sprintf("copies: %d forecast, %d arrived", n.Copies, n.Copied))
	v.text("  ", fmt.Sprintf("expiries: %d forecast, %d expired, %d overdue", n.Expiries, n.Expired, n.Overdue))
	cost := fmt.Sprintf("cost: %s for these days, %s a month at their end", remedy.USD(r.Cost.Days), remedy.USD(r.Cost.Monthly))
	if !r.Cost.Known {
		cost += ", and more: the size of some table is not known"
	}
	v.text("  ", cost)
}

func (v rehearsalView) tables(r *rehearse.Report) {
	v.section("Tables: the loss at the worst moment, forecast and reached")
	quiet := 0
	for _, s := range r.Tables {
		if s.Agrees && len(s.Failures) == 0 && !v.verbose && len(r.Tables) > 30 {
			quiet++
			continue
		}
		v.table(s)
	}
	if quiet > 0 {
		v.text("  ", terminal.Count(quiet, "table")+" more as forecast; -v shows them")
	}
}

func (v rehearsalView) table(s rehearse.Story) {
	tone := terminal.Good
	if !s.Agrees {
		tone = terminal.Bad
	}
	line := fmt.Sprintf("%s %s: at most %s, reached %s", s.Table, s.Region, lossWords(s.WorstLoss), lossWords(s.Reached))
	if s.Count.Forecast > 0 {
		line += fmt.Sprintf("; %d of %d recovery points made", s.Count.Made, s.Count.Forecast)
	}
	if s.First != nil {
		line += ", the first at " + minute(*s.First)
	}
	v.toned("  ", tone, line)
	if s.Unknown != "" {
		v.toned("    ", terminal.Doubtful, "the forecast is a part of the truth: "+s.Unknown)
	}
	for i, m := range s.Missing {
		if i == 3 {
			v.text("    ", fmt.Sprintf("and %d more missing", len(s.Missing)-i))
			break
		}
		v.text("    ", fmt.Sprintf("missing: rule %q of plan %q, %s", m.Rule, m.Plan, minute(m.Scheduled)))
	}
	for _, f := range s.Failures {
		v.text("    ", fmt.Sprintf("%s %s, from %s: %s", terminal.Count(f.Times, "job"), f.State, minute(f.First), f.Message))
	}
}

// lossWords says a loss in words; nil is everything.
func lossWords(s *int64) string {
	if s == nil {
		return "everything"
	}
	return seconds(*s)
}

func (v rehearsalView) assumed(r *rehearse.Report) {
	v.section("Assumed, because AWS does not document it or the estate does not say it")
	for _, text := range r.Assumed {
		v.text("  ", "- "+text)
	}
	if len(r.Assumed) == 0 {
		v.text("  ", "nothing")
	}
}
