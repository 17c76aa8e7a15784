package protection

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// The aims of an objective.
const (
	AimRPO        = "rpo"
	AimRetention  = "retention"
	AimRTO        = "rto"
	AimCopies     = "copies"
	AimEncryption = "encryption"
	AimProtection = "deletion-protection"
	AimTags       = "tags"
)

// lagTolerance is how far beyond the objective what is there may be: point-in-time recovery is "typically" five minutes behind, not at most.
const lagTolerance int64 = 300

// Attainment is one aim of an objective: what is asked for, what plans and settings promise, what there is, and whether that is enough.
type Attainment struct {
	Aim      string
	Asked    string
	Limit    int64         // seconds asked for; 0 for aims that are no times
	Declared Answer[int64] // seconds promised; Forever; absent: nothing is promised, or the aim is no time
	Observed Answer[int64] // seconds that there are, or were measured; absent: nothing is there, or the aim is no time
	Met      Answer[bool]
}

// Attains holds the table against an objective: RPO and retention always, the rest where it is asked for.
func (c *Coverage) Attains(o objective.Objective) []Attainment {
	out := []Attainment{c.attainRPO(o), c.attainRetention(o)}
	if o.RTO > 0 {
		out = append(out, c.attainRTO(o))
	}
	for _, want := range o.Copies {
		out = append(out, c.attainCopy(want))
	}
	if o.Encryption != "" {
		out = append(out, c.attainEncryption(o.Encryption))
	}
	if o.Protection {
		out = append(out, c.attainProtection())
	}
	if len(o.Tags) > 0 {
		out = append(out, c.attainTags(o.Tags))
	}
	return out
}

// asked are the scenarios that the objective names.
func (c *Coverage) asked(o objective.Objective) []*Scenario {
	var out []*Scenario
	for i := range c.Scenarios {
		if o.Asks(c.Scenarios[i].Name) {
			out = append(out, &c.Scenarios[i])
		}
	}
	return out
}

// attainRPO: in each scenario some way that works loses little enough, by what it promises and by what is there now.
func (c *Coverage) attainRPO(o objective.Objective) Attainment {
	limit := seconds(o.RPO)
	a := Attainment{Aim: AimRPO, Asked: objective.Span(o.RPO), Limit: limit}
	met := Answer[bool]{}
	for i, s := range c.asked(o) {
		promised := s.some(func(w *Way) tri { return atMost(w.WorstLoss, limit) })
		there := atMost(s.LossNow, limit+lagTolerance)
		answer := s.attained(promised.and(there))
		switch {
		case triOf(answer) != no || triOf(s.Recoverable) == no:
		case promised == no && s.WorstLoss.Or(0) == Forever:
			answer.Why = s.Name + ": nothing makes the next backup"
		case promised == no:
			answer.Why = s.Name + ": up to " + span(s.WorstLoss.Or(Forever)) + " may be lost"
		default:
			answer.Why = s.Name + ": the newest backup is " + span(s.LossNow.Or(Forever)) + " old, whatever the plans promise"
		}
		met = weaker(i, met, answer)
		a.Declared, a.Observed = worst(i, a.Declared, s.sure(s.WorstLoss, worstLoss, false), false), worst(i, a.Observed, s.LossNow, false)
	}
	a.Met = met
	return c.unasked(o, a)
}

// attainRetention: in each scenario some way that works reaches back far enough, once its window or plan has filled.
func (c *Coverage) attainRetention(o objective.Objective) Attainment {
	days := seconds(o.Retention) / secondsPerDay
	a := Attainment{Aim: AimRetention, Asked: dayCount(days), Limit: seconds(o.Retention)}
	met := Answer[bool]{}
	for i, s := range c.asked(o) {
		answer := s.attained(s.some(func(w *Way) tri { return atLeast(w.ReachDays, days) }))
		if triOf(answer) == no && triOf(s.Recoverable) != no {
			answer.Why = s.Name + ": reaches back " + dayCount(s.ReachDays.Or(0))
		}
		met = weaker(i, met, answer)
		a.Declared = worst(i, a.Declared, inSeconds(s.sure(s.ReachDays, reachDays, true)), true)
	}
	a.Observed, a.Met = c.reachNow(), met
	return c.unasked(o, a)
}

