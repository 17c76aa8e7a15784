package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/terminal"
)

// explainView prints an explanation for a person: the answer first, then what it rests on.
type explainView struct {
	printer
	verbose bool
	file    *config.File // nil: none

	catalogue *control.Catalogue
}

func (v explainView) show(e explained) {
	now := "at an unknown time"
	if at, ok := e.unit.Now.Get(); ok {
		now = "at " + minute(at)
	} else if d := declaration(e.unit, e.table.ID); d != nil {
		now = fmt.Sprintf("as declared in %s:%d", d.File, d.Line)
	}
	v.title(fmt.Sprintf("%s  %s %s  %s", e.table.Name.Or(e.table.ID), e.unit.Region.Or(""), e.unit.Account.Or(""), now))
	v.needs(e)
	v.scenarios(e)
	v.loss(e)
	v.plans(e)
	v.pitr(e.Coverage)
	v.timeline(e)
	v.remarks(e)
	v.byHand(e)
}

// declaration is where a template declares what has an id; nil: none does.
func declaration(u *estate.Unit, id string) *estate.Declared {
	i := slices.IndexFunc(u.Declared, func(d estate.Declared) bool { return d.ID == id })
	if i < 0 {
		return nil
	}
	return &u.Declared[i]
}

func minute(at estate.Instant) string { return at.Time().Format("2006-01-02 15:04 UTC") }

func (v explainView) mark(x protection.Answer[bool]) string {
	switch word(x) {
	case "yes":
		return v.screen.Paint(terminal.Good, "yes    ")
	case "no":
		return v.screen.Paint(terminal.Bad, "no     ")
	}
	return v.screen.Paint(terminal.Doubtful, "unknown")
}

// marked prints a yes, no or unknown before a paragraph.
func (v explainView) marked(indent string, x protection.Answer[bool], text string) {
	const column = 9
	for i, line := range terminal.Wrap(v.clean(terminal.Short(text, 1200)), v.screen.Width-len(indent)-column-1) {
		lead := indent + v.mark(x) + "  "
		if i > 0 {
			lead = indent + fmt.Sprintf("%*s", column, "")
		}
		v.put(lead + line)
	}
}

func (v explainView) scenarios(e explained) {
	v.section("Can it be got back?")
	for _, s := range e.Coverage.Scenarios {
		text := s.Name
		if s.Recoverable.Why != "" {
			text += ": " + s.Recoverable.Why
		}
		if word(s.Recoverable) == "yes" {
			text += lossClause(s)
		}
		v.marked("  ", s.Recoverable, text+v.demand(e, &s))
	}
}

func lossClause(s protection.Scenario) string {
	worst, ok := s.WorstLoss.Get()
	switch {
	case !ok:
		return ""
	case worst == protection.Forever:
		return "; nothing makes a newer one"
	case worst == 0:
		return "; nothing is lost"
	}
	return "; at worst " + seconds(worst) + " are lost"
}

func (v explainView) loss(e explained) {
	v.section("What would be lost")
	v.text("  ", "If items were damaged now: "+lossText(e.LossNow, "everything"))
	week := "At the worst moment of the next week: " + lossText(e.LossWeek, "everything")
	if at, ok := e.Forecast.MaxLossAt.Get(); ok && e.LossWeek.IsKnown() {
		week += ", " + minute(at)
	}
	v.text("  ", week)
	if known, ok := e.Forecast.Known.Get(); !ok || !known {
		v.text("  ", "The look ahead is a part of the truth: "+e.Forecast.Known.Why)
	}
}

func lossText(x protection.Answer[int64], forever string) string {
	s, ok := x.Get()
	switch {
	case x.IsUnknown():
		return "not known"
	case !ok || s == protection.Forever:
		return forever
	}
	return "the last " + seconds(s)
}

// seconds in words, in the two largest units.
func seconds(s int64) string {
	type unit struct {
		size int64
		name string
	}
	units := []unit{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}
	for i, u := range units {
		if s < u.size && i < len(units)-1 {
			continue
		}
		text := fmt.Sprintf("%d %s", s/u.size, u.name)
		if rest := s % u.size; i < len(units)-1 && rest >= units[i+1].size {
			text += fmt.Sprintf(" %d %s", rest/units[i+1].size, units[i+1].name)
		}
		return text
	}
	return "0 s"
}

// plans shows every plan considered: those that select the table first, then those that may.
func (v explainView) plans(e explained) {
	v.section(fmt.Sprintf("Backup plans in %s: %d", e.unit.Region.Or("this Region"), len(e.Plans)))
	if !e.unit.Plans.IsWhole() {
		v.toned("  ", terminal.Doubtful, "the list of plans could not be read whole: there may be more")
	}
	order := []string{"yes", "unknown", "no"}
	sorted := slices.SortedStableFunc(slices.Values(e.Plans), func(a, b protection.PlanExplanation) int {
		return cmp.Compare(slices.Index(order, word(a.Selects)), slices.Index(order, word(b.Selects)))
	})
	for _, p := range sorted {
		v.plan(p)
	}
}

