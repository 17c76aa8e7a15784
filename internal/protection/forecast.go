package protection

import (
	"cmp"
	"slices"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// Bounds of a forecast, so that no schedule makes it endless.
const (
	maxForecastDays  = 3_660
	maxStartsPerRule = 20_000
	hoursPerDay      = 24
)

// Forecast is what will be there over the coming days if everything goes as declared.
type Forecast struct {
	From estate.Instant
	Days int
	// Known is unknown when the present, the plans or a rule's prerequisites are: then what follows is a part of the truth.
	Known    Answer[bool]
	Coming   []ComingPoint
	Existing []ExistingPoint
	First    Answer[estate.Instant] // earliest creation of the first point to come; absent: none
	PITR     PITR

	// Loss is the worst case: each backup holds the moment of its scheduled start and is there at the end of its windows.
	Loss      []LossStep
	MaxLoss   Answer[int64]          // seconds; Forever when at some moment there is nothing to go back to
	MaxLossAt Answer[estate.Instant] // when the loss is greatest
	// PromptMaxLoss is MaxLoss if every backup is there at its scheduled start.
	PromptMaxLoss Answer[int64]
}

// ComingPoint is a recovery point that a rule will make.
type ComingPoint struct {
	Plan, Rule, Vault string
	Scheduled         estate.Instant         // the earliest creation
	StartBy           estate.Instant         // end of the start window: the latest creation
	Latest            estate.Instant         // end of the completion window: when it is there at the latest
	Expires           Answer[estate.Instant] // at the earliest; AWS deletes within eight hours after; absent: never
	Copies            []string               // vaults that it is declared to be copied to
}

// ExistingPoint is a restorable backup that is there.
type ExistingPoint struct {
	ID, Vault string // the vault is empty for DynamoDB's own backups
	Created   estate.Instant
	Expires   Answer[estate.Instant] // absent: never
}

// LossStep says that from At on one can surely go back to Back: at any moment until the next step the loss is that moment less Back.
type LossStep struct {
	At   estate.Instant
	Back Answer[estate.Instant] // absent: to nothing
	PITR bool                   // point-in-time recovery: Back moves along, 300 seconds behind
}

// Forecast looks a number of days ahead from a moment, by the same rules as the coverage.
func (c *Coverage) Forecast(from estate.Instant, days int) Forecast {
	days = max(0, min(days, maxForecastDays))
	f := Forecast{From: from, Days: days, PITR: c.PITR}
	found := c.index.find(c.Table)
	f.Known = c.foreseeable()
	f.Existing = c.existing(found)
	for i := range c.Plans.Items {
		f.Coming = append(f.Coming, c.coming(&c.Plans.Items[i], &f)...)
	}
	slices.SortStableFunc(f.Coming, func(a, b ComingPoint) int { return cmp.Compare(a.Scheduled, b.Scheduled) })
	f.first()
	f.losses(triOf(c.pitrWorks()))
	return f
}

// foreseeable is whether everything is known that the forecast rests on.
func (c *Coverage) foreseeable() Answer[bool] {
	if !c.unit.Now.IsKnown() {
		return answered(maybe, "the present is not known", estate.Read("unit.now", "", c.unit.Now))
	}
	if c.index.complete == maybe {
		return answered(maybe, "the plans are not all known", c.index.missingPlans()...)
	}
	for i := range c.Plans.Items {
		p := &c.Plans.Items[i]
		for k := range p.Rules {
			if e := p.Rules[k].Effective; triOf(e) == maybe {
				return e
			}
		}
		if p.plan.whole == maybe {
			return answered(maybe, "the rules of plan "+quote(p.Plan)+" are not all known", estate.Read("plan.rules", p.ID, p.plan.plan.Rules.Whole))
		}
	}
	if w := c.pitrWorks(); triOf(w) == maybe {
		return w
	}
	if all := c.Observed.All.Count; !all.IsKnown() {
		return answered(maybe, all.Why, all.Basis...)
	}
	return answered(yes, "")
}

// coming lists what the effective rules of a plan will make, overlaps settled.
func (c *Coverage) coming(p *PlanCover, f *Forecast) []ComingPoint {
	covers := map[*ruleIndex]*RuleCover{}
	var rules []*ruleIndex
	for i := range p.Rules {
		r := &p.Rules[i]
		if triOf(r.Effective) == yes && covers[r.rule] == nil {
			covers[r.rule] = r
			rules = append(rules, r.rule)
		}
	}
	order, ok := ranked(rules)
	if !ok || len(order) == 0 {
		return nil
	}
	to := f.From.Time().Add(time.Duration(f.Days) * hoursPerDay * time.Hour)
	starts := settle(order, f.From.Time(), to, maxStartsPerRule)
	out := make([]ComingPoint, 0, len(starts))
	for _, s := range starts {
		out = append(out, covers[s.rule].comingAt(s.at))
	}
	return out
}

func (r *RuleCover) comingAt(at time.Time) ComingPoint {
	startWindow, _ := r.StartWindow.Get()
	completion := r.CompletionWindow.Or(defaultCompletionWindow)
	p := ComingPoint{Plan: r.Plan, Rule: r.Rule, Vault: r.Vault.Or(""), Scheduled: estate.At(at)}
	p.StartBy = p.Scheduled.Add(time.Duration(startWindow) * time.Minute)
	p.Latest = p.StartBy.Add(time.Duration(completion) * time.Minute)
	days, ok := r.RetentionDays.Get()
	switch {
	case !ok:
		p.Expires = unknown[estate.Instant](r.RetentionDays.Why, r.RetentionDays.Basis...)
	case days == Forever:
		p.Expires = absent[estate.Instant]("never", r.RetentionDays.Basis...)
	default:
		p.Expires = known(p.Scheduled.Add(time.Duration(days)*hoursPerDay*time.Hour), "", r.RetentionDays.Basis...)
	}
	for i := range r.Copies {
		if triOf(r.Copies[i].TakesEffect) != no {
			p.Copies = append(p.Copies, r.Copies[i].Vault.Or("?"))
		}
	}
	return p
}

// existing lists the restorable backups, oldest first.
func (c *Coverage) existing(f *found) []ExistingPoint {
	var out []ExistingPoint
	for _, list := range [][]backup{f.points, f.natives} {
		for i := range list {
			b := &list[i]
			at, dated := b.at.Get()
			if b.ok != yes || !dated {
				continue
			}
			e := ExistingPoint{Created: at}
			if b.native != nil {
				e.ID, e.Expires = b.native.ID, factAnswer(b.native.ExpiresAt, nil)
			} else {
				e.ID, e.Vault, e.Expires = b.point.ID, b.point.vault.Name.Or(b.point.vault.ID), factAnswer(b.point.DeleteAt, nil)
			}
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b ExistingPoint) int { return cmp.Compare(a.Created, b.Created) })
	return out
}

func (f *Forecast) first() {
	switch {
	case len(f.Coming) > 0 && f.Known.IsKnown():
		f.First = known(f.Coming[0].Scheduled, "", f.Known.Basis...)
	case f.Known.IsKnown():
		f.First = absent[estate.Instant]("no rule will make a recovery point")
	default:
		f.First = unknown[estate.Instant](f.Known.Why, f.Known.Basis...)
	}
}