// unasked: an objective without scenarios asks for nothing that could be missed.
func (c *Coverage) unasked(o objective.Objective, a Attainment) Attainment {
	if len(c.asked(o)) == 0 {
		a.Met = answered(yes, "nothing is to be survived")
	}
	return a
}

// some reports whether a way that works meets a condition.
func (s *Scenario) some(enough func(*Way) tri) tri {
	out := no
	for i := range s.Ways {
		out = out.or(triOf(s.Ways[i].Works).and(enough(&s.Ways[i])))
	}
	return out
}

func worstLoss(w *Way) Answer[int64] { return w.WorstLoss }
func reachDays(w *Way) Answer[int64] { return w.ReachDays }

// sure is the figure of the scenario, or where a way in doubt may better it, that of the best way that is not.
func (s *Scenario) sure(all Answer[int64], of func(*Way) Answer[int64], greatest bool) Answer[int64] {
	if !all.IsUnknown() {
		return all
	}
	best := all
	for i := range s.Ways {
		a := of(&s.Ways[i])
		v, ok := a.Get()
		if was, some := best.Get(); ok && triOf(s.Ways[i].Works) == yes && (!some || better(v, was, greatest)) {
			best = a
		}
	}
	return best
}

// attained is an answer with the scenario's own reason.
func (s *Scenario) attained(t tri) Answer[bool] {
	if t == maybe && triOf(s.Recoverable) == yes {
		return answered(t, s.Name+": what is known does not suffice, and not all that may help could be read", s.doubts()...)
	}
	return answered(t, s.Name+": "+s.Recoverable.Why, s.Recoverable.Basis...)
}

// doubts are the facts that keep ways from being judged.
func (s *Scenario) doubts() []estate.Reading {
	var out []estate.Reading
	for i := range s.Ways {
		w := &s.Ways[i]
		for _, basis := range [][]estate.Reading{w.Works.Basis, w.WorstLoss.Basis, w.ReachDays.Basis} {
			for _, r := range basis {
				if r.Ref.State() == estate.Unknown {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// weaker joins the answers of several scenarios: the first no, else the first unknown. The reason names its scenario.
func weaker(i int, joined, next Answer[bool]) Answer[bool] {
	if i == 0 || triOf(joined) != no && triOf(next) == no || triOf(joined) == yes && triOf(next) == maybe {
		return next
	}
	return joined
}

// worst is the greatest of several figures, or the least. Nothing at all is worse than what is not known, and that than any figure.
func worst(i int, joined, next Answer[int64], least bool) Answer[int64] {
	was, ok := joined.Get()
	is, known := next.Get()
	switch {
	case i == 0, next.IsAbsent(), ok && !known:
		return next
	case ok && (least && is < was || !least && is > was):
		return next
	}
	return joined
}

func inSeconds(days Answer[int64]) Answer[int64] {
	v, ok := days.Get()
	if !ok || v >= Forever/secondsPerDay {
		return days
	}
	return known(v*secondsPerDay, days.Why, days.Basis...)
}

// reachNow is how far back one can go today: point-in-time recovery's window as far as it has filled, or the oldest backup.
func (c *Coverage) reachNow() Answer[int64] {
	now, ok := c.unit.Now.Get()
	oldest := c.Observed.All.Oldest
	if at, there := oldest.Get(); there && ok {
		age := known(seconds(now.Sub(at)), "the oldest backup", oldest.Basis...)
		if window, on := c.PITR.AvailableSeconds.Get(); !on || window <= age.Or(0) {
			return age
		}
		return c.PITR.AvailableSeconds
	}
	if !oldest.IsAbsent() {
		return like[int64](oldest)
	}
	if triOf(c.PITR.On) == no {
		return absent[int64]("there is no backup")
	}
	return c.PITR.AvailableSeconds
}
