package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// confirmDrills says what is about to be restored, for how much, and has the account's id typed.
func (a *app) confirmDrills(ctx context.Context, w *drillWork, o drillOptions) error {
	if err := withinBudget(w.drills, o.maxCost, "the drills are", "drill fewer tables, or smaller ones"); err != nil {
		return err
	}
	a.announceDrills(w, o)
	if o.approve || !anyToDo(w.drills) {
		return nil
	}
	return a.agreed(ctx, w)
}

// withinBudget holds the estimate against --max-cost; 0: there is no limit.
func withinBudget(drills []*drill.Drill, most float64, what, instead string) error {
	total, known := drillCost(drills)
	if most <= 0 || known && total <= most {
		return nil
	}
	c := &complaint{code: exitFindings, summary: fmt.Sprintf("%s estimated at %s, more than --max-cost %g", what, dollars(total, known), most), detail: "nothing was called", hint: instead}
	if total <= most {
		c.summary = fmt.Sprintf("%s of a cost that is not known, and --max-cost is %g", what, most)
		c.hint = "leave --max-cost out; --prices can name prices that are missing"
	}
	return c
}

// agreed has the account's id typed.
func (a *app) agreed(ctx context.Context, w *drillWork) error {
	if !isTerminal(a.std.In) {
		return misuse("--auto-approve goes ahead without asking", "nobody can be asked: standard input is no terminal")
	}
	if !a.confirmed(ctx, bufio.NewReader(a.std.In), fmt.Sprintf("Type the account's id, %s, to go ahead: ", w.who.Account), w.who.Account) {
		return unconfirmed(ctx, "", "not confirmed")
	}
	return nil
}

func anyToDo(drills []*drill.Drill) bool {
	for _, d := range drills {
		if _, refused := d.Refused(); !refused {
			return true
		}
	}
	return false
}

// drillCost adds the estimates up; known is false when at least one is not whole.
func drillCost(drills []*drill.Drill) (total float64, known bool) {
	known = true
	for _, d := range drills {
		if _, refused := d.Refused(); refused {
			continue
		}
		total += d.Estimate.USD
		known = known && d.Estimate.Known
	}
	return total, known
}

func dollars(v float64, known bool) string {
	text := remedy.USD(v)
	if !known {
		text = "at least " + text
	}
	return text
}

// announceDrills goes to standard error: it is what is asked about, not the product.
func (a *app) announceDrills(w *drillWork, o drillOptions) {
	if a.global.quiet && o.approve {
		return
	}
	p := a.errPrinter()
	p.title(fmt.Sprintf("Drill %s in account %s", terminal.Count(len(w.drills), "table"), w.who.Account))
	const shown = 12
	for i, d := range w.drills {
		if i == shown {
			p.text("  ", fmt.Sprintf("and %d more", len(w.drills)-shown))
			break
		}
		p.text("  ", announced(d))
	}
	a.announceTakers(p, w)
	if !anyToDo(w.drills) {
		p.put("")
		return
	}
	total, known := drillCost(w.drills)
	p.text("", fmt.Sprintf("Estimated cost: %s for the restores. On top come reading both tables, and the copies' storage while they stand.", dollars(total, known)))
	if o.wish.Keep {
		p.toned("", terminal.Doubtful, "--keep: the restored tables stay, and cost, until you remove them.")
	}
	p.put("")
}

func announced(d *drill.Drill) string {
	text := d.Source.Name + " (" + d.Source.Region + ")"
	if d.Source.Gone {
		text += ", which is gone"
	}
	if why, refused := d.Refused(); refused {
		return text + ": " + why
	}
	if d.Source.Gone {
		text += ","
	}
	text += " from " + pointText(d)
	if d.Target.Region != d.Source.Region || d.Target.Account != d.Source.Account {
		text += ", into " + d.Target.Region
		if d.Target.Account != d.Source.Account {
			text += " of account " + d.Target.Account
		}
	}
	if d.Estimate.Most > 0 {
		text += ", about " + seconds(d.Estimate.Least)
		if d.Estimate.Most > d.Estimate.Least {
			text += " to " + seconds(d.Estimate.Most)
		}
	}
	return text + ", " + dollars(d.Estimate.USD, d.Estimate.Known)
}

// pointText says what is restored, for people.
func pointText(d *drill.Drill) string {
	what := map[string]string{drill.FromPITR: "point-in-time recovery", drill.FromBackup: "its backup", drill.FromSystem: "its system backup", drill.FromPoint: "its recovery point"}[d.From.Kind]
	if what == "" {
		return "nothing"
	}
	if d.From.Copied {
		what = "a copy of " + what
	}
	return what + " of " + moment(d.From.At)
}

// announceTakers points out plans that would back the copies up.
func (a *app) announceTakers(p printer, w *drillWork) {
	told := map[string]bool{}
	for _, d := range w.drills {
		for _, t := range w.takers[d.ID] {
			if told[t.Plan] {
				continue
			}
			told[t.Plan] = true
			verb := "takes in"
			if !t.Known {
				verb = "may take in"
			}
			p.toned("", terminal.Doubtful, fmt.Sprintf("The backup plan %s %s a restored table too: if it runs while one stands, AWS Backup backs that up, and keeps and charges it. Excluding %s from its selection prevents it.",
				t.Plan, verb, strings.Replace(d.Target.ARN, d.Target.Name, drill.TablePrefix+"*", 1)))
		}
	}
}