func (v explainView) plan(p protection.PlanExplanation) {
	for _, s := range p.Selections {
		v.marked("  ", protection.Answer[bool]{Fact: s.Selects}, s.Sentence)
	}
	if len(p.Selections) == 0 {
		v.marked("  ", p.Selects, "plan "+p.Plan+" has no selection that could be read")
	}
	for _, r := range p.Rules {
		v.rule(r)
	}
}

func (v explainView) rule(r protection.RuleExplanation) {
	text := "rule " + r.Cover.Rule
	if r.Cover.Effective.Why != "" {
		text += ": " + r.Cover.Effective.Why
	}
	v.marked("    ", r.Cover.Effective, text)
	for _, q := range r.Prerequisites {
		if v.verbose || word(q.Answer) != "yes" {
			v.marked("      ", q.Answer, q.Name+": "+q.Answer.Why)
		}
	}
}

func (v explainView) pitr(c *protection.Coverage) {
	v.section("Point-in-time recovery")
	v.marked("  ", c.PITR.On, c.PITR.On.Why+window(c.PITR))
}

func window(p protection.PITR) string {
	start, ok := p.Start.Get()
	if !ok {
		return ""
	}
	text := "; reaches back to " + minute(start)
	if full, known := p.Full.Get(); known && !full {
		if on, known := p.FullOn.Get(); known {
			text += ", its window is full on " + minute(on)
		}
	}
	return text
}

// timeline shows the last and the next few events around now; what repeats is told once.
func (v explainView) timeline(e explained) {
	v.section("Timeline")
	past, coming := 6, 8
	if v.verbose {
		past, coming = len(e.Timeline), len(e.Timeline)
	}
	expiring := 0
	var next estate.Instant
	if !v.verbose {
		e.Timeline, expiring, next = withoutExpiries(e.Timeline)
	}
	at := slices.IndexFunc(e.Timeline, func(ev protection.Event) bool { return ev.Kind == protection.EventNow })
	if at < 0 {
		at = len(e.Timeline)
	}
	before, after := repeats(e.Timeline[:at], false), repeats(e.Timeline[min(at+1, len(e.Timeline)):], true)
	if left := len(before) - past; left > 0 {
		v.toned("  ", terminal.Faint, terminal.Count(left, "earlier entry")+" (-v shows them)")
		before = before[left:]
	}
	for _, r := range before {
		v.event(r)
	}
	if at < len(e.Timeline) {
		v.event(repeated{Event: e.Timeline[at], times: 1})
	}
	for _, r := range after[:min(coming, len(after))] {
		v.event(r)
	}
	if left := len(after) - coming; left > 0 {
		v.toned("  ", terminal.Faint, terminal.Count(left, "later entry")+" (-v shows them)")
	}
	if expiring > 0 {
		v.toned("  ", terminal.Faint, fmt.Sprintf("%s there now will expire, the first on %s (-v shows each)", terminal.Count(expiring, "point"), minute(next)))
	}
}

// withoutExpiries leaves out the ends of single points, which come as regularly as the points did; it returns how many and the first.
func withoutExpiries(events []protection.Event) (kept []protection.Event, left int, first estate.Instant) {
	for _, ev := range events {
		if ev.Kind != protection.EventExpires {
			kept = append(kept, ev)
			continue
		}
		if left++; left == 1 {
			first = ev.At
		}
	}
	return kept, left, first
}

// foldable: failures that recur and points to come are told once; points that are there each on a line, so that a gap is seen.
func foldable(ev protection.Event) bool {
	return ev.Kind == protection.EventJob || ev.Kind == protection.EventComing
}

// repeated is an event that comes several times running, the last time at its At.
type repeated struct {
	protection.Event
	first  estate.Instant
	times  int
	coming bool
}

func repeats(events []protection.Event, coming bool) []repeated {
	var out []repeated
	for _, ev := range events {
		if last := len(out) - 1; last >= 0 && foldable(ev) && out[last].Kind == ev.Kind && out[last].Text == ev.Text {
			out[last].times++
			out[last].At = ev.At
			continue
		}
		out = append(out, repeated{Event: ev, first: ev.At, times: 1, coming: coming})
	}
	return out
}

func (v explainView) event(r repeated) {
	tone := terminal.Normal
	if r.Kind == protection.EventNow {
		tone = terminal.Strong
	}
	at, text := r.At, r.Text
	switch {
	case r.times > 1 && r.coming:
		at, text = r.first, text+fmt.Sprintf(" (and %d more until %s)", r.times-1, minute(r.At))
	case r.times > 1:
		text += fmt.Sprintf(" (%d times since %s)", r.times, minute(r.first))
	}
	lead := "  " + minute(at) + "  "
	for i, line := range terminal.Wrap(v.clean(terminal.Short(text, 600)), v.screen.Width-len(lead)-1) {
		if i > 0 {
			lead = fmt.Sprintf("%*s", len(lead), "")
		}
		v.put(lead + v.screen.Paint(tone, line))
	}
}

func (v explainView) remarks(e explained) {
	if len(e.Warnings) > 0 {
		v.section("Warnings")
		for _, w := range e.Warnings {
			v.toned("  ", terminal.Doubtful, w.Text)
		}
	}
	if len(e.Assumed) > 0 {
		v.section("Assumed, where AWS does not say")
		for _, x := range e.Assumed {
			v.toned("  ", terminal.Faint, x.Text)
		}
	}
}
